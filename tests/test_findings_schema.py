"""docs/findings.schema.json: closed, complete, and with the same closed lists as the code."""

import json
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from casaudit.cli.options import Profile, Target
from casaudit.findings import (
    ChangeCause,
    ChangeKind,
    GateState,
    Readiness,
    Severity,
    Verdict,
    WaiverState,
    WaveState,
)
from casaudit.report.json import files
from casaudit.report.labels import KINDS
from casaudit.snapshot import Status
from tests.make_docs import DOCS
from tests.support.situations import SITUATIONS

OPEN = {"controls", "evidence", "fail", "value"}
"""Maps whose keys are columns, frameworks or severities."""


@cache
def schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DOCS / "findings.schema.json").read_bytes())
    return found


def objects(part: Any, name: str = "document") -> Iterator[tuple[str, dict[str, Any]]]:
    """Give every description of an object in the schema, with the name of its property."""
    if isinstance(part, dict):
        if "object" in part.get("type", ()):
            yield name, part
        for key, each in part.items():
            yield from objects(each, key)
    elif isinstance(part, list):
        for each in part:
            yield from objects(each, name)


def listed(*path: str) -> set[str | None]:
    part = schema()["$defs"]
    for key in path:
        part = part[key]
    return set(part["enum"])


def values(kind: type[StrEnum]) -> set[str]:
    return {each.value for each in kind}


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_has_the_documented_shape(name: str) -> None:
    validator = Draft202012Validator(schema())
    found = json.loads(files(SITUATIONS[name]())["findings.json"])
    assert [each.message for each in validator.iter_errors(found)] == []


def test_every_object_is_closed_and_all_its_keys_are_required() -> None:
    closed = [(name, part) for name, part in objects(schema()) if name not in OPEN]
    assert {"document", "result", "change", "waiver_use", "judgement"} <= {n for n, _ in closed}
    for name, part in closed:
        assert part["additionalProperties"] is False, name
        assert sorted(part["required"]) == sorted(part["properties"]), name


def test_the_closed_lists_are_those_of_the_code() -> None:
    assert listed("severity") == values(Severity)
    assert listed("result", "properties", "verdict") == values(Verdict)
    assert listed("subject", "properties", "kind") == KINDS.keys()
    assert listed("section", "properties", "status") == values(Status)
    assert listed("migration", "properties", "verdict") == values(Readiness)
    assert listed("gate", "properties", "state") == values(GateState)
    assert listed("wave_state") == values(WaveState)
    assert listed("migration", "properties", "target") == {*values(Target), None}
    assert listed("waiver_use", "properties", "state") == values(WaiverState)
    assert listed("change", "properties", "kind") == values(ChangeKind)
    assert listed("change", "properties", "cause") == {*values(ChangeCause), None}
    assert set(schema()["properties"]["profile"]["enum"]) == values(Profile)
