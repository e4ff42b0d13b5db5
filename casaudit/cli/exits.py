"""Exit codes: one enumeration, so that scripts and people can rely on them."""

from collections.abc import Iterable
from enum import IntEnum

from casaudit.findings import Assessment, Severity
from casaudit.snapshot import Section, Status


class ExitCode(IntEnum):
    """What casaudit's exit code says."""

    OK = 0
    """All that was asked for was seen, and no failure at or above ``--fail-on`` is open."""
    FAILED = 1
    """At least one failure at or above ``--fail-on`` that is not waived."""
    USAGE = 2
    """Wrong usage, or a rule, waiver or settings file that is not valid."""
    INCOMPLETE = 3
    """No such failure, but evidence that was asked for is incomplete."""
    NO_AUDIT = 4
    """Nothing could be audited: no directory, or an unreadable snapshot."""
    BUG = 5
    """A bug in casaudit."""
    INTERRUPTED = 130
    """Interrupted; a valid partial snapshot was written first, or nothing if it was too early."""


def of_coverage(sections: Iterable[Section], *, strict: bool) -> ExitCode:
    """Return ``INCOMPLETE`` when evidence lacks; ``strict`` counts what nobody asked for too."""
    # What nobody asked for does not make a run fail: a scheduled task would be red for ever.
    missing = {Status.PARTIAL, Status.FAILED} | ({Status.NOT_COLLECTED} if strict else set())
    return ExitCode.INCOMPLETE if any(s.status in missing for s in sections) else ExitCode.OK


def of_assessment(assessment: Assessment, fail_on: Severity | None, *, strict: bool) -> ExitCode:
    """Return the exit code of a judgement; a failure wins over incomplete evidence.

    Args:
        assessment: the judgement.
        fail_on: the mildest severity that counts; ``None`` counts none. Info never counts.
        strict: whether evidence that was never asked for counts as incomplete.
    """
    if fail_on is not None and any(
        finding.severity.rank <= fail_on.rank and finding.severity is not Severity.INFO
        for finding in assessment.open_failures
    ):
        return ExitCode.FAILED
    return of_coverage(assessment.coverage, strict=strict)
