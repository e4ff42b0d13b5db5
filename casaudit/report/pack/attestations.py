"""Results of tests by hand, read back from a sample that was filled in.

Excel saves a table with the separator of its country, and not always as UTF-8; both are taken.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from casaudit.errors import UsageError
from casaudit.findings import Assessment, Finding, Value
from casaudit.report.pack.sample import TO_FILL_IN
from casaudit.report.tables import CellForm, DataTable, Row, TableColumn, by_name, stored
from casaudit.report.tables.verdicts import SUBJECT, picked

_TO_FILL_IN = tuple(column.name for column in TO_FILL_IN)
_NEEDED = ("fingerprint", "rule_id", "verdict", "object_kind", "object", "site", *_TO_FILL_IN)
_RESULTS = ("agrees", "differs", "not tested")


@dataclass(frozen=True, slots=True)
class Attestation:
    """One line of a sample that somebody filled in; ``cells`` by column."""

    fingerprint: str
    cells: dict[str, str]


def read_attestations(data: bytes, name: str) -> tuple[Attestation, ...]:
    """Read a sample that was filled in; lines without a result are left out.

    Raises:
        UsageError: a column is missing, or a result is none of the three.
    """
    rows = list(_rows(data, name))
    missing = [column for column in _NEEDED if rows and column not in rows[0]]
    if missing or not rows:
        raise UsageError(
            name,
            f"lacks the column {missing[0]}" if missing else "holds no line",
            "fill in sample.csv of a pack and leave its other columns as they are",
        )
    return tuple(_filled_in(rows, name))


def is_filled_in(data: bytes) -> bool:
    """Tell whether a sample holds anything that somebody wrote; one that cannot be read may."""
    try:
        return any(row.get(column) for row in _rows(data, "") for column in _TO_FILL_IN)
    except UsageError:
        # Rather keep what cannot be read than write over the work of somebody.
        return True


def _filled_in(rows: Iterable[dict[str, str]], name: str) -> Iterator[Attestation]:
    # Line 1 is the header.
    for number, row in enumerate(rows, start=2):
        result = row["result"].strip().lower()
        if not result:
            continue
        if result not in _RESULTS:
            raise UsageError(
                f"{name}:{number}",
                f"the result is {row['result']!r}",
                f"write one of: {', '.join(_RESULTS)}",
            )
        cells = {column: _plain(row[column]) for column in _NEEDED}
        yield Attestation(cells["fingerprint"], cells | {"result": result})


def _rows(data: bytes, name: str) -> Iterator[dict[str, str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Excel of Western Europe saves CSV in the ANSI code page unless "CSV UTF-8" is chosen.
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    # Excel takes the list separator of the country: a semicolon where the comma is decimal.
    separator = max(",;\t", key=first.count)
    try:
        for row in csv.DictReader(io.StringIO(text, newline=""), delimiter=separator):
            # DictReader puts surplus cells under None, and gives None for cells that a line lacks.
            yield {column: row[column] or "" for column in row if isinstance(column, str)}
    except csv.Error as error:
        raise UsageError(name, f"cannot be read as CSV: {error}") from None


def _plain(text: str) -> str:
    """Take the mark away again that kept a cell from being a formula."""
    # report.csv puts it before whatever a spreadsheet could take for a formula.
    return text.strip().removeprefix("'")


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
    return DataTable("attestations", "a verdict that was tested by hand", _COLUMNS, items)


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
