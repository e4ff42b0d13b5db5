"""The plan of a migration in Chromium: thirty sites on paper, the annex on demand, the drawing."""

import re
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.findings import Assessment
from tests.browser.opening import opened
from tests.support import scale
from tests.support.shipped_rules import judge

pytestmark = pytest.mark.browser

MOST_PAGES = 25


@cache
def organisation(sites: int) -> Assessment:
    """Two databases in each site, on the way to a version behind another one."""
    question = Question(profile="migration", target="se")
    snapshot = scale.large_snapshot(sites * 2, per_site=2)
    return assess(snapshot, judge("migration"), question, sha256="0" * 64)


def pages(page: Page) -> int:
    return len(re.findall(rb"/MediaBox", page.pdf(prefer_css_page_size=True)))


def test_thirty_sites_print_on_few_pages(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, organisation(30)) as (page, seen):
        assert 5 < pages(page) <= MOST_PAGES
        page.emulate_media(media="print")
        assert page.locator(".plan tbody tr:visible").count() == 30
        assert page.locator("svg.sequence:visible rect").count() == 33
        assert page.locator(".annex > .fold:visible").count() == 0
        assert seen == []


def test_the_annex_is_printed_on_demand_and_folded_again(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, organisation(5)) as (page, _):
        short = pages(page)
        page.evaluate("print = () => { opened = document.querySelectorAll('[open]').length }")
        page.click("button[name=annex]")
        assert page.evaluate("opened") == page.locator("details[open]").count() == 10
        annex = pages(page)
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert page.locator("details[open]").count() == 0
        assert short < annex
        # A sheet for each wave's checklist, to be signed.
        assert annex - short >= 5


@pytest.mark.parametrize("script", [True, False])
def test_the_drawing_needs_no_script_and_scrolls_alone(
    browser: Browser, tmp_path: Path, script: bool
) -> None:
    size, made = {"width": 390, "height": 800}, organisation(5)
    with opened(browser, tmp_path, made, viewport=size, java_script_enabled=script) as (page, _):
        drawing = page.locator("svg.sequence").bounding_box()
        around = page.locator(".scroll:has(svg.sequence)").bounding_box()
        assert drawing is not None and around is not None
        assert around["width"] <= 390 < drawing["width"]


def test_a_number_of_the_table_unfolds_its_wave(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, organisation(5)) as (page, _):
        assert not page.locator("details:has(> summary #wave-4)").get_attribute("open")
        page.click(".plan a[href='#wave-4']")
        page.wait_for_function("document.querySelector('#wave-4').closest('details').open")
        top = page.locator("#wave-4").evaluate("head => head.getBoundingClientRect().top")
        assert 0 <= top <= 20
