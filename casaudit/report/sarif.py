"""findings.sarif: failures and what could not be judged, for viewers and trackers of findings.

SARIF 2.1.0, built in the order of the document. Texts are plain: hidden characters are made
visible, placeholders and links disarmed. The exact values are in findings.json.
"""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from typing import Any

from casaudit.findings import (
    Assessment,
    Change,
    ChangeKind,
    Finding,
    Severity,
    Verdict,
    Waiver,
    is_standing,
)
from casaudit.report.labels import SECTIONS, explained
from casaudit.report.plaintext import evidence, remediation
from casaudit.report.sarif_driver import KINDS_OF_GAPS, LEVELS, build_driver, sarif_text
from casaudit.snapshot import Gap, Reason
from casaudit.text import iso, visible

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# SARIF 2.1.0, 3.27.9: ``open`` says that there was not enough to tell pass from fail.
_KINDS = {Verdict.FAIL: "fail", Verdict.NOT_EVALUATED: "open"}
"""The verdicts that become results; of the others the run tells the number."""

# SARIF 2.1.0, 3.27.24. A failure that is not seen any more is not ``absent``: that would close it.
_STATES = {
    ChangeKind.NEW: "new",
    ChangeKind.STILL_OPEN: "unchanged",
    ChangeKind.CHANGED: "updated",
    ChangeKind.UNSEEN: "updated",
    ChangeKind.FIXED: "absent",
}
_NO_RESULTS = '"results": []'
"""Where the results go, one by one: the last such place, since only counts come after it."""


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return findings.sarif: UTF-8, a result on each line, one final newline."""
    # A failure on each line keeps the file readable for diff and grep; json has no such layout.
    frame = json.dumps(build_log(assessment), ensure_ascii=False, allow_nan=False, indent=1)
    before, _, after = frame.rpartition(_NO_RESULTS)
    written = io.BytesIO()
    written.write(f'{before}"results": ['.encode())
    for number, result in enumerate(build_results(assessment)):
        line = json.dumps(result, ensure_ascii=False, allow_nan=False)
        written.write(f"{',' if number else ''}\n    {line}".encode())
    written.write(f"]{after}\n".encode())
    return {"findings.sarif": written.getvalue()}


def build_log(assessment: Assessment) -> dict[str, Any]:
    """Shape an assessment as a log of one run."""
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [build_run(assessment)]}


def build_run(assessment: Assessment) -> dict[str, Any]:
    """Describe the judgement: the tool, what it looked at, what it did not see."""
    asked = "-".join(filter(None, (assessment.profile, assessment.target)))
    return {
        "tool": {"driver": build_driver(assessment)},
        # What stands before the last slash is the category by which viewers keep runs together.
        "automationDetails": {"id": f"casaudit/{asked}/{iso(assessment.as_of)}"},
        "invocations": [build_invocation(assessment)],
        "artifacts": [build_snapshot(assessment)],
        "results": [],
        "properties": build_counts(assessment),
    }


def build_invocation(assessment: Assessment) -> dict[str, Any]:
    """Tell when the evidence was collected, whether all was seen, each gap and failed rule."""
    # A kind of evidence that nobody asked for is no failed execution.
    lacking = assessment.gaps or assessment.is_incomplete or not assessment.is_auditable
    return {
        "startTimeUtc": iso(assessment.collected_at),
        "executionSuccessful": not lacking,
        "toolExecutionNotifications": [
            *(build_notification(gap) for gap in assessment.gaps),
            *(build_rule_problem(*each) for each in assessment.problems.items()),
        ],
    }


def build_rule_problem(rule_id: str, problem: str) -> dict[str, Any]:
    """Tell that a rule could not be run, and so judged nothing."""
    return {
        "associatedRule": {"id": rule_id},
        "level": "error",
        "message": sarif_text(visible(f"{rule_id} failed and judged nothing: {problem}")),
    }


def build_notification(gap: Gap) -> dict[str, Any]:
    """Tell a gap: what was asked for, and why it was not seen."""
    meaning, advice = explained(gap)
    detail = f" ({gap.detail})" if gap.detail else ""
    return {
        "descriptor": {"id": f"gap/{gap.reason.value}", "index": KINDS_OF_GAPS.index(gap.reason)},
        "level": "error" if gap.reason is Reason.BUG else "warning",
        "message": sarif_text(
            visible(f"{SECTIONS[gap.section]}: {gap.subject}: {meaning}{detail}. {advice}")
        ),
        "properties": {"section": gap.section.value, "subject": visible(gap.subject)},
    }


def build_snapshot(assessment: Assessment) -> dict[str, Any]:
    """Describe the snapshot: the one file that was looked at."""
    return {
        # Relative: the path on the machine of the audit is nobody else's business.
        "location": {"uri": "snapshot.json"},
        "roles": ["analysisTarget"],
        "mimeType": "application/json",
        # SARIF takes the names of the hash functions from IANA: sha-256, with the hyphen.
        "hashes": {"sha-256": assessment.snapshot_sha256},
    }


def build_results(assessment: Assessment) -> Iterator[dict[str, Any]]:
    """Describe the failures, what could not be judged and, with a baseline, what is gone."""
    comparison = assessment.comparison
    changes = comparison.changes if comparison else ()
    states = _states(changes)
    numbers = {rule.id: number for number, rule in enumerate(assessment.rules)}
    present = (finding for finding in assessment.findings if finding.verdict in _KINDS)
    for finding in chain(present, filter(None, map(_former, changes))):
        result = build_result(finding, numbers)
        # 3.27.23: an empty list says that nothing is suppressed, none at all that nobody asked.
        if assessment.waivers:
            result["suppressions"] = build_suppressions(finding.waiver)
        if comparison:
            result["baselineState"] = states.get(finding.fingerprint, "unchanged")
        yield result


def build_result(finding: Finding, numbers: Mapping[str, int]) -> dict[str, Any]:
    """Describe one failure, or one verdict that could not be given."""
    # A failure of the baseline may be of a rule that is not judged any more and has no index.
    number = numbers.get(finding.rule.id)
    kind = _KINDS[finding.verdict]
    # Viewers fail a build by the level; a standing notice would fail every one for years.
    severity = Severity.INFO if is_standing(finding) else finding.severity
    return {
        "ruleId": finding.rule.id,
        **({} if number is None else {"ruleIndex": number}),
        "kind": kind,
        # 3.27.10: a result that is no failure has the level none.
        "level": LEVELS[severity] if kind == "fail" else "none",
        "message": sarif_text(visible(finding.message or finding.reason or finding.heading)),
        "locations": [build_location(finding)],
        # Code scanning of GitHub tells findings apart by the second key only.
        "partialFingerprints": {
            "casaudit/v1": finding.fingerprint,
            "primaryLocationLineHash": finding.fingerprint,
        },
        "properties": build_details(finding),
    }


def build_location(finding: Finding) -> dict[str, Any]:
    """Name the object; the file is the snapshot, since the object is in no other."""
    subject = finding.subject
    # The path of names is all that a viewer has to group by: no source file has the object.
    parts = (subject.site, subject.kind, subject.name)
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": "snapshot.json", "index": 0},
            # Code scanning of GitHub shows no result without a line, and the object has none.
            "region": {"startLine": 1},
        },
        "logicalLocations": [
            {
                "name": visible(subject.name),
                "fullyQualifiedName": "/".join(visible(part) for part in parts if part),
                "kind": subject.kind,
            }
        ],
    }


def build_suppressions(waiver: Waiver | None) -> list[dict[str, Any]]:
    """Tell the waiver that holds, or that none does."""
    if waiver is None:
        return []
    known = {
        "owner": waiver.owner,
        "approver": waiver.approver,
        "ticket": waiver.ticket,
        "until": waiver.until.isoformat(),
    }
    return [
        {
            "kind": "external",
            "status": "accepted",
            "justification": visible(waiver.reason),
            "properties": {name: visible(text) for name, text in known.items() if text},
        }
    ]


def build_details(finding: Finding) -> dict[str, Any]:
    """Give the severity, the evidence with its source, and what to do."""
    read = finding.provenance
    return {
        "severity": finding.severity.value,
        "standing": is_standing(finding),
        "evidence": evidence(finding),
        **({"read_from": visible(read.origin), "read_at": read.at} if read else {}),
        "remediation": remediation(finding),
    }


def build_counts(assessment: Assessment) -> dict[str, Any]:
    """Give what results alone do not tell: every verdict counted, coverage, and hashes."""
    return {
        "organization": visible(assessment.organization),
        "as_of": iso(assessment.as_of),
        "summary": assessment.summary(),
        "coverage": {
            s.name.value: f"{s.status.value} {s.answered}/{s.asked}" for s in assessment.coverage
        },
    }


def _former(change: Change) -> Finding | None:
    """Return a failure of the baseline that is no verdict any more, open unless it was fixed."""
    if change.before is None or change.kind is ChangeKind.FIXED:
        return change.before
    # Its object was not seen: as open as what could not be judged.
    if change.after is None:
        return replace(change.before, verdict=Verdict.NOT_EVALUATED, message=change.detail)
    return None


def _states(changes: Iterable[Change]) -> Mapping[str, str]:
    sides = ((change.after or change.before, _STATES[change.kind]) for change in changes)
    return {finding.fingerprint: state for finding, state in sides if finding}
