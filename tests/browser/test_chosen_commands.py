"""Under a filter a card's commands are those that the engine writes for the rows that are left."""

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.findings import COMMAND_PARTS, Assessment, Cause, Waiver
from casaudit.snapshot import Snapshot
from casaudit.text import visible
from casaudit.waivers import Waivers
from tests.browser.opening import EXPAND, opened
from tests.browser.test_german import german
from tests.support.assessments import many
from tests.support.assessments import sample as assessed
from tests.support.shipped_rules import judge, sample

pytestmark = pytest.mark.browser

QUOTED, LISTED, MARKUP = "O'Hara\u2019s", "a','MB-HO-01", "</span><img src=x onerror=alert(1)>"
UNNAMEABLE = "MB\u202eHO"
HOSTILE = {"MB-HO-01", "MB-HO-02", "MB-HO-03", QUOTED, LISTED, MARKUP, UNNAMEABLE}
ALL = {"MB-HO-01", "MB-HO-02", "MB-HO-03"}


def article() -> Snapshot:
    return patched(sample("article-a"), {})


@cache
def hostile() -> Snapshot:
    """Article A with databases that are named to confuse; one cannot be named in a command."""
    names = {name: {"like": "MB-HO-01"} for name in (QUOTED, LISTED, MARKUP)}
    snapshot = patched(sample("article-a"), {"add": {"databases": names}})
    first = next(each for each in snapshot.databases if each.name == "MB-HO-01")
    bad = first.model_copy(update={"name": UNNAMEABLE, "id": "no GUID", "dn": "CN=x," + first.dn})
    return snapshot.model_copy(update={"databases": (*snapshot.databases, bad)})


def no_address() -> Snapshot:
    """Two servers of a site without an Autodiscover address; their commands share no value."""
    change: Any = {"service_connection_points": {name: {"uris": []} for name in ("EX1", "EX2")}}
    return patched(sample(), {"change": change})


@cache
def judged(world: Callable[[], Snapshot], rule: str, waived: frozenset[str]) -> Cause:
    """The largest cause of a rule where the owners of some of its objects accept the failure."""
    return max(_causes(world, rule, waived), key=lambda cause: len(cause.findings))


def _causes(world: Callable[[], Snapshot], rule: str, waived: frozenset[str]) -> list[Cause]:
    return [cause for cause in whole(world, rule, waived).causes if cause.rule.id == rule]


@cache
def whole(
    world: Callable[[], Snapshot], rule: str = "", waived: frozenset[str] = frozenset()
) -> Assessment:
    snapshot = world()
    found = assess(snapshot, judge(), Question(), "0" * 64)
    entries = tuple(
        Waiver(
            rule=rule, object=f.subject.id, by_id=True, value=dict(f.evidence), owner="o",
            approver="a", reason="r", ticket=None, until=date(2026, 12, 1), line=at,
        )
        for at, f in enumerate(found.failures)
        if f.rule.id == rule and f.subject.name in waived
    )  # fmt: skip
    if not entries:
        return found
    return assess(snapshot, judge(), Question(), "0" * 64, waivers=Waivers("waivers.yaml", entries))


def written(cause: Cause) -> list[str]:
    texts = (getattr(cause.remediation, part) for part in COMMAND_PARTS)
    return [text for text in texts if text]


def shown(page: Page, cause: Cause) -> list[str]:
    """The commands of a card that a reader sees."""
    codes = page.locator(f"#cause-{cause.id} > .fix > figure:visible code")
    return [text or "" for text in codes.all_text_contents()]


def copied(page: Page, cause: Cause) -> list[str]:
    """The same by the buttons."""
    texts = []
    for button in page.locator(f"#cause-{cause.id} > .fix > figure:visible .copy").all():
        page.evaluate("navigator.clipboard.writeText('')")
        button.click()
        page.wait_for_function("navigator.clipboard.readText().then((text) => text !== '')")
        texts.append(page.evaluate("navigator.clipboard.readText()"))
    return texts


def note(page: Page, cause: Cause) -> str:
    return page.locator(f"#cause-{cause.id} > .fix > h4 + p, .fix > h5 + p").first.inner_text()


def search(text: str) -> Callable[[Page], Any]:
    return lambda page: page.fill("input[name=q]", text)


def state(value: str) -> Callable[[Page], Any]:
    return lambda page: page.select_option("select[name=state]", value)


def untick(*names: str) -> Callable[[Page], Any]:
    def choose(page: Page) -> None:
        for name in names:
            page.get_by_label(f"In the commands: {visible(name)}", exact=True).first.uncheck()

    return choose


CHOSEN = {
    "one of three": (article, "CAS-DB-001", set(), search("mb-ho-02"), {"MB-HO-02"}),
    "all of three": (article, "CAS-DB-001", set(), search("mb-ho"), ALL),
    "all but one": (article, "CAS-DB-001", set(), untick("MB-HO-01"), ALL - {"MB-HO-01"}),
    "the open ones": (article, "CAS-DB-001", {"MB-HO-01"}, state("open"), ALL - {"MB-HO-01"}),
    "one beside a waived one": (
        article, "CAS-DB-001", {"MB-HO-01"}, search("mb-ho-03"), {"MB-HO-03"},
    ),
    "one of a cause that is waived": (
        article, "CAS-DB-001", ALL, search("mb-ho-03"), {"MB-HO-03"},
    ),
    "one of two blocks": (no_address, "CAS-SCP-002", set(), untick("EX1"), {"EX2"}),
    "a quote in a name": (hostile, "CAS-DB-001", set(), search("o'hara"), {QUOTED}),
    "a name that looks like two": (hostile, "CAS-DB-001", set(), search("a','mb"), {LISTED}),
    "markup": (hostile, "CAS-DB-001", set(), search("<img"), {MARKUP}),
    "a name for no command": (hostile, "CAS-DB-001", set(), search("u+202e"), {UNNAMEABLE}),
    "all but the hostile": (
        hostile, "CAS-DB-001", set(),
        untick(QUOTED, LISTED, MARKUP, UNNAMEABLE), ALL,
    ),
}  # fmt: skip
"""By name: a world, a rule, what is waived, what a reader does, and what is left."""


@pytest.mark.parametrize("name", CHOSEN)
def test_the_commands_are_those_of_the_rows_that_are_left(
    browser: Browser, tmp_path: Path, name: str
) -> None:
    world, rule, waived, choose, left = CHOSEN[name]
    cause = judged(world, rule, frozenset(waived))
    every = {f.subject.name for f in cause.findings}
    # For the engine, what is hidden is as what is accepted.
    accepted = set() if waived == every else waived
    wanted = judged(world, rule, frozenset((every - left) | accepted))
    assert {f.subject.name for f in wanted.open} == left
    permissions = ["clipboard-read", "clipboard-write"]
    assessment = whole(world, rule, frozenset(waived))
    with opened(browser, tmp_path, assessment, permissions=permissions) as (page, seen):
        page.click(EXPAND)
        assert shown(page, cause) == written(cause)
        choose(page)
        assert shown(page, cause) == copied(page, cause) == written(wanted)
        by_hand = page.locator(f"#cause-{cause.id} > .fix > .hand:visible > span")
        assert by_hand.all_text_contents() == [*filter(None, [wanted.remediation.by_hand])]
        page.click("form.filter button[type=reset]")
        for box in page.locator(".tick:visible").all():
            box.check()
        page.wait_for_function("!document.body.classList.contains('filtered')")
        assert shown(page, cause) == written(cause)
        assert seen == []


def test_one_database_of_three_word_for_word(browser: Browser, tmp_path: Path) -> None:
    cause = judged(article, "CAS-DB-001", frozenset())
    with opened(browser, tmp_path, whole(article)) as (page, _):
        search("mb-ho-02")(page)
        fix = shown(page, cause)[1]
        assert fix.splitlines()[0] == "$databases = 'MB-HO-02'"
        assert note(page, cause) == ("The commands are for 1 of 3 objects: those shown and ticked.")
        untick("MB-HO-02")(page)
        assert shown(page, cause) == []
        assert note(page, cause) == "No object that the commands are for is shown and ticked."


def test_waived_rows_alone_have_no_commands(browser: Browser, tmp_path: Path) -> None:
    waived = frozenset({"MB-HO-01"})
    cause = judged(article, "CAS-DB-001", waived)
    with opened(browser, tmp_path, whole(article, "CAS-DB-001", waived)) as (page, _):
        state("waived")(page)
        assert page.locator(f"#cause-{cause.id}").is_visible()
        assert shown(page, cause) == []


def test_commands_that_cannot_be_divided_are_shown_for_all_or_not(
    browser: Browser, tmp_path: Path
) -> None:
    # Findings of which nobody knows how their card was put together.
    assessment = many(assessed("article-a"), causes=1, of_each=2)
    (cause,) = assessment.causes
    with opened(browser, tmp_path, assessment) as (page, _):
        assert page.locator(".tick").count() == 0
        assert shown(page, cause) == written(cause)
        search("mb-00000-00001")(page)
        assert shown(page, cause) == []
        assert note(page, cause).startswith("1 of 2 objects are shown. The commands are for all")


def test_a_parent_of_which_only_a_child_is_shown_has_no_commands(
    browser: Browser, tmp_path: Path
) -> None:
    causes = {cause.id: cause for cause in whole(article).causes}
    child = next(cause for cause in causes.values() if cause.parent)
    parent = causes[child.parent or ""]
    with opened(browser, tmp_path, whole(article)) as (page, _):
        page.select_option("select[name=rule]", child.rule.id)
        assert page.locator(f"#cause-{parent.id}").is_visible()
        assert shown(page, parent) == []
        assert shown(page, child) == written(child)


def test_without_script_there_are_no_ticks_and_the_commands_are_for_all(
    browser: Browser, tmp_path: Path
) -> None:
    with opened(browser, tmp_path, whole(hostile), java_script_enabled=False) as (page, _):
        assert page.locator(".tick").count() == 0
        for cause in whole(hostile).causes:
            assert shown(page, cause) == written(cause)


def test_the_choice_is_told_in_german_too(browser: Browser, tmp_path: Path) -> None:
    cause = next(cause for cause in german().causes if cause.rule.id == "CAS-DB-001")
    with opened(browser, tmp_path, german()) as (page, _):
        search("mb-ho-02")(page)
        assert note(page, cause).startswith("Die Befehle gelten für 1 von 3 Objekten")
        assert page.get_by_label("In den Befehlen: MB-HO-02").first.is_checked()
