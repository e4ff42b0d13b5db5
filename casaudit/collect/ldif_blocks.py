"""The text of an LDIF file: one encoding, one kind of line end, parted at empty lines.

Windows writes UTF-16 (``ldifde -u``), UTF-8 with or without its mark, and with ``copy a+b`` one
after the other.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

# What an entry of a live answer may hold, too.
MAX_RECORD = 8 * 2**20
_CHUNK = 2**18
_HEAD = 2**16
# Where UTF-16 begins: no byte of its mark occurs in UTF-8.
_WIDE = re.compile(rb"(?:\A|\n)(?=\xff\xfe|\xfe\xff)")
# Where it ends: "dn" in one byte a letter is one Chinese letter in UTF-16, and no line of LDIF
# begins with that.
_NARROW = re.compile(rb"\n\x00(?=(?:\xef\xbb\xbf)?(?:dn:|version:|# ))", re.IGNORECASE)
_LONGEST_MARK = 16
# A record of its own that cannot be read: the cut becomes a problem with a line.
_CUT = b"\n\nthe file ends inside a character\n"


class Stream(Protocol):
    """Something to read bytes from."""

    def read(self, size: int, /) -> bytes:
        """Return at most so many bytes; none at the end."""
        ...


def blocks(stream: Stream) -> Iterator["Block"]:
    """Yield the lines between empty ones of a file."""
    return _blocks(_line_feeds(_utf8(stream)))


def _utf8(stream: Stream) -> Iterator[bytes]:
    """Yield the file in pieces, as UTF-8; joined files may change the encoding at any line."""
    decoder: codecs.IncrementalDecoder | None = None
    data = stream.read(_CHUNK)
    # UTF-16 without its mark: the first letter of any export is ASCII.
    if data[1:2] == b"\0":
        data = codecs.BOM_UTF16_LE + data
    while data:
        more = stream.read(_CHUNK)
        if (end := _other_encoding(data, is_wide=decoder is not None)) is not None:
            yield _decoded(data[:end], decoder, is_end=True)
            decoder = None if decoder else codecs.getincrementaldecoder("utf-16")("surrogatepass")
        else:
            # What may be the beginning of a mark waits for the rest of it.
            end = max(0, len(data) - _LONGEST_MARK) & ~1 if more else len(data)
            yield _decoded(data[:end], decoder, is_end=not more)
        data = data[end:] + more


def _other_encoding(data: bytes, *, is_wide: bool) -> int | None:
    """Return where a file in another encoding was joined on."""
    # To look for one byte is cheap, and nearly no file has it.
    if not is_wide and b"\xff" not in data:
        return None
    found = (each.end() for each in (_NARROW if is_wide else _WIDE).finditer(data))
    # A letter of UTF-16 begins at an even place.
    return next((place for place in found if not is_wide or place % 2 == 0), None)


def _decoded(data: bytes, decoder: codecs.IncrementalDecoder | None, *, is_end: bool) -> bytes:
    if decoder is None:
        return data
    # Windows does not check its UTF-16: half a surrogate pair must cost a value, not the file.
    text = decoder.decode(data).encode("utf-8", "surrogatepass")
    return text + _CUT if is_end and decoder.getstate()[0] else text


def _line_feeds(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces with lines that end as those of Unix do."""
    held = b""
    for piece in pieces:
        piece = held + piece
        held = b"\r" if piece.endswith(b"\r") else b""
        yield piece.removesuffix(b"\r").replace(b"\r\n", b"\n")
    yield held


@dataclass(frozen=True, slots=True)
class Block:
    """The lines between two empty ones, folded; ``too_large`` when some were dropped."""

    number: int
    text: bytes
    too_large: bool

    def line(self, index: int) -> int:
        """Return the number of the line where an unfolded line begins."""
        lines = self.text.split(b"\n")
        begins = [at for at, line in enumerate(lines) if not at or not line.startswith(b" ")]
        return self.number + begins[index]


def _blocks(pieces: Iterable[bytes]) -> Iterator[Block]:
    number, rest, kept, dropped = 1, b"", b"", 0
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n\n")
        for text in whole:
            yield Block(number, kept or text, bool(kept) or len(text) > MAX_RECORD)
            number += dropped + text.count(b"\n") + 2
            kept, dropped = b"", 0
        if len(rest) > MAX_RECORD:
            # The head tells what it was; all but the last letter, which may be half an empty line.
            kept = kept or rest[:_HEAD].rpartition(b"\n")[0]
            dropped += rest[:-1].count(b"\n")
            rest = rest[-1:]
    yield Block(number, kept or rest, bool(kept) or len(rest) > MAX_RECORD)
