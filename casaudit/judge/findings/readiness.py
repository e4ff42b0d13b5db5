"""Whether an organisation may set out for a newer Exchange, and what stands in the way."""

from dataclasses import dataclass
from enum import StrEnum

from casaudit.judge.findings.finding import RuleInfo, Subject


class Readiness(StrEnum):
    """Whether an organisation may set out for a migration target."""

    READY = "ready"
    WARNINGS = "ready with warnings"
    NOT_READY = "not ready"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the road to the target: what to do, and what to know about it."""

    action: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Blocker:
    """A cause that has to go before the road is free.

    Attributes:
        cause: id of the cause.
        stage: where in the order of remediation it belongs, for people.
        opens: ids of the rules whose blockers wait for it; empty when it blocks by itself.
    """

    cause: str
    stage: str
    opens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """Verdicts of one rule that could not be given, for one reason.

    Attributes:
        decides: whether the readiness rests on them.
    """

    rule: RuleInfo
    reason: str
    subjects: tuple[Subject, ...]
    decides: bool


@dataclass(frozen=True, slots=True)
class Migration:
    """Whether the organisation is ready for a target, the road there, and what stands in the way.

    Attributes:
        because: the verdict's reason, one sentence.
        road: the steps that the target really needs, from what is installed now; empty when there
            is none, or when it cannot be told.
        warnings: what to know of the target itself.
        blockers: in the order of removal.
        others: ids of the causes that remain, worst first.
        missing: those that decide first.
    """

    target: str | None
    verdict: Readiness
    because: str
    road: tuple[Step, ...] = ()
    warnings: tuple[str, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    others: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
