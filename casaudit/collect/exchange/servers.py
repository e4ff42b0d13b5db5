"""Servers and Client Access arrays, two classes of which the second derives from the first."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casaudit.collect.exchange.attributes import AttributeReader
from casaudit.collect.exchange.queries import (
    ARRAY_CLASSES,
    HTTP_CONTAINER,
    PROTOCOLS_CONTAINER,
    RPC_SERVICE,
    RPC_SETTINGS,
    SERVER,
)
from casaudit.collect.ports import DirectoryEntry, SearchResult
from casaudit.dn import container, name, norm_dn, parent
from casaudit.snapshot import Array, Reason, SectionName, Server

# Beside them 16 is Unified Messaging, 32 Hub Transport, 64 Edge Transport.
MAILBOX, CLIENT_ACCESS = 2, 4
"""Bits of ``msExchCurrentServerRoles``."""
# From the top: 4 bits for the layout itself, 6 the major version, 6 the minor one, a flag, 15 the
# build. 0x738180DA is 14.1 build 218, Exchange 2010 SP1.
FIRST_2007, FIRST_2010, FIRST_2013 = 1912602624, 1937768448, 1941962752
"""``versionNumber`` of the first build of each version; smaller numbers are Exchange 2003."""


@dataclass(frozen=True, slots=True)
class Protocols:
    """What was seen below ``CN=Protocols`` of the servers, by the server's normalised DN.

    Attributes:
        readable: servers whose container of protocols could be looked into.
        rpc: the entries of their RPC Client Access services.
    """

    readable: frozenset[str]
    rpc: Mapping[str, DirectoryEntry]


def protocols(answers: Sequence[SearchResult]) -> Protocols:
    """Return what was seen below ``CN=Protocols``.

    Only the containers prove that they can be looked into, and only when no search broke off:
    what is not there is then absent.
    """
    readable, rpc = set(), {}
    for entry in (entry for answer in answers for entry in answer.entries):
        above = server_above(entry.dn)
        read = AttributeReader(entry, SectionName.SERVERS)
        if above is not None and read.is_a(RPC_SERVICE):
            rpc[norm_dn(above)] = entry
        elif above is not None and read.is_a(PROTOCOLS_CONTAINER, HTTP_CONTAINER):
            readable.add(norm_dn(above))
    # Setup makes the service on every Client Access server since 2010. Where no server shows it, a
    # filter left the class out, or it is hidden.
    whole = bool(rpc) and not any(answer.gaps and not answer.complete for answer in answers)
    return Protocols(frozenset(readable if whole else ()), rpc)


def server_above(dn: str) -> str | None:
    """Return the DN of the Exchange server below whose ``CN=Protocols`` an object lies."""
    while dn:
        if name(dn).lower() == "protocols" and container(parent(dn)) == "servers":
            return parent(dn)
        dn = parent(dn)
    return None


def server(read: AttributeReader, seen: Protocols) -> Server | None:
    """Return a server; ``None`` for arrays, transport children and administrative groups."""
    # msExchClientAccessArrayLegacy derives from the class of servers, so a search finds both.
    if not read.is_a(SERVER) or read.is_a(*ARRAY_CLASSES):
        return None
    # Exchange 2013 and later keep transport objects of a derived class below each server, with
    # copies of its roles and version.
    if container(read.entry.dn) != "servers":
        return None
    has_rpc, settings = _rpc(read, seen)
    fields = read.fields(Server)
    return Server(
        object_classes=read.classes(),
        fqdn=_fqdn(read, fields["network_addresses"]),
        has_rpc_client_access=has_rpc,
        **settings,
        **fields,
        **read.identity(),
    )


def _rpc(read: AttributeReader, seen: Protocols) -> tuple[bool | None, dict[str, Any]]:
    """Return whether the RPC Client Access object exists, and its settings by field."""
    me = norm_dn(read.entry.dn)
    if me in seen.rpc:
        service = AttributeReader(seen.rpc[me], SectionName.SERVERS)
        found = service.named(Server, RPC_SETTINGS)
        read.gaps += service.gaps
        for field in filter(service.is_unread, RPC_SETTINGS):
            read.miss(field)
        return True, found
    if me in seen.readable:
        return False, {}
    for field in ("has_rpc_client_access", *RPC_SETTINGS):
        read.miss(field)
    return None, {}


def array(read: AttributeReader) -> Array | None:
    """Return an array; a child of ``CN=Arrays`` of another class is noted as a gap."""
    if not read.is_a(*ARRAY_CLASSES):
        classes = ", ".join(read.classes()) or "none that can be read"
        read.gap(Reason.MALFORMED, f"a child of CN=Arrays of unexpected class: {classes}")
        return None
    fields = read.fields(Array)
    return Array(
        object_classes=read.classes(),
        fqdn=_fqdn(read, fields["network_addresses"]),
        **fields,
        **read.identity(),
    )


def _fqdn(read: AttributeReader, addresses: Iterable[str]) -> str | None:
    """Return the FQDN: the ``ncacn_ip_tcp`` value among those of networkAddress."""
    # At the first colon: an address may hold further ones.
    pairs = (each.partition(":") for each in addresses)
    hosts = [host.strip() for kind, _, host in pairs if kind.strip().lower() == "ncacn_ip_tcp"]
    fqdn = next((host for host in hosts if host), None)
    if fqdn is None:
        if read.is_unread("network_addresses"):
            read.miss("fqdn")
        else:
            read.gap(Reason.MALFORMED, "networkAddress has no ncacn_ip_tcp value: no FQDN")
    return fqdn


def groups_of(dns: Iterable[str]) -> frozenset[str]:
    """Return the DNs of the administrative groups that some objects lie in."""
    found = set()
    for dn in dns:
        while dn and container(dn) != "administrative groups":
            dn = parent(dn)
        found.add(dn)
    return frozenset(found - {""})


def is_version(server: Server, first: int, before: int = 2**63) -> bool | None:
    """Tell whether a server's version lies in a range; ``None`` when it is not known."""
    if server.version_number is None:
        return None
    return first <= server.version_number < before
