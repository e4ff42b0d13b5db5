"""Assessments in the situations that machine formats tell: waived, compared, unseen, hostile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache

from casaudit import shipped
from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.findings import (
    Assessment,
    Change,
    ChangeCause,
    ChangeKind,
    Comparison,
    Finding,
    Forecast,
    Turn,
    Verdict,
    Waiver,
    WaiverState,
    WaiverUse,
)
from casaudit.snapshot import Status, loads
from tests.support.assessments import sample, twin, with_gaps
from tests.support.shipped_rules import judge

HOSTILE = "\u202e=[x](http://evil.example) `|@all| <b>&\"'{0}\x00\x1b[31m\ud800\ufffe\r\n# "
"""Text that would act in some reader: markup, links, mentions, keys, placeholders, bidi."""


def hostile(text: str) -> str:
    return f"{HOSTILE}{text}"


def waived(assessment: Assessment, change: Callable[[str], str] = str) -> Assessment:
    """The same where a waiver holds for the first high failure."""
    pattern = next(f for f in assessment.failures if f.severity.value == "high")
    waiver = Waiver(
        rule=pattern.rule.id,
        object=pattern.subject.name,
        value={},
        owner=change("messaging team"),
        approver=change("J. Doe"),
        reason=change("pinned for the load test"),
        ticket=change("CHG-1234"),
        until=date(2026, 12, 31),
        line=3,
    )
    use = WaiverUse(waiver, WaiverState.HOLDS, change("ends soon"), 46, pattern.fingerprint)
    findings = {
        f.fingerprint: replace(f, waiver=waiver) if f is pattern else f for f in assessment.findings
    }
    causes = tuple(
        replace(cause, findings=tuple(findings[f.fingerprint] for f in cause.findings))
        for cause in assessment.causes
    )
    return replace(assessment, findings=tuple(findings.values()), causes=causes, waivers=(use,))


def compared(assessment: Assessment, change: Callable[[str], str] = str) -> Assessment:
    """The same beside a baseline: every kind of change, an object gone and one hidden."""
    new, still, changed, *_ = assessment.failures
    passed = next(f for f in assessment.findings if f.verdict is Verdict.PASS)
    unseen = next(f for f in assessment.findings if f.verdict is Verdict.NOT_EVALUATED)
    gone, hidden = (
        replace(changed, subject=replace(changed.subject, name=change(name), id=name))
        for name in ("MB-GONE", "MB-HIDDEN")
    )
    told = [
        (ChangeKind.NEW, ChangeCause.CONFIGURATION, _passing(new), new),
        (ChangeKind.STILL_OPEN, None, still, still),
        (ChangeKind.CHANGED, ChangeCause.TIME, changed, changed),
        (ChangeKind.FIXED, ChangeCause.CONFIGURATION, _failing(passed), passed),
        (ChangeKind.FIXED, ChangeCause.CONFIGURATION, gone, None),
        (ChangeKind.UNSEEN, ChangeCause.COVERAGE, _failing(unseen), unseen),
        (ChangeKind.UNSEEN, ChangeCause.COVERAGE, hidden, None),
    ]
    changes = tuple(Change(*each, detail=change("it differs")) for each in told)
    then = datetime(2026, 10, 15, 6, tzinfo=UTC)
    return replace(assessment, comparison=Comparison("1" * 64, "2" * 64, then, then, changes))


def _passing(finding: Finding) -> Finding:
    return replace(finding, verdict=Verdict.PASS, message=None, remediation=None, cause=None)


def _failing(finding: Finding) -> Finding:
    return replace(finding, verdict=Verdict.FAIL, message="it failed", reason=None)


def ahead(assessment: Assessment) -> Assessment:
    """The same with a look ahead in which one failure comes by itself."""
    run = datetime(2027, 1, 15, 6, tzinfo=UTC)
    turn = Turn(assessment.failures[0], run.date(), run, was=None, waiver_ends=False)
    return replace(assessment, forecast=Forecast((run,), (turn,)))


def unseen(assessment: Assessment) -> Assessment:
    """The same with a gap, a section seen in part and one that failed."""
    statuses = {"arrays": Status.PARTIAL, "tls": Status.FAILED}
    coverage = tuple(
        section.model_copy(update={"status": statuses[section.name], "asked": 5, "answered": 2})
        if section.name in statuses
        else section
        for section in assessment.coverage
    )
    return replace(with_gaps(assessment), coverage=coverage)


@cache
def migrating(name: str) -> Assessment:
    """A sample judged for a migration."""
    path = shipped.SAMPLES / name / "snapshot.json"
    question = Question(profile="migration", target="2016")
    judged = assess(loads(path.read_bytes(), name), judge("migration"), question)
    return replace(judged, rules_sha256="0" * 64, tool_version="0.0.0")


@cache
def plain() -> Assessment:
    """Everything at once, every text harmless."""
    return ahead(compared(waived(unseen(sample("article-a")))))


@cache
def hostile_twin() -> Assessment:
    """Everything at once, every text from outside hostile."""
    seen = twin(unseen(sample("article-a")), hostile)
    return ahead(compared(waived(seen, hostile), hostile))


SITUATIONS: dict[str, Callable[[], Assessment]] = {
    "article-a": lambda: sample("article-a"),
    "article-b": lambda: sample("article-b"),
    "healthy": lambda: sample("healthy"),
    "migration": lambda: migrating("article-a"),
    "waived": lambda: waived(sample("article-a")),
    "compared": lambda: compared(sample("article-a")),
    "ahead": lambda: ahead(sample("article-a")),
    "unseen": lambda: unseen(sample("article-a")),
    "everything": plain,
    "hostile": hostile_twin,
    "nothing judged": lambda: replace(sample("healthy"), findings=(), rules=(), causes=()),
}


def shape(value: object) -> object:
    """What is left of a JSON value without its texts: keys, lengths, kinds."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    return [shape(each) for each in value] if isinstance(value, list) else type(value).__name__
