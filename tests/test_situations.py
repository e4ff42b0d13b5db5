"""Situations in which a naive check is wrong: judged by all rules, with nothing too much."""

from collections import Counter

import pytest

from tests.support.shipped_rules import book
from tests.support.worlds import Failures, Situation, healthy, judged, situations


def _named(situation: Situation) -> str:
    return situation.name


def test_every_rule_judges_each_world_once() -> None:
    rules = Counter(
        rule for rule, _ in {(f.rule.id, f.subject.id) for f in healthy().findings}
    ).keys()
    assert {rule.id for rule in book().rules} - rules == {"CAS-MIGRATE-005"}
    pairs = Counter((f.rule.id, f.subject.id) for f in healthy().findings)
    assert [pair for pair, times in pairs.items() if times > 1] == []


@pytest.mark.parametrize("situation", situations(), ids=_named)
def test_this_and_nothing_else_is_found(situation: Situation) -> None:
    found: Failures = {}
    for each in judged(situation).failed():
        found.setdefault(each.rule.id, {})[each.subject.name] = each.severity.value
    assert found == situation.found


@pytest.mark.parametrize("situation", situations(), ids=_named)
def test_the_reason_is_given(situation: Situation) -> None:
    for rule, objects in situation.says.items():
        for name, text in objects.items():
            assert judged(situation).said(rule, name) == [text], (rule, name)


def test_no_world_hides_what_the_healthy_organisation_fails() -> None:
    known = {(each.rule.id, each.subject.name) for each in healthy().failures()}
    for situation in situations():
        failures = {(f.rule.id, f.subject.name) for f in judged(situation).failures()}
        assert known - failures == set(), situation.name
