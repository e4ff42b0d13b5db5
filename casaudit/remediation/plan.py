"""The remediation plan: what to set and what to do by hand, each object once, in order."""

from dataclasses import dataclass

from casaudit.findings import (
    Cell,
    Decision,
    Finding,
    Phase,
    RuleInfo,
    Setting,
    Severity,
    Value,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """A value that the operator states before the steps that use it can run.

    Attributes:
        scope: the site or object that it is for; empty for the organisation.
        check: key of the confirmation that goes with it.
        used: names that the snapshot shows in its place, with how often, most used first.
    """

    key: str
    decision: Decision
    scope: str
    check: str | None
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One value of one object that the script sets.

    Attributes:
        findings: what it repairs; at least one.
        answer: key of the answer that gives its value.
        asks_for_resolving: whether the name in that answer has to resolve first.
        waits: keys of the confirmations without which it does not run.
    """

    number: int
    phase: Phase
    cell: Cell
    setting: Setting
    to: Value
    source: str
    resolves: str | None
    findings: tuple[Finding, ...]
    answer: str | None = None
    asks_for_resolving: bool = False
    waits: tuple[str, ...] = ()

    @property
    def site(self) -> str | None:
        """The site to which its object belongs."""
        return self.cell.subject.site


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person does, with the commands of its card for reading.

    Attributes:
        reason: why the script does not do it, or what remains to be done.
        commands: a card's text; empty where the reason says all.
        check: key of the confirmation on which later steps wait.
    """

    number: int
    phase: Phase
    rule: RuleInfo
    severity: Severity
    findings: tuple[Finding, ...]
    reason: str
    commands: str
    check: str | None = None

    @property
    def site(self) -> str | None:
        """The one site of all its objects."""
        sites = {finding.subject.site for finding in self.findings}
        return next(iter(sites)) if len(sites) == 1 else None


@dataclass(frozen=True, slots=True)
class Plan:
    """All steps in order.

    Attributes:
        id: of what the script sets; equal plans have equal ids.
        cells: every value of a setting that the plan sets, and every value of its objects.
    """

    id: str
    entries: tuple[Step | ByHand, ...]
    answers: tuple[Answer, ...]
    waived: tuple[Finding, ...]
    cells: tuple[Cell, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that the script takes."""
        return tuple(each for each in self.entries if isinstance(each, Step))

    @property
    def by_hand(self) -> tuple[ByHand, ...]:
        """The steps that a person takes."""
        return tuple(each for each in self.entries if isinstance(each, ByHand))
