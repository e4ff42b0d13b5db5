"""Bring the PO files up to date with the texts: ``python -m tests.make_languages [LANGUAGE]``.

Every text is where translators expect it, in the order of its source; a translation whose
text is gone stays at the end of its file as obsolete. A language that is named is begun.
With ``--check`` nothing is written: placeholders are compared, and what is missing is counted.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

import polib
from babel.messages.extract import extract

from casaudit import shipped
from casaudit.findings import Severity
from casaudit.i18n.languages import is_language, languages, plain
from casaudit.report.inventory import TABLES
from casaudit.report.labels import KINDS, OBJECTS, label
from casaudit.rulebook.reading import read_rulebook
from casaudit.rulebook.rule import Profile, Rule, Rulebook
from casaudit.rulebook.statements import words
from casaudit.rulebook.translate import texts_of, translated
from casaudit.snapshot import Reason

ROOT = Path(__file__).resolve().parent.parent
HOMES = (shipped.RULES, shipped.REPORT_TEMPLATES)
PLURALS = {"de": "nplurals=2; plural=(n != 1);"}
NO_WRAPPING = 0
KEYWORDS = {
    **dict.fromkeys(("say", "_say", "_", "marked")),
    **dict.fromkeys(("many", "_many", "counted"), (1, 2)),
}
OPTIONS = {"trimmed": "true"}
JUDGEMENT = ("engine", "explain", "history", "migration", "remediation", "rulebook", "waivers")
"""The parts whose sentences stand beside the rules; those of ``report`` with its templates."""


@dataclass
class Text:
    """A text to translate: where it stands, and what it is."""

    english: str
    more: str = ""
    context: str = ""
    sources: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str]:
        """What tells one text from another."""
        return self.context, self.english

    def entry(self) -> polib.POEntry:
        """Return an entry without a translation."""
        return polib.POEntry(
            msgid=self.english,
            msgid_plural=self.more,
            msgstr_plural={0: "", 1: ""} if self.more else {},
            msgctxt=self.context or None,
            occurrences=[(each, "") for each in dict.fromkeys(self.sources)],
            comment="\n".join(dict.fromkeys(self.notes)),
            flags=["python-format"] if "%(" in self.english + self.more else [],
        )


def main(wanted: list[str]) -> None:
    """Write every PO file of the languages that exist, and of those that are wanted."""
    for language in [*languages(HOMES)[1:], *filter(is_language, wanted)]:
        found = files(language)
        for path, content in found.items() if "--check" not in wanted else ():
            path.write_text(content, encoding="utf-8", newline="\n")
        translated(read_rulebook(shipped.RULES), language, [shipped.REPORT_TEMPLATES])
        for path, content in found.items():
            made = polib.pofile(content)
            missing = len(made.untranslated_entries())
            print(f"{path.relative_to(ROOT)}: {missing} of {len(made)} missing")


def files(language: str) -> dict[Path, str]:
    """Return the PO files of a language as they should be, with the translations they have."""
    return {
        folder / f"{language}.po": _merged(folder / f"{language}.po", language, found)
        for folder, found in sources().items()
    }


def sources() -> dict[Path, list[Text]]:
    """Return the texts to translate by the folder in which their PO files are."""
    book = read_rulebook(shipped.RULES)
    texts = list(_of_rules(book))
    folders: dict[tuple[str, str], set[Path]] = {}
    reports = list(_of_reports(book))
    for folder, text in texts:
        folders.setdefault(text.key, set()).add(folder)
    found: dict[Path, dict[tuple[str, str], Text]] = {}
    for folder, text in texts:
        home = folder if len(folders[text.key]) == 1 else shipped.RULES
        kept = found.setdefault(home, {}).setdefault(text.key, text)
        if kept is not text:
            kept.sources += text.sources
            kept.notes += text.notes
    for text in reports:
        kept = found.setdefault(shipped.REPORT_TEMPLATES, {}).setdefault(text.key, text)
        if kept is not text:
            kept.sources += text.sources
    return {folder: list(each.values()) for folder, each in sorted(found.items())}


def _of_rules(book: Rulebook) -> Iterator[tuple[Path, Text]]:
    for name, effect in book.shared.effects.items():
        yield shipped.RULES, Text(plain(effect), sources=["shared.yaml"], notes=[f"effect {name}"])
    for rule in book.rules:
        folder = book.paths[rule.id].parent
        for key, text in texts_of(rule, book.shared):
            more = rule.headline.many if key == "headline" and rule.headline else ""
            yield folder, Text(plain(text), more, sources=[f"{rule.id}.yaml"], notes=[key])
        for name, meaning in _columns(rule, book):
            yield folder, Text(meaning, sources=[f"{rule.id}.yaml"], notes=[f"column {name}"])
    for part in JUDGEMENT:
        for sentence in _of_code(ROOT / "casaudit" / part, py="python"):
            yield shipped.RULES, sentence
    for sentence in _of_views(book):
        yield shipped.RULES, sentence


def _of_views(book: Rulebook) -> Iterator[Text]:
    """What the views compose from words, and the words of the reference tables."""
    for each in polib.pofile(str(shipped.RULES / "phrases.pot"), encoding="utf-8"):
        yield Text(each.msgid, context=each.msgctxt, sources=["phrases.pot"])
    for row in book.data["sections"]:
        for column in ("rests_on_it", "collect"):
            yield Text(row[column], context=column, sources=["data/sections.yaml"])
    for reason in Reason:
        yield Text(reason.value.replace("_", " "), context="reason", sources=["gaps"])


def _of_reports(book: Rulebook) -> Iterator[Text]:
    """What the HTML report says by itself."""
    yield from _of_code(shipped.REPORT_TEMPLATES, j2="jinja2.ext:babel_extract")
    yield from _of_code(ROOT / "casaudit" / "report", py="python")
    for severity in Severity:
        yield Text(severity.value, context="severity", sources=["severities"])
    for profile in get_args(Profile):
        yield Text(profile, context="profile", sources=["profiles"])
    for one, more in (*KINDS.values(), OBJECTS):
        yield Text(one[:1].upper() + one[1:], sources=["kinds of objects"])
        yield Text(f"%(number)s {one}", f"%(number)s {more}", sources=["kinds of objects"])
    evidence = [column for rule in book.rules for column in rule.evidence]
    shown = [column for table in TABLES.values() for column in table.shown]
    for column in dict.fromkeys((*evidence, *shown)):
        yield Text(label(column), context="column", sources=["columns"])


def _of_code(folder: Path, **methods: str) -> Iterator[Text]:
    """The sentences in Python files and templates, as Babel finds them."""
    for pattern, method in methods.items():
        for path in sorted(folder.rglob(f"*.{pattern}")):
            with path.open("rb") as file:
                for _, said, _, _ in extract(method, file, keywords=KEYWORDS, options=OPTIONS):
                    one, more = said if isinstance(said, tuple) else (said, "")
                    yield Text(one, more, sources=[path.relative_to(ROOT).as_posix()])


def _columns(rule: Rule, book: Rulebook) -> Iterator[tuple[str, str]]:
    """The meanings that a verdict names where a value is not known."""
    views = [view for view in book.views if view.is_published and view.name in words(rule.each)]
    columns = {column.name: column.meaning for view in views for column in view.columns}
    for name in sorted(words(rule.must) & columns.keys()):
        yield name, columns[name]


def _merged(path: Path, language: str, texts: list[Text]) -> str:
    old = polib.pofile(str(path), encoding="utf-8") if path.is_file() else polib.POFile()
    known = {(each.msgctxt or "", each.msgid): each for each in old}
    made = polib.POFile(wrapwidth=NO_WRAPPING)
    made.metadata = {
        "Project-Id-Version": "casaudit",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": old.metadata.get("Plural-Forms", PLURALS.get(language, PLURALS["de"])),
    }
    for text in texts:
        entry = text.entry()
        if before := known.pop(text.key, None):
            _keep(entry, before)
        made.append(entry)
    for gone in known.values():
        if gone.msgstr or any(gone.msgstr_plural.values()):
            made.append(_obsolete(gone))
    return str(made).rstrip("\n") + "\n"


def _keep(entry: polib.POEntry, before: polib.POEntry) -> None:
    entry.msgstr = before.msgstr
    if entry.msgid_plural and before.msgid_plural:
        entry.msgstr_plural = before.msgstr_plural
    entry.tcomment = before.tcomment
    entry.flags += [flag for flag in before.flags if flag == "fuzzy"]


def _obsolete(gone: polib.POEntry) -> polib.POEntry:
    return polib.POEntry(
        msgid=gone.msgid,
        msgid_plural=gone.msgid_plural,
        msgstr=gone.msgstr,
        msgstr_plural=gone.msgstr_plural,
        msgctxt=gone.msgctxt,
        obsolete=True,
    )


if __name__ == "__main__":
    main(sys.argv[1:])
