"""The auditor pack in a real spreadsheet program: it shows the cells that were written."""

import csv
import io
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from casaudit.findings import Value
from casaudit.report.csv import CsvLines, cell
from casaudit.report.csv import files as csv_files
from casaudit.report.csv_locale import LOCALES
from casaudit.report.pack import files
from casaudit.report.pack.attestations import read_attestations
from tests.support.assessments import judged_by, sample, twin, with_gaps
from tests.support.running import WATCHDOG
from tests.test_csv_locale import LEFT_ALONE, TAKEN_FOR_SOMETHING_ELSE

pytestmark = pytest.mark.lab

# Comma, quotes, UTF-8; the rest of the tokens: texts quoted, all sheets, no formulas.
CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,true,false,true,false,false,-1"
READ = "Text - txt - csv (StarCalc):44,34,76,1,,0,true,false"
HOSTILE = '=1+1;"quote", _x0041_ <b>\u202e\n000'
_TIME = re.compile(r"^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)$")
"""A real time, as sheets show it."""
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
        told = [[_TIME.sub(r"\1T\2Z", each) for each in row]
                for row in cells(tmp_path / f"casaudit-{path.name}")]  # fmt: skip
        assert told == cells(path), path.name


GERMAN = "Text - txt - csv (StarCalc):59,34,76,1,,1031,false,true"
"""Semicolons, the numbers and days of Germany, and whatever looks like one is one: as Excel opens a
file by double click."""


def test_a_table_for_german_excel_opens_with_numbers_times_and_texts_as_they_are(
    convert: Convert, tmp_path: Path
) -> None:
    locale = LOCALES["de"]
    hostile = [*TAKEN_FOR_SOMETHING_ELSE, *LEFT_ALONE, HOSTILE]
    lines = CsvLines(["text", "number", "time", "day"], ["time", "day"], locale)
    for text in hostile:
        values: list[Value] = [text, -1234.5, "2026-11-15T06:00:00Z", "2027-01-31"]
        lines.add(values, [cell(value) for value in values])
    (tmp_path / "table.csv").write_bytes(lines.content())
    (tmp_path / "servers.csv").write_bytes(csv_files(sample("article-a"), locale)["servers.csv"])
    convert("xlsx", tmp_path, tmp_path / "table.csv", tmp_path / "servers.csv", read=GERMAN)
    (sheet,) = load_workbook(tmp_path / "table.xlsx").worksheets
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    for text, (shown, *others) in zip(hostile, rows, strict=True):
        told = cell(text) if isinstance(shown, str) else str(int(text))
        assert str(shown).lstrip("'") == told.lstrip("'"), text
        assert others == [-1234.5, datetime(2026, 11, 15, 6), datetime(2027, 1, 31)]
    (sheet,) = load_workbook(tmp_path / "servers.xlsx").worksheets
    head, *servers = sheet.iter_rows(values_only=True)
    assert {row[head.index("version")] for row in servers} == {"'14.3"}
    assert {type(row[head.index("source_at")]) for row in servers} == {datetime}


def test_a_workbook_that_was_filled_in_and_saved_by_another_program_comes_back(
    convert: Convert, tmp_path: Path
) -> None:
    found = files(judged_by(sample("article-a"), "CAS-DB-001"))
    book = load_workbook(io.BytesIO(found["pack/casaudit.xlsx"]))
    sheet = book["sample"]
    at = [each.value for each in sheet[1]]
    sheet[3][at.index("result")].value = "agrees"
    sheet[3][at.index("tested_on")].value = datetime(2026, 12, 1)
    book.save(tmp_path / "tested.xlsx")
    convert("xlsx", tmp_path / "saved", tmp_path / "tested.xlsx")
    (told,) = read_attestations((tmp_path / "saved" / "tested.xlsx").read_bytes(), "tested.xlsx")
    assert (told.cells["result"], told.cells["tested_on"]) == ("agrees", "2026-12-01")
    assert told.fingerprint == sheet[3][at.index("fingerprint")].value


def test_a_table_that_is_opened_and_saved_as_a_workbook_keeps_its_cells(
    pack: Path, convert: Convert, tmp_path: Path
) -> None:
    convert("xlsx", tmp_path, *pack.glob("*.csv"), read=READ)
    convert(CSV, tmp_path / "back", *tmp_path.glob("*.xlsx"))
    for path in pack.glob("*.csv"):
        assert cells(tmp_path / "back" / f"{path.stem}-{path.stem}.csv") == cells(path), path.name
