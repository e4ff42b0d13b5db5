"""The remediation plan as ``plan.json``: what to set and what to do by hand, in order.

The planner makes these models, ``verify-fix`` reads them back, and the JSON Schema comes from
them. What the scripts need beside them is in ``steps``.
"""

import json
from typing import Annotated, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)

from casaudit.canonical_json import canonical
from casaudit.errors import SourceError
from casaudit.findings import Finding, Subject, Value
from casaudit.text import iso
from casaudit.validation import first_mistake

SCHEMA: Literal["casaudit/plan/1"] = "casaudit/plan/1"

# With a zone: times of plan and snapshot are compared.
_Moment = Annotated[AwareDatetime, PlainSerializer(iso)]


class _PlanPart(BaseModel):
    # An unknown key could change what a step means: a plan that is not understood whole is refused.
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlanObject(_PlanPart):
    """An object that a plan is about."""

    kind: str
    name: str
    site: str | None
    id: str

    @classmethod
    def of(cls, subject: Subject) -> Self:
        """Return the subject of a finding or cell."""
        return cls(kind=subject.kind, name=subject.name, site=subject.site, id=subject.id)


class PlanFinding(_PlanPart):
    """A failure that a plan repairs."""

    rule_id: str
    severity: str
    object: PlanObject
    fingerprint: str

    @classmethod
    def of(cls, finding: Finding) -> Self:
        """Return a finding by what identifies it."""
        return cls(
            rule_id=finding.rule.id,
            severity=finding.severity.value,
            object=PlanObject.of(finding.subject),
            fingerprint=finding.fingerprint,
        )


class PlanStep(_PlanPart):
    """One value that the plan's script sets; ``answer`` names what a person stated for it."""

    number: int
    phase: str
    setting: str
    object: PlanObject
    # A keyword of Python; the document has the word itself.
    from_: Value = Field(alias="from")
    to: Value
    answer: str | None
    findings: tuple[PlanFinding, ...]


class PlanHand(_PlanPart):
    """What a person was to do, and the failures that tell whether it was done."""

    number: int
    phase: str
    rule_id: str
    reason: str
    findings: Annotated[tuple[PlanFinding, ...], Field(min_length=1)]


class PlanAnswer(_PlanPart):
    """A value that a person states."""

    key: str
    question: str
    kind: str
    scope: str


class PlanValue(_PlanPart):
    """A value that the plan's snapshot saw."""

    setting: str
    object: PlanObject
    value: Value


class PlanOutlook(_PlanPart):
    """What the steps that need no answer do to the failures, as far as the evidence tells.

    Attributes:
        failures: how many there are without the plan, and ``after`` how many are seen with it.
        unseen: of how many nobody can tell before the new state is collected.
    """

    failures: int
    after: int
    goes: int
    appears: tuple[PlanFinding, ...]
    unseen: int


class PlanDocument(_PlanPart):
    """``plan.json``."""

    # pydantic's models have a method of the name ``schema``, hence the underscore.
    schema_: Literal["casaudit/plan/1"] = Field(alias="schema")
    id: str
    organization: str
    collected_at: _Moment
    as_of: _Moment
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
    # Plans of older versions have none, nor those of which nobody asked for it.
    outlook: PlanOutlook | None = None

    @model_validator(mode="after")
    def _knows_its_answers(self) -> Self:
        known = {each.key for each in self.answers}
        unknown = sorted({each.answer for each in self.steps if each.answer} - known)
        if unknown:
            raise ValueError(f"a step waits for the answer {unknown[0]!r}, which is not asked for")
        return self

    def dumps(self) -> bytes:
        """Write the document: sorted keys, UTF-8, one final newline."""
        return canonical(self.model_dump(by_alias=True))


def plan_schema() -> str:
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
        # Without the cause: pydantic's own text repeats the input, which is foreign.
        problem = f"not a plan: {first_mistake(error)}"
        raise SourceError(path, problem, "name the plan.json that a report wrote") from None
