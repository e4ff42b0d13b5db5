"""Verdicts: one rule put to its population, every object answered exactly once."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from casaudit.errors import RuleError
from casaudit.judge.findings import Finding, Provenance, Severity, Subject, Verdict
from casaudit.judge.loading import Row
from casaudit.judge.remedy import Remedies
from casaudit.judge.rules import Condition, Rule
from casaudit.judge.statements import VERDICT, source, statement, words
from casaudit.judge.tables import CODED, Tables, decoded
from casaudit.judge.views import Column
from casaudit.snapshot import SectionName, Snapshot, Status
from casaudit.visible import visible

_ALWAYS = frozenset(
    (
        "id",
        "name",
        "site",
        "source_origin",
        "source_at",
        "source_when_changed",
        "source_usn_changed",
    )
)


class Judged:
    """One rule's verdicts, and the rows that its failures came from.

    A rule that cannot be run costs its own verdicts: one that is not evaluated says why.
    """

    def __init__(self, rule: Rule, snapshot: Snapshot, tables: Tables, remedies: Remedies) -> None:
        self.rule = rule
        self.info = rule.info
        self._remedies = remedies
        self._columns = _columns_of(rule, tables)
        self._evidence = [
            (name, column if column and column.type in CODED else None)
            for name in rule.evidence
            for column in (self._columns.get(name),)
        ]
        self._blind = "; ".join(_incomplete(rule.needs, snapshot))
        self.findings: list[Finding] = []
        self.failed: list[tuple[Finding, Row]] = []
        try:
            self._judge(tables)
            self.findings += self._unseen(snapshot)
        except RuleError as error:
            self.failed = []
            self.findings = [self._unjudged(rule.id, f"the rule failed: {error.problem}")]

    def _judge(self, tables: Tables) -> None:
        for row in _verdict_rows(self.rule, tables, self._needed(tables)):
            finding = self._finding(row)
            self.findings.append(finding)
            if finding.verdict is Verdict.FAIL:
                self.failed.append((finding, row))

    def _needed(self, tables: Tables) -> list[str]:
        """The columns of a row that the rule's texts name: a fleet's rows are wide."""
        rule, card = self.rule, self._remedies.block(self.rule.remediation)
        texts = [rule.must, rule.message, card.before, card.fix, card.verify, card.rollback]
        texts += [each.because for each in (*rule.not_applicable, *rule.unknown)]
        named = words(" ".join(text for text in texts if text))
        named |= {*rule.evidence, *rule.cause, *(parent.on for parent in rule.under)}
        named |= {c.id_column for c in self._columns.values() if c.id_column and c.name in named}
        try:
            every = tables.describe(f"SELECT * FROM {source(rule, rule.id)} AS e")
        except RuleError as error:
            raise RuleError(rule.id, error.problem) from None
        return [each for each in every if each in named or each in _ALWAYS]

    def context(self, row: Row) -> dict[str, Any]:
        """Return the row as templates see it."""
        return self._remedies.context(row, self._columns)

    def _finding(self, row: Row) -> Finding:
        verdict, reason = self._verdict(row)
        subject = Subject(self.rule.subject, str(row["name"]), row["site"], str(row["id"]))
        judged = Finding(
            rule=self.info,
            subject=subject,
            verdict=verdict,
            severity=self.rule.severity,
            base_severity=self.rule.severity,
            severity_reason=None,
            message=None,
            reason=reason,
            evidence={n: decoded(row[n], c) if c else row[n] for n, c in self._evidence},
            provenance=_provenance(row),
            remediation=None,
            cause=None,
        )
        return self._failure(judged, row) if verdict is Verdict.FAIL else judged

    def _failure(self, judged: Finding, row: Row) -> Finding:
        """Return a failure with what is said of failures only."""
        severity, because = self._severity(row)
        context = self.context(row)
        return replace(
            judged,
            severity=severity,
            severity_reason=because,
            message=self._remedies.wording.message(self.rule.message, context),
            remediation=self._remedies.card(self.rule, context, [context]),
            cause=self.cause_id(row),
        )

    def cause_id(self, row: Row) -> str:
        """Return the id of the cause to which a failure of this row belongs."""
        key = [row[column] for column in self.rule.cause] or [row["id"]]
        text = "\n".join([self.rule.id, *(str(each) for each in key)])
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]

    def _verdict(self, row: Row) -> tuple[Verdict, str | None]:
        if self._blind:
            return Verdict.NOT_EVALUATED, self._blind
        excluded = _first(self.rule.not_applicable, row, "_na")
        if excluded is not None:
            return Verdict.NOT_APPLICABLE, self._said(excluded, row)
        if row[VERDICT] not in (0, 1, None):
            raise RuleError(self.rule.id, f"must gave {row[VERDICT]!r}, not true, false or NULL")
        if row[VERDICT] is None:
            return Verdict.NOT_EVALUATED, self._why_unknown(row)
        return (Verdict.PASS if row[VERDICT] else Verdict.FAIL), None

    def _said(self, condition: Condition, row: Row) -> str:
        return self._remedies.wording.message(condition.because, self.context(row))

    def _why_unknown(self, row: Row) -> str:
        told = _first(self.rule.unknown, row, "_unknown")
        if told is not None:
            return self._said(told, row)
        missing = [
            f"{name} ({self._columns[name].meaning})"
            for name in sorted(words(self.rule.must) & self._columns.keys())
            if row.get(name) is None
        ]
        return f"not known: {'; '.join(missing)}" if missing else "the evidence is incomplete"

    def _severity(self, row: Row) -> tuple[Severity, str | None]:
        for number, adjustment in enumerate(self.rule.adjust):
            if row[f"_adjust{number}"] == 1:
                return adjustment.severity, adjustment.because
        return self.rule.severity, None

    def _unseen(self, snapshot: Snapshot) -> Iterable[Finding]:
        """Stand for the objects that a section would have given had it been seen in full."""
        sections = (
            self.rule.population if self.findings else (*self.rule.needs, *self.rule.population)
        )
        for section in dict.fromkeys(sections):
            if snapshot.status(section) is not Status.COMPLETE:
                yield self._unjudged(section.value, _section_in_words(section, snapshot))

    def _unjudged(self, name: str, reason: str) -> Finding:
        return Finding(
            rule=self.info,
            subject=Subject("collection", name, None, name),
            verdict=Verdict.NOT_EVALUATED,
            severity=self.rule.severity,
            base_severity=self.rule.severity,
            severity_reason=None,
            message=None,
            reason=reason,
            evidence={},
            provenance=None,
            remediation=None,
            cause=None,
        )


def _columns_of(rule: Rule, tables: Tables) -> dict[str, Column]:
    """The documented columns a rule can name: of the views that its text mentions."""
    mentioned = words(rule.each)
    columns: dict[str, Column] = {}
    for view in tables.names:
        if view in mentioned:
            columns = {column.name: column for column in tables.columns(view)} | columns
    return columns


def _verdict_rows(rule: Rule, tables: Tables, columns: list[str]) -> list[Row]:
    sql = statement(rule, rule.id, columns)
    try:
        counted = tables.select(sql.population)[0]
        rows = tables.select(sql.verdicts)
    except RuleError as error:
        raise RuleError(rule.id, error.problem) from None
    if not len(rows) == counted["n"] == counted["ids"]:
        raise RuleError(
            rule.id,
            f"gave {len(rows)} verdicts for {counted['n']} objects with {counted['ids']} ids;"
            " every object needs exactly one",
        )
    return rows


def _first(conditions: Iterable[Condition], row: Row, prefix: str) -> Condition | None:
    for number, condition in enumerate(conditions):
        if row[f"{prefix}{number}"] == 1:
            return condition
    return None


def _incomplete(needs: Iterable[SectionName], snapshot: Snapshot) -> list[str]:
    return [
        _section_in_words(section, snapshot)
        for section in needs
        if snapshot.status(section) is not Status.COMPLETE
    ]


def _section_in_words(section: SectionName, snapshot: Snapshot) -> str:
    status = snapshot.status(section).value.replace("_", " ")
    gap = next((each for each in snapshot.gaps if each.section == section), None)
    why = f" ({gap.reason.value.replace('_', ' ')}: {visible(gap.subject)})" if gap else ""
    return f"section {section.value} is {status}{why}"


def _provenance(row: Row) -> Provenance | None:
    if not row.get("source_origin"):
        return None
    return Provenance(
        origin=row["source_origin"],
        at=row["source_at"],
        when_changed=row.get("source_when_changed"),
        usn_changed=row.get("source_usn_changed"),
    )
