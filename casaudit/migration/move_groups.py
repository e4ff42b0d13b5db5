"""What moves together off Exchange 2010: sites by the HTTPS names that they share.

A name moves to the newer servers for all its sites at once. One that is the endpoint of MAPI
clients too takes the databases along that point at it, wherever they are at home.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from casaudit.findings import Value

Row = Mapping[str, Value]
Views = Mapping[str, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class MoveGroup:
    """Sites that move together.

    Attributes:
        sites: their ids; none for databases of which no site is known.
        names: HTTPS names that move with them.
        shared: those of the names that several sites use; ``ambiguous`` the endpoints of databases
            that are HTTPS names too.
    """

    sites: frozenset[str]
    names: tuple[str, ...]
    shared: tuple[str, ...]
    ambiguous: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MigrationInventory:
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


def inventory_of(views: Views) -> MigrationInventory:
    """Read the views.

    What is not known to be left out (``None``) counts as in: a move that forgets a site is worse
    than one that waits for it.
    """
    uses = [
        row for row in views["v_https_uses"] if row["server_is_client_access_2010"] is not False
    ]
    # Autodiscover is found through Active Directory (SCP): its names lead to no one site.
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
    # A site may have servers and neither names nor databases; it still has to be left.
    for row in views["v_sites"]:
        if row["server_count_2010"]:
            sites[str(row["id"])] = str(row["name"])
    # A name that Autodiscover shares with OWA, say, is OWA's name too and ties its sites.
    direct = {str(row["name"]) for row in uses if row["service"] != "scp"}
    endpoints = views["v_endpoint_names"]
    return MigrationInventory(
        sites=sites,
        names={site: frozenset(names) for site, names in named.items()},
        owned=frozenset(str(r["dns_name"]) for r in views["v_servers"] if r["dns_name"]),
        discovery=tuple(sorted({str(row["name"]) for row in uses} - direct)),
        databases=databases,
        ambiguous=frozenset(
            str(r["name"])
            for r in endpoints
            # An endpoint that may be one counts: a wave too large is better than clients cut off.
            if r["is_https_name"] and r["is_endpoint"] is not False
        ),
    )


def move_groups(inventory: MigrationInventory) -> list[MoveGroup]:
    """Return the sites that move together, and at the end the databases without a known site."""
    users: dict[str, set[str]] = {}
    for site, names in inventory.names.items():
        for name in names:
            users.setdefault(name, set()).add(site)
    pointing: dict[str, set[str]] = {}
    for row in inventory.databases:
        if row["endpoint_dns_name"] in inventory.ambiguous and row["home_site_id"] is not None:
            pointing.setdefault(str(row["endpoint_dns_name"]), set()).add(str(row["home_site_id"]))
    # Servers keep their own names, so that such a name joins no sites.
    shared = {name: sites for name, sites in users.items() if name not in inventory.owned}
    # When such a name moves, MAPI clients are cut off: Exchange 2013 and later speak HTTPS only.
    ambiguous = {name: sites | users.get(name, set()) for name, sites in pointing.items()}
    together = _joined(
        [{site} for site in inventory.sites], [*shared.values(), *ambiguous.values()]
    )
    found = [_group(frozenset(sites), inventory, shared, ambiguous) for sites in together]
    if any(row["home_site_id"] is None for row in inventory.databases):
        found.append(MoveGroup(frozenset(), (), (), ()))
    return found


def _joined(apart: list[set[str]], users: Iterable[set[str]]) -> list[set[str]]:
    """Join the sets of sites that use one name."""
    for sites in users:
        if len(sites) > 1:
            # One set can meet several: A and B share a name, B and C another, and all three move.
            touched = [each for each in apart if each & sites]
            apart = [each for each in apart if not each & sites]
            apart.append(set().union(*touched))
    return apart


def _group(
    sites: frozenset[str],
    inventory: MigrationInventory,
    shared: Mapping[str, set[str]],
    ambiguous: Mapping[str, set[str]],
) -> MoveGroup:
    # A server's own name goes when the server is removed, so no wave has to move it.
    names = {name for site in sites for name in inventory.names.get(site, ())} - inventory.owned
    return MoveGroup(
        sites=sites,
        names=tuple(sorted(names)),
        shared=tuple(sorted(n for n in names if len(shared.get(n, ())) > 1)),
        ambiguous=tuple(sorted(name for name, users in ambiguous.items() if users & sites)),
    )
