"""The formats together: thin to import, and the same bytes everywhere."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from casaudit.report import FORMATS

ROOT = Path(__file__).resolve().parent.parent
DIGESTS = """
import hashlib, json
from casaudit.report import FORMATS
from tests.assessments import sample
files = {n: b for f in FORMATS.values() for n, b in f(sample("article-a")).items()}
print(json.dumps({name: hashlib.sha256(body).hexdigest() for name, body in files.items()}))
"""


def run(program: str, **environment: str) -> str:
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [sys.executable, "-c", program], env=variables, cwd=ROOT, capture_output=True, check=True
    ).stdout.decode()


def test_each_format_names_its_files() -> None:
    found = json.loads(run(DIGESTS))
    assert list(FORMATS) == ["html", "csv", "json"]
    assert sorted(found) == [
        "arrays.csv",
        "certificates.csv",
        "databases.csv",
        "dns.csv",
        "findings.csv",
        "findings.json",
        "report.html",
        "servers.csv",
    ]


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "TZ": "America/St_Johns", "LC_ALL": "C.UTF-8", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "3", "TZ": "", "LC_ALL": "de_DE.ISO-8859-1", "PYTHONOPTIMIZE": "1"},
    ],
    ids=lambda environment: environment["TZ"] or "no zone",
)
def test_other_zone_locale_and_hash_seed_give_the_same_bytes(environment: dict[str, str]) -> None:
    assert run(DIGESTS, **environment) == run(DIGESTS, PYTHONHASHSEED="0", TZ="UTC")


def test_naming_the_formats_loads_no_heavy_library() -> None:
    program = "import sys, casaudit.report, casaudit.report.terminal; print(*sys.modules)"
    loaded = set(run(program).split())
    assert not loaded & {"pandas", "numpy", "jinja2", "casaudit.report.html"}
