"""Explaining a verdict: the row it came from, the condition, and the values in it."""

import dataclasses
import json
from collections.abc import Iterator

from casaudit.errors import UsageError
from casaudit.judge.evaluate import Question, evaluate, tables_of
from casaudit.judge.findings import Finding, Verdict
from casaudit.judge.rules import Rule, Rulebook
from casaudit.judge.statements import statement, words
from casaudit.judge.tables import Row
from casaudit.judge.views import Column
from casaudit.judge.wording import shown
from casaudit.snapshot import Snapshot


def explained(
    rule: Rule, wanted: str, snapshot: Snapshot, book: Rulebook, question: Question
) -> Iterator[str]:
    """Say line by line why a rule judges an object as it does.

    Args:
        rule: the rule.
        wanted: the object's name or id; letter case does not matter.
        snapshot: the evidence.
        book: the rules.
        question: reference time, profile and target.

    Raises:
        UsageError: the rule has no such object.
    """
    alone = dataclasses.replace(book, rules=(rule,))
    profile = question.profile if question.profile in rule.profiles else rule.profiles[0]
    asked = dataclasses.replace(question, profile=profile)
    findings = evaluate(snapshot, alone, asked, sha256="").findings
    key = wanted.casefold()
    found = [f for f in findings if key in (f.subject.name.casefold(), f.subject.id.casefold())]
    if not found:
        names = ", ".join(sorted({f.subject.name for f in findings})[:20]) or "no object at all"
        raise UsageError(wanted, f"{rule.id} does not judge it", f"it judges {names}")
    tables = tables_of(snapshot, alone, asked)
    rows = {str(row["id"]): row for row in tables.select(statement(rule, rule.id).verdicts)}
    columns = {c.name: c for view in tables.names for c in tables.columns(view)}
    for finding in found:
        yield from _lines(rule, finding, rows.get(finding.subject.id, {}), columns)


def _lines(rule: Rule, finding: Finding, row: Row, columns: dict[str, Column]) -> Iterator[str]:
    said = finding.message or finding.reason
    yield f"{rule.id} revision {rule.revision}: {rule.title}"
    yield f"{finding.subject.kind} {shown(finding.subject.name)}: {finding.verdict.value}"
    if finding.verdict is Verdict.FAIL:
        yield f"severity {finding.severity.value}" + (
            f" ({finding.severity_reason})" if finding.severity_reason else ""
        )
    if said:
        yield f"because {said}"
    if finding.provenance is not None:
        yield f"read from {finding.provenance.origin} at {finding.provenance.at}"
    yield from _conditions(rule, row)
    yield "values:"
    for name in dict.fromkeys((*rule.evidence, *sorted(_named(rule) & row.keys()))):
        meaning = columns[name].meaning if name in columns else ""
        yield f"  {name} = {_value(row.get(name))}" + (f"    {meaning}" if meaning else "")


def _conditions(rule: Rule, row: Row) -> Iterator[str]:
    for number, condition in enumerate(rule.not_applicable):
        yield f"not applicable when {condition.when}: {_truth(row.get(f'_na{number}'))}"
    yield f"must hold: {' '.join(rule.must.split())}: {_truth(row.get('_must'))}"
    for number, adjustment in enumerate(rule.adjust):
        truth = _truth(row.get(f"_adjust{number}"))
        yield f"severity {adjustment.severity.value} when {adjustment.when}: {truth}"


def _named(rule: Rule) -> set[str]:
    fragments = [rule.must, *(c.when for c in (*rule.not_applicable, *rule.adjust))]
    return {word for fragment in fragments for word in words(fragment)}


def _truth(value: object) -> str:
    return "not known" if value is None else "true" if value else "false"


def _value(value: object) -> str:
    return "not known" if value is None else json.dumps(shown(value), ensure_ascii=False)
