"""The judgement: snapshot and rules in, assessment out; no clock, no socket, no file."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from casaudit.judge.causes import fold_causes
from casaudit.judge.findings import Assessment, Finding, Value
from casaudit.judge.loading import Context
from casaudit.judge.migration import readiness
from casaudit.judge.remedy import Remedies
from casaudit.judge.rules import Rulebook
from casaudit.judge.settings import Settings
from casaudit.judge.tables import Tables
from casaudit.judge.verdicts import Judged
from casaudit.snapshot import Snapshot, dumps


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the evidence beside the rules: when, for whom, on the way to where."""

    as_of: datetime | None = None
    profile: str = "health"
    target: str | None = None
    settings: Settings = field(default_factory=Settings)


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


def evaluate(
    snapshot: Snapshot, book: Rulebook, question: Question, sha256: str | None = None
) -> Assessment:
    """Judge a snapshot by every rule of the profile.

    Args:
        snapshot: the evidence.
        book: the rules, checked.
        question: reference time, profile and target.
        sha256: of the snapshot's canonical bytes, when the caller has it already.

    Raises:
        RuleError: a rule that the engine cannot run.
    """
    tables = tables_of(snapshot, book, question)
    remedies = Remedies(book)
    judged = _judged(snapshot, book, question, tables, remedies)
    assessment = Assessment(
        organization=next((o.name for o in snapshot.organization), "unknown organisation"),
        collected_at=snapshot.collected_at,
        as_of=question.as_of or snapshot.collected_at,
        profile=question.profile,
        target=question.target,
        snapshot_sha256=sha256 or hashlib.sha256(dumps(snapshot)).hexdigest(),
        rules_sha256=book.sha256,
        tool_version=snapshot.tool_version,
        rules=tuple(each.info for each in judged),
        findings=tuple(finding for each in judged for finding in each.findings),
        causes=fold_causes(judged, remedies),
        coverage=snapshot.sections,
        gaps=snapshot.gaps,
        controllers=snapshot.controllers,
        inventory=Inventory(tables),
    )
    if question.profile != "migration":
        return assessment
    return replace(assessment, migration=readiness(assessment))


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
    return [Judged(rule, snapshot, tables, remedies) for rule in rules]


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
