"""What could not be seen, as a section of the page."""

from collections import Counter
from typing import Any

from casaudit.findings import Assessment, Verdict
from casaudit.report.labels import STATUSES
from casaudit.report.phrases import phrases_of
from casaudit.report.unseen import (
    by_reason,
    coverage,
    coverage_sentences,
    gap_texts,
    nothing_sentences,
)


def coverage_context(assessment: Assessment) -> dict[str, Any]:
    """Return the section of what could not be seen: kinds of evidence, gaps, verdicts."""
    seen = coverage(assessment)
    order = list(STATUSES)
    return {
        "coverage": seen,
        "coverage_by_status": sorted(seen, key=lambda each: order.index(each.status)),
        "coverage_counts": Counter(each.status for each in seen),
        "nothing": nothing_sentences(assessment),
        "unseen": coverage_sentences(seen, phrases_of(assessment)),
        "missed": gap_texts(assessment),
        "not_evaluated": by_reason(assessment.findings, Verdict.NOT_EVALUATED),
        "not_applicable": by_reason(assessment.findings, Verdict.NOT_APPLICABLE),
    }
