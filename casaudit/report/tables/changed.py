"""The table of changes: which failures are new, which are gone, and why."""

from casaudit.findings import Comparison
from casaudit.i18n.languages import marked
from casaudit.report.changes import change_rows
from casaudit.report.tables import CellForm, DataTable, Row, by_name, stored
from casaudit.report.tables.verdicts import SUBJECT, picked

TEXT = CellForm.TEXT


def change_table(comparison: Comparison) -> DataTable[Row]:
    """Return the table of what changed since a baseline; ``casaudit diff`` has the same lines."""
    columns = (
        stored("change", TEXT, "new, changed, not seen any more, fixed or still open"),
        stored("cause", TEXT,
               "configuration, rule, coverage, waiver or time; empty when nothing changed"),
        stored("rule_id", TEXT, "id of the rule"),
        *by_name(tuple(picked("title"))),
        stored("severity_before", TEXT, "severity at the time of the baseline"),
        stored("severity", TEXT, "severity now"),
        *by_name(SUBJECT),
        stored("verdict_before", TEXT,
               "verdict at the time of the baseline, by the rules of now"),
        stored("verdict", TEXT, "verdict now"),
        stored("waived", CellForm.TRUTH, "whether a waiver holds for it now"),
        stored("detail", TEXT, "what differs"),
        *by_name(tuple(picked("object_id"))),
        stored("fingerprint", TEXT, "identity of rule and object, as in findings.csv"),
    )  # fmt: skip
    about = marked("a failure then or now, and what became of it")
    return DataTable("changes", about, columns, list(change_rows(comparison.changes)))
