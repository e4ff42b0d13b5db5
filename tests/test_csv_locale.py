"""CSV files for a double click in German Excel: its separator, its numbers, and texts as texts."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.cli.assessing import Request, check
from casaudit.cli.options import Locale
from casaudit.errors import UsageError
from casaudit.report.csv import cell, files
from casaudit.report.csv_locale import FOR_PROGRAMS, LOCALES, is_converted
from casaudit.report.pack import Options
from casaudit.report.pack import files as pack_files
from casaudit.report.pack.attestations import read_attestations
from tests.support.assessments import judged_by, sample
from tests.support.running import casaudit

GERMAN = LOCALES["de"]
TAKEN_FOR_SOMETHING_ELSE = (
    *("14.3", "15.1", "14.3.123", "1.234", "10.100.200.100", "007", "1E5", "12e34", "+5", "(5)"),
    *("123456789012", "1,5", "5 %", "7 €", "$3", "1/2", "1 1/2", "3-4", "3.4.2010", "2010-10-13"),
    *("12:30", "5:7:9", "8 am", "1.3.2010 12:30", "MAR1", "mrz-10", "1. März 2010", "Dez 11"),
    *("WAHR", "false", " 14.3 "),
)
"""What Excel or Calc would show as a number, a day, a time or a truth value."""
LEFT_ALONE = (
    *("2010", "0", "10.0.0.53", "10.1.0.53:53", "10.1.0.0/16", "EX1", "MB-HO-01", "none"),
    *("d3788446-93ca-5809-9d97-02b9292999bd", "14.3 (SP3)", "Version 14.3 (Build 123.4)"),
    *("fe80::1", "marketing", "a; b", "1, 2 and 3 more", "rsa 2048", "Mai", "MAIL1", "Sep", "E15"),
)


def lines(raw: bytes) -> list[dict[str, str]]:
    text = raw.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))


def test_files_for_german_excel_differ_in_separator_numbers_times_and_marks_only() -> None:
    plain, german = files(sample("article-a")), files(sample("article-a"), GERMAN)
    assert plain.keys() == german.keys()
    for name, raw in german.items():
        assert raw.startswith(b"\xef\xbb\xbf"), name
        before = list(csv.DictReader(io.StringIO(plain[name].decode("utf-8-sig"), newline="")))
        after = lines(raw)
        assert [row.keys() for row in before] == [row.keys() for row in after]
        for old, new in zip(before, after, strict=True):
            changed = {key for key in old if old[key] != new[key]}
            assert changed <= {
                *("version", "read_at", "when_changed", "created", "not_before", "not_after"),
                *("source_at", "source_when_changed"),
            }, name


def test_versions_stay_texts_times_and_numbers_are_what_excel_reads() -> None:
    found = files(sample("article-a"), GERMAN)
    assert {row["version"] for row in lines(found["servers.csv"])} == {"'14.3"}
    assert lines(found["databases.csv"])[0]["created"] == "2011-02-07 09:00:00"
    evidence = lines(
        pack_files(judged_by(sample("article-a"), "CAS-CERT-001"), Options(locale=GERMAN))[
            "pack/evidence.csv"
        ]
    )
    days = {row["value"]: row["in_words"] for row in evidence if row["column"] == "days_left"}
    assert days == {"473,1": "'473.1"}


@pytest.mark.parametrize("text", TAKEN_FOR_SOMETHING_ELSE)
def test_a_text_that_excel_would_take_for_something_else_is_marked(text: str) -> None:
    assert GERMAN.cell(text, cell(text), False).lstrip("'") == text.lstrip("'")
    assert GERMAN.cell(text, cell(text), False).startswith("'")
    assert FOR_PROGRAMS.cell(text, cell(text), False) == cell(text)


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_a_text_that_excel_leaves_alone_is_left_alone(text: str) -> None:
    assert GERMAN.cell(text, cell(text), False) == text


def test_a_long_text_is_looked_at_once() -> None:
    """A pattern that tries a row of digits anew from each of them would never end here."""
    for text in ("7" * 30_000 + "x", "1/" * 15_000 + "x", "1 e" * 10_000):
        assert not is_converted(text)


@given(st.from_regex(r"[-+]?\d{1,9}([.,:/-]\d{1,4}){1,2}", fullmatch=True))
def test_no_two_numbers_with_signs_between_them_stay_unmarked(text: str) -> None:
    assert is_converted(text)


@given(st.floats(-1e9, 1e9) | st.integers(-(10**20), 10**20))
def test_a_number_has_a_comma_or_is_too_long_to_be_one(value: float) -> None:
    text = GERMAN.cell(value, cell(value), False)
    assert "." not in text.removeprefix("'") or text.startswith("'")
    assert text.replace(",", ".").removeprefix("'") == cell(value)


def test_a_sample_of_german_excel_comes_back() -> None:
    few = judged_by(sample("article-a"), "CAS-DB-001")
    made = pack_files(few, Options(locale=GERMAN))
    filled = made["pack/sample.csv"].replace(
        b'"";"";"";"";"";""\r\n', b'"Jo";"1.12.2026";"";"agrees";"";""\r\n'
    )
    told = read_attestations(filled, "sample.csv")
    assert {each.cells["tested_on"] for each in told} == {"2026-12-01"}
    found = pack_files(few, Options(attestations=told, locale=GERMAN))
    assert {row["state"] for row in lines(found["pack/attestations.csv"])} == {"current"}
    forms = {row["form"] for row in lines(found["pack/data-dictionary.csv"])}
    assert "number with the decimal sign ," in forms
    assert "number with a decimal point" not in forms
    assert 'Separator ";"' in found["pack/README.txt"].decode("utf-8-sig")


def test_a_locale_that_would_do_nothing_is_refused() -> None:
    with pytest.raises(UsageError, match="--locale: is for CSV files only"):
        check(Request(Path(), "html,json", locale=Locale.GERMAN))
    run = casaudit("report", "x.json", "--locale", "fr")
    assert run.returncode == 2


@pytest.mark.parametrize("command", [("diff", "--format", "csv"), ("trend",)])
def test_other_commands_that_write_csv_take_it_too(command: tuple[str, ...]) -> None:
    assert "--locale" in casaudit(command[0], "--help").stdout
