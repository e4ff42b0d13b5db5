"""In every profile, what papers count and say is of the rules that were judged, and of no other."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import pytest

from casaudit.assess import assess
from casaudit.cli.assessing import question
from casaudit.cli.options import Profile, Target
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.findings import Assessment, Severity, is_of_answer
from casaudit.report import FORMATS
from casaudit.report.endpoints import EndpointState, database_endpoints
from casaudit.report.summary import summarize
from casaudit.rulebook.rule import Rule
from tests.support.shipped_rules import book, judge, sample

RULE = re.compile(r"CAS-[A-Z]+-\d{3}")
# What people read of a rule; ``under`` may name rules of several profiles, for whichever is judged.
TOLD = {"title", "why", "message", "not_applicable", "unknown", "adjust", "remediation"}
PROFILES = {"health": None, "audit": None, "migration": "2016"}
WORLDS: dict[str, tuple[str, dict[str, Any]]] = {
    "healthy": ("healthy", {}),
    "article-a": ("article-a", {}),
    "article-b": ("article-b", {}),
    "the name of an array is an HTTPS name, and databases point at servers": (
        "healthy",
        {
            "change": {
                "databases": {"DB-HO-01": {"endpoint": "EX1"}, "DB-HO-02": {"endpoint": "EX2"}},
                "virtual_directories": {
                    r"EX1\owa (Default Web Site)": {
                        "internal_url": "https://outlook-ho.corp.example/owa"
                    }
                },
            },
            "dns": {"external": {"outlook-ho.corp.example": ["203.0.113.10"]}},
        },
    ),
    "a database without an endpoint": (
        "healthy", {"change": {"databases": {"DB-HO-01": {"endpoint": None}}}},
    ),
    "several wrong endpoints, and a name that does not resolve": (
        "healthy",
        {
            "change": {
                "databases": {
                    "DB-HO-01": {"endpoint": "EX1"},
                    "DB-HO-02": {"endpoint": "nowhere.corp.example"},
                    "DB-BR-01": {"endpoint": "EX1"},
                }
            }
        },
    ),
}  # fmt: skip
EVERYWHERE = pytest.mark.parametrize(
    ("profile", "world"), [(profile, world) for profile in PROFILES for world in WORLDS]
)


@cache
def judged(profile: str, world: str) -> Assessment:
    name, given = WORLDS[world]
    question = Question(profile=profile, target=PROFILES[profile])
    return assess(patched(sample(name), given), judge(profile), question)


def wrong_by_a_rule(assessment: Assessment) -> set[str]:
    return {f.subject.name for f in assessment.open_failures if f.rule.purpose.endpoint}


@EVERYWHERE
def test_an_endpoint_is_wrong_where_a_judged_rule_failed_and_nowhere_else(
    profile: str, world: str
) -> None:
    assessment = judged(profile, world)
    found = database_endpoints(assessment)
    wrong = {each.database for each in found if each.state is EndpointState.WRONG}
    assert wrong == wrong_by_a_rule(assessment)
    if not any(rule.purpose.endpoint for rule in assessment.rules):
        assert {each.state for each in found} == {EndpointState.OUTSIDE}


@EVERYWHERE
def test_the_headline_counts_open_failures_of_judged_rules_each_once(
    profile: str, world: str
) -> None:
    assessment = judged(profile, world)
    told = summarize(assessment)
    failed = [f for f in assessment.open_failures if is_of_answer(f)]
    severe = [f for f in failed if f.severity in (Severity.CRITICAL, Severity.HIGH)]
    assert (told.state == "bad") == bool(severe)
    spoken = [f for f in failed if f.rule.purpose.headline or f.rule.purpose.endpoint]
    others = [f for f in severe if f not in spoken]
    # The first number of each clause is how many failed; what follows "of" is a denominator.
    clauses = told.sentence.split("; ")
    numbers = [int(found.group()) for found in map(re.compile(r"\d+").match, clauses) if found]
    assert not severe or sum(numbers) == len(spoken) + len(others)


@EVERYWHERE
def test_every_count_is_of_verdicts_that_were_given(profile: str, world: str) -> None:
    assessment = judged(profile, world)
    told = summarize(assessment)
    assert told.total == sum(map(is_of_answer, assessment.findings))
    objects = {(f.subject.kind, f.subject.id) for f in assessment.findings if is_of_answer(f)}
    assert told.objects == len(objects)
    assert {f.rule.id for f in assessment.findings} <= {rule.id for rule in assessment.rules}


@EVERYWHERE
@pytest.mark.parametrize("paper", ["html", "csv", "json", "junit", "sarif", "ocsf"])
def test_no_paper_names_a_rule_that_its_profile_does_not_hold(
    profile: str, world: str, paper: str
) -> None:
    assessment = judged(profile, world)
    unjudged = {rule.id for rule in book().rules} - {rule.id for rule in assessment.rules}
    assert unjudged
    for file, content in FORMATS[paper](assessment).items():
        named = set(RULE.findall(content.decode("utf-8-sig")))
        assert not named & unjudged, file


@pytest.mark.parametrize(
    ("profile", "target", "asked"),
    [
        (None, None, "health"),
        (None, "se", "migration"),
        ("migration", None, "migration"),
        ("audit", "2016", "audit"),
    ],
)
def test_who_names_a_target_and_no_profile_asks_of_a_migration(
    profile: str | None, target: str | None, asked: str
) -> None:
    stated = Profile(profile) if profile else None
    found = question(stated, Target(target) if target else None, None, None)
    assert (found.profile, found.target) == (asked, target)


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, str):
        yield value
    elif isinstance(value, Iterable):
        yield from (text for each in value for text in texts(each))


@pytest.mark.parametrize("rule", book().rules, ids=lambda rule: rule.id)
def test_the_texts_of_a_rule_name_rules_of_its_own_profiles_only(rule: Rule) -> None:
    told = rule.model_dump(include=TOLD, mode="json")
    profiles = {each.id: {*each.profiles} for each in book().rules}
    named = {other for text in texts(told) for other in RULE.findall(text)}
    assert {other for other in named if not profiles[other] >= {*rule.profiles}} == set()


def test_article_a_with_profile_audit_is_told_by_the_rules_of_that_profile() -> None:
    told = summarize(judged("audit", "article-a"))
    assert (told.verdict, told.sentence) == (
        "Nothing critical or high seen",
        "3 medium findings. 12 of 54 checks could not be judged.",
    )
