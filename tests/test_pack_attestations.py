"""Results of tests by hand: a sample goes out, and comes back filled in."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace

import pytest

from casaudit.errors import UsageError
from casaudit.report.pack import Options, files
from casaudit.report.pack.attestations import is_filled_in, read_attestations
from tests.support.assessments import sample, twin

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
