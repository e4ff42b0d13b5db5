"""The judgement: snapshot and rules in, assessment out; no clock, no socket, no file."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from casaudit.engine.causes import fold_causes
from casaudit.engine.evidence import Pool
from casaudit.engine.fix_cards import Remedies
from casaudit.engine.loading import Context
from casaudit.engine.rule_run import Judged
from casaudit.engine.settings import Settings
from casaudit.engine.tables import Tables
from casaudit.findings import Assessment, Finding, Repairs, Value
from casaudit.migration.readiness import readiness
from casaudit.remediation.repairs import repairs
from casaudit.resting import collector_at_rest
from casaudit.rulebook.rule import Rulebook
from casaudit.rulebook.statements import views_behind
from casaudit.snapshot import Snapshot, dumps
from casaudit.waivers import Waivers, apply


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the evidence beside the rules: when, for whom, on the way to where."""

    as_of: datetime | None = None
    profile: str = "health"
    target: str | None = None
    settings: Settings = field(default_factory=Settings)
    waivers: Waivers = field(default_factory=Waivers)


def context_of(snapshot: Snapshot, question: Question) -> Context:
    """Return the circumstances of a judgement; its time is the snapshot's where none is asked."""
    return Context(
        as_of=_iso(question.as_of or snapshot.collected_at),
        collected_at=_iso(snapshot.collected_at),
        profile=question.profile,
        target=question.target,
        settings=question.settings,
    )


def tables_of(snapshot: Snapshot, book: Rulebook, question: Question) -> Tables:
    """Load a snapshot into fenced tables."""
    return Tables(snapshot, book.views, book.data, context_of(snapshot, question))


@collector_at_rest()
def evaluate(
    snapshot: Snapshot, book: Rulebook, question: Question, sha256: str | None = None
) -> Assessment:
    """Judge a snapshot by every rule of the profile.

    Args:
        snapshot: the evidence.
        book: the rules, checked.
        question: reference time, profile, target, settings and waivers.
        sha256: of the snapshot's canonical bytes, when the caller has it already.

    Raises:
        RuleError: a rule that the engine cannot run, or a waiver that names no one object.
    """
    tables = tables_of(snapshot, book, question)
    remedies = Remedies(book)
    judged = _judged(snapshot, book, question, tables, remedies)
    as_of = question.as_of or snapshot.collected_at
    found = [finding for each in judged for finding in each.findings]
    rules = {each.rule.id for each in judged}
    findings, uses = apply(found, question.waivers, as_of, rules, book.language)
    waived = {(f.rule.id, f.subject.id): f for f in findings if f.waiver is not None}
    assessment = Assessment(
        organization=next((o.name for o in snapshot.organization), "unknown organisation"),
        collected_at=snapshot.collected_at,
        as_of=as_of,
        profile=question.profile,
        target=question.target,
        snapshot_sha256=sha256 or hashlib.sha256(dumps(snapshot)).hexdigest(),
        rules_sha256=book.sha256,
        tool_version=snapshot.tool_version,
        language=book.language,
        rules=tuple(each.info for each in judged),
        findings=findings,
        causes=fold_causes(judged, remedies, waived),
        coverage=snapshot.sections,
        gaps=snapshot.gaps,
        controllers=snapshot.controllers,
        inventory=Inventory(tables),
        waivers=uses,
        repairs=partial(_repairs, snapshot, book, question, tables),
    )
    if question.profile != "migration":
        return assessment
    return replace(assessment, migration=readiness(assessment, book.language))


def part_of(book: Rulebook, rules: Collection[str]) -> Rulebook:
    """Return the book with some of its rules, and the views behind them."""
    kept = tuple(rule for rule in book.rules if rule.id in rules)
    needed = {view.name for rule in kept for view in views_behind(rule, book.views)}
    return replace(
        book, rules=kept, views=tuple(view for view in book.views if view.name in needed)
    )


def findings_of(snapshot: Snapshot, book: Rulebook, question: Question) -> tuple[Finding, ...]:
    """Return the verdicts alone; the book needs no views but those behind its rules.

    Raises:
        RuleError: a rule that the engine cannot run.
    """
    tables = tables_of(snapshot, book, question)
    judged = _judged(snapshot, book, question, tables, Remedies(book))
    return tuple(finding for each in judged for finding in each.findings)


def _judged(
    snapshot: Snapshot, book: Rulebook, question: Question, tables: Tables, remedies: Remedies
) -> list[Judged]:
    rules = [rule for rule in book.rules if question.profile in rule.profiles]
    pool = Pool()
    return [Judged(rule, snapshot, tables, remedies, pool) for rule in rules]


def _repairs(snapshot: Snapshot, book: Rulebook, question: Question, tables: Tables) -> Repairs:
    """Judge the rules with a plan once more: their rows are not kept for those who ask for none."""
    remedies = Remedies(book)
    planned = [rule for rule in book.rules if remedies.block(rule.remediation).plan]
    rules = [rule for rule in planned if question.profile in rule.profiles]
    return repairs(book, tables, [Judged(rule, snapshot, tables, remedies) for rule in rules])


class Inventory(Mapping[str, tuple[Mapping[str, Value], ...]]):
    """The published views by name, read when a report asks for them."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def __getitem__(self, view: str) -> tuple[Mapping[str, Value], ...]:
        if view not in self._tables.names:
            raise KeyError(view)
        return self._tables.inventory(view)

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables.names)

    def __len__(self) -> int:
        return len(self._tables.names)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
