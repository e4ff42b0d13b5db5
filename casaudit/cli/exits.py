"""Exit codes: one enumeration, so that scripts and people can rely on them."""

from collections.abc import Iterable, Sequence
from enum import IntEnum

from casaudit.findings import Assessment, Counts, Severity
from casaudit.snapshot import Gap, Section, Status, is_incomplete


class ExitCode(IntEnum):
    """What casaudit's exit code says."""

    OK = 0
    """All that was asked for was seen, and no failure at or above ``--fail-on`` is open."""
    FAILED = 1
    """At least one failure at or above ``--fail-on`` that is not waived."""
    USAGE = 2
    """Wrong usage, or a rule, waiver or settings file that is not valid."""
    INCOMPLETE = 3
    """No such failure, but evidence that was asked for is incomplete, or a rule failed."""
    NO_AUDIT = 4
    """Nothing could be audited: no directory, no server and no database, an unreadable snapshot.

    Of ``notify``: somebody did not get the message.
    """
    BUG = 5
    """A bug in casaudit."""
    INTERRUPTED = 130
    """Interrupted; a valid partial snapshot was written first, or nothing if it was too early."""


def of_coverage(sections: Sequence[Section], gaps: Iterable[Gap], *, strict: bool) -> ExitCode:
    """Return ``INCOMPLETE`` when evidence lacks; ``strict`` counts what nobody asked for too."""
    unasked = strict and any(each.status is Status.NOT_COLLECTED for each in sections)
    return ExitCode.INCOMPLETE if unasked or is_incomplete(sections, gaps) else ExitCode.OK


def of_assessment(
    assessment: Assessment, fail_on: Severity | None, *, strict: bool, standing: bool = False
) -> ExitCode:
    """Return the exit code of a judgement; a failure wins over incomplete evidence.

    Failures about the collection itself are no failures of the organisation: what they say is
    that the evidence is not what it should be.

    Args:
        assessment: the judgement.
        fail_on: the mildest severity that counts; ``None`` counts none. Info never counts.
        strict: whether evidence that was never asked for counts as incomplete.
        standing: whether standing notices count as failures.
    """
    if not assessment.is_auditable:
        return ExitCode.NO_AUDIT
    counted = assessment.tally
    if _reaches(counted.organization, fail_on) or (
        standing and _reaches(counted.standing, fail_on)
    ):
        return ExitCode.FAILED
    if assessment.problems or _reaches(counted.collection, fail_on):
        return ExitCode.INCOMPLETE
    return of_coverage(assessment.coverage, assessment.gaps, strict=strict)


def _reaches(counts: Counts, fail_on: Severity | None) -> bool:
    severe = (s for s in Severity if fail_on and s.rank <= fail_on.rank and s is not Severity.INFO)
    return any(counts.open[severity] for severity in severe)
