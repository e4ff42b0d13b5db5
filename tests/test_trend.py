"""The trend: all snapshots judged alike, with marks where bars cannot be compared as they are."""

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest
from rich.console import Console

from casaudit.assess import VERDICTS, assess, judge_of
from casaudit.engine.evaluate import Judge, Question, part_of
from casaudit.engine.example_exports import Patch
from casaudit.engine.example_world import patched
from casaudit.findings import Assessment, Severity, Trend
from casaudit.history import judgement
from casaudit.history.trend import Run, trend_of
from casaudit.report.trend import COLUMNS, files, trend_table
from casaudit.rulebook.rule import Rulebook
from tests.support.page import Page
from tests.support.shipped_rules import book as whole_book
from tests.support.shipped_rules import sample

PINNED: Patch = {"change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}}}}
BLIND: Patch = {**PINNED, "sections": {"arrays": "partial"}}


@cache
def book() -> Rulebook:
    return part_of(whole_book(), {"CAS-DB-001", "CAS-DB-006", "CAS-ARRAY-001", "CAS-SERVER-003"})


@cache
def judge() -> Judge:
    return judge_of(book(), "health", VERDICTS)


def judged(given: Patch, month: int, rules: Rulebook | None = None) -> Assessment:
    snapshot = patched(sample(), given)
    taken = snapshot.collected_at + timedelta(days=30 * month)
    moved = snapshot.model_copy(update={"collected_at": taken})
    return assess(moved, rules or judge(), Question(), wanted=VERDICTS)


@cache
def over_time() -> Trend:
    """Healthy, then pinned, then seen in part, then repaired; given in another order."""
    edits = [{}, PINNED, BLIND, {}]
    runs = [Run(f"{n}.json", judged(given, n), None) for n, given in enumerate(edits)]
    return trend_of([runs[2], runs[0], runs[3], runs[1]])


def test_points_are_in_the_order_of_their_time() -> None:
    assert [point.name for point in over_time().points] == ["0.json", "1.json", "2.json", "3.json"]


def test_open_failures_are_counted_and_what_came_and_went() -> None:
    points = over_time().points
    assert [point.open.get(Severity.HIGH, 0) for point in points] == [0, 1, 0, 0]
    assert [point.standing for point in points] == [1, 1, 1, 1]
    assert [(point.came, point.went) for point in points] == [(0, 0), (2, 0), (0, 1), (0, 1)]


def test_a_section_that_is_seen_otherwise_is_noted() -> None:
    assert [point.notes for point in over_time().points] == [
        (),
        (),
        ("coverage: arrays was complete, is partial",),
        ("coverage: arrays was partial, is complete",),
    ]
    assert over_time().points[2].incomplete == {"arrays": "partial"}


def test_new_failures_that_come_from_new_rules_are_noted() -> None:
    few = replace(part_of(book(), {"CAS-SERVER-003"}), sha256="1" * 64)
    first, second = judged(PINNED, 0), judged(PINNED, 1)
    found = trend_of(
        [
            Run("0", first, judgement(judged(PINNED, 0, few))),
            Run("1", second, judgement(second)),
        ]
    )
    assert [point.reported for point in found.points] == [0, 2]
    assert found.points[1].notes == (
        "rules: other ones than before; of 2 failures reported then, 2 come from 3 new rules",
    )


def test_the_csv_has_a_line_for_each_snapshot() -> None:
    text = files(over_time())["trend.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(rows[0]) == COLUMNS
    assert [row["collected_at"][:10] for row in rows] == [
        "2026-11-15", "2026-12-15", "2027-01-14", "2027-02-13",
    ]  # fmt: skip
    assert [row["high"] for row in rows] == ["0", "1", "0", "0"]
    assert [row["standing"] for row in rows] == ["1", "1", "1", "1"]


def test_the_page_draws_every_count_and_says_the_same_in_a_table() -> None:
    page = Page(files(over_time())["trend.html"].decode())
    bars = [each for each in page.all("rect") if each.has_class("high")]
    heights = [float(bar.attributes["height"] or 0) for bar in bars]
    assert heights == [0.0, 80.0, 0.0, 0.0]
    assert len(page.all("svg")) == len(Severity) + 1
    assert len(page.all("tr")) == 1 + 4
    notes = [each.text for each in page.all("li")]
    assert "(1) 2027-01-14: coverage: arrays was complete, is partial" in notes


def test_the_terminal_shows_a_line_for_each_snapshot_and_every_note() -> None:
    stream = io.StringIO()
    Console(file=stream, width=200).print(trend_table(over_time()))
    told = stream.getvalue()
    assert "Example Corp: 4 snapshots" in told
    assert "2027-01-14: coverage: arrays was complete, is partial" in told
    assert all(f"{n}.json" in told for n in range(4))


@pytest.mark.parametrize("number", [1, 2, 60])
def test_any_number_of_snapshots_stays_on_the_paper(number: int) -> None:
    point = over_time().points[2]
    begun = datetime.fromisoformat("2024-01-01T00:00:00+00:00")
    points = tuple(
        replace(point, collected_at=begun + timedelta(days=30 * n)) for n in range(number)
    )
    page = Page(files(replace(over_time(), points=points))["trend.html"].decode())
    for bar in page.all("rect"):
        left, width = (float(bar.attributes[name] or 0) for name in ("x", "width"))
        assert left >= 0
        assert left + width <= 720
        assert float(bar.attributes["y"] or 0) >= 30


def test_hostile_names_change_no_shape() -> None:
    hostile = "\u202e</td><script>alert(1)</script>'\",=\r\n\x00"
    points = tuple(replace(p, name=hostile, notes=(hostile,)) for p in over_time().points)
    found = files(replace(over_time(), organization=hostile, points=points))
    text = found["trend.html"].decode()
    assert "<script>" not in text
    assert "\u202e" not in text
    assert found["trend.csv"].count(b"\n") == 5
