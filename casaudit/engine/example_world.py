r"""Editing the healthy organisation: the language of ``given`` in a rule's examples.

::

    given:
      remove: {arrays: [outlook-ho]}
      change: {databases: {DB-HO-01: {endpoint: EX1}}}
      add: {servers: {EX9: {like: EX1, site: BranchOffice}}}
      sections: {arrays: partial}
      dns: {internal: {outlook-ho.corp.example: nxdomain}}
      tls: {ex1.corp.example: timeout}
      mailboxes: {DB-HO-01: 120}
      builds: {EX1: 14.3.513.0}
      records: {offline_address_books: [{name: Default, server: EX1, is_default: true}]}
      exports: {EX1: {service_states: [{name: MSExchangeRPC, state: Running}], nlb_nodes: []}}

Objects are named by their name, those below a server or database as ``PARENT\NAME``.
Beside the fields of the snapshot there are shorthands: ``endpoint``, ``site``, ``group``,
``server``, ``host``, ``owner`` and ``copies``. ``mailboxes`` is an export: databases that it does
not name hold none. ``exports`` are files about one server, whole unless they stand below ``part``.
"""

import copy
import json
import uuid
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

from casaudit.engine.example_dns import set_dns
from casaudit.engine.example_exports import (
    Document,
    Patch,
    PatchError,
    export_builds,
    export_files,
    export_mailboxes,
    set_records,
    set_sections,
)
from casaudit.errors import nearest
from casaudit.legacy_dn import sibling
from casaudit.snapshot import Snapshot
from casaudit.validation import first_mistake

_SHORTHANDS = ("copies", "endpoint", "group", "host", "owner", "server", "site")
_OUTCOMES = ("handshake_failed", "not_tls", "refused", "timeout", "unreachable")


def patched(healthy: Document, given: Patch) -> Snapshot:
    """Return the healthy organisation with the changes of one example.

    Args:
        healthy: the organisation's snapshot document, left as it is.
        given: the example's ``given``; keys that set no evidence are not looked at.

    Raises:
        PatchError: an unknown operation, collection or object.
    """
    world = _World(healthy)
    for name, operation in _OPERATIONS.items():
        if name in given:
            operation(world, given[name])
    try:
        # Most kinds of records stay as they are, and need not be read anew for each example.
        whole, changed = _read(json.dumps(healthy)), _read(json.dumps(world.changed()))
    except ValidationError as error:
        raise PatchError(first_mistake(error)) from None
    return whole.model_copy(update={kind: getattr(changed, kind) for kind in world.copied})


@lru_cache(maxsize=64)
def _read(text: str) -> Snapshot:
    # Not read as a file: a field that an example leaves out is absent, not unread.
    return Snapshot.model_validate_json(text)


class _World(Document):
    """The organisation that an example changes: each kind of records is a copy once it is used.

    Attributes:
        copied: the kinds that were used, and so may have changed.
    """

    def __init__(self, healthy: Document) -> None:
        super().__init__(healthy)
        self.copied: set[str] = set()

    def __getitem__(self, kind: str) -> Any:
        if kind in self and kind not in self.copied:
            # A deep copy; for plain JSON this way is much faster than copy.deepcopy.
            self[kind] = json.loads(json.dumps(super().__getitem__(kind)))
        return super().__getitem__(kind)

    def __setitem__(self, kind: str, records: Any) -> None:
        self.copied.add(kind)
        super().__setitem__(kind, records)

    def changed(self) -> Document:
        """Return a document with the used kinds alone."""
        needed = ("tool_version", "collected_at")
        return {name: self[name] for name in (*needed, *self.copied)}


def _remove(world: Document, wanted: Patch) -> None:
    for kind, keys in wanted.items():
        for key in keys:
            record = _find(world, kind, key)
            world[kind].remove(record)
            # In the directory, what stands below an object goes with it.
            _forget_below(world, record.get("dn"))


def _forget_below(world: Document, dn: str | None) -> None:
    for kind in ("virtual_directories", "service_connection_points", "database_copies"):
        world[kind] = [
            each
            for each in world[kind]
            if dn is None or dn not in (each.get("server_dn"), each.get("database_dn"))
        ]


def _change(world: Document, wanted: Patch) -> None:
    for kind, records in wanted.items():
        for key, fields in records.items():
            _set(world, kind, _find(world, kind, key), fields)


def _add(world: Document, wanted: Patch) -> None:
    for kind, records in wanted.items():
        for name, fields in records.items():
            model = _find(world, kind, fields["like"])
            record = copy.deepcopy(model)
            if "dn" in record:
                old = record["name"]
                # A GUID of the name: the same example gives the same object each time.
                record["id"] = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{kind}/{name}"))
                record["name"] = name.rpartition("\\")[2]
                record["dn"] = record["dn"].replace(f"CN={old},", f"CN={record['name']},", 1)
                if kind == "servers":
                    record["legacy_exchange_dn"] = _legacy(world, record["name"])
                    record["fqdn"] = record["fqdn"].replace(old, record["name"])
            world[kind].append(record)
            _set(world, kind, record, {k: v for k, v in fields.items() if k != "like"})
            # Setup ends an array's legacyExchangeDN, at which databases point, with its FQDN.
            if kind == "arrays" and "legacy_exchange_dn" not in fields:
                record["legacy_exchange_dn"] = _legacy(world, record["fqdn"] or name)


def _set(world: Document, kind: str, record: Document, fields: Patch) -> None:
    for name, value in fields.items():
        match name:
            case "endpoint":
                target = None if value is None else _legacy(world, value)
                record["endpoint_legacy_dn"] = target
                # Exchange appends the fixed name of the private store to what the database uses.
                record["legacy_exchange_dn"] = target and f"{target}/cn=Microsoft Private MDB"
            case "site":
                record["site_dn"] = None if value is None else _find(world, "sites", value)["dn"]
            case "group":
                record["dag_dn"] = _find(world, "availability_groups", value)["dn"]
            case "server" if "server_dn" in record:
                old, new = record["server_dn"], value and _find(world, "servers", value)["dn"]
                record["server_dn"] = new
                # It stands below its server: two in one place would be one object.
                record["dn"] = record["dn"].replace(old or new or "", new or old or "")
            case "host" if kind == "database_copies":
                record["host_server_dn"] = _find(world, "servers", value)["dn"]
            case "owner":
                server = _find(world, "servers", value)["dn"]
                record["owning_server_dn"] = record["master_dn"] = server
            case "copies":
                _replace_copies(world, record, value)
            case _ if name in record:
                record[name] = value
            case _:
                known = [*record, *_SHORTHANDS]
                raise PatchError(f"{kind} have no field {name!r}{nearest(name, known)}")


def _replace_copies(world: Document, database: Document, copies: dict[str, int]) -> None:
    model = world["database_copies"][0]
    world["database_copies"] = [
        each for each in world["database_copies"] if each["database_dn"] != database["dn"]
    ]
    for server, preference in copies.items():
        world["database_copies"].append(
            model
            | {
                "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{database['name']}/{server}")),
                "name": server,
                "dn": f"CN={server},{database['dn']}",
                "database_dn": database["dn"],
                "host_server_dn": _find(world, "servers", server)["dn"],
                "activation_preference": preference,
            }
        )


def _legacy(world: Document, name: str) -> str:
    prefix = world["servers"][0]["legacy_exchange_dn"] if world["servers"] else "/o=X/cn=y"
    return sibling(prefix, name) or ""


def _tls(world: Document, wanted: Patch) -> None:
    """Each host shows a certificate (by its common name), or nothing for a reason.

    A list shows a chain, ``{sni: ..., no_sni: ...}`` what depends on the name being sent,
    ``{addresses: {ADDRESS: ...}}`` what depends on the address, and ``{accepts: {TLSv1: true}}``
    the versions that were tried.
    """
    for host, shown in wanted.items():
        record = _endpoint(world, host)
        per_address = shown.get("addresses") if isinstance(shown, dict) else None
        if per_address is None:
            _show(world, record, shown)
            continue
        world["tls_endpoints"].remove(record)
        for address, each in per_address.items():
            other = copy.deepcopy(record) | {"address": address}
            world["tls_endpoints"].append(other)
            _show(world, other, each)


def _show(world: Document, record: Document, shown: Any) -> None:
    if shown in _OUTCOMES:
        record |= {"outcome": shown, "chain": [], "chain_without_sni": None, "trials": []}
        return
    parts = shown if isinstance(shown, dict) else {"sni": shown, "no_sni": shown}
    if "accepts" in parts:
        tried = parts["accepts"].items()
        record["trials"] = [{"version": name, "accepted": each} for name, each in tried]
    if "sni" not in parts:
        return
    issuers = record["chain"][1:]
    record["outcome"] = "handshake"
    record["chain"] = _chain(world, parts["sni"], issuers)
    record["chain_without_sni"] = _chain(world, parts["no_sni"], issuers)


def _chain(world: Document, shown: Any, issuers: list[str]) -> list[str]:
    names = shown if isinstance(shown, list) else [shown]
    sent = [_find(world, "certificates", name)["sha256"] for name in names]
    return sent if isinstance(shown, list) else sent + issuers


def _endpoint(world: Document, host: str) -> Document:
    endpoints: list[Document] = world["tls_endpoints"]
    found = next((each for each in endpoints if each["host"] == host), None)
    if found is None:
        found = copy.deepcopy(endpoints[0]) | {"host": host}
        endpoints.append(found)
    return found


def _find(world: Document, kind: str, key: str) -> Document:
    if kind not in world:
        raise PatchError(f"there is no collection {kind!r}{nearest(kind, world)}")
    parent, _, name = key.rpartition("\\")
    records: list[Document] = world[kind]
    for record in records:
        above = f"{record.get('server_dn') or ''} {record.get('database_dn') or ''}"
        if name in _names(record) and (not parent or f"CN={parent}," in above):
            return record
    known = [name for each in records for name in _names(each) if name]
    raise PatchError(f"there is no {key!r} in {kind}{nearest(name, known)}")


def _names(record: Document) -> tuple[str | None, ...]:
    """What an example may call a record: its name, a certificate's subject, an endpoint's host."""
    return record.get("name"), record.get("common_name"), record.get("host")


# In this order, however the example is written: what is added can be changed, and sections come
# last because exports set them too.
_OPERATIONS: dict[str, Callable[[Document, Any], None]] = {
    "remove": _remove,
    "add": _add,
    "change": _change,
    "gaps": lambda world, wanted: world["gaps"].extend({"detail": "", **gap} for gap in wanted),
    "dns": set_dns,
    "tls": _tls,
    "mailboxes": export_mailboxes,
    "builds": export_builds,
    "records": set_records,
    "exports": export_files,
    "sections": set_sections,
}
