"""A sample of verdicts for testing by hand: drawn by a seed, so that anyone draws the same.

The strata are the pairs of severity and verdict. Each verdict gets a number, SHA-256 of the seed,
a line feed and its fingerprint. In a stratum the lowest number of each site comes first, then the
second lowest of each site, and so on.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casaudit.findings import Assessment, Finding, Severity, Verdict
from casaudit.i18n.languages import marked
from casaudit.report.tables import CellForm, DataTable, TableColumn, named_values
from casaudit.report.tables.verdicts import SUBJECT, picked

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


@dataclass(frozen=True, slots=True)
class SampledFinding:
    """One verdict of the sample; ``stratum_size`` counts the verdicts that it was drawn from."""

    number: int
    stratum_size: int
    finding: Finding


TO_FILL_IN: tuple[TableColumn[SampledFinding], ...] = tuple(
    TableColumn(name, form, meaning, lambda _: None, is_to_fill_in=True)
    for name, form, meaning in (
        ("tester", CellForm.TEXT, "to fill in: who tested"),
        ("tested_on", CellForm.DAY, "to fill in: when"),
        ("procedure", CellForm.TEXT, "to fill in: how, with which tool and which account"),
        ("result", CellForm.TEXT, "to fill in: agrees, differs or not tested"),
        ("remarks", CellForm.TEXT, "to fill in"),
        ("work_paper", CellForm.TEXT, "to fill in: reference to the work paper"),
    )
)
"""Cells that stay empty for whoever tests; ``attestations`` reads them back."""

_COLUMNS: tuple[TableColumn[SampledFinding], ...] = (
    TableColumn("number", CellForm.NUMBER, "place in the sample", lambda s: s.number),
    TableColumn("stratum", CellForm.TEXT, "severity and verdict",
                lambda s: f"{s.finding.severity.value} {s.finding.verdict.value}"),
    TableColumn("stratum_size", CellForm.NUMBER, "verdicts in that stratum",
                lambda s: s.stratum_size),
    *(column.of(lambda s: s.finding) for column in picked("rule_id", "title", "requirement",
                                                          "verdict", "severity")),
    *(column.of(lambda s: s.finding.subject) for column in SUBJECT),
    TableColumn("statement", CellForm.TEXT,
                "what to test: the message or the reason of the verdict, else the requirement",
                lambda s: s.finding.message or s.finding.reason or s.finding.heading),
    TableColumn("evidence", CellForm.TEXT, "values that the verdict rests on, as name=value",
                lambda s: named_values(s.finding.evidence)),
    TableColumn("fingerprint", CellForm.TEXT, "identity of rule and object; leave as it is",
                lambda s: s.finding.fingerprint),
    *TO_FILL_IN,
)  # fmt: skip


def sample_table(assessment: Assessment, sampling: Sampling) -> DataTable[SampledFinding]:
    """Draw the sample and return its table, with empty cells to fill in."""
    strata = _strata(assessment, sampling.seed_for(assessment))
    shares = _shares({stratum: len(found) for stratum, found in strata.items()}, sampling.size)
    drawn = [(each, finding) for each in strata for finding in strata[each][: shares[each]]]
    items = [
        SampledFinding(number, len(strata[stratum]), finding)
        for number, (stratum, finding) in enumerate(drawn, start=1)
    ]
    return DataTable("sample", marked("a verdict to test by hand"), _COLUMNS, items)


def _strata(assessment: Assessment, seed: str) -> dict[_Stratum, list[Finding]]:
    found: dict[_Stratum, list[Finding]] = {stratum: [] for stratum in _STRATA}
    for finding in assessment.findings:
        # What is said of the collection itself cannot be tested on any object.
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
    # Published in README.txt, so that an auditor draws the same sample with other tools.
    text = f"{seed}\n{finding.fingerprint}"
    # A seed from the command line may hold bytes that are no UTF-8; they count as well.
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _shares(sizes: dict[_Stratum, int], wanted: int) -> dict[_Stratum, int]:
    """Give each stratum one place, worst first, and the rest by size, largest remainders first."""
    # Where there are more strata than places the worst ones get them: sizes come worst first.
    wanted = min(wanted, sum(sizes.values()))
    shares = {stratum: int(number < wanted) for number, stratum in enumerate(sizes)}
    places = wanted - sum(shares.values())
    left = {stratum: size - shares[stratum] for stratum, size in sizes.items()}
    total = sum(left.values())
    if not places or not total:
        return shares
    for stratum, size in left.items():
        shares[stratum] += places * size // total
    # Whole numbers, so that no rounding of floats decides; on a tie the worse stratum stays first.
    by_remainder = sorted(left, key=lambda each: -(places * left[each] % total))
    for stratum in by_remainder[: wanted - sum(shares.values())]:
        shares[stratum] += 1
    return shares
