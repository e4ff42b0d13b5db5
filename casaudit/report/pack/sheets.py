"""The sheets of the auditor pack: each is a CSV file and a sheet of the workbook, row for row."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from casaudit.findings import (
    FRAMEWORKS,
    Assessment,
    Comparison,
    Finding,
    RuleInfo,
    Value,
    Verdict,
    WaiverUse,
)
from casaudit.report import labels
from casaudit.report.changes import change_rows
from casaudit.report.csv import controls, finding_rows, named_values
from casaudit.report.inventory import Inventory
from casaudit.report.pack import columns, objects
from casaudit.report.pack.columns import Columns
from casaudit.report.sources import Source, Sources

Row = Mapping[str, Value]
_RESULTS = (
    ("failed", "failed"),
    ("not_evaluated", "not evaluated"),
    ("waived", "waived"),
    ("passed", "passed"),
    ("not_applicable", "not applicable"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of the pack.

    Attributes:
        about: what one line is.
        rows: gives them anew each time, so that no more than one table is held at once.
    """

    name: str
    about: str
    columns: Columns
    rows: Callable[[], Iterable[Row]]

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.csv"


def sheets(assessment: Assessment) -> list[Sheet]:
    """Return the sheets that an assessment gives, in the order of the workbook."""
    inventory = Inventory(assessment)

    def sheet(
        name: str, about: str, told: Columns, rows: Callable[[Assessment], Iterable[Row]]
    ) -> Sheet:
        return Sheet(name, about, told, partial(rows, assessment))

    return [
        sheet("findings", "a verdict: one rule, one object", columns.FINDINGS, finding_rows),
        sheet("population", "a rule and a kind of object", columns.POPULATION, _population),
        sheet("evidence", "a value that a verdict rests on", columns.EVIDENCE, _evidence),
        sheet("controls", "a control and a rule", columns.CONTROLS, _controls),
        sheet("waivers", "an accepted failure", columns.WAIVERS, _waivers),
        sheet("causes", "a cause of failures", columns.CAUSES, _causes),
        *(_objects(name, told, inventory) for name, told in objects.INVENTORY.items()),
        sheet("coverage", "a kind of evidence", columns.COVERAGE, _coverage),
        sheet("gaps", "something that was asked for and not seen", columns.GAPS, _gaps),
        sheet("sources", "a directory server or file", columns.SOURCES, _sources),
        sheet("rules", "a rule that was judged", columns.RULES, _rules),
    ]


def changes(comparison: Comparison) -> Sheet:
    """Return the sheet of what changed since a baseline."""
    rows = partial(change_rows, comparison.changes)
    return Sheet("changes", "a failure then or now, and what became of it", columns.CHANGES, rows)


def about(facts: Mapping[str, Value]) -> Sheet:
    """Return the sheet that tells the facts of the pack as a whole."""
    rows = [{"item": item, "value": value} for item, value in facts.items()]
    return Sheet("about", "a fact about the pack", columns.ABOUT, lambda: rows)


def dictionary(described: Iterable[Sheet]) -> Sheet:
    """Return the sheet that describes every column of the others and of itself."""
    own = Sheet("data-dictionary", "a column", columns.DICTIONARY, lambda: rows)
    rows: list[Row] = [
        {"file": sheet.file, "position": at, "column": name, "form": form, "meaning": meaning}
        for sheet in (*described, own)
        for at, (name, (form, meaning)) in enumerate(_in_words(sheet.columns), start=1)
    ]
    return own


def _in_words(told: Columns) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, (form, meaning) in told.items():
        yield name, (columns.FORMS[form], meaning)


def iso(moment: datetime) -> str:
    """Write a time as every file of the pack does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _objects(name: str, told: Columns, inventory: Inventory) -> Sheet:
    rows = partial(inventory.rows, "dns_answers" if name == "dns" else name)
    return Sheet(name, "an answer of a resolver" if name == "dns" else "an object", told, rows)


def _counts(findings: Iterable[Finding]) -> dict[str, int]:
    found = list(findings)
    verdicts = Counter(each.verdict for each in found)
    return {
        "failed": verdicts[Verdict.FAIL],
        "waived": sum(each.waiver is not None for each in found if each.verdict is Verdict.FAIL),
        "passed": verdicts[Verdict.PASS],
        "not_evaluated": verdicts[Verdict.NOT_EVALUATED],
        "not_applicable": verdicts[Verdict.NOT_APPLICABLE],
    }


def _by_rule(assessment: Assessment) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {rule.id: [] for rule in assessment.rules}
    for finding in assessment.findings:
        found.setdefault(finding.rule.id, []).append(finding)
    return found


def _population(assessment: Assessment) -> Iterator[Row]:
    found = _by_rule(assessment)
    for rule in assessment.rules:
        kinds: dict[str, list[Finding]] = defaultdict(list)
        for finding in found[rule.id]:
            kinds[finding.subject.kind].append(finding)
        for kind, judged in kinds.items() if kinds else [("", [])]:
            yield {
                "rule_id": rule.id,
                "revision": rule.revision,
                "title": rule.title,
                "severity": rule.severity.value,
                "object_kind": kind,
                "objects": len(judged),
                **_counts(judged),
            }


def _evidence(assessment: Assessment) -> Iterator[Row]:
    sources = Sources(assessment.inventory)
    for finding in assessment.findings:
        fingerprint, read = finding.fingerprint, finding.provenance
        for name, value in finding.evidence.items():
            yield {
                "evidence_id": f"{fingerprint}/{name}",
                "fingerprint": fingerprint,
                "rule_id": finding.rule.id,
                "object": finding.subject.name,
                "column": name,
                "value": value,
                "read_from": read.origin if read else None,
                "read_at": read.at if read else None,
                "when_changed": read.when_changed if read else None,
                "usn_changed": read.usn_changed if read else None,
                "names_records": list(map(_record, sources.named(value))) or None,
            }


def _record(source: Source) -> str:
    return f"{source.kind} {source.name}: {source.read.origin} {source.read.at}"


def _controls(assessment: Assessment) -> Iterator[Row]:
    found = _by_rule(assessment)
    pairs = sorted(
        (framework, control, rule.id, rule)
        for rule in assessment.rules
        for framework, ids in rule.controls.items()
        for control in ids
    )
    for framework, control, _, rule in pairs:
        counts = _counts(found[rule.id])
        still_failed = {**counts, "failed": counts["failed"] - counts["waived"]}
        yield {
            "framework": framework,
            "framework_title": FRAMEWORKS.get(framework, framework),
            "control_id": control,
            "rule_id": rule.id,
            "title": rule.title,
            "severity": rule.severity.value,
            "result": next((said for key, said in _RESULTS if still_failed[key]), ""),
            **counts,
            "failing_objects": [
                each.subject.name
                for each in found[rule.id]
                if each.verdict is Verdict.FAIL and each.waiver is None
            ],
        }


def _waivers(assessment: Assessment) -> Iterator[Row]:
    return map(_waiver, assessment.waivers)


def _waiver(use: WaiverUse) -> Row:
    waiver = use.waiver
    return {
        "rule_id": waiver.rule,
        "object": waiver.object,
        "owner": waiver.owner,
        "approver": waiver.approver,
        "reason": waiver.reason,
        "ticket": waiver.ticket,
        "until": waiver.until.isoformat(),
        "state": use.state.value,
        "because": use.because,
        "days_left": use.days_left,
        "accepted": named_values(waiver.value),
        "fingerprint": use.fingerprint,
        "line": waiver.line,
    }


def _causes(assessment: Assessment) -> Iterator[Row]:
    for cause in assessment.causes:
        yield {
            "id": cause.id,
            "rule_id": cause.rule.id,
            "label": cause.label,
            "severity": cause.severity.value,
            "parent": cause.parent,
            "failures": len(cause.findings),
            "waived": len(cause.findings) - len(cause.open),
            "impact": cause.remediation.impact,
        }


def _coverage(assessment: Assessment) -> Iterator[Row]:
    gaps = Counter(gap.section for gap in assessment.gaps)
    for section in assessment.coverage:
        yield {
            "section": section.name.value,
            "title": labels.SECTIONS.get(section.name.value, section.name.value),
            "status": section.status.value,
            "asked": section.asked,
            "answered": section.answered,
            "gaps": gaps[section.name],
        }


def _gaps(assessment: Assessment) -> Iterator[Row]:
    for gap in assessment.gaps:
        meaning, advice = labels.explained(gap)
        yield {
            "section": gap.section.value,
            "subject": gap.subject,
            "reason": gap.reason.value,
            "meaning": meaning,
            "detail": gap.detail,
            "advice": advice,
        }


def _sources(assessment: Assessment) -> Iterator[Row]:
    for each in assessment.controllers:
        row = {name: getattr(each, name) for name in columns.SOURCES}
        counted = sorted(each.operations.items())
        yield row | {"operations": "; ".join(f"{name}={count}" for name, count in counted)}


def _rules(assessment: Assessment) -> Iterator[Row]:
    return map(_rule, assessment.rules)


def _rule(rule: RuleInfo) -> Row:
    return {
        "id": rule.id,
        "revision": rule.revision,
        "title": rule.title,
        "severity": rule.severity.value,
        "why": rule.why,
        "confidence": rule.confidence,
        "controls": controls(rule),
        "profiles": list(rule.profiles),
        "after": list(rule.after),
        "references": [
            each.title if each.url is None else f"{each.title} <{each.url}>"
            for each in rule.references
        ],
    }
