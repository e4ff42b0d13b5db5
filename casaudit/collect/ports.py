"""The ports through which evidence comes in: a directory, a resolver, a TLS prober, a web client.

Each is a Protocol with one method. Adapters raise ``CollectError`` only; the
guard of the walk turns that into a gap. There is no way to write through a port.
"""

import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from casaudit.snapshot import (
    Certificate,
    DnsAnswer,
    DnsView,
    Gap,
    HttpBanner,
    SectionName,
    Source,
    TlsEndpoint,
)

Scope = Literal["base", "one", "subtree"]
# RFC 4515 demands escapes for NUL ( ) * and the backslash only. Anything may be escaped, so only
# what needs no thought is left as it is.
_PLAIN = frozenset(string.ascii_letters + string.digits + "-._/$<>")


@dataclass(frozen=True, slots=True)
class Query:
    """One search: constant classes and attributes below an explicit base, at most values change.

    Attributes:
        section: the kind of evidence that the answer belongs to.
        classes: object classes of which an entry must have one; empty asks for any entry.
        attributes: the allow-list; never ``*``.
        values: pairs of attribute and value of which an entry must have one, letter case ignored;
            empty asks for any.
    """

    section: SectionName
    base: str
    scope: Scope
    classes: tuple[str, ...]
    attributes: tuple[str, ...]
    values: tuple[tuple[str, str], ...] = ()

    @property
    def filter(self) -> str:
        """The LDAP filter; whatever a value holds, it stays a value."""
        classes = _one_of(("objectClass", each) for each in self.classes)
        values = _one_of(self.values)
        if classes and values:
            return f"(&{classes}{values})"
        return classes or values or "(objectClass=*)"


def _one_of(pairs: Iterable[tuple[str, str]]) -> str:
    parts = [f"({attribute}={_escaped(value)})" for attribute, value in pairs]
    return f"(|{''.join(parts)})" if len(parts) > 1 else "".join(parts)


def _escaped(value: str) -> str:
    """Return a value as a filter carries it (RFC 4515), all but plain characters as hex pairs."""
    return "".join(
        each if each in _PLAIN else "".join(f"\\{byte:02x}" for byte in each.encode())
        for each in value
    )


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """One directory entry as read.

    Attributes:
        dn: distinguished name as stored.
        attributes: raw values by lower-case attribute name, options such as ``;range=`` resolved.
        source: where and when it was read.
        unread: lower-case names of attributes that the entry has but whose values could not be
            had; a gap of the answer says why.
        by_list: it comes from an export through a list of attributes, so one that it lacks may
            just not be on the list.
    """

    dn: str
    attributes: Mapping[str, tuple[bytes, ...]]
    source: Source
    unread: frozenset[str] = frozenset()
    by_list: bool = False


class Values:
    """The values of a query, for sources that compare them themselves.

    Attributes:
        attributes: the lower-case names of the attributes that are compared.
    """

    def __init__(self, query: Query) -> None:
        self.attributes = frozenset(attribute.lower() for attribute, _ in query.values)
        self._pairs = {(attribute.lower(), value.casefold()) for attribute, value in query.values}

    def fit(self, attributes: Mapping[str, tuple[bytes, ...]]) -> bool:
        """Tell whether an entry, by its attributes in lower case, has a value that is asked for."""
        return not self._pairs or any(
            (name, value.decode("utf-8", "replace").casefold()) in self._pairs
            for name in self.attributes
            for value in attributes.get(name, ())
        )


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What a directory gave for one query; ``gaps`` say why it is not complete.

    Not complete and no gap: the source, a file, was never meant to hold the base.
    """

    entries: tuple[DirectoryEntry, ...]
    complete: bool
    gaps: tuple[Gap, ...] = ()


class Directory(Protocol):
    """A directory, live or a file of exported entries."""

    def search(self, query: Query) -> SearchResult:
        """Return the entries of one query, whole values, every page."""
        ...


@dataclass(frozen=True, slots=True)
class DnsQuestion:
    """One DNS question: an absolute name (normalised, no trailing dot), a type, a resolver."""

    view: DnsView
    resolver: str
    name: str
    record_type: str


class Resolver(Protocol):
    """Something that answers DNS questions."""

    async def ask(self, question: DnsQuestion) -> DnsAnswer:
        """Return the answer; a negative or failed answer is an answer with that status."""
        ...


@dataclass(frozen=True, slots=True)
class TlsTarget:
    """One TLS endpoint: a host name and port that clients use, and the address to connect to."""

    host: str
    port: int
    address: str
    connected_port: int


class Prober(Protocol):
    """Something that looks at TLS endpoints."""

    async def probe(self, target: TlsTarget) -> tuple[TlsEndpoint, tuple[Certificate, ...]]:
        """Return what the endpoint showed and the certificates it sent."""
        ...


class Web(Protocol):
    """Something that asks Outlook Web App for its start page."""

    async def banner(self, target: TlsTarget) -> HttpBanner:
        """Return what the answer shows."""
        ...
