"""report.html in Chromium: quiet, complete without script, quick, printable, usable when narrow."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.opening import EXPAND, FULL, opened
from tests.support.assessments import many, sample, twin, with_gaps

pytestmark = pytest.mark.browser

HOSTILE = "\"'<script>alert(1)</script><img src=http://x.example/ onerror=alert(1)>\u202e"


def visible_rows(page: Page) -> int:
    return page.locator("table.objects tbody tr:visible").count()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_a_network_the_report_asks_for_nothing_and_complains_of_nothing(
    browser: Browser, tmp_path: Path, scheme: str
) -> None:
    assessment = with_gaps(sample("article-a"))
    with opened(browser, tmp_path, assessment, color_scheme=scheme, offline=True) as (page, seen):
        page.mouse.wheel(0, 20_000)
        assert seen == []


def test_hostile_names_do_nothing(browser: Browser, tmp_path: Path) -> None:
    hostile = twin(sample("article-a"), lambda text: HOSTILE + text)
    with opened(browser, tmp_path, hostile) as (page, seen):
        page.fill("input[name=q]", "alert")
        assert seen == []
        assert page.locator("img").count() == 0
        assert page.locator("script").count() == 1


def test_without_script_every_finding_is_there(browser: Browser, tmp_path: Path) -> None:
    assessment = with_gaps(sample("article-a"))
    with opened(browser, tmp_path, assessment, java_script_enabled=False) as (page, seen):
        text = " ".join(page.locator("body").inner_text().split())
        assert seen == []
        for finding in assessment.failures:
            assert finding.subject.name in text and (finding.message or "?") in text
        for cause in assessment.causes:
            fix = " ".join((cause.remediation.fix or "").split())
            assert fix in text
        assert page.locator("form.filter:visible, button:visible").count() == 0


def test_the_page_never_scrolls_sideways(browser: Browser, tmp_path: Path) -> None:
    for width in (390, 800, 1280):
        size = {"width": width, "height": 800}
        long = twin(sample("article-a"), lambda text: text + "-very-long-name" * 4)
        with opened(browser, tmp_path, long, viewport=size) as (page, _):
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_filters_live_in_the_fragment(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        before = visible_rows(page)
        page.select_option("select[name=rule]", "CAS-DB-001")
        assert visible_rows(page) == 3 < before
        assert page.url.endswith("#rule=CAS-DB-001")
        page.fill("input[name=q]", "mb-ho-02")
        assert visible_rows(page) == 1
        assert "1 of" in page.locator("form.filter output").inner_text()
        page.reload()
        assert visible_rows(page) == 1
        page.click("form.filter button[type=reset]")
        page.wait_for_function("!document.body.classList.contains('filtered')")
        assert visible_rows(page) == before


def test_a_link_to_a_finding_leads_to_it(browser: Browser, tmp_path: Path) -> None:
    finding = next(f for f in sample("article-a").failures if f.subject.name == "MB-HO-03")
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        page.goto(page.url + f"#f-{finding.fingerprint}")
        row = page.locator(f"#f-{finding.fingerprint}")
        assert "MB-HO-03" in row.inner_text()
        assert row.evaluate("e => e.matches(':target')")


def test_tables_sort_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        page.click("#inventory-databases")
        head = page.locator("details:has(#inventory-databases) thead th").first
        names = page.locator("details:has(#inventory-databases) tbody th")
        head.locator("button").press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        ascending = names.all_inner_texts()
        head.locator("button").press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        assert names.all_inner_texts() == sorted(ascending, reverse=True)


def test_commands_are_copied_exactly(browser: Browser, tmp_path: Path) -> None:
    cause = next(c for c in sample("article-a").causes if c.rule.id == "CAS-DB-001")
    permissions = ["clipboard-read", "clipboard-write"]
    with opened(browser, tmp_path, sample("article-a"), permissions=permissions) as (page, _):
        card = page.locator(f"#cause-{cause.id}")
        card.locator("button.copy").nth(1).click()
        page.wait_for_function("document.querySelector('.copy:focus')?.textContent === 'Copied'")
        assert page.evaluate("navigator.clipboard.readText()") == cause.remediation.fix


def test_everything_can_be_reached_by_keyboard(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        scrolling = "e => e.scrollWidth > e.clientWidth && e.tabIndex !== 0"
        boxes = page.locator("main *").evaluate_all(
            f"all => all.filter({scrolling}).filter(e => getComputedStyle(e).overflowX === 'auto')"
            ".map(e => e.tagName)"
        )
        assert boxes == []


@pytest.mark.parametrize("script", [True, False])
def test_a_full_print_leaves_nothing_out(browser: Browser, tmp_path: Path, script: bool) -> None:
    assessment = many(sample("article-a"), causes=5, of_each=60)
    with opened(browser, tmp_path, assessment, java_script_enabled=script) as (page, _):
        if script:
            page.evaluate("print = () => { printed = document.querySelector('main').innerText }")
            page.click(FULL)
            text = page.evaluate("printed")
        else:
            page.emulate_media(media="print")
            text = page.locator("main").inner_text()
        assert all((finding.message or "?") in text for finding in assessment.failures)
        page.emulate_media(media="print")
        assert page.locator("nav:visible, form:visible, .copy:visible").count() == 0


def test_after_a_full_print_is_folded_what_was(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        folded = page.locator("details:not([open])").count()
        page.evaluate("print = () => dispatchEvent(new Event('afterprint'))")
        page.click(FULL)
        assert page.locator("details:not([open])").count() == folded > 10


def test_on_paper_stands_what_is_unfolded(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        short = len(re.findall(rb"/MediaBox", page.pdf(prefer_css_page_size=True)))
        page.click(EXPAND)
        full = len(re.findall(rb"/MediaBox", page.pdf(prefer_css_page_size=True)))
    assert short <= 12 < full


def test_print_numbers_its_pages_and_turns_the_wide_ones(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        page.click(EXPAND)
        raw = page.pdf(prefer_css_page_size=True)
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", raw)
    upright = [float(width) < float(height) for width, height in boxes]
    assert upright.count(True) > 3 and upright.count(False) > 3


def test_the_printed_header_shows_even_hostile_names(browser: Browser, tmp_path: Path) -> None:
    name = "a\\\"'}</style>\u202e\u6f22\U0001f4a9"
    with opened(browser, tmp_path, twin(sample("healthy"), lambda _: name)) as (page, _):
        rules = page.evaluate("Array.from(document.styleSheets[1].cssRules, rule => rule.cssText)")
    assert len(rules) == 1
    shown = "Client Access audit: a\\\\\\\"'}</style>⟦U+202E⟧\u6f22\U0001f4a9"
    assert shown in rules[0] and "SHA-256" in rules[0]


@pytest.mark.parametrize(("causes", "of_each"), [(500, 20), (10_000, 1), (1, 10_000)])
def test_ten_thousand_findings_open_and_filter(
    browser: Browser, tmp_path: Path, causes: int, of_each: int
) -> None:
    assessment = many(sample("article-a"), causes, of_each)
    wanted = assessment.failures[-1]
    with opened(browser, tmp_path, assessment) as (page, _):
        page.fill("input[name=q]", wanted.subject.name)
        page.wait_for_function("document.body.classList.contains('filtered')")
        assert page.locator(f"#f-{wanted.fingerprint}").is_visible()
        assert page.locator(f"#f-{assessment.failures[0].fingerprint}").is_hidden()


CUT = """wide => Array.from(document.querySelectorAll(".scroll, pre, .tiles li, figure, td, th"))
    .filter(e => Boolean(e.closest(".timeline, .inventory, .appendix")) === wide)
    .filter(e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth)
    .map(e => e.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize(("width", "wide"), [(695, False), (1024, True)])
@pytest.mark.parametrize("longer", ["", "-very-long-name" * 4])
def test_print_cuts_nothing_off_at_the_edge_of_its_paper(
    browser: Browser, tmp_path: Path, width: int, wide: bool, longer: str
) -> None:
    assessment = twin(sample("article-a"), lambda text: text + longer)
    size = {"width": width, "height": 900}
    with opened(browser, tmp_path, assessment, viewport=size) as (page, _):
        page.click(EXPAND)
        page.emulate_media(media="print")
        assert page.evaluate(CUT, wide) == []
