"""Explaining a verdict: the row it came from, what decided, and what would turn it."""

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from casaudit.engine.evaluate import Judge, Question
from casaudit.engine.loading import Row
from casaudit.engine.tables import Tables
from casaudit.errors import UsageError
from casaudit.explain.counterfactual import Population, RowChange
from casaudit.findings import Finding, Value, Verdict, decoded
from casaudit.rulebook.condition_text import outline, sentence
from casaudit.rulebook.conditions import Clause, Truths, deciding, taken_apart
from casaudit.rulebook.rule import Rule, Rulebook
from casaudit.rulebook.statements import source, views_behind, words
from casaudit.rulebook.views import Column
from casaudit.snapshot import SectionName, Snapshot, Status
from casaudit.text import visible


def explain_verdict(
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
    # Who names a rule wants to know about it, also where the profile leaves it out.
    profile = question.profile if question.profile in rule.profiles else rule.profiles[0]
    asked = dataclasses.replace(question, profile=profile)
    # The rule reads no other view, and making them all takes time.
    alone = dataclasses.replace(book, rules=(rule,), views=views_behind(rule, book.views))
    judge = Judge(alone, profile)
    findings, tables = judge.verdicts(snapshot, asked), judge.tables
    key = wanted.casefold()
    found = [f for f in findings if key in (f.subject.name.casefold(), f.subject.id.casefold())]
    if not found:
        names = ", ".join(sorted({f.subject.name for f in findings})[:20]) or "no object at all"
        raise UsageError(wanted, f"{rule.id} does not judge it", f"it judges {names}")
    explanation = _Explanation(rule, snapshot, book, tables)
    for finding in found:
        yield from map(visible, explanation.lines(finding))


_PLAIN_WORDS = ("yes", "no", "not known")
_OF_TRUTH = {True: Verdict.PASS, False: Verdict.FAIL, None: Verdict.NOT_EVALUATED}


class _Explanation:
    """What can be said of the verdicts of one rule."""

    def __init__(self, rule: Rule, snapshot: Snapshot, book: Rulebook, tables: Tables) -> None:
        self._rule = rule
        self._tables = tables
        self._snapshot = snapshot
        self._remedy = {row["name"]: row["collect"] for row in book.data["sections"]}
        self._columns = _columns(rule, tables)
        self._population = Population(rule, tables, self._columns)

    def lines(self, finding: Finding) -> Iterator[str]:
        """Explain one verdict."""
        rule = self._rule
        yield f"{rule.id} revision {rule.revision}: {finding.heading}"
        yield f"{finding.subject.kind} {finding.subject.name}: {finding.verdict.value}"
        yield from _circumstances(finding)
        row = self._population.row(finding.subject.id)
        if row is not None:
            yield from self._why(row, finding.verdict)
        if finding.verdict is Verdict.NOT_EVALUATED:
            yield from self._lacking(row)
        if row is not None:
            yield from self._values(row)
        yield from self._history()

    def _why(self, row: Row, verdict: Verdict) -> Iterator[str]:
        rule = self._rule
        for number, excluded in enumerate(rule.not_applicable):
            yield _asked("not applicable if", excluded.when, row[f"_na{number}"])
        if verdict is Verdict.NOT_APPLICABLE:
            return
        part = taken_apart(rule.must)
        truths = self._truths(part, row)
        for line in outline(part, truths):
            lead = "  " * line.depth if line.depth else "must hold: "
            truth = "" if line.part.is_constant else f": {_truth(truths[line.part.text])}"
            yield f"{lead}{line.text}{truth}"
        if verdict is Verdict.FAIL:
            for number, adjusted in enumerate(rule.adjust):
                lead = f"severity {adjusted.severity.value} if"
                yield _asked(lead, adjusted.when, row[f"_adjust{number}"])
        # A rule that lacks a section is not evaluated whatever its row says: no value decided it.
        if not self._incomplete(rule.needs):
            parts = (self._seen(each, truths[each.text], row) for each in deciding(part, truths))
            yield f"decided by: {'; '.join(dict.fromkeys(parts))}"
            yield from self._turned(row, verdict)

    def _truths(self, part: Clause, row: Row) -> Truths:
        """Ask the engine for every part of a condition what it is for one row."""
        texts = list(dict.fromkeys(each.text for each in part.walk()))
        # A part may end with a comment of SQL; the line break keeps it from taking the rest along.
        asked = ", ".join(f"({text}\n) AS p{number}" for number, text in enumerate(texts))
        sql = f"SELECT {asked} FROM {source(self._rule, self._rule.id)} AS e WHERE e.id = ?"
        found = self._tables.select(sql, values=[row["id"]])[0].values()
        return {t: None if v is None else bool(v) for t, v in zip(texts, found, strict=True)}

    def _seen(self, part: Clause, truth: bool | None, row: Row) -> str:
        """Say what a plain part is for a row, with the values that this does not tell by itself."""
        columns = self._population.named(part.text)
        if truth is None:
            missing = [name for name in columns if row[name] is None]
            return f"{' and '.join(missing) or sentence(part)} not known"
        text = sentence(part, holds=truth)
        values = {name: self._value(name, row[name]) for name in columns}
        more = [f"{name} = {value}" for name, value in values.items() if value not in _PLAIN_WORDS]
        is_complete = not more or (truth and " = " in part.text)
        return text if is_complete else f"{text} ({', '.join(more)})"

    def _turned(self, row: Row, verdict: Verdict) -> Iterator[str]:
        """Say which change of known values turns the verdict, or what unknown ones would do."""
        unknown = verdict is Verdict.NOT_EVALUATED
        missing = [c for c in self._population.named(self._rule.must) if unknown and row[c] is None]
        for wanted in (True, False):
            if verdict is not _OF_TRUTH[wanted]:
                # First what is not known alone: that is what decides. Known values change only
                # where it does not suffice.
                change = self._population.smallest(row, wanted, missing)
                if change is None and missing:
                    change = self._population.smallest(row, wanted)
                if change is not None:
                    yield f"would {_OF_TRUTH[wanted]} if {self._in_words(change)}"
                elif wanted and not unknown:
                    yield "no change of up to three of these values would make it pass"

    def _in_words(self, change: RowChange) -> str:
        return " and ".join(
            f"{name} had no value" if value is None else f"{name} were {self._value(name, value)}"
            for name, value in change.items()
        )

    def _lacking(self, row: Row | None) -> Iterator[str]:
        """Name the sections and values that are missing, and what would tell."""
        for name in self._population.named(self._rule.must) if row else ():
            if row and row[name] is None:
                column = self._columns[name]
                yield f"not known: {name}" + (f" ({column.meaning})" if column else "")
        named = words(self._rule.must)
        # A condition may ask itself whether a section is complete, beside what the rule needs.
        asked = [each for each in SectionName if f"{each.value}_complete" in named]
        for section in self._incomplete([*self._rule.needs, *self._rule.population, *asked]):
            status = self._snapshot.status(section).value.replace("_", " ")
            yield f"section {section.value} is {status}: {self._remedy[section.value]}"

    def _incomplete(self, sections: Iterable[SectionName]) -> list[SectionName]:
        status = self._snapshot.status
        return [s for s in dict.fromkeys(sections) if status(s) is not Status.COMPLETE]

    def _values(self, row: Row) -> Iterator[str]:
        yield "row:"
        rule = self._rule
        fragments = [rule.must, *(each.when for each in (*rule.not_applicable, *rule.adjust))]
        named = [name for sql in fragments for name in self._population.named(sql)]
        # Columns that the engine adds for its own conditions are no evidence.
        rest = [name for name in row if not re.fullmatch(r"_(must|(na|unknown|adjust)\d+)", name)]
        for name in dict.fromkeys((*named, *rule.evidence, *rest)):
            yield f"  {name} = {self._value(name, row[name])}{self._meaning(name)}"

    def _meaning(self, name: str) -> str:
        column = self._columns[name]
        return f"    {column.meaning}" if column else ""

    def _value(self, name: str, value: Any) -> str:
        column = self._columns[name]
        return _written(decoded(value, column.type if column else ""))

    def _history(self) -> Iterator[str]:
        rule = self._rule
        for each in rule.history:
            day = f" ({each.date})" if each.date else ""
            yield f"revision {each.revision}{day}: {each.change}"
        if not rule.history:
            yield f"revision {rule.revision}: " + (
                "as first published" if rule.revision == 1 else "its changes are not recorded"
            )


def _columns(rule: Rule, tables: Tables) -> dict[str, Column | None]:
    """The columns of a rule's rows, described as in the view from which most of them come."""
    names = tables.describe(f"SELECT * FROM {source(rule, rule.id)} AS e")
    views = [tables.columns(view) for view in tables.names if view in words(rule.each)]
    # The view with most columns in common comes last and wins: its descriptions fit best.
    views.sort(key=lambda columns: sum(column.name in names for column in columns))
    described = {column.name: column for columns in views for column in columns}
    return {name: described.get(name) for name in names}


def _circumstances(finding: Finding) -> Iterator[str]:
    if finding.verdict is Verdict.FAIL:
        reason = f" ({finding.severity_reason})" if finding.severity_reason else ""
        yield f"severity: {finding.severity.value}{reason}"
    if because := finding.message or finding.reason:
        yield f"because: {because}"
    if read := finding.provenance:
        changed = f", changed there {read.when_changed}" if read.when_changed else ""
        number = f", uSNChanged {read.usn_changed}" if read.usn_changed is not None else ""
        yield f"read from: {read.origin} at {read.at}{changed}{number}"


def _asked(lead: str, condition: str, value: Any) -> str:
    return f"{lead} {sentence(taken_apart(condition))}: {_truth(value)}"


def _truth(value: object) -> str:
    return "not known" if value is None else "true" if value else "false"


def _written(value: Value) -> str:
    """Write a value so that a text cannot be taken for anything else."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return json.dumps(value, ensure_ascii=False)
