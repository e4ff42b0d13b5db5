"""docs/findings.schema.json: closed, complete, and with the same closed lists as the code."""

import json
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from casaudit.canonical_json import canonical
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
from casaudit.findings.document import FindingsDocument, Overview, read_document
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


def listed(part: str, *path: str) -> set[str | None]:
    """Return the closed list of a property; a nullable one has ``None`` too."""
    found = schema()["$defs"][part] if part else schema()
    for key in path:
        found = found["properties"][key]
    return set(allowed(found))


def allowed(found: dict[str, Any]) -> Iterator[str | None]:
    for each in found.get("anyOf", [found]):
        if reference := each.get("$ref"):
            yield from allowed(schema()["$defs"][reference.removeprefix("#/$defs/")])
        else:
            yield from [None] if each.get("type") == "null" else each["enum"]


def values(kind: type[StrEnum]) -> set[str]:
    return {each.value for each in kind}


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_has_the_documented_shape(name: str) -> None:
    validator = Draft202012Validator(schema())
    found = json.loads(files(SITUATIONS[name]())["findings.json"])
    assert [each.message for each in validator.iter_errors(found)] == []


def test_every_object_is_closed_and_all_its_keys_are_required() -> None:
    closed = [(name, part) for name, part in objects(schema()) if name not in OPEN]
    parts = {"document", "ResultPart", "ChangePart", "WaiverUsePart", "JudgementPart", "WavePart"}
    assert parts <= {n for n, _ in closed}
    for name, part in closed:
        assert part["additionalProperties"] is False, name
        assert sorted(part["required"]) == sorted(part["properties"]), name


def test_the_closed_lists_are_those_of_the_code() -> None:
    assert listed("ResultPart", "severity") == values(Severity)
    assert listed("ResultPart", "verdict") == values(Verdict)
    assert listed("SubjectPart", "kind") == KINDS.keys()
    assert listed("SectionPart", "status") == values(Status)
    assert listed("MigrationPart", "verdict") == values(Readiness)
    assert listed("GatePart", "state") == values(GateState)
    assert listed("WavePart", "state") == listed("MovePart", "state") == values(WaveState)
    assert listed("MigrationPart", "target") == {*values(Target), None}
    assert listed("WaiverUsePart", "state") == values(WaiverState)
    assert listed("ChangePart", "kind") == values(ChangeKind)
    assert listed("ChangePart", "cause") == {*values(ChangeCause), None}
    assert listed("", "profile") == values(Profile)
    assert listed("", "target") == {*values(Target), None}


@pytest.mark.parametrize("name", SITUATIONS)
def test_what_is_written_is_what_the_model_reads_and_writes(name: str) -> None:
    raw = files(SITUATIONS[name]())["findings.json"]
    document = read_document(raw, name, FindingsDocument)
    assert canonical(document.model_dump(mode="json", by_alias=True)) == raw
    overview = read_document(raw, name, Overview).model_dump(mode="json", by_alias=True)
    assert overview.keys() == json.loads(raw).keys() - {"results"}
