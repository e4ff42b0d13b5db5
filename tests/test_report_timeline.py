"""Certificates by their end: each in its band, at a place that grows with its days, all of them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.findings import Value
from casaudit.report.html.page import files
from casaudit.report.html.timeline import LEFT, MOST_LINES, TALLEST, WIDTH, Band, Timeline, timeline
from tests.support.assessments import sample
from tests.support.page import Page

AS_OF = datetime(2026, 11, 15, 6, 0, tzinfo=UTC)


def drawn(*days: int | None) -> Timeline:
    rows = [_row(number, left) for number, left in enumerate(days)]
    return timeline(rows, AS_OF)


def _row(number: int, days: int | None) -> dict[str, Value]:
    return {"name": f"cert {number}", "days_left": days}


@pytest.mark.parametrize(
    ("days", "band"),
    [
        (-1, Band.EXPIRED),
        (0, Band.MONTH),
        (29, Band.MONTH),
        (30, Band.QUARTER),
        (89, Band.QUARTER),
        (90, Band.LATER),
        (None, Band.UNKNOWN),
    ],
)
def test_bands_begin_on_their_first_day(days: int | None, band: Band) -> None:
    assert [each.band for each in drawn(days).endings] == [band]


def test_what_ends_first_comes_first_and_what_is_not_known_last() -> None:
    found = drawn(400, None, 12, -40, 40)
    assert [each.days for each in found.endings] == [-40, 12, 40, 400, None]
    assert found.endings[-1].x is None


@given(st.lists(st.integers(-5_000, 20_000), min_size=2, max_size=80))
def test_later_ends_never_stand_further_left_and_all_inside_their_zone(days: list[int]) -> None:
    found = drawn(*days)
    places = [each.x for each in found.endings if each.x is not None]
    assert places == sorted(places) and places[0] >= LEFT and places[-1] <= WIDTH
    zones = {zone.band: zone for zone in found.zones}
    for each in found.endings:
        zone = zones[each.band]
        assert each.x is not None and zone.x <= each.x <= zone.x + zone.width


@given(st.lists(st.integers(-900, 900), min_size=MOST_LINES + 1, max_size=200))
def test_columns_count_every_certificate_once(days: list[int]) -> None:
    found = drawn(*days)
    assert sum(column.count for column in found.columns) == len(days)
    zones = {zone.band: zone for zone in found.zones}
    for column in found.columns:
        zone = zones[column.band]
        assert zone.x <= column.x and column.x + column.width <= zone.x + zone.width
        assert 0 < column.height <= TALLEST and column.y + column.height < found.height


def test_the_axis_names_its_days() -> None:
    found = drawn(-10, 473)
    assert [zone.starts for zone in found.zones] == [
        *("2026-10-16", "2026-11-15", "2026-12-15", "2027-02-13"),
    ]
    assert found.last == "2028-03-02"


def test_the_table_says_where_each_certificate_is_used() -> None:
    assessment = sample("article-a")
    rows = assessment.inventory["v_certificates"]
    text = Page(files(assessment)["report.html"].decode()).of("certificates-table")
    for row in rows:
        endpoints = row["endpoints"]
        assert isinstance(endpoints, list) and endpoints
        assert all(endpoint in text for endpoint in endpoints)
    assert "473 days" in text and "2028-03-02 08:00 UTC" in text
