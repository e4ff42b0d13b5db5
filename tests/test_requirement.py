"""What a rule requires: one sentence, shown instead of the fault where nothing failed."""

import json
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from io import StringIO

import pytest
from rich.console import Console

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.findings import Assessment, Verdict
from casaudit.findings.document import Overview, read_document
from casaudit.history.earlier import read_findings
from casaudit.report import FORMATS
from casaudit.report.json import files as findings_json
from casaudit.report.message.markdown import Style, message
from casaudit.report.pack.sample import Sampling, sample_table
from casaudit.report.terminal import run_summary
from casaudit.rulebook.rule import Rule
from casaudit.rulebook.translate import translated
from casaudit.shipped import SAMPLES
from casaudit.snapshot import loads
from tests.support.assessments import sample
from tests.support.shipped_rules import book, judge

RULES = {rule.id: rule for rule in book().rules}
GERMAN = translated(book(), "de").rules
# Reports for other programs describe each rule once, whatever it found.
FOR_READERS = ("html", "brief", "junit", "sheets")


@pytest.mark.parametrize("rule", [*RULES.values(), *GERMAN], ids=lambda rule: rule.title)
def test_each_rule_says_in_one_sentence_what_it_requires(rule: Rule) -> None:
    text = rule.requirement
    assert text[0].isupper()
    assert text.endswith(".")
    assert ". " not in text
    assert len(text.split()) <= 20
    assert text.rstrip(".").casefold() != rule.title.casefold()


def test_no_two_rules_require_the_same() -> None:
    for rules in (RULES.values(), GERMAN):
        assert len({rule.requirement for rule in rules}) == len(rules)


def for_migration(name: str) -> Assessment:
    path = SAMPLES / name / "snapshot.json"
    question = Question(profile="migration", target="2016")
    return assess(loads(path.read_bytes(), path.name), judge("migration"), question)


def passing(assessment: Assessment) -> dict[str, str]:
    """The titles of rules that no object fails, by id."""
    failed = {f.rule.id for f in assessment.findings if f.verdict is Verdict.FAIL}
    return {rule.id: rule.title for rule in assessment.rules if rule.id not in failed}


def printed(assessment: Assessment) -> str:
    console = Console(file=StringIO(), width=10_000)
    console.print(run_summary(assessment))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def sent(assessment: Assessment) -> str:
    found = read_document(findings_json(assessment)["findings.json"], "findings.json", Overview)
    return message(found, Style(is_plain=True))


@pytest.mark.parametrize("assessed", [sample, for_migration], ids=["health", "migration"])
def test_no_reader_meets_a_fault_that_was_not_found(
    assessed: Callable[[str], Assessment],
) -> None:
    assessment = assessed("article-a")
    titles = passing(assessment)
    assert {"CAS-ARRAY-002", "CAS-ARRAY-007"} <= titles.keys()
    texts = {"terminal": printed(assessment), "message": sent(assessment)}
    for format_ in FOR_READERS:
        for file, content in FORMATS[format_](assessment).items():
            texts[file] = unescape(content.decode())
    for place, text in texts.items():
        assert [id_ for id_, title in titles.items() if title in text] == [], place
    for file in ("report.html", "junit.xml"):
        lacking = [rule.id for rule in assessment.rules if rule.requirement not in texts[file]]
        assert lacking == [], file


def test_an_event_is_named_after_the_fault_only_where_it_is_one() -> None:
    lines = FORMATS["ocsf"](sample("article-a"))["findings.ocsf.jsonl"].decode().splitlines()
    events = [json.loads(line) for line in lines]
    named = {event["finding_info"]["title"] for event in events}
    for event in events:
        rule = RULES[event["compliance"]["control"]]
        failed = event["compliance"]["status"] == "Fail"
        assert event["finding_info"]["title"] == (rule.title if failed else rule.requirement)
        if event["compliance"]["status"] == "Pass":
            assert event["message"] == rule.requirement
    assert {RULES["CAS-DB-001"].title, RULES["CAS-DB-001"].requirement} <= named


def test_an_auditor_tests_a_pass_against_the_requirement() -> None:
    table = sample_table(sample("healthy"), Sampling(size=40))
    column = {each.name: each for each in table.columns}
    passed = [item for item in table.items if column["verdict"].value(item) == "pass"]
    assert passed
    for item in passed:
        assert column["statement"].value(item) == column["requirement"].value(item)


def test_an_earlier_judgement_keeps_the_requirements_and_one_without_them_the_titles() -> None:
    document = json.loads(findings_json(sample("healthy"))["findings.json"])
    passed = next(i for i, each in enumerate(document["results"]) if each["verdict"] == "pass")
    rule = RULES[document["results"][passed]["rule_id"]]

    def heading() -> str:
        found = read_findings(json.dumps(document).encode(), "findings.json")
        return found.findings[passed].heading

    assert heading() == rule.requirement
    for each in document["rules"]:
        del each["requirement"]
    assert heading() == rule.title


def test_a_failure_is_headed_by_its_title_and_every_other_verdict_by_the_requirement() -> None:
    finding = sample("healthy").findings[0]
    for verdict in Verdict:
        shown = replace(finding, verdict=verdict).heading
        fails = verdict is Verdict.FAIL
        assert shown == (finding.rule.title if fails else finding.rule.requirement)
