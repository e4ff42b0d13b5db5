"""What an export holds, as plain data: texts, numbers, lists, and objects with their properties.

No type that a file names is ever created; the names are kept, because they help to tell what an
object is.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from casaudit.snapshot import Reason

# [MS-PSRP], section 2.2.5.3.2: what XML 1.0 cannot hold is written as _xHHHH_, a UTF-16 code unit.
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Bounded before int() sees it, whose time grows with the square of the digits.
_INTEGER = re.compile(r"[+-]?[0-9]{1,20}")
# [MS-PSRP], section 2.2.5.1, names the elements of primitive values: of integers, with the range
# of each, ...
_UNSIGNED = {"C": 16, "By": 8, "U16": 16, "U32": 32, "U64": 64}
_SIGNED = {"SB": 8, "I16": 16, "I32": 32, "I64": 64}
_RANGES = {tag: range(2**bits) for tag, bits in _UNSIGNED.items()} | {
    tag: range(-(2 ** (bits - 1)), 2 ** (bits - 1)) for tag, bits in _SIGNED.items()
}
# ... of texts, and of what is kept as its text. SemanticVersion came with PowerShell 6.
_ESCAPED = frozenset({"S", "SBK", "XD", "URI"})
_TEXTS = frozenset({"G", "Version", "SemanticVersion", "DT", "TS", "Db", "Sg", "D"})
PRIMITIVES = frozenset({*_RANGES, *_ESCAPED, *_TEXTS, "B", "BA", "SS", "Nil"})
"""Elements that hold one value and no other element."""
PROGRESS = "PR"
"""The one primitive with elements of its own inside, none of which tells of an organisation."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A value that stands in the file and could not be taken over; never says what it was."""

    reason: Reason
    why: str


@dataclass(frozen=True, slots=True)
class Exported:
    """An object of an export.

    Attributes:
        types: its type names, most specific first.
        text: what its ToString gave; ``None`` when the file does not say.
        properties: its properties by lower-case name; notes stand before the object's own.
        content: what it wraps: the number of an enumeration, the items of a list or a table.
        row: of a table, the row in which it stands.
    """

    types: tuple[str, ...] = ()
    text: "str | Unreadable | None" = None
    properties: "Mapping[str, Value]" = field(default_factory=dict)
    content: "Value" = None
    row: int | None = None


Value: TypeAlias = (
    str | int | bool | bytes | Unreadable | Exported | list["Value"] | dict[str, "Value"] | None
)
"""Anything that a property can hold."""


def unescaped(text: str) -> str:
    """Return a text with its ``_xHHHH_`` escapes as the characters that they stand for.

    Raises:
        ValueError: half of a surrogate pair, which is no character.
    """
    if "_x" not in text:
        return text
    found = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    if any("\ud800" <= each <= "\udfff" for each in found):
        # Two escapes may be the halves of one character beyond the first 65,536.
        return found.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    return found


def primitive(tag: str, text: str) -> Value:
    """Return the value of an element of ``PRIMITIVES``; one that is not valid is unreadable."""
    try:
        return _primitive(tag, text)
    except (ValueError, OverflowError, binascii.Error):
        return Unreadable(Reason.MALFORMED, f"no valid {tag} value")


def _primitive(tag: str, text: str) -> Value:
    if tag in _ESCAPED:
        return unescaped(text)
    if tag in _TEXTS:
        return text.strip()
    match tag:
        case "Nil":
            return None
        case "SS":  # a SecureString, encrypted for the user who exported it
            return Unreadable(Reason.REFUSED, "a secret, which is never read")
        case "B":
            return {"true": True, "false": False}.get(text.strip().lower(), _NOT_BOOLEAN)
        case "C":
            # A Char is written as the number of its UTF-16 unit.
            return unescaped(chr(_integer(tag, text)))
        case "BA":
            return base64.b64decode("".join(text.split()), validate=True)
        case _:
            return _integer(tag, text)


_NOT_BOOLEAN = Unreadable(Reason.MALFORMED, "no valid B value")


def _integer(tag: str, text: str) -> int:
    if not _INTEGER.fullmatch(text.strip()) or int(text) not in _RANGES[tag]:
        raise ValueError(f"out of the range of {tag}")
    return int(text)
