"""What each database points its clients at, and whether that is right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from casaudit.findings import Assessment, Value, Verdict
from casaudit.i18n.languages import marked
from casaudit.report.phrases import Speech, speech_of

Row = Mapping[str, Value]

REASONS = {
    "CAS-DB-001": marked("at a server, not the array"),
    "CAS-DB-002": marked("at another site's array"),
    "CAS-DB-003": marked("at an unknown name"),
    "CAS-DB-004": marked("at a server that cannot serve it"),
    "CAS-DB-005": marked("no endpoint at all"),
    "CAS-DB-007": marked("at another site's server"),
}
"""The rules of which exactly one fails for a database with a wrong endpoint."""


class State(StrEnum):
    """How a pointer is shown, worst first."""

    WRONG = "wrong"
    UNKNOWN = "unknown"
    SERVER = "server"
    RIGHT = "right"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Pointer:
    """One database and its endpoint.

    Attributes:
        site: home site of the database; ``None`` when it is not known.
        target: key of the endpoint: its objectGUID, else its name; ``None`` without endpoint.
        target_name: the endpoint as the shell shows it.
        target_site: site of the endpoint, when that is an object with a site.
        kind: array, client_access_server, other_server, unknown or none; ``None`` if not seen.
        rule: the rule that failed, for a wrong pointer.
        note: the state in a few words.
    """

    id: str
    database: str
    site: str | None
    target: str | None
    target_name: str
    target_site: str | None
    kind: str | None
    state: State
    rule: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Group:
    """Databases of one site with the same endpoint in the same state."""

    site: str | None
    target_name: str
    target_site: str | None
    kind: str | None
    state: State
    note: str
    databases: tuple[str, ...]


def groups(found: Iterable[Pointer]) -> tuple[Group, ...]:
    """Put databases alike together, the worst first."""
    alike: dict[tuple[str | None, ...], list[Pointer]] = {}
    for each in found:
        alike.setdefault((each.site, each.target, each.state, each.note), []).append(each)
    order = list(State)
    return tuple(
        Group(
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


def pointers(assessment: Assessment, rows: Iterable[Row] | None = None) -> tuple[Pointer, ...]:
    """Return what every database points at, by site and name; ``rows`` where they were read."""
    if rows is None:
        rows = assessment.inventory["v_databases"]
    failed: dict[str, str] = {}
    unseen: set[str] = set()
    for finding in assessment.findings:
        if finding.rule.id in REASONS and finding.verdict is Verdict.FAIL:
            failed.setdefault(finding.subject.id, finding.rule.id)
        elif finding.rule.id in REASONS and finding.verdict is Verdict.NOT_EVALUATED:
            unseen.add(finding.subject.id)
    speech = speech_of(assessment)
    found = [
        _pointer(row, failed.get(str(row["id"])), str(row["id"]) in unseen, speech) for row in rows
    ]
    return tuple(sorted(found, key=lambda each: (each.site or "", each.database, each.id)))


def _pointer(row: Row, failed: str | None, unseen: bool, speech: Speech) -> Pointer:
    state, note = _state(row, failed, unseen)
    kind = _text(row["endpoint_kind"])
    return Pointer(
        id=str(row["id"]),
        database=str(row["name"]),
        site=_text(row["home_site"]),
        target=_text(row["endpoint_id"]) or _text(row["endpoint_dns_name"]),
        target_name=_text(row["rpc_client_access_server"]) or "",
        target_site=_text(row["endpoint_site"]),
        kind=kind,
        state=state,
        rule=failed if state is State.WRONG else None,
        note=speech.say(note),
    )


def _state(row: Row, failed: str | None, unseen: bool) -> tuple[State, str]:
    if row["in_scope"] is False:
        return State.OUTSIDE, _outside(row)
    if failed is not None:
        return State.WRONG, REASONS[failed]
    kind, arrays = row["endpoint_kind"], row["site_array_count"]
    needed = [kind, row["in_scope"], row["home_site"]]
    if unseen or None in needed or (kind == "client_access_server" and arrays is None):
        return State.UNKNOWN, marked("not known")
    at_home = row["endpoint_site_id"] == row["home_site_id"]
    if kind == "array" and at_home:
        return State.RIGHT, marked("at the site's array")
    if kind == "client_access_server" and at_home and arrays != 1:
        several, none = marked("at a server; several arrays"), marked("at a server; no array here")
        return State.SERVER, several if arrays else none
    return State.WRONG, marked("not at the site's array")


def _outside(row: Row) -> str:
    if row["is_recovery"]:
        return marked("recovery database")
    return marked("public folders") if row["is_public_folder"] else marked("not on Exchange 2010")


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
