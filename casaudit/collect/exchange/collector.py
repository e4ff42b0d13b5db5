"""The walk through a directory: ask, turn entries into records, say how much was seen."""

from collections.abc import Mapping
from datetime import datetime

from casaudit import __version__
from casaudit.collect.exchange import principals, queries, records
from casaudit.collect.exchange.coverage import Standing
from casaudit.collect.exchange.isolation import Asker, Mapper
from casaudit.collect.exchange.queries import QueryTopic
from casaudit.collect.exchange.sections import Survey
from casaudit.collect.exchange.unexported import doubted
from casaudit.collect.ports import Directory, SearchResult
from casaudit.dn import norm_dn
from casaudit.errors import SourceError
from casaudit.snapshot import Principal, Reason, Section, SectionName, Snapshot

_BESIDE = (QueryTopic.SCHEMA, QueryTopic.FOREST_LEVEL, QueryTopic.SITE_MEMBERS)
"""Questions on which no section's completeness rests."""


def collect_directory(
    directory: Directory,
    name: str,
    collected_at: datetime,
    *,
    domain_partitions: bool = False,
    is_part: bool = False,
) -> Snapshot:
    """Return everything that a directory says about its Exchange organisation.

    An interrupt by the operator ends the asking, not the walk: what was seen is returned,
    and what was not carries gaps with the reason ``interrupted``.

    Args:
        directory: a live directory or an export.
        name: what to call it in errors.
        collected_at: when the collection began.
        domain_partitions: whether to ask for accounts in the domains too.
        is_part: whether other sources may hold the organisation to which the sites belong.

    Raises:
        SourceError: it shows no configuration partition or no Exchange organisation.
    """
    asker, mapper = Asker(directory), Mapper()
    configuration, schema, others = _contexts(asker, name)
    answers, doubts = doubted(records.search_all(asker, configuration, schema))
    found = records.read_records(answers, mapper)
    # After an interrupt, what is missing proves nothing.
    if found.empty and not asker.interrupted and not (is_part and found.sites):
        _refuse_empty(answers.forest[QueryTopic.ORGANIZATION], name)
    top = f"CN=Microsoft Exchange,CN=Services,{configuration}"
    standings = Survey(answers, found, frozenset(mapper.lost), top).standings()
    accounts: tuple[Principal, ...] = ()
    # Last, because the names to ask for follow from the arrays, servers and URLs that were found.
    if domain_partitions:
        accounts, standings[principals.SECTION] = principals.collect_principals(
            asker, mapper, configuration, others, found, standings
        )
    gaps = {*mapper.gaps, *doubts, *(gap for each in standings.values() for gap in each.gaps)}
    gaps.update(gap for topic in _BESIDE for gap in answers.forest[topic].gaps)
    return Snapshot(
        tool_version=__version__,
        collected_at=collected_at,
        sections=tuple(_section(each, standings[each], asker) for each in standings),
        gaps=tuple(gaps),
        principals=accounts,
        **found.by_name(),
    )


def _contexts(asker: Asker, name: str) -> tuple[str, str, tuple[str, ...]]:
    """Return the names of the configuration and the schema partition, and of those beside them."""
    answer = asker.ask(queries.ROOT)
    # Before the first answer there is nothing worth keeping.
    if asker.interrupted:
        raise KeyboardInterrupt
    attributes = answer.entries[0].attributes if answer.entries else {}
    # Asked for and never built from a domain's name: a child domain shares the partition of the
    # forest's root.
    own = [_texts(attributes, each)[:1] for each in queries.ROOT_ATTRIBUTES]
    if not all(own):
        why = "; ".join(gap.detail for gap in answer.gaps) or "the rootDSE names none"
        raise SourceError(
            name,
            f"no configuration partition: {why}",
            "only a domain controller of Active Directory has one; or export with ldifde there",
        )
    (configuration,), (schema,) = own
    known = {norm_dn(configuration), norm_dn(schema)}
    held = filter(None, _texts(attributes, queries.NAMING_CONTEXTS))
    return configuration, schema, tuple(each for each in held if norm_dn(each) not in known)


def _texts(attributes: Mapping[str, tuple[bytes, ...]], name: str) -> list[str]:
    return [value.decode("utf-8", "replace") for value in attributes.get(name.lower(), ())]


def _refuse_empty(organization: SearchResult, name: str) -> None:
    """Refuse a source that shows nothing of Exchange, in words that tell why."""
    failed = [each for each in organization.gaps if each.reason is not Reason.DENIED_OR_ABSENT]
    if failed:
        refused = failed[0].reason is Reason.REFUSED
        hint = "give --user, or --auth kerberos with a ticket" if refused else ""
        raise SourceError(name, f"nothing of Exchange could be read: {failed[0].detail}", hint)
    raise SourceError(
        name,
        "shows no Exchange organisation",
        "ask with an account that may read CN=Microsoft Exchange,CN=Services of the "
        "configuration partition; where Exchange was never installed there is nothing to audit",
    )


def _section(name: SectionName, standing: Standing, asker: Asker) -> Section:
    return Section(
        name=name,
        status=standing.status,
        asked=asker.asked[name],
        answered=asker.answered[name],
    )
