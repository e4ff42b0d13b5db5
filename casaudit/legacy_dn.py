"""Decoding legacyExchangeDN, the X.500 name in which a database keeps its RpcClientAccessServer."""

import re

_PART = re.compile(r"(o|ou|cn|guid)=(.+)", re.IGNORECASE | re.DOTALL)
# Names may hold a slash, and nothing escapes it: what begins a part is the type behind it.
_BEGIN = re.compile(r"/(?=[a-z]+=)", re.IGNORECASE)
_DATABASES = frozenset({"microsoft private mdb", "microsoft public mdb"})
# Setup writes a server's short name into its own legacyExchangeDN, New-ClientAccessArray an FQDN.
_DOTTED = re.compile(r"[^\s.]+(?:\.[^\s.]+)+\.?")


def parts(legacy_dn: str) -> tuple[tuple[str, str], ...] | None:
    """Return the (type, value) parts of a legacyExchangeDN; ``None`` when it is none.

    Types are lower case, values as stored: they may hold ``=``, ``/`` and blanks.
    """
    # It begins with a slash, so nothing may stand before the first one.
    head, *texts = _BEGIN.split(legacy_dn)
    found = [_PART.fullmatch(text) for text in texts]
    if head or not found:
        return None
    pairs = tuple((each[1].lower(), each[2]) for each in found if each)
    return pairs if len(pairs) == len(found) else None


def endpoint(legacy_dn: str) -> str | None:
    """Return the name of the server or array that a database's legacyExchangeDN points at.

    It is the part before ``/cn=Microsoft Private MDB`` (or ``Public MDB``), as stored;
    ``None`` when the text does not have that form.
    """
    pairs = parts(legacy_dn)
    if pairs is None or len(pairs) < 2:
        return None
    kind, value = pairs[-1]
    if kind != "cn" or value.lower() not in _DATABASES:
        return None
    # As stored: Exchange mangles characters outside its old set, so these texts can be compared
    # whole and never built from names.
    return legacy_dn[: -len(f"/cn={value}")]


def last_name(legacy_dn: str | None) -> str | None:
    """Return the value of the last part: a server's short name or an array's FQDN.

    ``None`` when there is no such text, or it is no legacyExchangeDN.
    """
    pairs = parts(legacy_dn or "")
    return None if pairs is None else pairs[-1][1]


def sibling(legacy_dn: str, name: str) -> str | None:
    """Return a legacyExchangeDN with another last part; ``None`` when it is none."""
    last = last_name(legacy_dn)
    return None if last is None else legacy_dn[: -len(last)] + name


def names_a_host(legacy_dn: str) -> bool:
    """Tell whether the last part looks like an FQDN, as an array's does and a server's does not."""
    return _DOTTED.fullmatch(last_name(legacy_dn) or "") is not None
