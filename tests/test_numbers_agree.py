"""One definition of each number: terminal, page, brief, findings.json and message say the same."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console
from ruamel.yaml import YAML

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.findings import Assessment, Severity, Verdict, is_of_answer
from casaudit.findings.document import Overview, read_document
from casaudit.report.html import brief, page
from casaudit.report.json import files
from casaudit.report.labels import EXTRA_SECTIONS
from casaudit.report.message.markdown import Style, message
from casaudit.report.terminal import run_summary
from casaudit.shipped import RULES, SAMPLES
from casaudit.snapshot import loads
from tests.support.page import Page
from tests.support.shipped_rules import judge
from tests.support.shipped_rules import sample as snapshot_of
from tests.support.situations import SITUATIONS
from tests.support.worlds import situations


def of_sample(name: str, profile: str) -> Assessment:
    path = SAMPLES / name / "snapshot.json"
    target = "2016" if profile == "migration" else None
    question = Question(profile=profile, target=target)
    return assess(loads(path.read_bytes(), path.name), judge(profile), question)


def of_world(name: str) -> Assessment:
    world = next(each for each in situations() if each.name == name)
    return assess(patched(snapshot_of(), world.given), judge(), Question())


WORLDS: dict[str, Callable[[], Assessment]] = {
    **{
        f"{name}, {profile}": lambda name=name, profile=profile: of_sample(name, profile)  # type: ignore[misc]
        for name in ("article-a", "article-b", "healthy")
        for profile in ("health", "migration", "audit")
    },
    **{each.name: lambda name=each.name: of_world(name) for each in situations()},  # type: ignore[misc]
    **{f"made: {name}": made for name, made in SITUATIONS.items() if "hostile" not in name},
}


def printed(assessment: Assessment) -> str:
    console = Console(file=StringIO(), width=10_000)
    console.print(run_summary(assessment))
    assert isinstance(console.file, StringIO)
    return " ".join(console.file.getvalue().split())


def read(content: bytes) -> str:
    """What stands on a page, in the order in which it is read."""
    (body,) = Page(content.decode()).all("body")
    return " ".join("".join(body.inside).split())


def numbers(text: str, shape: str) -> list[int]:
    """The numbers of a sentence, of which there may be several copies, all alike."""
    found = {tuple(each) for each in re.findall(shape, text.replace(",", ""))}
    assert len(found) == 1, (shape, found)
    return [int(each) for each in found.pop()]


PEOPLE = (
    r"(\d+) failed(?: \([^)]*\))? (\d+) passed (\d+) could not be judged and (\d+) not applicable"
    r" of (\d+) checks?"
)
MESSAGE = (
    r"(\d+) failed(?: \([^)]*\))? (\d+) passed (\d+) could not be judged (\d+) not applicable:"
    r" (\d+) checks?"
)


@pytest.mark.parametrize("name", WORLDS)
def test_checks_failures_and_kinds_of_evidence_agree(name: str) -> None:
    assessment = WORLDS[name]()
    found = json.loads(files(assessment)["findings.json"])
    here = found["summary"]["organization"]
    counts = [sum(here["fail"].values()), here["pass"], here["not_evaluated"]]
    counts += [here["not_applicable"]]
    counts += [sum(counts)]
    own = [f for f in assessment.findings if is_of_answer(f)]
    assert counts == [*(sum(f.verdict is v for f in own) for v in ORDER), len(own)]
    shown = page.files(assessment)["report.html"]
    (short,) = brief.files(assessment).values()
    papers = [printed(assessment), read(shown), read(short)]
    for paper in papers:
        assert numbers(paper, PEOPLE) == counts
    document = read_document(files(assessment)["findings.json"], "findings.json", Overview)
    told = message(document, Style(is_plain=True))
    assert numbers(told, MESSAGE) == counts
    never = re.search(r"not asked for: (\d+) of (\d+) kinds", told)
    if never:
        for paper in papers[1:]:
            shape = r"(\d+) not asked for of (\d+) kinds"
            assert numbers(paper, shape) == [int(each) for each in never.groups()]


ORDER = (Verdict.FAIL, Verdict.PASS, Verdict.NOT_EVALUATED, Verdict.NOT_APPLICABLE)


@pytest.mark.parametrize("name", ["article-a, health", "article-b, migration", "healthy, health"])
def test_what_the_page_lists_is_divided_aloud(name: str) -> None:
    assessment = WORLDS[name]()
    content = page.files(assessment)["report.html"]
    found = Page(content.decode())
    listed = {i for i in found.ids() if i.startswith("f-")}
    failures = {f"f-{f.fingerprint}" for f in assessment.failures}
    assert failures <= listed
    parts = numbers(
        found.text(),
        r"(\d+) failures? (?:is|are) listed: (\d+) of the organisation (\d+) about the"
        r" collection (\d+) of standing notices",
    )
    assert parts[0] == len(failures) == sum(parts[1:])


@pytest.mark.parametrize("name", ["article-a, health", "article-b, migration", "healthy, health"])
def test_no_percentage_stands_beside_a_critical_failure(name: str) -> None:
    assessment = WORLDS[name]()
    passed = next(f for f in assessment.findings if f.verdict is Verdict.PASS and is_of_answer(f))
    critical = replace(
        passed, verdict=Verdict.FAIL, severity=Severity.CRITICAL, message="It is wrong."
    )
    findings = tuple(
        critical if f.fingerprint == passed.fingerprint else f for f in assessment.findings
    )
    (content,) = brief.files(replace(assessment, findings=findings)).values()
    text = Page(content.decode()).text()
    assert not re.search(r"\d ?%", text)
    assert "pass, which says little beside" in text


def test_the_kinds_that_count_where_given_are_those_of_the_reference_data() -> None:
    rows = YAML(typ="safe").load(RULES / "data" / "sections.yaml")["rows"]
    assert {row["name"] for row in rows if row["optional"] == "yes"} == EXTRA_SECTIONS
