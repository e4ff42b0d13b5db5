"""findings.json: every verdict with its exact values, for scripts and for other tools.

The shape is described by ``docs/findings.schema.json``; nothing here is shortened or replaced.
"""

import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

from casaudit.findings import (
    Assessment,
    Cause,
    Change,
    Comparison,
    Finding,
    Forecast,
    Migration,
    Missing,
    RuleInfo,
    Verdict,
    Waiver,
    WaiverUse,
    population,
)
from casaudit.report.summary import summarize

SCHEMA = "casaudit/findings/1"


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return findings.json: sorted keys, UTF-8, one final newline."""
    written = io.BytesIO()
    for part in _written(_document(assessment)):
        # A lone surrogate has no UTF-8 form; backslashreplace writes it as JSON's own \\udXXX.
        written.write(part.encode("utf-8", "backslashreplace"))
    return {"findings.json": written.getvalue()}


def _written(document: Mapping[str, Any]) -> Iterator[str]:
    """Write the document one element of its lists at a time: all at once takes five times as much.

    An iterator stands for a list.
    """
    for number, key in enumerate(sorted(document)):
        yield f"{',' if number else '{'}\n {json.dumps(key)}: "
        value = document[key]
        yield from _listed(value) if isinstance(value, Iterator) else [_dumped(value, 1)]
    yield "\n}\n"


def _listed(elements: Iterator[Any]) -> Iterator[str]:
    is_empty = True
    for element in elements:
        yield ("[" if is_empty else ",") + "\n  " + _dumped(element, 2)
        is_empty = False
    yield "[]" if is_empty else "\n ]"


def _dumped(value: Any, depth: int) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    return text.replace("\n", "\n" + " " * depth)


def _document(assessment: Assessment) -> dict[str, Any]:
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
        "judgement": _judgement(assessment),
        "summary": assessment.summary(),
        "migration": _migration(assessment.migration) if assessment.migration else None,
        "results": map(_result, assessment.findings),
        "causes": map(_cause, assessment.causes),
        "rules": _rules(assessment),
        "waivers": map(_waiver_use, assessment.waivers),
        "comparison": compared(assessment.comparison) if assessment.comparison else None,
        "forecast": _forecast(assessment.forecast) if assessment.forecast else None,
        "coverage": [
            {"section": s.name, "status": s.status, "asked": s.asked, "answered": s.answered}
            for s in assessment.coverage
        ],
        "gaps": [
            {"section": g.section, "subject": g.subject, "reason": g.reason, "detail": g.detail}
            for g in assessment.gaps
        ],
    }


def _judgement(assessment: Assessment) -> dict[str, str]:
    told = summarize(assessment)
    return {"state": told.state, "verdict": told.verdict, "sentence": told.sentence}


def _migration(migration: Migration) -> dict[str, Any]:
    found = asdict(replace(migration, missing=()))
    found["road"] = found.pop("upgrade_path")
    return {
        **found,
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
        "waiver": _waiver(finding.waiver) if finding.waiver else None,
        "fingerprint": finding.fingerprint,
        "remediation": asdict(finding.remediation) if finding.remediation else None,
    }


def _waiver(waiver: Waiver) -> dict[str, Any]:
    return {
        "owner": waiver.owner,
        "approver": waiver.approver,
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "until": waiver.until.isoformat(),
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


def compared(comparison: Comparison) -> dict[str, Any]:
    """Shape a comparison as the document has it."""
    return {
        "baseline_sha256": comparison.baseline_sha256,
        "baseline_rules_sha256": comparison.baseline_rules_sha256,
        "baseline_collected_at": _iso(comparison.baseline_collected_at),
        "baseline_as_of": _iso(comparison.baseline_as_of),
        "changes": [_change(change) for change in comparison.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    finding = change.after or change.before
    return {
        "kind": change.kind,
        "cause": change.cause,
        "detail": change.detail,
        "rule_id": finding.rule.id if finding else None,
        "subject": asdict(finding.subject) if finding else None,
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
    return {
        "runs": [_iso(run) for run in forecast.runs],
        "turns": [
            {
                "on": turn.on.isoformat(),
                "run": _iso(turn.run),
                "rule_id": turn.finding.rule.id,
                "subject": asdict(turn.finding.subject),
                "fingerprint": turn.finding.fingerprint,
                "severity_now": turn.was,
                "severity": turn.finding.severity,
                "message": turn.finding.message,
                "waiver_ends": turn.waiver_ends,
            }
            for turn in forecast.turns
        ],
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


def _rules(assessment: Assessment) -> Iterator[dict[str, Any]]:
    counts = population(assessment.findings)
    return (_rule(rule, counts.get(rule.id, Counter())) for rule in assessment.rules)


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
