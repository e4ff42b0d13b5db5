"""Site sheets and server sheets: one place with its objects, its failures and their commands."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from casaudit.findings import Assessment, Finding
from casaudit.i18n.languages import marked
from casaudit.report.inventory import TABLES, InventoryTables, Row

_URLS = ("name", "service", "server", "internal_url", "external_url")
PARTS = {
    "arrays": (marked("Client Access arrays"), TABLES["arrays"].shown),
    "servers": (marked("Exchange servers"), TABLES["servers"].shown),
    "databases": (marked("Databases"), TABLES["databases"].shown),
    "certificates": (marked("Certificates"), TABLES["certificates"].shown),
    "urls": (marked("Addresses of web services"), _URLS),
}
"""What a sheet shows: the title and the columns of each table."""
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One site or server.

    Attributes:
        kind: ``site`` or ``server``.
        name: as the directory has it; empty for objects without a known site.
        file: name of its file; safe, and the same in the next run.
        tables: the rows of each part.
        failures: of its objects, worst first.
    """

    kind: str
    name: str
    file: str
    tables: Mapping[str, tuple[Row, ...]]
    failures: tuple[Finding, ...]


def sheets(assessment: Assessment) -> Iterator[Sheet]:
    """Yield the sheets of all sites by name, then those of all servers."""
    inventory = InventoryTables(assessment)
    rows = {name: inventory.rows(name) for name in PARTS if name in TABLES}
    rows["urls"] = list(assessment.inventory["v_virtual_directories"])
    found = sorted(assessment.failures, key=lambda each: each.severity.rank)
    of_server = _by_server(rows, assessment.inventory["v_database_copies"])
    of_site = _by_site(rows, of_server)
    of_subject: dict[str, list[Finding]] = defaultdict(list)
    in_site: dict[str, list[Finding]] = defaultdict(list)
    for each in found:
        of_subject[each.subject.id].append(each)
        in_site[each.subject.site or ""].append(each)
    for kind, groups in (("site", of_site), ("server", of_server)):
        for name in sorted(groups):
            tables = {part: tuple(groups[name][part]) for part in PARTS}
            ids = {str(row["id"]) for alike in tables.values() for row in alike}
            failures = [f for key in ids for f in of_subject[key]]
            if kind == "site":
                failures += [f for f in in_site[name] if f.subject.id not in ids]
            failures.sort(key=lambda f: (f.severity.rank, f.rule.id, f.subject.name))
            yield Sheet(kind, name, _file(kind, name), tables, tuple(failures))


Groups = defaultdict[str, defaultdict[str, list[Row]]]


def _groups() -> Groups:
    return defaultdict(lambda: defaultdict(list))


def _by_server(rows: Mapping[str, Iterable[Row]], copies: Iterable[Row]) -> Groups:
    found = _groups()
    for row in rows["servers"]:
        found[str(row["name"])]["servers"].append(row)
    databases = {row["database_key"]: row for row in rows["databases"]}
    named: list[tuple[str, Row, object]] = [
        *(("urls", row, [row["server"]]) for row in rows["urls"]),
        *(("arrays", row, row["members"]) for row in rows["arrays"]),
        *(("certificates", row, row["servers"]) for row in rows["certificates"]),
        *(
            ("databases", databases[copy["database_key"]], [copy["server"]])
            for copy in copies
            if copy["database_key"] in databases
        ),
    ]
    for part, row, servers in named:
        for server in servers if isinstance(servers, list) else ():
            # What names a server that was not seen has no sheet to stand on.
            if server in found:
                found[server][part].append(row)
    return found


def _by_site(rows: Mapping[str, Iterable[Row]], of_server: Groups) -> Groups:
    found = _groups()
    for part, column in (
        ("arrays", "site"), ("servers", "site"), ("databases", "home_site"), ("urls", "site"),
    ):  # fmt: skip
        for row in rows[part]:
            found[str(row[column] or "")][part].append(row)
    for tables in found.values():
        # One certificate stands on many servers of a site.
        servers = (str(row["name"]) for row in tables["servers"])
        seen = {str(c["id"]): c for name in servers for c in of_server[name]["certificates"]}
        tables["certificates"] = list(seen.values())
    return found


def _file(kind: str, name: str) -> str:
    # A name may hold anything, and two may differ in letter case alone.
    digest = hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:8]
    plain = _UNSAFE.sub("-", name).strip("-")[:40]
    return f"{kind}-{plain}-{digest}.html" if plain else f"{kind}-{digest}.html"
