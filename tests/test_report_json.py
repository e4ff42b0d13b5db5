"""findings.json: exact values in the documented shape."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from casaudit.findings import Assessment, Verdict
from casaudit.report.json import files
from tests.support.assessments import many, sample, twin, with_gaps

SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "findings.schema.json"


def document(assessment: Assessment) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(assessment)["findings.json"])
    return found


ASSESSMENTS: dict[str, Callable[[], Assessment]] = {
    "article-a": lambda: sample("article-a"),
    "article-b": lambda: sample("article-b"),
    "healthy": lambda: sample("healthy"),
    "gaps": lambda: with_gaps(sample("article-a")),
    "nothing judged": lambda: replace(sample("healthy"), findings=(), rules=()),
}


@pytest.mark.parametrize("name", ASSESSMENTS)
def test_the_document_has_the_documented_shape(name: str) -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    found = document(ASSESSMENTS[name]())
    assert [e.message for e in Draft202012Validator(schema).iter_errors(found)] == []


def test_the_schema_refuses_what_is_not_documented() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    found = document(sample("article-a"))
    found["results"][0]["extra"] = 1
    assert not Draft202012Validator(schema).is_valid(found)


def test_every_verdict_is_there_with_its_exact_evidence() -> None:
    assessment = twin(sample("article-a"), lambda text: f"\u202e=<b>'{text}\x00\ud800")
    results = document(assessment)["results"]
    assert [r["subject"]["name"] for r in results] == [f.subject.name for f in assessment.findings]
    assert [r["evidence"] for r in results] == [dict(f.evidence) for f in assessment.findings]
    assert [r["fingerprint"] for r in results] == [f.fingerprint for f in assessment.findings]


def test_a_lone_surrogate_is_escaped_and_comes_back() -> None:
    assessment = twin(sample("healthy"), lambda text: f"\udcff{text}\ud800")
    raw = files(assessment)["findings.json"]
    assert b"\\udcffExample Corp\\ud800" in raw
    assert json.loads(raw)["organization"] == "\udcffExample Corp\ud800"


def test_keys_are_sorted_and_lines_end_as_on_unix() -> None:
    raw = files(sample("healthy"))["findings.json"]
    assert list(json.loads(raw)) == sorted(json.loads(raw))
    assert raw.endswith(b"\n}\n") or raw.endswith(b"}\n")
    assert b"\r" not in raw


def test_every_object_of_a_rule_is_counted_in_its_population() -> None:
    found = document(sample("article-a"))
    rule = next(each for each in found["rules"] if each["id"] == "CAS-DB-001")
    assert rule["population"] == {"fail": 3, "not_applicable": 2, "not_evaluated": 0, "pass": 0}
    total = sum(sum(each["population"].values()) for each in found["rules"])
    assert total == len(found["results"])


def test_a_cause_names_its_failures_by_fingerprint() -> None:
    found = document(many(sample("article-a"), causes=2, of_each=3))
    results = {r["fingerprint"]: r for r in found["results"]}
    for cause in found["causes"]:
        assert [results[f]["cause"] for f in cause["fingerprints"]] == [cause["id"]] * 3
        assert {results[f]["verdict"] for f in cause["fingerprints"]} == {Verdict.FAIL.value}
