"""The organisation's own object, its accepted domains, and the sites of the forest."""

from collections.abc import Mapping

from casaudit.collect.exchange.attributes import AttributeReader
from casaudit.collect.exchange.queries import (
    CONTROLLER_HOST,
    CONTROLLER_SETTINGS,
    LEVEL,
    READ_ONLY_SETTINGS,
)
from casaudit.collect.ports import DirectoryEntry
from casaudit.dn import name, norm_dn, parent
from casaudit.snapshot import AcceptedDomain, DomainController, Organization, SectionName, Site


def organization(
    read: AttributeReader, schema: DirectoryEntry | None, partitions: DirectoryEntry | None
) -> Organization:
    """Return the organisation; the versions of schema and forest stand in other places."""
    # CN=Schema is a partition of its own: an export of the configuration does not hold it.
    version = _beside(read, schema, "rangeUpper", "schema_version")
    level = _beside(read, partitions, LEVEL, "forest_level")
    # Absent is the level of Windows 2000, or hidden: no Exchange 2010 was ever installed at it.
    if level is None:
        read.miss("forest_level")
    return Organization(
        schema_version=version,
        forest_level=level,
        **read.fields(Organization),
        **read.identity(),
    )


def _beside(
    read: AttributeReader, entry: DirectoryEntry | None, attribute: str, field: str
) -> int | None:
    """Return a number that stands in another entry than that of the organisation."""
    if entry is None:
        read.miss(field)
        return None
    reading = AttributeReader(entry, SectionName.ORGANIZATION)
    value = reading.integer(attribute, field)
    read.gaps += reading.gaps
    if reading.is_unread(field):
        read.miss(field)
    return value


def accepted_domain(read: AttributeReader) -> AcceptedDomain:
    """Return an accepted domain."""
    return AcceptedDomain(**read.fields(AcceptedDomain), **read.identity())


def subnet(read: AttributeReader) -> tuple[str, str] | None:
    """Return the normalised DN of the site that a subnet belongs to, and the subnet in CIDR form.

    ``None`` for entries that are no subnet, and for subnets of no site.
    """
    if not read.is_a("subnet"):
        return None
    site_dn = read.text("siteObject", "site")
    # A subnet is named by its CIDR form; no attribute repeats it.
    cidr = read.identity()["name"]
    return None if site_dn is None else (norm_dn(site_dn), cidr)


def site(read: AttributeReader, subnets: Mapping[str, tuple[str, ...]]) -> Site | None:
    """Return a site with its subnets; ``None`` for entries that are no site."""
    if not read.is_a("site"):
        return None
    return Site(subnets=subnets.get(norm_dn(read.entry.dn), ()), **read.identity())


def controller(
    read: AttributeReader, servers: Mapping[str, DirectoryEntry]
) -> DomainController | None:
    """Return a domain controller from its NTDS settings; ``None`` for other entries.

    Args:
        read: the entry.
        servers: the server objects of the sites, by normalised DN.
    """
    if not read.is_a(CONTROLLER_SETTINGS):
        return None
    above = parent(read.entry.dn)
    host = None
    if norm_dn(above) in servers:
        server = AttributeReader(servers[norm_dn(above)], SectionName.DOMAIN_CONTROLLERS)
        host = server.text(CONTROLLER_HOST, "dns_host_name")
        read.gaps += server.gaps
    if host is None:
        read.miss("dns_host_name")
    fields = {
        "site_dn": parent(above, 2) or None,
        "dns_host_name": host,
        "read_only": read.is_a(READ_ONLY_SETTINGS),
        **read.fields(DomainController),
    }
    # All settings bear one name: what people call a controller by is the object above.
    return DomainController(**fields, **{**read.identity(), "name": name(above)})
