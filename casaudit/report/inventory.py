"""The facts as tables: published views, joined with each other and with their objects' verdicts."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import floor
from typing import cast

from casaudit.findings import Assessment, Value, Verdict
from casaudit.report.phrases import Phrases, phrases_of
from casaudit.report.roles import role_names

Row = Mapping[str, Value]
Views = Mapping[str, tuple[Row, ...]]
Derive = Callable[[Row], Row]


@dataclass(frozen=True, slots=True)
class InventoryTable:
    """A kind of object.

    Attributes:
        view: where its rows come from.
        kind: the subject kind under which rules judge its objects.
        shown: the columns for readers of the HTML report; the CSV files have columns of their own.
    """

    view: str
    kind: str
    shown: tuple[str, ...]


TABLES = {
    "sites": InventoryTable(
        "v_sites",
        "site",
        (
            "name",
            "subnets",
            "arrays",
            "client_access_servers",
            "mailbox_servers",
            "database_count",
            "has_external_url",
        ),
    ),
    "arrays": InventoryTable(
        "v_arrays",
        "array",
        ("name", "site", "fqdn", "addresses", "members", "database_count", "https_urls", "created"),
    ),
    "servers": InventoryTable(
        "v_servers",
        "server",
        ("name", "site", "fqdn", "product", "role_names", "availability_group", "addresses"),
    ),
    "databases": InventoryTable(
        "v_databases",
        "database",
        (
            "name",
            "home_site",
            "rpc_client_access_server",
            "endpoint",
            "site_array_fqdn",
            "copies",
            "mailbox_count",
        ),
    ),
    "dns_names": InventoryTable(
        "v_dns_names",
        "dns_name",
        (
            "name",
            "used_as",
            "resolves_internally",
            "internal_addresses",
            "resolves_externally",
            "external_addresses",
            "alias_target",
            "ttl",
        ),
    ),
    "dns_answers": InventoryTable("v_dns_answers", "dns_name", ()),
    "certificates": InventoryTable(
        "v_certificates",
        "certificate",
        (
            "name",
            "not_after",
            "days_left",
            "issuer",
            "issuer_class",
            "names",
            "key",
            "signature_hash",
            "endpoints",
        ),
    ),
}


class InventoryTables:
    """The tables of one assessment."""

    def __init__(self, assessment: Assessment) -> None:
        self._views = assessment.inventory
        self._phrases = phrases_of(assessment)
        self._verdicts: dict[tuple[str, str], dict[Verdict, list[str]]] = defaultdict(dict)
        for finding in assessment.findings:
            of_object = self._verdicts[finding.subject.kind, finding.subject.id]
            of_object.setdefault(finding.verdict, []).append(finding.rule.id)

    def rows(self, name: str) -> list[Row]:
        """Return a table by site and name, with the ids of the rules by their verdict."""
        table = TABLES[name]
        derive = _DERIVED.get(name, _nothing)(self._views, self._phrases)
        rows = (
            {**row, **derive(row), **self._judged(table.kind, row)}
            for row in self._views[table.view]
        )
        return sorted(rows, key=_order)

    def _judged(self, kind: str, row: Row) -> Row:
        # Names in DNS have no id but themselves.
        verdicts = self._verdicts.get((kind, str(row.get("id", row["name"]))), {})
        return {
            "failed": verdicts.get(Verdict.FAIL, []),
            "not_evaluated": verdicts.get(Verdict.NOT_EVALUATED, []),
            "passed": verdicts.get(Verdict.PASS, []),
            "not_applicable": verdicts.get(Verdict.NOT_APPLICABLE, []),
        }


def _order(row: Row) -> tuple[str, ...]:
    # Some tables lack some of these; those that are there order rows of one name too.
    keys = (
        "home_site" if "home_site" in row else "site",
        "name",
        "view",
        "resolver",
        "record_type",
    )
    return tuple(str(row.get(key) or "") for key in keys)


def _nothing(views: Views, phrases: Phrases) -> Derive:
    return lambda row: {}


def _of_databases(views: Views, phrases: Phrases) -> Derive:
    copies: dict[Value, list[str]] = defaultdict(list)
    unknown = phrases.say("unknown")
    for copy in views["v_database_copies"]:
        # A copy whose preference was not read is named without one.
        preference = copy["activation_preference"]
        known = "" if preference is None else f" ({preference})"
        copies[cast("str", copy["database_key"])].append(f"{copy['server'] or unknown}{known}")
    return lambda row: {
        "copies": copies[cast("str", row["database_key"])],
        "endpoint": _endpoint(row, phrases),
    }


def _endpoint(row: Row, phrases: Phrases) -> Value:
    if row["endpoint_kind"] is None:
        return None
    kind, site = phrases.shown("endpoint_kind", str(row["endpoint_kind"])), row["endpoint_site"]
    return kind if site is None else phrases.say("%(kind)s in %(site)s", kind=kind, site=site)


def _of_servers(views: Views, phrases: Phrases) -> Derive:
    return lambda row: {"role_names": role_names(row["roles"])}


def _of_arrays(views: Views, phrases: Phrases) -> Derive:
    # A name that was not asked for is not known, which is not the same as not resolving.
    names = {row["name"]: row for row in views["v_dns_names"]}
    columns = ("resolves_internally", "resolves_externally", "external_addresses", "alias_target")
    return lambda row: {
        column: names[row["dns_name"]][column] if row["dns_name"] in names else None
        for column in columns
    }


def _of_names(views: Views, phrases: Phrases) -> Derive:
    names = {row["name"]: _uses(row) for row in views["v_dns_names"]}
    return lambda row: {"used_as": names.get(row["name"], [])}


def _of_certificates(views: Views, phrases: Phrases) -> Derive:
    return lambda row: {
        # Down, not to the nearest: an hour after its end a certificate has -1 days left, not 0.
        "days_left": None if row["days_left"] is None else floor(cast("float", row["days_left"])),
        "key": " ".join(str(row[part] or "") for part in ("key_algorithm", "key_size")).strip(),
    }


_DERIVED = {
    "databases": _of_databases,
    "servers": _of_servers,
    "arrays": _of_arrays,
    "dns_names": _of_names,
    "dns_answers": _of_names,
    "certificates": _of_certificates,
}


def _uses(name: Row) -> list[str]:
    uses = (("is_array_name", "array"), ("is_https_name", "https"), ("is_server_name", "server"))
    return [word for column, word in uses if name[column]]
