"""Why a finding changed: the older judgement is turned into the newer one, one cause at a time.

Rules, reference time and evidence can all differ between two runs. Judging again with one of them
exchanged at a time tells which of them turned a verdict.
"""

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
# A certificate is known from the endpoints that present it: it is gone when all were asked.
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


class FindingState(Enum):
    """What a change is about; an object that is surely not there is as good as one that passes."""

    FAILS = auto()
    FINE = auto()
    UNSEEN = auto()


class Side:
    """The evidence of one snapshot, as far as it tells that something is not there."""

    def __init__(self, findings: Iterable[Finding], coverage: Iterable[Section]) -> None:
        seen = {each.name for each in coverage if each.status is Status.COMPLETE}
        # Not those that failed: one that an older document does not list was not seen either.
        self._incomplete = frozenset(SectionName) - seen
        self._blind = {
            finding.rule.id
            for finding in findings
            if finding.verdict is Verdict.NOT_EVALUATED and finding.subject.kind == "collection"
        }

    def may_hide(self, finding: Finding) -> bool:
        """Tell whether an object that another side shows may be there unseen on this one."""
        home = _HOMES.get(finding.subject.kind)
        # A kind without a home, such as a part of the collection, is never hidden.
        return finding.rule.id in self._blind or home in self._incomplete


@dataclass(frozen=True, slots=True)
class Observation:
    """A finding as one judgement of one side shows it; ``None`` where the object is not there."""

    finding: Finding | None
    side: Side

    def state(self, other: Finding) -> FindingState:
        """Return the state; ``other`` is the same finding where it is there."""
        # An object that is not listed is gone only where all of its kind were seen.
        if self.finding is None:
            return FindingState.UNSEEN if self.side.may_hide(other) else FindingState.FINE
        if self.finding.verdict is Verdict.FAIL:
            return FindingState.FAILS
        unseen = self.finding.verdict is Verdict.NOT_EVALUATED
        return FindingState.UNSEEN if unseen else FindingState.FINE


@dataclass(frozen=True, slots=True)
class JudgementStep:
    """Two observations with one thing exchanged between; ``note`` names it where values do not."""

    cause: ChangeCause
    first: Observation
    last: Observation
    note: str = ""


Attribution = Callable[[Key, Finding | None, Finding | None], list[JudgementStep]]
"""Gives the steps from the older finding that is given to the newer one."""


def index(findings: Collection[Finding]) -> Index:
    """Return findings by the ids of rule and object."""
    return {(finding.rule.id, finding.subject.id): finding for finding in findings}


def attribute_by_older_snapshot(
    old: Snapshot,
    judge: Judge,
    times: tuple[datetime, datetime],
    sides: tuple[Side, Side],
    reported: ChangeCause | None,
) -> Attribution:
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
    # Where nothing was reported then, the older verdicts are by the present rules already.
    by_rules = judge(old, times[0]) if reported else None
    by_time = judge(old, times[1])

    def attribute(key: Key, before: Finding | None, after: Finding | None) -> list[JudgementStep]:
        seen = [
            Observation(before, sides[0]),
            Observation(before if by_rules is None else by_rules.get(key), sides[0]),
            Observation(by_time.get(key), sides[0]),
            Observation(after, sides[1]),
        ]
        return [
            JudgementStep(reported or ChangeCause.RULE, seen[0], seen[1], _SETTINGS),
            JudgementStep(ChangeCause.TIME, seen[1], seen[2]),
            JudgementStep(ChangeCause.CONFIGURATION, seen[2], seen[3]),
        ]

    return attribute


def attribute_by_newer_snapshot(
    then: datetime,
    new: Snapshot,
    judge: Judge,
    sides: tuple[Side, Side],
    is_other_rule: Callable[[str], bool],
) -> Attribution:
    """Judge the newer snapshot at the older time, where the older snapshot is not at hand.

    Args:
        then: the older reference time.
        new: the newer snapshot.
        judge: judges by the present rules and settings.
        sides: the older and the newer evidence.
        is_other_rule: tells whether the rule of an id is not what it was.
    """
    early = judge(new, then)

    def attribute(key: Key, before: Finding | None, after: Finding | None) -> list[JudgementStep]:
        # Without the older evidence rules and organisation cannot be exchanged one at a time: where
        # both may have changed, it is the rule that surely did.
        first = ChangeCause.RULE if is_other_rule(key[0]) else ChangeCause.CONFIGURATION
        seen = [
            Observation(before, sides[0]),
            Observation(early.get(key), sides[1]),
            Observation(after, sides[1]),
        ]
        return [
            JudgementStep(first, seen[0], seen[1]),
            JudgementStep(ChangeCause.TIME, seen[1], seen[2]),
        ]

    return attribute
