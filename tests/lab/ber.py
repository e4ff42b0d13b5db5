"""Just enough BER to read and rewrite LDAP messages byte by byte, without trusting a library."""

from collections.abc import Iterator

SEQUENCE = 0x30
INTEGER = 0x02
OCTET_STRING = 0x04
ENUMERATED = 0x0A


class BerError(ValueError):
    """Bytes that are no definite-length BER element."""


def header(data: bytes | bytearray, start: int = 0) -> tuple[int, int, int] | None:
    """Return tag, start and end of the content, or None while the header is incomplete."""
    if len(data) < start + 2:
        return None
    tag, first = data[start], data[start + 1]
    if first < 0x80:
        return tag, start + 2, start + 2 + first
    width = first & 0x7F
    if not 1 <= width <= 4:
        raise BerError(f"length of {width} octets")
    begin = start + 2 + width
    if len(data) < begin:
        return None
    return tag, begin, begin + int.from_bytes(data[start + 2 : begin], "big")


def children(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of each element in the content of a constructed one."""
    at = 0
    while at < len(content):
        found = header(content, at)
        if found is None or found[2] > len(content):
            raise BerError("element is cut short")
        tag, begin, at = found
        yield tag, content[begin:at]


def element(tag: int, *parts: bytes) -> bytes:
    """Encode an element."""
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    length = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def integer(value: int, tag: int = INTEGER) -> bytes:
    """Encode a whole number that is not negative."""
    return element(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def split(buffer: bytearray) -> Iterator[bytes]:
    """Take complete elements off the front of a growing buffer."""
    while (found := header(buffer)) is not None and found[2] <= len(buffer):
        yield bytes(buffer[: found[2]])
        del buffer[: found[2]]
