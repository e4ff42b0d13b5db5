"""Assessments for tests of the reports: the samples judged, their hostile twins, and large ones."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from casaudit import shipped
from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.findings import Assessment, Finding, RuleInfo, Value
from casaudit.snapshot import Controller, Gap, Reason, SectionName, Status, loads
from tests.support.shipped_rules import judge

CLOSED_LISTS = {
    *("endpoint_kind", "view", "status", "record_type", "issuer_class", "product", "version"),
    *("key_algorithm", "signature_hash", "resolver", "as_of", "created", "not_before"),
    *("not_after", "source_at", "source_when_changed", "database_key"),
}
"""Columns that hold no text from outside, or that other columns refer to."""


@cache
def sample(name: str) -> Assessment:
    """A sample organisation judged by the shipped rules; versions and hashes held still."""
    path = shipped.SAMPLES / name / "snapshot.json"
    snapshot = loads(path.read_bytes(), path.name)
    judged = assess(snapshot, judge(), Question())
    views = {view: judged.inventory[view] for view in judged.inventory}
    return replace(judged, inventory=views, rules_sha256="0" * 64, tool_version="0.0.0")


def judged_by(assessment: Assessment, *rules: str) -> Assessment:
    """The same as if only some rules had been asked."""
    return replace(
        assessment,
        rules=tuple(rule for rule in assessment.rules if rule.id in rules),
        findings=tuple(f for f in assessment.findings if f.rule.id in rules),
        causes=tuple(cause for cause in assessment.causes if cause.rule.id in rules),
    )


def with_gaps(assessment: Assessment) -> Assessment:
    """The same where one section was seen in part and one failed."""
    statuses = {"arrays": "partial", "tls": "failed"}
    rows = tuple(
        {**row, "status": statuses[str(row["name"])], "asked": 5, "answered": 2}
        if row["name"] in statuses
        else row
        for row in assessment.inventory["v_sections"]
    )
    gap = Gap(section=SectionName.TLS, subject="mail:443", reason=Reason.TIMEOUT, detail="10 s")
    inventory = {**assessment.inventory, "v_sections": rows}
    coverage = tuple(
        each.model_copy(update={"status": Status(statuses[each.name])})
        if each.name in statuses
        else each
        for each in assessment.coverage
    )
    return replace(assessment, inventory=inventory, coverage=coverage, gaps=(gap,))


def twin(assessment: Assessment, change: Callable[[str], str]) -> Assessment:
    """The same organisation in which every text from outside was changed alike."""
    findings = tuple(_changed(finding, change) for finding in assessment.findings)
    return replace(
        assessment,
        organization=change(assessment.organization),
        rules=tuple(_rule(rule, change) for rule in assessment.rules),
        findings=findings,
        causes=tuple(
            replace(
                cause,
                rule=_rule(cause.rule, change),
                label=change(cause.label),
                findings=tuple(_changed(finding, change) for finding in cause.findings),
            )
            for cause in assessment.causes
        ),
        gaps=tuple(
            Gap.model_construct(
                section=gap.section,
                subject=change(gap.subject),
                reason=gap.reason,
                detail=change(gap.detail),
            )
            for gap in assessment.gaps
        ),
        controllers=tuple(_controller(each, change) for each in assessment.controllers),
        inventory={
            view: tuple(_row(row, change) for row in rows)
            for view, rows in assessment.inventory.items()
        },
    )


def _controller(controller: Controller, change: Callable[[str], str]) -> Controller:
    values = {name: getattr(controller, name) for name in type(controller).model_fields}
    return Controller.model_construct(**values | {"origin": change(controller.origin)})


def _rule(rule: RuleInfo, change: Callable[[str], str]) -> RuleInfo:
    references = tuple(replace(each, title=change(each.title)) for each in rule.references)
    return replace(rule, title=change(rule.title), why=change(rule.why), references=references)


def _changed(finding: Finding, change: Callable[[str], str]) -> Finding:
    subject, read = finding.subject, finding.provenance
    return replace(
        finding,
        rule=_rule(finding.rule, change),
        subject=replace(
            subject, name=change(subject.name), site=subject.site and change(subject.site)
        ),
        message=finding.message and change(finding.message),
        reason=finding.reason and change(finding.reason),
        evidence=_row(finding.evidence, change),
        provenance=read and replace(read, origin=change(read.origin)),
    )


def _row(row: Mapping[str, Value], change: Callable[[str], str]) -> dict[str, Value]:
    return {name: _value(name, value, change) for name, value in row.items()}


def _value(name: str, value: Any, change: Callable[[str], str]) -> Any:
    if name in CLOSED_LISTS or name == "id" or name.endswith("_id"):
        return value
    if isinstance(value, list):
        return [change(each) for each in value]
    return change(value) if isinstance(value, str) else value


def many(assessment: Assessment, causes: int, of_each: int) -> Assessment:
    """An assessment with that many causes, copies of the first with objects of their own."""
    pattern = assessment.causes[0]
    made = [
        replace(
            pattern,
            id=f"{number:08x}",
            label=f"{pattern.label} {number}",
            findings=tuple(_copy(pattern.findings[0], number, at) for at in range(of_each)),
        )
        for number in range(causes)
    ]
    findings = tuple(finding for cause in made for finding in cause.findings)
    return replace(assessment, causes=tuple(made), findings=findings)


def _copy(finding: Finding, number: int, at: int) -> Finding:
    name = f"MB-{number:05}-{at:05}"
    return replace(
        finding,
        subject=replace(finding.subject, name=name, id=name),
        message=f"{name} is not as it should be.",
        cause=f"{number:08x}",
    )
