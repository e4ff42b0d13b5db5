"""What is tied together on the way off Exchange 2010: sites by the HTTPS names that they share.

A name moves to the newer servers for all its sites at once. One that is the endpoint of MAPI
clients too takes the databases along that point at it, wherever they are at home.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casaudit.findings import Value

Row = Mapping[str, Value]
Views = Mapping[str, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Group:
    """Sites that move together.

    Attributes:
        sites: their ids; none for databases of which no site is known.
        names: HTTPS names that move with them.
        shared: those of the names that tie sites; ``ambiguous`` the endpoints that do.
    """

    sites: frozenset[str]
    names: tuple[str, ...]
    shared: tuple[str, ...]
    ambiguous: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Land:
    """What the views say of sites, their names and their databases.

    Attributes:
        sites: the names of sites by id.
        names: by site, the HTTPS names that its clients use, Autodiscover's left out.
        owned: the names that are servers' own: they stay with their servers.
        discovery: names that only Autodiscover uses: they move first, for the organisation.
        databases: those of Exchange 2010 that clients open, as far as is known.
        ambiguous: endpoints of databases that are HTTPS names too.
    """

    sites: Mapping[str, str]
    names: Mapping[str, frozenset[str]]
    owned: frozenset[str]
    discovery: tuple[str, ...]
    databases: tuple[Row, ...]
    ambiguous: frozenset[str]


def survey(views: Views) -> Land:
    """Read the views."""
    uses = [
        row for row in views["v_https_uses"] if row["server_is_client_access_2010"] is not False
    ]
    named: dict[str, set[str]] = {}
    sites: dict[str, str] = {}
    for row in uses:
        if row["site_id"] is not None and row["service"] != "scp":
            named.setdefault(str(row["site_id"]), set()).add(str(row["name"]))
            sites[str(row["site_id"])] = str(row["site"])
    databases = tuple(row for row in views["v_databases"] if row["in_scope"] is not False)
    for row in databases:
        if row["home_site_id"] is not None:
            sites[str(row["home_site_id"])] = str(row["home_site"])
    for row in views["v_sites"]:
        if row["server_count_2010"]:
            sites[str(row["id"])] = str(row["name"])
    direct = {str(row["name"]) for row in uses if row["service"] != "scp"}
    endpoints = views["v_endpoint_names"]
    return Land(
        sites=sites,
        names={site: frozenset(names) for site, names in named.items()},
        owned=frozenset(str(r["dns_name"]) for r in views["v_servers"] if r["dns_name"]),
        discovery=tuple(sorted({str(row["name"]) for row in uses} - direct)),
        databases=databases,
        ambiguous=frozenset(
            str(r["name"])
            for r in endpoints
            if r["is_https_name"] and r["is_endpoint"] is not False
        ),
    )


def groups(land: Land) -> list[Group]:
    """Return the sites that move together, and at the end the databases without a known site."""
    users: dict[str, set[str]] = {}
    for site, names in land.names.items():
        for name in names:
            users.setdefault(name, set()).add(site)
    pointing: dict[str, set[str]] = {}
    for row in land.databases:
        if row["endpoint_dns_name"] in land.ambiguous and row["home_site_id"] is not None:
            pointing.setdefault(str(row["endpoint_dns_name"]), set()).add(str(row["home_site_id"]))
    shared = {name: sites for name, sites in users.items() if name not in land.owned}
    ambiguous = {name: sites | users.get(name, set()) for name, sites in pointing.items()}
    together = _joined([{site} for site in land.sites], [*shared.values(), *ambiguous.values()])
    found = [_group(frozenset(sites), land, shared, ambiguous) for sites in together]
    if any(row["home_site_id"] is None for row in land.databases):
        found.append(Group(frozenset(), (), (), ()))
    return found


def _joined(apart: list[set[str]], ties: Iterable[set[str]]) -> list[set[str]]:
    """Join the sets that a tie touches."""
    for tie in ties:
        if len(tie) > 1:
            touched = [each for each in apart if each & tie]
            apart = [each for each in apart if not each & tie]
            apart.append(set().union(*touched))
    return apart


def _group(
    sites: frozenset[str],
    land: Land,
    shared: Mapping[str, set[str]],
    ambiguous: Mapping[str, set[str]],
) -> Group:
    names = {name for site in sites for name in land.names.get(site, ())} - land.owned
    return Group(
        sites=sites,
        names=tuple(sorted(names)),
        shared=tuple(sorted(n for n in names if len(shared.get(n, ())) > 1)),
        ambiguous=tuple(sorted(name for name, users in ambiguous.items() if users & sites)),
    )
