"""Verdicts counted: those of the organisation, and apart from them those about the evidence.

What is said of the collection itself (a section that was not seen, a rule that could not be run)
is no object of the organisation: with it among the counts an audit of nothing looked nearly fine.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from casaudit.findings.finding import Finding, Severity, Verdict
from casaudit.findings.verdicts import Verdicts, with_verdict

COLLECTION = "collection"
"""The kind of a subject that is no object of the organisation."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Verdicts on one kind of subjects.

    Attributes:
        failed: failures by severity, waived ones too; ``open`` without these.
    """

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    failed: Counter[Severity] = field(default_factory=Counter)
    open: Counter[Severity] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many verdicts there are."""
        return self.verdicts.total()

    @property
    def waived(self) -> int:
        """How many failures a waiver holds for."""
        return self.failed.total() - self.open.total()

    def document(self) -> dict[str, object]:
        """Return them as findings.json has them; severities without failures are left out."""
        return {
            "fail": {s.value: self.failed[s] for s in Severity if self.failed[s]},
            "pass": self.verdicts[Verdict.PASS],
            "not_evaluated": self.verdicts[Verdict.NOT_EVALUATED],
            "not_applicable": self.verdicts[Verdict.NOT_APPLICABLE],
            "waived": self.waived,
        }


@dataclass(frozen=True, slots=True)
class VerdictTally:
    """Verdicts on objects of the organisation, and those about the collection itself."""

    organization: Counts
    collection: Counts

    @property
    def every(self) -> Counts:
        """All of them."""
        one, other = self.organization, self.collection
        return Counts(
            one.verdicts + other.verdicts, one.failed + other.failed, one.open + other.open
        )


def is_about_collection(finding: Finding) -> bool:
    """Tell whether a verdict is about the evidence, and not about an object that it shows."""
    return finding.subject.kind == COLLECTION


def tally(findings: Sequence[Finding]) -> VerdictTally:
    """Count verdicts, failures by severity; no finding is made only to be counted."""
    if isinstance(findings, Verdicts):
        by_kind = findings.by_kind()
    else:
        by_kind = Counter((each.subject.kind, each.verdict) for each in findings)
    parts = {True: Counts(), False: Counts()}
    for (kind, verdict), number in by_kind.items():
        parts[kind == COLLECTION].verdicts[verdict] += number
    for each in with_verdict(findings, Verdict.FAIL):
        counts = parts[is_about_collection(each)]
        counts.failed[each.severity] += 1
        # Only where it counts: the keys tell which severities are open.
        if each.waiver is None:
            counts.open[each.severity] += 1
    return VerdictTally(organization=parts[False], collection=parts[True])
