"""The part of findings.json that fits into a message, read back from the document."""

import json
import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from casaudit.errors import SourceError
from casaudit.findings import ChangeCause, ChangeKind, Severity, WaiverState
from casaudit.snapshot import Status

_SCHEMA = re.compile(rb'"schema":\s*"casaudit/findings/(\d+)"')


def _length(value: Any) -> Any:
    return len(value) if isinstance(value, list) else value


Number = Annotated[int, BeforeValidator(_length)]
"""A list of which only the length counts, or a number."""

Moment = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
FromText = Field(strict=False)
"""For closed lists, which the document writes as text."""


class _Part(BaseModel):
    """A part of the document; what a message does not tell is passed over."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Judgement(_Part):
    """The answer: ``state`` is ``bad``, ``fair``, ``unseen`` or ``good``."""

    state: str
    verdict: str
    sentence: str


class Counts(_Part):
    """Verdicts, one for each rule and object."""

    fail: dict[Annotated[Severity, FromText], int]
    passed: int = Field(alias="pass")
    not_evaluated: int
    not_applicable: int
    waived: int


class Readiness(_Part):
    """Whether a migration may begin."""

    target: str | None
    verdict: str
    because: str
    blockers: Number


class Cause(_Part):
    """A root of failures, or one that follows from another (``parent``)."""

    rule_id: str
    label: str
    severity: Annotated[Severity, FromText]
    parent: str | None
    fingerprints: list[str]


class Rule(_Part):
    """A rule that was judged."""

    id: str
    title: str


class Subject(_Part):
    """The object of a finding."""

    kind: str
    name: str


class Change(_Part):
    """What became of a finding since the baseline, and why."""

    kind: Annotated[ChangeKind, FromText]
    cause: Annotated[ChangeCause | None, FromText]
    rule_id: str | None
    subject: Subject | None


class Comparison(_Part):
    """The changes since the baseline."""

    baseline_as_of: Moment
    changes: list[Change]


class Turn(_Part):
    """A finding that becomes an open failure by the passage of time."""

    on: Day
    rule_id: str
    subject: Subject
    severity: Annotated[Severity, FromText]


class Forecast(_Part):
    """What turns red by itself, the nearest first."""

    turns: list[Turn]


class WaiverUse(_Part):
    """An entry of the waiver file; it holds, or it does not."""

    rule_id: str
    object: str
    state: Annotated[WaiverState, FromText]
    days_left: int
    fingerprint: str | None


class Section(_Part):
    """How much of one kind of evidence was seen."""

    section: str
    status: Annotated[Status, FromText]
    asked: int
    answered: int


class Digest(_Part):
    """What a message tells of a judgement."""

    organization: str
    as_of: Moment
    profile: str
    judgement: Judgement
    summary: Counts
    migration: Readiness | None
    causes: list[Cause]
    rules: list[Rule]
    comparison: Comparison | None
    forecast: Forecast | None
    waivers: list[WaiverUse]
    coverage: list[Section]
    gaps: Number

    @property
    def total(self) -> int:
        """How many verdicts there are."""
        n = self.summary
        return sum(n.fail.values()) + n.passed + n.not_evaluated + n.not_applicable

    @property
    def open_causes(self) -> list[tuple[Cause, int]]:
        """The causes that fold under no other, each with its failures that are not waived."""
        waived = {use.fingerprint for use in self.waivers if use.state is WaiverState.HOLDS}
        counted = ((cause, len(set(cause.fingerprints) - waived)) for cause in self.causes)
        return [(cause, number) for cause, number in counted if number and cause.parent is None]


def is_findings(data: bytes) -> bool:
    """Tell whether a file is a findings document, of whatever version."""
    return _SCHEMA.search(data) is not None


def read(data: bytes, name: str) -> Digest:
    """Read a findings document.

    Args:
        data: the file's bytes.
        name: what to call the file in errors.

    Raises:
        SourceError: not JSON, or a document of another version or shape.
    """
    found = _SCHEMA.search(data)
    if found is None or found[1] != b"1":
        version = found[1].decode() if found else "none"
        raise SourceError(name, f"findings of version {version}; this casaudit reads version 1")
    try:
        return Digest.model_validate(json.loads(data))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "document"
        raise SourceError(name, f"not a findings document: {place}: {first['msg']}") from None
    except (ValueError, RecursionError) as error:
        raise SourceError(name, f"not JSON: {error}") from None
