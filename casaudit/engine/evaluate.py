"""The judgement: snapshot and rules in, verdicts out; no clock, no socket, no file."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime

from casaudit.engine.evidence import Pool
from casaudit.engine.fix_cards import FixCards
from casaudit.engine.loading import Context
from casaudit.engine.rule_run import RuleRun
from casaudit.engine.settings import Settings
from casaudit.engine.tables import Tables
from casaudit.findings import Finding
from casaudit.rulebook.rule import Rulebook
from casaudit.rulebook.statements import views_behind
from casaudit.snapshot import Snapshot


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


class Judge:
    """Judges snapshots by the rules of one profile.

    Attributes:
        tables: those of the snapshot that was judged last.
        cards: writes the fix cards.
    """

    def __init__(self, book: Rulebook, profile: str = "health") -> None:
        self.book = book
        self.cards = FixCards(book)
        self.rules = tuple(rule for rule in book.rules if profile in rule.profiles)
        self.tables: Tables

    def runs(self, snapshot: Snapshot, question: Question) -> tuple[RuleRun, ...]:
        """Judge a snapshot; one run a rule, in the order of the book.

        A rule that cannot be run costs its own verdicts: one that is not evaluated says why.
        """
        self.tables = tables_of(snapshot, self.book, question)
        pool = Pool()
        return tuple(RuleRun(rule, snapshot, self.tables, self.cards, pool) for rule in self.rules)

    def findings(self, snapshot: Snapshot, question: Question) -> tuple[Finding, ...]:
        """Return the verdicts alone, ordered by rule id and subject."""
        return tuple(found for run in self.runs(snapshot, question) for found in run.findings)


def part_of(book: Rulebook, rules: Collection[str]) -> Rulebook:
    """Return the book with some of its rules, and the views behind them."""
    kept = tuple(rule for rule in book.rules if rule.id in rules)
    needed = {view.name for rule in kept for view in views_behind(rule, book.views)}
    return replace(
        book, rules=kept, views=tuple(view for view in book.views if view.name in needed)
    )


def findings_of(snapshot: Snapshot, book: Rulebook, question: Question) -> tuple[Finding, ...]:
    """Return the verdicts of one snapshot; the book needs no views but those behind its rules."""
    return Judge(book, question.profile).findings(snapshot, question)


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
