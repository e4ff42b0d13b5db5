"""All records of an organisation, from the answers to all questions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import chain
from typing import Any, TypeVar

from casaudit.collect.exchange import databases, organization, protocols, queries, servers
from casaudit.collect.exchange.isolation import Asker, Mapper
from casaudit.collect.exchange.queries import Container, QueryTopic
from casaudit.collect.ports import SearchResult
from casaudit.dn import norm_dn, parent
from casaudit.snapshot import (
    AcceptedDomain,
    Array,
    AvailabilityGroup,
    Database,
    DatabaseCopy,
    DomainController,
    MailProtocol,
    Organization,
    SectionName,
    Server,
    ServiceConnectionPoint,
    Site,
    VirtualDirectory,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to all questions.

    Attributes:
        forest: to those that are put once.
        containers: to the searches for the containers of each administrative group.
        arrays: what lies in ``CN=Arrays`` of each group.
        accepted_domains: of each organisation.
    """

    forest: Mapping[QueryTopic, SearchResult]
    containers: Mapping[tuple[Container, str], SearchResult]
    arrays: tuple[SearchResult, ...]
    accepted_domains: tuple[SearchResult, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """The records of an organisation, under the names that they have in the snapshot."""

    organization: tuple[Organization, ...]
    sites: tuple[Site, ...]
    domain_controllers: tuple[DomainController, ...]
    servers: tuple[Server, ...]
    arrays: tuple[Array, ...]
    databases: tuple[Database, ...]
    database_copies: tuple[DatabaseCopy, ...]
    availability_groups: tuple[AvailabilityGroup, ...]
    virtual_directories: tuple[VirtualDirectory, ...]
    service_connection_points: tuple[ServiceConnectionPoint, ...]
    accepted_domains: tuple[AcceptedDomain, ...]
    mail_protocols: tuple[MailProtocol, ...]

    def found(self, section: SectionName) -> bool:
        """Tell whether there is any record of a section."""
        return bool(getattr(self, section.value))

    def by_name(self) -> dict[str, Any]:
        """Return the records of each kind by the name of the kind."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @property
    def empty(self) -> bool:
        """Whether nothing of Exchange was found; sites and controllers are there without it."""
        beside = ("sites", "domain_controllers")
        return not any(found for name, found in self.by_name().items() if name not in beside)


def search_all(asker: Asker, configuration: str, schema: str) -> Answers:
    """Put every question; the groups and the organisation are known from the first answers."""
    forest = {
        topic: asker.ask(query) for topic, query in queries.forest(configuration, schema).items()
    }
    groups = _groups(forest)
    tops = [entry.dn for entry in forest[QueryTopic.ORGANIZATION].entries]
    # Where the organisation's own object cannot be seen: a group lies two levels below it.
    tops = tops or sorted({parent(group, 2) for group in groups})
    return Answers(
        forest,
        {
            (container, group): asker.ask(queries.container_query(container, group))
            for group in groups
            for container in Container
        },
        tuple(asker.ask(queries.arrays(group)) for group in groups),
        tuple(asker.ask(queries.accepted_domains(top)) for top in tops),
    )


def _groups(forest: Mapping[QueryTopic, SearchResult]) -> list[str]:
    # Rights may hide CN=Servers of a group and still show what lies beside it.
    topics = (QueryTopic.SERVERS, QueryTopic.DATABASES, QueryTopic.AVAILABILITY_GROUPS)
    dns = (entry.dn for topic in topics for entry in forest[topic].entries)
    return sorted({norm_dn(group): group for group in servers.groups_of(dns)}.values())


def read_records(answers: Answers, mapper: Mapper) -> Records:
    """Turn the entries of all answers into records."""
    forest, section, each = answers.forest, SectionName, mapper.records
    schema = next(iter(forest[QueryTopic.SCHEMA].entries), None)
    level = next(iter(forest[QueryTopic.FOREST_LEVEL].entries), None)
    controllers = forest[QueryTopic.CONTROLLERS]
    hosts = {norm_dn(entry.dn): entry for entry in controllers.entries}
    subnets = _by_site(each(section.SITES, forest[QueryTopic.SITES], organization.subnet))
    below = servers.protocols([forest[QueryTopic.PROTOCOLS], forest[QueryTopic.DIRECTORIES]])
    directories = forest[QueryTopic.DIRECTORIES]
    return Records(
        organization=each(
            section.ORGANIZATION,
            forest[QueryTopic.ORGANIZATION],
            lambda read: organization.organization(read, schema, level),
        ),
        sites=each(
            section.SITES, forest[QueryTopic.SITES], lambda read: organization.site(read, subnets)
        ),
        domain_controllers=each(
            section.DOMAIN_CONTROLLERS,
            controllers,
            lambda read: organization.controller(read, hosts),
        ),
        servers=each(
            section.SERVERS, forest[QueryTopic.SERVERS], lambda read: servers.server(read, below)
        ),
        arrays=_joined(each(section.ARRAYS, answer, servers.array) for answer in answers.arrays),
        databases=each(section.DATABASES, forest[QueryTopic.DATABASES], databases.database),
        database_copies=each(section.DATABASE_COPIES, forest[QueryTopic.COPIES], databases.copy),
        availability_groups=each(
            section.AVAILABILITY_GROUPS,
            forest[QueryTopic.AVAILABILITY_GROUPS],
            databases.availability_group,
        ),
        virtual_directories=each(
            section.VIRTUAL_DIRECTORIES, directories, protocols.virtual_directory
        ),
        service_connection_points=each(
            section.SERVICE_CONNECTION_POINTS,
            forest[QueryTopic.POINTS],
            protocols.connection_point,
        ),
        accepted_domains=_joined(
            each(section.ACCEPTED_DOMAINS, answer, organization.accepted_domain)
            for answer in answers.accepted_domains
        ),
        mail_protocols=each(
            section.MAIL_PROTOCOLS, forest[QueryTopic.MAIL], protocols.mail_protocol
        ),
    )


def _by_site(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for site, cidr in sorted(pairs):
        found.setdefault(site, []).append(cidr)
    return {site: tuple(cidrs) for site, cidrs in found.items()}


def _joined(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(chain.from_iterable(parts))
