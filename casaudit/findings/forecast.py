"""What turns red by itself: failures that coming runs will find though nobody changes a thing."""

from dataclasses import dataclass
from datetime import date, datetime

from casaudit.findings.finding import Finding, Severity


@dataclass(frozen=True, slots=True)
class Turn:
    """A finding that becomes an open failure, or a worse one, as time goes by.

    Attributes:
        finding: as it will be judged then; its waiver, if it had one, has ended.
        on: the first day (UTC) on which a run at the hour of this one would find it.
        run: the first of the coming runs that will find it.
        was: the severity of the open failure that it is now; ``None`` when it is none.
        waiver_ends: whether it fails already and only its waiver comes to its end.
    """

    finding: Finding
    on: date
    run: datetime
    was: Severity | None
    waiver_ends: bool


@dataclass(frozen=True, slots=True)
class Forecast:
    """The coming runs, and what they will find by the passage of time alone, the nearest first."""

    runs: tuple[datetime, ...]
    turns: tuple[Turn, ...]
