"""report.html in German in Chromium: the script speaks it too, and long words fit."""

from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from casaudit import shipped
from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.findings import Assessment
from casaudit.rulebook.translate import translated
from casaudit.snapshot import loads
from tests.browser.opening import opened
from tests.support.shipped_rules import book

pytestmark = pytest.mark.browser


@cache
def german() -> Assessment:
    rules = translated(book(), "de", [shipped.REPORT_TEMPLATES])
    path = shipped.SAMPLES / "article-a" / "snapshot.json"
    question = Question(profile="migration", target="2016")
    return assess(loads(path.read_bytes(), path.name), rules, question)


def test_the_script_speaks_german_and_nothing_complains(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, german()) as (page, seen):
        assert page.locator("button.copy").first.text_content() == "Kopieren"
        severities = page.locator("select[name=severity] option").all_text_contents()
        assert severities[:3] == ["alle", "Kritisch", "Hoch"]
        page.fill("input[name=q]", "MB-HO-01")
        note = page.locator("form.filter output").text_content() or ""
        assert note.startswith("Gefiltert: ") and note.endswith(" Befunden werden gezeigt.")
        assert seen == []


@pytest.mark.parametrize("width", [390, 800])
def test_long_german_words_do_not_push_the_page_sideways(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    size = {"width": width, "height": 800}
    with opened(browser, tmp_path, german(), viewport=size) as (page, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_no_line_of_the_map_is_cut_in_german(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, german()) as (page, _):
        drawn = page.locator("svg.site .box text").all_text_contents()
        assert drawn
        assert [line for line in drawn if "…" in line] == []
