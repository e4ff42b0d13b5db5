"""plan.json: the plan as a document, from which ``verify-fix`` tells what was applied."""

import json
from datetime import UTC, datetime
from typing import Any

from casaudit.findings import Assessment, Finding, Subject
from casaudit.remediation.plan import Answer, ByHand, Plan, Step

SCHEMA = "casaudit/plan/1"


def document(assessment: Assessment, plan: Plan) -> bytes:
    """Return plan.json: sorted keys, UTF-8, one final newline."""
    found = {
        "schema": SCHEMA,
        "id": plan.id,
        "organization": assessment.organization,
        "collected_at": _time(assessment.collected_at),
        "as_of": _time(assessment.as_of),
        "profile": assessment.profile,
        "target": assessment.target,
        "snapshot_sha256": assessment.snapshot_sha256,
        "rules_sha256": assessment.rules_sha256,
        "tool_version": assessment.tool_version,
        "answers": [_answer(answer) for answer in plan.answers],
        "steps": [_step(step) for step in plan.steps],
        "by_hand": [_hand(entry) for entry in plan.by_hand],
        "waived": [_finding(finding) for finding in plan.waived],
        "seen": [
            {"setting": c.setting, "object": _object(c.subject), "value": c.value}
            for c in plan.cells
            if c.is_known
        ],
    }
    text = json.dumps(found, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode("utf-8", "backslashreplace")


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "key": answer.key,
        "question": answer.decision.question,
        "kind": answer.decision.kind,
        "scope": answer.scope,
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "number": step.number,
        "phase": step.phase.value,
        "setting": step.cell.setting,
        "object": _object(step.cell.subject),
        "from": step.cell.value,
        "to": step.to,
        "answer": step.answer,
        "findings": [_finding(finding) for finding in step.findings],
    }


def _hand(entry: ByHand) -> dict[str, Any]:
    return {
        "number": entry.number,
        "phase": entry.phase.value,
        "rule_id": entry.rule.id,
        "reason": entry.reason,
        "findings": [_finding(finding) for finding in entry.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule_id": finding.rule.id,
        "severity": finding.severity.value,
        "object": _object(finding.subject),
        "fingerprint": finding.fingerprint,
    }


def _object(subject: Subject) -> dict[str, Any]:
    return {"kind": subject.kind, "name": subject.name, "site": subject.site, "id": subject.id}


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
