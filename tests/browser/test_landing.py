"""Every link of the menu leads to the head of its section, however large the organisation is."""

from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.findings import Assessment
from tests.browser.opening import EXPAND, opened
from tests.support import scale
from tests.support.assessments import sample
from tests.support.shipped_rules import judge

pytestmark = pytest.mark.browser

NEAR = 20
LANDED = "href => document.querySelector(href).getBoundingClientRect().top"


@cache
def organisation(sites: int) -> Assessment:
    """Two servers and two databases in each site."""
    return assess(scale.large_snapshot(sites * 2, per_site=2), judge(), Question(), sha256="0" * 64)


def missed(page: Page) -> dict[str, float]:
    """The links of the menu that lead elsewhere, and by how much."""
    found = {}
    for link in page.locator("nav a").all():
        href = link.get_attribute("href") or ""
        page.evaluate("scrollTo(0, 0)")
        link.evaluate("link => link.click()")
        # Two frames: the scroll of the first may show what then changes its height.
        page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))")
        found[href] = page.evaluate(LANDED, href)
    assert len(found) > 5
    return {href: top for href, top in found.items() if not 0 <= top <= NEAR}


@pytest.mark.parametrize("sites", [3, 30, 200])
def test_every_link_of_the_menu_lands(browser: Browser, tmp_path: Path, sites: int) -> None:
    with opened(browser, tmp_path, organisation(sites)) as (page, _):
        page.set_default_timeout(300_000)
        assert missed(page) == {}


@pytest.mark.parametrize("width", [390, 1280])
def test_it_lands_with_everything_unfolded(browser: Browser, tmp_path: Path, width: int) -> None:
    size = {"width": width, "height": 800}
    with opened(browser, tmp_path, organisation(30), viewport=size) as (page, _):
        page.click(EXPAND)
        assert missed(page) == {}


def test_a_link_to_a_row_unfolds_its_card(browser: Browser, tmp_path: Path) -> None:
    finding = sample("article-a").causes[-1].findings[-1]
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        row = page.locator(f"#f-{finding.fingerprint}")
        assert not row.is_visible()
        page.evaluate("hash => { location.hash = hash }", f"f-{finding.fingerprint}")
        row.wait_for(state="visible")


def test_a_link_to_what_the_filter_left_out_shows_all(browser: Browser, tmp_path: Path) -> None:
    cause = next(c for c in sample("article-a").causes if c.rule.id != "CAS-DB-001")
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        page.select_option("select[name=rule]", "CAS-DB-001")
        assert page.locator(f"#cause-{cause.id}").is_hidden()
        page.locator(f"a[href='#cause-{cause.id}']").first.click()
        page.locator(f"#cause-{cause.id}").wait_for(state="visible")
        assert page.locator(".filtered").count() == 0
