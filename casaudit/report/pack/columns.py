"""What each column of the auditor pack means: the one list from which its dictionary is written.

A column is named with its form and its meaning; their order is that of the file. Columns are only
ever added at the end of a file while ``VERSION`` stays.
"""

from collections.abc import Mapping

VERSION = 1

FORMS = {
    "text": "text",
    "number": "number with a decimal point",
    "truth": "yes or no",
    "time": "time in UTC, ISO 8601",
    "day": "day, ISO 8601",
    "list": "texts, sorted and joined by '; '; 'none' when there are none",
}
"""What a cell of a column looks like; an empty one means: not known, or nothing to say."""

Columns = Mapping[str, tuple[str, str]]

_RULE = {
    "rule_id": ("text", "id of the rule; rules.csv describes it"),
    "revision": ("number", "revision of the rule"),
    "title": ("text", "what the rule looks for"),
}
_COUNTS = {
    "failed": ("number", "objects that fail, waived ones among them"),
    "waived": ("number", "those of them that a waiver holds for"),
    "passed": ("number", "objects where that was not found"),
    "not_evaluated": ("number", "objects that could not be judged"),
    "not_applicable": ("number", "objects that the rule does not apply to"),
}
_WAIVER = {
    "owner": ("text", "who answers for it"),
    "approver": ("text", "who approved it"),
    "reason": ("text", "why it is accepted"),
    "ticket": ("text", "where it is recorded"),
    "until": ("day", "last day on which it holds"),
}
_SUBJECT = {
    "object_kind": ("text", "kind of the object; 'collection' stands for what was not seen"),
    "object": ("text", "name of the object"),
    "site": ("text", "Active Directory site of the object"),
}
_TESTED = {
    "tester": ("text", "to fill in: who tested"),
    "tested_on": ("day", "to fill in: when"),
    "procedure": ("text", "to fill in: how, with which tool and which account"),
    "result": ("text", "to fill in: agrees, differs or not tested"),
    "remarks": ("text", "to fill in"),
    "work_paper": ("text", "to fill in: reference to the work paper"),
}

FINDINGS: Columns = {
    **_RULE,
    "verdict": ("text", "pass, fail, not_evaluated or not_applicable"),
    "severity": ("text", "critical, high, medium, low or info, after adjustment"),
    "base_severity": ("text", "severity of the rule"),
    "severity_reason": ("text", "why the severity was adjusted"),
    **_SUBJECT,
    "message": ("text", "what is wrong, for failures"),
    "reason": ("text", "why the rule does not apply, or which evidence is missing"),
    "evidence": ("text", "values that the verdict rests on, as name=value; also in evidence.csv"),
    "confidence": ("text", "how sure the rule's claim is: verified, recalled or judgement"),
    "controls": ("list", "controls that the rule belongs to, each behind its framework"),
    "cause": ("text", "id of the cause, for failures; causes.csv describes it"),
    "read_from": ("text", "where the object's own record was read"),
    "read_at": ("time", "when it was read"),
    "when_changed": ("time", "whenChanged in the directory"),
    "usn_changed": ("number", "uSNChanged on that controller"),
    "object_id": ("text", "objectGUID, or the natural key of what has none"),
    "fingerprint": ("text", "identity of rule and object, the same in the next run"),
    "waiver_state": ("text", "holds, ended, void, unused or unseen; empty without a waiver"),
    **{f"waiver_{name}": told for name, told in _WAIVER.items()},
}

POPULATION: Columns = {
    **_RULE,
    "severity": ("text", "severity of the rule"),
    "object_kind": ("text", "kind of the objects; 'collection' stands for what was not seen"),
    "objects": ("number", "how many were judged: failed, passed and the other two together"),
    **_COUNTS,
}

EVIDENCE: Columns = {
    "evidence_id": ("text", "fingerprint and column; unique"),
    "fingerprint": ("text", "the verdict that it belongs to, as in findings.csv"),
    "rule_id": ("text", "id of the rule"),
    "object": ("text", "name of the object"),
    "column": ("text", "name of the value, as in the published views"),
    "value": ("text", "the value; empty: not known"),
    "read_from": ("text", "where the object's own record was read"),
    "read_at": ("time", "when that record was read"),
    "when_changed": ("time", "whenChanged of that record in the directory"),
    "usn_changed": ("number", "uSNChanged of that record on that controller"),
    "names_records": ("list", "records of other objects that the value names, each with where and"
                      " when it was read"),
}  # fmt: skip

CONTROLS: Columns = {
    "framework": ("text", "id of the control framework"),
    "framework_title": ("text", "its name"),
    "control_id": ("text", "id of the control"),
    "rule_id": ("text", "a rule that bears on it"),
    "title": ("text", "what the rule looks for"),
    "severity": ("text", "severity of the rule"),
    "result": ("text", "failed, not evaluated, waived, passed or not applicable: the first of these"
               " that holds for some object"),
    **_COUNTS,
    "failing_objects": ("list", "objects that fail without a waiver"),
}  # fmt: skip

WAIVERS: Columns = {
    "rule_id": ("text", "rule that the object may fail"),
    "object": ("text", "the object, as the waiver names it"),
    **_WAIVER,
    "state": ("text", "holds, ended, void, unused or unseen"),
    "because": ("text", "why it does not hold, or when it ends"),
    "days_left": ("number", "days from the reference day to the last one"),
    "accepted": ("text", "values that were accepted, as name=value; others make it void"),
    "fingerprint": ("text", "the verdict that it is about, as in findings.csv"),
    "line": ("number", "where it begins in the waiver file"),
}

RULES: Columns = {
    "id": ("text", "id of the rule"),
    "revision": ("number", "revision of the rule; another one may judge otherwise"),
    "title": ("text", "what the rule looks for"),
    "severity": ("text", "severity of a failure before adjustment"),
    "why": ("text", "why it matters"),
    "confidence": ("text", "how sure the claim is: verified, recalled or judgement"),
    "controls": ("list", "controls that it belongs to, each behind its framework"),
    "profiles": ("list", "profiles in which it is judged"),
    "after": ("list", "rules whose remediation comes first"),
    "references": ("list", "published sources"),
}

CAUSES: Columns = {
    "id": ("text", "id of the cause, as in findings.csv"),
    "rule_id": ("text", "rule that its objects fail"),
    "label": ("text", "what tells it from the other causes of its rule"),
    "severity": ("text", "severity of the worst failure that is not waived"),
    "parent": ("text", "cause to repair first; empty when there is none"),
    "failures": ("number", "failures of this cause"),
    "waived": ("number", "how many of them are waived"),
    "impact": ("text", "what clients notice of the repair"),
}

CHANGES: Columns = {
    "change": ("text", "new, changed, not seen any more, fixed or still open"),
    "cause": ("text", "configuration, rule, coverage, waiver or time; empty when nothing changed"),
    "rule_id": ("text", "id of the rule"),
    "title": ("text", "what the rule looks for"),
    "severity_before": ("text", "severity at the time of the baseline"),
    "severity": ("text", "severity now"),
    **_SUBJECT,
    "verdict_before": ("text", "verdict at the time of the baseline, by the rules of now"),
    "verdict": ("text", "verdict now"),
    "waived": ("truth", "whether a waiver holds for it now"),
    "detail": ("text", "what differs"),
    "object_id": ("text", "objectGUID, or the natural key of what has none"),
    "fingerprint": ("text", "identity of rule and object, as in findings.csv"),
}

COVERAGE: Columns = {
    "section": ("text", "kind of evidence"),
    "title": ("text", "the same in words"),
    "status": ("text", "complete, partial, failed or not_collected"),
    "asked": ("number", "questions put"),
    "answered": ("number", "questions that got a usable answer"),
    "gaps": ("number", "lines about it in gaps.csv"),
}

GAPS: Columns = {
    "section": ("text", "kind of evidence that is poorer by it"),
    "subject": ("text", "what was asked"),
    "reason": ("text", "why it was not seen, one of a closed list"),
    "meaning": ("text", "the same in words"),
    "detail": ("text", "result code or first words of the failure"),
    "advice": ("text", "what to do about it"),
}

SOURCES: Columns = {
    "origin": ("text", "directory server or file, as in the other files"),
    "address": ("text", "address that was connected to; empty for a file"),
    "dns_host_name": ("text", "what the server says of itself"),
    "bind": ("text", "how casaudit logged in; file for a file"),
    "protection": ("text", "ldaps, starttls, plaintext or file"),
    "usn_start": ("number", "highestCommittedUSN before the first search"),
    "usn_end": ("number", "the same after the last"),
    "clock_offset_seconds": ("number", "its clock minus the collector's"),
    "operations": ("text", "directory operations sent, as name=count; no other was sent"),
}

SAMPLE: Columns = {
    "number": ("number", "place in the sample"),
    "stratum": ("text", "severity and verdict"),
    "stratum_size": ("number", "verdicts in that stratum"),
    **{name: FINDINGS[name] for name in ("rule_id", "title", "verdict", "severity")},
    **_SUBJECT,
    "statement": ("text", "what to test: the message or the reason of the verdict"),
    "evidence": ("text", "values that the verdict rests on, as name=value"),
    "fingerprint": ("text", "identity of rule and object; leave as it is"),
    **_TESTED,
}

ATTESTATIONS: Columns = {
    "fingerprint": ("text", "the verdict that was tested, as in findings.csv"),
    **{name: FINDINGS[name] for name in ("rule_id", "verdict")},
    **_SUBJECT,
    "state": ("text", "current; other verdict, when it was another one at the test; or unknown,"
              " when this pack has no such verdict"),
    "tested_verdict": ("text", "the verdict in the sheet that was filled in"),
    **{name: (form, told.removeprefix("to fill in: ")) for name, (form, told) in _TESTED.items()},
}  # fmt: skip

ABOUT: Columns = {
    "item": ("text", "what is told"),
    "value": ("text", "as told in manifest.json"),
}

DICTIONARY: Columns = {
    "file": ("text", "file of this pack, and sheet of the workbook without its ending"),
    "position": ("number", "place of the column, from 1"),
    "column": ("text", "its name"),
    "form": ("text", "what its cells look like"),
    "meaning": ("text", "what it says"),
}
