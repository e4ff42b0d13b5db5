"""Tables of the collection: what was asked for, what was not seen, and who answered."""

from collections import Counter
from collections.abc import Mapping

from casaudit.findings import Assessment, Value
from casaudit.i18n.languages import marked
from casaudit.report import labels
from casaudit.report.tables import CellForm, DataTable, Row, TableColumn, stored
from casaudit.snapshot import Controller, Gap, Section

TEXT, NUMBER = CellForm.TEXT, CellForm.NUMBER


def about_table(facts: Mapping[str, Value]) -> DataTable[Row]:
    """Return the table with the facts of the pack as a whole."""
    columns = (
        stored("item", TEXT, "what is told"),
        stored("value", TEXT, "as told in manifest.json"),
    )
    items: list[Row] = [{"item": item, "value": value} for item, value in facts.items()]
    return DataTable("about", marked("a fact about the pack"), columns, items)


def coverage_table(assessment: Assessment) -> DataTable[Section]:
    """Return the table with a line for every section of the snapshot."""
    number = Counter(gap.section for gap in assessment.gaps)
    columns: tuple[TableColumn[Section], ...] = (
        TableColumn("section", TEXT, "kind of evidence", lambda s: s.name.value),
        TableColumn("title", TEXT, "the same in words",
                    lambda s: labels.SECTIONS.get(s.name.value, s.name.value)),
        TableColumn("status", TEXT, "complete, partial, failed or not_collected",
                    lambda s: s.status.value),
        TableColumn("asked", NUMBER, "questions put", lambda s: s.asked),
        TableColumn("answered", NUMBER, "questions that got a usable answer",
                    lambda s: s.answered),
        TableColumn("gaps", NUMBER, "lines about it in gaps.csv", lambda s: number[s.name]),
    )  # fmt: skip
    return DataTable("coverage", marked("a kind of evidence"), columns, assessment.coverage)


GAPS: tuple[TableColumn[Gap], ...] = (
    TableColumn("section", TEXT, "kind of evidence that is poorer by it",
                lambda g: g.section.value),
    TableColumn("subject", TEXT, "what was asked", lambda g: g.subject),
    TableColumn("reason", TEXT, "why it was not seen, one of a closed list",
                lambda g: g.reason.value),
    TableColumn("meaning", TEXT, "the same in words", lambda g: labels.explained(g)[0]),
    TableColumn("detail", TEXT, "result code or first words of the failure", lambda g: g.detail),
    TableColumn("advice", TEXT, "what to do about it", lambda g: labels.explained(g)[1]),
)  # fmt: skip


def gap_table(assessment: Assessment) -> DataTable[Gap]:
    """Return the table with a line for everything that was asked for and not seen."""
    return DataTable(
        "gaps", marked("something that was asked for and not seen"), GAPS, assessment.gaps
    )


SOURCES: tuple[TableColumn[Controller], ...] = (
    TableColumn("origin", TEXT, "directory server or file, as in the other files",
                lambda c: c.origin),
    TableColumn("address", TEXT, "address that was connected to; empty for a file",
                lambda c: c.address),
    TableColumn("dns_host_name", TEXT, "what the server says of itself",
                lambda c: c.dns_host_name),
    TableColumn("bind", TEXT, "how casaudit logged in; file for a file", lambda c: c.bind),
    TableColumn("protection", TEXT, "ldaps, starttls, plaintext or file", lambda c: c.protection),
    # Where the two differ, the controller took changes while it was read.
    TableColumn("usn_start", NUMBER, "highestCommittedUSN before the first search",
                lambda c: c.usn_start),
    TableColumn("usn_end", NUMBER, "the same after the last", lambda c: c.usn_end),
    TableColumn("clock_offset_seconds", NUMBER, "its clock minus the collector's",
                lambda c: c.clock_offset_seconds),
    TableColumn("operations", TEXT, "directory operations sent, as name=count; no other was sent",
                lambda c: "; ".join(f"{n}={count}" for n, count in sorted(c.operations.items()))),
)  # fmt: skip


def source_table(assessment: Assessment) -> DataTable[Controller]:
    """Return the table with a line for every directory server and file that was read."""
    return DataTable(
        "sources", marked("a directory server or file"), SOURCES, assessment.controllers
    )
