"""Where the examples of the rules are put to mistakes in rules and views.

All examples share one database: what a table holds in them is kept once for all that have it so,
and goes into the database when a statement reads it. A mutated rule is put to its examples. A
mutated view is made again, together with what rests on it, and put to the examples of every rule
that reads it, as far as a table changes that the rule itself reads.
"""

import sqlite3
import time
from collections import ChainMap, Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import Any

from casaudit.engine.database import create, opened
from casaudit.engine.evaluate import Question, context_of
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
from casaudit.snapshot import Record, Snapshot, undisputed
from tests.support.mutants import Columns, Mutant, of_rule, of_view
from tests.support.shipped_rules import book, sample

_SECONDS = 5.0  # of the processor, so that a busy machine changes no outcome

Row = tuple[Any, ...]
Prints = Mapping[str, int]
"""What each table holds in an example: tables with the same rows have the same print."""


class _Bench(Tables):
    """The tables of one example after another without a fence, so that views can be mutated."""

    def __init__(self) -> None:
        self._views = book().views
        self._published = {view.name: view for view in self._views if view.is_published}
        self._db = opened(str)
        wanted = frozenset[str]().union(*(words(view.select) for view in self._views))
        self._raw = RawTables(self._db, book().data, dict.fromkeys(wanted, wanted))
        for view in self._views:
            create(self._db, view)
        self._filled = frozenset({*self._raw.names, *(view.name for view in self._views)})
        self._held: dict[str, int] = {}
        self._row = ChainMap[Row, Row]()
        self._rows = ChainMap[tuple[str, int], list[Row]]()
        self._made = ChainMap[tuple[str, tuple[int, ...]], int]()
        self._deadline = float("inf")
        self._db.set_progress_handler(lambda: time.thread_time() > self._deadline, 1000)

    def close(self) -> None:
        """Give the memory back: SQLite's limit is one for all databases of a process."""
        self._db.close()

    def prints(self, snapshot: Snapshot, question: Question, views: Sequence[View]) -> Prints:
        """Load a snapshot, make some views of it, and return what the tables come to."""
        for name in self._raw.names:
            self._db.execute(f"DELETE FROM {name}")
        self._raw.fill(undisputed(snapshot), context_of(snapshot, question))
        found: dict[str, int] = {}
        for name in self._raw.names:
            found[name] = self._kept(name, self._db.execute(f"SELECT * FROM {name}"))
        self._held |= found
        for view in views:
            found[view.name] = self._printed(view, found)
        return found

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """Forget behind the block what tables came to within it."""
        kept = self._row, self._rows, self._made
        self._row, self._rows, self._made = (
            kept[0].new_child(),
            kept[1].new_child(),
            kept[2].new_child(),
        )
        try:
            yield
        finally:
            self._row, self._rows, self._made = kept

    def altered(self, mutant: View, views: Sequence[View], prints: Prints) -> Prints:
        """Make a mutated view and what rests on it; return what the tables come to."""
        altered = dict(prints)
        for view in views:
            if view.name == mutant.name:
                altered[view.name] = self._printed(mutant, altered)
            elif any(altered[name] != prints[name] for name in self.read_by(view.select)):
                altered[view.name] = self._printed(view, altered)
        return altered

    def hold(self, names: Iterable[str], prints: Prints) -> None:
        """Fill tables with what they come to in an example."""
        for name in names:
            if self._held.get(name) != prints[name]:
                rows = self._rows[name, prints[name]]
                self._held.pop(name, None)  # should a row be refused, nobody knows what it holds
                self._db.execute(f"DELETE FROM {name}")
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    self._db.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
                self._held[name] = prints[name]

    def read_by(self, sql: str) -> tuple[str, ...]:
        """Return the raw tables and views that a statement reads."""
        return _named(sql, self._filled)

    def _printed(self, view: View, prints: Prints) -> int:
        read = self.read_by(view.select)
        key = view.select, tuple(prints[name] for name in read)
        if key not in self._made:
            self.hold(read, prints)
            self._deadline = time.thread_time() + _SECONDS
            try:
                self._made[key] = self._kept(view.name, self._db.execute(view.select))
            finally:
                self._deadline = float("inf")
        return self._made[key]

    def _kept(self, name: str, rows: Iterable[Row]) -> int:
        """Keep the rows of a table; most are those of other examples too."""
        kept = [self._row.setdefault(row, row) for row in rows]
        print_ = hash(frozenset(Counter(kept).items()))
        self._rows[name, print_] = kept
        return print_

    def understands(self, sql: str) -> bool:
        """Whether the engine can make sense of a statement."""
        try:
            self._db.execute(f"EXPLAIN {sql}")
        except sqlite3.Error:
            return False
        return True


class _Trial:
    """One example of a rule, ready to be judged again and again."""

    def __init__(self, proof: "_Proof", example: Example) -> None:
        self._proof = proof
        self._expect = example.expect
        snapshot = patched(sample(), example.given)
        question = question_of(proof.rule, example.given)
        self._prints = proof.bench.prints(snapshot, question, proof.views)
        self._coverage = Snapshot(
            tool_version=snapshot.tool_version,
            collected_at=snapshot.collected_at,
            sections=snapshot.sections,
            gaps=snapshot.gaps,
        )

    def notices(self, mutated: Rule | View) -> bool:
        """Whether the example fails; a view that cannot be made fails every example."""
        proof = self._proof
        if isinstance(mutated, Rule):
            return self._fails(mutated, lambda: proof.plan_of(mutated), self._prints)
        try:
            altered = proof.bench.altered(mutated, proof.views, self._prints)
            if all(altered[name] == self._prints[name] for name in proof.reads):
                return False
            return self._fails(proof.rule, lambda: proof.plan, altered)
        except sqlite3.Error:
            return True

    def _fails(self, rule: Rule, plan: Callable[[], RulePlan], prints: Prints) -> bool:
        bench = self._proof.bench
        bench.hold(self._proof.reads, prints)
        found = RuleRun(rule, plan, self._coverage, bench, book().language).findings
        return next(iter(mismatches(tuple(found), self._expect)), None) is not None


class _Proof:
    """What the examples of one rule share."""

    def __init__(self, rule: Rule, bench: _Bench) -> None:
        self.rule = rule
        self.bench = bench
        self.views = views_behind(rule, book().views)
        self.reads = bench.read_by(statement(rule, rule.id))
        self._cards = FixCards(replace(book(), rules=(rule,)))
        self.plan = self.plan_of(rule)
        self.trials = [_Trial(self, example) for example in rule.examples]

    def plan_of(self, rule: Rule) -> RulePlan:
        """Make the rule, or a mutant of it, ready to be run."""
        return RulePlan(rule, self.bench, self._cards)


class Laboratory:
    """The examples of the shipped rules with their evidence, loaded when first asked for."""

    def __init__(self) -> None:
        self._bench = _Bench()
        self._proofs: dict[str, _Proof] = {}
        self._witnesses: dict[str, list[_Trial]] = {}

    def mutants(self, begin: str = "") -> list[Mutant]:
        """Return every mutant of the rules and views whose name begins so, rules first."""
        rules = [rule for rule in book().rules if rule.id.startswith(begin)]
        views = [view for view in book().views if view.name.startswith(begin)]
        found = [mutant for rule in rules for mutant in of_rule(rule, self._types(rule))]
        return found + [mutant for view in views for mutant in of_view(view, _columns())]

    def close(self) -> None:
        """Close the database."""
        self._bench.close()

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
        return self._bench.understands(sql)

    def is_noticed(self, mutant: Mutant) -> bool:
        """Whether some example fails with a mutant; it is the first to be asked the next time."""
        witnesses = self._of(mutant)
        with self._bench.forgetting():
            for place, trial in enumerate(witnesses):
                if trial.notices(mutant.changed):
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
                for trial in self._proof(rule).trials
            ]
        return self._witnesses[mutant.group]

    def _proof(self, rule: Rule) -> _Proof:
        if rule.id not in self._proofs:
            self._proofs[rule.id] = _Proof(rule, self._bench)
        return self._proofs[rule.id]

    def _types(self, rule: Rule) -> dict[str, str]:
        """The types of the columns of a rule's rows, as far as a view gives them."""
        bench = self._bench
        types = {
            c.name: c.type for v in bench.names if v in words(rule.each) for c in bench.columns(v)
        }
        named = bench.describe(f"SELECT * FROM {source(rule, rule.id)} AS e")
        return {name: types.get(name, "") for name in named}


@cache
def _named(sql: str, tables: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(words(sql) & tables))


@cache
def _columns() -> Columns:
    """The columns of all views and raw tables, with their types."""
    tables = {view.name: {c.name: c.type for c in view.columns} for view in book().views}
    for name, info in Snapshot.model_fields.items():
        arguments = getattr(info.annotation, "__args__", ())
        if arguments and isinstance(arguments[0], type) and issubclass(arguments[0], Record):
            tables[name] = dict.fromkeys(arguments[0].model_fields, "text")
    return tables
