"""The organisation as directory entries: the whole configuration partition, parents first."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count

from tests.forest.objects import EXCHANGE_2007, EXCHANGE_2010, ForestEntry, Object, entry
from tests.forest.organisation import Array, Database, Forest, Group
from tests.forest.servers import server_objects
from tests.forest.tree import Tree, below, parent_of


def entries(forest: Forest) -> list[ForestEntry]:
    """Return every entry of the configuration partition."""
    return [
        entry(replace(thing, values={**thing.values, **forest.overrides.get(thing.dn, {})}), usn)
        for usn, thing in zip(count(20_480, 4), _objects(forest), strict=False)
    ]


def _objects(forest: Forest) -> Iterator[Object]:
    tree = forest.tree
    yield Object(tree.configuration, ("configuration",))
    yield Object(
        below("Partitions", tree.configuration),
        ("crossRefContainer",),
        {"msDS-Behavior-Version": forest.level},
    )
    yield from _sites(forest)
    yield from _containers(tree)
    for name, flags in forest.accepted_domains.items():
        yield Object(
            below(name, tree.accepted_domains),
            ("msExchAcceptedDomain",),
            {"msExchAcceptedDomainName": name, "msExchAcceptedDomainFlags": flags},
        )
    for server in forest.servers:
        yield from server_objects(tree, server)
    yield from (_array(tree, array) for array in forest.arrays)
    yield from (_group(tree, group) for group in forest.groups)
    for database in forest.databases:
        yield from _database(tree, database)
    yield from forest.more


def _sites(forest: Forest) -> Iterator[Object]:
    tree = forest.tree
    sites = below("Sites", tree.configuration)
    transports = below("Inter-Site Transports", sites)
    yield Object(sites, ("sitesContainer",))
    yield Object(below("Subnets", sites), ("subnetContainer",))
    yield Object(transports, ("interSiteTransportContainer",))
    yield Object(below("IP", transports), ("interSiteTransport",))
    yield Object(
        below("DEFAULTIPSITELINK", below("IP", transports)),
        ("siteLink",),
        {"siteList": [tree.site(site.name) for site in forest.sites], "cost": 100},
    )
    for number, site in enumerate(forest.sites, start=1):
        dn = tree.site(site.name)
        servers = below("Servers", dn)
        yield Object(dn, ("site",), {"msExchServerSiteBL": _members(forest, site.name)})
        yield Object(servers, ("serversContainer",))
        name = {"dNSHostName": f"dc{number}.{forest.domain}"}
        controller = below(f"DC{number}", servers)
        yield Object(controller, ("server",), name)
        yield Object(
            below("NTDS Settings", controller),
            ("applicationSettings", "nTDSDSA"),
            {"msDS-Behavior-Version": site.controller_level, "options": 1},
        )
        for subnet in site.subnets:
            yield Object(below(subnet, below("Subnets", sites)), ("subnet",), {"siteObject": dn})


def _members(forest: Forest, site: str) -> list[str]:
    """Return the servers and arrays that name a site, as the directory's backlink does."""
    tree = forest.tree
    servers = [tree.server(each.name) for each in forest.servers if each.site == site]
    return servers + [tree.array(each.name) for each in forest.arrays if each.site == site]


def _containers(tree: Tree) -> Iterator[Object]:
    """Yield the schema version, and what setup makes before the first server."""
    top, group, lists = tree.top, tree.group, parent_of(tree.address_book)
    version = {"rangeUpper": 14734}
    yield Object(tree.schema, ("dMD",))
    yield Object(below("ms-Exch-Schema-Version-Pt", tree.schema), ("attributeSchema",), version)
    yield Object(below("Services", tree.configuration), ("container",))
    yield Object(tree.exchange, ("container", "msExchConfigurationContainer"))
    yield _organization(tree)
    for dn, class_name in (
        (parent_of(tree.accepted_domains), "msExchTransportSettings"),
        (tree.accepted_domains, "msExchContainer"),
        (parent_of(lists), "msExchContainer"),
        (lists, "msExchContainer"),
        (below("Administrative Groups", top), "msExchAdminGroupContainer"),
    ):
        yield Object(dn, ("container", class_name))
    yield Object(tree.address_book, ("msExchOAB",))
    yield Object(group, ("container", "msExchAdminGroup"), {"legacyExchangeDN": tree.legacy})
    for name, class_name in (
        ("Arrays", "msExchContainer"),
        ("Databases", "msExchMDBContainer"),
        ("Database Availability Groups", "msExchMDBAvailabilityGroupContainer"),
        ("Servers", "msExchServersContainer"),
    ):
        yield Object(below(name, group), ("container", class_name))


def _organization(tree: Tree) -> Object:
    return Object(
        tree.top,
        ("container", "msExchOrganizationContainer"),
        {
            "objectVersion": 14322,
            "legacyExchangeDN": f"/o={tree.organization}",
            "msExchMixedMode": False,
        },
    )


def _array(tree: Tree, array: Array) -> Object:
    return Object(
        tree.array(array.name),
        ("server", "msExchExchangeServer", array.class_name),
        {
            "objectCategory": f"CN=ms-Exch-Client-Access-Array-2,{tree.schema}",
            "networkAddress": array.fqdn and f"ncacn_ip_tcp:{array.fqdn}",
            "msExchServerSite": array.site and tree.site(array.site),
            "legacyExchangeDN": array.fqdn and tree.endpoint(array.fqdn),
            "msExchVersion": EXCHANGE_2007,
        },
        array.created,
    )


def _group(tree: Tree, group: Group) -> Object:
    return Object(
        tree.availability_group(group.name),
        ("msExchMDBAvailabilityGroup",),
        {
            "msExchMDBAvailabilityGroupName": group.name,
            "msExchAllowCrossSiteRPCClientAccess": int(group.allow_cross_site_rpc),
            "msExchDatacenterActivationMode": 0,
        },
    )


def _database(tree: Tree, database: Database) -> Iterator[Object]:
    dn = tree.database(database.name)
    public = database.kind == "public_folder"
    suffix = f"cn=Microsoft {'Public' if public else 'Private'} MDB"
    owner = tree.server(database.copies[0].server) if database.copies else None
    endpoint = database.endpoint and f"{tree.endpoint(database.endpoint)}/{suffix}"
    master = tree.availability_group(database.group) if database.group else owner
    yield Object(
        dn,
        ("msExchMDB", "msExchPublicMDB" if public else "msExchPrivateMDB"),
        {
            "legacyExchangeDN": endpoint,
            "msExchOwningServer": owner,
            "msExchMasterServerOrAvailabilityGroup": master,
            "msExchRestore": database.recovery or None,
            "msExchUseOAB": None if public or database.recovery else tree.address_book,
            "msExchHomePublicMDB": database.public_folder_database
            and tree.database(database.public_folder_database),
            "msExchProvisioningFlags": None if public else 2 * database.excluded,
            "msExchVersion": EXCHANGE_2010,
        },
        database.created,
    )
    for copy in database.copies:
        yield Object(
            below(copy.server, dn),
            ("msExchMDBCopy",),
            {
                "msExchHostServerLink": tree.server(copy.server),
                "msExchActivationPreference": copy.preference,
            },
            database.created,
        )
