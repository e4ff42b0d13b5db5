"""plan.json as it is read: the steps of a remediation plan, and what its snapshot saw."""

import json
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from casaudit.errors import SourceError
from casaudit.findings import Value


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanObject(_Part):
    """An object that a plan is about."""

    kind: str
    name: str
    site: str | None
    id: str


class PlanFinding(_Part):
    """A failure that a plan repairs."""

    rule_id: str
    severity: str
    object: PlanObject
    fingerprint: str


class PlanStep(_Part):
    """One value that the plan's script sets; ``answer`` names what a person stated for it."""

    number: int
    phase: str
    setting: str
    object: PlanObject
    from_: Value = Field(alias="from")
    to: Value
    answer: str | None
    findings: tuple[PlanFinding, ...]


class PlanHand(_Part):
    """What a person was to do."""

    number: int
    phase: str
    rule_id: str
    reason: str
    findings: tuple[PlanFinding, ...]


class PlanAnswer(_Part):
    """A value that a person states."""

    key: str
    question: str
    kind: str
    scope: str


class PlanValue(_Part):
    """A value that the plan's snapshot saw."""

    setting: str
    object: PlanObject
    value: Value


class PlanDocument(_Part):
    """``plan.json``."""

    schema_: Literal["casaudit/plan/1"] = Field(alias="schema")
    id: str
    organization: str
    collected_at: datetime
    as_of: datetime
    profile: Literal["health", "migration", "audit"]
    target: Literal["2013", "2016", "2019", "se", "exo"] | None
    snapshot_sha256: str
    rules_sha256: str
    tool_version: str
    answers: tuple[PlanAnswer, ...]
    steps: tuple[PlanStep, ...]
    by_hand: tuple[PlanHand, ...]
    waived: tuple[PlanFinding, ...]
    seen: tuple[PlanValue, ...]


def json_schema() -> str:
    """Return the JSON Schema of ``plan.json``, as committed under ``docs/``."""
    schema = PlanDocument.model_json_schema(by_alias=True)
    return json.dumps(schema, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def read_plan(content: bytes, path: str) -> PlanDocument:
    """Read a plan document.

    Raises:
        SourceError: it is none.
    """
    try:
        return PlanDocument.model_validate_json(content)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "document"
        raise SourceError(path, f"is no plan: {where}: {first['msg']}", "name plan.json") from None
