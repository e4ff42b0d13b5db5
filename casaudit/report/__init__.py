"""The papers: each format turns an assessment into files; nothing here writes or prints."""

from collections.abc import Callable
from importlib import import_module

from casaudit.findings import Assessment

Render = Callable[[Assessment], dict[str, bytes]]


def _of_module(module: str) -> Render:
    def render(assessment: Assessment) -> dict[str, bytes]:
        files: Render = import_module(module).files
        return files(assessment)

    return render


FORMATS: dict[str, Render] = {
    "html": _of_module("casaudit.report.html.page"),
    "csv": _of_module("casaudit.report.csv"),
    "json": _of_module("casaudit.report.json"),
    "sarif": _of_module("casaudit.report.sarif"),
    "junit": _of_module("casaudit.report.junit"),
    "ocsf": _of_module("casaudit.report.ocsf"),
    "ps1": _of_module("casaudit.remediation.script"),
    "pack": _of_module("casaudit.report.pack"),
}
"""Format name to the function that gives file names and their bytes.

A format's module is imported when it is used, so that no other command loads jinja2 or pandas.
"""

FOR_PEOPLE = frozenset({"html"})
"""Formats in the language of their readers; the others are English always, for programs."""
