"""An organisation of which nothing is known but lists that the shell wrote as tables.

Names and RPC endpoints can be judged by them; sites, copies, URLs and all else stay unseen. Where
a directory was read as well, the lists are compared with it and nothing else.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from casaudit.names import norm
from casaudit.snapshot import (
    Array,
    Database,
    Gap,
    ListedArray,
    ListedDatabase,
    ListedServer,
    Reason,
    Record,
    Section,
    SectionName,
    Server,
    Site,
    Snapshot,
    Status,
)
from casaudit.snapshot.exports import ListedRecord

ROW = ", row "
"""Stands in the origin of a record that comes from a table, before the number."""
_AS_TABLE = "-NoTypeInformation -Encoding UTF8"
ARRAYS = (
    "Get-ClientAccessArray | Select-Object Name, Guid, Fqdn, Site |"
    f" Export-Csv arrays.csv {_AS_TABLE}"
)
DATABASES = (
    "Get-MailboxDatabase | Select-Object Name, Guid, Server, Recovery, RpcClientAccessServer,"
    " IsExcludedFromProvisioning |"
    f" Export-Csv databases.csv {_AS_TABLE}"
)
SERVERS = (
    "Get-ExchangeServer | Select-Object Name, Guid, Fqdn, Site, AdminDisplayVersion, ServerRole |"
    f" Export-Csv servers.csv {_AS_TABLE}"
)
RPC = (
    "Get-RpcClientAccess | Select-Object Server, EncryptionRequired |"
    f" Export-Csv rpc.csv {_AS_TABLE}"
)
"""Commands whose tables are read, as docs/tables.md has them."""
SUBJECT = "lists of the shell"
"""Of the gaps that say what such lists lack."""
_LISTS = {
    SectionName.LISTED_ARRAYS: SectionName.ARRAYS,
    SectionName.LISTED_SERVERS: SectionName.SERVERS,
    SectionName.LISTED_DATABASES: SectionName.DATABASES,
}
_DIRECTORY = ("organization", "servers", "arrays", "databases")
# Bits of msExchCurrentServerRoles by the words of ServerRole.
_ROLES = {"Mailbox": 2, "ClientAccess": 4, "UnifiedMessaging": 16, "HubTransport": 32, "Edge": 64}
_SPECIAL = re.compile(r'[\\,+"<>;=#]')


def with_lists(snapshot: Snapshot) -> dict[str, Any]:
    """Return the parts of a snapshot that tables of the shell fill; none beside a directory."""
    lists = (snapshot.listed_arrays, snapshot.listed_servers, snapshot.listed_databases)
    is_table = any(ROW in each.source.origin for listed in lists for each in listed)
    if not is_table or any(getattr(snapshot, kind) for kind in _DIRECTORY):
        return {}
    endpoints, site = _endpoints(snapshot), _only_site(snapshot)
    place = {"site_dn": site.dn} if site else {}
    answering = {each.server.lower() for each in snapshot.rpc_client_access}
    return {
        "sites": (site,) if site else (),
        "arrays": tuple(_array(each, place) for each in snapshot.listed_arrays),
        "servers": tuple(_server(each, place, answering) for each in snapshot.listed_servers),
        "databases": tuple(_database(each, endpoints) for each in snapshot.listed_databases),
        "sections": tuple(_sections(snapshot)),
        "gaps": (*snapshot.gaps, *_gaps(snapshot)),
    }


def _endpoints(snapshot: Snapshot) -> dict[str, str]:
    """Return the names of arrays and servers, each with the one by which it is joined."""
    # As the shell takes them, too: RpcClientAccessServer may be given short or in full.
    found = {key: key for each in snapshot.listed_arrays if (key := norm(each.fqdn))}
    for each in snapshot.listed_servers:
        key = norm(each.fqdn) or each.name.lower()
        found |= {each.name.lower(): key, key: key}
    return found


def _only_site(snapshot: Snapshot) -> Site | None:
    """Return the site of all servers and arrays, if it is one: then it is that of all databases.

    Of several, a list of databases does not say which is whose home: it names the server that is
    in charge at the moment, whatever copy is preferred.
    """
    names = {each.site for each in snapshot.listed_servers}
    names |= {each.site for each in snapshot.listed_arrays}
    whole = snapshot.status(SectionName.LISTED_SERVERS) is Status.COMPLETE
    if not whole or len(names) != 1 or not (name := names.pop()):
        return None
    source = snapshot.listed_servers[0].source
    return Site(id=name.lower(), name=name, dn=_dn(name), source=source, unread=("subnets",))


def _array(listed: ListedArray, place: dict[str, str]) -> Array:
    seen: dict[str, Any] = dict(place)
    if "fqdn" not in listed.unread:
        seen["fqdn"] = listed.fqdn
    return Array(**_identity(listed), **seen, **_joined(listed.fqdn), unread=_unread(Array, seen))


def _server(listed: ListedServer, place: dict[str, str], answering: set[str]) -> Server:
    roles = sum(bit for role, bit in _ROLES.items() if role in listed.roles)
    values = {"fqdn": listed.fqdn, "version": listed.version, "roles": roles}
    seen: dict[str, Any] = {k: v for k, v in values.items() if k not in listed.unread}
    if "version" in seen:
        # The same text as in the directory, but for the bits that say how a build was licensed.
        seen["serial_number"] = seen.pop("version")
    seen |= place
    if listed.name.lower() in answering:
        seen["has_rpc_client_access"] = True
    joined = _joined(norm(listed.fqdn) or listed.name.lower())
    return Server(**_identity(listed), **seen, **joined, unread=_unread(Server, seen))


def _database(listed: ListedDatabase, endpoints: dict[str, str]) -> Database:
    seen: dict[str, Any] = {}
    if "rpc_client_access_server" not in listed.unread:
        name = norm(listed.rpc_client_access_server)
        pointer = _joined(endpoints.get(name, name) if name else None)["legacy_exchange_dn"]
        # Empty where the shell shows none, which is not to say that the attribute is absent.
        seen |= {"endpoint_legacy_dn": pointer, "legacy_exchange_dn": pointer or ""}
    for field in ("recovery", "excluded_from_provisioning"):
        if (value := getattr(listed, field)) is not None:
            seen[field] = value
    # Its server tells the version, and its home where all servers are in one site.
    if listed.server:
        seen["master_dn"] = _dn(listed.server)
    unread = _unread(Database, {*seen, "kind"})
    values = {"recovery": None, **seen}
    return Database(**_identity(listed), kind="mailbox", **values, unread=unread)


def _identity(listed: ListedRecord) -> dict[str, Any]:
    identity = listed.id or listed.name.lower()
    return {"id": identity, "name": listed.name, "dn": _dn(listed.name), "source": listed.source}


def _dn(name: str) -> str:
    """Return the last part of a distinguished name, which is all of it that a list tells."""
    return "CN=" + _SPECIAL.sub(lambda found: "\\" + found[0], name)


def _joined(name: str | None) -> dict[str, Any]:
    """Return the name that the shell shows in the place of the legacyExchangeDN that it ends."""
    key = norm(name)
    return {"legacy_exchange_dn": f"/cn={key}" if key else None}


def _unread(kind: type[Record], seen: Iterable[str]) -> tuple[str, ...]:
    known = {"id", "name", "dn", "source", "unread", *seen}
    return tuple(sorted(kind.model_fields.keys() - known))


def _sections(snapshot: Snapshot) -> Iterator[Section]:
    # What lacks its FQDN may be what a database points at by it.
    nameless = {
        SectionName.LISTED_ARRAYS: any(not each.fqdn for each in snapshot.listed_arrays),
        SectionName.LISTED_SERVERS: any(not each.fqdn for each in snapshot.listed_servers),
    }
    for each in snapshot.sections:
        yield each
        if each.name in _LISTS:
            is_whole = each.status is Status.COMPLETE and not nameless.get(each.name)
            yield Section(
                name=_LISTS[each.name],
                status=Status.PARTIAL if each.answered and not is_whole else each.status,
                asked=each.asked,
                answered=each.answered,
            )
    if snapshot.listed_servers:
        yield Section(name=SectionName.SITES, status=Status.PARTIAL)
    # Lists alone are not all that was wanted, however whole each of them is.
    yield Section(name=SectionName.ORGANIZATION, status=Status.FAILED)


def _gaps(snapshot: Snapshot) -> Iterator[Gap]:
    told = "they show names and endpoints, no copies, certificates or URLs"
    wanted: tuple[tuple[Sequence[Record], SectionName, str], ...] = (
        ((), SectionName.ORGANIZATION, told),
        (snapshot.listed_arrays, SectionName.ARRAYS, f"none of arrays is there: {ARRAYS}"),
        (snapshot.listed_databases, SectionName.DATABASES, f"none of databases: {DATABASES}"),
        (
            snapshot.listed_servers,
            SectionName.SERVERS,
            f"none of servers, which tells what is of Exchange 2010: {SERVERS}",
        ),
        (
            snapshot.rpc_client_access,
            SectionName.SERVERS,
            f"none of the servers that answer clients by RPC: {RPC}",
        ),
    )
    for records, section, detail in wanted:
        if not records:
            reason = Reason.DENIED_OR_ABSENT
            yield Gap(section=section, subject=SUBJECT, reason=reason, detail=detail)
