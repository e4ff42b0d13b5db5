"""What changed between two judgements, each change with its one cause."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from casaudit.findings.finding import Finding


class ChangeKind(StrEnum):
    """What became of a finding."""

    NEW = "new"
    FIXED = "fixed"
    STILL_OPEN = "still open"
    CHANGED = "changed"
    """It fails as before, but its severity, evidence or waiver is another."""
    UNSEEN = "not seen any more"
    """It failed before; now it could not be judged. That is no repair."""


class ChangeCause(StrEnum):
    """Why: exactly one for each change."""

    CONFIGURATION = "configuration"
    RULE = "rule"
    COVERAGE = "coverage"
    WAIVER = "waiver"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Change:
    """One rule and object in the older and in the newer judgement.

    Attributes:
        cause: ``None`` for what is still open and unchanged.
        before: the older verdict; ``None`` where the object or the rule was not there.
        detail: what differs, one sentence.
    """

    kind: ChangeKind
    cause: ChangeCause | None
    before: Finding | None
    after: Finding | None
    detail: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """A judgement beside an older one of the same organisation.

    Attributes:
        baseline_sha256: of the older snapshot; ``baseline_rules_sha256`` of the rules then.
        changes: new ones first, then by rule and subject.
    """

    baseline_sha256: str
    baseline_rules_sha256: str
    baseline_collected_at: datetime
    baseline_as_of: datetime
    changes: tuple[Change, ...]
