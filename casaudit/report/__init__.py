"""The papers: each format turns an assessment into files; nothing here writes or prints."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

# For the type checker only: the findings load pydantic, which the help does not need.
if TYPE_CHECKING:
    from casaudit.findings import Assessment

Render = Callable[["Assessment"], dict[str, bytes]]


def _render(module: str, assessment: "Assessment") -> dict[str, bytes]:
    files: Render = import_module(module).files
    return files(assessment)


# Only names: a module is imported when its format is asked for, so that neither the help of the
# command line nor another format loads jinja2 or xlsxwriter.
FORMATS: dict[str, Render] = {
    name: partial(_render, module)
    for name, module in {
        "html": "casaudit.report.html.page",
        "brief": "casaudit.report.html.brief",
        "csv": "casaudit.report.csv",
        "json": "casaudit.report.json",
        "sarif": "casaudit.report.sarif",
        "junit": "casaudit.report.junit",
        "ocsf": "casaudit.report.ocsf",
        "ps1": "casaudit.remediation.script",
        "pack": "casaudit.report.pack",
        "sheets": "casaudit.report.html.sheets",
    }.items()
}
"""Format name to the function that gives file names and their bytes."""

NAMES = (
    *("report.html", "brief.html", "sheets", "findings.json", "findings.csv", "databases.csv"),
    *("arrays.csv", "servers.csv", "certificates.csv", "dns.csv", "findings.sarif", "junit.xml"),
    *("findings.ocsf.jsonl", "remediation.ps1", "rollback.ps1", "answers.txt", "plan.json", "pack"),
    *("waves.csv", "migration"),
)
"""The files and folders that the formats write, all together."""

FOR_PEOPLE = frozenset({"html", "brief", "sheets"})
"""Formats in the language of their readers; the others are English always, for programs."""
