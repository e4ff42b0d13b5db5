"""findings.sarif: valid SARIF 2.1.0 that tells what is wrong, accepted, and not seen."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from casaudit.findings import Assessment, Verdict
from casaudit.report.sarif import files
from casaudit.text import UNSAFE
from tests.support.assessments import sample
from tests.support.situations import (
    SITUATIONS,
    compared,
    hostile_twin,
    plain,
    shape,
    unseen,
    waived,
)

SCHEMA = Path(__file__).resolve().parent / "schemas" / "sarif-2.1.0.json"


@cache
def validator() -> Draft7Validator:
    return Draft7Validator(
        json.loads(SCHEMA.read_bytes()), format_checker=Draft7Validator.FORMAT_CHECKER
    )


def log(assessment: Assessment) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(assessment)["findings.sarif"])
    return found


def run(assessment: Assessment) -> dict[str, Any]:
    (found,) = log(assessment)["runs"]
    assert isinstance(found, dict)
    return found


def result(assessment: Assessment, rule: str, name: str) -> dict[str, Any]:
    found = [
        each
        for each in run(assessment)["results"]
        if each["ruleId"] == rule and each["locations"][0]["logicalLocations"][0]["name"] == name
    ]
    assert len(found) == 1
    return dict(found[0])


@pytest.mark.parametrize("name", SITUATIONS)
def test_the_log_is_valid(name: str) -> None:
    assert [each.message for each in validator().iter_errors(log(SITUATIONS[name]()))] == []


NEEDED: dict[str, Any] = {
    "required": ["$schema", "version", "runs"],
    "properties": {
        # GH1011 and GH1013: the final schema; GH1004 of the multitool: what is shown of a log.
        "$schema": {"pattern": r"sarif-2\.1\.0\.json$"},
        "runs": {"minItems": 1, "maxItems": 5, "items": {"$ref": "#/definitions/run"}},
    },
    "definitions": {
        # GH1014, GH1018
        "run": {
            "required": ["tool", "results"],
            "properties": {
                "tool": {
                    "required": ["driver"],
                    "properties": {"driver": {"$ref": "#/definitions/driver"}},
                },
                "results": {"maxItems": 1000, "items": {"$ref": "#/definitions/result"}},
            },
        },
        "driver": {
            "required": ["name", "rules"],
            "properties": {
                "name": {"$ref": "#/definitions/said"},
                "rules": {"maxItems": 1000, "items": {"$ref": "#/definitions/descriptor"}},
                "notifications": {"items": {"$ref": "#/definitions/descriptor"}},
            },
        },
        # GH2012
        "descriptor": {
            "required": ["id", "shortDescription", "fullDescription", "help"],
            "properties": {
                name: {"$ref": "#/definitions/text"}
                for name in ("shortDescription", "fullDescription", "help")
            },
        },
        # GH1001, GH1007, GH1015; GH1002 is about code flows, of which there are none
        "result": {
            "required": ["message", "locations"],
            "not": {"required": ["codeFlows"]},
            "properties": {
                "message": {"$ref": "#/definitions/text"},
                "locations": {
                    "minItems": 1,
                    "maxItems": 10,
                    "items": {"$ref": "#/definitions/location"},
                },
            },
        },
        # GH1001, GH1016, GH1017; GH1003: a line; GH1005 and GH1006: a path below the repository
        "location": {
            "required": ["physicalLocation"],
            "properties": {
                "physicalLocation": {
                    "required": ["artifactLocation", "region"],
                    "properties": {
                        "artifactLocation": {
                            "required": ["uri"],
                            "properties": {"uri": {"pattern": r"^[^/:?#]+(/[^/:?#]+)*$"}},
                        },
                        "region": {
                            "required": ["startLine"],
                            "properties": {"startLine": {"minimum": 1}},
                        },
                    },
                },
            },
        },
        "text": {"required": ["text"], "properties": {"text": {"$ref": "#/definitions/said"}}},
        "said": {"pattern": r"\S"},
    },
}
"""What code scanning of GitHub needs beyond the schema: the rules GH1001 to GH2012 of Microsoft's
SARIF multitool, which is in no package that the tests could install."""


@pytest.mark.parametrize("name", SITUATIONS)
def test_code_scanning_of_github_can_show_the_log(name: str) -> None:
    found = Draft7Validator(NEEDED).iter_errors(log(SITUATIONS[name]()))
    assert [(each.json_path, each.message) for each in found] == []


@pytest.mark.parametrize(
    "path",
    [
        "$schema",
        "runs/0/tool/driver/name",
        "runs/0/tool/driver/rules/0/help",
        "runs/0/tool/driver/notifications/0/fullDescription",
        "runs/0/results",
        "runs/0/results/0/message/text",
        "runs/0/results/0/locations/0/physicalLocation/region/startLine",
        "runs/0/results/0/locations/0/physicalLocation/artifactLocation/uri",
    ],
)
def test_it_could_not_show_a_log_that_lacks(path: str) -> None:
    found = log(sample("article-a"))
    *way, last = path.split("/")
    place: Any = found
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    del place[last]
    assert not Draft7Validator(NEEDED).is_valid(found)


def test_the_schema_refuses_what_sarif_does_not_know() -> None:
    found = log(sample("article-a"))
    found["runs"][0]["results"][0]["verdict"] = "fail"
    assert not validator().is_valid(found)


def test_a_failure_is_an_error_about_its_object_with_the_fix() -> None:
    found = result(sample("article-a"), "CAS-DB-001", "MB-HO-01")
    assert (found["kind"], found["level"]) == ("fail", "error")
    assert found["message"]["text"].startswith("MB-HO-01 (home site HeadOffice) uses HO-EX2010-MB1")
    logical = found["locations"][0]["logicalLocations"][0]
    assert logical["fullyQualifiedName"] == "HeadOffice/database/MB-HO-01"
    assert "-WhatIf" in found["properties"]["remediation"]["fix"]
    assert found["properties"]["evidence"]["home_site"] == "HeadOffice"


def test_every_failure_and_every_open_question_is_a_result() -> None:
    assessment = sample("article-a")
    kinds = {Verdict.FAIL: "fail", Verdict.NOT_EVALUATED: "open"}
    told = [(f.fingerprint, kinds[f.verdict]) for f in assessment.findings if f.verdict in kinds]
    found = run(assessment)
    prints = [(r["partialFingerprints"]["casaudit/v1"], r["kind"]) for r in found["results"]]
    assert prints == told
    assert found["properties"]["summary"] == assessment.summary()


def test_what_could_not_be_judged_has_no_level_and_says_why() -> None:
    found = result(sample("article-a"), "CAS-ARRAY-010", "cas-headoffice")
    assert (found["kind"], found["level"]) == ("open", "none")
    assert "update rollup" in found["message"]["text"]


def test_a_result_points_at_its_rule() -> None:
    found = run(sample("article-a"))
    rules = found["tool"]["driver"]["rules"]
    assert [rules[each["ruleIndex"]]["id"] for each in found["results"]] == [
        each["ruleId"] for each in found["results"]
    ]
    (rule,) = (each for each in rules if each["id"] == "CAS-ARRAY-001")
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["helpUri"].startswith("https://practical365.com/")
    assert rule["properties"]["controls"]["nist_800_53"] == ["CP-10", "SC-5"]
    assert rule["properties"]["tags"][-2:] == ["nist_800_53 CP-10", "nist_800_53 SC-5"]


def test_without_a_waiver_file_nothing_is_said_of_suppressions() -> None:
    assert not [each for each in run(sample("article-a"))["results"] if "suppressions" in each]


def test_a_waived_failure_stays_and_is_suppressed_with_its_reason() -> None:
    results = run(waived(sample("article-a")))["results"]
    (found,) = (each for each in results if each["suppressions"])
    (suppression,) = found["suppressions"]
    assert found["kind"] == "fail"
    assert (suppression["kind"], suppression["status"]) == ("external", "accepted")
    assert suppression["justification"] == "pinned for the load test"
    assert suppression["properties"]["until"] == "2026-12-31"


def test_with_a_baseline_every_result_has_a_state() -> None:
    assessment = compared(sample("article-a"))
    results = run(assessment)["results"]
    new, still, changed, *_ = (f.fingerprint for f in assessment.failures)
    states = {r["partialFingerprints"]["casaudit/v1"]: r["baselineState"] for r in results}
    assert [states[new], states[still], states[changed]] == ["new", "unchanged", "updated"]
    *_, fixed, gone, hidden = (
        (r["locations"][0]["logicalLocations"][0]["name"], r["baselineState"], r["kind"])
        for r in results
    )
    assert fixed[1:] == ("absent", "fail")
    assert gone == ("MB-GONE", "absent", "fail")
    assert hidden == ("MB-HIDDEN", "updated", "open")


def test_a_gap_is_a_notification_and_the_run_no_success() -> None:
    (invocation,) = run(unseen(sample("article-a")))["invocations"]
    assert invocation["executionSuccessful"] is False
    (told,) = invocation["toolExecutionNotifications"]
    assert told["message"]["text"].startswith("TLS endpoints: mail:443: No answer in time (10 s).")
    assert told["descriptor"]["id"] == "gap/timeout"


def test_evidence_that_nobody_asked_for_leaves_the_run_a_success() -> None:
    (invocation,) = run(sample("article-a"))["invocations"]
    assert invocation["executionSuccessful"] is True
    assert invocation["startTimeUtc"] == "2026-11-15T06:00:00Z"


def test_the_hostile_twin_has_the_same_structure() -> None:
    assert shape(log(hostile_twin())) == shape(log(plain()))


def test_no_text_acts_in_a_viewer() -> None:
    raw = files(hostile_twin())["findings.sarif"].decode()
    assert not UNSAFE.search(raw.replace("\n", ""))
    for each in run(hostile_twin())["results"]:
        text = each["message"]["text"]
        assert "](" not in text
        assert "\n" not in text
        assert text.count("{") == 2 * text.count("{{")
