"""The shipped rules and the healthy organisation, read once, and views of edits of it."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from casaudit import shipped
from casaudit.engine.check import load_rulebook
from casaudit.engine.evaluate import Question, tables_of
from casaudit.engine.example_exports import Document
from casaudit.engine.example_world import patched
from casaudit.engine.examples import Trials
from casaudit.engine.settings import SCHEMA, Settings
from casaudit.engine.tables import Tables
from casaudit.findings import Finding
from casaudit.rulebook.rule import Rulebook
from casaudit.rulebook.views import Column

Rows = dict[str, dict[str, Any]]


@cache
def book() -> Rulebook:
    return load_rulebook(shipped.RULES)


@cache
def sample(name: str = "healthy") -> Document:
    path = shipped.SAMPLES / name / "snapshot.json"
    document: Document = json.loads(path.read_text(encoding="utf-8"))
    return document


@cache
def findings(rule_id: str) -> tuple[Sequence[Finding], ...]:
    """What a shipped rule says in each of its examples."""
    rule = next(rule for rule in book().rules if rule.id == rule_id)
    return tuple(map(Trials(book(), sample(), rule).findings, rule.examples))


def tables(given: dict[str, Any] | None = None) -> Tables:
    """The published views of the healthy organisation after an edit, with settings if any."""
    stated = Settings.model_validate({"schema": SCHEMA, **(given or {}).get("settings", {})})
    return tables_of(patched(sample(), given or {}), book(), Question(settings=stated))


def rows(view: str, given: dict[str, Any] | None = None) -> Rows:
    """The rows of a view by name, with lists and truth values as such."""
    return {str(row["name"]): dict(row) for row in tables(given).inventory(view)}


def columns() -> dict[str, tuple[Column, ...]]:
    """The columns of every published view."""
    return {view.name: view.columns for view in book().views if view.is_published}
