"""Conditions taken apart: the parts are the right ones, and together mean what the whole means."""

import pytest

from casaudit.rulebook.condition_text import outline, sentence
from casaudit.rulebook.conditions import Clause, taken_apart
from casaudit.rulebook.rule import Rule
from casaudit.rulebook.statements import source
from tests.support.shipped_rules import book, viewed

TAKEN = {
    "a": "a",
    "a AND b AND c": "all(a, b, c)",
    "a OR b AND c": "any(a, all(b, c))",
    "(a OR b) AND c": "all(any(a, b), c)",
    "((a))": "a",
    "NOT a = 1 AND b": "all(not(a = 1), b)",
    "NOT (a OR b)": "not(any(a, b))",
    "NOT NOT a": "not(not(a))",
    "a BETWEEN 1 AND 2 AND b": "all(a BETWEEN 1 AND 2, b)",
    "a BETWEEN 1 AND 2 OR b": "any(a BETWEEN 1 AND 2, b)",
    "a = 'x AND y' OR b = 'it''s OR'": "any(a = 'x AND y', b = 'it''s OR')",
    "(a + 1) * (b + 1) = 4": "(a + 1) * (b + 1) = 4",
    "EXISTS (SELECT 1 FROM v WHERE p AND q)": "EXISTS (SELECT 1 FROM v WHERE p AND q)",
    "(SELECT a FROM v) AND b": "all((SELECT a FROM v), b)",
    "CASE WHEN a AND b THEN c ELSE d OR e END": "case(all(a, b), c, any(d, e))",
    "case when a then true end": "case(a, true)",
    "CASE WHEN a THEN CASE WHEN b THEN c END END AND d": "all(case(a, case(b, c)), d)",
    "CASE a WHEN 1 THEN b END": "CASE a WHEN 1 THEN b END",
    "CASE WHEN a THEN 1 END = 1": "CASE WHEN a THEN 1 END = 1",
    "coalesce(a AND b, c)": "coalesce(a AND b, c)",
}


def _shown(part: Clause) -> str:
    if part.kind == "plain":
        return part.text
    return f"{part.kind}({', '.join(map(_shown, part.parts))})"


@pytest.mark.parametrize("sql", TAKEN)
def test_a_condition_is_taken_apart_where_its_words_part(sql: str) -> None:
    assert _shown(taken_apart(sql)) == TAKEN[sql]


def _rebuilt(part: Clause) -> str:
    """Put a condition together again from its plain parts."""
    inner = [f"({_rebuilt(each)})" for each in part.parts]
    match part.kind:
        case "all" | "any":
            return (" AND " if part.kind == "all" else " OR ").join(inner)
        case "not":
            return f"NOT {inner[0]}"
        case "case":
            arms = [f"WHEN {a} THEN {b}" for a, b in zip(inner[::2], inner[1::2], strict=False)]
            rest = [f"ELSE {inner[-1]}"] if len(inner) % 2 else []
            return " ".join(["CASE", *arms, *rest, "END"])
    return part.text


def _conditions(rule: Rule) -> list[str]:
    return [rule.must, *(c.when for c in (*rule.not_applicable, *rule.unknown, *rule.adjust))]


@pytest.mark.slow
@pytest.mark.parametrize("rule", book().rules, ids=lambda rule: rule.id)
def test_the_parts_of_a_rule_together_mean_what_the_whole_means(rule: Rule) -> None:
    asked = [(f"({sql})", f"({_rebuilt(taken_apart(sql))})") for sql in _conditions(rule)]
    columns = ", ".join(f"{whole} IS NOT DISTINCT FROM {parts}" for whole, parts in asked)
    for given in ({}, *(example.given for example in rule.examples[:3])):
        for row in viewed(given).select(f"SELECT {columns} FROM {source(rule, rule.id)} AS e"):
            assert set(row.values()) == {1}


SAID = {
    "a": "a is yes",
    "NOT a": "a is no",
    "a = 'x'": "a is 'x'",
    "NOT a = 'x'": "a is not 'x'",
    "a > 1 AND NOT b <= 2": "a is more than 1 and b is more than 2",
    "NOT (a OR b)": "a is no and b is no",
    "a AND (b OR c)": "a is yes and (b is yes or c is yes)",
    "a IS NULL": "a has no value",
    "NOT a IS NULL": "a has a value",
    "names <> '[]'": "names is not empty",
    "a NOT IN ('x', 'y')": "a is not one of 'x', 'y'",
    "a LIKE 'x%'": "a is like 'x%'",
    "NOT a LIKE 'x%'": "a is not like 'x%'",
    "days < 0.3 * lifetime": "days is less than 0.3 * lifetime",
    "NOT (SELECT arrays_complete FROM v_coverage)": "arrays_complete of v_coverage is no",
    "coalesce(a, FALSE)": "coalesce(a, FALSE) holds",
    "NOT EXISTS (SELECT 1 FROM v)": "EXISTS (SELECT 1 FROM v) does not hold",
    "TRUE": "yes",
}


@pytest.mark.parametrize("sql", SAID)
def test_a_condition_is_said_in_words(sql: str) -> None:
    assert sentence(taken_apart(sql)) == SAID[sql]


def test_an_outline_marks_columns_and_follows_the_nesting() -> None:
    sql = "CASE WHEN a THEN NOT (b = 'x' AND c) ELSE NULL END"
    assert [(line.depth, line.text) for line in outline(taken_apart(sql), mark="`")] == [
        (0, "the first of these that applies"),
        (1, "if `a` is yes"),
        (2, "then not all of these"),
        (3, "`b` is `'x'`"),
        (3, "`c` is yes"),
        (1, "otherwise not known"),
    ]


def test_an_outline_for_one_row_leaves_out_what_cannot_matter() -> None:
    part = taken_apart("CASE WHEN a THEN b WHEN c THEN d ELSE e END")
    truths = {each.text: each.text == "c" for each in part.walk()}
    assert [line.text for line in outline(part, truths)][1:] == [
        "if a is yes",
        "if c is yes",
        "then d is yes",
    ]
