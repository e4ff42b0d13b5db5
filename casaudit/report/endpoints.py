"""What each database points its clients at, and whether that is right."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from enum import StrEnum

from casaudit.findings import Assessment, RuleInfo, Value, Verdict
from casaudit.i18n.languages import marked
from casaudit.report.phrases import Phrases, phrases_of

Row = Mapping[str, Value]

_UNJUDGED = marked("no rule judged it")


class EndpointState(StrEnum):
    """How a database's endpoint is shown, worst first."""

    WRONG = "wrong"
    UNKNOWN = "unknown"
    SERVER = "server"
    RIGHT = "right"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class DatabaseEndpoint:
    """One database and its endpoint.

    Attributes:
        site: home site of the database; ``None`` when it is not known.
        target: key of the endpoint: its objectGUID, else its name; ``None`` without endpoint.
        target_name: the endpoint as the shell shows it.
        target_site: site of the endpoint, when that is an object with a site.
        kind: array, client_access_server, other_server, unknown or none; ``None`` if not seen.
        rule: id of the rule that failed, for a wrong endpoint.
        note: the state in a few words.
    """

    id: str
    database: str
    site: str | None
    target: str | None
    target_name: str
    target_site: str | None
    kind: str | None
    state: EndpointState
    rule: str | None
    note: str


@dataclass(frozen=True, slots=True)
class EndpointGroup:
    """Databases of one site with the same endpoint in the same state."""

    site: str | None
    target_name: str
    target_site: str | None
    kind: str | None
    state: EndpointState
    note: str
    databases: tuple[str, ...]


def endpoint_groups(found: Iterable[DatabaseEndpoint]) -> tuple[EndpointGroup, ...]:
    """Put databases alike together, the worst first."""
    alike: dict[tuple[str | None, ...], list[DatabaseEndpoint]] = {}
    for each in found:
        alike.setdefault((each.site, each.target, each.state, each.note), []).append(each)
    order = list(EndpointState)
    return tuple(
        EndpointGroup(
            site=first.site,
            target_name=first.target_name,
            target_site=first.target_site,
            kind=first.kind,
            state=first.state,
            note=first.note,
            databases=tuple(each.database for each in members),
        )
        for members in sorted(
            alike.values(), key=lambda m: (order.index(m[0].state), m[0].site or "")
        )
        for first in members[:1]
    )


def database_endpoints(
    assessment: Assessment, rows: Iterable[Row] | None = None
) -> tuple[DatabaseEndpoint, ...]:
    """Return what every database points at, by site and name; ``rows`` where they were read.

    Of the shipped rules with the key ``endpoint`` exactly one fails for a database with a wrong
    endpoint; where a pack adds more, the first by its id counts. Without a verdict of one of them
    an endpoint is neither wrong nor right: the profile may not hold them, or one may not apply.
    """
    if rows is None:
        rows = assessment.inventory["v_databases"]
    failed: dict[str, RuleInfo] = {}
    given: dict[str, set[Verdict]] = {}
    for finding in assessment.findings:
        if finding.rule.purpose.endpoint:
            given.setdefault(finding.subject.id, set()).add(finding.verdict)
            if finding.verdict is Verdict.FAIL:
                failed.setdefault(finding.subject.id, finding.rule)
    phrases = phrases_of(assessment)
    found = [
        _endpoint(row, failed.get(str(row["id"])), given.get(str(row["id"]), set()), phrases)
        for row in rows
    ]
    return tuple(sorted(found, key=lambda each: (each.site or "", each.database, each.id)))


def _endpoint(
    row: Row, failed: RuleInfo | None, given: Set[Verdict], phrases: Phrases
) -> DatabaseEndpoint:
    state, note = _state(row, failed, given)
    return DatabaseEndpoint(
        id=str(row["id"]),
        database=str(row["name"]),
        site=_text(row["home_site"]),
        # An endpoint that is no object of the directory still has to be drawn, and as one.
        target=_text(row["endpoint_id"]) or _text(row["endpoint_dns_name"]),
        target_name=_text(row["rpc_client_access_server"]) or "",
        target_site=_text(row["endpoint_site"]),
        kind=_text(row["endpoint_kind"]),
        state=state,
        rule=failed.id if failed and state is EndpointState.WRONG else None,
        note=phrases.say(note),
    )


def _state(row: Row, failed: RuleInfo | None, given: Set[Verdict]) -> tuple[EndpointState, str]:
    """The state of a database's endpoint, and what to say of it."""
    # False and not falsy: a database of which it is not known goes on to be told as such.
    if row["in_scope"] is False:
        if row["is_recovery"]:
            # Outlook and OWA open no recovery database, so its endpoint means nothing.
            return EndpointState.OUTSIDE, marked("recovery database")
        if row["is_public_folder"]:
            # Clients reach public folders at the Mailbox server itself.
            return EndpointState.OUTSIDE, marked("public folders")
        if row["is_public_folder_pin"]:
            return EndpointState.OUTSIDE, marked("public folder access")
        return EndpointState.OUTSIDE, marked("not on Exchange 2010")
    # A waived failure is one too: a waiver changes no verdict.
    if failed and failed.purpose.endpoint:
        return EndpointState.WRONG, failed.purpose.endpoint.short
    if not given - {Verdict.NOT_APPLICABLE}:
        return EndpointState.OUTSIDE, _UNJUDGED
    kind, arrays = row["endpoint_kind"], row["site_array_count"]
    needed = [kind, row["in_scope"], row["home_site"]]
    # A server's name is right only where no array could be used: that takes the number of arrays.
    if (
        Verdict.NOT_EVALUATED in given
        or None in needed
        or (kind == "client_access_server" and arrays is None)
    ):
        return EndpointState.UNKNOWN, marked("not known")
    at_home = row["endpoint_site_id"] == row["home_site_id"]
    if kind == "array" and at_home:
        return EndpointState.RIGHT, marked("at the site's array")
    if kind == "client_access_server" and at_home and arrays != 1:
        # With two arrays in a site nobody can say yet which of them is right.
        several, none = marked("at a server; several arrays"), marked("at a server; no array here")
        return EndpointState.SERVER, several if arrays else none
    return EndpointState.OUTSIDE, _UNJUDGED


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
