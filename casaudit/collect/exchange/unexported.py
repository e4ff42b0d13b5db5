"""Attributes that no entry of a kind shows although Exchange writes them: unread, not absent.

``ldifde -l`` and ``-o`` leave attributes out, and rights can hide them, in silence. One database
without ``legacyExchangeDN`` has no endpoint; when no database has one, nobody exported them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from casaudit.collect.exchange.queries import (
    ARRAY_CLASSES,
    CONTROLLER_SETTINGS,
    DIRECTORY_CLASSES,
    RPC_SERVICE,
    RPC_SETTINGS,
    SERVER,
    QueryTopic,
)
from casaudit.collect.exchange.records import Answers
from casaudit.collect.ports import DirectoryEntry, SearchResult
from casaudit.dn import container
from casaudit.snapshot import (
    AcceptedDomain,
    Array,
    AvailabilityGroup,
    Database,
    DatabaseCopy,
    DomainController,
    Gap,
    MailProtocol,
    Organization,
    Reason,
    SectionName,
    Server,
    ServiceConnectionPoint,
    VirtualDirectory,
)
from casaudit.snapshot.record import Attribute, attributes_of

# A controller dates every object; ldifde -o can leave that out alone.
_DATED = "whencreated"
_SITE = "msExchServerSite"
_READ_FROM: dict[QueryTopic, tuple[SectionName, Iterable[Attribute]]] = {
    topic: (section, attributes_of(record).values())
    for topic, section, record in (
        (QueryTopic.ORGANIZATION, SectionName.ORGANIZATION, Organization),
        (QueryTopic.CONTROLLERS, SectionName.DOMAIN_CONTROLLERS, DomainController),
        (QueryTopic.SERVERS, SectionName.SERVERS, Server),
        (QueryTopic.DATABASES, SectionName.DATABASES, Database),
        (QueryTopic.COPIES, SectionName.DATABASE_COPIES, DatabaseCopy),
        (QueryTopic.AVAILABILITY_GROUPS, SectionName.AVAILABILITY_GROUPS, AvailabilityGroup),
        (QueryTopic.DIRECTORIES, SectionName.VIRTUAL_DIRECTORIES, VirtualDirectory),
        (QueryTopic.MAIL, SectionName.MAIL_PROTOCOLS, MailProtocol),
        (QueryTopic.POINTS, SectionName.SERVICE_CONNECTION_POINTS, ServiceConnectionPoint),
    )
} | {
    QueryTopic.SITES: (SectionName.SITES, (Attribute("siteObject", always=True),)),
    QueryTopic.PROTOCOLS: (SectionName.SERVERS, [*map(Attribute, RPC_SETTINGS.values())]),
}
"""What the records of a topic are read from."""


def doubted(answers: Answers) -> tuple[Answers, list[Gap]]:
    """Return the answers, each entry with what it may have beside what it shows, and the gaps."""
    gaps: list[Gap] = []
    forest = dict(answers.forest)
    for topic, (section, attributes) in _READ_FROM.items():
        mine = [each for each in forest[topic].entries if _is_of(topic, each)]
        names = _noted(section, mine, attributes, gaps)
        forest[topic] = _with_unread(forest[topic], names)
    children = [each for answer in answers.arrays for each in answer.entries]
    arrays = [each for each in children if _has_class(each, *ARRAY_CLASSES)]
    of_arrays = _noted(SectionName.ARRAYS, arrays, _of_array(forest[QueryTopic.SERVERS]), gaps)
    domains = [each for answer in answers.accepted_domains for each in answer.entries]
    of_domains = _noted(
        SectionName.ACCEPTED_DOMAINS, domains, attributes_of(AcceptedDomain).values(), gaps
    )
    seen = Answers(
        forest,
        answers.containers,
        tuple(_with_unread(each, of_arrays) for each in answers.arrays),
        tuple(_with_unread(each, of_domains) for each in answers.accepted_domains),
    )
    return seen, gaps


def unexported(
    entries: Sequence[DirectoryEntry], attributes: Iterable[Attribute]
) -> tuple[str, ...]:
    """Return the attributes that entries of one kind may have although none of them shows it.

    That is one that is always written. Where such a one is missing, or everything comes from an
    export through a list of attributes, all that no entry shows is in doubt.
    """
    shown = {name for each in entries for name in (*each.attributes, *each.unread)}
    missing = {each.name: each for each in attributes if each.name.lower() not in shown}
    is_listed = all(each.by_list for each in entries) or any(
        each.always for each in missing.values()
    )
    return tuple(name for name in missing if is_listed or name.lower() == _DATED)


def _noted(
    section: SectionName,
    entries: Sequence[DirectoryEntry],
    attributes: Iterable[Attribute],
    gaps: list[Gap],
) -> tuple[str, ...]:
    names = unexported(entries, attributes) if entries else ()
    if names:
        detail = (
            f"no entry shows {', '.join(names)}: not exported, or not to be read by the account; "
            "export again without a list of attributes (ldifde without -l and -o)"
        )
        origin = entries[0].source.origin
        gaps.append(Gap(section=section, subject=origin, reason=Reason.HIDDEN, detail=detail))
    return names


def _with_unread(answer: SearchResult, names: Iterable[str]) -> SearchResult:
    unread = frozenset(name.lower() for name in names)
    if not unread:
        return answer
    entries = tuple(replace(each, unread=each.unread | unread) for each in answer.entries)
    return replace(answer, entries=entries)


def _is_of(topic: QueryTopic, entry: DirectoryEntry) -> bool:
    """Tell whether an entry of an answer becomes a record, and one since Exchange 2010."""
    match topic:
        case QueryTopic.SERVERS:
            is_server = _has_class(entry, SERVER) and not _has_class(entry, *ARRAY_CLASSES)
            return is_server and container(entry.dn) == "servers"
        case QueryTopic.DATABASES:
            # Those of Exchange 2007 lie below their server, and have no master.
            return container(entry.dn) == "databases"
        case QueryTopic.DIRECTORIES:
            return _has_class(entry, *DIRECTORY_CLASSES)
        case QueryTopic.PROTOCOLS:
            return _has_class(entry, RPC_SERVICE)
        case QueryTopic.CONTROLLERS:
            return _has_class(entry, CONTROLLER_SETTINGS)
        case QueryTopic.SITES:
            return _has_class(entry, "subnet")
        case _:
            return True


def _has_class(entry: DirectoryEntry, *names: str) -> bool:
    mine = {each.lower() for each in entry.attributes.get("objectclass", ())}
    return any(each.lower().encode() in mine for each in names)


def _of_array(servers: SearchResult) -> list[Attribute]:
    """Return what arrays are read from.

    An array loses its site together with the site's object. Only where no server shows one either,
    sites were not exported.
    """
    of_servers = [each for each in servers.entries if _is_of(QueryTopic.SERVERS, each)]
    unseen = bool(of_servers) and not any(_SITE.lower() in each.attributes for each in of_servers)
    return [
        replace(each, always=unseen) if each.name == _SITE else each
        for each in attributes_of(Array).values()
    ]
