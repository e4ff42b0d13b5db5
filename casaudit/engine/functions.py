"""The SQL functions behind the views: names, distinguished names, versions and lists.

All are pure and return NULL for what they cannot judge: an exception inside a
function would reach the operator as "user-defined function raised exception" only.
"""

import hashlib
import ipaddress
import json
import re
import sqlite3
from collections.abc import Callable
from functools import lru_cache

from casaudit.dn import norm_dn
from casaudit.legacy_dn import last_name
from casaudit.names import covers, fqdn_problem, host, norm, plain_label, url_problem

MAX_LIST_BYTES = 200_000
"""Above this a list is cut, and its last element says how many are missing."""
MAX_BYTES = 8 * 1024 * 1024
"""Of a value, and of a whole row that is sorted: room for every list of a site of 2,500 databases
and for a field of ``snapshot.limits`` beside them."""
_MOST_TRIMMED = 256

# RFC 1918, 1122 and 3927, and for IPv6 RFC 4291 and 4193. Not ipaddress.is_private, which counts
# networks for documentation too and answers differently between versions of Python.
_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16",
        "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip
# Bits of msExchInternalAuthenticationMethods and msExchExternalAuthenticationMethods; 32, 64, 2048
# and 16384 are used by the online service only.
METHODS = {
    1: "Basic",
    2: "NTLM",
    4: "forms",
    8: "Digest",
    16: "Windows",
    128: "WS-Security",
    256: "certificate",
    512: "NegoEx",
    1024: "OAuth",
    4096: "Kerberos",
    8192: "Negotiate",
}
# "Version 14.3 (Build 30123.4)"; Exchange 2003: "Version 6.5 (Build 7638.2: Service Pack 2)".
_SERIAL = re.compile(r"version (\d+)\.(\d+)(?:.*?build (\d+))?", re.IGNORECASE)
_BUILD = re.compile(r"[0-9]{1,5}(\.[0-9]{1,5}){1,3}")
_QUOTED = json.encoder.encode_basestring
"""Writes a text as JSON as ``json.dumps(text, ensure_ascii=False)`` does, in C and at once."""
_KEPT = 16_384
"""Results kept of a function that the views ask about the same few objects again and again."""

_OLDEST_PACKED = 1 << 28
"""From Exchange 2007 on, versionNumber is packed and its marker bits exceed this."""


@lru_cache(maxsize=_KEPT)
def fold(text: str | None) -> str | None:
    """Return the form in which two directory strings that differ in letter case are equal."""
    return None if text is None else text.strip().casefold()


@lru_cache(maxsize=_KEPT)
def dnkey(dn: str | None) -> str | None:
    """Return a key that two spellings of one distinguished name have in common.

    A digest: a fleet has a hundred thousand names of 200 characters, several times over.
    """
    if dn is None:
        return None
    # Names may hold lone surrogates, which UTF-8 alone would refuse.
    text = norm_dn(dn).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=16).hexdigest()


def version_part(number: int | None, serial: str | None, part: int) -> int | None:
    """Return major (0), minor (1) or build (2) of a server as its directory object shows it.

    ``versionNumber`` is packed as marker(4) major(6) minor(6) flag(1) build(15) since
    Exchange 2007; before that it is the bare build and only ``serialNumber`` has the rest.
    """
    if number is not None and number >= _OLDEST_PACKED:
        return ((number >> 22) & 63, (number >> 16) & 63, number & 0x7FFF)[part]
    found = _SERIAL.search(serial or "")
    if found is None or found.group(part + 1) is None:
        return None
    value = int(found.group(part + 1))
    if part < 2 or int(found.group(1)) < 8:
        return value
    # Exchange 2007 and later add 10000 or 30000 to the build here, and cmdlets print it without.
    return value - 30_000 if value >= 30_000 else value - 10_000 if value >= 10_000 else value


@lru_cache(maxsize=_KEPT)
def build_key(text: str | None) -> str | None:
    """Return a version of two to four numbers as a text that sorts like it; what lacks counts as 0.

    Build numbers are compared by it, never as texts: 14.3.99.0 comes before 14.3.123.4.
    """
    found = _BUILD.fullmatch((text or "").strip())
    if found is None:
        return None
    parts = [int(part) for part in found.group().split(".")]
    # Five digits hold any part: a version of a Windows file is four numbers of 16 bits.
    return ".".join(f"{part:05}" for part in [*parts, 0, 0][:4])


@lru_cache(maxsize=_KEPT)
def authentication(mask: int | None) -> str | None:
    """Return the methods in a bit mask of msExch…AuthenticationMethods, in words."""
    if mask is None:
        return None
    return ", ".join(name for bit, name in METHODS.items() if mask & bit) or "none"


def covers_json(presented: str | None, name: str | None) -> bool | None:
    """Tell whether a JSON list of certificate names stands for a name."""
    return None if presented is None else covers(json.loads(presented), name)


def address_key(text: str | None, last: int) -> str | None:
    """Return the first or last address of a network as a text that sorts like the address.

    A single address is a network of one. Networks hold an address whose key lies between theirs.
    """
    try:
        # Not strict: bits set behind the mask are a slip of the pen, and mean the same network.
        network = ipaddress.ip_network((text or "").strip(), strict=False)
    except ValueError:
        return None
    address = network[-1] if last else network[0]
    # In hexadecimal of fixed width the order of texts is the order of addresses.
    return f"{network.version}:{address.packed.hex()}"


def is_private_address(text: str | None) -> bool | None:
    """Tell whether an address belongs to a private, loopback or link-local network."""
    try:
        address = ipaddress.ip_address((text or "").strip())
    except ValueError:
        return None
    return any(address in network for network in _PRIVATE)


def instr(text: str | None, part: str | None) -> int | None:
    """Return where a part of a text begins, from 1 on; 0 where it does not occur."""
    return None if text is None or part is None else str(text).find(str(part)) + 1


def replace(text: str | None, old: str | None, new: str | None) -> str | None:
    """Return a text with every occurrence of a part replaced.

    Raises:
        OverflowError: the result is longer than ``MAX_BYTES``; SQLite calls it too big.
    """
    # In SQLite's order: nothing to look for leaves everything as it is, whatever comes instead.
    if text is None or old is None or old == "":
        return None if old is None else text
    if new is None:
        return None
    whole, part, other = str(text), str(old), str(new)
    if len(whole) + whole.count(part) * (len(other) - len(part)) > MAX_BYTES:
        raise OverflowError("too long")
    return whole.replace(part, other)


def trimmed(strip: Callable[[str, str], str]) -> Callable[[str | None, str | None], str | None]:
    """Return one of SQLite's functions that take certain characters off the ends of a text."""

    def trim(text: str | None, characters: str | None) -> str | None:
        if text is None or characters is None:
            return None
        if len(str(characters)) > _MOST_TRIMMED:
            raise OverflowError("too many characters to trim")
        return strip(str(text), str(characters))

    return trim


class ListOf:
    """Aggregate: the distinct texts of a group, sorted, as JSON."""

    def __init__(self) -> None:
        self._values: set[str] = set()

    def step(self, value: str | None) -> None:
        """Take one row."""
        if value is not None:
            self._values.add(str(value))

    def finalize(self) -> str:
        """Return the JSON list."""
        # SQLite promises no order within an aggregate; equal evidence has to give equal text.
        found = sorted(self._values)
        text = f"[{', '.join(map(_QUOTED, found))}]"
        return _bounded(text, found, lambda missing: f"… and {missing} more")


class Identities:
    """Aggregate: distinct pairs of name and id, sorted by name, as JSON."""

    def __init__(self) -> None:
        self._values: set[tuple[str, str]] = set()

    def step(self, name: str | None, key: str | None) -> None:
        """Take one row."""
        if name is not None:
            self._values.add((name, key or ""))

    def finalize(self) -> str:
        """Return the JSON list of pairs."""
        found = sorted(self._values)
        text = ", ".join([f"[{_QUOTED(name)}, {_QUOTED(key)}]" for name, key in found])
        return _bounded(f"[{text}]", found, lambda missing: (f"… and {missing} more", ""))


def _bounded(
    text: str, items: list[str] | list[tuple[str, str]], note: Callable[[int], object]
) -> str:
    """Return the JSON of a list, or of as much of it as there is room for."""
    # UTF-8 has at most four bytes for a character: short lists need not be encoded to be measured.
    if len(text) <= MAX_LIST_BYTES // 4 or len(text.encode()) <= MAX_LIST_BYTES:
        return text
    kept, size = 0, 0
    # 200 bytes stay for the note. With escapes a text is measured longer than it is, never shorter.
    while size < MAX_LIST_BYTES - 200:
        size += len(json.dumps(items[kept]).encode()) + 2
        kept += 1
    return json.dumps([*items[: kept - 1], note(len(items) - kept + 1)], ensure_ascii=False)


RULE_FUNCTIONS: dict[str, tuple[int, Callable[..., object]]] = {
    "norm": (1, norm),
    "host": (1, host),
    "covers": (2, covers_json),
    "build_key": (1, build_key),
}
"""Own functions that rules may call; the oracle engine of the tests registers the same."""

_VIEW_FUNCTIONS: dict[str, tuple[int, Callable[..., object]]] = {
    **RULE_FUNCTIONS,
    "fqdn_problem": (1, fqdn_problem),
    "plain_label": (1, plain_label),
    "url_problem": (2, url_problem),
    "authentication": (1, authentication),
    "fold": (1, fold),
    "dnkey": (1, dnkey),
    "last_part": (1, lru_cache(maxsize=_KEPT)(last_name)),
    "is_private_address": (1, is_private_address),
    "address_key": (2, address_key),
    "version_part": (3, version_part),
}


_KEPT_FUNCTIONS: dict[str, tuple[int, Callable[..., object]]] = {
    name: (arity, function if hasattr(function, "cache_info") else lru_cache(_KEPT)(function))
    for name, (arity, function) in _VIEW_FUNCTIONS.items()
}
"""The same, remembering results: views ask about a few names, addresses and URLs many times."""


_INSTEAD: dict[str, tuple[int, Callable[..., object]]] = {
    "instr": (2, instr),
    "replace": (3, replace),
    "trim": (2, trimmed(str.strip)),
    "ltrim": (2, trimmed(str.lstrip)),
    "rtrim": (2, trimmed(str.rstrip)),
}
"""In place of SQLite's own, which take time by the product of two lengths: nothing interrupts them
there, and a condition that looks for half of a long text in the other half would take days."""


def register(db: sqlite3.Connection) -> None:
    """Make the functions known to a connection."""
    for name, (arity, function) in _INSTEAD.items():
        db.create_function(name, arity, function, deterministic=True)  # type: ignore[arg-type]
    for name, (arity, function) in _KEPT_FUNCTIONS.items():
        # What is deterministic SQLite computes once for constant arguments.
        db.create_function(name, arity, function, deterministic=True)  # type: ignore[arg-type]
    db.create_aggregate("list_of", 1, ListOf)  # type: ignore[arg-type]
    db.create_aggregate("identities", 2, Identities)  # type: ignore[arg-type]
