"""A sample of verdicts for testing by hand: drawn by a seed, so that anyone draws the same.

The strata are the pairs of severity and verdict. Each verdict gets a number, SHA-256 of the seed,
a line feed and its fingerprint. In a stratum the lowest number of each site comes first, then the
second lowest of each site, and so on.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casaudit.findings import Assessment, Finding, Severity, Value, Verdict
from casaudit.report.csv import named_values
from casaudit.report.pack.columns import SAMPLE

TO_FILL_IN = ("tester", "tested_on", "procedure", "result", "remarks", "work_paper")

_VERDICTS = (Verdict.FAIL, Verdict.PASS, Verdict.NOT_EVALUATED, Verdict.NOT_APPLICABLE)
_STRATA = tuple((severity, verdict) for severity in Severity for verdict in _VERDICTS)
_Stratum = tuple[Severity, Verdict]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How to draw.

    Attributes:
        size: how many verdicts; fewer when there are not as many.
        seed: any text; ``None`` takes the hash of the snapshot.
    """

    size: int = 25
    seed: str | None = None

    def seed_for(self, assessment: Assessment) -> str:
        """Return the seed that is drawn by."""
        return assessment.snapshot_sha256 if self.seed is None else self.seed


def sample_rows(assessment: Assessment, sampling: Sampling) -> list[dict[str, Value]]:
    """Draw the sample and return its lines, with empty cells to fill in."""
    strata = _strata(assessment, sampling.seed_for(assessment))
    shares = _shares({stratum: len(found) for stratum, found in strata.items()}, sampling.size)
    drawn = [(each, finding) for each in strata for finding in strata[each][: shares[each]]]
    return [
        _row(number, finding, stratum, len(strata[stratum]))
        for number, (stratum, finding) in enumerate(drawn, start=1)
    ]


def _strata(assessment: Assessment, seed: str) -> dict[_Stratum, list[Finding]]:
    found: dict[_Stratum, list[Finding]] = {stratum: [] for stratum in _STRATA}
    for finding in assessment.findings:
        if finding.subject.kind != "collection":
            found[finding.severity, finding.verdict].append(finding)
    return {each: list(_across_sites(found[each], seed)) for each in _STRATA if found[each]}


def _across_sites(findings: Sequence[Finding], seed: str) -> Iterator[Finding]:
    numbered = sorted(findings, key=lambda finding: _number(finding, seed))
    at_site: Counter[str | None] = Counter()
    rounds: dict[int, list[Finding]] = defaultdict(list)
    for finding in numbered:
        rounds[at_site[finding.subject.site]].append(finding)
        at_site[finding.subject.site] += 1
    for turn in sorted(rounds):
        yield from rounds[turn]


def _number(finding: Finding, seed: str) -> str:
    text = f"{seed}\n{finding.fingerprint}"
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _shares(sizes: dict[_Stratum, int], wanted: int) -> dict[_Stratum, int]:
    """Give each stratum one place, worst first, and the rest by size, largest remainders first."""
    wanted = min(wanted, sum(sizes.values()))
    shares = {stratum: int(number < wanted) for number, stratum in enumerate(sizes)}
    places = wanted - sum(shares.values())
    left = {stratum: size - shares[stratum] for stratum, size in sizes.items()}
    total = sum(left.values())
    if not places or not total:
        return shares
    for stratum, size in left.items():
        shares[stratum] += places * size // total
    by_remainder = sorted(left, key=lambda each: -(places * left[each] % total))
    for stratum in by_remainder[: wanted - sum(shares.values())]:
        shares[stratum] += 1
    return shares


def _row(number: int, finding: Finding, stratum: _Stratum, size: int) -> dict[str, Value]:
    told: dict[str, Value] = {
        "number": number,
        "stratum": f"{stratum[0].value} {stratum[1].value}",
        "stratum_size": size,
        "rule_id": finding.rule.id,
        "title": finding.rule.title,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "object_kind": finding.subject.kind,
        "object": finding.subject.name,
        "site": finding.subject.site,
        "statement": finding.message or finding.reason or "what the title says was not found",
        "evidence": named_values(finding.evidence),
        "fingerprint": finding.fingerprint,
    }
    return dict.fromkeys(SAMPLE, "") | told
