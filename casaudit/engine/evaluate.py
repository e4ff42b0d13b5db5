"""The judgement: snapshot and rules in, verdicts out; no clock, no socket, no file."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from casaudit.engine.fix_cards import FixCards
from casaudit.engine.loading import Context
from casaudit.engine.rule_plan import RulePlan
from casaudit.engine.rule_run import RuleRun, Shared
from casaudit.engine.settings import Settings
from casaudit.engine.tables import Tables
from casaudit.findings import Verdicts
from casaudit.rulebook.rule import Rule, Rulebook
from casaudit.rulebook.statements import views_behind, words
from casaudit.rulebook.views import View
from casaudit.snapshot import Snapshot, undisputed
from casaudit.text import iso


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
        as_of=iso(question.as_of or snapshot.collected_at),
        collected_at=iso(snapshot.collected_at),
        profile=question.profile,
        target=question.target,
        settings=question.settings,
    )


def tables_of(snapshot: Snapshot, book: Rulebook, question: Question) -> Tables:
    """Load a snapshot into fenced tables, with all views of the book."""
    tables = Tables(book.views, book.data)
    tables.load(undisputed(snapshot), context_of(snapshot, question))
    return tables


class Judge:
    """Judges one snapshot after another by the rules of one profile.

    A small organisation costs less than the making of tables and statements: a judge keeps
    them for the next snapshot.

    Attributes:
        rules: those of the profile.
        tables: what the rules read; they hold the snapshot that was judged last.
        cards: writes fix cards with the blocks of the book.
    """

    def __init__(self, book: Rulebook, profile: str, also: Collection[str] = ()) -> None:
        """Make the tables of the views that the rules read.

        Args:
            book: the rules, checked.
            profile: which of them are asked.
            also: names of views that are wanted beside.
        """
        self.book = book
        self.profile = profile
        self.rules = tuple(rule for rule in book.rules if profile in rule.profiles)
        self.cards = FixCards(book)
        self.tables = Tables(_behind(self.rules, also, book.views), book.data)
        self._plans: dict[str, RulePlan] = {}

    def runs(self, snapshot: Snapshot, question: Question) -> tuple[RuleRun, ...]:
        """Judge a snapshot; one run a rule, in the order of the book.

        Args:
            snapshot: the evidence.
            question: time, target and settings; its profile has to be that of the judge.
        """
        if question.profile != self.profile:
            # A slip of whoever wrote the caller, not of the operator: no CasauditError.
            raise ValueError(f"this judge is for profile {self.profile}, not {question.profile}")
        snapshot = undisputed(snapshot)
        # For one judgement only: kept longer it would keep the objects of earlier snapshots alive.
        shared, language = Shared(), self.book.language
        self.tables.load(snapshot, context_of(snapshot, question))
        return tuple(
            # The plan is made inside of the run: a rule that cannot be prepared costs itself alone.
            RuleRun(rule, partial(self._plan, rule), snapshot, self.tables, language, shared)
            for rule in self.rules
        )

    def verdicts(self, snapshot: Snapshot, question: Question) -> Verdicts:
        """Return the verdicts alone, ordered by rule id and subject."""
        return Verdicts(run.findings for run in self.runs(snapshot, question))

    def _plan(self, rule: Rule) -> RulePlan:
        plan = self._plans.get(rule.id)
        if plan is None:
            plan = self._plans[rule.id] = RulePlan(rule, self.tables, self.cards)
        return plan


def part_of(book: Rulebook, rules: Collection[str]) -> Rulebook:
    """Return the book with some of its rules, and the views behind them."""
    kept = tuple(rule for rule in book.rules if rule.id in rules)
    return replace(book, rules=kept, views=_behind(kept, (), book.views))


def findings_of(snapshot: Snapshot, book: Rulebook, question: Question) -> Verdicts:
    """Return the verdicts of one snapshot."""
    return Judge(book, question.profile).verdicts(snapshot, question)


def _behind(
    rules: Iterable[Rule], also: Collection[str], views: Sequence[View]
) -> tuple[View, ...]:
    """The views that some rules read, others that are wanted, and what all these are made of."""
    wanted = {view.name for rule in rules for view in views_behind(rule, views)} | {*also}
    kept: list[View] = []
    # Each view stands behind those that it reads: from the end one pass finds all.
    for view in reversed(views):
        if view.name in wanted:
            wanted |= words(view.select)
            kept.append(view)
    return tuple(reversed(kept))
