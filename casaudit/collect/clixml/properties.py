"""Reading the properties of one exported object: what lacks is noted, never raised.

A property that the export does not hold, or holds in a form that does not decode, puts the
record's field into ``unread``; one that stands there and is empty is evidence. Notes name
properties and never repeat values.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from casaudit.collect.clixml.values import Exported, Unreadable, Value
from casaudit.dn import name as dn_name
from casaudit.snapshot import Reason, Source

MAX_TEXT = 64 * 1024
Note = tuple[Reason, str]
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")
# A Boolean that went through a formatted property arrives as a text.
_TRUTH: dict[str, Value] = {"true": True, "false": False, "": None}


class OddObject(ValueError):
    """An object that cannot become a record; it costs itself and nothing else."""


class PropertyReader:
    """One exported object being read.

    Attributes:
        item: the object.
        about: the server that it is about; ``None`` when nothing says it.
        unread: fields that could not be seen.
        notes: why.
    """

    def __init__(self, item: Exported, source: Source, server: str | None = None) -> None:
        self.item = item
        self.source = source
        self.notes: list[Note] = []
        self.unread: set[str] = set()
        self.about = server

    def has(self, *properties: str) -> bool:
        """Tell whether the object has all of some properties."""
        return all(name.lower() in self.item.properties for name in properties)

    def server(self) -> str:
        """Return the server that the object is about.

        Raises:
            OddObject: neither the object nor the name of its file says it.
        """
        if self.about is None:
            raise OddObject("does not say of which server it is, and its file's name does not")
        return self.about

    def key(self, name: str) -> str:
        """Return a text without which there is no record.

        Raises:
            OddObject: it is not there, or empty.
        """
        found = self._text(self.item.properties.get(name.lower()))
        if not isinstance(found, str) or not found.strip():
            raise OddObject(f"has no {name}")
        return found

    def text(self, name: str, field: str) -> str | None:
        """Return a text; ``None`` for one that is empty, or that could not be seen."""
        found = self._seen(name, field, self._text(self._value(name)))
        return found if isinstance(found, str) and found else None

    def object_name(self, name: str, field: str) -> str | None:
        """Return the name of the directory object that a property refers to."""
        value = self._value(name)
        told = value.properties.get("name") if isinstance(value, Exported) else None
        found = self._seen(name, field, told if isinstance(told, str) else self._text(value))
        return short_name(found) if isinstance(found, str) and found else None

    def texts(self, name: str, field: str) -> tuple[str, ...]:
        """Return the texts of a list, sorted: it has no order of its own."""
        inner = self._inner(name)
        items = inner if isinstance(inner, list) else [self._value(name)]
        found = [self._seen(name, field, self._text(each)) for each in items]
        return tuple(sorted(each for each in found if isinstance(each, str) and each))

    def object_names(self, name: str, field: str) -> tuple[str, ...]:
        """Return the names of the directory objects that a list refers to."""
        return tuple(sorted(map(short_name, self.texts(name, field))))

    def names(self, name: str, field: str) -> tuple[str, ...]:
        """Return the parts of a text that lists values of an enumeration; ``None`` is no value."""
        found = self.text(name, field) or ""
        # A flags enumeration of .NET prints as "IIS, SMTP", and as "None" without any flag.
        parts = (part.strip() for part in found.split(","))
        return tuple(sorted(part for part in parts if part and part.lower() != "none"))

    def integer(self, name: str, field: str) -> int | None:
        """Return a number; ``None`` for an empty property."""
        inner = self._inner(name)
        if isinstance(inner, str) and _WHOLE_NUMBER.fullmatch(inner.strip()):
            return int(inner)
        # In Python a bool is an int; in an export it is a value of another kind. The largest
        # integers of U64 fit into no table of the judgement.
        if inner is None or (type(inner) is int and inner < 2**63):
            return inner
        self._wrong(name, field, inner)
        return None

    def boolean(self, name: str, field: str) -> bool | None:
        """Return a truth value; ``None`` for an empty property."""
        inner = self._inner(name)
        inner = _TRUTH.get(inner.strip().lower(), _WRONG) if isinstance(inner, str) else inner
        if inner is None or isinstance(inner, bool):
            return inner
        self._wrong(name, field, inner)
        return None

    def moment(self, name: str, field: str) -> datetime | None:
        """Return a point in time; one that does not say its zone is not seen."""
        found = self._seen(name, field, self._text(self._value(name)))
        if not isinstance(found, str) or not found:
            return None
        try:
            moment = datetime.fromisoformat(found)
            # Without a zone it is in that of the machine that exported it, which no one knows here.
            if moment.tzinfo is not None:
                # Overflows for DateTime.MinValue, the year 1, with a zone east of Greenwich.
                return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        self._wrong(name, field)
        return None

    def guid(self, name: str, field: str) -> str | None:
        """Return a GUID as text, lower case."""
        found = self.text(name, field)
        try:
            return None if found is None else str(uuid.UUID(found))
        except ValueError:
            self._wrong(name, field)
            return None

    def octets(self, name: str, field: str) -> bytes | None:
        """Return bytes; ``None`` for an empty property."""
        inner = self._inner(name)
        if inner is None or isinstance(inner, bytes):
            return inner
        self._wrong(name, field, inner)
        return None

    def miss(self, field: str, reason: Reason, detail: str) -> None:
        """Mark a field as not seen, and say why."""
        self.unread.add(field)
        self.notes.append((reason, detail))

    def common(self) -> dict[str, Any]:
        """Return what every record carries; to be read last, when ``unread`` is known."""
        return {"source": self.source, "unread": tuple(sorted(self.unread))}

    def _value(self, name: str) -> Value:
        return self.item.properties.get(name.lower(), _LACKING)

    def _inner(self, name: str) -> Value:
        value = self._value(name)
        return value.content if isinstance(value, Exported) else value

    def _wrong(self, name: str, field: str, value: Value = None) -> None:
        self._seen(name, field, value if isinstance(value, Unreadable) else _WRONG)

    def _seen(self, name: str, field: str, value: Value) -> Value:
        """Return a value, noting one that cannot be read."""
        if isinstance(value, Unreadable):
            self.miss(field, value.reason, f"{name}: {value.why}")
        return value

    def _text(self, value: Value) -> Value:
        """Return the text of a value, ``None``, or why it cannot be read."""
        found = text_of(value)
        if isinstance(found, str) and len(found) > MAX_TEXT:
            return Unreadable(Reason.LIMIT, f"longer than {MAX_TEXT:,} characters")
        return found


_LACKING = Unreadable(Reason.DENIED_OR_ABSENT, "the export has no such property")
_WRONG = Unreadable(Reason.MALFORMED, "not in a form that can be read")


def text_of(value: Value) -> str | Unreadable | None:
    """Return the text of a value: what an object says of itself, else what it wraps."""
    match value:
        case Exported():
            # ToString first: what an enumeration wraps is a number.
            return text_of(value.content) if value.text is None else value.text
        case None | str() | Unreadable():
            return value
        case bool() | int():
            return str(value)
        case _:
            return _WRONG


def short_name(text: str) -> str:
    """Return the own name of a directory object that is written as a DN or a canonical name."""
    # Exchange shows an ADObjectId as a canonical name: corp.example/Configuration/.../DB1, in which
    # a backslash protects a slash of the name itself.
    if text[:3].lower() == "cn=":
        return dn_name(text)
    if "/Configuration/" not in text:
        return text
    return re.sub(r"\\(.)", r"\1", re.split(r"(?<!\\)/", text)[-1])


def flattened(values: Iterable[Value]) -> Iterator[Value]:
    """Yield objects, those of a list one by one: ``-InputObject`` exports a whole list as one."""
    for value in values:
        if isinstance(value, Exported) and isinstance(value.content, list):
            yield from value.content
        elif isinstance(value, list):
            yield from value
        else:
            yield value
