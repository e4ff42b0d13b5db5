"""An earlier judgement, read back from the findings.json that it left."""

import json
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from casaudit.errors import SourceError
from casaudit.findings import Finding, RuleInfo, Severity, Subject, Value, Verdict, Waiver
from casaudit.history.baseline import Judgement
from casaudit.snapshot import Section, SectionName, Status

SCHEMA = "casaudit/findings/1"


def _moment(text: Any) -> Any:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


Moment = Annotated[datetime, BeforeValidator(_moment)]
Day = Annotated[date, BeforeValidator(date.fromisoformat)]
FromText = Field(strict=False)


class _Part(BaseModel):
    """What a comparison needs of the document; the rest is passed over."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class _Subject(_Part):
    kind: str
    name: str
    site: str | None
    id: str


class _Waiver(_Part):
    owner: str
    approver: str
    reason: str
    ticket: str | None
    until: Day
    value: dict[str, Value]


class _Result(_Part):
    rule_id: str
    revision: int
    title: str
    severity: Annotated[Severity, FromText]
    base_severity: Annotated[Severity, FromText]
    severity_reason: str | None
    verdict: Annotated[Verdict, FromText]
    subject: _Subject
    message: str | None
    reason: str | None
    evidence: dict[str, Value]
    waiver: _Waiver | None


class _Rule(_Part):
    id: str
    revision: int
    title: str
    severity: Annotated[Severity, FromText]


class _Section(_Part):
    section: Annotated[SectionName, FromText]
    status: Annotated[Status, FromText]


class _Document(_Part):
    schema_: Literal["casaudit/findings/1"] = Field(alias="schema")
    organization: str
    collected_at: Moment
    as_of: Moment
    profile: str
    target: str | None
    snapshot_sha256: str
    rules_sha256: str
    results: list[_Result]
    rules: list[_Rule]
    coverage: list[_Section]


def read_findings(data: bytes, name: str) -> Judgement:
    """Read the findings.json of an earlier run.

    Raises:
        SourceError: it is none, or one of another version.
    """
    try:
        document = _Document.model_validate(json.loads(data))
    except (ValidationError, ValueError, TypeError, RecursionError) as error:
        first = error.errors()[0] if isinstance(error, ValidationError) else None
        where = ".".join(str(part) for part in first["loc"]) if first else ""
        problem = f"{where}: {first['msg']}" if first else "not JSON"
        raise SourceError(
            name, f"no findings document that can be compared: {problem}", f"needs {SCHEMA}"
        ) from None
    rules = {rule.id: _rule(rule) for rule in document.rules}
    return Judgement(
        organization=document.organization,
        collected_at=document.collected_at,
        as_of=document.as_of,
        profile=document.profile,
        target=document.target,
        snapshot_sha256=document.snapshot_sha256,
        rules_sha256=document.rules_sha256,
        rules=rules,
        findings=tuple(_finding(each, rules) for each in document.results),
        coverage=tuple(Section(name=s.section, status=s.status) for s in document.coverage),
    )


def _rule(rule: _Rule) -> RuleInfo:
    return RuleInfo(rule.id, rule.revision, rule.title, rule.severity, "", "", ())


def _finding(result: _Result, rules: dict[str, RuleInfo]) -> Finding:
    told = _Rule(
        id=result.rule_id,
        revision=result.revision,
        title=result.title,
        severity=result.base_severity,
    )
    subject = result.subject
    return Finding(
        rule=rules.get(result.rule_id) or _rule(told),
        subject=Subject(subject.kind, subject.name, subject.site, subject.id),
        verdict=result.verdict,
        severity=result.severity,
        base_severity=result.base_severity,
        severity_reason=result.severity_reason,
        message=result.message,
        reason=result.reason,
        evidence=result.evidence,
        provenance=None,
        remediation=None,
        cause=None,
        waiver=_waiver(result, result.waiver) if result.waiver else None,
    )


def _waiver(result: _Result, waiver: _Waiver) -> Waiver:
    return Waiver(
        rule=result.rule_id,
        object=result.subject.name,
        value=waiver.value,
        owner=waiver.owner,
        approver=waiver.approver,
        reason=waiver.reason,
        ticket=waiver.ticket,
        until=waiver.until,
        line=0,
    )
