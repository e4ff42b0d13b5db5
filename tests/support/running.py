"""Running casaudit as an operator does."""

import io
import json
import os
import subprocess
import sys
import threading
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from casaudit import assess, cli
from casaudit.assess import FOR_REPORTS, Extras
from casaudit.engine import check
from casaudit.engine.evaluate import Judge
from casaudit.rulebook import reading, receipt
from casaudit.rulebook.reading import Examples, RuleFiles
from casaudit.rulebook.receipt import Receipt
from casaudit.rulebook.rule import Rulebook

WATCHDOG = 900.0
"""Seconds after which a test gives up on a process that hangs; it says nothing about speed."""
REPORTS = {
    "report.html", "findings.csv", "databases.csv", "arrays.csv", "servers.csv",
    "certificates.csv", "dns.csv", "findings.json",
}  # fmt: skip
"""The files that a run leaves beside the snapshot."""


def casaudit(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end as ``casaudit_process`` does, but in this process: much cheaper.

    The shipped rules are read once, and judged by with tables that are kept, as in a trend.
    """
    words = list(map(str, arguments))
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "stdin", io.StringIO())
        patch.setattr(check, "parse", _parse_once)
        patch.setattr(receipt, "find", _find_once)
        patch.setattr(assess, "judge_of", _judge_once)
        for name, value in {"COLUMNS": "200", "NO_COLOR": "1", **more}.items():
            patch.setenv(name, value)
        code = cli.run(words)
    return subprocess.CompletedProcess(words, code, _text(out), _text(err))


_find, _parse, _judge_of = receipt.find, reading.parse, assess.judge_of
_RECEIPTS: dict[str, Receipt] = {}
_BOOKS: dict[tuple[object, ...], Rulebook] = {}
_JUDGES: dict[tuple[object, ...], Judge] = {}


def _find_once(key: str) -> Receipt | None:
    if key not in _RECEIPTS and (found := _find(key)) is not None:
        _RECEIPTS[key] = found
    return _RECEIPTS.get(key)


def _parse_once(files: RuleFiles, examples: Examples | None = None) -> Rulebook:
    if len(files.folders) > 1:  # packs are of one test alone
        return _parse(files, examples)
    key = (files.folders, examples is None, *files.texts.items())
    if key not in _BOOKS:
        _BOOKS[key] = _parse(files, examples)
    return _BOOKS[key]


def _judge_once(book: Rulebook, profile: str, wanted: Extras = FOR_REPORTS) -> Judge:
    if all(book is not each for each in _BOOKS.values()):
        return _judge_of(book, profile, wanted)
    # A database of SQLite belongs to the thread that opened it, and some commands run in one.
    key = (id(book), profile, wanted.inventory, wanted.repairs, threading.get_ident())
    if key not in _JUDGES:
        _JUDGES[key] = _judge_of(book, profile, wanted)
    return _JUDGES[key]


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def casaudit_process(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; no prompt, no colours, wide lines."""
    command = [sys.executable, "-m", "casaudit", *map(str, arguments)]
    environment = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **more}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=WATCHDOG
    )


def results(folder: Path) -> list[dict[str, Any]]:
    """Return the verdicts that a run left in a folder."""
    found: list[dict[str, Any]] = json.loads((folder / "findings.json").read_bytes())["results"]
    return found


def failures(folder: Path) -> set[tuple[str, str]]:
    """Return rule and object of every failure that a run left in a folder."""
    return {(r["rule_id"], r["subject"]["name"]) for r in results(folder) if r["verdict"] == "fail"}
