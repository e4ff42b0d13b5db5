"""Reading LDIF files (RFC 2849) as ``ldifde`` and ``ldapsearch`` write them.

Folded lines, base64, comments, and what ``ldapsearch`` tells between entries. Nothing that a file
refers to is ever fetched. A record that cannot be read costs itself and is reported with its line.
"""

import base64
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from casaudit.collect.ldif_blocks import MAX_RECORD, Block, Stream, blocks
from casaudit.dn import MAX_LENGTH, MAX_LEVELS, levels
from casaudit.snapshot import Reason

_SHOWN = 200
# Name and options (RFC 2849); what follows is the marker (:: base64, :< a URL) and the value.
_NAME = re.compile(rb"([A-Za-z0-9][A-Za-z0-9.-]*)((?:;[^:;]*)*)")
_MARK = re.compile(rb"^\xef\xbb\xbf", re.MULTILINE)
# What ldapsearch prints between entries unless it was told -L, and the prompt of -E pr=SIZE.
_CHATTER = frozenset(
    {
        *("version", "search", "result", "ref", "control", "pagedresults", "matcheddn", "text"),
        *("extended", "data", "partial"),
    }
)
_PROMPTS = (b"Press [size] Enter for the next", b"Estimate entries:")
# A controller has these of every object: who exports attributes by a list hardly names them.
_OF_ALL = frozenset({"instancetype", "objectcategory", "distinguishedname", "usncreated"})
# Read wherever they stand.
_KEPT = _OF_ALL | {"dn", "changetype", None}


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
        is_change: it tells of a change to the object, and damages what else is known of it.
        is_whole: it has attributes that only an export of all attributes has.
    """

    line: int
    dn: str | None
    attributes: dict[str, tuple[bytes, ...]]
    unread: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    damaged: bool = False
    is_change: bool = False
    is_whole: bool = False


def records(stream: Stream, wanted: frozenset[str]) -> Iterator[LdifRecord]:
    """Yield the records of an LDIF file with their wanted attributes (lower-case names)."""
    unwanted: set[bytes] = set()
    for block in blocks(stream):
        yield from _BlockParser(block, wanted, unwanted).parse()


class _BlockParser:
    """Parses the lines between two empty ones: a record, or several of files joined without one."""

    def __init__(self, block: Block, wanted: frozenset[str], unwanted: set[bytes]) -> None:
        self._block = block
        self._wanted = wanted
        # Names that are read over: most lines of an export are of attributes nobody asked for.
        self._unwanted = unwanted
        self._found: list[_Parts] = []
        self._is_open = False

    def parse(self) -> Iterator[LdifRecord]:
        """Yield the records; none when the lines are comments or chatter."""
        text = self._block.text
        if codecs.BOM_UTF8 in text:
            text = _MARK.sub(b"", text)
        # RFC 2849, note 2: a line that begins with one space goes on with the line before, and
        # comments go after unfolding, because they may be folded as well.
        for index, line in enumerate(text.replace(b"\n ", b"").split(b"\n")):
            raw, colon, value = line.partition(b":")
            if raw in self._unwanted and colon and self._is_open:
                continue
            if line and line[:1] != b"#":
                name, options = (colon and _named(raw)) or (None, "")
                self._line(index, name, options, line, value)
                if name not in _KEPT and name not in self._wanted and len(self._unwanted) < 4096:
                    self._unwanted.add(raw)
        if self._block.too_large:
            detail = f"the record is larger than {MAX_RECORD // 2**20} MiB"
            self._found = self._found or [_Parts(self._block.number)]
            self._found[-1].damage(self._block.number, detail, Reason.LIMIT)
        for each in self._found:
            yield each.record()

    def _line(self, index: int, name: str | None, options: str, line: bytes, value: bytes) -> None:
        if name == "dn":
            self._begin(index, line, value)
        elif not self._is_open:
            self._between(index, line, name, value)
        elif name is None:
            # The parts of a change end with a dash, and it is refused as a whole.
            if self._found[-1].is_change or line.startswith(_PROMPTS):
                return
            detail = f"not of the form name: value: {bytes_shown(line)}"
            self._found[-1].damage(self._block.line(index), detail)
        # ldifde writes "changetype: add" into every record that it exports.
        elif name == "changetype" and value.strip().lower() != b"add":
            detail = f"{bytes_shown(line)} is a change, not an exported entry"
            self._found[-1].is_change = True
            self._found[-1].damage(self._block.line(index), detail)
        # What nobody asked for is not even decoded: a broken photo costs its owner nothing.
        elif name in self._wanted:
            self._value(index, name, options, value)
        if name in _OF_ALL:
            self._found[-1].is_whole = True

    def _begin(self, index: int, line: bytes, value: bytes) -> None:
        record = _Parts(self._block.number if not self._found else self._block.line(index))
        self._found.append(record)
        self._is_open = True
        try:
            if value[:1] == b"<":
                raise ValueError("a URL")
            raw = _base64(value[1:].lstrip(b" ")) if value[:1] == b":" else value.lstrip(b" ")
            record.dn = raw.decode("utf-8")
        except ValueError:
            detail = f"its dn cannot be read: {bytes_shown(line)}"
            record.damage(self._block.line(index), detail)
            return
        deep = raw.count(b",") >= MAX_LEVELS and levels(record.dn) > MAX_LEVELS
        if deep or len(raw) > MAX_LENGTH:
            detail = f"its dn has {len(raw)} bytes in {levels(record.dn)} levels, which none has"
            record.damage(self._block.line(index), detail, Reason.LIMIT)

    def _between(self, index: int, line: bytes, name: str | None, value: bytes) -> None:
        """Take what stands where a record should begin: chatter, or what is none."""
        if name == "result" and value.split()[:1] != [b"0"]:
            detail = f"the search that made the file ended with {bytes_shown(value.strip())}"
            self._found.append(_Parts(self._block.number))
            self._found[-1].damage(self._block.line(index), detail, Reason.LIMIT)
        elif name not in _CHATTER and not line.startswith(_PROMPTS):
            detail = f"a record begins with {bytes_shown(line)} where its dn belongs"
            self._found.append(_Parts(self._block.number))
            self._found[-1].damage(self._block.line(index), detail)
            self._is_open = True

    def _value(self, index: int, name: str, options: str, value: bytes) -> None:
        record, marker = self._found[-1], value[:1]
        if ";range=" in options:
            self._range(index, name, options)
        if marker == b"<":
            detail = (
                f"{name} refers to {bytes_shown(value[1:].lstrip(b' '))}, which is never fetched"
            )
            record.skip(name, self._block.line(index), Reason.REFUSED, detail)
            return
        text = value[1:] if marker == b":" else value
        text = text.lstrip(b" ")
        try:
            decoded = _base64(text) if marker == b":" else text
        except ValueError:
            detail = f"{name} is not valid base64: {bytes_shown(text)}"
            record.skip(name, self._block.line(index), Reason.MALFORMED, detail)
            return
        record.values.setdefault(name, []).append(decoded)

    def _range(self, index: int, name: str, options: str) -> None:
        # A range that ends with a number is a part; the values are whole once the one with * came.
        ranges = self._found[-1].open_ranges
        if options.endswith("-*"):
            ranges.pop(name, None)
        else:
            detail = f"{name}{options}: only a part of the values was exported"
            ranges[name] = Problem(self._block.line(index), Reason.LIMIT, detail)


class _Parts:
    """A record while it is read."""

    __slots__ = (
        *("damaged", "dn", "is_change", "is_whole", "line", "open_ranges", "problems"),
        *("unread", "values"),
    )

    def __init__(self, line: int) -> None:
        self.line = line
        self.dn: str | None = None
        self.values: dict[str, list[bytes]] = {}
        self.unread: set[str] = set()
        self.open_ranges: dict[str, Problem] = {}
        self.problems: list[Problem] = []
        self.damaged = self.is_change = self.is_whole = False

    def skip(self, name: str, line: int, reason: Reason, detail: str) -> None:
        """Leave out a value that cannot be read."""
        self.unread.add(name)
        self.problems.append(Problem(line, reason, detail))

    def damage(self, line: int, detail: str, reason: Reason = Reason.MALFORMED) -> None:
        """Note why the record as a whole cannot be used."""
        self.damaged = True
        self.problems.append(Problem(line, reason, detail))

    def record(self) -> LdifRecord:
        """Return the record as far as it could be read."""
        return LdifRecord(
            self.line,
            self.dn,
            {name: tuple(values) for name, values in self.values.items()},
            frozenset(self.unread | self.open_ranges.keys()),
            (*self.problems, *self.open_ranges.values()),
            self.damaged,
            self.is_change,
            self.is_whole,
        )


@lru_cache(maxsize=4096)
def _named(raw: bytes) -> tuple[str, str] | None:
    """Return an attribute's name and its options, lower case; a file repeats few of them."""
    found = _NAME.fullmatch(raw)
    if found is None:
        return None
    return found[1].decode("ascii").lower(), found[2].decode("ascii", "replace").lower()


def _base64(text: bytes) -> bytes:
    # Without validate Python skips foreign characters, and other bytes come out.
    return base64.b64decode(text.rstrip(b" "), validate=True)


def bytes_shown(text: bytes) -> str:
    """Return bytes of a file as they can stand in a message: printable, and cut."""
    cut = text[:_SHOWN].decode("utf-8", "backslashreplace")
    return repr(cut) if len(text) <= _SHOWN else f"{cut!r} and more"
