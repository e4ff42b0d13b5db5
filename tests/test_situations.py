"""Situations in which a naive check is wrong: judged by all rules, with nothing too much."""

from collections import Counter

import pytest

from casaudit.findings import Verdict
from tests.support.shipped_rules import book
from tests.support.worlds import (
    APART,
    GROUPS,
    NO_DESIGN,
    Failures,
    Situation,
    healthy,
    judged,
    judged_world,
    situations,
)

DESIGNS = [situation for situation in situations() if situation.design]


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
        # A world that has an export does not lack it.
        exported = {("CAS-META-001", name) for name in situation.given.get("records", ())}
        # What a world mends on purpose it says; a database that is made for it lets mailboxes that
        # moved reach the public folders.
        mended = {(rule, name) for rule, said in situation.says.items() for name in said}
        readied = {("CAS-MIGRATE-008", "EX1")} if "CAS-DB-001" in situation.says else set()
        assert known - failures - exported - mended - readied == set(), situation.name


def test_each_rule_has_a_hearing_for_the_designs_that_look_like_its_fault() -> None:
    rules = {rule.id for rule in book().rules if rule.id.split("-")[1] in GROUPS}
    heard = {rule for design in DESIGNS for rule in design.design}
    assert heard <= rules
    assert heard.isdisjoint(NO_DESIGN)
    assert rules == heard | NO_DESIGN.keys()


@pytest.mark.parametrize("design", DESIGNS, ids=_named)
def test_a_legitimate_design_is_told_from_the_fault_as_its_table_says(design: Situation) -> None:
    for rule, how in design.design.items():
        found = judged(design).of(rule, design.meant(rule))
        verdicts, severities = {f.verdict for f in found}, {f.severity.value for f in found}
        assert how in APART
        if how == "exclusion":
            assert Verdict.NOT_APPLICABLE in verdicts
            assert all(f.reason for f in found if f.verdict is Verdict.NOT_APPLICABLE)
        if how == "logic":
            assert verdicts == {Verdict.PASS}
        if how == "caution":
            assert severities <= {"low", "info"}
            assert all(f.severity_reason or f.severity is f.base_severity for f in found)
        if how == "waiver":
            assert verdicts == {Verdict.FAIL}
    groups = {rule for rule in design.found if rule.split("-")[1] in GROUPS}
    owned = {rule for rule, how in design.design.items() if how == "waiver"}
    loud = {r for r in groups if not {"low", "info"} >= set(design.found[r].values())}
    # A mixture is part of the failure that its owner answers for.
    assert not owned or loud == owned | {"CAS-DB-006"}


@pytest.mark.parametrize(
    "design", [each for each in DESIGNS if "setting" in each.design.values()], ids=_named
)
def test_without_its_setting_the_design_is_the_fault(design: Situation) -> None:
    silent = judged_world({k: each for k, each in design.given.items() if k != "settings"})
    for rule, how in design.design.items():
        if how == "setting":
            stated = judged(design).of(rule, design.meant(rule))
            for one, other in zip(silent.of(rule, design.meant(rule)), stated, strict=True):
                assert one.verdict is Verdict.FAIL
                is_mild = other.verdict is not Verdict.FAIL
                assert is_mild or other.severity.rank > one.severity.rank
