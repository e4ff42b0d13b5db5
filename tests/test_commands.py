"""Every command that a shipped rule can print: readable, quoted, and harmless when pasted."""

import re
from collections.abc import Sequence
from functools import cache
from itertools import chain
from typing import Any

import pytest

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.engine.fix_cards import FixCards
from casaudit.findings import COMMAND_PARTS, Assessment, Remediation
from casaudit.powershell import Identity
from casaudit.rulebook.rule import Rule
from tests.support.exchange_commands import COMMANDS, command_name
from tests.support.powershell import (
    QUOTES,
    commands,
    errors,
    literals,
    pipelines,
    taken_apart,
)
from tests.support.shipped_rules import book, findings, judge, runs, sample

RULES = book().rules
CARDS = FixCards(book())
SAMPLES = ("healthy", "article-a", "article-b")
GUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
FILL_IN = re.compile(r"\$(\w+)(?:\.\w+)? = 'FILL-IN'")
DELETION = re.compile(r"/RecordDelete|setspn -D|-delstore|Remove-NlbClusterNode")
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


def _parts(card: Remediation | None) -> dict[str, str]:
    parts = {name: getattr(card, name) for name in COMMAND_PARTS} if card else {}
    return {name: text for name, text in parts.items() if text}


def _texts(card: Remediation | None) -> list[str]:
    return list(_parts(card).values())


@cache
def _blocks(rule_id: str) -> tuple[tuple[str, str], ...]:
    """Every block of commands of a rule's examples, with the part of the card that it is."""
    cards = [finding.remediation for found in findings(rule_id) for finding in found]
    return tuple(sorted({block for card in cards for block in _parts(card).items()}))


def _cards(rule: Rule) -> list[str]:
    return [text for _, text in _blocks(rule.id)]


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


MAY = {
    "before": {"looks"},
    "fix": {"looks", "rehearses"},
    "at_once": {"looks", "at_once"},
    "verify": {"looks"},
    "rollback": {"looks", "rehearses", "at_once"},
}
"""What the commands in a part of a card may do."""


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_command_is_known_and_stands_where_it_may(rule: Rule) -> None:
    for part, source in _blocks(rule.id):
        for name, parameters in commands(source):
            if name.startswith("("):  # (Get-Command ExSetup.exe).FileVersionInfo
                continue
            known = COMMANDS[command_name(name, parameters, source)]
            assert known.does in MAY[part], (name, part, source)
            assert known.does != "rehearses" or "-WhatIf" in parameters, source


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_deletion_that_no_trial_precedes_is_a_comment(rule: Rule) -> None:
    for _, source in _blocks(rule.id):
        for line in source.split("\n"):
            assert line.startswith("#") or not DELETION.search(line), source


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_pasted_block_asks_nothing_and_refuses_until_it_is_filled_in(rule: Rule) -> None:
    for _, source in _blocks(rule.id):
        assert "Read-Host" not in source
        asked = {f"${name}" for name in FILL_IN.findall(source)}
        for line in source.split("\n"):
            changes = [n for n, p in commands(line) if _does(n, p, line) != "looks"]
            words = set(
                re.findall(
                    r"[$@]\w+", line.replace("@urls", "$urls").replace("@settings", "$settings")
                )
            )
            if changes and words & asked:
                assert re.search(r"if \(.*(\$ready|-ne 'FILL-IN')", line), line


def _does(name: str, parameters: Sequence[str], source: str) -> str:
    return (
        "looks" if name.startswith("(") else COMMANDS[command_name(name, parameters, source)].does
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_each_line_is_a_whole_statement(rule: Rule) -> None:
    # A line that is not whole waits for an empty one when it is pasted, and swallows the next.
    for line in {line for source in _cards(rule) for line in source.split("\n")}:
        assert errors(line) == [], line


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_cmdlet_of_exchange_runs_in_the_pipeline_of_another(rule: Rule) -> None:
    # "Pipelines cannot be executed concurrently": the shell of Exchange 2010 is a remote one.
    for _, source in _blocks(rule.id):
        for stages in pipelines(source):
            busy = [
                s for s in stages if any(COMMANDS[c].of == "exchange" for c in s if c in COMMANDS)
            ]
            assert len(busy) < 2, source


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_array_is_named_so_that_its_cmdlets_accept_it(rule: Rule) -> None:
    for context in failing(rule.id):
        odd = _with(context, "Array (Berlin) & +", GUID)
        for text in _texts(CARDS.card(rule, odd, [odd])):
            for line in text.split("\n"):
                if "-ClientAccessArray -Identity '" in line:
                    assert f"-Identity '{GUID}'" in line or "Remove-ClientAccessArray" in line, line


def test_what_the_table_knows_is_what_the_cards_use() -> None:
    texts = "\n".join(text for rule in RULES for text in _cards(rule))
    unused = [name for name in COMMANDS if name.split(" ")[0] not in texts]
    assert unused == []


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


BAD = ("a\rb", "a\nb", "a\x1b[31mb", "a\u202eb", "a\u2028b", "a\ud800b")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_control_character_never_reaches_a_command(rule: Rule) -> None:
    for context in failing(rule.id):
        plain = _with(context, "plain", "no guid")
        strings = {s for text in _texts(CARDS.card(rule, plain, [plain])) for s in _strings(text)}
        for bad in BAD:
            odd = _with(context, bad, "no guid")
            card = CARDS.card(rule, odd, [odd])
            assert all(bad not in text for text in _texts(card)), ascii(bad)
            assert (card.by_hand is not None) == ("plain" in strings), ascii(bad)


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
