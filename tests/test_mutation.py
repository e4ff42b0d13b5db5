"""Mistakes in the rule book are noticed by its examples: what mistakes are made, and a sample."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from casaudit.engine.examples import example_findings, mismatches
from casaudit.rulebook.rule import Expected, Rule
from casaudit.rulebook.views import View, parse_views
from tests.mutation import equivalent, sampled, score, tried
from tests.support.laboratory import Laboratory
from tests.support.lineage import deciding
from tests.support.mutants import Mutant, of_rule, of_view
from tests.support.shipped_rules import book, sample

FLOOR = 0.90
SAMPLE = 240
SEED = 1

VIEW = """
-- v_pairs: pairs.
CREATE VIEW v_pairs AS SELECT
  a.id AS id -- text: id
FROM w_left a JOIN w_right b ON b.left_id = a.id WHERE a.kind = 'x' AND (b.rank < 2 OR b.rank > 8);
"""
TABLES = {
    "w_left": {"id": "text", "other_id": "text", "kind": "text"},
    "w_right": {"left_id": "text", "right_id": "text", "rank": "int"},
}


@pytest.fixture(scope="module")
def laboratory() -> Iterator[Laboratory]:
    with closing(Laboratory()) as opened:
        yield opened


def _rule(**parts: object) -> Rule:
    plain = {"not_applicable": (), "unknown": (), "adjust": (), "each": "v_sites"}
    return book().rules[0].model_copy(update={**plain, **parts})


def _musts(sql: str) -> set[str]:
    types = {"a": "bool", "b": "bool", "n": "int"}
    return {
        mutant.changed.must
        for mutant in of_rule(_rule(must=sql), types)
        if isinstance(mutant.changed, Rule)
    }


def test_a_condition_gets_every_small_mistake() -> None:
    assert _musts("NOT a AND n > 1 OR b IS NULL") == {
        " a AND n > 1 OR b IS NULL",
        "NOT a OR n > 1 OR b IS NULL",
        "NOT a AND n > 1 AND b IS NULL",
        "NOT a AND n >= 1 OR b IS NULL",
        "NOT a AND n <= 1 OR b IS NULL",
        "NOT a AND n > 2 OR b IS NULL",
        "NOT a AND n > 0 OR b IS NULL",
        "NOT a AND n > 1 OR b IS NOT NULL",
        "NOT b AND n > 1 OR b IS NULL",
        "NOT a AND n > 1 OR a IS NULL",
    }


def test_the_and_of_a_between_and_the_inside_of_a_text_stay() -> None:
    assert _musts("n BETWEEN 1 AND 3") == {
        "n BETWEEN 2 AND 3",
        "n BETWEEN 0 AND 3",
        "n BETWEEN 1 AND 4",
        "n BETWEEN 1 AND 2",
    }
    assert _musts("a = 'b AND 1 < 2'") == {"a <> 'b AND 1 < 2'"}


def test_each_exclusion_adjustment_and_explanation_is_dropped_in_turn() -> None:
    rule = next(rule for rule in book().rules if rule.id == "CAS-DB-001")
    names = {mutant.name for mutant in of_rule(rule, {}) if mutant.name.endswith("dropped")}
    assert {f"CAS-DB-001 not_applicable {n} dropped" for n in range(1, 6)} < names
    assert {"CAS-DB-001 adjust 1 dropped", "CAS-DB-001 unknown 1 dropped"} < names


def test_a_view_gets_other_joins_comparisons_and_wheres() -> None:
    (view,) = parse_views(VIEW, "x")
    real = view.select.split("FROM ")[1]
    changes = {
        ("left_id =", "left_id <>"),
        ("kind =", "kind <>"),
        ("< 2", ">= 2"),
        ("> 8", "<= 8"),
        ("a.kind = 'x'", "1"),
        ("(b.rank < 2 OR b.rank > 8)", "1"),
        ("b.left_id", "b.right_id"),
        ("a.id", "a.other_id"),
    }
    found = [m.changed.select for m in of_view(view, TABLES) if isinstance(m.changed, View)]
    assert {select.split("FROM ")[1] for select in found} == {real.replace(*c) for c in changes}
    assert len(found) == len(changes)


def test_no_two_mutants_have_one_name() -> None:
    rules = [mutant.name for rule in book().rules for mutant in of_rule(rule, {})]
    views = [mutant.name for view in book().views for mutant in of_view(view, {})]
    assert len(rules + views) == len({*rules, *views})


def test_a_column_decides_where_some_verdict_rests_on_it_however_far_away() -> None:
    assert ("v_arrays", "member_count") in deciding()
    assert ("w_servers", "roles") in deciding()
    assert ("v_certificates", "request_names") not in deciding()


@pytest.mark.parametrize(
    ("expect", "holds"),
    [
        pytest.param({"evidence": {"DB-HO-01": {"home_site": "HeadOffice"}}}, True, id="a value"),
        pytest.param({"evidence": {"DB-HO-01": {"home_site": None}}}, False, id="another value"),
        pytest.param({"evidence": {"DB-HO-01": {"hom_site": None}}}, False, id="no such column"),
        pytest.param({"commands": {"DB-HO-01": ["-WhatIf"]}}, True, id="a command"),
        pytest.param(
            {"commands": {"DB-HO-01": ["-WhatIf", "Remove-"]}}, False, id="another command"
        ),
    ],
)
def test_an_example_holds_findings_to_its_evidence_and_commands(
    expect: dict[str, object], holds: bool
) -> None:
    rule = next(rule for rule in book().rules if rule.id == "CAS-DB-001")
    found = example_findings(book(), sample(), rule, rule.examples[0])
    wanted = Expected.model_validate({"fail": ["DB-HO-01", "DB-HO-02"], **expect})
    assert (list(mismatches(found, wanted)) == []) is holds


def test_a_mistake_is_noticed_and_no_mistake_is_not(laboratory: Laboratory) -> None:
    mutants = laboratory.mutants("CAS-META-002")
    turned = next(each for each in mutants if "item_count [> -> <=] 0" in each.name)
    assert laboratory.is_noticed(turned)
    unchanged = next(rule for rule in book().rules if rule.id == "CAS-META-002")
    assert not laboratory.is_noticed(replace(turned, changed=unchanged))


def test_a_mutants_name_does_not_depend_on_where_lines_are_broken() -> None:
    (view,) = parse_views(VIEW, "x")
    wrapped = replace(view, select=view.select.replace(" ", "\n    ").replace("(b", "( b"))
    names = [[mutant.name for mutant in of_view(each, TABLES)] for each in (view, wrapped)]
    assert names[0] == names[1]


@pytest.mark.slow
def test_without_a_mistake_every_example_holds(laboratory: Laboratory) -> None:
    unchanged = [Mutant(rule.id, rule.id, rule) for rule in book().rules]
    assert [each.name for each in unchanged if laboratory.is_noticed(each)] == []


@pytest.mark.slow
def test_the_examples_notice_nine_in_ten_mistakes(laboratory: Laboratory) -> None:
    outcomes = list(tried(laboratory, sampled(laboratory.mutants(), SAMPLE, SEED)))
    survived = [mutant.name for mutant, fate in outcomes if fate == "survived"]
    assert score(Counter(fate for _, fate in outcomes)) >= FLOOR, survived


@pytest.mark.slow
def test_no_excuse_is_stale(laboratory: Laboratory) -> None:
    excused = equivalent()
    groups = sorted({name.split()[0] for name in excused})
    mutants = {m.name: m for group in groups for m in laboratory.mutants(group)}
    assert excused.keys() <= mutants.keys()
    outcomes = tried(laboratory, [mutants[name] for name in excused])
    assert [mutant.name for mutant, fate in outcomes if fate != "equivalent"] == []
