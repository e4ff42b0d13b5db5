"""report.html under axe-core: no violation in either theme, however much was seen."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.findings import Assessment
from casaudit.shipped import SAMPLES
from casaudit.snapshot import Snapshot, loads
from tests.browser.opening import opened
from tests.support import scale
from tests.support.assessments import sample, twin, with_gaps
from tests.support.shipped_rules import judge
from tests.test_report_changes import assessment as changed
from tests.test_report_waivers import judged as waived

pytestmark = pytest.mark.browser

THEMES = pytest.mark.parametrize("theme", ["light", "dark"])
DETAILS = (
    ".findings, .inventory, .unseen, .appendix, .sites figure:nth-child(n+7), tr:nth-child(n+9)"
)
"""Parts whose like the smaller reports have too."""


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong with a page."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['failureSummary']} {node['html'][:200]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]


def blind() -> Assessment:
    """A collection that failed: no object was seen, and gaps say why."""
    gaps = with_gaps(sample("healthy"))
    views = {view: gaps.inventory[view] if view == "v_sections" else () for view in gaps.inventory}
    return replace(gaps, findings=(), causes=(), inventory=views)


@cache
def wide() -> Assessment:
    """200 sites with two servers and two databases each."""
    snapshot: Snapshot = scale.large_snapshot(400, per_site=2)
    return assess(snapshot, judge(), Question(), sha256="0" * 64)


def migrating() -> Assessment:
    """The way to Exchange 2016: gates, waves, a text for users and a checklist."""
    path = SAMPLES / "article-a" / "snapshot.json"
    asked = Question(profile="migration", target="2016")
    return assess(loads(path.read_bytes(), path.name), judge("migration"), asked, sha256="0" * 64)


@THEMES
@pytest.mark.parametrize("make", [blind, waived, migrating])
def test_axe_finds_nothing(
    browser: Browser, tmp_path: Path, theme: str, make: Callable[[], Assessment]
) -> None:
    with opened(browser, tmp_path, make(), color_scheme=theme) as (page, _):
        assert violations(page) == []


@THEMES
def test_axe_finds_nothing_in_the_overviews_of_two_hundred_sites(
    browser: Browser, tmp_path: Path, theme: str
) -> None:
    with opened(browser, tmp_path, wide(), color_scheme=theme) as (page, _):
        assert page.locator(".tiles li").count() == 200
        page.evaluate("all => document.querySelectorAll(all).forEach(e => e.remove())", DETAILS)
        assert violations(page) == []


def test_axe_would_notice(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, blind()) as (page, _):
        page.evaluate("document.querySelector('h1').setAttribute('aria-labelledby', 'nobody')")
        page.evaluate("document.querySelector('nav a').style.color = '#dddddd'")
        assert [each.split(":")[0] for each in violations(page)] == ["color-contrast"]


def test_a_narrow_page_of_long_foreign_names_is_as_accessible(
    browser: Browser, tmp_path: Path
) -> None:
    long = twin(sample("healthy"), lambda text: text + "-\u05d0\u6f22" * 20)
    with opened(browser, tmp_path, long, viewport={"width": 390, "height": 800}) as (page, _):
        assert violations(page) == []


def test_changes_and_forecasts_are_as_accessible(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, changed(), color_scheme="dark") as (page, _):
        assert violations(page) == []
