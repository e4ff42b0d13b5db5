"""findings.ocsf.jsonl: every verdict as an event, for a SIEM or a security lake.

OCSF 1.5.0, class Compliance Finding (2003), one event on each line. Hidden characters are made
visible; the exact values are in findings.json.
"""

import io
import json
from collections.abc import Iterator
from typing import Any

from casaudit.findings import (
    FRAMEWORKS,
    Assessment,
    ChangeKind,
    Finding,
    Severity,
    Verdict,
    is_standing,
)
from casaudit.report.plaintext import block, evidence, remediation, web_pages
from casaudit.text import iso, visible

_VERSION = "1.5.0"
_CLASS = 2003
_CREATE, _UPDATE, _CLOSE = 1, 2, 3
_ACTIVITIES = {_CREATE: "Create", _UPDATE: "Update", _CLOSE: "Close"}
# A waived or changed failure is an update, so that a SIEM does not open it twice.
_CHANGES = {ChangeKind.NEW: _CREATE, ChangeKind.FIXED: _CLOSE}
"""What a change of a finding is; every other change is an update."""

_SEVERITIES = {
    Severity.CRITICAL: (5, "Critical"),
    Severity.HIGH: (4, "High"),
    Severity.MEDIUM: (3, "Medium"),
    Severity.LOW: (2, "Low"),
    Severity.INFO: (1, "Informational"),
}
# 99 is Other in every enumeration of OCSF, with the name beside it.
_CONFIDENCES = {"verified": (3, "High"), "recalled": (2, "Medium"), "judgement": (99, "Judgement")}
# compliance.status_id; what could not be judged is Unknown, never Pass.
_VERDICTS = {
    Verdict.PASS: (1, "Pass"),
    Verdict.FAIL: (3, "Fail"),
    Verdict.NOT_EVALUATED: (0, "Unknown"),
    Verdict.NOT_APPLICABLE: (99, "Not applicable"),
}


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return findings.ocsf.jsonl: sorted keys, UTF-8, lines that end as on Unix."""
    written = io.BytesIO()
    for event in events(assessment):
        line = json.dumps(event, sort_keys=True, ensure_ascii=False, allow_nan=False)
        written.write(f"{line}\n".encode())
    return {"findings.ocsf.jsonl": written.getvalue()}


def events(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """Give the event of every verdict and, with a baseline, of failures whose object is gone."""
    changes = assessment.comparison.changes if assessment.comparison else ()
    activities = {
        side.fingerprint: _CHANGES.get(change.kind, _UPDATE)
        for change in changes
        if (side := change.after or change.before)
    }
    for finding in assessment.findings:
        yield _event(finding, assessment, activities.get(finding.fingerprint, _CREATE))
    for change in changes:
        # Its object has no verdict any more, but a SIEM still holds it open.
        if change.before and not change.after:
            event = _event(change.before, assessment, activities[change.before.fingerprint])
            yield event | {"compliance": _gone(event["compliance"], change.detail)}


def _event(finding: Finding, assessment: Assessment, activity: int) -> dict[str, Any]:
    failed = finding.verdict is Verdict.FAIL
    # A pass of a critical rule is no critical event: a SIEM raises alarms by this number. Nor is a
    # standing notice, which would raise one a day for as long as Exchange 2010 is there.
    is_alarm = failed and not is_standing(finding)
    severity_id, severity = _SEVERITIES[finding.severity if is_alarm else Severity.INFO]
    confidence_id, confidence = _CONFIDENCES[finding.rule.confidence]
    told = visible(finding.message or finding.reason or finding.heading)
    return {
        "activity_id": activity,
        "activity_name": _ACTIVITIES[activity],
        # OCSF derives both numbers: a class begins with its category, a type is class and activity.
        "category_uid": _CLASS // 1000,
        "category_name": "Findings",
        "class_uid": _CLASS,
        "class_name": "Compliance Finding",
        "type_uid": _CLASS * 100 + activity,
        "type_name": f"Compliance Finding: {_ACTIVITIES[activity]}",
        # Milliseconds since 1970. The time of the judgement: a replay gives the same events.
        "time": int(assessment.as_of.timestamp()) * 1000,
        "severity_id": severity_id,
        "severity": severity,
        "confidence_id": confidence_id,
        "confidence": confidence,
        "message": told,
        "metadata": _metadata(finding, assessment),
        "finding_info": _info(finding),
        "compliance": _compliance(finding, told),
        "resources": [_resource(finding)],
        "evidences": [{"data": evidence(finding)}],
        # Where OCSF puts what its schema has no attribute for.
        "unmapped": _unmapped(finding, assessment),
        **_status(finding, activity),
        **_remediation(finding),
    }


def _metadata(finding: Finding, assessment: Assessment) -> dict[str, Any]:
    return {
        "version": _VERSION,
        # The same event sent twice has the same uid; the same finding in another run has not.
        "uid": f"{assessment.snapshot_sha256[:16]}-{finding.fingerprint}",
        "event_code": finding.rule.id,
        "tenant_uid": visible(assessment.organization),
        "product": {
            "name": "casaudit",
            "vendor_name": "casaudit",
            "version": visible(assessment.tool_version),
        },
    }


def _info(finding: Finding) -> dict[str, Any]:
    read = finding.provenance
    return {
        "uid": finding.fingerprint,
        "title": visible(finding.heading),
        "analytic": {
            "type_id": 1,
            "type": "Rule",
            "uid": finding.rule.id,
            "name": visible(finding.rule.title),
            "version": str(finding.rule.revision),
        },
        **({"data_sources": [visible(read.origin)]} if read else {}),
    }


def _compliance(finding: Finding, told: str) -> dict[str, Any]:
    status_id, status = _VERDICTS[finding.verdict]
    controls = sorted(finding.rule.controls.items())
    return {
        "control": finding.rule.id,
        "desc": block(finding.rule.why),
        "standards": [FRAMEWORKS.get(name, name) for name, _ in controls],
        # Standards and requirements are parallel lists in OCSF without a link between them.
        "requirements": [
            f"{FRAMEWORKS.get(name, name)} {each}" for name, ids in controls for each in ids
        ],
        "status_id": status_id,
        "status": status,
        "status_code": finding.verdict.value,
        "status_details": [told],
    }


def _gone(compliance: dict[str, Any], detail: str) -> dict[str, Any]:
    # Neither Pass nor Fail: there is nothing left that could be one of them.
    told = {"status_id": 0, "status": "Unknown", "status_code": "gone"}
    return {**compliance, **told, "status_details": [visible(detail)]}


def _resource(finding: Finding) -> dict[str, Any]:
    subject = finding.subject
    return {
        "uid": visible(subject.id),
        "name": visible(subject.name),
        "type": subject.kind,
        **({"labels": [f"site: {visible(subject.site)}"]} if subject.site else {}),
    }


def _status(finding: Finding, activity: int) -> dict[str, Any]:
    """Tell where a failure stands; another verdict has no state of its own."""
    # finding status_id: 1 New, 3 Suppressed, 4 Resolved.
    if activity == _CLOSE:
        return {"status_id": 4, "status": "Resolved"}
    if finding.verdict is not Verdict.FAIL:
        return {}
    if waiver := finding.waiver:
        comment = f"accepted until {waiver.until.isoformat()} by {waiver.approver}: {waiver.reason}"
        return {"status_id": 3, "status": "Suppressed", "comment": visible(comment)}
    return {"status_id": 1, "status": "New"}


def _remediation(finding: Finding) -> dict[str, Any]:
    parts = remediation(finding)
    if not parts:
        return {}
    text = "\n\n".join(f"{name}:\n{part}" for name, part in parts.items())
    return {"remediation": {"desc": text, "references": web_pages(finding.rule)}}


def _unmapped(finding: Finding, assessment: Assessment) -> dict[str, Any]:
    return {
        "profile": assessment.profile,
        "target": assessment.target,
        "as_of": iso(assessment.as_of),
        "snapshot_sha256": assessment.snapshot_sha256,
        "rules_sha256": assessment.rules_sha256,
        "base_severity": finding.base_severity.value,
        "standing": is_standing(finding),
        "cause": finding.cause,
    }
