"""What a new snapshot shows of a plan: applied, open, lost from sight, and changed beside it."""

import functools
import json
import operator
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.errors import SourceError, UsageError
from casaudit.findings import Finding, Verdict
from casaudit.remediation.plan import PlanDocument, read_plan
from casaudit.remediation.verify import StepState, Verification, same_value, verify_plan
from casaudit.shipped import SAMPLES
from tests.support.planning import Given, applied, assessed, snapshot_of, written
from tests.support.running import casaudit
from tests.support.shipped_rules import book, judge, sample

BROKEN: Given = {
    "change": {
        "databases": {"DB-HO-01": {"endpoint": "EX1"}, "DB-BR-01": {"endpoint": "EX4"}},
        "virtual_directories": {
            r"EX1\EWS (Default Web Site)": {
                "internal_url": "https://ex1.corp.example/EWS/Exchange.asmx"
            },
            r"EX1\OAB (Default Web Site)": {"external_url": "https://ex1.corp.example/OAB"},
        },
        "service_connection_points": {
            "EX3": {"uris": ["https://ex3.corp.example/Autodiscover/Autodiscover.xml"]}
        },
        "servers": {"EX2": {"encryption_required": False}},
    }
}
NAMES = {"https-inside": "mail", "https-outside": "mail", "autodiscover": "autodiscover"}


def broken() -> Given:
    """The document of an organisation with something to repair in each of several places."""
    document: Given = json.loads(assessed_json())
    return document


def assessed_json() -> str:
    from casaudit.engine.example_world import patched
    from casaudit.snapshot import dumps

    return dumps(patched(sample(), BROKEN)).decode()


def plan_of(name: str = "healthy", **more: Any) -> PlanDocument:
    given = BROKEN if name == "healthy" else {}
    return read_plan(written(assessed(given, name, **more))["plan.json"].encode(), "plan.json")


def wanted(plan: PlanDocument) -> list[tuple[str, str, Any]]:
    """Every step as setting, object and value; answers are the names that the sample has."""
    questions = {answer.key: answer.question for answer in plan.answers}
    found = []
    for step in plan.steps:
        value = step.to
        if step.answer is not None:
            decision = next(
                key for key, d in book().shared.decisions.items()
                if d.question == questions[step.answer]
            )  # fmt: skip
            host = f"{NAMES[decision]}.corp.example"
            value = book().shared.settings[step.setting].shape.replace("{}", host)
        found.append((step.setting, step.object.id, value))
    return found


def verified(plan: PlanDocument, document: Given) -> Verification:
    return verify_plan(plan, snapshot_of(document), book(), Question(profile=plan.profile))


def states(plan: PlanDocument, found: Verification) -> dict[str, StepState]:
    by_number = {outcome.number: outcome.state for outcome in found.outcomes}
    return {f"{s.object.name} {s.setting}": by_number[s.number] for s in plan.steps}


def test_nothing_is_applied_before_the_script_ran() -> None:
    plan = plan_of()
    found = verified(plan, broken())
    assert set(states(plan, found).values()) == {StepState.NOT_APPLIED}
    assert len(plan.steps) >= 6
    assert found.side_effects == ()


def test_what_the_plan_sets_repairs_what_it_was_made_for() -> None:
    plan = plan_of()
    after = applied(broken(), wanted(plan))
    found = verified(plan, after)
    assert set(states(plan, found).values()) == {StepState.APPLIED}
    assert found.side_effects == ()
    left = {f.fingerprint for f in assessed_document(after) if f.verdict is Verdict.FAIL}
    assert not left & {f.fingerprint for step in plan.steps for f in step.findings}


def assessed_document(document: Given) -> Sequence[Finding]:
    return assess(snapshot_of(document), judge(), Question()).findings


def test_what_the_rollback_restores_is_what_was_there() -> None:
    plan, before = plan_of(), broken()
    after = applied(before, wanted(plan))
    restored = applied(after, [(s.setting, s.object.id, s.from_) for s in plan.steps])
    assert after != before
    assert restored == before


@pytest.mark.parametrize("name", ["article-a", "article-b"])
def test_the_plans_of_the_articles_repair_their_databases(name: str) -> None:
    plan = plan_of(name)
    sets = [s for s in plan.steps if s.setting == "database-endpoint"]
    after = applied(sample(name), [(s.setting, s.object.id, s.to) for s in sets])
    found = verified(plan, after)
    assert {states(plan, found)[f"{s.object.name} {s.setting}"] for s in sets} == {
        StepState.APPLIED
    }
    failing = {f.subject.name for f in assessed_document(after)
               if f.verdict is Verdict.FAIL and f.rule.id.startswith("CAS-DB-00")}  # fmt: skip
    assert failing == set()


def test_a_command_for_all_databases_is_seen_as_more_than_the_plan() -> None:
    plan = plan_of("article-a")
    array = "outlook-ho.exchangeserverpro.net"
    every = [("database-endpoint", each["id"], array) for each in sample("article-a")["databases"]]
    found = verified(plan, applied(sample("article-a"), every))
    changed = {effect.object.name: effect.now for effect in found.side_effects}
    assert changed == {"MB-BR-01": array, "RDB-HO-01": array}


def test_another_value_than_planned_is_said_with_both() -> None:
    plan = plan_of("article-a")
    step = next(s for s in plan.steps if s.object.name == "MB-HO-01")
    other = "BR-EX2010-MB.exchangeserverpro.net"
    found = verified(plan, applied(sample("article-a"), [(step.setting, step.object.id, other)]))
    outcome = next(o for o in found.outcomes if o.number == step.number)
    assert outcome.state is StepState.OTHERWISE
    assert outcome.detail == f"{other} instead of {step.to}"


def test_two_answers_to_one_question_are_not_what_was_planned() -> None:
    plan = plan_of("article-a")
    asked = [step for step in plan.steps if step.answer == "A1"]
    hosts = ["mail.x.example", "mail.x.example", "other.x.example"]
    shapes = book().shared.settings
    values = [
        (step.setting, step.object.id, shapes[step.setting].shape.replace("{}", host))
        for step, host in zip(asked, hosts, strict=True)
    ]
    found = states(plan, verified(plan, applied(sample("article-a"), values)))
    keys = [f"{step.object.name} {step.setting}" for step in asked]
    assert [found[key] for key in keys] == [
        StepState.APPLIED,
        StepState.APPLIED,
        StepState.OTHERWISE,
    ]


def test_a_database_that_is_gone_is_gone_only_when_all_were_seen() -> None:
    plan, document = plan_of("article-a"), json.loads(json.dumps(sample("article-a")))
    kept = [each for each in document["databases"] if each["name"] != "MB-HO-01"]
    document["databases"] = kept
    key = "MB-HO-01 database-endpoint"
    assert states(plan, verified(plan, document))[key] is StepState.GONE
    section = next(each for each in document["sections"] if each["name"] == "databases")
    section["status"] = "partial"
    found = verified(plan, document)
    assert states(plan, found)[key] is StepState.UNKNOWN


def test_a_value_that_was_not_read_is_not_applied_and_not_open() -> None:
    plan, document = plan_of("article-a"), json.loads(json.dumps(sample("article-a")))
    record = next(each for each in document["databases"] if each["name"] == "MB-HO-01")
    record |= {"legacy_exchange_dn": None, "endpoint_legacy_dn": None}
    record["unread"] = ["legacy_exchange_dn"]
    assert states(plan, verified(plan, document))["MB-HO-01 database-endpoint"] is StepState.UNKNOWN


def test_what_was_done_by_hand_is_judged_again() -> None:
    given: Given = {
        "change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}}},
        "dns": {"internal": {"outlook-ho.corp.example": "nxdomain"}},
    }
    plan = read_plan(written(assessed(given))["plan.json"].encode(), "plan.json")
    entry = next(each for each in plan.by_hand if each.rule_id == "CAS-DNS-001")
    outcome = next(o for o in verified(plan, sample()).outcomes if o.number == entry.number)
    assert outcome.state is StepState.APPLIED


@pytest.mark.parametrize(
    ("compare", "one", "other"),
    [
        ("database-endpoint", "Outlook.corp.example.", "outlook.corp.example"),
        ("owa-internal-url", "https://Mail.corp.example/owa/", "https://mail.corp.example/OWA"),
        ("anywhere-iis-methods", ["NTLM", "Basic"], ["Basic", "Ntlm"]),
        ("owa-internal-url", None, ""),
    ],
)
def test_equal_values_are_equal_in_every_spelling(compare: str, one: Any, other: Any) -> None:
    setting = book().shared.settings[compare]
    assert same_value(one, other, setting)
    assert not same_value(one, "x", setting)


def test_a_snapshot_from_before_the_plan_or_of_others_is_refused() -> None:
    plan = plan_of("article-a")
    with pytest.raises(UsageError, match="another organisation"):
        verified(plan, sample("article-b"))
    older = {**sample("article-a"), "collected_at": "2026-11-01T06:00:00Z"}
    with pytest.raises(UsageError, match="older"):
        verified(plan, older)


@pytest.mark.parametrize("content", [b"", b"{}", b'{"schema": "casaudit/plan/2"}', b"[1]"])
def test_what_is_no_plan_is_refused(content: bytes) -> None:
    with pytest.raises(SourceError, match="not a plan"):
        read_plan(content, "plan.json")


def lists_in(value: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """Every list of a document that is not empty, by its path."""
    if isinstance(value, list) and value:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in parts:
        if isinstance(part, dict | list):
            yield from lists_in(part, *path, key)


def with_value(document: Any, path: Sequence[Any], value: Any) -> bytes:
    changed = json.loads(json.dumps(document))
    *steps, last = path
    functools.reduce(operator.getitem, steps, changed)[last] = value
    return json.dumps(changed).encode()


def test_a_plan_of_which_any_list_is_empty_is_verified_or_refused() -> None:
    document = json.loads(plan_of().dumps())
    refused = set()
    for path in lists_in(document):
        try:
            plan = read_plan(with_value(document, path, []), "plan.json")
        except SourceError:
            refused.add((path[0], path[-1]))
            continue
        assert verified(plan, broken()).outcomes is not None
    assert refused == {("answers", "answers"), ("by_hand", "findings")}


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (("by_hand", 0, "findings"), [], "by_hand.0.findings: must not be empty"),
        (("steps", 0, "answer"), "nobody asks", "'nobody asks', which is not asked for"),
        (("collected_at",), "2026-11-15T06:00:00", "collected_at: must be a time"),
    ],
)
def test_a_plan_that_lacks_what_verifying_needs_is_refused(
    path: Sequence[Any], value: Any, problem: str
) -> None:
    content = with_value(json.loads(plan_of().dumps()), path, value)
    with pytest.raises(SourceError, match=problem):
        read_plan(content, "plan.json")


def test_the_command_tells_by_its_exit_code(tmp_path: Path) -> None:
    plan, new = tmp_path / "plan.json", tmp_path / "new.json"
    plan.write_text(written(assessed({}, "article-b"))["plan.json"], encoding="utf-8")
    sets = [(s.setting, s.object.id, s.to) for s in plan_of("article-b").steps]
    world = applied(sample("article-b"), sets)
    new.write_text(json.dumps(world), encoding="utf-8")
    before = casaudit("verify-fix", plan, SAMPLES / "article-b" / "snapshot.json")
    assert (before.returncode, before.stdout.count("not applied")) == (1, 4)
    after = casaudit("verify-fix", plan, new, "--script-only")
    assert after.returncode == 0
    assert "step 3    applied  SH-DB01, RPC endpoint: sh-cas.lab.net" in after.stdout
    next(s for s in world["sections"] if s["name"] == "databases")["status"] = "failed"
    new.write_text(json.dumps({**world, "databases": []}), encoding="utf-8")
    assert casaudit("verify-fix", plan, new, "--script-only").returncode == 3


ONE_ADDRESS = [
    (
        "https://mail.corp.example/EWS/Exchange.asmx",
        "https://MAIL.corp.example:443/EWS/Exchange.asmx/",
    ),
    ("https://mail.corp.example/a b", "https://mail.corp.example/a%20b"),
    ("http://mail.corp.example/owa", "http://mail.corp.example:80/owa"),
]
TWO_ADDRESSES = [
    ("https://mail.corp.example/owa", "https://mail.corp.example:444/owa"),
    ("https://mail.corp.example/owa", "http://mail.corp.example/owa"),
    ("https://mail.corp.example:80/owa", "https://mail.corp.example/owa"),
]


@pytest.mark.parametrize(("one", "other"), ONE_ADDRESS)
def test_one_address_written_in_two_ways_is_one_value(one: str, other: str) -> None:
    assert same_value(one, other, book().shared.settings["ews-internal-url"])


@pytest.mark.parametrize(("one", "other"), TWO_ADDRESSES)
def test_another_port_or_scheme_is_another_value(one: str, other: str) -> None:
    assert not same_value(one, other, book().shared.settings["ews-internal-url"])
