"""The situations of situations.yaml: judged by every rule once, and told on a page."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.engine.settings import Settings
from casaudit.findings import Assessment, Finding, Verdict
from casaudit.report.labels import SEVERITIES, VERDICTS
from casaudit.text import visible
from tests.support.shipped_rules import book, judge, sample

Failures = dict[str, dict[str, str]]
GROUPS = ("ARRAY", "DB", "SCP", "URL")
"""Groups whose rules judge how an organisation is built, which may be so on purpose."""
APART = {
    "exclusion": "the rule does not apply, and says why",
    "logic": "the rule looks at more than the value, and passes",
    "setting": "the [settings file](settings.md) states it",
    "caution": "it is mild, and says why to ask before anything is changed",
    "waiver": "only its owner can know: a [waiver](waivers.md) keeps the decision, until a day",
}
"""What tells a legitimate design from the fault that it looks like."""
NO_DESIGN = {
    "CAS-ARRAY-002": "Exchange makes one array a site; another one was left behind by replication",
    "CAS-ARRAY-003": "the members of an array are the servers of its own site; while other servers"
    " answer under its name, it is high and not critical",
    "CAS-ARRAY-006": "one name leads to one site at a time, whatever the site of a client",
    "CAS-ARRAY-009": "it works while all is Exchange 2010, as its medium severity says; every"
    " migration is stopped by it",
    "CAS-ARRAY-012": "clients meet any member, so what one of them refuses is luck; other limits"
    " of connections, as weaker hardware has them, are low",
    "CAS-ARRAY-013": "the script fails wherever a shared account and a newer server meet; without"
    " either the rule passes or does not apply",
    "CAS-ARRAY-014": "either value is a design, on all members alike; on some of them it works for"
    " whom the load balancer happens to send there",
    "CAS-DB-005": "without an endpoint no client finds the database; those that no client opens are"
    " left out",
}
"""Rules whose fault no legitimate design looks like, with the reason."""
_FILE = Path(__file__).with_name("situations.yaml")


@dataclass(frozen=True, slots=True)
class Situation:
    """One world and what is expected of it.

    Attributes:
        found: all that fails beyond the healthy organisation: rule, object, severity.
        says: what is said of the objects that matter, by rule and object.
        design: of a legitimate design the rules whose fault it looks like, with what tells them
            apart: a key of ``APART``.
    """

    name: str
    tells: str
    given: dict[str, Any]
    found: Failures
    says: dict[str, dict[str, str]]
    design: dict[str, str] = field(default_factory=dict)

    def meant(self, rule: str) -> tuple[str, ...]:
        """Return the objects that look like the fault of a rule."""
        return (*self.found.get(rule, ()), *self.says.get(rule, ()))


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

    def of(self, rule: str, names: Collection[str]) -> list[Finding]:
        """Return what a rule says of some objects."""
        return [f for f in self.findings if f.rule.id == rule and f.subject.name in names]

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
    return judged_world({})


@cache
def _worlds() -> dict[str, Judged]:
    return {each.name: judged_world(each.given) for each in situations()}


def judged_world(given: dict[str, Any]) -> Judged:
    snapshot = patched(sample(), given)
    target = str(given.get("target", "2016"))
    stated = Settings.model_validate(given.get("settings", {}))
    asked = (
        Question(settings=stated),
        Question(profile="migration", target=target, settings=stated),
    )
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
    return "\n".join([*lines, *_designs()]).rstrip() + "\n"


def _designs() -> Iterator[str]:
    yield from ("## Legitimate designs, rule by rule", "")
    yield "Designs that look like the fault of a rule on arrays, databases, Autodiscover or URLs,"
    yield from ("and what tells them apart:", "")
    yield from (f"- *{how}*: {meaning}" for how, meaning in APART.items())
    yield from (
        "",
        "| rule | design | verdict | told apart by | what is said |",
        "|---|---|---|---|---|",
    )
    for rule in (each.id for each in book().rules if each.id.split("-")[1] in GROUPS):
        link = f"[{rule}](rules/{rule}.md)"
        for each in situations():
            if rule in each.design:
                yield f"| {link} | {_text(each.name)} | {_judgement(each, rule)} |"
        if rule in NO_DESIGN:
            yield f"| {link} | none is known | | | {NO_DESIGN[rule]} |"


def _judgement(design: Situation, rule: str) -> str:
    """Write how a rule judges a design: verdict, what tells it apart, and the reason."""
    found = judged(design).of(rule, design.meant(rule))[0]
    verdict = VERDICTS[found.verdict]
    if found.verdict is Verdict.FAIL:
        verdict = f"{verdict}, {SEVERITIES[found.severity].lower()}"
    reason = found.severity_reason or found.message if found.message else found.reason
    return f"{verdict} | {design.design[rule]} | {_text(reason or '')}"


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
