"""report.html: one file, complete without script, harmless whatever the directory holds."""

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise

import pytest

from casaudit.findings import Assessment, ChangeKind, Reference, Verdict
from casaudit.report.html.cards import LEAST_CARDS, MOST_CARDS, MOST_ROWS
from casaudit.report.html.page import files
from casaudit.shipped import REPORT_TEMPLATES
from casaudit.snapshot import Controller
from casaudit.text import UNSAFE, visible
from tests.support.assessments import many, sample, twin, with_gaps
from tests.support.page import Element, Page
from tests.test_report_changes import assessment as changed

HOSTILE = {
    "quotes": "'\"`\u2018\u2019\u201a\u201b\u201c\u201d\u201e ",
    "markup": "</title></style></script></svg><img src=x onerror=alert(1)><!--",
    "attributes": '" onload="alert(1)" x=\' onfocus=alert(1) ',
    "entities": "&lt;script&gt;&#60;b&#62;&amp; ",
    "templates": "{{ 7*7 }}{% raw %}${x}#{y} ",
    "formulas": "=cmd|' /C calc'!A0",
    "controls": "\x00\x01\t\r\n\x1b[31m\x7f\x85\x9b",
    "bidi": "\u202e\u2066\u061c\u200f\u2028\u200b",
    "surrogates": "\ud800\udfff",
    "astral and right to left": "\U0001f4a9\u05d0\u05d1\u0627\u4e2d\u6587",
    "long": "x" * 5_000,
}


def html(assessment: Assessment) -> str:
    return files(assessment)["report.html"].decode("utf-8")


def page(assessment: Assessment) -> Page:
    return Page(html(assessment))


def structure(found: Page) -> list[tuple[str, list[str]]]:
    """Elements and names of attributes; without what depends on the length of a text."""
    return [
        (element.tag, sorted(set(element.attributes) - {"class"}))
        for element in found.elements
        if element.tag != "wbr" and not any(each.has_class("site") for each in element.path)
    ]


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_changes_no_structure(kind: str) -> None:
    plain = with_gaps(sample("article-a"))
    hostile = twin(plain, lambda text: f"{HOSTILE[kind]}{text}")
    assert structure(page(hostile)) == structure(page(plain))


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_adds_nothing_to_the_drawings(kind: str) -> None:
    found = page(twin(sample("article-a"), lambda text: f"{HOSTILE[kind]}{text}"))
    drawn = [e for e in found.elements if any(each.has_class("site") for each in e.path)]
    names = {(element.tag, *sorted(element.attributes)) for element in drawn}
    plain = page(sample("article-a")).elements
    assert names - {("title",)} <= {(e.tag, *sorted(e.attributes)) for e in plain}


@pytest.mark.parametrize("kind", ["controls", "bidi", "surrogates"])
def test_what_cannot_be_seen_is_shown_as_its_code(kind: str) -> None:
    hostile = twin(sample("article-a"), lambda text: f"{HOSTILE[kind]}{text}")
    found = html(hostile)
    assert visible(HOSTILE[kind]) in found
    assert not UNSAFE.search(found.replace("\n", ""))


def test_foreign_names_are_isolated_from_their_surroundings() -> None:
    assessment = twin(sample("article-a"), lambda text: f"\u05d0{text}")
    names = {f.subject.name for f in assessment.findings if f.subject.kind == "database"}
    bearing = [e for e in page(assessment).elements if e.text.strip() in names]
    drawn = {"text", "title"}
    assert len(bearing) > len(names)
    assert {e.tag for e in bearing} - drawn == {"bdi"}


def test_the_policy_comes_first_and_allows_only_what_is_inlined() -> None:
    found = page(sample("article-a"))
    head = next(e for e in found.elements if e.path and e.path[-1].tag == "head")
    assert head.attributes["http-equiv"] == "Content-Security-Policy"
    policy = head.attributes["content"] or ""
    inlined = [*found.all("style"), *found.all("script")]
    digests = [hashlib.sha256(e.text.encode()).digest() for e in inlined]
    hashes = [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
    assert policy == (
        f"default-src 'none'; style-src {' '.join(hashes[:-1])}; script-src {hashes[-1]};"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


def test_nothing_is_loaded_from_anywhere() -> None:
    found = page(with_gaps(sample("article-a")))
    loading = {"src", "srcset", "data", "poster", "background", "action", "formaction", "ping"}
    assert [e.tag for e in found.elements if loading & set(e.attributes)] == []
    targets = {
        (e.tag, (e.attributes["href"] or "")[:1]) for e in found.elements if "href" in e.attributes
    }
    assert targets <= {("a", "#"), ("use", "#"), ("a", "h")}
    styles = "".join(e.text for e in found.all("style"))
    assert "url(" not in styles and "@import" not in styles


def test_only_published_addresses_become_links() -> None:
    assessment = sample("article-a")
    urls = ("javascript:alert(1)", "http://x.example/", "https://x.example/\"'><b>")
    references = tuple(Reference(url, url) for url in urls)
    causes = tuple(
        replace(cause, rule=replace(cause.rule, references=references))
        for cause in assessment.causes
    )
    found = page(replace(assessment, causes=causes))
    links = {e.attributes["href"] or "" for e in found.all("a")}
    assert {link for link in links if not link.startswith("#")} == {urls[2]}


def test_no_element_carries_script_or_style_of_its_own() -> None:
    for element in page(with_gaps(sample("article-a"))).elements:
        assert not [a for a in element.attributes if a.startswith("on") or a == "style"]


@pytest.mark.parametrize("name", ["article-a", "article-b", "healthy"])
def test_every_link_inside_the_page_leads_to_one_place(name: str) -> None:
    found = page(with_gaps(sample(name)))
    ids = found.ids()
    links = [e.attributes.get("href") or "" for e in found.all("a") + found.all("use")]
    named = [i for e in found.elements for i in (e.attributes.get("aria-labelledby") or "").split()]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links if link.startswith("#")} | set(named) <= set(ids)


def test_every_verdict_that_needs_words_has_them_in_the_page() -> None:
    assessment = with_gaps(sample("article-a"))
    blind = tuple(
        replace(f, verdict=Verdict.NOT_EVALUATED, reason=f"no evidence {number}", message=None)
        if f.verdict is Verdict.PASS
        else f
        for number, f in enumerate(assessment.findings)
    )
    found = page(replace(assessment, findings=blind))
    ids, text = set(found.ids()), found.text()
    for finding in blind:
        assert f"f-{finding.fingerprint}" in ids
        assert finding.subject.name in found.of(f"f-{finding.fingerprint}")
        assert (finding.message or finding.reason or "?") in text


def test_a_failure_shows_evidence_source_and_commands() -> None:
    assessment = sample("article-a")
    cause = next(c for c in assessment.causes if c.rule.id == "CAS-DB-001")
    found = page(assessment)
    card = found.of(f"cause-{cause.id}")
    for finding in cause.findings:
        row = found.of(f"f-{finding.fingerprint}")
        assert finding.subject.name in row and "2026-11-15 06:00 UTC" in row
    codes = ["".join(e.inside) for e in found.all("code")]
    fix = cause.remediation
    assert {fix.before, fix.fix, fix.verify, fix.rollback} <= set(codes)
    assert "What clients notice" in card and cause.rule.why in card


def test_a_recommendation_is_called_one() -> None:
    assessment = sample("article-a")
    rule = replace(assessment.causes[0].rule, confidence="judgement")
    cause = replace(assessment.causes[0], rule=rule)
    card = page(replace(assessment, causes=(cause,))).of(f"cause-{cause.id}")
    assert "Recommendation" in card


def test_what_follows_from_a_cause_stands_inside_it_and_is_not_counted_again() -> None:
    assessment = many(sample("article-a"), causes=3, of_each=2)
    parent, child, other = assessment.causes
    child = replace(child, parent=parent.id)
    found = page(replace(assessment, causes=(parent, child, other)))
    inner = next(e for e in found.elements if e.attributes.get("id") == f"cause-{child.id}")
    assert f"cause-{parent.id}" in [e.attributes.get("id") for e in inner.path]
    assert "The 6 failures come down to 2 root causes, 1 more follows from these" in found.text()
    assert found.text().count(f"{child.findings[0].subject.name} is not as it should be") == 1


def test_headings_go_down_step_by_step_from_one_title() -> None:
    found = page(with_gaps(sample("article-a")))
    levels = [int(e.tag[1]) for e in found.elements if re.fullmatch(r"h[1-6]", e.tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_has_a_caption_and_scoped_headers() -> None:
    found = page(with_gaps(sample("article-a")))
    tables = found.all("table")
    assert len(found.all("caption")) == len(tables) > 10
    assert {e.attributes.get("scope") for e in found.all("th")} == {"row", "col"}
    assert all("".join(e.inside).strip() for e in found.all("th") + found.all("caption"))


@pytest.mark.parametrize(("last", "told"), [(102, True), (101, False)])
def test_a_controller_that_changed_while_it_was_read_is_told(last: int, told: bool) -> None:
    controller = Controller(
        origin="ldaps://dc1", bind="simple", protection="ldaps", usn_start=101, usn_end=last
    )
    text = html(replace(sample("article-a"), controllers=(controller,)))
    assert f"101 to {last}" in text
    assert ("101 to 102: something on it changed while it was read" in text) is told


def test_every_drawing_is_hidden_or_has_a_name() -> None:
    for element in page(sample("article-a")).all("svg"):
        if is_inside(element, "svg"):
            continue
        attributes = element.attributes
        named = "aria-label" in attributes or "aria-labelledby" in attributes
        assert attributes.get("aria-hidden") == "true" or (attributes["role"] == "img" and named)


def test_no_state_is_told_by_colour_alone() -> None:
    found = page(with_gaps(sample("article-a")))
    for element in found.elements:
        if element.has_class("mark") or element.has_class("state"):
            drawn = [e for e in found.elements if element in e.path and e.tag == "use"]
            assert len(drawn) == 1 and "".join(element.inside).strip(), element


def test_a_long_list_of_objects_is_cut_aloud_and_every_message_stays() -> None:
    assessment = many(sample("article-a"), causes=1, of_each=MOST_ROWS + 7)
    found = page(assessment)
    text = found.text()
    assert f"the first {MOST_ROWS} with all evidence, 7 more below" in text
    assert all((f.message or "?") in text for f in assessment.findings)
    assert {f"f-{f.fingerprint}" for f in assessment.findings} <= set(found.ids())


def test_causes_beyond_the_limit_keep_their_place_and_message() -> None:
    assessment = many(sample("article-a"), causes=MOST_CARDS + 3, of_each=1)
    found = page(assessment)
    assert sum(e.has_class("cause") for e in found.elements) == MOST_CARDS > LEAST_CARDS
    assert "3 causes without a card" in found.text()
    assert {f"cause-{cause.id}" for cause in assessment.causes} <= set(found.ids())


def test_an_organisation_without_objects_has_a_report_too() -> None:
    healthy = sample("healthy")
    inventory = dict.fromkeys(healthy.inventory, ())
    empty = replace(healthy, findings=(), causes=(), rules=(), inventory=inventory, coverage=())
    text = page(empty).text()
    assert "Nothing wrong seen:" in text and "None was seen." in text


def test_the_script_is_small() -> None:
    assert (REPORT_TEMPLATES / "report.js").stat().st_size < 20_000


def palettes() -> list[dict[str, str]]:
    style = (REPORT_TEMPLATES / "report.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    return [dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", block)) for block in blocks]


def contrast(one: str, two: str) -> float:
    """The contrast ratio of WCAG 2.1."""
    darker, lighter = sorted(luminance(colour) for colour in (one, two))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark"])
def test_text_stands_out_from_every_ground(palette: dict[str, str]) -> None:
    texts = set(palette) - {"bg", "panel", "line", "mark"}
    assert texts == {
        *("text", "muted", "link", "critical", "high", "medium", "low", "info", "good", "unknown"),
    }
    for text in texts:
        assert contrast(palette[text], palette["bg"]) >= 4.5, text
        assert contrast(palette[text], palette["panel"]) >= 4.5, text
    for text in ("text", "muted", "link"):
        assert contrast(palette[text], palette["mark"]) >= 4.5, text


def is_inside(element: Element, tag: str) -> bool:
    return any(each.tag == tag for each in element.path)


def is_inside_of(element: Element, name: str) -> bool:
    return any(each.has_class(name) for each in element.path)


def test_landmarks_and_a_link_past_the_contents_are_there() -> None:
    found = page(sample("article-a"))
    links = found.all("a")
    assert links[0].has_class("skip") and links[0].attributes["href"] == "#main"
    assert found.all("main")[0].attributes["id"] == "main"
    assert found.all("nav")[0].attributes["aria-label"] == "Contents"
    assert all(is_inside(e, "main") for e in found.all("table"))


def scattered(assessment: Assessment, sites: int) -> Assessment:
    """The same with one server and one database of each of so many sites."""
    views = assessment.inventory
    places = [{"site": f"S{number:02}", "id": f"{number}"} for number in range(sites)]
    server, database = views["v_servers"][0], views["v_databases"][0]
    servers = tuple({**server, **place} for place in places)
    databases = tuple({**database, **place, "home_site": place["site"]} for place in places)
    return replace(assessment, inventory={**views, "v_servers": servers, "v_databases": databases})


def test_many_sites_have_an_overview_with_a_link_to_each_drawing() -> None:
    found = page(scattered(sample("article-b"), 13))
    tiles = [e for e in found.all("a") if any(each.has_class("tiles") for each in e.path)]
    drawings = {e.attributes.get("id") for e in found.all("details") if is_inside_of(e, "sites")}
    assert {(e.attributes["href"] or "")[1:] for e in tiles} == drawings
    assert len(tiles) == 13 + 2 and "of 15 sites with Exchange objects" in found.text()


def test_few_sites_need_no_overview() -> None:
    assert "sites with Exchange objects" not in page(sample("article-b")).text()


def test_a_failure_tells_its_past() -> None:
    assessment = changed()
    comparison = assessment.comparison
    assert comparison is not None
    found = page(assessment)
    words = {ChangeKind.NEW: "New since", ChangeKind.STILL_OPEN: "Still open since"}
    for change in comparison.changes:
        if change.after and change.kind in words:
            told = found.of(f"f-{change.after.fingerprint}")
            assert words[change.kind] in told and (change.detail or "") in told


def test_the_first_screen_tells_changes_with_their_denominators() -> None:
    text = page(changed()).text()
    failures = len(changed().failures)
    assert f"4 new, of {failures} failures now" in text
    assert "2 fixed, of 7 failures then" in text
    assert "no earlier snapshot was given" in page(sample("healthy")).text()
