"""Readiness for a migration target: the verdict, the blockers in order of removal, what is missing.

It adds nothing to the evidence: it reads the findings of profile ``migration`` and the views.
"""

from collections.abc import Iterable

from casaudit.findings import (
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
from casaudit.i18n.languages import Language, marked
from casaudit.migration.gates import gates
from casaudit.migration.upgrade_path import VERSIONS, Road, find_road
from casaudit.migration.waves import waves

STAGES = (
    (
        marked("clients that cannot work, and what is not supported"),
        (
            *("CAS-SITE-001", "CAS-DNS-001", "CAS-DB-003", "CAS-DB-004", "CAS-DB-005"),
            *("CAS-CERT-001", "CAS-CERT-013", "CAS-SERVER-001"),
        ),
    ),
    (marked("shared names, before any name or address moves"), ("CAS-MIGRATE-001",)),
    (marked("versions"), (VERSIONS,)),
    (marked("arrays, then databases"), ("CAS-ARRAY-001", "CAS-DB-001")),
)
"""The order of remediation; rules that stand nowhere come last, by their severity."""

LAST_STAGE = marked("the rest")
DECIDING = frozenset(rule for _, rules in STAGES[:3] for rule in rules)
"""Rules without whose verdicts nobody can say that the road is free."""

REPAIRED_BY_MOVING = frozenset({"CAS-SERVER-003"})
"""What the migration itself is the remedy for is no warning about it."""


def readiness(assessment: Assessment, language: Language) -> Migration:
    """Return what an assessment of profile ``migration`` says about its target."""
    target = assessment.target
    road = find_road(assessment.inventory, target, language) if target else Road()
    causes = tuple(cause for cause in assessment.causes if not _is_on(road, cause))
    blockers = tuple(_blockers(causes, language))
    missing = tuple(_missing(assessment.findings))
    blocking = {each.cause for each in blockers}
    others = tuple(
        cause.id
        for cause in causes
        if cause.id not in blocking
        and cause.severity is not Severity.INFO
        and cause.rule.id not in REPAIRED_BY_MOVING
    )
    verdict, because = _verdict(target, road, blockers, others, missing, language)
    stopping = {each.cause for each in blockers if not each.opens}
    is_direct = target != "exo" and not (road.obstacle or road.detour)
    return Migration(
        target=target,
        verdict=verdict,
        because=because,
        road=road.steps,
        warnings=road.warnings,
        blockers=blockers,
        others=others,
        missing=missing,
        gates=gates(assessment.findings, stopping, DECIDING, road, language),
        waves=waves(assessment, blockers, missing, language) if is_direct else (),
    )


def _is_on(road: Road, cause: Cause) -> bool:
    """Tell whether the road itself takes away what a cause is about."""
    return cause.rule.id == VERSIONS and all(
        finding.evidence.get("product") in road.removes for finding in cause.findings
    )


def _verdict(
    target: str | None,
    road: Road,
    blockers: tuple[Blocker, ...],
    others: tuple[str, ...],
    missing: tuple[Missing, ...],
    language: Language,
) -> tuple[Readiness, str]:
    stopping = [each for each in blockers if not each.opens]
    deciding = sum(len(each.subjects) for each in missing if each.decides)
    if road.obstacle:
        return Readiness.NOT_READY, road.obstacle
    if road.detour or stopping:
        causes = language.many(
            "%(number)s cause of failure in the way",
            "%(number)s causes of failure in the way",
            len(stopping),
        )
        because = [road.detour, causes if stopping else None]
        return Readiness.NOT_READY, "; ".join(filter(None, because))
    if target is None:
        return Readiness.CANNOT_TELL, language.say("no target is given; state one with --target")
    if target == "exo":
        unasked = road.steps[0].notes[0]
        told = language.say("nothing was found in the way, but %(unasked)s", unasked=unasked)
        return Readiness.CANNOT_TELL, told
    if deciding:
        return Readiness.CANNOT_TELL, language.many(
            "nothing was found in the way, but %(number)s verdict that decide could not be given",
            "nothing was found in the way, but %(number)s verdicts that decide could not be given",
            deciding,
        )
    if others or missing or road.warnings:
        return Readiness.WARNINGS, language.say("nothing is in the way; see what remains")
    return Readiness.READY, language.say("nothing is in the way")


def _blockers(causes: tuple[Cause, ...], language: Language) -> Iterable[Blocker]:
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
            yield Blocker(cause.id, language.say(_stage(cause)[1]))
        elif cause.rule.id in opens:
            waiting = tuple(sorted(opens[cause.rule.id]))
            yield Blocker(cause.id, language.say(_stage(cause)[1]), waiting)


def _stage(cause: Cause) -> tuple[int, str]:
    for number, (stage, rules) in enumerate(STAGES):
        if cause.rule.id in rules:
            return number, stage
    return len(STAGES), LAST_STAGE


def _missing(findings: Iterable[Finding]) -> list[Missing]:
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
