"""junit.xml: valid for build servers, and nothing that was not seen looks like a success."""

from functools import cache
from pathlib import Path
from xml.etree.ElementTree import Element

import pytest
import xmlschema
from defusedxml.ElementTree import fromstring

from casaudit.findings import Assessment, Severity, Verdict
from casaudit.report.junit import files
from casaudit.text import UNSAFE
from tests.support.assessments import judged_by, sample
from tests.support.situations import SITUATIONS, hostile_twin, plain, unseen, waived


@cache
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(Path(__file__).resolve().parent / "schemas" / "junit-10.xsd"))


def root(assessment: Assessment) -> Element:
    found = fromstring(files(assessment)["junit.xml"])
    assert isinstance(found, Element)
    return found


def cases(assessment: Assessment, rule: str) -> dict[str, Element]:
    found = root(assessment).iter("testcase")
    return {e.get("name", ""): e for e in found if e.get("classname") == f"casaudit.{rule}"}


def outcomes(suite: Element) -> dict[str, int]:
    found = [child.tag for case in suite.iter("testcase") for child in case]
    return {f"{tag}s".replace("skippeds", "skipped"): found.count(tag) for tag in (
        "failure", "error", "skipped"
    )}  # fmt: skip


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_file_is_valid(name: str) -> None:
    schema().validate(files(SITUATIONS[name]())["junit.xml"].decode())


def test_the_schema_refuses_what_build_servers_do_not_know() -> None:
    raw = files(sample("healthy"))["junit.xml"].decode()
    assert not schema().is_valid(
        raw.replace("<skipped", "<waived").replace("</skipped", "</waived")
    )


def test_there_is_a_suite_for_each_rule_and_a_case_for_each_object() -> None:
    assessment = sample("article-a")
    _, *suites = root(assessment)
    assert [s.get("name") for s in suites] == [f"{r.id} {r.requirement}" for r in assessment.rules]
    total = sum(int(suite.get("tests", "")) for suite in suites)
    assert total == len(assessment.findings) == sum(len(s.findall("testcase")) for s in suites)


def test_no_two_cases_of_a_suite_share_a_name() -> None:
    for suite in root(sample("article-a")):
        names = [case.get("name") for case in suite.iter("testcase")]
        assert len(names) == len(set(names)), suite.get("name")


def test_the_counts_are_those_of_the_cases() -> None:
    found = root(plain())
    for suite in found:
        told = {name: int(suite.get(name, "")) for name in ("failures", "errors", "skipped")}
        assert told == outcomes(suite), suite.get("name")
    assert int(found.get("failures", "")) == outcomes(found)["failures"]
    assert int(found.get("tests", "")) == len(list(found.iter("testcase")))


def test_a_failure_says_what_is_wrong_and_what_to_do() -> None:
    case = cases(sample("article-a"), "CAS-DB-001")["database MB-HO-01 (HeadOffice)"]
    failure, out = case
    assert (failure.tag, failure.get("type")) == ("failure", "high")
    assert (failure.get("message") or "").startswith("MB-HO-01 (home site HeadOffice) uses")
    assert "Set-MailboxDatabase" in (out.text or "")
    assert "read from file:directory.ldf" in (out.text or "")


def test_only_a_pass_looks_like_a_success() -> None:
    assessment = sample("article-a")
    _, *suites = root(assessment)
    succeeded = [len(case) == 0 for suite in suites for case in suite.iter("testcase")]
    assert succeeded == [f.verdict is Verdict.PASS for f in assessment.findings]


def test_a_skipped_case_says_why() -> None:
    assessment = waived(sample("article-a"))
    told = {
        (case[0].get("type"), (case[0].get("message") or "").split(":")[0])
        for case in root(assessment).iter("testcase")
        if case.find("skipped") is not None
    }
    assert told == {
        ("not_collected", "not asked for"),
        ("not_evaluated", "could not be judged"),
        ("not_applicable", "does not apply"),
        ("info", "observed"),
        ("waived", "accepted until 2026-12-31"),
        ("standing", "standing notice"),
    }


def test_failures_are_those_that_count_for_the_exit_code() -> None:
    assessment = waived(sample("article-a"))
    counted = assessment.tally.organization.open
    assert int(root(assessment).get("failures", "")) == counted.total() - counted[Severity.INFO]


def test_evidence_that_was_asked_for_and_not_seen_is_an_error() -> None:
    found = cases(unseen(sample("article-a")), "coverage")
    error, out = found["TLS endpoints"]
    assert (error.tag, error.get("type")) == ("error", "failed")
    assert error.get("message") == "2 of 5 questions answered"
    assert out.text == "mail:443: timeout 10 s"
    assert found["Client Access arrays"][0].tag == "error"
    assert found["Mailbox counts"][0].tag == "skipped"
    assert len(found["Databases"]) == 0


def test_objects_of_one_name_are_told_apart() -> None:
    assessment = judged_by(sample("article-a"), "CAS-DB-001")
    names = [case.get("name") for case in root(_namesakes(assessment)).iter("testcase")]
    assert "database DB1 (HeadOffice) [id-0]" in names
    assert "database DB1 (HeadOffice) [id-1]" in names


def _namesakes(assessment: Assessment) -> Assessment:
    from dataclasses import replace

    first = assessment.findings[0]
    twins = tuple(
        replace(first, subject=replace(first.subject, name="DB1", site="HeadOffice", id=f"id-{n}"))
        for n in range(2)
    )
    return replace(assessment, findings=twins)


def tree(element: Element) -> object:
    return (element.tag, sorted(element.attrib), [tree(child) for child in element])


def test_the_hostile_twin_has_the_same_structure() -> None:
    assert tree(root(hostile_twin())) == tree(root(plain()))


def test_hidden_characters_are_visible() -> None:
    raw = files(hostile_twin())["junit.xml"].decode()
    assert not UNSAFE.search(raw.replace("\n", ""))
    assert "&#" not in raw
    assert "⟦U+0000⟧" in raw
