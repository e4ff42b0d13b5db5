"""Where the examples of the rules are put to mistakes in rules and views.

A mutated rule is put to its examples. A mutated view is made again, together with what rests on
it, and put to the examples of every rule that reads it, as far as a table changes that the rule
itself reads; and to the rows that are expected of views.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from functools import cache, cached_property

from casaudit.engine.example_world import patched
from casaudit.engine.examples import mismatches, question_of
from casaudit.engine.fix_cards import FixCards
from casaudit.engine.rule_plan import RulePlan
from casaudit.engine.rule_run import RuleRun
from casaudit.errors import RuleError
from casaudit.rulebook.rule import Example, Rule
from casaudit.rulebook.statements import source, statement, views_behind, views_for, words
from casaudit.rulebook.views import View
from casaudit.snapshot import Record, Snapshot, undisputed
from tests.support.example_tables import ExampleTables, Prints
from tests.support.mutants import Columns, Mutant, of_rule, of_view
from tests.support.shipped_rules import asked, book, sample
from tests.support.view_rows import Expectation, expectations


class _Trial:
    """One example of a rule, ready to be judged again and again."""

    def __init__(self, proof: "_Proof", example: Example) -> None:
        self._proof = proof
        self._expect = example.expect
        snapshot = undisputed(patched(sample(), example.given))
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

    def __init__(self, rule: Rule, bench: ExampleTables) -> None:
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


class _RowTrial:
    """Rows that are expected of views in one organisation."""

    def __init__(self, expectation: Expectation, bench: ExampleTables) -> None:
        self._expectation = expectation
        self._bench = bench
        self._views = views_for(expectation.views, book().views)
        self.names = frozenset(view.name for view in self._views)
        self._prints = bench.prints(*asked(expectation.given), self._views)

    def notices(self, mutated: Rule | View) -> bool:
        """Whether some row is another one; of rules no row tells."""
        if isinstance(mutated, Rule):
            return False
        try:
            altered = self._bench.altered(mutated, self._views, self._prints)
            changed = [n for n in self._expectation.views if altered[n] != self._prints[n]]
            self._bench.hold(changed, altered)
        except sqlite3.Error:
            return True
        return any(
            self._expectation.problems(name, self._bench.inventory(name)) for name in changed
        )


class Laboratory:
    """The examples of the shipped rules and the rows of views, loaded when first asked for."""

    def __init__(self) -> None:
        self._bench = ExampleTables()
        self._proofs: dict[str, _Proof] = {}
        self._witnesses: dict[str, list[_Trial | _RowTrial]] = {}

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

    def _of(self, mutant: Mutant) -> list[_Trial | _RowTrial]:
        """The examples of the rule, or of all rules that read the view, and its rows."""
        if mutant.group not in self._witnesses:
            self._witnesses[mutant.group] = [
                trial
                for rule in book().rules
                if mutant.group in {rule.id, *(v.name for v in views_behind(rule, book().views))}
                for trial in self._proof(rule).trials
            ] + [trial for trial in self._row_trials if mutant.group in trial.names]
        return self._witnesses[mutant.group]

    @cached_property
    def _row_trials(self) -> list[_RowTrial]:
        return [_RowTrial(each, self._bench) for each in expectations()]

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
def _columns() -> Columns:
    """The columns of all views and raw tables, with their types."""
    tables = {view.name: {c.name: c.type for c in view.columns} for view in book().views}
    for name, info in Snapshot.model_fields.items():
        arguments = getattr(info.annotation, "__args__", ())
        if arguments and isinstance(arguments[0], type) and issubclass(arguments[0], Record):
            tables[name] = dict.fromkeys(arguments[0].model_fields, "text")
    return tables
