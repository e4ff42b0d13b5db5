"""The texts that translators see, gathered from rules, views, code and templates."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import get_args

import polib

import casaudit
from casaudit import shipped
from casaudit.errors import UsageError, nearest
from casaudit.findings import Severity
from casaudit.i18n.catalog import Text, texts_in, united, updated
from casaudit.i18n.languages import ENGLISH, is_language, languages, plain, translations
from casaudit.report.inventory import TABLES
from casaudit.report.labels import KINDS, OBJECTS, label
from casaudit.rulebook.reading import read_rulebook
from casaudit.rulebook.rule import Profile, Rule, Rulebook
from casaudit.rulebook.statements import words
from casaudit.rulebook.translate import texts_of, translated
from casaudit.snapshot import Reason

HOMES = (shipped.RULES, shipped.REPORT_TEMPLATES)
"""The folders below which the PO files of a language stand."""

_PACKAGE = Path(casaudit.__file__).parent
_JUDGEMENT = (
    *("engine", "explain", "history", "migration", "powershell.py", "remediation", "rulebook"),
    "waivers",
)
"""The parts whose sentences stand beside the rules; those of ``report`` with its templates."""


def catalogs(language: str) -> dict[Path, polib.POFile]:
    """Return the PO files of a language as they should be, with the translations they have."""
    wanted = {folder / f"{language}.po": texts for folder, texts in texts_by_folder().items()}
    known = {
        (each.entry.msgctxt or "", each.entry.msgid): each.entry
        for each in translations(HOMES, language)
    }
    made = {}
    for path, texts in wanted.items():
        # A text that only moved to another file is not gone.
        elsewhere = {text.key for other, own in wanted.items() if other != path for text in own}
        made[path] = updated(path, language, texts, known, elsewhere)
    return made


def chosen(language: str | None, *, begin: bool) -> list[str]:
    """Return the languages that are meant: one, or all that have files.

    Args:
        language: its name.
        begin: it may be one without files.

    Raises:
        UsageError: there is no such language, or none can have this name.
    """
    # English comes first, and has no files.
    known = languages(HOMES)[1:]
    if language is None:
        return known
    if language in known or (begin and is_language(language) and language != ENGLISH):
        return [language]
    raise UsageError(language, "there is no such language" + nearest(language, known))


def content(made: polib.POFile) -> bytes:
    """Return a PO file as bytes."""
    return f"{made}".rstrip("\n").encode() + b"\n"


def lacking(language: str, made: Mapping[Path, polib.POFile]) -> list[tuple[Path, str]]:
    """Return which texts have no translation yet; what the files have is checked first.

    Raises:
        RuleError: a translation with other placeholders, or that a template may not have.
    """
    translated(read_rulebook(shipped.RULES), language, [shipped.REPORT_TEMPLATES])
    return [
        (path, f"no translation of {each.msgid!r}")
        for path, file in made.items()
        for each in file.untranslated_entries()
    ]


def texts_by_folder() -> dict[Path, list[Text]]:
    """Return the texts to translate by the folder in which their PO files are.

    What several groups of rules have in common stands once, above them.
    """
    book = read_rulebook(shipped.RULES)
    found = list(_of_rules(book))
    folders: dict[tuple[str, str], set[Path]] = {}
    for folder, text in found:
        folders.setdefault(text.key, set()).add(folder)
    placed = [
        (folder if len(folders[text.key]) == 1 else shipped.RULES, text) for folder, text in found
    ]
    placed += [(shipped.REPORT_TEMPLATES, text) for text in _of_reports(book)]
    # groupby joins neighbours only; sort is stable, so texts keep the order of their sources.
    placed.sort(key=lambda pair: pair[0])
    return {
        folder: united(text for _, text in pairs)
        for folder, pairs in groupby(placed, key=lambda pair: pair[0])
    }


def _of_rules(book: Rulebook) -> Iterator[tuple[Path, Text]]:
    for name, effect in book.shared.effects.items():
        notes = (f"effect {name}",)
        yield shipped.RULES, Text(plain(effect), sources=("shared.yaml",), notes=notes)
    for rule in book.rules:
        folder, sources = book.paths[rule.id].parent, (f"{rule.id}.yaml",)
        for key, text in texts_of(rule, book.shared):
            more = rule.headline.many if key == "headline" and rule.headline else ""
            yield folder, Text(plain(text), more, sources=sources, notes=(key,))
        for name, meaning in _meanings(rule, book):
            yield folder, Text(meaning, sources=sources, notes=(f"column {name}",))
    for part in _JUDGEMENT:
        for sentence in texts_in(_PACKAGE / part, _PACKAGE.parent):
            yield shipped.RULES, sentence
    for phrase in _of_views(book):
        yield shipped.RULES, phrase


def _of_views(book: Rulebook) -> Iterator[Text]:
    """What the views compose from words, and the words of the reference tables."""
    for each in polib.pofile(str(shipped.RULES / "phrases.pot"), encoding="utf-8"):
        yield Text(each.msgid, context=each.msgctxt or "", sources=("phrases.pot",))
    for row in book.data["sections"]:
        for column in ("rests_on_it", "collect"):
            yield Text(row[column], context=column, sources=("data/sections.yaml",))
    for reason in Reason:
        yield Text(reason.value.replace("_", " "), context="reason", sources=("gaps",))


def _of_reports(book: Rulebook) -> Iterator[Text]:
    """What the HTML report says by itself."""
    yield from texts_in(shipped.REPORT_TEMPLATES, shipped.REPORT_TEMPLATES.parent)
    for part in ("report", "notify"):
        yield from texts_in(_PACKAGE / part, _PACKAGE.parent)
    for severity in Severity:
        yield Text(severity.value, context="severity", sources=("severities",))
    for profile in get_args(Profile):
        yield Text(profile, context="profile", sources=("profiles",))
    for one, more in (*KINDS.values(), OBJECTS):
        sources = ("kinds of objects",)
        # Not capitalize, which would make "Dns name" of "DNS name".
        yield Text(one[:1].upper() + one[1:], sources=sources)
        yield Text(f"%(number)s {one}", f"%(number)s {more}", sources=sources)
    evidence = [column for rule in book.rules for column in rule.evidence]
    shown = [column for table in TABLES.values() for column in table.shown]
    for column in dict.fromkeys((*evidence, *shown)):
        yield Text(label(column), context="column", sources=("columns",))


def _meanings(rule: Rule, book: Rulebook) -> Iterable[tuple[str, str]]:
    """The meanings of columns, which a verdict names where a value is not known."""
    views = [view for view in book.views if view.is_published and view.name in words(rule.each)]
    columns = {column.name: column.meaning for view in views for column in view.columns}
    return [(name, columns[name]) for name in sorted(words(rule.must) & columns.keys())]
