"""sheets/: a page for each site and server, and one that leads to them, for large organisations."""

from casaudit.findings import COMMAND_PARTS, Assessment
from casaudit.report.html.head import brief_head
from casaudit.report.html.markup import environment
from casaudit.report.html.page import MOST_FACTS, MOST_VALUES
from casaudit.report.sheets import PARTS, sheets


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return sheets/index.html and the sheets."""
    made = environment(assessment.language)
    head = brief_head() | {
        "a": assessment,
        "parts": PARTS,
        "command_parts": COMMAND_PARTS,
        "most_facts": MOST_FACTS,
        "most_values": MOST_VALUES,
    }
    one, index = made.get_template("sheet.html.j2"), made.get_template("sheets.html.j2")
    every = tuple(sheets(assessment))
    found = {"index.html": index.render(head, sheets=every)}
    found |= {sheet.file: one.render(head, sheet=sheet) for sheet in every}
    return {f"sheets/{name}": text.encode("utf-8") for name, text in found.items()}
