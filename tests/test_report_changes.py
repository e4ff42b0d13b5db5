"""Changes and forecasts in the papers: counted by kind and cause, safe in every format."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.findings import Assessment, ChangeCause, ChangeKind, Comparison
from casaudit.history import Baseline, compare
from casaudit.history.forecast import forecast
from casaudit.report import changes
from casaudit.report.html.page import files as html_files
from casaudit.report.json import files as json_files
from casaudit.report.terminal import run_summary
from tests.support.page import Page
from tests.support.shipped_rules import book, judge, sample

SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "findings.schema.json"
THEN = {"change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}}}}
NOW = {
    "change": {"databases": {"DB-BR-01": {"endpoint": "EX3"}}},
    "sections": {"accepted_domains": "partial"},
}
AS_OF = datetime.fromisoformat("2027-12-20T06:00:00+00:00")
HOSTILE = "\u202e</td><script>alert(1)</script>'\",=\r\n\x00"


@cache
def assessment() -> Assessment:
    """The healthy organisation with one mistake repaired, another made, and a look ahead."""
    old, new = patched(sample(), THEN), patched(sample(), NOW)
    question = Question(as_of=AS_OF)
    found = assess(new, judge(), question, "0" * 64)
    compared = compare(Baseline("then", None, old), new, found, book(), question)
    foreseen = forecast(new, found, book(), question, 1)
    views = {view: found.inventory[view] for view in found.inventory}
    return replace(found, comparison=compared, forecast=foreseen, inventory=views)


def comparison() -> Comparison:
    found = assessment().comparison
    assert found is not None
    return found


def with_details(detail: str) -> Assessment:
    told = tuple(replace(change, detail=detail) for change in comparison().changes)
    return replace(assessment(), comparison=replace(comparison(), changes=told))


def printed(found: Assessment) -> str:
    stream = io.StringIO()
    Console(file=stream, width=300).print(run_summary(found))
    return stream.getvalue()


def test_changes_are_counted_by_kind_and_cause() -> None:
    assert changes.change_counts(comparison()) == (
        "4 new (2 configuration, 1 coverage, 1 time), 2 fixed (2 configuration) and 5 still open."
    )
    assert changes.change_counts(replace(comparison(), changes=())) == (
        "Nothing failed then, and nothing fails now."
    )


def test_a_line_says_what_became_of_a_finding_and_why() -> None:
    lines = changes.change_lines(comparison())
    assert any(
        line.startswith("new, configuration: [high] CAS-DB-001 DB-BR-01: rpc_client_access_server")
        for line in lines
    )
    assert any(
        line.startswith("fixed, configuration: [high] CAS-DB-001 DB-HO-01") for line in lines
    )
    assert not [line for line in lines if line.startswith("still open")]


def test_new_rules_are_told_apart_from_a_worse_organisation() -> None:
    assert changes.from_rules(comparison()) is None
    told = tuple(
        replace(each, cause=ChangeCause.RULE) if each.kind is ChangeKind.NEW else each
        for each in comparison().changes
    )
    assert changes.from_rules(replace(comparison(), changes=told)) == (
        "4 new failures come from 3 new or changed rules, not from the organisation."
    )


def test_the_terminal_tells_changes_and_forecast() -> None:
    told = printed(assessment())
    assert "Since 2026-11-15 06:00 UTC" in told
    assert "new, time: [medium] CAS-META-001 snapshot: only time went by" in told
    assert "2028-01-03 [medium] CAS-CERT-002 mail.corp.example (5FBF56EC)" in told


def test_the_terminal_is_silent_without_baseline_and_forecast() -> None:
    told = printed(replace(assessment(), comparison=None, forecast=None))
    assert "Since" not in told
    assert "Turns red" not in told


def test_the_csv_has_every_change_with_one_cause() -> None:
    text = changes.as_csv(assessment()).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == changes.COLUMNS
    assert len(rows) == len(comparison().changes)
    found = {(row["rule_id"], row["object"]): row for row in rows}
    fixed = found["CAS-DB-001", "DB-HO-01"]
    assert (fixed["change"], fixed["cause"]) == ("fixed", "configuration")
    assert (fixed["severity_before"], fixed["severity"]) == ("high", "")
    assert (fixed["verdict_before"], fixed["verdict"]) == ("fail", "pass")


def test_the_documents_have_the_documented_shape() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    document = json.loads(json_files(assessment())["findings.json"])
    assert [e.message for e in Draft202012Validator(schema).iter_errors(document)] == []
    assert [turn["on"] for turn in document["forecast"]["turns"]] == ["2028-01-03"] * 2
    diff = json.loads(changes.as_json(assessment()))
    assert diff["schema"] == "casaudit/diff/1"
    assert diff["changes"] == document["comparison"]["changes"]


def test_the_page_tells_changes_and_forecast_and_links_to_what_is_there() -> None:
    page = Page(html_files(assessment())["report.html"].decode())
    ids = set(page.ids())
    links = [each.attributes.get("href") or "" for each in page.all("a")]
    assert "changes" in ids
    assert not [link for link in links if link.startswith("#") and link[1:] not in ids]
    cells = [each.text.strip() for each in page.all("span") if each.has_class("mark")]
    assert (cells.count("fixed"), cells.count("new")) == (2, 4)


@pytest.mark.parametrize(
    "render", [changes.change_text, changes.as_csv, changes.as_json, html_files]
)
def test_hostile_details_change_no_shape(render: object) -> None:
    assert callable(render)
    plain, hostile = render(with_details("x")), render(with_details(HOSTILE))
    if isinstance(plain, dict):
        plain, hostile = plain["report.html"].decode(), hostile["report.html"].decode()
        assert "<script>alert" not in hostile
        assert len(Page(plain).elements) == len(Page(hostile).elements)
    elif isinstance(plain, bytes):
        assert plain.count(b"\n") == hostile.count(b"\n")
    else:
        assert len(plain.splitlines()) == len(hostile.splitlines())
        assert "\u202e" not in hostile


def test_a_later_run_of_the_same_evidence_changes_by_time_only() -> None:
    old = patched(sample(), THEN)
    later = Question(as_of=AS_OF + timedelta(days=60))
    found = assess(old, judge(), later, "0" * 64)
    told = compare(Baseline("then", None, old), old, found, book(), later)
    assert {change.cause for change in told.changes} == {None, ChangeCause.TIME}
