"""Taking distinguished names apart and comparing them (RFC 4514).

Records keep a distinguished name as the directory stored it; every comparison goes
through ``norm_dn``.
"""

import re
from itertools import islice

MAX_LENGTH, MAX_LEVELS = 8192, 128
"""Bytes and relative names that no name of a directory comes near; Exchange needs some fifteen."""

# A comma behind a backslash parts nothing (RFC 4514, section 2.4).
_RDN = re.compile(r"(?:\\.|[^,])+", re.DOTALL)
# Spaces around separators are typed by people; Active Directory does not write them.
_LOOSE = (", ", " ,", "= ", " =")
# An escape in hex is a byte of UTF-8, and a letter may need several: \C3\BC is one.
_ESCAPE = re.compile(rb"\\([0-9A-Fa-f]{2}|.)", re.DOTALL)


def rdns(dn: str) -> tuple[str, ...]:
    """Return the relative names of a distinguished name, left to right, as stored."""
    # Not plain strip(): other white space, such as U+00A0, is part of a name.
    return tuple(part.strip(" ") for part in _RDN.findall(dn))


def levels(dn: str) -> int:
    """Return how many relative names a distinguished name has."""
    return sum(1 for _ in _RDN.finditer(dn))


def parent(dn: str, levels: int = 1) -> str:
    """Return the distinguished name of the object so many levels above; empty above the top."""
    # Lazily, because callers climb level by level: to take a name of 20,000 parts apart at every
    # step took a minute.
    ends = [found.end() for found in islice(_RDN.finditer(dn), levels)]
    return dn[ends[-1] + 1 :].lstrip(" ") if len(ends) == levels else ""


def name(dn: str) -> str:
    """Return an object's own name: the value of the first relative name, nothing escaped."""
    # Not the whole of it: callers climb level by level.
    first = _RDN.search(dn)
    return _value(first[0].strip(" ")) if first else ""


def container(dn: str) -> str:
    """Return the name of the object directly above, lower case."""
    return name(parent(dn)).lower()


def norm_dn(dn: str) -> str:
    """Return the form of a distinguished name in which equal names are equal texts."""
    if "\\" in dn:
        return ",".join(_canonical(part) for part in rdns(dn))
    # The way of nearly every name, and they are compared by the hundred thousand.
    if not any(each in dn for each in _LOOSE):
        return dn.lower().strip(" ")
    pairs = (part.partition("=") for part in dn.lower().split(","))
    return ",".join(f"{kind.strip(' ')}={value.strip(' ')}" for kind, _, value in pairs)


def is_below(dn: str, base: str) -> bool:
    """Tell whether one normalised name lies below another, or is it; everything is below ``""``."""
    # With the comma, so that "cn=ab,dc=x" does not lie below "b,dc=x".
    return not base or dn == base or dn.endswith(f",{base}")


def _canonical(rdn: str) -> str:
    kind = rdn.partition("=")[0].strip(" ").lower()
    # Back to one way of escaping: "\2C" and "\," are the same name.
    value = _value(rdn).lower().replace("\\", r"\5c").replace(",", r"\2c")
    return f"{kind}={value}"


def _value(rdn: str) -> str:
    raw = rdn.partition("=")[2].strip(" ").encode("utf-8", "surrogatepass")
    return _ESCAPE.sub(_unescaped, raw).decode("utf-8", "replace")


def _unescaped(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode()) if len(found[1]) == 2 else found[1]
