"""Every fix card, carried out: its trial changes nothing, its fix heals, its way back restores.

The blocks run in Python over a world of the example's organisation, which then is judged again.
"""

import copy
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

import pytest

from casaudit.assess import Extras, assess, judge_of
from casaudit.engine.evaluate import Judge, Question
from casaudit.engine.example_world import patched
from casaudit.engine.fix_cards import FixCards
from casaudit.findings import Finding, Remediation, Severity, Verdict
from casaudit.rulebook.rule import Rule
from casaudit.snapshot import Snapshot
from tests.shell.cmdlets import Exchange
from tests.shell.language import Session
from tests.shell.world import carried_over, differences, plain, read, world_of
from tests.support.planning import failing_examples
from tests.support.shipped_rules import book, sample

RULES = book().rules
PATHS = {
    "Owa": "/owa",
    "Ecp": "/ecp",
    "WebServices": "/EWS/Exchange.asmx",
    "ActiveSync": "/Microsoft-Server-ActiveSync",
    "Oab": "/OAB",
}
GIVEN = {
    "mail": "mail.corp.example",
    "new": "mail.corp.example",
    "old": "webmail.corp.example",
    "uri": "https://autodiscover.corp.example/Autodiscover/Autodiscover.xml",
    "autodiscover": "https://autodiscover.corp.example/Autodiscover/Autodiscover.xml",
    "ews": "https://mail.corp.example/EWS/Exchange.asmx",
    "fqdn": "outlook-new.corp.example",
    "array": "outlook-new",
    "label": "outlook-new",
    "zone": "corp.example",
    "vip": "10.1.0.50",
    "book": "Default Offline Address Book",
    "settings": "mail.corp.example",
    "server": "EX1",
}
"""What a person fills in, by the variable."""
FILL_IN = re.compile(r"\$(\w+)(\.\w+)? = 'FILL-IN'")


@dataclass
class Course:
    """What a card did to the organisation of an example.

    Attributes:
        tried: what its trial changed.
        refused: what the shell refused, by block.
        made: what its fix changed, and ``left`` what is not as before after the way back.
        stays: what the rule says after the fix where it fails still.
    """

    example: str
    subject: str
    tried: object = None
    refused: dict[str, list[str]] = field(default_factory=dict)
    made: object = None
    left: object = None
    stays: str | None = None


def filled(block: str) -> str:
    """Fill in a block, and take its trial away."""
    path = next((p for name, p in PATHS.items() if f"Set-{name}VirtualDirectory" in block), "")

    def value(found: re.Match[str]) -> str:
        url = f"https://mail.corp.example{path}"
        text = url if found[1] == "urls" else GIVEN.get(found[1], "something")
        if found[1] == "array" and "Set-ClientAccessArray -Identity $array" in block:
            text = "outlook-br"
        return f"${found[1]}{found[2] or ''} = '{text}'"

    return re.sub(r" -WhatIf\b", "", FILL_IN.sub(value, block))


@lru_cache(maxsize=4)
def _judge(profile: str, rule_id: str) -> Judge:
    rules = tuple(rule for rule in RULES if rule.id == rule_id)
    return judge_of(replace(book(), rules=rules), profile, Extras(inventory=False))


def cards(rule: Rule) -> Iterator[tuple[str, Snapshot, Question, Finding, Remediation]]:
    """The cards of a rule's examples, each in the first organisation in which it stands."""
    seen: set[Remediation] = set()
    for name, snapshot, asked in failing_examples(rule):
        for each in assess(snapshot, _judge(asked.profile, rule.id), asked).failures:
            if each.remediation is not None and each.remediation not in seen:
                seen.add(each.remediation)
                yield name, snapshot, asked, each, each.remediation


@cache
def courses(rule_id: str) -> tuple[Course, ...]:
    """Carry out the cards of a rule's examples."""
    (rule,) = [each for each in RULES if each.id == rule_id]
    return tuple(_carried_out(rule, *each) for each in cards(rule))


def _carried_out(
    rule: Rule, name: str, snapshot: Snapshot, asked: Question, found: Finding, card: Remediation
) -> Course:
    before, course = world_of(snapshot), Course(name, found.subject.name)
    world = copy.deepcopy(before)
    session = Session(Exchange(world))
    for part in ("before", "fix", "verify", "rollback"):
        _run(session, getattr(card, part) or "", part if part != "rollback" else "", course)
    course.tried = differences(before, world)
    world = copy.deepcopy(before)
    session = Session(Exchange(world))
    for part in ("before", "fix", "verify"):
        _run(session, filled(getattr(card, part) or ""), f"{part}, carried out", course)
    course.made = differences(before, world)
    if course.made:
        course.stays = _says(rule, carried_over(snapshot, before, world), asked, found)
        _run(session, filled(card.rollback or ""), "rollback, carried out", course)
        course.left = differences(before, world)
    return course


def _run(session: Session, block: str, part: str, course: Course) -> None:
    session.errors.clear()
    session.run(block)
    # Without a fix before it a rollback finds nothing to undo, and may say so.
    if session.errors and part:
        course.refused[part] = list(session.errors)


def _says(rule: Rule, snapshot: Snapshot, asked: Question, found: Finding) -> str | None:
    for each in assess(snapshot, _judge(asked.profile, rule.id), asked).findings:
        is_same = each.fingerprint == found.fingerprint and each.severity is not Severity.INFO
        if is_same and each.verdict is Verdict.FAIL:
            return each.message or ""
    return None


KEPT = {("CAS-DB-005", "the attribute is absent")}
"""Examples whose value cannot be taken away again: a database always has an endpoint."""
BESIDE = "a newer server stands beside Exchange 2010 and nobody counted the mailboxes"
BEGUN = {
    ("CAS-MIGRATE-005", "an Exchange 2013 server with its own name in a URL"),
    ("CAS-MIGRATE-006", BESIDE),
    ("CAS-URL-006", "enabled on one of two servers"),
    ("CAS-URL-006", "enabled on two of three servers, and not alike"),
}
"""Examples whose card goes on with what this shell only records: moves, setup, new directories."""


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_card_as_it_is_pasted_changes_nothing_and_is_refused_nothing(rule: Rule) -> None:
    for each in courses(rule.id):
        assert each.tried == {}, each
        assert {k: v for k, v in each.refused.items() if "carried" not in k} == {}, each


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_fix_that_changes_something_heals_what_its_rule_says(rule: Rule) -> None:
    for each in courses(rule.id):
        assert each.refused.get("fix, carried out", []) == [], each
        assert (each.stays is not None) == ((rule.id, each.example) in BEGUN), each


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_way_back_of_a_card_restores_what_its_fix_changed(rule: Rule) -> None:
    for each in courses(rule.id):
        assert bool(each.left) == ((rule.id, each.example) in KEPT), each
        # An array that its fix left alone is there already, and the shell says so.
        refused = each.refused.get("rollback, carried out", [])
        assert [text for text in refused if not text.endswith(" already")] == [], each


@pytest.mark.slow
def test_every_rule_whose_plan_sets_something_has_a_card_that_changes_it() -> None:
    planned = {rule.id for rule in RULES if FixCards(book()).block(rule.remediation).plan}
    still = {rule for rule in planned if not any(each.made for each in courses(rule))}
    # No address of its examples has an internal name: only its certificates do.
    assert still == {"CAS-CERT-010"}


def test_a_world_comes_back_from_json_as_it_was() -> None:
    world = world_of(patched(sample(), {}))
    assert read(json.loads(json.dumps(plain(world)))) == world


@pytest.mark.parametrize(
    ("block", "refused"),
    [
        ("Get-MailboxDatabase | ForEach-Object { Set-MailboxDatabase -Identity $_.Name -WhatIf }",
         "Set-MailboxDatabase: pipelines cannot be executed concurrently"),
        ("Get-ClientAccessArray -Identity 'Array (Berlin)'",
         "Get-ClientAccessArray takes no name with blanks or signs: Array (Berlin)"),
        ("Get-MailboxDatabase -Identity 'nobody'",
         "Get-MailboxDatabase: the object 'nobody' could not be found"),
        ("Get-MailboxDatabase -WhatIf", "Get-MailboxDatabase has no -WhatIf"),
        ("Set-MailboxDatabase -Identity 'DB-HO-01' -Colour 'red'",
         "Set-MailboxDatabase has no parameter Colour"),
        ("Remove-ClientAccessArray -Identity 'outlook-ho'",
         "database DB-HO-01 points at the array outlook-ho"),
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_what_the_shell_of_2010_refuses_is_refused(block: str, refused: str) -> None:
    world = world_of(patched(sample(), {}))
    session = Session(Exchange(copy.deepcopy(world)))
    session.run(block)
    assert session.errors[0] == refused
    assert differences(world, session.exchange.world) == {}
