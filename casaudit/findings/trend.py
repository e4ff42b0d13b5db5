"""One organisation over time: a point for each snapshot, all judged by the same rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from casaudit.findings.finding import Severity, Verdict


@dataclass(frozen=True, slots=True)
class Point:
    """One snapshot, judged by the present rules at its own time; counts are of the organisation.

    Attributes:
        name: its file.
        open: failures that are not waived, by severity.
        failures: all failures, waived ones too.
        standing: standing notices, which are none of these.
        came: failures that the point before did not have; ``went`` those that only it had.
        incomplete: kinds of evidence that were asked for and not seen in full, with their status.
        reported: failures that the run then reported, by its rules; ``None`` if not at hand.
        notes: what makes it hard to compare with the point before: rules, coverage.
    """

    name: str
    snapshot_sha256: str
    collected_at: datetime
    open: Mapping[Severity, int]
    failures: int
    standing: int
    verdicts: Mapping[Verdict, int]
    came: int
    went: int
    incomplete: Mapping[str, str]
    reported: int | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """The points of an organisation, the oldest first, and the rules that judged them all."""

    organization: str
    profile: str
    rules_sha256: str
    points: tuple[Point, ...]
