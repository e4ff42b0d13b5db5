"""What Exchange adds to the directory's schema, turned from ``schema.toml`` into LDIF."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.lab.ldif import Entry, write
from tests.lab.partitions import Partitions

FILE = Path(__file__).with_name("schema.toml")
ATTRIBUTE_ARC = "1.2.840.113556.1.8000.2554.50001"
CLASS_ARC = "1.2.840.113556.1.8000.2554.50002"
EVERYTHING = "labExchangeAttributes"
"""The auxiliary class that lets each class of the lab carry each attribute of the lab."""

_SYNTAXES = {
    "integer": ("2.5.5.9", "2"),
    "large_integer": ("2.5.5.16", "65"),
    "boolean": ("2.5.5.8", "1"),
    "text": ("2.5.5.12", "64"),
    "bytes": ("2.5.5.10", "4"),
    "name": ("2.5.5.1", "127"),
}
_DN_OBJECT_CLASS = bytes.fromhex("2b0c0287731c00854a")  # required for syntax 2.5.5.1/127
_FIRST_LINK = 19000
_READABLE = "D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;DA)(A;;RPLCLORC;;;AU)"


@dataclass(frozen=True, slots=True)
class Schema:
    """Attributes and classes of Exchange."""

    version: int
    single: Mapping[str, Sequence[str]]
    multiple: Mapping[str, Sequence[str]]
    links: Mapping[str, str]
    base: Mapping[str, Sequence[str]]
    classes: Mapping[str, str]
    categories: Mapping[str, str]

    @property
    def attributes(self) -> frozenset[str]:
        """Names of the attributes that an export may bring and the lab can store."""
        added = (*self.single.values(), *self.multiple.values(), self.base["allowed"])
        return frozenset(name for names in added for name in names)

    @property
    def name_valued(self) -> frozenset[str]:
        """Exchange's attributes whose values are names of objects."""
        return frozenset((*self.single["name"], *self.multiple["name"]))

    @property
    def backlinks(self) -> frozenset[str]:
        """Attributes that the directory itself fills."""
        return frozenset(self.links.values())

    def steps(self, where: Partitions) -> Iterator[str]:
        """Yield LDIF to be added in this order, each step after the one before took effect."""
        yield write(self._attribute_entries(where))
        yield write([self._everything(where)])
        added = set(self.base["extended_classes"]) | {"top"}
        left = dict(self.classes)
        while left:
            now = [name for name, parent in left.items() if parent in added]
            yield write(self._class(where, name) for name in now)
            added.update(now)
            for name in now:
                del left[name]

    def extensions(self, where: Partitions) -> list[Entry]:
        """Name the base classes that carry Exchange's attributes as well."""
        names = (_hyphenated(name) for name in self.base["extended_classes"])
        auxiliary = {"auxiliaryClass": [EVERYTHING.encode()]}
        return [Entry(f"CN={name},{where.schema}", dict(auxiliary)) for name in names]

    def _attribute_entries(self, where: Partitions) -> Iterator[Entry]:
        listed = [
            *((name, kind, True) for kind, names in self.single.items() for name in names),
            *((name, kind, False) for kind, names in self.multiple.items() for name in names),
            *((name, "name", False) for name in self.links.values()),
        ]
        ids = {name: 2 * at + _FIRST_LINK for at, name in enumerate(self.links)}
        ids |= {back: ids[forward] + 1 for forward, back in self.links.items()}
        for number, (name, kind, single) in enumerate(listed, start=1):
            syntax, om_syntax = _SYNTAXES[kind]
            entry = _entry(where, name, "attributeSchema")
            _add(entry, attributeID=f"{ATTRIBUTE_ARC}.{number}", attributeSyntax=syntax)
            _add(entry, oMSyntax=om_syntax)
            _add(entry, isSingleValued="TRUE" if single else "FALSE")
            if kind == "name":
                entry.attributes["oMObjectClass"] = [_DN_OBJECT_CLASS]
            if name in ids:
                _add(entry, linkID=str(ids[name]))
            if name == "msExchSchemaVersionPt":
                _add(entry, rangeUpper=str(self.version))
            yield entry

    def _everything(self, where: Partitions) -> Entry:
        entry = _entry(where, EVERYTHING, "classSchema")
        _add(entry, governsID=f"{CLASS_ARC}.1", objectClassCategory="3", subClassOf="top")
        names = sorted(self.attributes | self.backlinks)
        entry.attributes["mayContain"] = [name.encode() for name in names]
        return entry

    def _class(self, where: Partitions, name: str) -> Entry:
        number = sorted(self.classes).index(name) + 2
        entry = _entry(where, name, "classSchema", self.categories.get(name))
        _add(entry, governsID=f"{CLASS_ARC}.{number}", objectClassCategory="1")
        _add(entry, subClassOf=self.classes[name], possSuperiors="top", rDNAttID="cn")
        _add(entry, auxiliaryClass=EVERYTHING, defaultSecurityDescriptor=_READABLE)
        _add(entry, defaultObjectCategory=entry.dn)
        return entry


def load() -> Schema:
    """Read the schema that ships with the lab."""
    return Schema(**tomllib.loads(FILE.read_text(encoding="utf-8")))


def _entry(where: Partitions, display_name: str, kind: str, name: str | None = None) -> Entry:
    entry = Entry(f"CN={name or _hyphenated(display_name)},{where.schema}")
    _add(entry, objectClass=kind, lDAPDisplayName=display_name)
    return entry


def _add(entry: Entry, **values: str) -> None:
    entry.attributes.update({name: [value.encode()] for name, value in values.items()})


def _hyphenated(display_name: str) -> str:
    """Turn ``msExchOwaVersion`` into ``ms-Exch-Owa-Version``, as schema objects are named."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", display_name)
    return "-".join(word[0].upper() + word[1:] if at else word for at, word in enumerate(words))
