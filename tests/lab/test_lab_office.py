"""The auditor pack in a real spreadsheet program: it shows the cells that were written."""

import csv
import io
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from casaudit.report.pack import files
from tests.support.assessments import sample, twin, with_gaps
from tests.support.running import WATCHDOG

pytestmark = pytest.mark.lab

# Comma, quotes, UTF-8; the rest of the tokens: texts quoted, all sheets, no formulas.
CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,true,false,false,-1"
READ = "Text - txt - csv (StarCalc):44,34,76,1,,0,true,false"
HOSTILE = '=1+1;"quote", _x0041_ <b>\u202e\n000'
Convert = Callable[..., None]


@pytest.fixture(scope="module")
def convert(tmp_path_factory: pytest.TempPathFactory) -> Convert:
    program = shutil.which("soffice")
    if program is None:
        reason = "needs LibreOffice; run: python -m tests.lab install"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    profile = tmp_path_factory.mktemp("profile").as_uri()

    def run(form: str, folder: Path, *paths: Path, read: str | None = None) -> None:
        options = [f"--infilter={read}"] if read else []
        command = [program, "--headless", f"-env:UserInstallation={profile}", *options]
        command += ["--convert-to", form, "--outdir", str(folder), *map(str, paths)]
        subprocess.run(command, check=True, capture_output=True, timeout=WATCHDOG)

    return run


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("auditor")
    (folder / "pack").mkdir()
    hostile = twin(with_gaps(sample("article-a")), lambda text: f"{HOSTILE}{text}")
    for name, content in files(hostile).items():
        (folder / name).write_bytes(content)
    return folder / "pack"


def cells(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def test_the_workbook_shows_the_cells_of_the_tables(
    pack: Path, convert: Convert, tmp_path: Path
) -> None:
    convert(CSV, tmp_path, pack / "casaudit.xlsx")
    for path in pack.glob("*.csv"):
        assert cells(tmp_path / f"casaudit-{path.name}") == cells(path), path.name


def test_a_table_that_is_opened_and_saved_as_a_workbook_keeps_its_cells(
    pack: Path, convert: Convert, tmp_path: Path
) -> None:
    convert("xlsx", tmp_path, *pack.glob("*.csv"), read=READ)
    convert(CSV, tmp_path / "back", *tmp_path.glob("*.xlsx"))
    for path in pack.glob("*.csv"):
        assert cells(tmp_path / "back" / f"{path.stem}-{path.stem}.csv") == cells(path), path.name
