"""The way of a finding from the older judgement to the newer one, one cause a stage."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from casaudit.findings import ChangeCause, Finding, Verdict
from casaudit.i18n.languages import marked
from casaudit.snapshot import Section, SectionName, Snapshot, Status

Key = tuple[str, str]
"""Ids of rule and object."""
Index = Mapping[Key, Finding]
Judge = Callable[[Snapshot, datetime], Index]
"""Judges evidence at a time by the present rules and settings."""

_SETTINGS = marked("the settings are other ones")
_HOMES = {
    "organization": SectionName.ORGANIZATION,
    "site": SectionName.SITES,
    "server": SectionName.SERVERS,
    "array": SectionName.ARRAYS,
    "database": SectionName.DATABASES,
    "availability_group": SectionName.AVAILABILITY_GROUPS,
    "virtual_directory": SectionName.VIRTUAL_DIRECTORIES,
    "service_connection_point": SectionName.SERVICE_CONNECTION_POINTS,
    "dns_name": SectionName.DNS_INTERNAL,
    "tls_endpoint": SectionName.TLS,
    "certificate": SectionName.TLS,
}
"""Kind of object: the section without which it cannot be said to be gone."""


class State(Enum):
    """What a change is about; an object that is surely not there is as good as one that passes."""

    FAILS = auto()
    FINE = auto()
    UNSEEN = auto()


class Side:
    """The evidence of one snapshot, as far as it tells that something is not there."""

    def __init__(self, findings: Iterable[Finding], coverage: Iterable[Section]) -> None:
        seen = {each.name for each in coverage if each.status is Status.COMPLETE}
        self._incomplete = frozenset(SectionName) - seen
        self._blind = {
            finding.rule.id
            for finding in findings
            if finding.verdict is Verdict.NOT_EVALUATED and finding.subject.kind == "collection"
        }

    def may_hide(self, finding: Finding) -> bool:
        """Tell whether an object that another side shows may be there unseen on this one."""
        home = _HOMES.get(finding.subject.kind)
        return finding.rule.id in self._blind or home in self._incomplete


@dataclass(frozen=True, slots=True)
class Look:
    """A finding as one judgement of one side shows it; ``None`` where the object is not there."""

    finding: Finding | None
    side: Side

    def state(self, other: Finding) -> State:
        """Return the state; ``other`` is the same finding where it is there."""
        if self.finding is None:
            return State.UNSEEN if self.side.may_hide(other) else State.FINE
        if self.finding.verdict is Verdict.FAIL:
            return State.FAILS
        unseen = self.finding.verdict is Verdict.NOT_EVALUATED
        return State.UNSEEN if unseen else State.FINE


@dataclass(frozen=True, slots=True)
class Step:
    """Two looks between which one thing was changed; ``note`` says what, where values do not."""

    cause: ChangeCause
    first: Look
    last: Look
    note: str = ""


Way = Callable[[Key, Finding | None, Finding | None], list[Step]]
"""Returns the steps from the older finding that is given to the newer one."""


def index(findings: Collection[Finding]) -> Index:
    """Return findings by the ids of rule and object."""
    return {(finding.rule.id, finding.subject.id): finding for finding in findings}


def way_of_snapshot(
    old: Snapshot,
    judge: Judge,
    times: tuple[datetime, datetime],
    sides: tuple[Side, Side],
    reported: ChangeCause | None,
) -> Way:
    """Judge the older snapshot again: by the present rules, then at the present time.

    What still differs then is in the evidence.

    Args:
        old: the older snapshot.
        judge: judges by the present rules and settings.
        times: the older and the newer reference time.
        sides: the older and the newer evidence.
        reported: what differs from the judgement that was reported then: ``RULE``, or
            ``CONFIGURATION`` where it can be the settings only; ``None`` when none was reported.
    """
    by_rules = judge(old, times[0]) if reported else None
    by_time = judge(old, times[1])

    def way(key: Key, before: Finding | None, after: Finding | None) -> list[Step]:
        looks = [
            Look(before, sides[0]),
            Look(before if by_rules is None else by_rules.get(key), sides[0]),
            Look(by_time.get(key), sides[0]),
            Look(after, sides[1]),
        ]
        return [
            Step(reported or ChangeCause.RULE, looks[0], looks[1], _SETTINGS),
            Step(ChangeCause.TIME, looks[1], looks[2]),
            Step(ChangeCause.CONFIGURATION, looks[2], looks[3]),
        ]

    return way


def way_of_report(
    then: datetime,
    new: Snapshot,
    judge: Judge,
    sides: tuple[Side, Side],
    is_other_rule: Callable[[str], bool],
) -> Way:
    """Judge the newer snapshot at the older time, where the older snapshot is not at hand.

    Args:
        then: the older reference time.
        new: the newer snapshot.
        judge: judges by the present rules and settings.
        sides: the older and the newer evidence.
        is_other_rule: tells whether the rule of an id is not what it was.
    """
    early = judge(new, then)

    def way(key: Key, before: Finding | None, after: Finding | None) -> list[Step]:
        first = ChangeCause.RULE if is_other_rule(key[0]) else ChangeCause.CONFIGURATION
        looks = [Look(before, sides[0]), Look(early.get(key), sides[1]), Look(after, sides[1])]
        return [Step(first, looks[0], looks[1]), Step(ChangeCause.TIME, looks[1], looks[2])]

    return way
