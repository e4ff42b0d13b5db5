"""The papers: each format turns an assessment into files; nothing here writes or prints."""

from collections.abc import Callable

from casaudit.judge.findings import Assessment


def _html(assessment: Assessment) -> dict[str, bytes]:
    from casaudit.report.html import files

    return files(assessment)


def _csv(assessment: Assessment) -> dict[str, bytes]:
    from casaudit.report.csv import files

    return files(assessment)


def _json(assessment: Assessment) -> dict[str, bytes]:
    from casaudit.report.json import files

    return files(assessment)


FORMATS: dict[str, Callable[[Assessment], dict[str, bytes]]] = {
    "html": _html,
    "csv": _csv,
    "json": _json,
}
"""Format name to the function that gives file names and their bytes.

A format's module is imported when it is used, so that no other command loads jinja2 or pandas.
"""
