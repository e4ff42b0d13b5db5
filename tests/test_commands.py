"""Every command that a shipped rule can print: readable, quoted, and harmless when pasted."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any

import pytest

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.engine.fix_cards import FixCards
from casaudit.findings import Assessment, Remediation
from casaudit.powershell import Identity
from casaudit.rulebook.rule import Rule
from tests.support.powershell import QUOTES, commands, errors, literals, taken_apart
from tests.support.shipped_rules import book, findings, judge, runs, sample

RULES = book().rules
CARDS = FixCards(book())
SAMPLES = ("healthy", "article-a", "article-b")
GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
CHANGES = re.compile(r"(Set|Enable|Disable|Remove|Move|Add|Mount|Dismount|Update)-(?!Content$)")
"""Commands that change what clients meet. A request or an import of a certificate does not yet."""
HOSTILE = [
    "x'; Remove-Mailbox -Identity *; '",
    '$(Remove-Mailbox *) `n " #',
    "@'\u2019; calc; \u2018",
    "a\u2018\u2019\u201a\u201b'b",
    "{{ name }}{% if %} | %{ $_ } & calc",
    "-WhatIf:$false",
    "Größe 営業",
]


@cache
def assessment(name: str, profile: str = "health") -> Assessment:
    snapshot = patched(sample(name), {})
    return assess(snapshot, judge(profile), Question(profile=profile), sha256="sample")


@cache
def failing(rule_id: str) -> tuple[dict[str, Any], ...]:
    """What the templates of a rule see in the failures of its examples.

    Of failures that differ in nothing but texts, which the tests replace, the first stands for all.
    """
    found: dict[str, dict[str, Any]] = {}
    for run in chain.from_iterable(runs(rule_id)):
        for _, row in run.failed:
            context = run.context(row)
            found.setdefault(repr(_with(context, "", "")), context)
    return tuple(found.values())


def _texts(card: Remediation | None) -> list[str]:
    parts = (card.before, card.fix, card.verify, card.rollback) if card else ()
    return [part for part in parts if part]


def _cards(rule: Rule) -> Iterator[str]:
    for found in findings(rule.id):
        for finding in found:
            yield from _texts(finding.remediation)


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_grammar_reads_every_command_of_the_examples(rule: Rule) -> None:
    for source in set(_cards(rule)):
        assert errors(source) == [], source


@pytest.mark.parametrize("name", SAMPLES)
def test_the_grammar_reads_every_command_of_the_samples(name: str) -> None:
    found = assessment(name)
    cards = [finding.remediation for finding in found.failures]
    cards += [cause.remediation for cause in found.causes]
    for source in {text for card in cards for text in _texts(card)}:
        assert errors(source) == [], source


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_change_carries_whatif(rule: Rule) -> None:
    for source in set(_cards(rule)):
        for name, parameters in commands(source):
            assert not CHANGES.match(name) or "-WhatIf" in parameters, source


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_change_runs_over_objects_that_were_not_listed(rule: Rule) -> None:
    unfiltered = re.compile(r"^\s*Get-\w+\s*\|[^#\n]*\b(Set|Remove)-", re.MULTILINE)
    for source in set(_cards(rule)):
        assert not unfiltered.search(source), source


def _replaced(value: Any, hostile: str, key: str) -> Any:
    """The value with every text in it replaced, its form kept."""
    if isinstance(value, Identity):
        return Identity(hostile, key)
    if isinstance(value, list):
        return [_replaced(each, hostile, key) for each in value]
    return hostile if isinstance(value, str) else value


def _with(context: dict[str, Any], text: str, key: str) -> dict[str, Any]:
    kept = {"site_array_obstacle", "endpoint_obstacle", "endpoint_kind", "validity"}
    return {n: v if n in kept else _replaced(v, text, key) for n, v in context.items()}


@pytest.mark.slow
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_hostile_value_is_a_string_and_changes_nothing_around_it(
    rule: Rule, hostile: str
) -> None:
    for context in failing(rule.id):
        plain, odd = _with(context, "plain", GUID), _with(context, hostile, GUID)
        plain_card, card = (CARDS.card(rule, each, [each]) for each in (plain, odd))
        for before, after in zip(_texts(plain_card), _texts(card), strict=True):
            ours, theirs = taken_apart(before), taken_apart(after)
            assert theirs.skeleton == ours.skeleton
            said = {text for text in theirs.strings if text not in ours.strings}
            assert said <= {hostile, GUID}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_grammar_sees_the_same_strings_as_the_tokenizer_rule(rule: Rule) -> None:
    hostile = HOSTILE[0]
    for context in failing(rule.id):
        odd = _with(context, hostile, GUID)
        for source in _texts(CARDS.card(rule, odd, [odd])):
            written = [text[1:-1].replace("''", "'") for text in literals(source)]
            assert errors(source) == []
            assert written == list(taken_apart(source).strings)


@pytest.mark.parametrize("bad", ["a\rb", "a\nb", "a\x1b[31mb", "a\u202eb", "a\u2028b", "a\ud800b"])
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_control_character_never_reaches_a_command(rule: Rule, bad: str) -> None:
    for context in failing(rule.id):
        plain, odd = _with(context, "plain", "no guid"), _with(context, bad, "no guid")
        card = CARDS.card(rule, odd, [odd])
        assert all(bad not in text for text in _texts(card))
        strings = {s for text in _texts(CARDS.card(rule, plain, [plain])) for s in _strings(text)}
        assert (card.by_hand is not None) == ("plain" in strings)


def _strings(source: str) -> tuple[str, ...]:
    return taken_apart(source).strings


def test_the_curly_quotes_of_the_test_are_the_ones_of_the_tokenizer() -> None:
    assert [f"{ord(each):04X}" for each in QUOTES] == ["0027", "2018", "2019", "201A", "201B"]


@pytest.mark.parametrize("name", SAMPLES)
def test_what_is_listed_in_a_block_are_the_failures_of_its_cause(name: str) -> None:
    for cause in assessment(name).causes:
        if cause.rule.id.startswith("CAS-DB-00"):
            named = {finding.subject.name for finding in cause.findings}
            listed = re.search(r"\$databases = (.+)", cause.remediation.fix or "")
            assert listed is None or set(taken_apart(listed[1]).strings) == named


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({"dns": {"external": {"outlook-ho.corp.example": ["203.0.113.10"]}}}, "# Remove this"),
        (
            {"change": {"arrays": {"outlook-ho": {"fqdn": "mail.corp.example"}}}},
            "# Keep the public record for now: HTTPS clients",
        ),
        (
            {
                "dns": {"external": {"outlook-ho.corp.example": ["203.0.113.10"]}},
                "sections": {"virtual_directories": "partial"},
            },
            "# Keep the public record for now: not all URLs",
        ),
    ],
    ids=["used by the array only", "used by HTTPS too", "not known whether HTTPS uses it"],
)
def test_a_public_record_goes_only_when_no_https_client_needs_it(
    given: dict[str, Any], wanted: str
) -> None:
    found = assess(patched(sample(), given), judge(), Question(), sha256="x")
    fixes = [
        f.remediation.fix for f in found.failures if f.rule.id == "CAS-DNS-002" and f.remediation
    ]
    assert [fix.startswith(wanted) for fix in fixes if fix] == [True]


def test_a_self_signed_certificate_contains_the_lack_of_the_arrays_name() -> None:
    own: dict[str, Any] = {"like": "mail.corp.example", "common_name": "EX1", "dns_names": ["EX1"]}
    own |= {"self_signed": True, "sha1": "0A0A0A0A", "sha256": "0a0a"}
    given = {"add": {"certificates": {"own": own}}, "tls": {"ex1.corp.example": ["EX1"]}}
    causes = assess(patched(sample(), given), judge(), Question(), sha256="x").causes
    by_rule = {cause.rule.id: cause for cause in causes}
    assert by_rule["CAS-CERT-014"].parent == by_rule["CAS-CERT-003"].id


def test_an_array_name_used_for_https_contains_its_public_record() -> None:
    given = {"change": {"arrays": {"outlook-ho": {"fqdn": "mail.corp.example"}}}}
    causes = assess(patched(sample(), given), judge(), Question(), sha256="x").causes
    by_rule = {cause.rule.id: cause for cause in causes}
    assert by_rule["CAS-DNS-002"].parent == by_rule["CAS-ARRAY-009"].id
