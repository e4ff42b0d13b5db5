"""The first page for people who decide: alone as brief.html, with a customer's name and logo."""

import base64
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from casaudit.errors import UsageError
from casaudit.findings import Assessment, Letterhead
from casaudit.remediation.planner import plan_of
from casaudit.report import Render
from casaudit.report.html import brief, page
from casaudit.report.logo import MOST_BYTES, logo_address
from casaudit.report.mending import mending
from casaudit.report.summary import summarize
from casaudit.shipped import SAMPLES
from tests.support.assessments import sample, twin, with_gaps
from tests.support.page import Page
from tests.support.running import casaudit
from tests.test_report_changes import assessment as changed
from tests.test_report_html import HOSTILE, structure

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">%s</svg>'
STYLED = SVG % b"<style>.a{fill:url(#g)}</style><defs><g id='g'/></defs><use href='#g' class='a'/>"
PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", 120, 40) + bytes(9)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08" + struct.pack(">HH", 40, 120) + bytes(9)


def written(assessment: Assessment) -> Page:
    return Page(brief.files(assessment)["brief.html"].decode())


def test_it_tells_three_risks_in_plain_words() -> None:
    text = written(sample("article-a")).text()
    rules = summarize(sample("article-a")).failed_rules
    assert len(rules) > 3
    for topic in rules[:3]:
        assert topic.first.rule.title in text
        assert topic.first.rule.why.split(". ")[0] in text
    assert rules[3].first.rule.title not in text
    assert f"The first 3 of {len(rules)} rules that failed." in text


def test_the_steps_are_those_of_the_plan() -> None:
    for assessment in (sample("article-a"), sample("article-b"), changed()):
        steps = plan_of(assessment).document(assessment)
        found = mending(assessment)
        assert sum(each.by_hand for each in found.efforts) == len(steps.by_hand)
        answered = sum(each.answer is not None for each in steps.steps)
        assert sum(each.by_answer for each in found.efforts) == answered
        assert sum(each.by_script for each in found.efforts) == len(steps.steps) - answered
        assert found.sentence in written(assessment).text()


def test_who_does_it_is_told_by_phase() -> None:
    teams = {each.team: each.by_hand for each in mending(sample("article-a")).efforts}
    assert teams["DNS administrators"] == 1 and teams["certificate authority"] == 1


def test_a_healthy_organisation_has_nothing_to_mend() -> None:
    text = written(sample("healthy")).text()
    assert "Nothing to mend." in text and "Steps by who" not in text


def test_it_tells_the_trend_where_there_is_a_baseline() -> None:
    assert "4 new, of" in written(changed()).text()
    assert "no earlier snapshot was given" in written(sample("healthy")).text()


def test_it_stands_alone() -> None:
    found = written(with_gaps(sample("article-a")))
    assert found.all("a") == [] and found.all("script") == []
    used = {(e.attributes["href"] or "")[1:] for e in found.all("use")}
    assert used <= set(found.ids())


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_text_changes_no_structure(kind: str) -> None:
    plain = with_gaps(sample("article-a"))
    hostile = twin(plain, lambda text: f"{HOSTILE[kind]}{text}")
    assert structure(written(hostile)) == structure(written(plain))


@pytest.mark.parametrize("render", [brief.files, page.files])
def test_it_bears_a_title_and_a_logo(render: Render) -> None:
    letterhead = Letterhead("Wide World <Importers>", logo_address(PNG, "logo.png"))
    (content,) = render(replace(sample("healthy"), letterhead=letterhead)).values()
    found = Page(content.decode())
    (logo,) = found.all("img")
    head, _, data = (logo.attributes["src"] or "").partition(",")
    assert head == "data:image/png;base64" and base64.b64decode(data) == PNG
    assert logo.attributes["alt"] == "Wide World <Importers>"
    assert "audit report: Wide World <Importers>" in found.text()


@pytest.mark.parametrize(
    ("content", "kind"), [(PNG, "png"), (JPEG, "jpeg"), (STYLED, "svg+xml"), (SVG % b"", "svg+xml")]
)
def test_pictures_are_embedded_as_they_are(content: bytes, kind: str) -> None:
    encoded = base64.b64encode(content).decode()
    assert logo_address(content, "x") == f"data:image/{kind};base64,{encoded}"


REFUSED = {
    "a script": (SVG % b"<script>alert(1)</script>", "'script'"),
    "a handler": (SVG % b"<path onload='alert(1)'/>", "'onload'"),
    "a link": (SVG % b"<a href='https://x.example/'/>", "'href'"),
    "a script in a link": (SVG % b"<use href='javascript:alert(1)'/>", "'href'"),
    "another page": (SVG % b"<foreignObject/>", "'foreignObject'"),
    "a foreign picture": (SVG % b"<image/>", "'image'"),
    "a loading style": (SVG % b"<style>@import 'https://x.example'</style>", "'style'"),
    "a loading fill": (SVG % b"<path fill='url(https://x.example/a)'/>", "'fill'"),
    "an escape in a style": (SVG % b"<path style='fill:u\\72l(x)'/>", "'style'"),
    "an animated link": (SVG % b"<animate attributeName='href'/>", "'animate'"),
    "an entity": (b"<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SVG % b"&a;", "not a picture"),
    "another document": (b"<html/>", "not a picture"),
    "no document": (b"GIF89a", "not a picture"),
    "nothing": (b"", "not a picture"),
    "many pixels": (PNG[:16] + struct.pack(">II", 60_000, 60_000) + bytes(9), "4,000,000 pixels"),
    "a broken PNG": (PNG[:18], "damaged"),
    "a broken JPEG": (JPEG[:9], "damaged"),
    "many bytes": (PNG + bytes(MOST_BYTES), "larger than 256 KiB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_harmless_picture_is_refused(name: str) -> None:
    content, problem = REFUSED[name]
    with pytest.raises(UsageError, match=problem):
        logo_address(content, "logo.svg")


def test_the_command_writes_it_with_both(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(STYLED)
    source = SAMPLES / "healthy" / "snapshot.json"
    words = ["--format", "brief,html", "--title", "Contoso", "--logo", str(logo)]
    done = casaudit("report", source, "-o", tmp_path / "out", *words)
    assert done.returncode == 0, done.stderr
    for name in ("brief.html", "report.html"):
        text = (tmp_path / "out" / name).read_text("utf-8")
        assert "Contoso" in text and "data:image/svg+xml;base64," in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--logo", "missing.png"], "is not a file"),
        (["--logo", "."], "is not a file"),
        (["--title", "x" * 101], "more than 100 characters"),
    ],
)
def test_a_wrong_head_is_told_before_anything_is_written(
    tmp_path: Path, words: list[str], told: str
) -> None:
    source = SAMPLES / "healthy" / "snapshot.json"
    done = casaudit("report", source, "-o", tmp_path / "out", *words)
    assert done.returncode == 2 and told in done.stderr
    assert not (tmp_path / "out").exists()
