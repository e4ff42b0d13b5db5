"""brief.html in Chromium: one sheet of paper, whatever the organisation, in both languages."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from casaudit.findings import Assessment, Letterhead
from casaudit.report.html.brief import files
from casaudit.report.logo import logo_address
from tests.browser.opening import EXPAND, opened
from tests.browser.test_accessibility import blind, migrating, violations
from tests.browser.test_german import german
from tests.browser.test_landing import organisation
from tests.support.assessments import sample, twin, with_gaps
from tests.test_brief import STYLED
from tests.test_report_changes import assessment as changed

pytestmark = pytest.mark.browser

WORLDS: dict[str, Callable[[], Assessment]] = {
    "four databases": lambda: sample("article-a"),
    "nothing wrong": lambda: sample("healthy"),
    "nothing seen": blind,
    "two hundred sites": lambda: organisation(200),
    "a baseline": changed,
    "a migration": migrating,
    "German": german,
    "long names": lambda: twin(
        with_gaps(sample("article-a")), lambda text: text + "-very-long-name" * 4
    ),
}


@pytest.mark.parametrize("name", WORLDS)
def test_it_prints_on_one_sheet(browser: Browser, tmp_path: Path, name: str) -> None:
    letterhead = Letterhead("Wide World Importers", logo_address(STYLED, "logo.svg"))
    assessment = replace(WORLDS[name](), letterhead=letterhead)
    page = browser.new_page()
    (tmp_path / "brief.html").write_bytes(files(assessment)["brief.html"])
    page.goto((tmp_path / "brief.html").as_uri())
    sheets = len(re.findall(rb"/MediaBox", page.pdf(prefer_css_page_size=True)))
    page.close()
    assert sheets == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_and_quiet_and_fits_a_telephone(
    browser: Browser, tmp_path: Path, theme: str
) -> None:
    letterhead = Letterhead("Wide World Importers", logo_address(STYLED, "logo.svg"))
    assessment = replace(german(), letterhead=letterhead)
    size = {"width": 390, "height": 800}
    options = {"color_scheme": theme, "viewport": size}
    with opened(browser, tmp_path, assessment, write=files, **options) as (page, seen):
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("document.querySelector('.logo').naturalWidth") > 0
        assert [each for each in seen if not each.startswith("data:")] == []


def test_the_report_begins_with_the_same_sheet(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, changed()) as (page, _):
        page.click(EXPAND)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 695, "height": 900})
        # A4 without its margins, at 96 pixels an inch.
        bottom = page.locator(".glance").evaluate("e => e.getBoundingClientRect().bottom")
        assert bottom < (297 - 36) / 25.4 * 96
