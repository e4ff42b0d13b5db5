"""The auditor pack: complete, described, safe in a spreadsheet, the same in every reader."""

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from casaudit.findings import (
    Assessment,
    Change,
    ChangeCause,
    ChangeKind,
    Comparison,
    Value,
    Verdict,
    Waiver,
    WaiverState,
    WaiverUse,
)
from casaudit.report import csv as csv_format
from casaudit.report.changes import as_csv
from casaudit.report.csv import MAX_CELL, cell
from casaudit.report.json import files as json_files
from casaudit.report.pack import Options, files
from casaudit.report.pack.sample import Sampling, sample_table
from casaudit.report.pack.xlsx import workbook
from casaudit.report.tables import CellForm, DataTable, Row, stored
from casaudit.report.tables.objects import OBJECTS
from casaudit.report.tables.rules import control_table
from casaudit.report.tables.verdicts import findings_table
from tests.support.assessments import many, sample, twin, with_gaps

FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20|%]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
HOSTILE = '=1+1"\u202e;\n<b> \udcff'
FORMS = {
    "number with a decimal point": NUMBER,
    "yes or no": re.compile("yes|no"),
    "time in UTC, ISO 8601": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
    "day, ISO 8601": re.compile(r"\d{4}-\d\d-\d\d"),
}


@cache
def pack(name: str = "article-a") -> dict[str, bytes]:
    return files(sample(name))


def rows(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def records(found: dict[str, bytes], name: str) -> list[dict[str, str]]:
    head, *body = rows(found[f"pack/{name}.csv"])
    return [dict(zip(head, row, strict=True)) for row in body]


def tables(found: dict[str, bytes]) -> list[str]:
    return [name for name in found if name.endswith(".csv")]


def sheet_cells(raw: bytes, name: str) -> list[list[str]]:
    sheet = opened(raw)[name]
    return [[shown(each) for each in row] for row in sheet.iter_rows()]


@cache
def opened(raw: bytes) -> Workbook:
    return load_workbook(io.BytesIO(raw))


def shown(each: Any) -> str:
    """A cell as its CSV file has it; only times and days are written otherwise in a sheet."""
    if isinstance(each.value, datetime):
        is_time = each.number_format == "yyyy-mm-dd hh:mm:ss"
        return each.value.strftime("%Y-%m-%dT%H:%M:%SZ" if is_time else "%Y-%m-%d")
    return "" if each.value is None else str(each.value)


def waived(assessment: Assessment) -> Assessment:
    """The same where the owner accepts one failure, and once accepted another one."""
    first, second = assessment.failures[:2]
    day = date(2027, 1, 31)
    accepted = Waiver(
        first.rule.id, first.subject.name, dict(first.evidence),
        "Anna Muster", "Bernd Beispiel", "=approved", "CHG-1", day, 3,
    )  # fmt: skip
    uses = (
        WaiverUse(accepted, WaiverState.HOLDS, "ends in 77 days", 77, first.fingerprint),
        WaiverUse(
            replace(accepted, rule=second.rule.id), WaiverState.VOID, "another value", 77,
            second.fingerprint,
        ),
    )  # fmt: skip
    findings = tuple(replace(f, waiver=accepted) if f is first else f for f in assessment.findings)
    return replace(assessment, findings=findings, waivers=uses)


def test_the_pack_has_these_files() -> None:
    assert sorted(name.removeprefix("pack/") for name in pack()) == sorted(
        [
            *("README.txt", "SHA256SUMS", "manifest.json", "findings.json", "casaudit.xlsx"),
            *("about.csv", "findings.csv", "population.csv", "evidence.csv", "controls.csv"),
            *("waivers.csv", "causes.csv", "databases.csv", "arrays.csv", "servers.csv"),
            *("sites.csv", "certificates.csv", "dns.csv", "coverage.csv", "gaps.csv"),
            *("sources.csv", "rules.csv", "sample.csv", "data-dictionary.csv"),
            "evidence-dictionary.csv",
        ]
    )


def test_findings_are_those_of_the_other_formats() -> None:
    assessment = sample("article-a")
    assert pack()["pack/findings.csv"] == csv_format.files(assessment)["findings.csv"]
    assert pack()["pack/findings.json"] == json_files(assessment)["findings.json"]


@pytest.mark.parametrize("name", sorted(OBJECTS.keys() - {"sites"}))
def test_the_files_of_objects_are_those_of_the_csv_format(name: str) -> None:
    assert pack()[f"pack/{name}.csv"] == csv_format.files(sample("article-a"))[f"{name}.csv"]


@pytest.mark.parametrize(
    "made",
    [sample, lambda name: compared(waived(with_gaps(sample(name))))],
    ids=["plain", "waived"],
)
def test_every_column_is_described_and_looks_as_described(made: object) -> None:
    assert callable(made)
    found = files(made("article-a"))
    described = records(found, "data-dictionary")
    for name in tables(found):
        head, *body = rows(found[name])
        told = [each for each in described if f"pack/{each['file']}" == name]
        assert [each["column"] for each in told] == head
        assert [each["position"] for each in told] == [str(n) for n in range(1, len(head) + 1)]
        for at, each in enumerate(told):
            form = FORMS.get(each["form"], re.compile(".*"))
            assert [r[at] for r in body if r[at] and not form.fullmatch(r[at])] == [], each


def test_the_dictionary_has_no_empty_cell() -> None:
    assert all(all(each.values()) for each in records(pack(), "data-dictionary"))
    assert {each["form"] for each in records(pack(), "data-dictionary")} == {
        *(form.value for form in CellForm)
    }


def test_the_population_adds_up_to_the_findings() -> None:
    found = files(waived(sample("article-a")))
    judged = Counter(
        (r["rule_id"], r["object_kind"], r["verdict"]) for r in records(found, "findings")
    )
    words = {"failed": "fail", "passed": "pass", "not_evaluated": "not_evaluated"}
    words["not_applicable"] = "not_applicable"
    counted: Counter[tuple[str, str, str]] = Counter()
    for row in records(found, "population"):
        parts = {verdict: int(row[column]) for column, verdict in words.items()}
        assert int(row["objects"]) == sum(parts.values())
        counted.update({(row["rule_id"], row["object_kind"], v): n for v, n in parts.items()})
    assert +counted == judged


def test_a_rule_without_objects_is_in_the_population() -> None:
    found = files(replace(sample("article-a"), findings=()))
    assert {row["objects"] for row in records(found, "population")} == {"0"}
    assert len(records(found, "population")) == len(sample("article-a").rules)


def test_every_value_of_evidence_has_a_line_and_an_id() -> None:
    lines = records(pack(), "evidence")
    assert len({line["evidence_id"] for line in lines}) == len(lines)
    expected = [
        (f.fingerprint, name, cell(value))
        for f in sample("article-a").findings
        for name, value in f.evidence.items()
    ]
    assert [(r["fingerprint"], r["column"], r["value"]) for r in lines] == expected


def test_a_value_names_where_and_when_it_was_read() -> None:
    line = next(
        r for r in records(pack(), "evidence")
        if (r["rule_id"], r["object"], r["column"])
        == ("CAS-DB-001", "MB-HO-02", "rpc_client_access_server")
    )  # fmt: skip
    assert line["value"] == "HO-EX2010-MB1.exchangeserverpro.net"
    assert line["read_from"] == "file:directory.ldf"
    assert line["read_at"] == "2026-11-15T06:00:00Z"
    assert line["usn_changed"].isdigit()
    at, name = "2026-11-15T06:00:00Z", "ho-ex2010-mb1.exchangeserverpro.net"
    assert line["names_records"].split("; ") == [
        f"dns_external {name}: dns:198.51.100.53:53 {at}",
        f"dns_internal {name}: dns:10.1.1.10:53 {at}",
        f"server HO-EX2010-MB1: file:directory.ldf {at}",
    ]


def test_a_control_shows_its_rules_with_the_failing_objects() -> None:
    found = {(r["control_id"], r["rule_id"]): r for r in records(pack(), "controls")}
    row = found["CM-6", "CAS-DB-001"]
    assert row["framework_title"] == "NIST SP 800-53"
    assert (row["result"], row["failed"], row["not_applicable"]) == ("failed", "3", "2")
    assert row["failing_objects"] == "MB-HO-01; MB-HO-02; MB-HO-03"


def test_a_control_with_something_unseen_has_not_passed() -> None:
    for row in records(pack(), "controls"):
        if row["result"] in {"passed", "not applicable"}:
            assert row["not_evaluated"] == "0", row
            assert row["failed"] == row["waived"] == "0", row


def test_a_waived_failure_stays_a_failure_and_shows_who_answers_for_it() -> None:
    assessment = waived(sample("article-a"))
    found = files(assessment)
    first, second = (f.fingerprint for f in assessment.failures[:2])
    lines = {r["fingerprint"]: r for r in records(found, "findings")}
    assert (lines[first]["verdict"], lines[first]["waiver_state"]) == ("fail", "holds")
    assert (lines[first]["waiver_owner"], lines[first]["waiver_until"]) == (
        *("Anna Muster", "2027-01-31"),
    )
    assert lines[second]["waiver_state"] == "void"
    told = records(found, "waivers")
    assert [(r["state"], r["reason"]) for r in told] == [
        ("holds", "'=approved"),
        ("void", "'=approved"),
    ]
    assert sum(int(r["waived"]) for r in records(found, "population")) == 1


def compared(assessment: Assessment) -> Assessment:
    """The same beside an older judgement, in which the first failure was not there."""
    first, *others = assessment.failures
    changes = (
        Change(ChangeKind.NEW, ChangeCause.CONFIGURATION, None, first, "the array is gone"),
        *(Change(ChangeKind.STILL_OPEN, None, each, each, "") for each in others),
    )
    then = assessment.as_of - timedelta(days=30)
    return replace(assessment, comparison=Comparison("1" * 64, "2" * 64, then, then, changes))


def test_a_pack_with_a_baseline_tells_what_changed() -> None:
    found = files(compared(sample("article-a")))
    assert found["pack/changes.csv"] == as_csv(compared(sample("article-a")))
    first, *others = records(found, "changes")
    assert (first["change"], first["cause"], first["detail"]) == (
        *("new", "configuration", "the array is gone"),
    )
    assert {row["change"] for row in others} == {"still open"}
    assert b"changes.csv" in found["pack/README.txt"]
    assert "pack/changes.csv" not in pack()


def test_what_was_not_seen_is_told_with_what_to_do() -> None:
    found = files(with_gaps(sample("article-a")))
    (gap,) = records(found, "gaps")
    assert (gap["section"], gap["reason"], gap["detail"]) == ("tls", "timeout", "10 s")
    assert gap["meaning"] and gap["advice"]
    assert {r["section"]: r["gaps"] for r in records(found, "coverage")}["tls"] == "1"


def test_every_table_is_quoted_with_crlf_and_a_byte_order_mark() -> None:
    assert len(tables(pack())) > 10
    for name in tables(pack()):
        raw = pack()[name]
        assert raw.startswith(b'\xef\xbb\xbf"'), name
        assert raw.endswith(b'"\r\n'), name
        assert raw.count(b"\n") == raw.count(b'"\r\n') == len(rows(raw)), name


def test_pandas_and_the_workbook_show_the_cells_of_the_tables() -> None:
    found = files(twin(waived(with_gaps(sample("article-a"))), HOSTILE.__add__))
    for name in tables(found):
        read = io.BytesIO(found[name])
        frame = pd.read_csv(read, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        expected = rows(found[name])
        assert [list(frame.columns), *frame.values.tolist()] == expected
        sheet = name.removeprefix("pack/").removesuffix(".csv")
        assert sheet_cells(found["pack/casaudit.xlsx"], sheet) == expected


def test_hostile_names_change_no_shape_and_start_no_formula() -> None:
    plain, hostile = pack(), files(twin(sample("article-a"), HOSTILE.__add__))
    assert plain.keys() == hostile.keys()
    for name in tables(plain):
        before, after = rows(plain[name]), rows(hostile[name])
        if name not in {"pack/sample.csv", "pack/evidence.csv"}:
            assert [len(row) for row in before] == [len(row) for row in after]
        assert {len(row) for row in after} == {len(before[0])}
        started = [c for row in after for c in row if FORMULA.match(c.lstrip("\u00a0 "))]
        assert [c for c in started if not NUMBER.fullmatch(c)] == []


def test_no_file_of_a_hostile_pack_holds_a_hidden_character() -> None:
    found = files(twin(sample("article-a"), HOSTILE.__add__))
    for name in (*tables(found), "pack/README.txt", "pack/manifest.json"):
        text = found[name].decode("utf-8-sig").replace("\r\n", "").replace("\n", "")
        assert not {c for c in text if unicodedata.category(c) in {"Cc", "Cf", "Cs"}}, name


def test_the_workbook_has_no_formula_no_link_and_frozen_filtered_headers() -> None:
    found = files(twin(sample("article-a"), lambda text: f"=HYPERLINK({text}) https://x.example"))
    book = load_workbook(io.BytesIO(found["pack/casaudit.xlsx"]))
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        for row in sheet.iter_rows():
            assert {each.data_type for each in row} <= {"s", "n", "d"}
            assert not any(each.hyperlink for each in row)


def one_column(name: str, values: Iterable[Value]) -> DataTable[Row]:
    column = stored("n", CellForm.NUMBER, "a number")
    return DataTable(name, "a number", (column,), [{"n": value} for value in values])


def test_a_sheet_is_as_long_as_excel_allows_and_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("casaudit.report.pack.xlsx.MAX_ROWS", 4)
    created = sample("healthy").as_of
    for count, last in ((3, ["2"]), (4, ["… 2 lines more: see long.csv"])):
        raw = workbook([one_column("long", range(count))], "", created)
        assert sheet_cells(raw, "long")[3] == last
        assert len(sheet_cells(raw, "long")) == 4


def test_a_sheet_that_is_cut_leaves_its_csv_file_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casaudit.report.pack.xlsx.MAX_ROWS", 4)
    cut = files(sample("article-a"))
    assert {name: cut[name] for name in tables(cut)} == {n: pack()[n] for n in tables(pack())}


def test_numbers_that_excel_would_round_are_texts() -> None:
    table = one_column("t", [2**62, 99_999_999_999, -2.04, True])
    raw = workbook([table], "", sample("healthy").as_of)
    sheet = load_workbook(io.BytesIO(raw))["t"]
    values = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert values == [str(2**62), 99_999_999_999, -2, "yes"]


def test_a_long_text_is_cut_and_says_so() -> None:
    assert cell("x" * MAX_CELL) == "x" * MAX_CELL
    for text in ("x" * 40_000, "\U0001f4e7" * 20_000, "\n" * 20_000):
        cut = cell(text)
        assert cut.endswith(" characters]") and "… [cut: " in cut
        assert MAX_CELL - 3 <= len(cut.encode("utf-16-le")) // 2 <= MAX_CELL


@given(st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"])))
def test_a_mark_is_taken_away_by_taking_one_apostrophe_away(text: str) -> None:
    assert cell(text).removeprefix("'") in {text, cell(text)}
    if cell(text).startswith("'"):
        assert cell(text).removeprefix("'") == cell(text[:0] + text).removeprefix("'")
        assert not text.startswith("'") or cell(text) == f"'{text}"


def test_the_manifest_lists_every_file_with_its_rows_and_columns() -> None:
    told = json.loads(pack()["pack/manifest.json"])
    named = {f"pack/{each['name']}" for each in told["files"]}
    assert named == pack().keys() - {"pack/manifest.json", "pack/SHA256SUMS"}
    entry = next(each for each in told["files"] if each["name"] == "findings.csv")
    assert entry["columns"] == list(findings_table(sample("healthy")).names)
    assert entry["rows"] == len(sample("article-a").findings)
    assert told["snapshot_sha256"] == sample("article-a").snapshot_sha256


def test_the_readme_says_what_each_file_is() -> None:
    text = pack()["pack/README.txt"].decode("utf-8-sig")
    assert {n for n in pack() if n.removeprefix("pack/") not in text} == {"pack/README.txt"}
    assert "not signed" in text and "12 failed (0 of them waived)" in text
    assert "about the collection itself: 4 failed" in text
    assert "standing notices: 1 (0 of them waived)" in text


@pytest.mark.parametrize("size", [0, 1, 5, 25, 10_000])
def test_a_sample_has_the_size_that_was_asked_for(size: int) -> None:
    found = files(sample("article-a"), Options(Sampling(size)))
    about_objects = [f for f in sample("article-a").findings if f.subject.kind != "collection"]
    assert len(records(found, "sample")) == min(size, len(about_objects))


def test_a_sample_shows_each_stratum_and_each_site() -> None:
    drawn = records(pack(), "sample")
    judged = [f for f in sample("article-a").findings if f.subject.kind != "collection"]
    strata = Counter(f"{f.severity.value} {f.verdict.value}" for f in judged)
    assert {row["stratum"] for row in drawn} == strata.keys()
    assert {row["stratum_size"] for row in drawn} <= {str(n) for n in strata.values()}
    assert {"HeadOffice", "BranchOffice"} <= {row["site"] for row in drawn}
    assert len({row["fingerprint"] for row in drawn}) == len(drawn)


def test_another_seed_draws_another_sample_and_the_same_seed_the_same() -> None:
    one, same, other = (
        records(files(sample("article-a"), Options(Sampling(25, seed))), "sample")
        for seed in ("a", "a", "b")
    )
    assert one == same != other


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 60), st.text(max_size=5))
def test_a_larger_sample_of_a_stratum_contains_the_smaller_one(size: int, seed: str) -> None:
    smaller, larger = (drawn(each, seed) for each in (size, size + 20))
    assert smaller <= larger


def drawn(size: int, seed: str) -> set[str]:
    one_stratum = tuple(f for f in sample("article-a").findings if f.verdict is Verdict.PASS)
    few = replace(sample("article-a"), findings=one_stratum)
    same = tuple(replace(f, severity=f.rule.severity.HIGH) for f in few.findings)
    found = sample_table(replace(few, findings=same), Sampling(size, seed))
    return {each.finding.fingerprint for each in found.items}


def test_a_control_with_very_many_failing_objects_says_how_many_are_left_out() -> None:
    crowd = many(sample("article-a"), causes=1, of_each=3_000)
    line = next(each for each in control_table(crowd).items if each.counts.failed == 3_000)
    assert "… [cut: 47,998 characters]" in cell(line.failing)
