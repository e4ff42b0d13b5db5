"""The shipped rules and the healthy organisation, read once, and views of edits of it.

What costs most is kept for the whole process: judges, and the tables of all views. They take one
snapshot after the other, as in a trend; what a judge says rests on nothing that it judged before.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import Any

from casaudit import shipped
from casaudit.assess import VERDICTS, judge_of
from casaudit.engine.check import load_rulebook
from casaudit.engine.evaluate import Judge, Question, context_of, tables_of
from casaudit.engine.example_exports import Document
from casaudit.engine.example_world import patched
from casaudit.engine.examples import Trials
from casaudit.engine.rule_run import RuleRun
from casaudit.engine.settings import SCHEMA, Settings
from casaudit.engine.tables import Tables
from casaudit.findings import Finding, Verdicts
from casaudit.rulebook.rule import Rulebook
from casaudit.rulebook.views import Column
from casaudit.snapshot import Snapshot

Rows = dict[str, dict[str, Any]]


@cache
def book() -> Rulebook:
    return load_rulebook(shipped.RULES)


@cache
def sample(name: str = "healthy") -> Document:
    path = shipped.SAMPLES / name / "snapshot.json"
    document: Document = json.loads(path.read_text(encoding="utf-8"))
    return document


# Each keeps a database of ten megabytes: of the rules that were tested before none is wanted.
@lru_cache(maxsize=8)
def judge(profile: str = "health", *rules: str) -> Judge:
    """The shipped rules of a profile, or some of them, with all that reports want."""
    some = tuple(rule for rule in book().rules if not rules or rule.id in rules)
    return judge_of(replace(book(), rules=some), profile)


@cache
def judge_of_all() -> Judge:
    """The shipped rules as if all belonged to one profile; verdicts alone."""
    rules = tuple(rule.model_copy(update={"profiles": ("health",)}) for rule in book().rules)
    return judge_of(replace(book(), rules=rules), "health", VERDICTS)


@lru_cache(maxsize=8)
def runs(rule_id: str) -> tuple[tuple[RuleRun, ...], ...]:
    """A shipped rule put to each of its examples."""
    rule = next(rule for rule in book().rules if rule.id == rule_id)
    return tuple(map(Trials(book(), sample(), rule).runs, rule.examples))


@lru_cache(maxsize=8)
def findings(rule_id: str) -> tuple[Sequence[Finding], ...]:
    """What a shipped rule says in each of its examples."""
    return tuple(Verdicts(run.findings for run in each) for each in runs(rule_id))


def tables(given: dict[str, Any] | None = None) -> Tables:
    """The published views of the healthy organisation after an edit, with settings if any."""
    snapshot, question = asked(given or {})
    return tables_of(snapshot, book(), question)


def viewed(given: dict[str, Any] | None = None) -> Tables:
    """The same in the tables that are kept."""
    return loaded(*asked(given or {}))


def loaded(snapshot: Snapshot, question: Question) -> Tables:
    """The published views in the tables that are kept: the next call loads another snapshot."""
    kept = _tables()
    kept.load(snapshot, context_of(snapshot, question))
    return kept


@cache
def _tables() -> Tables:
    return Tables(book().views, book().data)


def asked(given: dict[str, Any]) -> tuple[Snapshot, Question]:
    """The healthy organisation after an edit, and what is asked about it."""
    stated = Settings.model_validate({"schema": SCHEMA, **given.get("settings", {})})
    return patched(sample(), given), Question(settings=stated)


def rows(view: str, given: dict[str, Any] | None = None) -> Rows:
    """The rows of a view by name, with lists and truth values as such."""
    return {str(row["name"]): dict(row) for row in viewed(given).inventory(view)}


def columns() -> dict[str, tuple[Column, ...]]:
    """The columns of every published view."""
    return {view.name: view.columns for view in book().views if view.is_published}
