"""Putting together attributes that a controller gives in parts, such as ``member;range=0-1499``.

Every step has to bring values and to move on; what does not is given up, and the attribute with it.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from casaudit.collect.ldap.codes import Trouble
from casaudit.collect.ldap.paging import RawEntry
from casaudit.snapshot import Reason

# Active Directory gives at most MaxValRange values at once, 1,500 by default: [MS-ADTS], "Range
# Retrieval of Attribute Values".
_RANGE = re.compile(r";range=(\d{1,9})-(\d{1,9}|\*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Whole:
    """The attributes of an entry by lower-case name without options.

    Attributes:
        broken: why the values of an attribute are not all there.
    """

    attributes: Mapping[str, tuple[bytes, ...]]
    broken: Mapping[str, Trouble]


@dataclass(frozen=True, slots=True)
class _ValueRange:
    first: int
    last: int | None
    values: tuple[bytes, ...]


def whole(entry: RawEntry, ask: Callable[[str], RawEntry | Trouble], most: int) -> Whole:
    """Return an entry's attributes with all their values.

    Args:
        entry: the entry as it came.
        ask: asks for one attribute of the entry, such as ``member;range=1500-*``.
        most: values that an attribute may have.
    """
    values: dict[str, tuple[bytes, ...]] = {}
    broken: dict[str, Trouble] = {}
    for label, found in entry.attributes:
        name = label.partition(";")[0].lower()
        part = _part(label, found)
        if part is not None:
            found, trouble = _rest(name, part, ask, most)
            broken |= {name: trouble} if trouble else {}
        # Beside member;range=0-1499 a controller sends member itself, without any value.
        values[name] = values.get(name, ()) + found
    return Whole(values, broken)


def _rest(
    name: str, part: _ValueRange, ask: Callable[[str], RawEntry | Trouble], most: int
) -> tuple[tuple[bytes, ...], Trouble | None]:
    values: list[bytes] = []
    while True:
        # A part with fewer values than its range says would leave a hole that nobody sees.
        moves_on = part.last is None or len(part.values) == part.last - part.first + 1
        if part.first != len(values) or not moves_on:
            stuck = f"{name}: the controller gives a range that does not move on"
            return tuple(values), Trouble(Reason.SERVER_FAILURE, stuck)
        values += part.values
        if part.last is None:
            return tuple(values), None
        if len(values) >= most:
            return tuple(values), Trouble(Reason.LIMIT, f"{name}: more than {most} values")
        answer = ask(f"{name};range={part.last + 1}-*")
        if isinstance(answer, Trouble):
            return tuple(values), answer
        following = _named(name, answer.attributes)
        if following is None:
            gone = f"{name}: no values from {part.last + 1} on, though there should be"
            return tuple(values), Trouble(Reason.SERVER_FAILURE, gone)
        part = following


def _named(name: str, attributes: Iterable[tuple[str, tuple[bytes, ...]]]) -> _ValueRange | None:
    parts = (
        _part(label, values)
        for label, values in attributes
        if label.partition(";")[0].lower() == name
    )
    return next((part for part in parts if part is not None), None)


def _part(label: str, values: tuple[bytes, ...]) -> _ValueRange | None:
    # Not fullmatch(): other options may stand before it, as in userCertificate;binary;range=0-99.
    found = _RANGE.search(label)
    if found is None:
        return None
    return _ValueRange(int(found[1]), None if found[2] == "*" else int(found[2]), values)
