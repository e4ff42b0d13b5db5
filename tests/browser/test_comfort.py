"""What the script adds to report.html: filters, sorting and a CSV file of the rows shown."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from casaudit.findings import ChangeKind
from casaudit.report.csv import cell
from casaudit.text import visible
from tests.browser.opening import EXPAND, opened
from tests.support.assessments import sample, twin
from tests.test_report_changes import assessment as changed
from tests.test_report_waivers import judged as waived

pytestmark = pytest.mark.browser


def saved(page: Page, folder: Path) -> list[dict[str, str]]:
    """The rows that the report saves."""
    with page.expect_download() as download:
        page.click("button[name=save]")
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_rows_shown_are_saved_with_their_evidence(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        assert len(saved(page, tmp_path)) == len(sample("article-a").failures)
        page.select_option("select[name=rule]", "CAS-DB-001")
        page.fill("input[name=q]", "mb-ho-02")
        (row,) = saved(page, tmp_path)
    finding = next(
        f
        for f in sample("article-a").failures
        if (f.rule.id, f.subject.name) == ("CAS-DB-001", "MB-HO-02")
    )
    assert row["message"] == finding.message and row["fingerprint"] == finding.fingerprint
    assert (row["object"], row["site"], row["severity"]) == ("MB-HO-02", "HeadOffice", "high")
    assert "RpcClientAccessServer: HO-EX2010-MB1.exchangeserverpro.net" in row["evidence"]


@pytest.mark.parametrize(
    "begin", ["=cmd|'/C calc'!A0", "+1", "-1", "@x", "|x", "%x", "'x", "\uff1d1", '"']
)
def test_no_cell_saved_is_a_formula(browser: Browser, tmp_path: Path, begin: str) -> None:
    hostile = twin(sample("article-a"), lambda text: begin + text)
    with opened(browser, tmp_path, hostile) as (page, _):
        rows = saved(page, tmp_path)
    names = {cell(" ".join(visible(f.subject.name).split())) for f in hostile.failures}
    assert {row["object"] for row in rows} == names


def test_numbers_sort_as_numbers(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        page.click(EXPAND)
        table = page.locator("table", has=page.locator("caption", has_text="of profile health"))
        table.locator("thead button", has_text="Objects").click()
        texts = table.locator("tbody td:last-child").all_inner_texts()
        # A rule without objects says so behind its 0.
        found = [int(text.split()[0]) for text in texts]
    assert found == sorted(found) and len(set(found)) > 3 and max(found) > 9


def test_waived_and_open_failures_can_be_told_apart(browser: Browser, tmp_path: Path) -> None:
    assessment = waived()
    names = sorted(f.subject.name for f in assessment.failures if f.waiver)
    with opened(browser, tmp_path, assessment) as (page, _):
        page.select_option("select[name=state]", "waived")
        assert page.url.endswith("#state=waived")
        page.reload()
        assert sorted(row["object"] for row in saved(page, tmp_path)) == names != []


def test_new_failures_can_be_told_from_old_ones(browser: Browser, tmp_path: Path) -> None:
    comparison = changed().comparison
    assert comparison is not None
    new = [c.after for c in comparison.changes if c.kind is ChangeKind.NEW]
    with opened(browser, tmp_path, changed()) as (page, _):
        page.select_option("select[name=state]", "new")
        found = {row["fingerprint"] for row in saved(page, tmp_path)}
        assert found == {each.fingerprint for each in new if each}


def test_without_waivers_and_baseline_there_is_no_state_to_choose(
    browser: Browser, tmp_path: Path
) -> None:
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        assert page.locator("select[name=state]").is_hidden()
        assert page.locator("select[name=rule]").is_visible()


def test_a_longer_table_is_searched_by_itself(browser: Browser, tmp_path: Path) -> None:
    with opened(browser, tmp_path, sample("article-a")) as (page, _):
        page.click(EXPAND)
        rules = page.locator("details", has=page.locator("caption", has_text="of profile health"))
        every = rules.locator("tbody tr").count()
        rules.locator("input[type=search]").fill("cas-db-")
        shown = rules.locator("tbody tr:visible").count()
        assert 3 < shown < every
        assert rules.locator("output").inner_text() == f"{shown} of {every} rows shown."
        with page.expect_download() as download:
            rules.locator(".search button").click()
        download.value.save_as(tmp_path / "table.csv")
        with (tmp_path / "table.csv").open(encoding="utf-8-sig", newline="") as file:
            head, *rows = csv.reader(file)
    assert head[:3] == ["Rule", "Requirement", "Severity"]
    assert len(rows) == shown and all(row[0].startswith("CAS-DB-") for row in rows)


def test_the_filter_stays_in_sight_and_covers_no_card(browser: Browser, tmp_path: Path) -> None:
    for width in (390, 1280):
        size = {"width": width, "height": 800}
        with opened(browser, tmp_path, sample("article-a"), viewport=size) as (page, _):
            page.click(EXPAND)
            last = page.locator(".cause").last
            page.evaluate("id => { location.hash = id }", last.get_attribute("id"))
            page.wait_for_function("scrollY > 1000")
            bar = page.locator("form.filter").bounding_box()
            card = last.bounding_box()
            assert bar and card
            assert bar["y"] == 0 and bar["y"] + bar["height"] <= card["y"] <= 120


@pytest.mark.parametrize("system", ["light", "dark"])
def test_the_theme_is_chosen_and_kept(browser: Browser, tmp_path: Path, system: str) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light, dark = "rgb(255, 255, 255)", "rgb(21, 24, 29)"
    with opened(browser, tmp_path, sample("healthy"), color_scheme=system) as (page, _):
        assert page.evaluate(ground) == {"light": light, "dark": dark}[system]
        for theme, colour in (("dark", dark), ("light", light)):
            page.select_option("select[name=theme]", theme)
            assert page.evaluate(ground) == colour
            page.reload()
            assert page.evaluate(ground) == colour
        page.emulate_media(media="print")
        assert page.evaluate(ground) == light
