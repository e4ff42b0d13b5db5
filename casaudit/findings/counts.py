"""Verdicts counted: those of the organisation, standing notices, and those about the evidence.

What is said of the collection itself (a section that was not seen, a rule that could not be run)
is no object of the organisation: with it among the counts an audit of nothing looked nearly fine.
A standing notice (Exchange 2010 is out of support) is true of every organisation that is audited:
with it among the counts none could ever be fine, and no exit code told one from another.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from casaudit.findings.finding import Finding, Severity, Verdict
from casaudit.findings.verdicts import Verdicts, with_verdict

COLLECTION = "collection"
"""The kind of a subject that is no object of the organisation."""


class Part(Enum):
    """What a verdict counts for; only the first makes the answer, the shares and the exit code."""

    ORGANIZATION = auto()
    STANDING = auto()
    COLLECTION = auto()


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
    """Verdicts on objects of the organisation, standing notices, and those about the collection."""

    organization: Counts
    standing: Counts
    collection: Counts

    @property
    def every(self) -> Counts:
        """All of them."""
        every = Counts()
        for part in (self.organization, self.standing, self.collection):
            every.verdicts.update(part.verdicts)
            every.failed.update(part.failed)
            every.open.update(part.open)
        return every


def is_about_collection(finding: Finding) -> bool:
    """Tell whether a verdict is about the evidence, and not about an object that it shows."""
    return finding.subject.kind == COLLECTION


def counts_for(finding: Finding) -> Part:
    """Tell what a verdict counts for."""
    if is_about_collection(finding):
        return Part.COLLECTION
    # Failures only: what could not be judged of a standing rule is missing like anything else.
    is_notice = finding.rule.purpose.standing and finding.verdict is Verdict.FAIL
    return Part.STANDING if is_notice else Part.ORGANIZATION


def is_of_answer(finding: Finding) -> bool:
    """Tell whether a verdict is part of the answer, its shares and the exit code."""
    return counts_for(finding) is Part.ORGANIZATION


def is_standing(finding: Finding) -> bool:
    """Tell whether a failure is a standing notice."""
    return counts_for(finding) is Part.STANDING


def tally(findings: Sequence[Finding]) -> VerdictTally:
    """Count verdicts, failures by severity; no finding is made only to be counted."""
    if isinstance(findings, Verdicts):
        by_kind = findings.by_kind()
    else:
        by_kind = Counter((each.subject.kind, each.verdict) for each in findings)
    parts = {part: Counts() for part in Part}
    for (kind, verdict), number in by_kind.items():
        if verdict is not Verdict.FAIL:
            part = Part.COLLECTION if kind == COLLECTION else Part.ORGANIZATION
            parts[part].verdicts[verdict] += number
    for each in with_verdict(findings, Verdict.FAIL):
        counts = parts[counts_for(each)]
        counts.verdicts[Verdict.FAIL] += 1
        counts.failed[each.severity] += 1
        # Only where it counts: the keys tell which severities are open.
        if each.waiver is None:
            counts.open[each.severity] += 1
    return VerdictTally(parts[Part.ORGANIZATION], parts[Part.STANDING], parts[Part.COLLECTION])
