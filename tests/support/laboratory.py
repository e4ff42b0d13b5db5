"""Where the examples of the rules are put to mistakes in rules and views.

The evidence of each example is loaded once and kept. A mutated rule is put to its examples. A
mutated view is made again from the kept tables, together with what rests on it, and put to the
examples of every rule that reads it, as far as a table changes that the rule itself reads.
"""

import sqlite3
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from typing import Any

from casaudit.engine.database import create, opened
from casaudit.engine.evaluate import context_of
from casaudit.engine.example_world import patched
from casaudit.engine.examples import mismatches, question_of
from casaudit.engine.fix_cards import FixCards
from casaudit.engine.loading import RawTables
from casaudit.engine.rule_plan import RulePlan
from casaudit.engine.rule_run import RuleRun
from casaudit.engine.tables import Tables
from casaudit.errors import RuleError
from casaudit.rulebook.rule import Example, Rule
from casaudit.rulebook.statements import source, statement, views_behind, words
from casaudit.rulebook.views import View
from casaudit.snapshot import Record, Snapshot
from tests.support.mutants import Columns, Mutant, of_rule, of_view
from tests.support.shipped_rules import book, sample

_SECONDS = 5.0  # of the processor, so that a busy machine changes no outcome
_PAGE = 512
"""Bytes: there are a thousand small databases in memory at once."""

Made = dict[tuple[str, tuple[int, ...]], tuple[list[tuple[Any, ...]], int]]
"""What one mutated view comes to: rows and their print, by view and the prints of what it reads."""


class _Kept(Tables):
    """The tables of one example without a fence, so that single views can be made again."""

    def __init__(self, snapshot: Snapshot, rule: Rule, example: Example) -> None:
        self._views = views_behind(rule, book().views)
        self._published = {view.name: view for view in self._views if view.is_published}
        self._prints: dict[str, int] = {}
        self._db = opened(str, kept=0)
        self._db.execute(f"PRAGMA page_size={_PAGE}")
        wanted = _words(book().views) - (Snapshot.model_fields.keys() - _words(self._views))
        context = context_of(snapshot, question_of(rule, example.given))
        raw = RawTables(self._db, book().data, dict.fromkeys(wanted, wanted))
        raw.fill(snapshot, context)
        for view in self._views:
            create(self._db, view)
            self._db.execute(f"INSERT INTO {view.name} {view.select}")
        names = self._db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        self._tables = frozenset(name for (name,) in names)
        self._deadline = float("inf")
        self._db.set_progress_handler(lambda: time.thread_time() > self._deadline, 1000)

    def close(self) -> None:
        """Give its memory back: the limit is one for all databases of a process."""
        self._db.close()

    @contextmanager
    def altered(self, mutated: View, made: Made) -> Iterator[frozenset[str]]:
        """Make a view and what rests on it again while the block runs; give those that changed."""
        self._db.execute("SAVEPOINT mutant")
        self._deadline = time.thread_time() + _SECONDS
        try:
            changed: dict[str, int] = {}
            for view in self._views:
                if view.name == mutated.name:
                    self._remake(mutated, changed, made)
                elif words(view.select) & changed.keys():
                    self._remake(view, changed, made)
            self._deadline = float("inf")
            yield frozenset(changed)
        finally:
            self._deadline = float("inf")
            self._db.execute("ROLLBACK TO mutant")
            self._db.execute("RELEASE mutant")

    def _remake(self, view: View, changed: dict[str, int], made: Made) -> None:
        read = sorted(words(view.select) & self._tables)
        key = view.name, tuple(changed.get(name) or self._print(name) for name in read)
        if key not in made:
            rows = self._db.execute(view.select).fetchall()
            made[key] = rows, _print(rows)
        rows, print_ = made[key]
        if print_ != self._print(view.name):
            changed[view.name] = print_
            self._db.execute(f"DELETE FROM {view.name}")
            marks = ", ".join("?" * len(view.columns))
            self._db.executemany(f"INSERT INTO {view.name} VALUES ({marks})", rows)

    def _print(self, name: str) -> int:
        if name not in self._prints:
            self._prints[name] = _print(self._db.execute(f"SELECT * FROM {name}").fetchall())
        return self._prints[name]

    def understands(self, sql: str) -> bool:
        """Whether the engine can make sense of a statement."""
        try:
            self._db.execute(f"EXPLAIN {sql}")
        except sqlite3.Error:
            return False
        return True


class _Trial:
    """One example of a rule, ready to be judged again and again."""

    def __init__(self, rule: Rule, example: Example) -> None:
        self._rule = rule
        self._expect = example.expect
        conditions = (*rule.not_applicable, *rule.unknown, *rule.adjust)
        self._reads = words(" ".join([rule.each, rule.must, *(each.when for each in conditions)]))
        snapshot = patched(sample(), example.given)
        self.kept = _Kept(snapshot, rule, example)
        self._coverage = Snapshot(
            tool_version=snapshot.tool_version,
            collected_at=snapshot.collected_at,
            sections=snapshot.sections,
            gaps=snapshot.gaps,
        )
        self._cards = FixCards(replace(book(), rules=(rule,)))

    def notices(self, mutated: Rule | View, made: Made) -> bool:
        """Whether the example fails; a view that cannot be made fails every example."""
        if isinstance(mutated, Rule):
            return self._fails(mutated)
        try:
            with self.kept.altered(mutated, made) as changed:
                return bool(changed & self._reads) and self._fails(self._rule)
        except sqlite3.Error:
            return True

    def _fails(self, rule: Rule) -> bool:
        plan = partial(RulePlan, rule, self.kept, self._cards)
        found = RuleRun(rule, plan, self._coverage, self.kept, book().language).findings
        return next(iter(mismatches(tuple(found), self._expect)), None) is not None


class Laboratory:
    """The examples of the shipped rules with their evidence, loaded when first asked for."""

    def __init__(self) -> None:
        self._trials: dict[str, list[_Trial]] = {}
        self._witnesses: dict[str, list[_Trial]] = {}

    def mutants(self, begin: str = "") -> list[Mutant]:
        """Return every mutant of the rules and views whose name begins so, rules first."""
        rules = [rule for rule in book().rules if rule.id.startswith(begin)]
        views = [view for view in book().views if view.name.startswith(begin)]
        found = [mutant for rule in rules for mutant in of_rule(rule, self._types(rule))]
        return found + [mutant for view in views for mutant in of_view(view, _columns())]

    def close(self) -> None:
        """Close the databases of all examples."""
        for trial in chain.from_iterable(self._trials.values()):
            trial.kept.close()

    def understands(self, mutant: Mutant) -> bool:
        """Whether the engine can make sense of a mutant: others are nobody's mistake."""
        try:
            match mutant.changed:
                case View(select=sql):
                    pass
                case Rule() as rule:
                    sql = statement(rule, rule.id)
        except RuleError:
            return False
        return any(trial.kept.understands(sql) for trial in self._of(mutant)[:1])

    def is_noticed(self, mutant: Mutant) -> bool:
        """Whether some example fails with a mutant; it is the first to be asked the next time."""
        made: Made = {}
        witnesses = self._of(mutant)
        for place, trial in enumerate(witnesses):
            if trial.notices(mutant.changed, made):
                witnesses.insert(0, witnesses.pop(place))
                return True
        return False

    def _of(self, mutant: Mutant) -> list[_Trial]:
        """The examples of the rule, or of all rules that read the view."""
        if mutant.group not in self._witnesses:
            self._witnesses[mutant.group] = [
                trial
                for rule in book().rules
                if mutant.group in {rule.id, *(v.name for v in views_behind(rule, book().views))}
                for trial in self._examples(rule)
            ]
        return self._witnesses[mutant.group]

    def _examples(self, rule: Rule) -> list[_Trial]:
        if rule.id not in self._trials:
            self._trials[rule.id] = [_Trial(rule, each) for each in rule.examples]
        return self._trials[rule.id]

    def _types(self, rule: Rule) -> dict[str, str]:
        """The types of the columns of a rule's rows, as far as a view gives them."""
        kept = self._examples(rule)[0].kept
        types = {
            c.name: c.type for v in kept.names if v in words(rule.each) for c in kept.columns(v)
        }
        named = kept.describe(f"SELECT * FROM {source(rule, rule.id)} AS e")
        return {name: types.get(name, "") for name in named}


def _print(rows: Sequence[tuple[Any, ...]]) -> int:
    return hash(frozenset(Counter(rows).items()))


def _words(views: Sequence[View]) -> frozenset[str]:
    return frozenset[str]().union(*(words(view.select) for view in views))


@cache
def _columns() -> Columns:
    """The columns of all views and raw tables, with their types."""
    tables = {view.name: {c.name: c.type for c in view.columns} for view in book().views}
    for name, info in Snapshot.model_fields.items():
        arguments = getattr(info.annotation, "__args__", ())
        if arguments and isinstance(arguments[0], type) and issubclass(arguments[0], Record):
            tables[name] = dict.fromkeys(arguments[0].model_fields, "text")
    return tables
