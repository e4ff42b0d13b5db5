"""Running casaudit as an operator does."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from casaudit import cli

WATCHDOG = 900.0
"""Seconds after which a test gives up on a process that hangs; it says nothing about speed."""
REPORTS = {
    "report.html", "findings.csv", "databases.csv", "arrays.csv", "servers.csv",
    "certificates.csv", "dns.csv", "findings.json",
}  # fmt: skip
"""The files that a run leaves beside the snapshot."""


def casaudit(*arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end as ``casaudit_process`` does, but in this process: much cheaper."""
    words = list(map(str, arguments))
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "stdin", io.StringIO())
        for name, value in {"COLUMNS": "200", "NO_COLOR": "1", **more}.items():
            patch.setenv(name, value)
        code = cli.run(words)
    return subprocess.CompletedProcess(words, code, _text(out), _text(err))


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
