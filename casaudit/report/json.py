"""findings.json: every verdict with its exact values, for scripts and for other tools.

The shape is described by ``docs/findings.schema.json``; nothing here is shortened or replaced.
"""

import json
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from casaudit.judge.findings import (
    Assessment,
    Cause,
    Finding,
    Migration,
    Missing,
    RuleInfo,
    Verdict,
    population,
)

SCHEMA = "casaudit/findings/1"


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return findings.json: sorted keys, UTF-8, one final newline."""
    text = json.dumps(
        document(assessment), sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1
    )
    # A lone surrogate has no UTF-8 form; backslashreplace writes it as JSON's own \udXXX escape.
    return {"findings.json": (text + "\n").encode("utf-8", "backslashreplace")}


def document(assessment: Assessment) -> dict[str, Any]:
    """Shape an assessment as the document."""
    return {
        "schema": SCHEMA,
        "organization": assessment.organization,
        "collected_at": _iso(assessment.collected_at),
        "as_of": _iso(assessment.as_of),
        "profile": assessment.profile,
        "target": assessment.target,
        "snapshot_sha256": assessment.snapshot_sha256,
        "rules_sha256": assessment.rules_sha256,
        "tool_version": assessment.tool_version,
        "summary": assessment.summary(),
        "migration": _migration(assessment.migration) if assessment.migration else None,
        "results": [_result(finding) for finding in assessment.findings],
        "causes": [_cause(cause) for cause in assessment.causes],
        "rules": _rules(assessment),
        "coverage": [
            {"section": s.name, "status": s.status, "asked": s.asked, "answered": s.answered}
            for s in assessment.coverage
        ],
        "gaps": [
            {"section": g.section, "subject": g.subject, "reason": g.reason, "detail": g.detail}
            for g in assessment.gaps
        ],
    }


def _migration(migration: Migration) -> dict[str, Any]:
    return {
        **asdict(replace(migration, missing=())),
        "missing": [_missing(missing) for missing in migration.missing],
    }


def _missing(missing: Missing) -> dict[str, Any]:
    return {
        "rule_id": missing.rule.id,
        "reason": missing.reason,
        "subjects": [asdict(subject) for subject in missing.subjects],
        "decides": missing.decides,
    }


def _result(finding: Finding) -> dict[str, Any]:
    return {
        "rule_id": finding.rule.id,
        "revision": finding.rule.revision,
        "title": finding.rule.title,
        "confidence": finding.rule.confidence,
        "severity": finding.severity,
        "base_severity": finding.base_severity,
        "severity_reason": finding.severity_reason,
        "verdict": finding.verdict,
        "subject": asdict(finding.subject),
        "message": finding.message,
        "reason": finding.reason,
        "evidence": dict(finding.evidence),
        "provenance": asdict(finding.provenance) if finding.provenance else None,
        "cause": finding.cause,
        "waiver": None,
        "fingerprint": finding.fingerprint,
        "remediation": asdict(finding.remediation) if finding.remediation else None,
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.id,
        "rule_id": cause.rule.id,
        "label": cause.label,
        "severity": cause.severity,
        "parent": cause.parent,
        "fingerprints": [finding.fingerprint for finding in cause.findings],
        "remediation": asdict(cause.remediation),
    }


def _rules(assessment: Assessment) -> list[dict[str, Any]]:
    counts = population(assessment.findings)
    return [_rule(rule, counts.get(rule.id, Counter())) for rule in assessment.rules]


def _rule(rule: RuleInfo, counts: Counter[Verdict]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "revision": rule.revision,
        "title": rule.title,
        "severity": rule.severity,
        "why": rule.why,
        "confidence": rule.confidence,
        "profiles": list(rule.profiles),
        "references": [asdict(reference) for reference in rule.references],
        "controls": {framework: list(ids) for framework, ids in rule.controls.items()},
        "after": list(rule.after),
        "population": {verdict.value: counts[verdict] for verdict in Verdict},
    }


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
