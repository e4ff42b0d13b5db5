"""The texts of one language: the English wording is the key, PO files hold the translations."""

import gettext
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

import polib

from casaudit.errors import RuleError

ENGLISH = "en"
LIST = "list"
"""The context of phrases that stand in lists of any column."""

_TWO_FORMS = "nplurals=2; plural=(n != 1);"
# Becomes part of a file's name: neither dots nor slashes.
_LANGUAGE = re.compile(r"[a-z]{2,3}([_-][A-Za-z0-9]{2,8})*")
_NAMED = re.compile(r"%\((\w+)\)s")
# "%s", "%(x)d" or a bare "%" would fail or print nonsense when the sentence is filled in.
_PERCENT = re.compile(r"%(?!\(\w+\)s)")


@dataclass(frozen=True, slots=True)
class Translation:
    """One translated text, and where its translation stands."""

    entry: polib.POEntry
    path: str
    plurals: str

    @property
    def english(self) -> tuple[str, ...]:
        """The English wording; two where it depends on a number."""
        return tuple(filter(None, (self.entry.msgid, self.entry.msgid_plural)))

    @property
    def wordings(self) -> tuple[str, ...]:
        """The translation; several where it depends on a number, nothing where there is none."""
        # polib counts fuzzy entries as untranslated: a tool's guess has no place in a report.
        if not self.entry.translated():
            return ()
        return tuple(self.entry.msgstr_plural.values()) or (self.entry.msgstr,)

    def refused(self, problem: str) -> RuleError:
        """Return the error that names this entry's line."""
        return RuleError(self.path, f"{problem} ({self.entry.msgid[:60]!r})", self.entry.linenum)


_Pattern = tuple[re.Pattern[str], str]


@dataclass(frozen=True, slots=True, eq=False)
class Language:
    """What says texts in one language; a text that it lacks stays English.

    Attributes:
        name: ``en``, or that of the files that the translations are from.
        lacking: the English texts of rules and reports that have no translation.
        wanted: the language that was asked for, where it has no files at all.
        known: the languages that have files.
    """

    name: str = ENGLISH
    lacking: frozenset[str] = frozenset()
    wanted: str | None = None
    known: tuple[str, ...] = (ENGLISH,)
    _found: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)
    _known: frozenset[tuple[str, str]] = frozenset()
    _patterns: Mapping[str, list[_Pattern]] = field(default_factory=dict)

    def has(self, english: str, context: str = "") -> bool:
        """Tell whether a text has a translation; English has all of its own."""
        return self.name == ENGLISH or (context, plain(english)) in self._known

    def translate(self, english: str) -> str:
        """Return a text that stands in a file, whose line breaks mean nothing."""
        # Catalogs have texts on one line; what they lack keeps its own line breaks.
        key = plain(english)
        return self._found.gettext(key) if ("", key) in self._known else english

    def say(self, english: str, **values: Any) -> str:
        """Return a sentence with its ``%(name)s`` filled in."""
        text: str = self._found.gettext(english)
        # Without values it is no format: a bare percent sign then stands for itself.
        return text % values if values else text

    def many(self, one: str, more: str, number: int, **values: Any) -> str:
        """Return the sentence that is right for a number, ``%(number)s`` in it."""
        return self.plural(one, more, number) % {"number": self.number(number), **values}

    def plural(self, one: str, more: str, number: int) -> str:
        """Return the sentence that is right for a number, nothing filled in."""
        text: str = self._found.ngettext(one, more, number)
        return text

    def form(self, number: int, forms: Sequence[str]) -> str:
        """Return that of some wordings of a text which its language uses for a number."""
        # What gettext made of "Plural-Forms"; catalogs that hold nothing have no such rule.
        rule = getattr(self._found, "plural", lambda number: int(number != 1))
        # A text that is still English has two forms, whatever the language has.
        return forms[min(rule(number), len(forms) - 1)]

    def number(self, number: int) -> str:
        """Return a number with the separators of the language."""
        # The separator is a "translation" of the comma in a column of its own, called number.
        return f"{number:,}".replace(",", self.value("number", ","))

    def value(self, column: str, english: str) -> str:
        """Return a value of a column that the views have composed from words."""
        if (column, english) in self._known:
            text: str = self._found.pgettext(column, english)
            return text
        # The column's own phrases first: the same words may say something else in a list.
        phrases = chain(self._patterns.get(column, ()), self._patterns.get(LIST, ()))
        for pattern, translation in phrases:
            if found := pattern.fullmatch(english):
                parts = found.groupdict()
                # The parts may be phrases themselves, and are taken apart in their turn.
                return translation % {n: self.value(column, text) for n, text in parts.items()}
        return english


def marked(english: str) -> str:
    """Mark a text for translation where it is written; ``say`` translates it where it is used."""
    return english


def counted(one: str, more: str) -> tuple[str, str]:
    """Mark a pair for translation, of which ``many`` says the one that is right for a number."""
    return one, more


def plain(text: str) -> str:
    """Return a text on one line with single spaces: how PO files write it."""
    return " ".join(text.split())


def is_language(name: str) -> bool:
    """Tell whether a name can be that of a language's files."""
    return bool(_LANGUAGE.fullmatch(name))


def languages(folders: Iterable[Path]) -> list[str]:
    """Return the languages that have files in some folders, English first."""
    found = {path.stem for folder in folders for path in folder.rglob("*.po")}
    return [ENGLISH, *sorted(name for name in found - {ENGLISH} if is_language(name))]


def translations(folders: Iterable[Path], language: str) -> Iterator[Translation]:
    """Read the texts of a language from all its files in some folders, untranslated ones too.

    Raises:
        RuleError: a file that is no PO file, or a translation with other placeholders.
    """
    for folder in folders:
        # A file system has an order of its own, and of two translations of a text the first counts.
        for path in sorted(folder.rglob(f"{language}.po")):
            file = _read(path)
            plurals = file.metadata.get("Plural-Forms", _TWO_FORMS)
            for each in file:
                if not each.obsolete:
                    found = Translation(each, str(path), plurals)
                    _check_placeholders(found)
                    yield found


def language_of(name: str, found: Iterable[Translation]) -> Language:
    """Return a language with its texts; where two files translate one text, the first counts.

    Raises:
        RuleError: the first file has no usable rule for plurals.
    """
    kept: dict[tuple[str, str], Translation] = {}
    for each in found:
        # An untranslated entry must not keep a later file's translation out.
        if each.wordings:
            kept.setdefault((each.entry.msgctxt or "", each.entry.msgid), each)
    first = next(iter(kept.values()), None)
    # gettext reads compiled files only; it compiles the plural rule too, and refuses code in it.
    merged = polib.POFile()
    merged.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Plural-Forms": first.plurals if first else _TWO_FORMS,
    }
    merged.extend(each.entry for each in kept.values())
    try:
        catalog = gettext.GNUTranslations(io.BytesIO(merged.to_binary()))
    except ValueError as error:
        raise RuleError(first.path if first else name, f"Plural-Forms: {error}") from None
    known, patterns = frozenset(kept), _patterns(kept)
    return Language(name, _found=catalog, _known=known, _patterns=patterns)


def _patterns(kept: Mapping[tuple[str, str], Translation]) -> dict[str, list[_Pattern]]:
    found: dict[str, list[_Pattern]] = {}
    for (column, english), each in kept.items():
        # Sentences have no column: they are filled in after translation and never taken apart.
        if column and "%(" in english:
            parts = enumerate(_NAMED.split(english))
            pattern = "".join(f"(?P<{p}>.+?)" if n % 2 else re.escape(p) for n, p in parts)
            found.setdefault(column, []).append((re.compile(pattern), each.entry.msgstr))
    return found


def _read(path: Path) -> polib.POFile:
    try:
        return polib.pofile(str(path), encoding="utf-8", check_for_duplicates=True)
    except (OSError, ValueError) as error:
        # polib puts path and line into its text; the path is named by the error already.
        problem = str(error).replace(f"{path} ", "")
        line = re.search(r"line (\d+)", problem)
        raise RuleError(str(path), problem, int(line[1]) if line else None) from None


def _check_placeholders(each: Translation) -> None:
    wanted = {name for text in each.english for name in _NAMED.findall(text)}
    by_number = len(each.english) > 1
    for text in each.wordings:
        found = {*_NAMED.findall(text)}
        # "one day left" may leave the number out; a name that is not given would be an error.
        if found - wanted or (found != wanted and not by_number):
            raise each.refused("the translation has other %(names)s")
        # Only texts that are filled in are formats; elsewhere a percent sign may stand alone.
        if (wanted or by_number) and _PERCENT.search(text.replace("%%", "")):
            raise each.refused("a percent sign has to be doubled here")
