"""The situations of situations.yaml: judged by every rule once, and told on a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.findings import Assessment, Finding, Verdict
from casaudit.report.labels import SEVERITIES, VERDICTS
from casaudit.text import visible
from tests.support.shipped_rules import judge, sample

Failures = dict[str, dict[str, str]]
_FILE = Path(__file__).with_name("situations.yaml")


@dataclass(frozen=True, slots=True)
class Situation:
    """One world and what is expected of it.

    Attributes:
        found: all that fails beyond the healthy organisation: rule, object, severity.
        says: what is said of the objects that matter, by rule and object.
    """

    name: str
    tells: str
    given: dict[str, Any]
    found: Failures
    says: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdicts of every rule, each rule in the first profile that asks it.

    Attributes:
        parents: by the cause of a failure, the rule whose failure contains it.
    """

    findings: tuple[Finding, ...]
    parents: dict[str, str]

    def failed(self) -> list[Finding]:
        """Return the failures that the healthy organisation does not have."""
        known = {_key(each) for each in healthy().failures()}
        return [each for each in self.failures() if _key(each) not in known]

    def failures(self) -> list[Finding]:
        """Return all failures."""
        return [each for each in self.findings if each.verdict is Verdict.FAIL]

    def said(self, rule: str, name: str) -> list[str]:
        """Return what is said of an object by a rule."""
        return [said(f) for f in self.findings if (f.rule.id, f.subject.name) == (rule, name)]


@cache
def situations() -> tuple[Situation, ...]:
    """Read the file."""
    return tuple(Situation(**each) for each in YAML(typ="safe").load(_FILE))


def judged(situation: Situation) -> Judged:
    """Judge the world of a situation, once a session."""
    return _worlds()[situation.name]


@cache
def healthy() -> Judged:
    """Judge the organisation from which all worlds are made."""
    return _judge({})


@cache
def _worlds() -> dict[str, Judged]:
    return {each.name: _judge(each.given) for each in situations()}


def _judge(given: dict[str, Any]) -> Judged:
    snapshot = patched(sample(), given)
    target = str(given.get("target", "2016"))
    asked = (Question(), Question(profile="migration", target=target))
    first, second = (assess(snapshot, judge(each.profile), each, "") for each in asked)
    known = {rule.id for rule in first.rules}
    findings = (*first.findings, *(f for f in second.findings if f.rule.id not in known))
    return Judged(findings, _parents(second) | _parents(first))


def _parents(assessment: Assessment) -> dict[str, str]:
    rules = {cause.id: cause.rule.id for cause in assessment.causes}
    return {cause.id: rules[cause.parent] for cause in assessment.causes if cause.parent}


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule.id, finding.subject.id, finding.severity.value


def said(finding: Finding) -> str:
    """Write what a verdict says: the message of a failure, else the verdict and its reason."""
    if finding.verdict is Verdict.FAIL:
        return finding.message or ""
    return " - ".join(filter(None, [VERDICTS[finding.verdict], finding.reason]))


def page() -> str:
    """Write the page for people who want to know whether to trust the tool."""
    lines = [
        "# Situations",
        "",
        "Where a check that looks at one value is wrong, and what casaudit says there. Each is the",
        "organisation of `samples/healthy` with the changes shown, in the language of the",
        "[examples of rules](rule-format.md#examples), judged by every rule. What the healthy",
        "organisation fails by itself is left out:",
        "",
        *(f"- {_link(each)} {_text(said(each))}" for each in healthy().failures()),
        "",
    ]
    for each in situations():
        lines += [f"## {each.name}", "", _text(each.tells), "", *_given(each.given), ""]
        lines += [*_failures(judged(each)), ""]
        if others := list(_others(each)):
            lines += [*others, ""]
    return "\n".join(lines).rstrip() + "\n"


def _given(given: dict[str, Any]) -> Iterator[str]:
    stream, writer = StringIO(), YAML(typ="safe")
    writer.default_flow_style, writer.width, writer.allow_unicode = None, 110, True
    writer.dump(given, stream)
    yield from ("```yaml", stream.getvalue().rstrip(), "```")


def _failures(found: Judged) -> Iterator[str]:
    failed = sorted(found.failed(), key=lambda each: (each.cause in found.parents, _rank(each)))
    if not failed:
        yield "Nothing fails."
        return
    yield from ("| severity | rule | object | what is said |", "|---|---|---|---|")
    for each in failed:
        parent = found.parents.get(each.cause or "")
        why = _text(said(each)) + (f" *(part of the failure of {parent})*" if parent else "")
        severity, name = SEVERITIES[each.severity], _text(each.subject.name)
        yield f"| {severity} | {_link(each)} | {name} | {why} |"


def _rank(finding: Finding) -> tuple[int, str, str]:
    return finding.severity.rank, finding.rule.id, finding.subject.name


def _others(situation: Situation) -> Iterator[str]:
    wanted = {(rule, name) for rule, objects in situation.says.items() for name in objects}
    for each in judged(situation).findings:
        if (each.rule.id, each.subject.name) in wanted and each.verdict is not Verdict.FAIL:
            yield f"- {_link(each)} {_text(each.subject.name)}: {_text(said(each))}"


def _link(finding: Finding) -> str:
    return f"[{finding.rule.id}](rules/{finding.rule.id}.md)"


def _text(text: str) -> str:
    plain = visible(" ".join(text.split(" ")))
    for mark in "\\<*|":
        plain = plain.replace(mark, f"\\{mark}")
    return plain
