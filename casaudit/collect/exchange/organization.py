"""The organisation's own object, its accepted domains, and the sites of the forest."""

from collections.abc import Mapping

from casaudit.collect.exchange.attributes import AttributeReader
from casaudit.collect.ports import DirectoryEntry
from casaudit.dn import norm_dn
from casaudit.snapshot import AcceptedDomain, Organization, SectionName, Site


def organization(read: AttributeReader, schema: DirectoryEntry | None) -> Organization:
    """Return the organisation; the schema's version stands in another partition."""
    # CN=Schema is a partition of its own: an export of the configuration does not hold it.
    version = None
    if schema is None:
        read.miss("schema_version")
    else:
        reading = AttributeReader(schema, SectionName.ORGANIZATION)
        version = reading.integer("rangeUpper", "schema_version")
        read.gaps += reading.gaps
        if reading.is_unread("schema_version"):
            read.miss("schema_version")
    return Organization(schema_version=version, **read.fields(Organization), **read.identity())


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
