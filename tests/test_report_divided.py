"""A card's commands are divided by their objects wherever that gives what the engine writes."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from casaudit.findings import COMMAND_PARTS, CardBlock, Cause, Remediation
from casaudit.report.html.divided import divided, divided_commands
from casaudit.rulebook.rule import Rule
from tests.support.assessments import sample
from tests.support.planning import failing_examples, judged
from tests.support.shipped_rules import book


def cause() -> Cause:
    return next(each for each in sample("article-a").causes if each.rule.id == "CAS-DB-001")


@pytest.mark.slow
@pytest.mark.parametrize("rule", book().rules, ids=lambda rule: rule.id)
def test_every_card_of_the_book_can_be_divided(rule: Rule) -> None:
    for name, snapshot, asked in failing_examples(rule):
        for each in judged(snapshot, asked).causes:
            assert bool(each.blocks) == (len(each.open) > 1), name
            assert not each.blocks or divided(each) is not None, (name, each.rule.id)


def test_the_blocks_hold_the_text_of_the_card_and_each_object_once() -> None:
    found = divided(cause()) or {}
    for part in COMMAND_PARTS:
        text = getattr(cause().remediation, part) or ""
        assert "\n\n".join(each.text(each.targets) for each in found[part]) == text
    (block,) = found["fix"]
    assert block.rows == (0, 1, 2)
    assert block.targets == ("'MB-HO-01'", "'MB-HO-02'", "'MB-HO-03'")
    assert divided_commands([block]).startswith(
        '<span data-of="0 1 2">$databases = <span><span>&#39;MB-HO-01&#39;</span>,<span>'
    )


def with_text(changed: Cause, text: str) -> Cause:
    """The same where the card of all objects, and what it is put together from, says more."""
    more = replace(changed.remediation, verify=f"{changed.remediation.verify}\n{text}")
    blocks = (replace(changed.blocks[0], remediation=more),)
    return replace(changed, remediation=more, blocks=blocks)


WHOLE: dict[str, Callable[[Cause], Cause]] = {
    "nothing is known of its parts": lambda it: replace(it, blocks=()),
    "an object is missing from the parts": lambda it: replace(
        it, blocks=(replace(it.blocks[0], places=(0, 1)),)
    ),
    "an object is in two parts": lambda it: replace(
        it, blocks=(*it.blocks, CardBlock((0,), ("'MB-HO-01'",), it.remediation))
    ),
    "the parts give another card": lambda it: replace(it, remediation=Remediation(fix="other")),
    "the list stands there as a value too": lambda it: with_text(
        it, "Test-Names 'MB-HO-01','MB-HO-02','MB-HO-03'"
    ),
    "a line is for several objects only": lambda it: with_text(it, "Write-Host 'several'"),
    "an object is named outside of the list": lambda it: with_text(it, "Test-Name 'MB-HO-01'"),
    "the list is written in another way": lambda it: replace(
        it, blocks=(replace(it.blocks[0], targets=("'1'", "'2'", "'3'")),)
    ),
}


@pytest.mark.parametrize("why", WHOLE)
def test_a_card_stays_whole_where(why: str) -> None:
    assert divided(cause()) is not None
    assert divided(WHOLE[why](cause())) is None
