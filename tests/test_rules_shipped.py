"""Every shipped rule proves itself: its examples, and what must hold for all rules together."""

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from casaudit.assess import VERDICTS, assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_exports import Document
from casaudit.engine.example_world import patched
from casaudit.engine.examples import mismatches
from casaudit.findings import FRAMEWORKS, Finding, Verdict
from casaudit.rulebook.rule import Condition, Example, Rule
from casaudit.snapshot import SectionName, loads
from tests.support.shipped_rules import book, findings, judge, judge_of_all, sample

RULES = book().rules
EXAMPLES = [(rule, example) for rule in RULES for example in rule.examples]
CANNOT_SAY = {
    "CAS-META-001": Verdict.NOT_EVALUATED,  # about the snapshot itself: nothing can hide it
}

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_RECORDS = {
    SectionName.DNS_INTERNAL: "dns_answers",
    SectionName.DNS_EXTERNAL: "dns_answers",
    SectionName.TLS: "tls_endpoints",
    SectionName.HTTP: "http_banners",
    SectionName.MAILBOXES: "mailbox_counts",
}


def _named(pair: tuple[Rule, Example]) -> str:
    rule, example = pair
    return f"{rule.id}: {example.name}".replace("[", "(").replace("]", ")")


@pytest.mark.parametrize("pair", EXAMPLES, ids=_named)
def test_example_holds(pair: tuple[Rule, Example]) -> None:
    rule, example = pair
    found = findings(rule.id)[rule.examples.index(example)]
    assert list(mismatches(found, example.expect)) == []


def _said(rule_id: str) -> tuple[Finding, ...]:
    """Everything that a rule says in its examples."""
    return tuple(finding for found in findings(rule_id) for finding in found)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples_show_fail_pass_and_not_evaluated(rule: Rule) -> None:
    shown = {finding.verdict for finding in _said(rule.id)}
    wanted = {Verdict.FAIL, Verdict.PASS, Verdict.NOT_EVALUATED} - {CANNOT_SAY.get(rule.id)}
    assert wanted - shown == set()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_exclusion_has_an_example(rule: Rule) -> None:
    reasons = {f.reason or "" for f in _said(rule.id) if f.verdict is Verdict.NOT_APPLICABLE}
    unshown = [each.when for each in rule.not_applicable if not _occurs(each, reasons)]
    assert unshown == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_adjustment_has_an_example(rule: Rule) -> None:
    reasons = {f.severity_reason for f in _said(rule.id) if f.verdict is Verdict.FAIL}
    assert [each.when for each in rule.adjust if each.because not in reasons] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_explanation_of_the_unknown_has_an_example(rule: Rule) -> None:
    reasons = {f.reason or "" for f in _said(rule.id) if f.verdict is Verdict.NOT_EVALUATED}
    assert [each.when for each in rule.unknown if not _occurs(each, reasons)] == []


def _occurs(condition: Condition, reasons: set[str]) -> bool:
    """Whether some reason is this condition's template with any values."""
    parts = [re.escape(" ".join(part.split())) for part in _PLACEHOLDER.split(condition.because)]
    return any(re.fullmatch(".*".join(parts), reason, re.DOTALL) for reason in reasons)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_ids_are_given_to_no_one_as_a_label_alone(rule: Rule) -> None:
    assert not rule.cause or any(not column.endswith("_id") for column in rule.cause)


def test_every_kind_of_evidence_is_described_for_its_absence() -> None:
    described = {row["name"] for row in book().data["sections"]}
    assert described == {section.value for section in SectionName}


Verdicts = dict[tuple[str, str], Verdict]


def _verdicts(document: Document) -> Verdicts:
    """What all rules say, whatever profile they belong to."""
    snapshot = loads(json.dumps(document).encode(), "sweep")
    asked = assess(snapshot, judge_of_all(), Question(), sha256="sweep", wanted=VERDICTS)
    return {(each.rule.id, each.subject.id): each.verdict for each in asked.findings}


@cache
def _before(organisation: str) -> Verdicts:
    return _verdicts(sample(organisation))


def _risen(organisation: str, document: Document) -> list[tuple[str, str]]:
    """What passes in a poorer document and did not pass before."""
    before, after = _before(organisation), _verdicts(document)
    passed = (key for key, verdict in after.items() if verdict is Verdict.PASS)
    return [key for key in passed if before.get(key) is not Verdict.PASS]


def _poorer(organisation: str, section: SectionName) -> Iterator[tuple[str, Document]]:
    """The organisation with one kind of evidence incomplete, in every way it can be."""
    for status in ("partial", "failed", "not_collected"):
        kept = copy.deepcopy(sample(organisation))
        for each in kept["sections"]:
            each["status"] = status if each["name"] == section.value else each["status"]
        yield f"{status}, records kept", kept
        gone = copy.deepcopy(kept)
        kind = _RECORDS.get(section, section.value)
        view = section.value.removeprefix("dns_")
        gone[kind] = [r for r in gone[kind] if kind == "dns_answers" and r["view"] != view]
        if gone != kept:
            yield f"{status}, records gone", gone


@pytest.mark.slow
@pytest.mark.parametrize("section", SectionName, ids=lambda section: section.value)
@pytest.mark.parametrize("organisation", ["healthy", "article-a"])
def test_less_evidence_never_makes_a_pass(organisation: str, section: SectionName) -> None:
    for how, document in _poorer(organisation, section):
        assert _risen(organisation, document) == [], f"{section.value} {how}"


@pytest.mark.parametrize("kind", ["arrays", "servers", "databases", "database_copies", "sites"])
@pytest.mark.slow
@pytest.mark.parametrize("organisation", ["healthy", "article-a", "article-b"])
def test_one_unread_object_never_makes_a_pass(organisation: str, kind: str) -> None:
    for number, lost in enumerate(sample(organisation)[kind]):
        document = copy.deepcopy(sample(organisation))
        del document[kind][number]
        for each in document["sections"]:
            each["status"] = "partial" if each["name"] == kind else each["status"]
        assert _risen(organisation, document) == [], lost["name"]


STRAYS = {"DB-HO-01": {"endpoint": "EX3"}, "DB-HO-02": {"endpoint": "EX9"}}
"""Two databases of head office that the rules want to point at its array."""


@pytest.mark.parametrize(
    ("given", "first"),
    [
        pytest.param({}, None, id="nothing forbids it"),
        pytest.param({"remove": {"arrays": ["outlook-ho"]}}, "CAS-ARRAY-001", id="there is none"),
        pytest.param(
            {"change": {"arrays": {"outlook-ho": {"fqdn": "ex1.corp.example"}}}},
            "CAS-ARRAY-007",
            id="it bears a server's name",
        ),
        pytest.param(
            {"change": {"arrays": {"outlook-ho": {"fqdn": "mail.corp.example"}}}},
            "give HTTPS a name of its own",
            id="it bears an HTTPS name",
        ),
        pytest.param(
            {"change": {"servers": {"EX1": {"roles": 2}, "EX2": {"roles": 2}}}},
            "CAS-ARRAY-003",
            id="nobody stands behind it",
        ),
        pytest.param(
            {"dns": {"internal": {"outlook-ho.corp.example": "nxdomain"}}},
            "CAS-DNS-001",
            id="its name does not resolve",
        ),
        pytest.param(
            {"dns": {"internal": {"outlook-ho.corp.example": "servfail"}}},
            "CAS-META-001",
            id="whether its name resolves was not answered",
        ),
    ],
)
def test_databases_are_pointed_only_at_an_array_that_is_ready(
    given: dict[str, Any], first: str | None
) -> None:
    change = {**given.get("change", {}), "databases": STRAYS}
    snapshot = patched(sample(), {**given, "change": change})
    causes = assess(snapshot, judge(), Question(), sha256="example").causes
    cards = {each.rule.id: each.remediation.fix or "" for each in causes if each.remediation}
    assert {"CAS-DB-003", "CAS-DB-006", "CAS-DB-007"} <= cards.keys()
    for card in (card for rule, card in cards.items() if rule.startswith("CAS-DB-")):
        assert ("Set-MailboxDatabase" in card) is (first is None)
        assert first is None or (first in card and "Write-Warning" in card)


def test_the_first_article_gets_the_commands_it_is_about() -> None:
    snapshot = loads(json.dumps(sample("article-a")).encode(), "article-a")
    causes = assess(snapshot, judge(), Question(), sha256="example").causes
    (cause,) = [each for each in causes if each.rule.id == "CAS-DB-001"]
    assert cause.remediation is not None and cause.remediation.fix is not None
    assert cause.remediation.fix.splitlines() == [
        "$databases = 'MB-HO-01','MB-HO-02','MB-HO-03'",
        "$databases | ForEach-Object { Set-MailboxDatabase -Identity $_"
        " -RpcClientAccessServer 'outlook-ho.exchangeserverpro.net' -WhatIf }",
    ]


@pytest.mark.parametrize(
    ("given", "removed"),
    [
        pytest.param({"remove": {"databases": ["DB-BR-01", "DB-BR-02"]}}, True, id="unused"),
        pytest.param({}, False, id="in use"),
        pytest.param(
            {
                "remove": {"databases": ["DB-BR-01", "DB-BR-02"]},
                "sections": {"databases": "partial"},
            },
            False,
            id="perhaps in use",
        ),
        pytest.param(
            {
                "remove": {"databases": ["DB-BR-01"]},
                "change": {"databases": {"DB-BR-02": {"recovery": True}}},
            },
            False,
            id="named by a recovery database",
        ),
    ],
)
def test_an_orphan_is_removed_only_when_nothing_refers_to_it(
    given: dict[str, Any], removed: bool
) -> None:
    servers = {"EX3": {"roles": 2}, "EX4": {"roles": 2}}
    change = {**given.get("change", {}), "servers": servers}
    snapshot = patched(sample(), {**given, "change": change})
    found = assess(snapshot, judge(), Question(), sha256="example").findings
    (orphan,) = [f for f in found if f.rule.id == "CAS-ARRAY-003" and f.verdict is Verdict.FAIL]
    assert orphan.remediation is not None and orphan.remediation.fix is not None
    assert ("Remove-ClientAccessArray" in orphan.remediation.fix) is removed


def test_every_framework_of_controls_has_a_title() -> None:
    assert {name for rule in RULES for name in rule.controls} <= FRAMEWORKS.keys()
