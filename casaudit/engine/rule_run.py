"""Verdicts: one rule put to its population, every object answered exactly once."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from casaudit.engine.evidence import READ, Cells, Pool, Reader
from casaudit.engine.fix_cards import Remedies
from casaudit.engine.loading import Row
from casaudit.engine.tables import Tables
from casaudit.errors import RuleError
from casaudit.findings import Finding, Subject, Verdict
from casaudit.i18n.languages import Language, marked
from casaudit.rulebook.rule import Condition, Rule
from casaudit.rulebook.statements import VERDICT, population, source, statement, words
from casaudit.rulebook.views import Column
from casaudit.snapshot import SectionName, Snapshot, Status
from casaudit.text import visible

_NAME = re.compile(r"[a-z]\w*")
_ALWAYS = frozenset(("id", "name", "site", *(f"source_{part}" for part in READ)))


class Judged:
    """One rule's verdicts, and the rows that its failures came from.

    A rule that cannot be run costs its own verdicts: one that is not evaluated says why.
    """

    def __init__(
        self,
        rule: Rule,
        snapshot: Snapshot,
        tables: Tables,
        remedies: Remedies,
        pool: Pool | None = None,
    ) -> None:
        self.rule = rule
        self.info = rule.info
        self._remedies = remedies
        self._language = remedies.language
        self._pool = pool or Pool()
        self._texts: dict[tuple[Any, ...], str] = {}
        self._columns = _columns_of(rule, tables)
        self._blind = "; ".join(_incomplete(rule.needs, snapshot, self._language))
        self.findings: list[Finding] = []
        self.failed: list[tuple[Finding, Row]] = []
        try:
            self._judge(tables)
            self.findings += self._unseen(snapshot)
        except RuleError as error:
            self.failed = []
            told = self._language.say("the rule failed: %(problem)s", problem=error.problem)
            self.findings = [self._unjudged(rule.id, told)]

    def _judge(self, tables: Tables) -> None:
        names, rows = _verdict_rows(self.rule, tables, self._needed(tables))
        self._reader = reader = Reader(names, self.rule, self._columns, self._pool)
        self._excluded = reader.asked(self.rule.not_applicable, "_na")
        self._unknown = reader.asked(self.rule.unknown, "_unknown")
        self._adjusted = reader.asked(self.rule.adjust, "_adjust")
        for row in rows:
            verdict, reason = self._verdict(row)
            if verdict is Verdict.FAIL:
                self.failed.append(self._failure(row))
                self.findings.append(self.failed[-1][0])
            else:
                self.findings.append(self._finding(row, verdict, reason))
        self._texts.clear()

    def _needed(self, tables: Tables) -> list[str]:
        """The columns of a row that the rule's texts name: a fleet's rows are wide."""
        rule, card = self.rule, self._remedies.block(self.rule.remediation)
        texts = [rule.must, rule.message, card.before, card.fix, card.verify, card.rollback]
        texts += [card.rest, *(each.when for each in card.plan)]
        texts += [each.because for each in (*rule.not_applicable, *rule.unknown)]
        # Not ``words``: an apostrophe in a text would hide the names up to the next quote.
        named = set(_NAME.findall(" ".join(text for text in texts if text)))
        named |= {*rule.evidence, *rule.cause, *(parent.on for parent in rule.under)}
        named = named.union(*(each.columns for each in card.plan))
        named |= {c.id_column for c in self._columns.values() if c.id_column and c.name in named}
        try:
            every = tables.describe(f"SELECT * FROM {source(rule, rule.id)} AS e")
        except RuleError as error:
            raise RuleError(rule.id, error.problem) from None
        return [each for each in every if each in named or each in _ALWAYS]

    def context(self, row: Row) -> dict[str, Any]:
        """Return the row as templates see it."""
        return self._remedies.context(row, self._columns)

    def _finding(self, row: Cells, verdict: Verdict, reason: str | None) -> Finding:
        rule = self.rule
        subject, provenance = self._reader.told(row)
        return Finding(
            rule=self.info,
            subject=subject,
            verdict=verdict,
            severity=rule.severity,
            base_severity=rule.severity,
            severity_reason=None,
            message=None,
            reason=reason,
            evidence=self._reader.evidence(row),
            provenance=provenance,
            remediation=None,
            cause=None,
        )

    def _failure(self, cells: Cells) -> tuple[Finding, Row]:
        """Return a failure with what is said of failures only, and its row."""
        row = self._reader.row(cells)
        context = self.context(row)
        adjusted = next((each for at, each in self._adjusted if cells[at] == 1), None)
        finding = replace(
            self._finding(cells, Verdict.FAIL, None),
            severity=adjusted.severity if adjusted else self.rule.severity,
            severity_reason=adjusted.because if adjusted else None,
            message=self._remedies.wording.message(self.rule.message, context),
            remediation=self._remedies.card(self.rule, context, [context]),
            cause=self.cause_id(row),
        )
        return finding, row

    def cause_id(self, row: Row) -> str:
        """Return the id of the cause to which a failure of this row belongs."""
        key = [row[column] for column in self.rule.cause] or [row["id"]]
        text = "\n".join([self.rule.id, *(str(each) for each in key)])
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:12]

    def _verdict(self, row: Cells) -> tuple[Verdict, str | None]:
        if self._blind:
            return Verdict.NOT_EVALUATED, self._blind
        for at, excluded in self._excluded:
            if row[at] == 1:
                return Verdict.NOT_APPLICABLE, self._said(excluded, row)
        must = row[self._reader.place[VERDICT]]
        if must not in (0, 1, None):
            raise RuleError(self.rule.id, f"must gave {must!r}, not true, false or NULL")
        if must is None:
            return Verdict.NOT_EVALUATED, self._why_unknown(row)
        return (Verdict.PASS if must else Verdict.FAIL), None

    def _said(self, condition: Condition, row: Cells) -> str:
        """Word a reason; rows that agree in what it names get one text."""
        key = (condition.because, *self._reader.named(condition.because, row))
        if key not in self._texts:
            context = self.context(self._reader.row(row))
            self._texts[key] = self._remedies.wording.message(condition.because, context)
        return self._texts[key]

    def _why_unknown(self, row: Cells) -> str:
        told = next((each for at, each in self._unknown if row[at] == 1), None)
        if told is not None:
            return self._said(told, row)
        place = self._reader.place
        missing = [
            f"{name} ({self._language.said(self._columns[name].meaning)})"
            for name in sorted(words(self.rule.must) & self._columns.keys() & place.keys())
            if row[place[name]] is None
        ]
        if not missing:
            return self._language.say("the evidence is incomplete")
        return self._language.say("not known: %(names)s", names="; ".join(missing))

    def _unseen(self, snapshot: Snapshot) -> Iterable[Finding]:
        """Stand for the objects that a section would have given had it been seen in full."""
        sections = (
            self.rule.population if self.findings else (*self.rule.needs, *self.rule.population)
        )
        for section in dict.fromkeys(sections):
            if snapshot.status(section) is not Status.COMPLETE:
                yield self._unjudged(section.value, _in_words(section, snapshot, self._language))

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


def _verdict_rows(
    rule: Rule, tables: Tables, columns: list[str]
) -> tuple[Sequence[str], list[Cells]]:
    try:
        objects = tables.select(population(rule))[0]["n"]
        names, rows = tables.rows(statement(rule, rule.id, columns))
    except RuleError as error:
        raise RuleError(rule.id, error.problem) from None
    place = names.index("id")
    ids = {row[place] for row in rows} - {None}
    if not len(rows) == len(ids) == objects:
        raise RuleError(
            rule.id,
            f"gave {len(rows)} verdicts for {objects} objects with {len(ids)} ids;"
            " every object needs exactly one",
        )
    return names, rows


def _incomplete(needs: Iterable[SectionName], snapshot: Snapshot, language: Language) -> list[str]:
    return [
        _in_words(section, snapshot, language)
        for section in needs
        if snapshot.status(section) is not Status.COMPLETE
    ]


_SEEN = {
    Status.COMPLETE: marked("section %(section)s is complete"),
    Status.PARTIAL: marked("section %(section)s is partial"),
    Status.FAILED: marked("section %(section)s is failed"),
    Status.NOT_COLLECTED: marked("section %(section)s is not collected"),
}


def _in_words(section: SectionName, snapshot: Snapshot, language: Language) -> str:
    told = language.say(_SEEN[snapshot.status(section)], section=section.value)
    gap = next((each for each in snapshot.gaps if each.section == section), None)
    if gap is None:
        return told
    reason = language.value("reason", gap.reason.value.replace("_", " "))
    return f"{told} ({reason}: {visible(gap.subject)})"
