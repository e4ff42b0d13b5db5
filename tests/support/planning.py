"""Plans of edited sample organisations, their scripts, and applying them to a snapshot."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from casaudit.assess import Extras, assess, judge_of
from casaudit.engine.evaluate import Judge, Question
from casaudit.engine.example_world import patched
from casaudit.engine.examples import question_of
from casaudit.engine.settings import SCHEMA, Settings
from casaudit.findings import Assessment, Value
from casaudit.remediation.planner import plan_of
from casaudit.remediation.script import files
from casaudit.remediation.steps import ManualStep, RemediationPlan, ScriptStep
from casaudit.rulebook.rule import Rule
from casaudit.snapshot import Snapshot
from casaudit.waivers import NO_WAIVERS, Waivers
from tests.support.shipped_rules import book, judge, sample

Given = dict[str, Any]
_URLS = {"internal": "internal_url", "external": "external_url"}
_WANTED = Extras(inventory=False)
_SERVICES = ("owa", "ecp", "ews", "eas", "oab")


def assessed(
    given: Given,
    name: str = "healthy",
    *rules: str,
    waivers: Waivers = NO_WAIVERS,
    **more: Any,
) -> Assessment:
    """An edited sample judged by all rules, or by some."""
    stated = Settings.model_validate({"schema": SCHEMA, **given.get("settings", {})})
    asked = Question(settings=stated, **more)
    snapshot = patched(sample(name), given)
    return assess(snapshot, judge(asked.profile, *rules), asked, sha256="5" * 64, waivers=waivers)


def judged(snapshot: Snapshot, asked: Question = Question()) -> Assessment:  # noqa: B008
    """A snapshot judged by all rules, without the inventory that no plan is made from."""
    return assess(snapshot, _judge(asked.profile), asked, "", wanted=_WANTED)


@cache
def _judge(profile: str) -> Judge:
    return judge_of(book(), profile, _WANTED)


def failing_examples(rule: Rule) -> Iterator[tuple[str, Snapshot, Question]]:
    """The organisations in which the examples of a rule fail, each with its question."""
    for each in rule.examples:
        if each.expect.fail:
            yield each.name, patched(sample(), each.given), question_of(rule, each.given)


def planned(given: Given, name: str = "healthy", *rules: str, **more: Any) -> RemediationPlan:
    """The plan of an edited sample."""
    return plan_of(assessed(given, name, *rules, **more))


def steps(plan: RemediationPlan, setting: str) -> dict[str, ScriptStep]:
    """The steps that set one setting, by object."""
    return {s.cell.subject.name: s for s in plan.steps if s.cell.setting == setting}


def by_hand(plan: RemediationPlan, rule: str) -> list[ManualStep]:
    """What a rule leaves to people."""
    return [entry for entry in plan.by_hand if entry.rule.id == rule]


def written(assessment: Assessment) -> dict[str, str]:
    """The files of a plan as texts, lines ending as Python has them."""
    made = files(replace(assessment, tool_version="0.0.0"))
    return {name: text.decode("utf-8-sig").replace("\r\n", "\n") for name, text in made.items()}


@cache
def of_sample(name: str) -> dict[str, str]:
    """The files of a sample's plan."""
    return written(assessed({}, name))


def applied(document: Given, values: Sequence[tuple[str, str, Value]]) -> Given:
    """A sample's document in which settings of objects (by id) have other values."""
    world: Given = json.loads(json.dumps(document))
    for setting, key, value in values:
        _set(world, setting, key, value)
    return world


def _set(world: Given, setting: str, key: str, value: Value) -> None:
    service, _, rest = setting.partition("-")
    if setting == "database-endpoint":
        record = _record(world, "databases", key)
        stem = record["legacy_exchange_dn"].rpartition("/cn=Microsoft Private MDB")[0]
        target = f"{stem.rpartition('=')[0]}={_legacy(world, str(value))}"
        record["endpoint_legacy_dn"] = target
        record["legacy_exchange_dn"] = f"{target}/cn=Microsoft Private MDB"
    elif setting == "autodiscover-uri":
        dn = _record(world, "servers", key)["dn"]
        points = world["service_connection_points"]
        next(p for p in points if p["server_dn"] == dn)["uris"] = [value] if value else []
    elif service in _SERVICES and rest.partition("-")[0] in _URLS:
        _record(world, "virtual_directories", key)[_URLS[rest.partition("-")[0]]] = value
    elif setting == "rpc-encryption":
        _record(world, "servers", key)["encryption_required"] = value
    else:
        raise NotImplementedError(setting)


def _legacy(world: Given, name: str) -> str:
    """The name by which a database points at something: a server's is its short one."""
    servers: dict[str, str] = {each["fqdn"].lower(): each["name"] for each in world["servers"]}
    return servers.get(name.lower(), name)


def _record(world: Given, kind: str, key: str) -> Given:
    found: Given = next(each for each in world[kind] if each["id"] == key)
    return found


def snapshot_of(document: Given) -> Snapshot:
    """A document as a snapshot."""
    return patched(document, {})
