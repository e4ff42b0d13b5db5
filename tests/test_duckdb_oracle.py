"""A second SQL engine gives the same answers to every condition of every shipped rule."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.engine.examples import question_of
from casaudit.engine.functions import RULE_FUNCTIONS
from casaudit.engine.tables import Tables
from casaudit.rulebook.rule import Rule
from casaudit.rulebook.statements import statement, words
from tests.support.shipped_rules import book, loaded, sample

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

pytestmark = pytest.mark.slow
RULES = book().rules
TYPES = {"int": "BIGINT", "real": "DOUBLE", "bool": "BOOLEAN"}
Answers = dict[str, tuple[Any, ...]]


@pytest.fixture(scope="module")
def second() -> Iterator["DuckDBPyConnection"]:
    """DuckDB with the product's own functions and nothing of the machine around it.

    It is imported here: a module that names its types keeps them alive beyond its own end.
    """
    import duckdb
    from duckdb.func import SPECIAL

    closed = ("enable_external_access", "autoinstall_known_extensions", "autoload_known_extensions")
    with duckdb.connect(config=dict.fromkeys(closed, "false")) as engine:
        for name, (arity, function) in RULE_FUNCTIONS.items():
            result = "BOOLEAN" if name == "covers" else "VARCHAR"
            called: Callable[..., Any] = function
            given: list[Any] = ["VARCHAR"] * arity
            engine.create_function(name, called, given, result, null_handling=SPECIAL)
        yield engine


def _copy(tables: Tables, engine: "DuckDBPyConnection", views: frozenset[str]) -> None:
    for view in sorted(views):
        columns = tables.columns(view)
        described = ", ".join(f"{c.name} {TYPES.get(c.type, 'VARCHAR')}" for c in columns)
        engine.execute(f"CREATE OR REPLACE TABLE {view} ({described})")
        rows = [list(row.values()) for row in tables.select(f"SELECT * FROM {view}")]
        if rows:
            marks = ", ".join("?" * len(columns))
            engine.executemany(f"INSERT INTO {view} VALUES ({marks})", rows)


def _first(tables: Tables, sql: str) -> Answers:
    return {row["id"]: _conditions(row) for row in tables.select(sql)}


def _second(engine: "DuckDBPyConnection", sql: str) -> Answers:
    found = engine.execute(sql)
    names = [each[0] for each in found.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["id"]: _conditions(row) for row in rows}


def _conditions(row: dict[str, Any]) -> tuple[Any, ...]:
    """The answers to the rule's conditions; truth is 1 in one engine and true in the other."""
    names = [name for name in row if re.fullmatch(r"_(must|(na|unknown|adjust)\d+)", name)]
    return tuple(None if row[name] is None else int(row[name]) for name in names)


def _compare(rule: Rule, tables: Tables, engine: "DuckDBPyConnection", what: str) -> int:
    sql = statement(rule, rule.id)
    _copy(tables, engine, words(sql) & frozenset(tables.names))
    first = _first(tables, sql)
    assert _second(engine, sql) == first, f"{rule.id}: {what}"
    return sum(len(answers) for answers in first.values())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_both_engines_agree_on_the_examples(rule: Rule, second: "DuckDBPyConnection") -> None:
    compared = 0
    for example in rule.examples:
        question = question_of(rule, example.given)
        tables = loaded(patched(sample(), example.given), question)
        compared += _compare(rule, tables, second, example.name)
    assert compared > 0


@pytest.mark.parametrize("profile", ["health", "migration", "audit"])
@pytest.mark.parametrize("name", ["healthy", "article-a", "article-b"])
def test_both_engines_agree_on_the_samples(
    name: str, profile: str, second: "DuckDBPyConnection"
) -> None:
    tables = loaded(patched(sample(name), {}), Question(profile=profile))
    for rule in RULES:
        if profile in rule.profiles:
            _compare(rule, tables, second, name)


def test_the_comparison_notices_a_difference(second: "DuckDBPyConnection") -> None:
    rule = next(rule for rule in RULES if rule.id == "CAS-SITE-001")
    odd = rule.model_copy(update={"must": "7 / 2 = 3"})
    tables = loaded(patched(sample(), {}), question_of(rule, {}))
    with pytest.raises(AssertionError):
        _compare(odd, tables, second, "integer division")


def test_the_second_engine_has_the_same_functions(second: "DuckDBPyConnection") -> None:
    sql = "SELECT norm('A.b.'), host('https://X.y/z'), covers('[\"*.x.z\"]', 'y.x.z'), norm(NULL)"
    assert second.execute(sql).fetchall() == [("a.b", "x.y", True, None)]
