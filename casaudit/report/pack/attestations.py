"""Results of tests by hand, read back from a sample that was filled in."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casaudit.errors import UsageError
from casaudit.findings import Assessment, Finding, Value
from casaudit.i18n.languages import marked
from casaudit.report.pack.filled_in import Line, sample_lines
from casaudit.report.pack.sample import TO_FILL_IN
from casaudit.report.tables import CellForm, DataTable, Row, TableColumn, by_name, stored
from casaudit.report.tables.verdicts import SUBJECT, picked

_TO_FILL_IN = tuple(column.name for column in TO_FILL_IN)
_NEEDED = ("fingerprint", "rule_id", "verdict", "object_kind", "object", "site", *_TO_FILL_IN)
_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
RESULTS = ("agrees", "differs", "not tested")


@dataclass(frozen=True, slots=True)
class Attestation:
    """One line of a sample that somebody filled in; ``cells`` by column."""

    fingerprint: str
    cells: dict[str, str]


def read_attestations(data: bytes, name: str) -> tuple[Attestation, ...]:
    """Read a sample that was filled in; lines without a result are left out.

    Raises:
        UsageError: it cannot be read, a column is missing, or a result is none of the three.
    """
    lines = list(sample_lines(data, name))
    missing = [column for column in _NEEDED if lines and column not in lines[0][1]]
    if missing or not lines:
        raise UsageError(
            name,
            f"lacks the column {missing[0]}" if missing else "holds no line",
            "fill in the sample of a pack, workbook or CSV, and leave its other columns alone",
        )
    return tuple(_filled_in(lines))


def is_filled_in(data: bytes) -> bool:
    """Tell whether a sample holds anything that somebody wrote; one that cannot be read may."""
    try:
        return any(row.get(column) for _, row in sample_lines(data, "") for column in _TO_FILL_IN)
    except UsageError:
        # Rather keep what cannot be read than write over the work of somebody.
        return True


def _filled_in(lines: Iterable[Line]) -> Iterator[Attestation]:
    for place, row in lines:
        result = row["result"].strip().lower()
        if not result:
            continue
        if result not in RESULTS:
            raise UsageError(
                place,
                f"the result is {row['result']!r}",
                f"write one of: {', '.join(RESULTS)}",
            )
        cells = {column: _plain(row[column]) for column in _NEEDED}
        cells |= {"result": result, "tested_on": _day(cells["tested_on"])}
        yield Attestation(cells["fingerprint"], cells)


def _plain(text: str) -> str:
    """Take the mark away again that kept a cell from being a formula."""
    # report.csv puts it before whatever a spreadsheet could take for a formula.
    return text.strip().removeprefix("'")


def _day(text: str) -> str:
    """Return a day as ISO 8601 writes it where its order is certain, else as it was written."""
    # Of 1/12/2026 nobody knows which number is the month.
    found = _GERMAN_DAY.fullmatch(text)
    return f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}" if found else text


_COLUMNS: tuple[TableColumn[Row], ...] = (
    stored("fingerprint", CellForm.TEXT, "the verdict that was tested, as in findings.csv"),
    *by_name(tuple(picked("rule_id", "verdict"))),
    *by_name(SUBJECT),
    stored("state", CellForm.TEXT, "current; other verdict, when it was another one at the test;"
           " or unknown, when this pack has no such verdict"),
    stored("tested_verdict", CellForm.TEXT, "the verdict in the sheet that was filled in"),
    *(stored(each.name, each.form, each.meaning.removeprefix("to fill in: "))
      for each in TO_FILL_IN),
)  # fmt: skip


def attestation_table(
    assessment: Assessment, attestations: Iterable[Attestation]
) -> DataTable[Row]:
    """Return the table that sets the results beside the verdicts that they are about."""
    found = {finding.fingerprint: finding for finding in assessment.findings}
    items = [_row(each, found.get(each.fingerprint)) for each in attestations]
    return DataTable("attestations", marked("a verdict that was tested by hand"), _COLUMNS, items)


def _row(attestation: Attestation, finding: Finding | None) -> dict[str, Value]:
    cells: dict[str, Value] = dict(attestation.cells)
    tested = attestation.cells["verdict"]
    if finding is None:
        return {**cells, "tested_verdict": tested, "state": "unknown"}
    same = finding.verdict.value == tested
    return {
        **cells,
        "rule_id": finding.rule.id,
        "verdict": finding.verdict.value,
        "object_kind": finding.subject.kind,
        "object": finding.subject.name,
        "site": finding.subject.site,
        "tested_verdict": tested,
        "state": "current" if same else "other verdict",
    }
