"""findings.ocsf.jsonl: valid OCSF compliance findings, one for each verdict."""

import json
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from casaudit.findings import Assessment
from casaudit.report.ocsf import files
from casaudit.text import UNSAFE
from tests.support.assessments import sample
from tests.support.situations import SITUATIONS, compared, hostile_twin, plain, shape, waived


@cache
def validator() -> Draft202012Validator:
    published = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.5.0"))
    return Draft202012Validator(published.get_class_schema("compliance_finding", profiles=[]))


def events(assessment: Assessment) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files(assessment)["findings.ocsf.jsonl"].splitlines()]


def event(assessment: Assessment, rule: str, name: str) -> dict[str, Any]:
    (found,) = (
        each
        for each in events(assessment)
        if each["compliance"]["control"] == rule and each["resources"][0]["name"] == name
    )
    return found


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_event_is_valid(name: str) -> None:
    for each in events(SITUATIONS[name]()):
        assert [error.message for error in validator().iter_errors(each)] == [], each


def test_the_schema_refuses_what_ocsf_does_not_know() -> None:
    found = events(sample("healthy"))[0]
    assert not validator().is_valid(found | {"verdict": "fail"})
    assert not validator().is_valid(found | {"class_uid": 2004})


def test_every_verdict_is_an_event() -> None:
    assessment = sample("article-a")
    told = [(e["finding_info"]["uid"], e["compliance"]["status_code"]) for e in events(assessment)]
    assert told == [(f.fingerprint, f.verdict.value) for f in assessment.findings]


def test_a_failure_is_new_and_as_severe_as_its_rule() -> None:
    found = event(sample("article-a"), "CAS-DB-001", "MB-HO-01")
    assert (found["severity"], found["status"], found["compliance"]["status"]) == (
        "High",
        "New",
        "Fail",
    )
    assert found["type_uid"] == 200301
    assert found["time"] == 1794722400000
    assert "Set-MailboxDatabase" in found["remediation"]["desc"]
    assert found["evidences"][0]["data"]["home_site"] == "HeadOffice"


def test_controls_are_requirements_of_named_standards() -> None:
    found = event(sample("article-a"), "CAS-ARRAY-001", "BranchOffice")["compliance"]
    assert "NIST SP 800-53" in found["standards"]
    assert "NIST SP 800-53 CP-10" in found["requirements"]


def test_what_could_not_be_judged_is_unknown_and_not_a_pass() -> None:
    found = event(sample("article-a"), "CAS-ARRAY-010", "cas-headoffice")
    assert (found["compliance"]["status_id"], found["compliance"]["status"]) == (0, "Unknown")
    assert "update rollup" in found["compliance"]["status_details"][0]
    assert "status_id" not in found


def test_a_waived_failure_still_fails_and_is_suppressed() -> None:
    (found,) = (e for e in events(waived(sample("article-a"))) if e.get("status") == "Suppressed")
    assert found["compliance"]["status"] == "Fail"
    assert found["comment"] == "accepted until 2026-12-31 by J. Doe: pinned for the load test"


def test_with_a_baseline_findings_are_created_updated_and_closed() -> None:
    assessment = compared(sample("article-a"))
    found = {e["finding_info"]["uid"]: e for e in events(assessment)}
    changes = assessment.comparison.changes if assessment.comparison else ()
    sides = [change.after or change.before for change in changes]
    told = [found[side.fingerprint]["activity_name"] for side in sides if side]
    assert told == ["Create", "Update", "Update", "Close", "Close", "Update", "Update"]


def test_an_object_that_is_gone_closes_its_finding_without_a_verdict() -> None:
    *_, gone, _ = events(compared(sample("article-a")))
    assert (gone["status"], gone["compliance"]["status_code"]) == ("Resolved", "gone")
    assert gone["resources"][0]["name"] == "MB-GONE"


def test_an_object_that_cannot_be_seen_any_more_closes_nothing() -> None:
    *_, hidden = events(compared(sample("article-a")))
    assert (hidden["activity_name"], hidden["status"]) == ("Update", "New")
    assert hidden["compliance"]["status"] == "Unknown"


def test_the_hostile_twin_has_the_same_structure() -> None:
    assert shape(events(hostile_twin())) == shape(events(plain()))


def test_hidden_characters_are_visible() -> None:
    raw = files(hostile_twin())["findings.ocsf.jsonl"].decode()
    assert not UNSAFE.search(raw.replace("\n", ""))
