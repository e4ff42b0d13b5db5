"""How much was seen: nothing that rights can hide, or a failure cut off, passes for absent."""

from collections.abc import Callable

import pytest

from casaudit.collect.exchange import collect_directory, plan_queries
from casaudit.collect.exchange.queries import Container
from casaudit.collect.ports import Directory, DirectoryEntry, Query, SearchResult
from casaudit.errors import CollectError, SourceError
from casaudit.snapshot import Gap, Reason, SectionName, Snapshot, Source, Status
from tests.forest import COLLECTED_AT, Copy, Database, Forest, ForestDirectory
from tests.forest.objects import Object
from tests.forest.tree import below
from tests.support.organisations import article_a, healthy

SECTIONS = (
    *(SectionName.ORGANIZATION, SectionName.SITES, SectionName.SERVERS, SectionName.ARRAYS),
    *(SectionName.DATABASES, SectionName.DATABASE_COPIES, SectionName.AVAILABILITY_GROUPS),
    *(SectionName.VIRTUAL_DIRECTORIES, SectionName.SERVICE_CONNECTION_POINTS),
    *(SectionName.ACCEPTED_DOMAINS, SectionName.MAIL_PROTOCOLS, SectionName.DOMAIN_CONTROLLERS),
)


@pytest.fixture
def forest() -> Forest:
    return healthy()


def collected(directory: Directory) -> Snapshot:
    return collect_directory(directory, "directory", COLLECTED_AT)


def seen(forest: Forest) -> Snapshot:
    return collected(ForestDirectory(forest))


def incomplete(found: Snapshot) -> dict[SectionName, Status]:
    return {s.name: s.status for s in found.sections if s.status is not Status.COMPLETE}


def hidden(found: Snapshot) -> list[tuple[str, str]]:
    return [(gap.subject, gap.detail) for gap in found.gaps if gap.reason is Reason.HIDDEN]


def forget_members(forest: Forest) -> None:
    """Leave out the lists of members of the sites, which name every array."""
    sites = (forest.tree.site(each.name) for each in forest.sites)
    forest.overrides |= {site: {"msExchServerSiteBL": None} for site in sites}


class Spy:
    """Passes queries on and keeps them; ``instead`` may answer in place of the directory."""

    def __init__(
        self, forest: Forest, instead: Callable[[Query], SearchResult | None] = lambda _: None
    ) -> None:
        self.asked: list[Query] = []
        self._directory = ForestDirectory(forest)
        self._instead = instead

    def search(self, query: Query) -> SearchResult:
        self.asked.append(query)
        return self._instead(query) or self._directory.search(query)


def test_a_healthy_organisation_is_seen_in_full(forest: Forest) -> None:
    found = seen(forest)
    assert {section.name for section in found.sections} == set(SECTIONS)
    assert incomplete(found) == {}
    assert found.gaps == ()


def test_the_plan_is_what_is_asked(forest: Forest) -> None:
    spy, tree = Spy(forest), forest.tree
    collected(spy)
    named = {
        "<AdminGroup>,CN=Administrative Groups,<Organization>,"
        "CN=Microsoft Exchange,CN=Services,<ConfigNC>": tree.group,
        "<Organization>,CN=Microsoft Exchange,CN=Services,<ConfigNC>": tree.top,
        "<SchemaNC>": tree.schema,
        "<ConfigNC>": tree.configuration,
    }
    planned = []
    for query in plan_queries():
        base = query.base
        for placeholder, dn in named.items():
            base = base.replace(placeholder, dn)
        planned.append((base, query.scope, query.filter, query.attributes))
    asked = [(each.base, each.scope, each.filter, each.attributes) for each in spy.asked]
    assert sorted(asked) == sorted(planned)
    assert not any("*" in each.attributes for each in spy.asked)


# No array to be seen: section 3.5 of the directory's reference, one test per line of it.


def test_without_arrays_and_without_doubt_there_are_none(forest: Forest) -> None:
    forest.arrays.clear()
    for database in forest.databases:
        database.endpoint = database.copies[0].server
    assert incomplete(seen(forest)) == {}


def test_an_endpoint_that_names_a_host_makes_no_array_a_doubt(forest: Forest) -> None:
    forest.arrays.clear()
    forest.databases = [Database("DB1", "outlook.corp.example", [Copy("EX3")])]
    found = seen(forest)
    assert incomplete(found) == {SectionName.ARRAYS: Status.PARTIAL}
    detail = "its endpoint outlook.corp.example is not a server: it may be a hidden array"
    assert hidden(found) == [(forest.tree.database("DB1"), detail)]


def test_an_endpoint_that_names_a_dead_server_is_no_doubt(forest: Forest) -> None:
    forest.arrays.clear()
    forest.databases = [Database("DB1", "OLD-EX1", [Copy("EX3")])]
    assert incomplete(seen(forest)) == {}


def test_a_server_known_by_a_dotted_name_is_no_doubt(forest: Forest) -> None:
    forest.arrays.clear()
    forest.databases = [Database("DB1", "Odd.Name", [Copy("EX3")])]
    legacy = {"legacyExchangeDN": forest.tree.endpoint("odd.name")}
    forest.overrides = {forest.tree.server("EX3"): legacy}
    assert incomplete(seen(forest)) == {}


def test_an_endpoint_that_cannot_be_read_makes_no_array_a_doubt(forest: Forest) -> None:
    forest.arrays.clear()
    forest.databases = [Database("DB1", None, [Copy("EX3")])]
    found = seen(forest)
    assert incomplete(found) == {SectionName.ARRAYS: Status.PARTIAL}
    detail = "its endpoint cannot be read: it may name an array"
    assert (forest.tree.database("DB1"), detail) in hidden(found)


def test_one_readable_array_is_enough_to_trust_the_rest(forest: Forest) -> None:
    forest.arrays = [forest.array("outlook-br")]
    assert incomplete(seen(forest)) == {}


def test_hidden_arrays_behind_an_open_container_are_a_doubt(forest: Forest) -> None:
    forget_members(forest)
    forest.hidden = {forest.tree.array(each.name) for each in forest.arrays}
    found = seen(forest)
    assert incomplete(found) == {SectionName.ARRAYS: Status.PARTIAL}
    assert {subject for subject, _ in hidden(found)} == {
        forest.tree.database(f"DB-{site}-0{number}") for site in ("HO", "BR") for number in (1, 2)
    }


def test_a_container_of_arrays_that_setup_made_and_nobody_sees_is_hidden(forest: Forest) -> None:
    forget_members(forest)
    for database in forest.databases:
        database.endpoint = database.copies[0].server
    forest.hidden = {Container.ARRAYS.below(forest.tree.group)}
    found = seen(forest)
    assert incomplete(found) == {SectionName.ARRAYS: Status.PARTIAL}
    detail = "the container cannot be seen although its group must have one"
    assert hidden(found) == [(Container.ARRAYS.below(forest.tree.group), detail)]


def test_without_servers_of_2010_nobody_misses_the_container_of_arrays(forest: Forest) -> None:
    forget_members(forest)
    for server in forest.servers:
        server.version = (15, 1, 2507, 6)
    for database in forest.databases:
        database.endpoint = database.copies[0].server
    forest.hidden = {Container.ARRAYS.below(forest.tree.group)}
    assert incomplete(seen(forest)) == {}


@pytest.mark.parametrize("container", [Container.SERVERS, Container.DATABASES])
def test_no_array_means_nothing_beside_hidden_servers_or_databases(
    forest: Forest, container: Container
) -> None:
    forest.arrays.clear()
    forest.hidden = {container.below(forest.tree.group)}
    found = seen(forest)
    assert found.status(SectionName.ARRAYS) is Status.PARTIAL
    assert ("CN=Arrays", "servers or databases could not be read in full") in hidden(found)


def test_where_only_strangers_are_seen_arrays_may_be_among_them() -> None:
    forest = article_a()
    forest.arrays.clear()
    forest.more = [Object(forest.tree.array("stranger"), ("container",))]
    found = seen(forest)
    assert incomplete(found) == {SectionName.ARRAYS: Status.PARTIAL}
    assert hidden(found) == [("CN=Arrays", "it holds objects of an unexpected class only")]


def test_a_site_that_names_an_array_gives_it_away() -> None:
    forest = article_a()
    (array,) = forest.arrays
    forest.hidden = {forest.tree.array(array.name)}
    found = seen(forest)
    assert incomplete(found) == {SectionName.ARRAYS: Status.PARTIAL}
    detail = "a site names this array among its members, but it cannot be read"
    assert hidden(found) == [(forest.tree.array(array.name), detail)]
    forget_members(forest)
    assert incomplete(seen(forest)) == {}


def test_an_array_hidden_beside_a_readable_one_is_given_away_too(forest: Forest) -> None:
    forest.hidden = {forest.tree.array("outlook-br")}
    found = seen(forest)
    assert incomplete(found) == {SectionName.ARRAYS: Status.PARTIAL}
    assert [subject for subject, _ in hidden(found)] == [forest.tree.array("outlook-br")]


# Other sections


HIDING: dict[str, tuple[Callable[[Forest], str], set[SectionName]]] = {
    "the sites": (
        lambda forest: f"CN=Sites,{forest.tree.configuration}",
        {SectionName.SITES, SectionName.DOMAIN_CONTROLLERS},
    ),
    "the servers": (
        lambda forest: Container.SERVERS.below(forest.tree.group),
        {
            *(SectionName.SERVERS, SectionName.VIRTUAL_DIRECTORIES, SectionName.MAIL_PROTOCOLS),
            SectionName.SERVICE_CONNECTION_POINTS,
        },
    ),
    "the databases": (
        lambda forest: Container.DATABASES.below(forest.tree.group),
        {SectionName.DATABASES, SectionName.DATABASE_COPIES},
    ),
    "the availability groups": (
        lambda forest: Container.AVAILABILITY_GROUPS.below(forest.tree.group),
        {SectionName.AVAILABILITY_GROUPS},
    ),
    "one availability group": (
        lambda forest: forest.tree.availability_group("DAG1"),
        {SectionName.AVAILABILITY_GROUPS},
    ),
    "the copies of one database": (
        lambda forest: below("EX1", forest.tree.database("DB-HO-01")),
        set(),
    ),
    "the protocols of a server": (
        lambda forest: below("Protocols", forest.tree.server("EX1")),
        {
            *(SectionName.VIRTUAL_DIRECTORIES, SectionName.MAIL_PROTOCOLS),
            SectionName.SERVICE_CONNECTION_POINTS,
        },
    ),
    "the HTTP directories of a server": (
        lambda forest: below("HTTP", below("Protocols", forest.tree.server("EX1"))),
        {SectionName.VIRTUAL_DIRECTORIES},
    ),
    "the accepted domains": (
        lambda forest: forest.tree.accepted_domains,
        {SectionName.ACCEPTED_DOMAINS},
    ),
    "one accepted domain, the only one": (
        lambda forest: below("corp.example", forest.tree.accepted_domains),
        {SectionName.ACCEPTED_DOMAINS},
    ),
    "the organisation's own object": (
        lambda forest: forest.tree.group.partition(",")[2],
        set(SECTIONS)
        - {SectionName.ORGANIZATION, SectionName.SITES, SectionName.ACCEPTED_DOMAINS}
        - {SectionName.DOMAIN_CONTROLLERS},
    ),
}


@pytest.mark.parametrize(("what", "poorer"), HIDING.values(), ids=HIDING)
def test_what_is_hidden_makes_its_sections_partial_and_no_others(
    forest: Forest, what: Callable[[Forest], str], poorer: set[SectionName]
) -> None:
    forest.hidden = {what(forest)}
    found = seen(forest)
    kept = {SectionName.ARRAYS}  # judged above
    assert set(incomplete(found)) - kept == poorer - kept
    assert {gap.section for gap in found.gaps} - kept == poorer - kept


def test_a_database_of_a_group_without_any_copy_has_hidden_ones(forest: Forest) -> None:
    dn = forest.tree.database("DB-HO-01")
    forest.hidden = {below("EX1", dn), below("EX2", dn)}
    found = seen(forest)
    assert incomplete(found) == {SectionName.DATABASE_COPIES: Status.PARTIAL}
    assert hidden(found) == [(dn, "no copy of this database can be seen")]


def test_a_prepared_forest_without_servers_is_complete(forest: Forest) -> None:
    for things in (forest.servers, forest.arrays, forest.databases, forest.groups):
        things.clear()
    assert incomplete(seen(forest)) == {}


def test_a_forest_without_exchange_is_refused_in_clear_words(forest: Forest) -> None:
    forest.hidden = {forest.tree.exchange}
    with pytest.raises(SourceError, match="directory: shows no Exchange organisation") as caught:
        seen(forest)
    assert "account" in caught.value.hint


# Failures


def failing(section: SectionName, error: BaseException) -> Callable[[Query], SearchResult | None]:
    def answer(query: Query) -> SearchResult | None:
        if query.section is section and query.base:
            raise error
        return None

    return answer


@pytest.mark.parametrize(
    ("error", "reason", "detail"),
    [
        (CollectError("dc1", "timeout", "took too long"), Reason.TIMEOUT, "dc1: took too long"),
        (ValueError("oops"), Reason.BUG, "ValueError: oops"),
    ],
)
def test_a_failure_costs_its_own_section(
    forest: Forest, error: Exception, reason: Reason, detail: str
) -> None:
    found = collected(Spy(forest, failing(SectionName.DATABASES, error)))
    assert incomplete(found) == {
        SectionName.DATABASES: Status.FAILED,
        SectionName.DATABASE_COPIES: Status.PARTIAL,  # the container itself could not be looked at
    }
    assert {(gap.reason, gap.detail) for gap in found.gaps} == {(reason, detail)}
    assert found.databases == ()
    assert len(found.database_copies) == 7


def test_a_search_that_breaks_off_keeps_what_came(forest: Forest) -> None:
    def answer(query: Query) -> SearchResult | None:
        if query.section is not SectionName.DATABASES or query.scope == "base":
            return None
        whole = ForestDirectory(forest).search(query)
        detail = "result 4 (sizeLimitExceeded)"
        gap = Gap(section=query.section, subject=query.base, reason=Reason.LIMIT, detail=detail)
        return SearchResult(whole.entries[:2], complete=False, gaps=(gap,))

    found = collected(Spy(forest, answer))
    assert incomplete(found) == {SectionName.DATABASES: Status.PARTIAL}
    assert len(found.databases) == 2


def test_an_incomplete_look_at_protocols_proves_no_absence(forest: Forest) -> None:
    def answer(query: Query) -> SearchResult | None:
        if "msExchProtocolCfgExchangeRpcService" not in query.classes:
            return None
        gap = Gap(section=query.section, subject=query.base, reason=Reason.LIMIT)
        entries = ForestDirectory(forest).search(query).entries
        kept = tuple(each for each in entries if not each.dn.startswith("CN=RpcClientAccess"))
        return SearchResult(kept, complete=False, gaps=(gap,))

    found = collected(Spy(forest, answer))
    assert {each.has_rpc_client_access for each in found.servers} == {None}
    assert incomplete(found) == {SectionName.SERVERS: Status.PARTIAL}


def test_an_interrupt_keeps_what_was_seen(forest: Forest) -> None:
    spy = Spy(forest, failing(SectionName.DATABASE_COPIES, KeyboardInterrupt()))
    found = collected(spy)
    assert spy.asked[-1].section is SectionName.DATABASE_COPIES
    assert len(found.databases) == 5
    assert found.status(SectionName.VIRTUAL_DIRECTORIES) is Status.FAILED
    assert {gap.reason for gap in found.gaps} == {Reason.INTERRUPTED}


def test_an_entry_that_the_mapping_stumbles_over_costs_itself(forest: Forest) -> None:
    class Trap(dict[str, tuple[bytes, ...]]):
        def get(self, *_: object) -> tuple[bytes, ...]:
            raise RuntimeError("stumbled")

    def answer(query: Query) -> SearchResult | None:
        if query.section is not SectionName.DATABASES or query.scope == "base":
            return None
        entries = ForestDirectory(forest).search(query).entries
        trap = DirectoryEntry("CN=Trap", Trap(), Source(origin="x", at=COLLECTED_AT))
        return SearchResult((*entries, trap), complete=True)

    found = collected(Spy(forest, answer))
    assert len(found.databases) == 5
    assert incomplete(found) == {SectionName.DATABASES: Status.PARTIAL}
    assert [(gap.subject, gap.reason, gap.detail) for gap in found.gaps] == [
        ("CN=Trap", Reason.BUG, "RuntimeError: stumbled")
    ]
