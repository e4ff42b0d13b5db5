"""Reading LDIF files (RFC 2849) as ``ldifde`` and ``ldapsearch`` write them.

UTF-8 with or without byte order mark, UTF-16, folded lines, base64, CR LF, comments. Nothing that
a file refers to is ever fetched. A record that cannot be read costs itself and is reported with
its line.
"""

import base64
import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from casaudit.snapshot import Reason

# What an entry of a live answer may hold, too.
MAX_RECORD = 8 * 2**20
_CHUNK = 2**18
_SHOWN = 200
# Name, options, the marker (:: base64, :< a URL), spaces that do not count, value: RFC 2849.
_LINE = re.compile(rb"([A-Za-z0-9][A-Za-z0-9.-]*)((?:;[^:;]*)*):([:<]?) *(.*)", re.DOTALL)
# A record of its own that cannot be read: the cut becomes a problem with a line.
_CUT = b"\n\nthe file ends inside a character\n"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that could not be taken over, and its line."""

    line: int
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True)
class LdifRecord:
    """One record of a file.

    Attributes:
        line: where it begins.
        dn: distinguished name; ``None`` when it could not be read.
        attributes: values of the wanted attributes by lower-case name without options.
        unread: wanted attributes of which a value could not be read.
        problems: why.
        damaged: the record as a whole cannot be used.
    """

    line: int
    dn: str | None
    attributes: dict[str, tuple[bytes, ...]]
    unread: frozenset[str]
    problems: tuple[Problem, ...]
    damaged: bool


def records(stream: BinaryIO, wanted: frozenset[str]) -> Iterator[LdifRecord]:
    """Yield the records of an LDIF file with their wanted attributes (lower-case names)."""
    for block in _blocks(_lines(_utf8(stream))):
        record = _Parser(block.number, wanted).parse(block)
        if record is not None:
            yield record


def _utf8(stream: BinaryIO) -> Iterator[bytes]:
    """Yield the file in pieces, as UTF-8 without byte order mark."""
    first = stream.read(_CHUNK)
    # ldifde -u writes UTF-16 with a byte order mark.
    if first.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # Windows does not check its UTF-16: half a surrogate pair must cost a value, not the file.
        decoder = codecs.getincrementaldecoder("utf-16")("surrogatepass")
        for piece in _pieces(first, stream):
            yield decoder.decode(piece).encode("utf-8", "surrogatepass")
        if decoder.getstate()[0]:
            yield _CUT
    else:
        yield from _pieces(first.removeprefix(codecs.BOM_UTF8), stream)


def _pieces(first: bytes, stream: BinaryIO) -> Iterator[bytes]:
    while first:
        yield first
        first = stream.read(_CHUNK)


def _lines(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Yield the lines with their numbers; ``None`` for a line that is too long."""
    number, rest, skipping = 0, b"", False
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        for line in whole:
            number += 1
            yield number, None if skipping else line.removesuffix(b"\r")
            skipping = False
        # What comes until the next line feed is thrown away piece by piece, and counts as one line.
        if len(rest) > MAX_RECORD:
            rest, skipping = b"", True
    if rest or skipping:
        yield number + 1, None if skipping else rest.removesuffix(b"\r")


@dataclass(slots=True)
class _Block:
    """The lines of one record, unfolded; ``too_large`` when some were dropped."""

    number: int
    lines: list[tuple[int, bytearray]] = field(default_factory=list)
    size: int = 0
    too_large: bool = False

    def add(self, number: int, line: bytes | None) -> None:
        self.size += MAX_RECORD + 1 if line is None else len(line)
        if line is None or self.size > MAX_RECORD:
            self.too_large = True
        elif line.startswith(b" ") and self.lines:
            # RFC 2849, note 2: a line that begins with one space goes on with the line before.
            self.lines[-1][1].extend(line[1:])
        else:
            self.lines.append((number, bytearray(line)))


def _blocks(lines: Iterable[tuple[int, bytes | None]]) -> Iterator[_Block]:
    block = _Block(1)
    for number, line in lines:
        if line == b"":
            yield block
            block = _Block(number + 1)
        else:
            block.add(number, line)
    yield block


class _Parser:
    """Parses the lines of one record."""

    def __init__(self, line: int, wanted: frozenset[str]) -> None:
        self._line = line
        self._wanted = wanted
        self._values: dict[str, list[bytes]] = {}
        self._unread: set[str] = set()
        self._open_ranges: dict[str, Problem] = {}
        self._problems: list[Problem] = []
        self._dn: str | None = None
        self._damaged = False

    def parse(self, block: _Block) -> LdifRecord | None:
        """Return the record; ``None`` when the lines are comments or the end of a search."""
        # Comments go after unfolding, because they may be folded as well (RFC 2849, note 2).
        lines = [(number, bytes(text)) for number, text in block.lines if text[:1] != b"#"]
        # The version may stand right above the first dn, without an empty line (RFC 2849,
        # examples).
        if lines and lines[0][1].lower().startswith(b"version:"):
            del lines[0]
        if not lines and not block.too_large:
            return None
        # ldapsearch ends with these lines, which are no record, unless it was told -L.
        if lines and lines[0][1].startswith((b"search:", b"result:")):
            return self._end_of_search(lines)
        for number, text in lines[:1]:
            self._first(number, text)
        for number, text in lines[1:]:
            self._next(number, text)
        if block.too_large:
            detail = f"the record is larger than {MAX_RECORD // 2**20} MiB"
            self._damage(self._line, detail, Reason.LIMIT)
        return self._result()

    def _result(self) -> LdifRecord:
        for name, problem in self._open_ranges.items():
            self._unread.add(name)
            self._problems.append(problem)
        return LdifRecord(
            self._line,
            self._dn,
            {name: tuple(values) for name, values in self._values.items()},
            frozenset(self._unread),
            tuple(self._problems),
            self._damaged,
        )

    def _end_of_search(self, lines: list[tuple[int, bytes]]) -> LdifRecord | None:
        """Return a damaged record when the search that wrote the file did not succeed."""
        for number, text in lines:
            name, _, value = text.partition(b":")
            if name == b"result" and value.split()[:1] != [b"0"]:
                detail = f"the search that made the file ended with {_shown(value.strip())}"
                self._damage(number, detail, Reason.LIMIT)
        return self._result() if self._damaged else None

    def _first(self, number: int, text: bytes) -> None:
        found = _LINE.fullmatch(text)
        if found is None or found[1].lower() != b"dn" or found[3] == b"<":
            self._damage(number, f"a record begins with {_shown(text)} where its dn belongs")
            return
        try:
            raw = _base64(found[4]) if found[3] else found[4]
            self._dn = raw.decode("utf-8")
        except ValueError:
            self._damage(number, f"its dn cannot be read: {_shown(text)}")

    def _next(self, number: int, text: bytes) -> None:
        found = _LINE.fullmatch(text)
        if found is None:
            self._damage(number, f"not of the form name: value: {_shown(text)}")
            return
        name = found[1].decode("ascii").lower()
        # ldifde writes "changetype: add" into every record that it exports.
        if name == "changetype" and found[4].strip().lower() != b"add":
            self._damage(number, f"{_shown(text)} is a change, not an exported entry")
        # What nobody asked for is not even decoded: a broken photo costs its owner nothing.
        elif name in self._wanted:
            self._range(number, name, found[2].decode("ascii", "replace").lower())
            self._value(number, name, found[3], found[4])

    def _range(self, number: int, name: str, options: str) -> None:
        # A range that ends with a number is a part; the values are whole once the one with * came.
        if ";range=" in options and options.endswith("-*"):
            self._open_ranges.pop(name, None)
        elif ";range=" in options:
            detail = f"{name}{options}: only a part of the values was exported"
            self._open_ranges[name] = Problem(number, Reason.LIMIT, detail)

    def _value(self, number: int, name: str, marker: bytes, value: bytes) -> None:
        if marker == b"<":
            detail = f"{name} refers to {_shown(value)}, which is never fetched"
            self._skip(number, name, Reason.REFUSED, detail)
            return
        try:
            self._values.setdefault(name, []).append(_base64(value) if marker else value)
        except ValueError:
            detail = f"{name} is not valid base64: {_shown(value)}"
            self._skip(number, name, Reason.MALFORMED, detail)

    def _skip(self, number: int, name: str, reason: Reason, detail: str) -> None:
        self._unread.add(name)
        self._problems.append(Problem(number, reason, detail))

    def _damage(self, number: int, detail: str, reason: Reason = Reason.MALFORMED) -> None:
        self._damaged = True
        self._problems.append(Problem(number, reason, detail))


def _base64(text: bytes) -> bytes:
    # Without validate Python skips foreign characters, and other bytes come out.
    return base64.b64decode(text.rstrip(b" "), validate=True)


def _shown(text: bytes) -> str:
    cut = text[:_SHOWN].decode("utf-8", "backslashreplace")
    return repr(cut) if len(text) <= _SHOWN else f"{cut!r} and more"
