"""Settings of the rule book as fields of a snapshot: what a plan would write into the evidence.

The inverse of the view ``v_settable``. Only evidence of the directory is changed: what DNS and the
endpoints say of a new name nobody has asked yet.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from casaudit.dn import norm_dn
from casaudit.engine.functions import METHODS
from casaudit.findings import Value
from casaudit.legacy_dn import sibling
from casaudit.names import norm
from casaudit.snapshot import Array, Server, Snapshot

_STORE = "/cn=Microsoft Private MDB"
_TCP = "ncacn_ip_tcp:"


@dataclass(frozen=True, slots=True)
class Assignment:
    """A value for one setting of one object.

    Attributes:
        setting: its name under ``settings`` in ``rules/shared.yaml``.
        object_id: as the view ``v_settable`` names the object.
        value: ``None`` takes the value away.
    """

    setting: str
    object_id: str
    value: Value


class NotSettableError(Exception):
    """An assignment that a snapshot cannot take; the text says why."""


def with_assignments(snapshot: Snapshot, assignments: Iterable[Assignment]) -> Snapshot:
    """Return a snapshot in which objects have other values.

    Raises:
        NotSettableError: an object or a setting that the snapshot does not hold.
    """
    changes: dict[str, dict[str, dict[str, Any]]] = defaultdict(lambda: defaultdict(dict))
    for each in assignments:
        if each.setting == "site-array":
            snapshot = _with_array(snapshot, each)
            continue
        kind, key, fields = _fields(snapshot, each)
        changes[kind][key] |= fields
    parts = {
        kind: tuple(
            _changed(record, wanted.get(record.id, {})) for record in getattr(snapshot, kind)
        )
        for kind, wanted in changes.items()
        if kind != "outlook_providers"
    }
    if providers := changes.get("outlook_providers"):
        parts["outlook_providers"] = tuple(
            _changed(each, providers.get(each.name.upper(), {}))
            for each in snapshot.outlook_providers
        )
    return snapshot.model_copy(update=parts)


def _changed(record: Any, fields: Mapping[str, Any]) -> Any:
    if not fields:
        return record
    # What was set is known, whatever could not be read before.
    unread = tuple(name for name in record.unread if name not in fields)
    return record.model_copy(update={**fields, "unread": unread})


def _fields(snapshot: Snapshot, wanted: Assignment) -> tuple[str, str, dict[str, Any]]:
    """Return the kind of record, its key, and its fields after an assignment."""
    service, _, rest = wanted.setting.partition("-")
    if rest in {"internal-url", "external-url", "bypass-url"}:
        return "virtual_directories", wanted.object_id, {rest.replace("-", "_"): wanted.value}
    if rest == "certificate-name":
        record = next(
            (each for each in snapshot.mail_protocols
             if each.protocol == service and _is_of(snapshot, each.server_dn, wanted.object_id)),
            None,
        )  # fmt: skip
        if record is None:
            raise NotSettableError(f"its settings of {service.upper()} were not seen")
        return "mail_protocols", record.id, {"certificate_name": wanted.value}
    if wanted.setting not in _OTHERS:
        raise NotSettableError(f"no evidence of {wanted.setting} is known")
    return _OTHERS[wanted.setting](snapshot, wanted)


Fields = tuple[str, str, dict[str, Any]]


def _endpoint(snapshot: Snapshot, wanted: Assignment) -> Fields:
    # Exchange stores the legacyExchangeDN of the array or server that the name is of.
    name = norm(str(wanted.value))
    holders: list[Array | Server] = [*snapshot.arrays, *snapshot.servers]
    of_name = (
        each.legacy_exchange_dn for each in holders if name in {norm(each.fqdn), norm(each.name)}
    )
    target = next((dn for dn in of_name if dn), None)
    if target is None:
        raise NotSettableError(f"no array and no server of the name {wanted.value} was seen")
    fields = {"endpoint_legacy_dn": target, "legacy_exchange_dn": target + _STORE}
    return "databases", wanted.object_id, fields


def _with_array(snapshot: Snapshot, wanted: Assignment) -> Snapshot:
    """Return a snapshot with the array that ``New-ClientAccessArray`` would make."""
    name = str(wanted.value)
    site = next((each for each in snapshot.sites if each.id == wanted.object_id), None)
    # Arrays stand beside CN=Servers, and take their legacyExchangeDN from the same container.
    server = next(
        (each for each in snapshot.servers if each.legacy_exchange_dn and "CN=Servers," in each.dn),
        None,
    )
    if site is None or server is None or server.legacy_exchange_dn is None:
        raise NotSettableError("the site, or the place where arrays stand, was not seen")
    label, group = name.partition(".")[0], server.dn.partition("CN=Servers,")[2]
    made = Array(
        id=f"planned array of {site.name}",
        name=label,
        dn=f"CN={label},CN=Arrays,{group}",
        source=site.source,
        fqdn=name,
        network_addresses=(f"{_TCP}{name}",),
        site_dn=site.dn,
        legacy_exchange_dn=sibling(server.legacy_exchange_dn, name),
    )
    return snapshot.model_copy(update={"arrays": (*snapshot.arrays, made)})


def _address_book(snapshot: Snapshot, wanted: Assignment) -> Fields:
    if wanted.value is None:
        return "databases", wanted.object_id, {"oab_dn": None}
    known = {each.oab_dn for each in snapshot.databases if each.oab_dn}
    start = f"cn={wanted.value},".lower()
    found = next((dn for dn in sorted(known) if dn.lower().startswith(start)), None)
    if found is None:
        raise NotSettableError(f"no offline address book of the name {wanted.value} was seen")
    return "databases", wanted.object_id, {"oab_dn": found}


def _array_name(snapshot: Snapshot, wanted: Assignment) -> Fields:
    # Databases go on naming the array by its legacyExchangeDN, which a new FQDN leaves alone.
    fields = {"fqdn": wanted.value, "network_addresses": (f"{_TCP}{wanted.value}",)}
    return "arrays", wanted.object_id, fields


def _anywhere_host(snapshot: Snapshot, wanted: Assignment) -> Fields:
    old = next(
        (each.external_url for each in snapshot.virtual_directories
         if each.id == wanted.object_id), None
    )  # fmt: skip
    parts = urlsplit(old or "")
    # Some versions store the bare name, some https://NAME/rpc.
    url = parts._replace(netloc=str(wanted.value)).geturl() if parts.netloc else wanted.value
    return "virtual_directories", wanted.object_id, {"external_url": url}


def _methods(field: str) -> Callable[[Snapshot, Assignment], Fields]:
    bits = {name.lower(): bit for bit, name in METHODS.items()}

    def fields(snapshot: Snapshot, wanted: Assignment) -> Fields:
        names = wanted.value if isinstance(wanted.value, list) else [str(wanted.value)]
        unknown = [name for name in names if name.lower() not in bits]
        if unknown:
            raise NotSettableError(f"no such method: {unknown[0]}")
        mask = sum(bits[name.lower()] for name in names)
        return "virtual_directories", wanted.object_id, {field: mask}

    return fields


def _autodiscover(snapshot: Snapshot, wanted: Assignment) -> Fields:
    point = next(
        (each for each in snapshot.service_connection_points
         if each.server_dn and _is_of(snapshot, each.server_dn, wanted.object_id)), None
    )  # fmt: skip
    if point is None:
        raise NotSettableError("its service connection point was not seen")
    uris = (str(wanted.value),) if wanted.value else ()
    return "service_connection_points", point.id, {"uris": uris}


def _is_of(snapshot: Snapshot, server_dn: str, server_id: str) -> bool:
    return any(
        each.id == server_id and norm_dn(each.dn) == norm_dn(server_dn) for each in snapshot.servers
    )


_OTHERS: dict[str, Callable[[Snapshot, Assignment], Fields]] = {
    "database-endpoint": _endpoint,
    "offline-address-book": _address_book,
    "array-fqdn": _array_name,
    "anywhere-host": _anywhere_host,
    "anywhere-client-method": _methods("external_authentication"),
    "anywhere-iis-methods": _methods("internal_authentication"),
    "autodiscover-uri": _autodiscover,
    "rpc-encryption": lambda _, wanted: (
        "servers", wanted.object_id, {"encryption_required": wanted.value}
    ),
    "certificate-principal": lambda _, wanted: (
        "outlook_providers", wanted.object_id, {"cert_principal_name": wanted.value}
    ),
}  # fmt: skip
"""Settings whose field is not told by their name."""
