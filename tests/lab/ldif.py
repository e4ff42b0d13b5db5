"""Reading LDIF as people export it: folded lines, base64, CRLF, UTF-16; and writing it back."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from tests.lab.claim import LabError

_RDN = re.compile(r"((?:[^,\\]|\\.)*)(?:,|$)", re.DOTALL)


@dataclass(slots=True)
class Entry:
    """One directory object: its name and its attributes, values as bytes."""

    dn: str
    attributes: dict[str, list[bytes]] = field(default_factory=dict)

    def get(self, name: str) -> list[bytes]:
        """Return the values of an attribute, whatever the case of its name."""
        return [v for key, vs in self.attributes.items() if key.lower() == name.lower() for v in vs]

    def has_class(self, name: str) -> bool:
        """Tell whether the object is of a class, itself or by inheritance."""
        return name.lower().encode() in (value.lower() for value in self.get("objectClass"))


def read(data: bytes) -> list[Entry]:
    """Read the entries of an LDIF file; only contents and additions are understood."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    text = data.decode(encoding).replace("\r\n", "\n").replace("\n ", "")
    return [entry for block in re.split(r"\n{2,}", text) for entry in _entries(block)]


def write(entries: Iterable[Entry]) -> str:
    """Write entries as LDIF that adds them."""
    return "\n".join(record(entry.dn, _pairs(entry)) for entry in entries)


def replacements(entries: Iterable[Entry]) -> str:
    """Write entries as LDIF that replaces their attributes in existing objects."""
    return "\n".join(_replacement(entry) for entry in entries if entry.attributes)


def record(dn: str, pairs: Iterable[tuple[str, bytes]]) -> str:
    """Write one record, every value in base64 so that none needs escaping."""
    lines = (f"{name}:: {base64.b64encode(value).decode()}\n" for name, value in pairs)
    return f"dn:: {base64.b64encode(dn.encode()).decode()}\n" + "".join(lines)


def parent(dn: str) -> str:
    """Return the name of the object above, empty for a one-part name."""
    match = _RDN.match(dn)
    return dn[match.end() :].lstrip() if match else ""


def key(dn: str) -> str:
    """Return a form of a name under which equal names are equal."""
    return ",".join(part.strip() for part in _RDN.findall(dn)).rstrip(",").casefold()


def _pairs(entry: Entry) -> Iterable[tuple[str, bytes]]:
    return ((name, value) for name, values in entry.attributes.items() for value in values)


def _replacement(entry: Entry) -> str:
    text = record(entry.dn, [("changetype", b"modify")])
    for name, values in entry.attributes.items():
        lines = (f"{name}:: {base64.b64encode(value).decode()}\n" for value in values)
        text += f"replace: {name}\n{''.join(lines)}-\n"
    return text


def _entries(block: str) -> Iterable[Entry]:
    lines = (line for line in block.split("\n") if line and not line.startswith("#"))
    pairs = [(name, value) for name, value in map(_split, lines) if name.lower() != "version"]
    if not pairs:
        return
    (first, dn), *rest = pairs
    if first.lower() != "dn":
        raise LabError(f"LDIF record does not begin with its dn: {first}")
    entry = Entry(dn.decode())
    for name, value in rest:
        if name.lower() == "changetype" and value != b"add":
            raise LabError(f"LDIF record of {entry.dn} is no addition")
        if name.lower() != "changetype":
            entry.attributes.setdefault(name, []).append(value)
    yield entry


def _split(line: str) -> tuple[str, bytes]:
    name, colon, rest = line.partition(":")
    if not colon:
        raise LabError(f"not a line of LDIF: {line}")
    if rest.startswith(":"):
        return name, base64.b64decode(rest[1:].strip())
    return name, rest.removeprefix(" ").encode()
