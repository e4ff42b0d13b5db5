"""Results of tests by hand: a sample goes out, and comes back filled in."""

import csv
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from casaudit.cli.options import PackWishes
from casaudit.cli.pack_options import Paper, renderer
from casaudit.errors import UsageError
from casaudit.findings import Letterhead
from casaudit.i18n.languages import Language
from casaudit.report.csv_locale import FOR_PROGRAMS
from casaudit.report.pack import Options, files
from casaudit.report.pack.attestations import is_filled_in, read_attestations
from tests.support.assessments import judged_by, sample, twin

Row = dict[str, str]


def sheet(found: dict[str, bytes], name: str) -> list[Row]:
    text = found[f"pack/{name}.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def filled(
    change: Callable[[Row], Row], separator: str = ",", encoding: str = "utf-8-sig"
) -> bytes:
    """The sample of a pack, its first line filled in."""
    rows = sheet(files(sample("article-a")), "sample")
    rows[0] = change(rows[0] | {"tester": "Jürgen Prüfer", "tested_on": "2026-12-01",
                                "procedure": "Get-MailboxDatabase", "result": "Agrees ",
                                "remarks": "=ok", "work_paper": "WP-7"})  # fmt: skip
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0], delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def same(row: Row) -> Row:
    return row


@pytest.mark.parametrize(
    ("separator", "encoding"), [(",", "utf-8-sig"), (";", "cp1252"), ("\t", "utf-8")]
)
def test_a_filled_in_sample_comes_back_however_excel_saved_it(
    separator: str, encoding: str
) -> None:
    told = read_attestations(filled(same, separator, encoding), "sample.csv")
    found = files(sample("article-a"), Options(attestations=told))
    (row,) = sheet(found, "attestations")
    drawn = sheet(found, "sample")[0]
    assert (row["state"], row["result"], row["tester"]) == ("current", "agrees", "Jürgen Prüfer")
    assert (row["remarks"], row["work_paper"]) == ("'=ok", "WP-7")
    assert {row[key] == drawn[key] for key in ("fingerprint", "object", "rule_id")} == {True}
    assert b"attestations.csv" in found["pack/README.txt"]
    assert b"attestations.csv" in found["pack/manifest.json"]


@cache
def few() -> dict[str, bytes]:
    """A small pack."""
    return files(judged_by(sample("article-a"), "CAS-DB-001", "CAS-SERVER-007"))


def opened() -> Workbook:
    return load_workbook(io.BytesIO(few()["pack/casaudit.xlsx"]))


def saved(book: Workbook) -> bytes:
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def fill_in(book: Workbook, number: int, **cells: object) -> None:
    """Fill in cells of the n-th line of the sample, as a person does in a spreadsheet."""
    sheet = book["sample"]
    at = [each.value for each in sheet[1]]
    for name, value in cells.items():
        sheet[number + 1][at.index(name)].value = value  # type: ignore[assignment]


ANSWERS: dict[str, object] = {
    "tester": "Jürgen Prüfer", "tested_on": datetime(2026, 12, 1), "result": "differs",
    "procedure": 7, "remarks": "'quoted", "work_paper": 14.3,
}  # fmt: skip


def test_a_filled_in_workbook_comes_back_as_it_is() -> None:
    book = opened()
    fill_in(book, 3, **ANSWERS)
    fill_in(book, 1, result="agrees", tested_on="1.12.2026")
    told = read_attestations(saved(book), "casaudit.xlsx")
    found = files(sample("article-a"), Options(attestations=told))
    first, second = sheet(found, "attestations")
    lines = sheet(few(), "sample")
    same_columns = ("fingerprint", "rule_id", "object", "site", "verdict")
    for row, line in ((first, lines[0]), (second, lines[2])):
        assert [row[each] for each in same_columns] == [line[each] for each in same_columns]
        assert row["state"] == "current"
    assert {name: second[name] for name in ANSWERS} == {
        "tester": "Jürgen Prüfer", "tested_on": "2026-12-01", "result": "differs",
        "procedure": "7", "remarks": "quoted", "work_paper": "14.3",
    }  # fmt: skip
    assert (first["tested_on"], second["tested_on"]) == ("2026-12-01", "2026-12-01")


def test_a_workbook_may_be_sorted_and_lose_its_other_sheets_and_gain_columns() -> None:
    book = opened()
    for name in [each for each in book.sheetnames if each != "sample"]:
        del book[name]
    found = book["sample"]
    rows = [[cell.value for cell in row] for row in found.iter_rows(min_row=2)]
    for at, row in enumerate(reversed(rows), start=2):
        for column, value in enumerate(row, start=1):
            found.cell(at, column).value = value
    found.insert_cols(1)
    found.cell(1, 1).value = "my own"
    fill_in(book, 1, result="not tested")
    (told,) = read_attestations(saved(book), "x.xlsx")
    assert told.fingerprint == sheet(few(), "sample")[-1]["fingerprint"]


def test_a_workbook_that_nobody_filled_in_holds_no_work() -> None:
    book = opened()
    assert not is_filled_in(few()["pack/casaudit.xlsx"])
    assert not is_filled_in(saved(book))
    fill_in(book, 2, remarks="asked the owner")
    assert is_filled_in(saved(book))
    assert read_attestations(saved(book), "x") == ()


def without_sheet() -> bytes:
    book = opened()
    del book["sample"]
    return saved(book)


def wrong_result() -> bytes:
    book = opened()
    fill_in(book, 4, result="passt")
    return saved(book)


def without_fingerprints() -> bytes:
    book = opened()
    sheet_ = book["sample"]
    sheet_.delete_cols([each.value for each in sheet_[1]].index("fingerprint") + 1)
    return saved(book)


WORKBOOKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "a workbook without the sheet": (without_sheet, "has no sheet 'sample'"),
    "a result that is none of the three": (wrong_result, "sheet sample, row 5: the result is"),
    "a sheet without fingerprints": (without_fingerprints, "lacks the column fingerprint"),
    "half a workbook": (
        lambda: few()["pack/casaudit.xlsx"][:9_000],
        "is not a workbook that can be read",
    ),
    "an archive of something else": (lambda: zipped({"a.txt": b"x"}), "is not a workbook"),
    "a workbook whose sheet is no XML": (
        lambda: zipped(
            {
                name: b"<worksheet><sheetData><row" if "/worksheets/" in name else content
                for name, content in unzipped(few()).items()
            }
        ),
        "is not a workbook that can be read",
    ),
    "an .xls of Excel 2003": (lambda: b"\xd0\xcf\x11\xe0" + bytes(600), "is an old workbook"),
}


def zipped(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def unzipped(found: dict[str, bytes]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(found["pack/casaudit.xlsx"])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("name", WORKBOOKS)
def test_a_workbook_that_cannot_be_taken_is_refused_with_what_to_do(name: str) -> None:
    make, said = WORKBOOKS[name]
    with pytest.raises(UsageError, match=said) as refused:
        read_attestations(make(), "x.xlsx")
    assert refused.value.hint
    assert str(refused.value).startswith("x.xlsx")


def test_a_workbook_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casaudit.report.pack.filled_in._MOST_BYTES", 2**20)
    parts = unzipped(few()) | {"xl/sharedStrings.xml": b"<sst>" + bytes(2**20)}
    with pytest.raises(UsageError, match="holds more than 1 MiB beside its sheets"):
        read_attestations(zipped(parts), "x.xlsx")


@pytest.mark.parametrize("name", ["casaudit.xlsx", "sample.csv"])
def test_a_sample_in_the_folder_that_was_filled_in_is_not_written_over(
    name: str, tmp_path: Path
) -> None:
    paper = Paper(Language(), Letterhead(), FOR_PROGRAMS)
    place = tmp_path / "pack" / name
    place.parent.mkdir()
    place.write_bytes(few()[f"pack/{name}"])
    renderer(PackWishes(), paper, tmp_path)
    book = opened()
    fill_in(book, 1, tester="Jo")
    place.write_bytes(saved(book) if name == "casaudit.xlsx" else filled(same))
    with pytest.raises(UsageError, match=f"{name}: was filled in and would be lost"):
        renderer(PackWishes(), paper, tmp_path)
    # Given back, the same file makes the next pack.
    other = renderer(PackWishes(attestations=place), paper, tmp_path / "next")
    assert isinstance(other(sample("healthy"))["pack/casaudit.xlsx"], bytes)


STATES: dict[str, Callable[[Row], Row]] = {
    "other verdict": lambda row: row | {"verdict": "not_evaluated" + row["verdict"]},
    "unknown": lambda row: row | {"fingerprint": "0" * 16},
}


@pytest.mark.parametrize("state", STATES)
def test_a_result_about_something_else_says_so(state: str) -> None:
    told = read_attestations(filled(STATES[state]), "sample.csv")
    (row,) = sheet(files(sample("article-a"), Options(attestations=told)), "attestations")
    assert row["state"] == state


def test_lines_without_a_result_are_left_out() -> None:
    assert read_attestations(filled(lambda row: row | {"result": " "}), "sample.csv") == ()


WRONG: dict[str, tuple[bytes, str]] = {
    "a result that is none of the three": (
        filled(lambda row: row | {"result": "passt"}),
        "sample.csv:2: the result is 'passt'",
    ),
    "a table without the column": (b'"fingerprint","tester"\r\n"a","b"\r\n', "lacks the column"),
    "an empty file": (b"", "holds no line"),
    "no text": (b"\xff\xfe\x00\x01", "holds no line"),
    "a cell of megabytes": (b'"fingerprint"\r\n"' + b"x" * 200_000 + b'"\r\n', "cannot be read"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_sheet_that_cannot_be_taken_is_refused_with_its_line(name: str) -> None:
    data, said = WRONG[name]
    with pytest.raises(UsageError, match=said):
        read_attestations(data, "sample.csv")


def test_what_somebody_wrote_is_seen_even_where_it_is_no_result() -> None:
    empty = files(replace(sample("article-a"), findings=()))["pack/sample.csv"]
    fresh = files(sample("article-a"))["pack/sample.csv"]
    assert [is_filled_in(data) for data in (b"", empty, fresh)] == [False] * 3
    broken = b'"fingerprint"\r\n"' + b"x" * 200_000 + b'"\r\n'
    noted = filled(lambda row: row | {"result": ""}, ";", "cp1252")
    assert [is_filled_in(data) for data in (broken, noted, filled(same))] == [True] * 3


def test_names_with_hidden_characters_come_back() -> None:
    hostile = twin(sample("article-a"), lambda text: f"=\u202e\n{text}")
    raw = files(hostile)["pack/sample.csv"].replace(
        b'"","","","","",""', b'"","","","agrees","",""'
    )
    told = read_attestations(raw, "sample.csv")
    rows = sheet(files(hostile, Options(attestations=told)), "attestations")
    assert {row["state"] for row in rows} == {"current"}
    assert len(rows) == len(sheet(files(hostile), "sample"))
