"""A directory object and the entry that a controller gives for it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.forest.tree import name_of

Value = str | int | bool | bytes | datetime | None
Values = Mapping[str, Value | Sequence[Value]]
INSTALLED = datetime(2011, 2, 7, 9, 0, 0, tzinfo=UTC)
EXCHANGE_2007 = 4535486012416
EXCHANGE_2010 = 44220983382016


@dataclass(frozen=True, slots=True)
class Object:
    """One object: its own attributes, without those that every object has.

    An attribute that is ``None`` is absent from the entry.
    """

    dn: str
    classes: tuple[str, ...]
    values: Values = field(default_factory=dict)
    created: datetime = INSTALLED


@dataclass(frozen=True, slots=True)
class ForestEntry:
    """An entry as a controller gives it: attribute names in the schema's spelling, raw values."""

    dn: str
    attributes: dict[str, tuple[bytes, ...]]


def guid(dn: str) -> uuid.UUID:
    """Return the objectGUID of an object: the same for the same name in every run."""
    return uuid.uuid5(uuid.NAMESPACE_X500, dn.lower())


def entry(thing: Object, usn: int) -> ForestEntry:
    """Return the entry of an object that was last changed at an update sequence number."""
    every: Values = {
        "objectClass": ("top", *thing.classes),
        "cn": name_of(thing.dn),
        "distinguishedName": thing.dn,
        "instanceType": 4,
        "whenCreated": thing.created,
        "whenChanged": thing.created,
        "uSNCreated": usn,
        "uSNChanged": usn,
        "name": name_of(thing.dn),
        "objectGUID": guid(thing.dn).bytes_le,
    }
    pairs = ((name, _encoded(value)) for name, value in {**every, **thing.values}.items())
    return ForestEntry(thing.dn, {name: values for name, values in pairs if values})


def _encoded(value: Value | Sequence[Value]) -> tuple[bytes, ...]:
    many = (value,) if isinstance(value, str | bytes) or not isinstance(value, Sequence) else value
    return tuple(_bytes(each) for each in many if each is not None)


def _bytes(value: Value) -> bytes:
    match value:
        case bytes():
            return value
        case bool():
            return b"TRUE" if value else b"FALSE"
        case datetime():
            return value.strftime("%Y%m%d%H%M%S.0Z").encode()
        case _:
            return str(value).encode()
