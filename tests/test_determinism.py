"""The same snapshot, rules and time give the same bytes in every format, wherever it runs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casaudit import shipped
from casaudit.report import FORMATS
from tests.support.running import WATCHDOG

pytestmark = pytest.mark.slow
ALL_FORMATS = ",".join(FORMATS)
SNAPSHOT = shipped.SAMPLES / "article-a" / "snapshot.json"
QUESTION = (
    *("--profile", "migration", "--target", "2016"),
    *("--as-of", "2026-12-24T18:00:00+01:00", "--fail-on", "never"),
)


def reports(
    folder: Path, environment: dict[str, str], python: str = sys.executable
) -> dict[str, bytes]:
    """Run a report with every format in a folder, and the message of it; return what it left."""
    folder.mkdir(parents=True)
    shutil.copy(SNAPSHOT, folder / "evidence.json")
    variables = {**os.environ, "PYTHONPATH": str(shipped.SAMPLES.parent), **environment}

    def run(*arguments: str) -> bytes:
        command = [python, "-m", "casaudit", *arguments]
        done = subprocess.run(
            command, cwd=folder, env=variables, capture_output=True, timeout=WATCHDOG
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout

    run("report", "evidence.json", "-o", "out", "--format", ALL_FORMATS, *QUESTION)
    found = {
        path.relative_to(folder / "out").as_posix(): path.read_bytes()
        for path in (folder / "out").rglob("*")
        if path.is_file()
    }
    return found | {"message": run("summary", "out/findings.json", "--format", "markdown")}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return reports(tmp_path_factory.mktemp("usual") / "a", {"PYTHONHASHSEED": "0", "TZ": "UTC"})


def test_every_format_leaves_its_files(usual: dict[str, bytes]) -> None:
    assert {
        "report.html",
        "findings.csv",
        "findings.json",
        "findings.sarif",
        "findings.ocsf.jsonl",
        "junit.xml",
    } <= usual.keys()
    assert all(usual.values())


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "TZ": "America/St_Johns", "LC_ALL": "C", "PYTHONUTF8": "0"},
        {"PYTHONHASHSEED": "2", "TZ": "", "LC_ALL": "de_DE.ISO-8859-1", "PYTHONOPTIMIZE": "1"},
    ],
    ids=lambda environment: environment["TZ"] or "no zone",
)
def test_zone_locale_hash_seed_and_folder_change_no_byte(
    environment: dict[str, str], usual: dict[str, bytes], tmp_path: Path
) -> None:
    found = reports(tmp_path / "ein anderer Ordner é", environment)
    assert found.keys() == usual.keys()
    assert [name for name in found if found[name] != usual[name]] == []
