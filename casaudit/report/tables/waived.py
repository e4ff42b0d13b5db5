"""The table of the waiver file: its entries, and what became of each."""

from casaudit.findings import Assessment, Waiver, WaiverUse
from casaudit.i18n.languages import marked
from casaudit.report.tables import CellForm, DataTable, TableColumn, named_values

TEXT, NUMBER = CellForm.TEXT, CellForm.NUMBER

ACCEPTANCE: tuple[TableColumn[Waiver], ...] = (
    TableColumn("owner", TEXT, "who answers for it", lambda w: w.owner),
    TableColumn("approver", TEXT, "who approved it", lambda w: w.approver),
    TableColumn("reason", TEXT, "why it is accepted", lambda w: w.reason),
    TableColumn("ticket", TEXT, "where it is recorded", lambda w: w.ticket),
    TableColumn("until", CellForm.DAY, "last day on which it holds", lambda w: w.until.isoformat()),
)
"""Who accepted a failure and until when; these columns stand in the table of findings too."""

WAIVERS: tuple[TableColumn[WaiverUse], ...] = (
    TableColumn("rule_id", TEXT, "rule that the object may fail", lambda u: u.waiver.rule),
    TableColumn("object", TEXT, "the object, as the waiver names it", lambda u: u.waiver.object),
    *(column.of(lambda u: u.waiver) for column in ACCEPTANCE),
    TableColumn("state", TEXT, "holds, ended, void, unused or unseen", lambda u: u.state.value),
    TableColumn("because", TEXT, "why it does not hold, or when it ends", lambda u: u.because),
    TableColumn("days_left", NUMBER, "days from the reference day to the last one",
                lambda u: u.days_left),
    TableColumn("accepted", TEXT, "values that were accepted, as name=value; others make it void",
                lambda u: named_values(u.waiver.value)),
    TableColumn("fingerprint", TEXT, "the verdict that it is about, as in findings.csv",
                lambda u: u.fingerprint),
    TableColumn("line", NUMBER, "where it begins in the waiver file", lambda u: u.waiver.line),
)  # fmt: skip


def waiver_table(assessment: Assessment) -> DataTable[WaiverUse]:
    """Return the table with a line for every entry of the waiver file."""
    return DataTable("waivers", marked("an accepted failure"), WAIVERS, assessment.waivers)
