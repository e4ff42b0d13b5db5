"""The three ports through which evidence comes in: a directory, a resolver, a TLS prober.

Each is a Protocol with one method. Adapters raise ``CollectError`` only; the
guard of the walk turns that into a gap. There is no way to write through a port.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from casaudit.snapshot import Certificate, DnsAnswer, Gap, SectionName, Source, TlsEndpoint, View

Scope = Literal["base", "one", "subtree"]


@dataclass(frozen=True, slots=True)
class Query:
    """One search: constant classes and attributes below an explicit base.

    Attributes:
        section: the kind of evidence that the answer belongs to.
        classes: object classes of which an entry must have one; empty asks for any entry.
        attributes: the allow-list; never ``*``.
    """

    section: SectionName
    base: str
    scope: Scope
    classes: tuple[str, ...]
    attributes: tuple[str, ...]

    @property
    def filter(self) -> str:
        """The LDAP filter; built from constants, so nothing needs escaping."""
        if not self.classes:
            return "(objectClass=*)"
        alternatives = "".join(f"(objectClass={each})" for each in self.classes)
        return alternatives if len(self.classes) == 1 else f"(|{alternatives})"


@dataclass(frozen=True, slots=True)
class Entry:
    """One directory entry as read.

    Attributes:
        dn: distinguished name as stored.
        attributes: raw values by lower-case attribute name, options such as ``;range=`` resolved.
        source: where and when it was read.
        unread: lower-case names of attributes that the entry has but whose values could not be
            had; a gap of the answer says why.
    """

    dn: str
    attributes: Mapping[str, tuple[bytes, ...]]
    source: Source
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a directory gave for one query; ``gaps`` say why it is not complete.

    Not complete and no gap: the source, a file, was never meant to hold the base.
    """

    entries: tuple[Entry, ...]
    complete: bool
    gaps: tuple[Gap, ...] = ()


class Directory(Protocol):
    """A directory, live or a file of exported entries."""

    def search(self, query: Query) -> Answer:
        """Return the entries of one query, whole values, every page."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """One DNS question: an absolute name (normalised, no trailing dot), a type, a resolver."""

    view: View
    resolver: str
    name: str
    record_type: str


class Resolver(Protocol):
    """Something that answers DNS questions."""

    async def ask(self, question: Question) -> DnsAnswer:
        """Return the answer; a negative or failed answer is an answer with that status."""
        ...


@dataclass(frozen=True, slots=True)
class Target:
    """One TLS endpoint: a host name and port that clients use, and the address to connect to."""

    host: str
    port: int
    address: str
    connected_port: int


class Prober(Protocol):
    """Something that looks at TLS endpoints."""

    async def probe(self, target: Target) -> tuple[TlsEndpoint, tuple[Certificate, ...]]:
        """Return what the endpoint showed and the certificates it sent."""
        ...
