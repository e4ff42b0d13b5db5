"""How many small mistakes in the rule book the rules' own examples notice: ``make mutants``.

The evidence of each example is loaded once and kept. A mutated rule is put to its examples. A
mutated view is made again from the kept tables, together with what rests on it, and put to the
examples of every rule that reads it.
"""

import argparse
import random
import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, cached_property
from pathlib import Path

import ruamel.yaml

from casaudit.errors import RuleError
from casaudit.judge import tables as fenced
from casaudit.judge.evaluate import context_of
from casaudit.judge.examples import mismatches, question_of
from casaudit.judge.loading import load
from casaudit.judge.patch import patched
from casaudit.judge.remedy import Remedies
from casaudit.judge.rules import Example, Rule
from casaudit.judge.statements import source, statement, views_behind, words
from casaudit.judge.verdicts import Judged
from casaudit.judge.views import View
from casaudit.snapshot import Record, Snapshot
from tests.mutants import Columns, Mutant, of_rule, of_view
from tests.shipped_rules import book, sample

EQUIVALENT = Path(__file__).with_name("equivalent_mutants.yaml")
_SECONDS = 5.0
_PAGE = 512
"""Bytes: there are a thousand small databases in memory at once."""


class _Kept(fenced.Tables):
    """The tables of one example without a fence, so that single views can be made again."""

    def __init__(self, snapshot: Snapshot, rule: Rule, example: Example) -> None:
        self._views = views_behind(rule, book().views)
        self._published = {view.name: view for view in self._views if view.is_published}
        self._db = fenced._opened()
        self._db.execute(f"PRAGMA page_size={_PAGE}")
        wanted = _words(book().views) - (Snapshot.model_fields.keys() - _words(self._views))
        context = context_of(snapshot, question_of(rule, example.given))
        load(self._db, snapshot, book().data, context, wanted)
        for view in self._views:
            fenced._materialise(self._db, view)
        self._deadline = float("inf")
        self._db.set_progress_handler(lambda: time.monotonic() > self._deadline, 1000)

    @contextmanager
    def altered(self, mutated: View) -> Iterator[frozenset[str]]:
        """Make a view and what rests on it again while the block runs; give those that changed."""
        changed: set[str] = set()
        self._db.execute("SAVEPOINT mutant")
        self._deadline = time.monotonic() + _SECONDS
        try:
            for view in self._views:
                if view.name == mutated.name or words(view.select) & changed:
                    select = mutated.select if view.name == mutated.name else view.select
                    if self._remade(view.name, select):
                        changed.add(view.name)
            self._deadline = float("inf")
            yield frozenset(changed)
        finally:
            self._deadline = float("inf")
            self._db.execute("ROLLBACK TO mutant")
            self._db.execute("RELEASE mutant")

    def _remade(self, name: str, select: str) -> bool:
        rows = self._db.execute(select).fetchall()
        if Counter(rows) == Counter(self._db.execute(f"SELECT * FROM {name}").fetchall()):
            return False
        self._db.execute(f"DELETE FROM {name}")
        self._db.execute(f"INSERT INTO {name} {select}")
        return True

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
        self.rule = rule
        self._expect = example.expect
        snapshot = patched(sample(), example.given)
        self.kept = _Kept(snapshot, rule, example)
        self._coverage = Snapshot(
            tool_version=snapshot.tool_version,
            collected_at=snapshot.collected_at,
            sections=snapshot.sections,
            gaps=snapshot.gaps,
        )
        self._remedies = Remedies(replace(book(), rules=(rule,)))
        self._rests_on = frozenset(view.name for view in views_behind(rule, book().views))

    def notices(self, changed: Rule | View) -> bool:
        """Whether the example fails with a mutated rule or view."""
        if isinstance(changed, Rule):
            return self._fails(changed)
        try:
            with self.kept.altered(changed) as views:
                return bool(views & self._rests_on) and self._fails(self.rule)
        except sqlite3.Error:
            return True

    def _fails(self, rule: Rule) -> bool:
        found = Judged(rule, self._coverage, self.kept, self._remedies).findings
        return next(iter(mismatches(tuple(found), self._expect)), None) is not None


class Laboratory:
    """All examples of the shipped rules with their evidence, loaded when first asked for."""

    @cached_property
    def trials(self) -> Mapping[str, Sequence[_Trial]]:
        """The examples by the rule that carries them."""
        return {r.id: [_Trial(r, each) for each in r.examples] for r in book().rules}

    @cached_property
    def mutants(self) -> Sequence[Mutant]:
        """Every mutant that the engine understands, rules first."""
        found = [mutant for rule in book().rules for mutant in self._of_rule(rule)]
        return [*found, *(mutant for view in book().views for mutant in self._of_view(view))]

    def is_noticed(self, mutant: Mutant) -> bool:
        """Whether some example fails with a mutant."""
        return any(trial.notices(mutant.changed) for trial in self._witnesses(mutant))

    def _witnesses(self, mutant: Mutant) -> Iterator[_Trial]:
        if isinstance(mutant.changed, Rule):
            yield from self.trials[mutant.group]
            return
        for rule in book().rules:
            if mutant.group in {view.name for view in views_behind(rule, book().views)}:
                yield from self.trials[rule.id]

    def _of_rule(self, rule: Rule) -> Iterator[Mutant]:
        kept = self.trials[rule.id][0].kept
        types = {
            c.name: c.type for v in kept.names if v in words(rule.each) for c in kept.columns(v)
        }
        named = kept.describe(f"SELECT * FROM {source(rule, rule.id)} AS e")
        for mutant in of_rule(rule, {name: types.get(name, "") for name in named}):
            assert isinstance(mutant.changed, Rule)
            try:
                sql = statement(mutant.changed, rule.id).verdicts
            except RuleError:
                continue
            if kept.understands(sql):
                yield mutant

    def _of_view(self, view: View) -> Iterator[Mutant]:
        for mutant in of_view(view, _columns()):
            assert isinstance(mutant.changed, View)
            witness = next(self._witnesses(mutant), None)
            if witness is not None and witness.kept.understands(mutant.changed.select):
                yield mutant


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


def equivalent() -> dict[str, str]:
    """Return the mutants that change nothing which an example could see, each with the reason."""
    found: list[dict[str, str]] = ruamel.yaml.YAML(typ="safe").load(EQUIVALENT)
    return {each["mutant"]: each["because"] for each in found or ()}


def sampled(mutants: Sequence[Mutant], number: int, seed: int) -> list[Mutant]:
    """Return so many mutants, half of rules and half of views, the same for the same seed."""
    chance = random.Random(seed)
    found: list[Mutant] = []
    for kind in (Rule, View):
        alike = [mutant for mutant in mutants if isinstance(mutant.changed, kind)]
        found += chance.sample(alike, min(number // 2, len(alike)))
    return found


def main(arguments: Sequence[str] | None = None) -> None:
    """Try all mutants, or a sample, and list those that no example notices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, metavar="N", help="try so many, not all")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", metavar="NAME", help="rules and views whose name begins so")
    asked = parser.parse_args(arguments)
    laboratory = Laboratory()
    mutants = [m for m in laboratory.mutants if m.group.startswith(asked.only or "")]
    if asked.sample:
        mutants = sampled(mutants, asked.sample, asked.seed)
    _report(laboratory, mutants)


def _report(laboratory: Laboratory, mutants: Sequence[Mutant]) -> None:
    begun = time.monotonic()
    excused = equivalent()
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for mutant in mutants:
        kind = "rules" if isinstance(mutant.changed, Rule) else "views"
        noticed = laboratory.is_noticed(mutant)
        fate = "noticed" if noticed else "equivalent" if mutant.name in excused else "survived"
        tally[kind][fate] += 1
        if fate == "survived":
            print(mutant.name)
    for kind, fates in tally.items():
        tried = fates["noticed"] + fates["survived"]
        share = fates["noticed"] / tried if tried else 1.0
        print(f"{kind}: {dict(fates)}, {share:.1%} noticed")
    print(f"{time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    main()
