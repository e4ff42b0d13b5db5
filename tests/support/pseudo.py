"""A language in which every text stands in brackets: what has none was not marked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, is_dataclass
from html.parser import HTMLParser
from pathlib import Path

import polib

from casaudit import shipped
from casaudit.cli.languages import texts_by_folder
from casaudit.findings import FRAMEWORKS, Assessment
from casaudit.rulebook.rule import Rulebook
from casaudit.rulebook.translate import translated
from tests.support import shipped_rules

NAME = "qqq"
OPEN, CLOSE = "⟪", "⟫"
_WORD = re.compile(r"[^\W\d_]{2,}")
_SAME_EVERYWHERE = {
    *("casaudit", "utc", "usn", "sha", "tls", "cas", "mbx", "edge", "exchange", "online", "se"),
    *("rpcclientaccessserver", "file"),
}
"""Names and signs of the report that no language translates."""


def write(folder: Path) -> None:
    """Write the language into a folder."""
    made = polib.POFile()
    made.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    texts = {text.key: text for found in texts_by_folder().values() for text in found}
    for text in texts.values():
        entry = text.entry()
        if text.more:
            entry.msgstr_plural = {0: bracketed(text.english), 1: bracketed(text.more)}
        else:
            entry.msgstr = text.english if text.context == "number" else bracketed(text.english)
        made.append(entry)
    made.save(str(folder / f"{NAME}.po"))


def bracketed(text: str) -> str:
    return f"{OPEN}{text}{CLOSE}"


def book(folder: Path) -> Rulebook:
    """Return the shipped rules in the language."""
    write(folder)
    return translated(shipped_rules.book(), NAME, [shipped.REPORT_TEMPLATES, folder])


class Bare(HTMLParser):
    """The texts of a page that no bracket holds, each with the path of its element."""

    _WITHOUT_END = frozenset({"meta", "br", "input", "wbr", "path", "rect", "circle", "use"})
    _UNREAD = frozenset({"script", "style", "code"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._path: list[str] = []
        self._depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self._path.append(f"{tag}.{names.get('class') or ''}")
        for name in ("aria-label", "title", "placeholder"):
            if said := names.get(name):
                self.found.append((f"{'/'.join(self._path)}@{name}", outside(said)))
        if tag in self._WITHOUT_END:
            self._path.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._WITHOUT_END:
            self._path.pop()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        return None

    def handle_data(self, data: str) -> None:
        if any(each.split(".")[0] in self._UNREAD for each in self._path):
            return
        bare = []
        for character in data:
            self._depth += (character == OPEN) - (character == CLOSE)
            bare.append(character if self._depth == 0 and character != CLOSE else " ")
        if text := "".join(bare).strip():
            self.found.append(("/".join(self._path), text))


def outside(text: str) -> str:
    """Return what of a text stands in no bracket."""
    depth, kept = 0, ""
    for character in text:
        depth += (character == OPEN) - (character == CLOSE)
        kept += character if depth == 0 and character != CLOSE else " "
    return kept


def unmarked(html: str, known: Iterable[str]) -> dict[str, str]:
    """Return the texts of a page that are neither in brackets nor evidence, by their place."""
    same = {word.casefold() for word in known} | _SAME_EVERYWHERE
    return {
        path: text
        for path, text in Bare(html).found
        if {word.casefold() for word in _WORD.findall(text)} - same
    }


def quoted(assessment: Assessment) -> list[object]:
    """Return what a report quotes beside the evidence: rules by id, sources, controls."""
    rules = assessment.rules
    sources = [each.title for rule in rules for each in rule.references]
    parts = [f.subject.name for f in assessment.findings if f.subject.kind == "collection"]
    controls = [*FRAMEWORKS.values(), *(rule.controls for rule in rules)]
    return [[rule.id for rule in rules], sources, controls, parts]


def words_of(value: object) -> Iterator[str]:
    """Yield the words of every text in a document."""
    if isinstance(value, str):
        yield from _WORD.findall(value)
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from words_of(each)
    elif is_dataclass(value) and not isinstance(value, type):
        yield from words_of(asdict(value))
    elif isinstance(value, list | tuple):
        for each in value:
            yield from words_of(each)
