"""What findings.json is made of: its values, and the verdicts with their subjects and waivers.

Each class is read from JSON, built from the engine's class of the same shape by its attributes,
and described in ``docs/findings.schema.json``. ``document.py`` puts them together.
"""

import re
from datetime import date, datetime
from typing import Annotated, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    WithJsonSchema,
)

from casaudit.findings.finding import Severity, Value, Verdict
from casaudit.findings.waiving import WaiverState
from casaudit.text import iso

T = TypeVar("T")

_MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"
_DAY = r"^\d{4}-\d\d-\d\d$"


def _moment(value: object) -> object:
    """Read the one form in which the document writes a time; what is a time already stays."""
    # re.ASCII: \d alone takes the digits of any script.
    is_text = isinstance(value, str) and re.fullmatch(_MOMENT, value, re.ASCII)
    return datetime.fromisoformat(str(value)) if is_text else value


def _day(value: object) -> object:
    is_text = isinstance(value, str) and re.fullmatch(_DAY, value, re.ASCII)
    return date.fromisoformat(str(value)) if is_text else value


# Not pydantic's own form of a time, which keeps fractions and offsets; the format has neither.
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    PlainSerializer(iso, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _MOMENT}),
]
Day = Annotated[
    date,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date", "pattern": _DAY}),
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""Depends on rule id and subject id only, so it is the same in the next run."""

# The upper bound keeps sums of hostile numbers below the 4,300 digits that Python will write.
Count = Annotated[int, Field(ge=0, lt=2**63)]
Number = Annotated[int, Field(ge=1, lt=2**63)]

# JSON has neither enums nor tuples: text and lists are taken for them, all else stays strict.
FromText = Field(strict=False)
Listed = Annotated[tuple[T, ...], Field(strict=False)]
SeverityText = Annotated[Severity, FromText]
VerdictText = Annotated[Verdict, FromText]

# The same closed lists as the command line's; a test holds them equal.
Profile = Literal["health", "migration", "audit"]
Target = Literal["2013", "2016", "2019", "se", "exo"]
Confidence = Literal["verified", "recalled", "judgement"]
Evidence = dict[str, Value]


class DocumentPart(BaseModel):
    """Base of all parts: frozen and strict.

    A key that this version does not know is passed over, since a newer minor version may have
    it; the schema, which describes what this version writes, knows no other keys.
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="ignore",
        # The engine's dataclasses of the same shape are taken as they are.
        from_attributes=True,
        # json reads 1e400 as infinity and takes NaN; the document can hold neither.
        allow_inf_nan=False,
        # What has a default for documents of earlier versions is always written.
        json_schema_serialization_defaults_required=True,
        json_schema_extra={"additionalProperties": False},
    )


class SubjectPart(DocumentPart):
    """The object that a verdict is about.

    Attributes:
        site: Active Directory site that the object belongs to.
        id: objectGUID, or the natural key of what has none.
    """

    kind: Literal[
        "organization",
        "site",
        "server",
        "array",
        "database",
        "availability_group",
        "virtual_directory",
        "service_connection_point",
        "dns_name",
        "tls_endpoint",
        "certificate",
        "collection",
    ]
    name: str
    site: str | None
    id: str


class ProvenancePart(DocumentPart):
    """Where the subject's own record was read.

    Attributes:
        origin: controller, resolver, endpoint or file.
        at: when it was read.
        when_changed: whenChanged in the directory.
        usn_changed: uSNChanged on that controller.
    """

    origin: str
    at: str
    when_changed: str | None
    # Each controller counts updates by itself: numbers of two controllers cannot be compared.
    usn_changed: int | None


class RemediationPart(DocumentPart):
    """What to do, as text ready to paste.

    Attributes:
        before: looks, and saves the present state.
        fix: changes that each carry -WhatIf.
        at_once: changes for which no rehearsal exists; lacking in documents of older versions.
        rollback: restores the present state.
        impact: what clients notice.
        by_hand: why no command is given.
    """

    before: str | None
    fix: str | None
    at_once: str | None = None
    verify: str | None
    rollback: str | None
    impact: str | None
    by_hand: str | None


class WaiverPart(DocumentPart):
    """A failure that its owner accepts until a day.

    Attributes:
        until: last day on which it holds, UTC.
        value: the evidence that was accepted; another value makes the waiver void.
    """

    owner: str
    approver: str
    reason: str
    ticket: str | None
    until: Day
    value: Evidence


class WaiverUsePart(WaiverPart):
    """An entry of the waiver file, and what it did.

    Attributes:
        line: where it begins in its file.
        fingerprint: of the finding that it is about; null when there is none.
    """

    rule_id: str
    object: str
    line: Number
    state: Annotated[WaiverState, FromText]
    because: str
    # Negative once the waiver has ended, so this is no Count.
    days_left: Annotated[int, Field(gt=-(2**63), lt=2**63)]
    fingerprint: Fingerprint | None


class ResultPart(DocumentPart):
    """One verdict of one rule about one object.

    Attributes:
        severity: after adjustment; ``severity_reason`` says why it was adjusted.
        message: what is wrong; null unless it failed.
        reason: why the rule does not apply, or which evidence is missing.
        evidence: the exact values that the verdict rests on; null means not known.
        cause: id of the cause that this failure belongs to.
        waiver: the one that holds for this failure; null where there is none.
    """

    rule_id: str
    revision: Number
    title: str
    confidence: Confidence
    severity: SeverityText
    base_severity: SeverityText
    severity_reason: str | None
    verdict: VerdictText
    subject: SubjectPart
    message: str | None
    reason: str | None
    evidence: Evidence
    provenance: ProvenancePart | None
    cause: str | None
    waiver: WaiverPart | None
    fingerprint: Fingerprint
    remediation: RemediationPart | None
