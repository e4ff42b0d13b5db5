"""The formats together: their files, and thin to import."""

import json
import os
import subprocess
import sys
from pathlib import Path

from casaudit.report import FORMATS

ROOT = Path(__file__).resolve().parent.parent
DIGESTS = """
import hashlib, json
from casaudit.report import FORMATS
from tests.support.assessments import sample
found = {name: made(sample("article-a")) for name, made in FORMATS.items()}
digests = lambda files: {file: hashlib.sha256(body).hexdigest() for file, body in files.items()}
print(json.dumps({name: digests(files) for name, files in found.items()}))
"""
NAMES = {
    "html": ["report.html"],
    "csv": [
        "arrays.csv",
        "certificates.csv",
        "databases.csv",
        "dns.csv",
        "findings.csv",
        "servers.csv",
    ],
    "json": ["findings.json"],
    "sarif": ["findings.sarif"],
    "junit": ["junit.xml"],
    "ocsf": ["findings.ocsf.jsonl"],
}


def run(program: str, **environment: str) -> str:
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-c", program], env=variables, cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()


def test_each_format_names_its_files() -> None:
    found = json.loads(run(DIGESTS))
    assert list(found) == list(FORMATS)
    assert {name: sorted(found[name]) for name in NAMES} == NAMES
    assert {file.partition("/")[0] for file in found["pack"]} == {"pack"}


def test_naming_the_formats_loads_no_heavy_library() -> None:
    program = "import sys, casaudit.report, casaudit.report.terminal; print(*sys.modules)"
    loaded = set(run(program).split())
    assert not loaded & {"pandas", "numpy", "jinja2", "xlsxwriter", "casaudit.report.html.page"}
