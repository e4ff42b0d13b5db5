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
    MigrationBearing,
    Missing,
    Readiness,
    RemediationStage,
    RuleInfo,
    Severity,
    Verdict,
)
from casaudit.i18n.languages import Language, marked
from casaudit.migration.batches import pilot
from casaudit.migration.gates import gates
from casaudit.migration.upgrade_path import UpgradePath, find_upgrade_path
from casaudit.migration.waves import waves

STAGES = {
    RemediationStage.BROKEN: marked("clients that cannot work, and what is not supported"),
    RemediationStage.SHARED_NAMES: marked("shared names, before any name or address moves"),
    RemediationStage.VERSIONS: marked("versions"),
    RemediationStage.ARRAYS_AND_DATABASES: marked("arrays, then databases"),
}
"""The order of remediation in words."""

LAST_STAGE = marked("the rest")
"""The stage of rules that state none; among themselves they stand by their severity."""


def readiness(assessment: Assessment, language: Language) -> Migration:
    """Return what an assessment of profile ``migration`` says about its target."""
    target = assessment.target
    path = find_upgrade_path(assessment.inventory, target, language) if target else UpgradePath()
    causes = tuple(cause for cause in assessment.causes if not _is_removed(path, cause))
    blockers = tuple(_blockers(causes, language))
    missing = tuple(_missing(assessment.findings))
    blocking = {each.cause for each in blockers}
    others = tuple(
        cause.id
        for cause in causes
        if cause.id not in blocking
        and cause.severity is not Severity.INFO
        and cause.rule.purpose.migration is not MigrationBearing.MET_BY_MOVING
    )
    verdict, because = _verdict(target, path, blockers, others, missing, language)
    if not assessment.is_auditable:
        verdict = Readiness.CANNOT_TELL
        because = language.say("the evidence holds no Exchange server and no database")
    stopping = {each.cause for each in blockers if not each.opens}
    opened = gates(assessment.findings, stopping, path, language)
    # Waves lead off Exchange 2010: onto the target, or onto the version on the way to it.
    moves = () if path.obstacle else waves(assessment, blockers, missing, opened, language)
    return Migration(
        target=target,
        verdict=verdict,
        because=because,
        upgrade_path=path.steps,
        warnings=path.warnings,
        blockers=blockers,
        others=others,
        missing=missing,
        gates=opened,
        waves=moves,
        leg=path.leg,
        preparations=path.preparations,
        pilot=pilot(moves),
    )


def _is_removed(path: UpgradePath, cause: Cause) -> bool:
    """Tell whether the upgrade path itself takes away the servers that a cause is about."""
    # All, not any: one server that the path leaves in place keeps the cause a blocker.
    return cause.rule.purpose.migration is MigrationBearing.TARGET_VERSION and all(
        path.takes_away(finding) for finding in cause.findings
    )


def _verdict(
    target: str | None,
    path: UpgradePath,
    blockers: tuple[Blocker, ...],
    others: tuple[str, ...],
    missing: tuple[Missing, ...],
    language: Language,
) -> tuple[Readiness, str]:
    stopping = [each for each in blockers if not each.opens]
    deciding = sum(len(each.subjects) for each in missing if each.decides)
    # What is known to be in the way comes before all that could not be seen.
    if path.obstacle:
        return Readiness.NOT_READY, path.obstacle
    if path.detour or stopping:
        causes = language.many(
            "%(number)s cause of failure in the way",
            "%(number)s causes of failure in the way",
            len(stopping),
        )
        because = [path.detour, causes if stopping else None]
        return Readiness.NOT_READY, "; ".join(filter(None, because))
    if target is None:
        return Readiness.CANNOT_TELL, language.say("no target is given; state one with --target")
    # A hybrid organisation asks for more than Client Access, and none of that is judged here.
    if target == "exo" and not deciding:
        return Readiness.CANNOT_TELL, language.say(
            "the prerequisites of a hybrid organisation are not judged here: see the road"
        )
    if target == "exo":
        return Readiness.CANNOT_TELL, language.many(
            "the prerequisites of a hybrid organisation are not judged here (see the road), and"
            " %(number)s verdict that decides could not be given",
            "the prerequisites of a hybrid organisation are not judged here (see the road), and"
            " %(number)s verdicts that decide could not be given",
            deciding,
        )
    if deciding:
        return Readiness.CANNOT_TELL, language.many(
            "nothing was found in the way, but %(number)s verdict that decides could not be given",
            "nothing was found in the way, but %(number)s verdicts that decide could not be given",
            deciding,
        )
    # What is missing here decides nothing, else the verdict were "cannot tell" already.
    if others or missing or path.warnings:
        return Readiness.WARNINGS, language.say("nothing is in the way; see what remains")
    return Readiness.READY, language.say("nothing is in the way")


def _blockers(causes: tuple[Cause, ...], language: Language) -> Iterable[Blocker]:
    """What stops the migration, each behind the causes whose repair its own repair needs."""
    # Only critical causes stop a migration; one below another critical one goes with that one.
    critical = {cause.id for cause in causes if cause.severity is Severity.CRITICAL}
    failed: dict[str, list[Cause]] = {}
    for cause in causes:
        failed.setdefault(cause.rule.id, []).append(cause)
    stopping = {c.id for c in causes if c.id in critical and c.parent not in critical}
    rules = {cause.rule.id: cause.rule for cause in causes if cause.id in stopping}
    opens: dict[str, set[str]] = {}
    # A dict as an ordered set: a rule keeps the first place that it was given.
    order: dict[str, None] = {}

    def place(rule: str, path: tuple[str, ...]) -> None:
        # Rules of a pack may name each other in ``after``: whoever is on the path comes first.
        for before in failed[rule][0].rule.after:
            if before in failed and before not in path:
                opens.setdefault(before, set()).add(rule)
                place(before, (*path, before))
        order.setdefault(rule)

    # Sorting is stable: within a stage the order of the causes stays, worst first.
    for rule in sorted(rules, key=lambda each: _rank(rules[each])):
        place(rule, (rule,))
    for cause in (each for rule in order for each in failed[rule]):
        if cause.id in stopping:
            yield Blocker(cause.id, _stage(cause.rule, language))
        elif cause.rule.id in opens:
            waiting = tuple(sorted(opens[cause.rule.id]))
            yield Blocker(cause.id, _stage(cause.rule, language), waiting)


def _rank(rule: RuleInfo) -> int:
    return rule.purpose.stage.rank if rule.purpose.stage else len(STAGES)


def _stage(rule: RuleInfo, language: Language) -> str:
    return language.say(STAGES[rule.purpose.stage] if rule.purpose.stage else LAST_STAGE)


def _missing(findings: Iterable[Finding]) -> list[Missing]:
    """Verdicts that could not be given, by rule and reason; those that decide first."""
    # Not one line for each object: a thousand databases lack the same evidence for the same reason.
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.verdict is Verdict.NOT_EVALUATED:
            groups.setdefault((finding.rule.id, finding.reason or ""), []).append(finding)
    found = [
        Missing(
            rule=group[0].rule,
            reason=reason,
            subjects=tuple(finding.subject for finding in group),
            decides=group[0].rule.purpose.decides,
        )
        for (_, reason), group in groups.items()
    ]
    return sorted(found, key=lambda each: not each.decides)
