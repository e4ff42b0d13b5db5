"""Checking a rule pack in full before anything is judged by it.

A typo in a condition would otherwise be a rule that never fires, at midnight, on a customer's data.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from casaudit.engine.evaluate import Question, part_of, tables_of
from casaudit.engine.fix_cards import SUBJECTS, FixCards
from casaudit.engine.tables import Tables
from casaudit.errors import RuleError, nearest
from casaudit.rulebook import receipt
from casaudit.rulebook.reading import parse, read_files
from casaudit.rulebook.rule import Rule, Rulebook
from casaudit.rulebook.statements import counting, source, statement
from casaudit.snapshot import Snapshot
from casaudit.strict_yaml import line_of

_NEEDED = ("id", "name", "site")
# Names and types are all that is looked for: SQLite resolves them without a single row.
_EMPTY = Snapshot(tool_version="0", collected_at=datetime(2026, 1, 1, tzinfo=UTC))


def load_rulebook(
    folder: Path, others: Sequence[Path] = (), *, remembered: bool = True
) -> Rulebook:
    """Read rule packs and refuse what could not run: unknown columns, templates, other rules.

    Args:
        folder: the shipped rules: what passed the same check before is not checked again.
        others: packs beside them; they are always checked in full.
        remembered: false checks the shipped rules again too.

    Raises:
        RuleError: with file and line.
    """
    files = read_files(folder, others)
    # Packs are no part of it: they come from elsewhere and are never taken on trust.
    key = receipt.receipt_key(files.of_first_folder())
    known = receipt.find(key) if remembered else None
    book = parse(files, known.examples if known else None)
    unchecked = [rule for rule in book.rules if known is None or rule.id not in known.examples]
    if unchecked:
        # All views are tried with the shipped rules; a pack's rules need those behind them alone.
        some = book if known is None else part_of(book, {rule.id for rule in unchecked})
        tables = tables_of(_EMPTY, some, Question())
        for rule in unchecked:
            _check(rule, book, tables)
    # With packs a shipped rule may have leaned on one of theirs, so such a pass is not kept.
    if known is None and not others:
        receipt.keep(key, book)
    return book


def _check(rule: Rule, book: Rulebook, tables: Tables) -> None:
    path = str(book.paths[rule.id])
    try:
        views = [view.name for view in book.views if view.is_published]
        columns = _columns(rule, tables, path, views)
        _check_columns(rule, columns, path)
        _check_links(rule, book, path)
        _check_history(rule, path)
        _check_templates(rule, book, columns, path)
    except RuleError as error:
        # Every problem begins with the key that has it: its line is looked up only now.
        key = error.problem.split(":")[0]
        text = book.paths[rule.id].read_text(encoding="utf-8")
        raise RuleError(path, error.problem, line_of(text, key) or 1) from None


def _columns(rule: Rule, tables: Tables, path: str, views: Collection[str]) -> set[str]:
    """Run a rule on an empty organisation: SQLite itself names what it does not know."""
    sql = statement(rule, path)
    each = source(rule, path)
    # First alone: else a misspelt view would be blamed on the first condition.
    found = _described(tables, f"SELECT * FROM {each} AS e", path, "each", views=views)
    objects = tables.select(counting(rule))[0]["n"]
    # An aggregate without GROUP BY gives one row where there is no object, here as anywhere.
    try:
        runs = len(tables.select(sql)) == objects
    except RuleError:
        runs = False
    if not runs:
        _check_fragments(rule, found, objects, tables, path, views)
    return found


def _check_fragments(
    rule: Rule,
    columns: Collection[str],
    objects: Any,
    tables: Tables,
    path: str,
    views: Collection[str],
) -> None:
    """Run the fragments one by one, to name the one with which the whole does not run."""
    fragments = [("must", rule.must)]
    fragments += [("not_applicable", c.when) for c in rule.not_applicable]
    fragments += [("unknown", c.when) for c in rule.unknown]
    fragments += [("adjust", c.when) for c in rule.adjust]
    for key, fragment in fragments:
        # Whether each parses and gives a row for each object; what it gives does not matter here.
        sql = f"SELECT ({fragment}\n) AS x FROM {source(rule, path)} AS e"
        _described(tables, sql, path, key, columns, views)
        if len(tables.select(sql)) != objects:
            raise RuleError(path, f"{key}: an aggregate makes one row of all objects")


def _described(
    tables: Tables,
    sql: str,
    path: str,
    key: str,
    columns: Collection[str] = (),
    views: Collection[str] = (),
) -> set[str]:
    try:
        return set(tables.describe(sql))
    except RuleError as error:
        # SQLite words it "no such column: NAME", for tables and functions alike.
        what, _, name = error.problem.rpartition(": ")
        known = {"no such column": columns, "no such table": views}.get(what, ())
        near = nearest(name, known) if known else ""
        raise RuleError(path, f"{key}: {error.problem}{near}") from None


def _check_columns(rule: Rule, columns: set[str], path: str) -> None:
    named = {
        "each": _NEEDED,
        "evidence": rule.evidence,
        "computed": tuple(rule.computed),
        "cause": rule.cause,
        "under": tuple(parent.on for parent in rule.under),
    }
    for key, names in named.items():
        missing = [name for name in names if name not in columns]
        if missing:
            near = nearest(missing[0], columns)
            raise RuleError(path, f"{key}: there is no column {missing[0]!r}{near}")


def _check_links(rule: Rule, book: Rulebook, path: str) -> None:
    """A rule may name rules that are in force, itself excluded."""
    if rule.remediation.like is not None and rule.remediation.like not in book.shared.blocks:
        problem = f"remediation: there is no shared block {rule.remediation.like!r}"
        raise RuleError(path, problem + nearest(rule.remediation.like, book.shared.blocks))
    _check_plan(rule, book, path)
    for key, names in (
        ("under", [parent.rule for parent in rule.under]),
        ("remediation", list(rule.remediation.after)),
    ):
        unknown = [name for name in names if name not in book.paths or name == rule.id]
        if unknown:
            near = nearest(unknown[0], book.paths.keys() - {rule.id})
            raise RuleError(path, f"{key}: there is no other rule {unknown[0]!r}{near}")


def _check_plan(rule: Rule, book: Rulebook, path: str) -> None:
    """What a rule wants set is something that the shared rules know how to set."""
    for wanted in rule.remediation.plan:
        unknown = [name for name in wanted.set if name not in book.shared.settings]
        if unknown:
            near = nearest(unknown[0], book.shared.settings)
            raise RuleError(path, f"plan: there is no shared setting {unknown[0]!r}{near}")
        if wanted.ask is not None and wanted.ask not in book.shared.decisions:
            raise RuleError(path, f"plan: there is no shared decision {wanted.ask!r}")


def _check_history(rule: Rule, path: str) -> None:
    numbers = [each.revision for each in rule.history]
    # A revision told twice, or none for the present text, would make diffs blame the wrong cause.
    if numbers and (numbers != sorted(set(numbers)) or numbers[-1] != rule.revision):
        raise RuleError(path, f"history: must rise, and end with revision {rule.revision}")


def _check_templates(rule: Rule, book: Rulebook, columns: set[str], path: str) -> None:
    remedies = FixCards(book)
    names = {*columns, SUBJECTS}
    sentences = [("message", rule.message)]
    sentences += [("not_applicable", c.because) for c in rule.not_applicable]
    sentences += [("unknown", c.because) for c in rule.unknown]
    for key, template in sentences:
        try:
            remedies.wording.check(template, names, path, commands=False)
        except RuleError as error:
            raise RuleError(path, f"{key}: {error.problem}") from None
    _check_plan_templates(rule, remedies, names, path)
    try:
        remedies.used_by_card(rule, names)
    except RuleError as error:
        raise RuleError(path, f"remediation: {error.problem}") from None


def _check_plan_templates(rule: Rule, remedies: FixCards, names: set[str], path: str) -> None:
    card = remedies.block(rule.remediation)
    try:
        for template in (card.rest or "", *(wanted.condition for wanted in card.plan)):
            remedies.wording.check(template, names, path, commands=False)
    except RuleError as error:
        raise RuleError(path, f"plan: {error.problem}") from None
    missing = frozenset[str]().union(*(wanted.columns for wanted in card.plan)) - names
    if missing:
        raise RuleError(path, f"plan: there is no column {min(missing)!r}")
