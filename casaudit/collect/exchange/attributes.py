"""Reading the attributes of one entry: what does not decode is noted, never raised.

A record names the attributes that its fields are read from; each is decoded by the type of its
field. A value that does not decode leaves the field empty, puts its name into ``unread`` and makes
a gap; the record stands.
"""

import base64
import re
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

from casaudit.collect.ports import DirectoryEntry
from casaudit.dn import name as dn_name
from casaudit.snapshot import Gap, Reason, SectionName, Source
from casaudit.snapshot.record import Attribute, DirectoryRecord, Moment, attributes_of

T = TypeVar("T")


class OddEntry(ValueError):
    """An entry that cannot become a record at all; it costs itself and nothing else."""


MAX_VALUE = 64 * 1024
_SHOWN_BYTES = 768
# An INTEGER of LDAP (RFC 4517) without the "+" and the spaces that int() would take.
_NUMBER = re.compile(rb"-?[0-9]{1,19}")
_TIME = re.compile(rb"([0-9]{14})(?:\.[0-9]+)?Z")
_BOOLEANS = {b"TRUE": True, b"FALSE": False}


def _text(value: bytes) -> str:
    return value.decode("utf-8")


def _integer(value: bytes) -> int:
    if not _NUMBER.fullmatch(value) or not -(2**63) <= int(value) < 2**63:
        raise ValueError("not an integer")
    return int(value)


def _boolean(value: bytes) -> bool:
    # Controllers write capitals (RFC 4517, section 3.3.3); files made by hand need not.
    return _BOOLEANS[value.upper()]


def _moment(value: bytes) -> datetime:
    # LDAP's generalized time; Active Directory always writes UTC with a fraction of ".0".
    found = _TIME.fullmatch(value)
    if found is None:
        raise ValueError("not a time")
    # Not strptime(), which takes ten times as long, and every object has several.
    at = found[1]
    day = int(at[:4]), int(at[4:6]), int(at[6:8])
    return datetime(*day, int(at[8:10]), int(at[10:12]), int(at[12:]), tzinfo=UTC)


def _guid(value: bytes) -> str:
    # Windows stores the first three fields of a GUID with their lowest byte first.
    return str(uuid.UUID(bytes_le=value))


_DECODERS: dict[Any, Callable[[bytes], Any]] = {
    str: _text,
    int: _integer,
    bool: _boolean,
    Moment: _moment,
}


class AttributeReader:
    """One entry being read.

    Attributes:
        gaps: what could not be decoded so far.
    """

    def __init__(self, entry: DirectoryEntry, section: SectionName) -> None:
        self.entry = entry
        self.gaps: list[Gap] = []
        self._section = section
        self._unread: set[str] = set()

    def fields(self, record: type[DirectoryRecord]) -> dict[str, Any]:
        """Return the fields of a record that name the attribute that they are read from."""
        return {
            name: self._field(name, record.model_fields[name].annotation, attribute)
            for name, attribute in attributes_of(record).items()
        }

    def named(self, record: type[DirectoryRecord], attributes: Mapping[str, str]) -> dict[str, Any]:
        """Return fields of a record that stand in this entry, which is another than its own.

        Args:
            record: the record.
            attributes: the name of the attribute of each field.
        """
        return {
            field: self._field(field, record.model_fields[field].annotation, Attribute(name))
            for field, name in attributes.items()
        }

    def _field(self, name: str, annotation: Any, attribute: Attribute) -> Any:
        kinds = get_args(annotation)
        if attribute.bits is not None:
            value = self.integer(attribute.name, name)
            return None if value is None else bool(value & attribute.bits)
        # tuple[str, ...] holds an Ellipsis among its arguments, X | None the type to decode by.
        if Ellipsis in kinds:
            return self.texts(attribute.name, name)
        if attribute.one_of_many:
            return next(iter(self.texts(attribute.name, name)), None)
        decode = next(_DECODERS[kind] for kind in kinds if kind in _DECODERS)
        return self._one(attribute.name, name, decode)

    def text(self, attribute: str, field: str) -> str | None:
        """Return the one value of a text attribute."""
        return self._one(attribute, field, _text)

    def integer(self, attribute: str, field: str) -> int | None:
        """Return the one value of an integer attribute."""
        return self._one(attribute, field, _integer)

    def boolean(self, attribute: str, field: str) -> bool | None:
        """Return the one value of a Boolean attribute."""
        return self._one(attribute, field, _boolean)

    def texts(self, attribute: str, field: str) -> tuple[str, ...]:
        """Return the values of a text attribute that decode, sorted: a directory has no order."""
        return tuple(sorted(self._decoded(attribute, field, _text)))

    def classes(self) -> tuple[str, ...]:
        """Return the object classes, in the order of the directory: most general first."""
        return tuple(self._decoded("objectClass", "object_classes", _text))

    def is_a(self, *classes: str) -> bool:
        """Tell whether the entry has one of some classes."""
        mine = {value.lower() for value in self.entry.attributes.get("objectclass", ())}
        return any(each.lower().encode() in mine for each in classes)

    def is_unread(self, field: str) -> bool:
        """Tell whether a field read before could not be decoded."""
        return field in self._unread

    def miss(self, field: str) -> None:
        """Mark a field as not seen."""
        self._unread.add(field)

    def gap(self, reason: Reason, detail: str) -> None:
        """Note something about this entry that could not be seen."""
        self.gaps.append(
            Gap(section=self._section, subject=self.entry.dn, reason=reason, detail=detail)
        )

    def identity(self) -> dict[str, Any]:
        """Return what every record carries; to be read last, when ``unread`` is known."""
        # Not every export holds cn. In a DN the name is escaped, so that comes second.
        common_name = next(iter(self.texts("cn", "name")), None)
        guid = self._one("objectGUID", "id", _guid)
        source = Source(
            origin=self.entry.source.origin,
            at=self.entry.source.at,
            when_changed=self._one("whenChanged", "source.when_changed", _moment),
            usn_changed=self.integer("uSNChanged", "source.usn_changed"),
        )
        return {
            # An export through a list of attributes may lack the GUID.
            "id": guid or self.entry.dn.lower(),
            "name": dn_name(self.entry.dn) if common_name is None else common_name,
            "dn": self.entry.dn,
            "source": source,
            "unread": tuple(sorted(self._unread)),
        }

    def _one(self, attribute: str, field: str, decode: Callable[[bytes], T]) -> T | None:
        count = len(self.entry.attributes.get(attribute.lower(), ()))
        # A controller's schema forbids it; in a file nobody can tell which value counts.
        if count > 1:
            self.miss(field)
            self.gap(Reason.MALFORMED, f"{attribute} has {count} values where one belongs")
            return None
        return next(iter(self._decoded(attribute, field, decode)), None)

    def _decoded(self, attribute: str, field: str, decode: Callable[[bytes], T]) -> list[T]:
        if attribute.lower() in self.entry.unread:
            self.miss(field)
        found = []
        for value in self.entry.attributes.get(attribute.lower(), ()):
            try:
                if len(value) > MAX_VALUE:
                    raise OverflowError
                found.append(decode(value))
            # A KeyError is a Boolean that is neither.
            except (ValueError, KeyError, OverflowError) as error:
                self.miss(field)
                self._undecoded(attribute, value, error)
        return found

    def _undecoded(self, attribute: str, value: bytes, error: Exception) -> None:
        shown = base64.b64encode(value[:_SHOWN_BYTES]).decode("ascii")
        if isinstance(error, OverflowError):
            self.gap(Reason.LIMIT, f"{attribute} holds {len(value)} bytes, cut: {shown}")
        else:
            self.gap(Reason.MALFORMED, f"{attribute}: {shown}")
