"""Readiness for a migration target: the verdict, the blockers in order of removal, what is missing.

It adds nothing to the evidence: it reads the findings of profile ``migration`` and the views.
"""

from collections.abc import Iterable

from casaudit.judge.findings import (
    Assessment,
    Blocker,
    Cause,
    Finding,
    Migration,
    Missing,
    Readiness,
    Severity,
    Subject,
    Verdict,
)
from casaudit.judge.road import Road, find_road

STAGES = (
    (
        "clients that cannot work, and what is not supported",
        (
            *("CAS-SITE-001", "CAS-DNS-001", "CAS-DB-003", "CAS-DB-004", "CAS-DB-005"),
            *("CAS-CERT-001", "CAS-CERT-013", "CAS-SERVER-001"),
        ),
    ),
    ("shared names, before any name or address moves", ("CAS-MIGRATE-001",)),
    ("versions", ("CAS-MIGRATE-002",)),
    ("arrays, then databases", ("CAS-ARRAY-001", "CAS-DB-001")),
)
"""The order of remediation; rules that stand nowhere come last, by their severity."""

LAST_STAGE = "the rest"
DECIDING = frozenset(rule for _, rules in STAGES[:3] for rule in rules)
"""Rules without whose verdicts nobody can say that the road is free."""

REPAIRED_BY_MOVING = frozenset({"CAS-SERVER-003"})
"""What the migration itself is the remedy for is no warning about it."""


def readiness(assessment: Assessment) -> Migration:
    """Return what an assessment of profile ``migration`` says about its target."""
    blockers = tuple(_blockers(assessment.causes))
    missing = tuple(_missing(assessment.findings))
    blocking = {each.cause for each in blockers}
    others = tuple(
        cause.id
        for cause in assessment.causes
        if cause.id not in blocking
        and cause.severity is not Severity.INFO
        and cause.rule.id not in REPAIRED_BY_MOVING
    )
    target = assessment.target
    road = find_road(assessment.inventory, target) if target else Road()
    verdict, because = _verdict(target, road, blockers, others, missing)
    return Migration(
        target=target,
        verdict=verdict,
        because=because,
        road=road.steps,
        warnings=road.warnings,
        blockers=blockers,
        others=others,
        missing=missing,
    )


def _verdict(
    target: str | None,
    road: Road,
    blockers: tuple[Blocker, ...],
    others: tuple[str, ...],
    missing: tuple[Missing, ...],
) -> tuple[Readiness, str]:
    stopping = [each for each in blockers if not each.opens]
    deciding = sum(len(each.subjects) for each in missing if each.decides)
    if road.obstacle:
        return Readiness.NOT_READY, road.obstacle
    if stopping:
        causes = f"{_count(len(stopping), 'cause')} of failure in the way"
        return Readiness.NOT_READY, "; ".join(filter(None, [road.detour, causes]))
    if target is None:
        return Readiness.CANNOT_TELL, "no target is given; state one with --target"
    if target == "exo":
        return Readiness.CANNOT_TELL, "nothing was found in the way, but " + road.steps[0].notes[0]
    if deciding:
        return (
            Readiness.CANNOT_TELL,
            f"nothing was found in the way, but {_count(deciding, 'verdict')} that decide could"
            " not be given",
        )
    if others or missing or road.warnings:
        return Readiness.WARNINGS, "nothing is in the way; see what remains"
    return Readiness.READY, "nothing is in the way"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _blockers(causes: tuple[Cause, ...]) -> Iterable[Blocker]:
    """What stops the migration, each behind the causes whose repair its own repair needs."""
    critical = {cause.id for cause in causes if cause.severity is Severity.CRITICAL}
    failed: dict[str, list[Cause]] = {}
    for cause in causes:
        failed.setdefault(cause.rule.id, []).append(cause)
    stopping = {c.id for c in causes if c.id in critical and c.parent not in critical}
    rules = {cause.rule.id: _stage(cause)[0] for cause in causes if cause.id in stopping}
    opens: dict[str, set[str]] = {}
    order: dict[str, None] = {}

    def place(rule: str, path: tuple[str, ...]) -> None:
        for before in failed[rule][0].rule.after:
            if before in failed and before not in path:
                opens.setdefault(before, set()).add(rule)
                place(before, (*path, before))
        order.setdefault(rule)

    for rule in sorted(rules, key=lambda each: rules[each]):
        place(rule, (rule,))
    for cause in (each for rule in order for each in failed[rule]):
        if cause.id in stopping:
            yield Blocker(cause.id, _stage(cause)[1])
        elif cause.rule.id in opens:
            yield Blocker(cause.id, _stage(cause)[1], tuple(sorted(opens[cause.rule.id])))


def _stage(cause: Cause) -> tuple[int, str]:
    for number, (stage, rules) in enumerate(STAGES):
        if cause.rule.id in rules:
            return number, stage
    return len(STAGES), LAST_STAGE


def _missing(findings: tuple[Finding, ...]) -> list[Missing]:
    """Verdicts that could not be given, by rule and reason; those that decide first."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.verdict is Verdict.NOT_EVALUATED:
            groups.setdefault((finding.rule.id, finding.reason or ""), []).append(finding)
    found = [
        Missing(group[0].rule, reason, _subjects(group), rule in DECIDING)
        for (rule, reason), group in groups.items()
    ]
    return sorted(found, key=lambda each: not each.decides)


def _subjects(group: Iterable[Finding]) -> tuple[Subject, ...]:
    return tuple(finding.subject for finding in group)
