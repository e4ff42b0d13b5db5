"""findings.json: every verdict with its exact values, for scripts and for other tools.

The document is built here, and only here, from what was judged; its shape is the model in
``casaudit/findings/document.py``. Nothing is shortened or replaced.
"""

from collections import Counter
from typing import Any

from casaudit.canonical_json import canonical
from casaudit.findings import (
    Assessment,
    Cause,
    Change,
    Comparison,
    Finding,
    Forecast,
    Migration,
    RuleInfo,
    Turn,
    Verdict,
    Waiver,
    WaiverUse,
    population,
)
from casaudit.findings.document import SCHEMA, Overview
from casaudit.findings.document_parts import (
    ProvenancePart,
    RemediationPart,
    SubjectPart,
    WaiverPart,
)
from casaudit.report.summary import summarize

_SUBJECT = tuple(SubjectPart.model_fields)
_PROVENANCE = tuple(ProvenancePart.model_fields)
_REMEDIATION = tuple(RemediationPart.model_fields)


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return findings.json; each verdict is shaped when it is its turn to be written."""
    document = overview(assessment).model_dump(mode="json", by_alias=True)
    document["results"] = list(assessment.findings)
    return {"findings.json": canonical(document, _result)}


def overview(assessment: Assessment) -> Overview:
    """Shape all but the verdicts."""
    counts = population(assessment.findings)
    migration, comparison = assessment.migration, assessment.comparison
    return Overview.model_validate(
        {
            "schema": SCHEMA,
            "organization": assessment.organization,
            "collected_at": assessment.collected_at,
            "as_of": assessment.as_of,
            "profile": assessment.profile,
            "target": assessment.target,
            "snapshot_sha256": assessment.snapshot_sha256,
            "rules_sha256": assessment.rules_sha256,
            "tool_version": assessment.tool_version,
            "judgement": summarize(assessment),
            "summary": assessment.summary(),
            "migration": _migration(migration) if migration else None,
            "causes": [_cause(cause) for cause in assessment.causes],
            "rules": [
                _rule(rule, counts.get(rule.id, Counter()), assessment.problems.get(rule.id))
                for rule in assessment.rules
            ],
            "waivers": [_waiver_use(use) for use in assessment.waivers],
            "comparison": comparison_values(comparison) if comparison else None,
            "forecast": _forecast(assessment.forecast) if assessment.forecast else None,
            "coverage": [
                {"section": s.name, "status": s.status, "asked": s.asked, "answered": s.answered}
                for s in assessment.coverage
            ],
            "gaps": assessment.gaps,
        }
    )


def _result(finding: Finding) -> dict[str, Any]:
    """Shape a verdict as ``ResultPart`` has it.

    Building that class itself for 56,000 verdicts would cost a quarter of the time; the tests
    read every document back through it instead.
    """
    rule, waiver = finding.rule, finding.waiver
    return {
        "rule_id": rule.id,
        "revision": rule.revision,
        "title": rule.title,
        "confidence": rule.confidence,
        "severity": finding.severity,
        "base_severity": finding.base_severity,
        "severity_reason": finding.severity_reason,
        "verdict": finding.verdict,
        "subject": _values(finding.subject, _SUBJECT),
        "message": finding.message,
        "reason": finding.reason,
        "evidence": dict(finding.evidence),
        "provenance": _values(finding.provenance, _PROVENANCE),
        "cause": finding.cause,
        "waiver": waiver and WaiverPart.model_validate(waiver).model_dump(mode="json"),
        "fingerprint": finding.fingerprint,
        "remediation": _values(finding.remediation, _REMEDIATION),
    }


def _values(part: object | None, names: tuple[str, ...]) -> dict[str, Any] | None:
    return None if part is None else {name: getattr(part, name) for name in names}


def _migration(migration: Migration) -> dict[str, Any]:
    missing = [
        {
            "rule_id": each.rule.id,
            "reason": each.reason,
            "subjects": each.subjects,
            "decides": each.decides,
        }
        for each in migration.missing
    ]
    return {
        "target": migration.target,
        "verdict": migration.verdict,
        "because": migration.because,
        # The key stays in version 1 of the document, whatever the code calls it by now.
        "road": migration.upgrade_path,
        "warnings": migration.warnings,
        "blockers": migration.blockers,
        "others": migration.others,
        "gates": migration.gates,
        "waves": migration.waves,
        "leg": migration.leg,
        "preparations": migration.preparations,
        "pilot": migration.pilot,
        "missing": missing,
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "owner": waiver.owner,
        "approver": waiver.approver,
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "until": waiver.until,
        "value": dict(waiver.value),
    }


def _waiver_use(use: WaiverUse) -> dict[str, Any]:
    return {
        "rule_id": use.waiver.rule,
        "object": use.waiver.object,
        **_waiver(use.waiver),
        "line": use.waiver.line,
        "state": use.state,
        "because": use.because,
        "days_left": use.days_left,
        "fingerprint": use.fingerprint,
    }


def comparison_values(comparison: Comparison) -> dict[str, Any]:
    """Return the values of a comparison, as ``ComparisonPart`` and ``DiffDocument`` take them."""
    return {
        "baseline_sha256": comparison.baseline_sha256,
        "baseline_rules_sha256": comparison.baseline_rules_sha256,
        "baseline_collected_at": comparison.baseline_collected_at,
        "baseline_as_of": comparison.baseline_as_of,
        "changes": [_change(change) for change in comparison.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    finding = change.after or change.before
    return {
        "kind": change.kind,
        "cause": change.cause,
        "detail": change.detail,
        "rule_id": finding.rule.id if finding else None,
        "subject": finding.subject if finding else None,
        "fingerprint": finding.fingerprint if finding else None,
        "before": _side(change.before) if change.before else None,
        "after": _side(change.after) if change.after else None,
    }


def _side(finding: Finding) -> dict[str, Any]:
    return {
        "verdict": finding.verdict,
        "severity": finding.severity,
        "waived": finding.waiver is not None,
        "evidence": dict(finding.evidence),
    }


def _forecast(forecast: Forecast) -> dict[str, Any]:
    return {"runs": forecast.runs, "turns": [_turn(turn) for turn in forecast.turns]}


def _turn(turn: Turn) -> dict[str, Any]:
    return {
        "on": turn.on,
        "run": turn.run,
        "rule_id": turn.finding.rule.id,
        "subject": turn.finding.subject,
        "fingerprint": turn.finding.fingerprint,
        "severity_now": turn.was,
        "severity": turn.finding.severity,
        "message": turn.finding.message,
        "waiver_ends": turn.waiver_ends,
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.id,
        "rule_id": cause.rule.id,
        "label": cause.label,
        "severity": cause.severity,
        "parent": cause.parent,
        "fingerprints": [finding.fingerprint for finding in cause.findings],
        "remediation": cause.remediation,
    }


def _rule(rule: RuleInfo, counts: Counter[Verdict], problem: str | None) -> dict[str, Any]:
    return {
        "id": rule.id,
        "revision": rule.revision,
        "title": rule.title,
        "severity": rule.severity,
        "why": rule.why,
        "confidence": rule.confidence,
        "profiles": rule.profiles,
        "references": rule.references,
        "controls": dict(rule.controls),
        "after": rule.after,
        "population": {verdict.value: counts[verdict] for verdict in Verdict},
        "problem": problem,
        "standing": rule.purpose.standing,
        "requirement": rule.requirement,
    }
