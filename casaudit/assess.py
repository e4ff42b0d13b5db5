"""The assessment, composed: verdicts, waivers, causes, repairs, readiness, comparison, forecast.

Everything below the reports meets here, and only here. No clock, no socket, no file.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from casaudit.engine.causes import fold_causes
from casaudit.engine.evaluate import Judge, Question
from casaudit.findings import (
    Assessment,
    PublishedViews,
    Repairs,
    RuleVerdicts,
    Verdict,
    Verdicts,
    WaiverUse,
)
from casaudit.garbage import collector_at_rest
from casaudit.history import Baseline, compare
from casaudit.history.forecast import forecast
from casaudit.i18n.languages import Language
from casaudit.migration.readiness import readiness
from casaudit.remediation.planner import plan_of
from casaudit.remediation.repairs import SETTABLE, repairs
from casaudit.remediation.whatif import compare_failures, try_plan
from casaudit.rulebook.rule import Rulebook
from casaudit.snapshot import Snapshot, dumps
from casaudit.waivers import NO_WAIVERS, Waivers, apply


@dataclass(frozen=True, slots=True)
class Extras:
    """What is wanted beside verdicts and causes; each costs time, and memory as long as it lives.

    Attributes:
        inventory: the rows of the published views, which most reports show.
        repairs: what a remediation plan is made from.
        outlook: what the plan would do, which is another judgement; it needs the repairs.
        baseline: an earlier state to compare with.
        months: how many coming monthly runs to foresee.
    """

    inventory: bool = True
    repairs: bool = True
    outlook: bool = False
    baseline: Baseline | None = None
    months: int = 0


FOR_REPORTS = Extras()
VERDICTS = Extras(inventory=False, repairs=False)


@collector_at_rest()
def assess(
    snapshot: Snapshot,
    rules: Rulebook | Judge,
    question: Question,
    sha256: str | None = None,
    *,
    waivers: Waivers = NO_WAIVERS,
    wanted: Extras = FOR_REPORTS,
) -> Assessment:
    """Judge a snapshot by every rule of the profile, and add what is wanted.

    Args:
        snapshot: the evidence.
        rules: the rules, checked; or ``judge_of`` them, where many snapshots are judged.
        question: reference time, profile, target and settings.
        sha256: of the snapshot's canonical bytes, when the caller has it already.
        waivers: failures that their owners accept.
        wanted: what reports need beside verdicts and causes.

    Raises:
        RuleError: a waiver that names no one object.
        UsageError: a baseline that cannot be compared.
    """
    judge = rules if isinstance(rules, Judge) else judge_of(rules, question.profile, wanted)
    book, runs = judge.book, judge.runs(snapshot, question)
    # No clock here: where no time is asked, a later run has to say the same as this one.
    as_of = question.as_of or snapshot.collected_at
    findings, uses = _waived([run.findings for run in runs], waivers, as_of, book.language)
    waived = {(f.rule.id, f.subject.id): f for f in findings.of(Verdict.FAIL) if f.waiver}
    # Readiness is read off the views, whether or not a report shows them.
    is_migration = question.profile == "migration"
    views = judge.tables.published() if wanted.inventory or is_migration else PublishedViews()
    assessment = Assessment(
        organization=next((o.name for o in snapshot.organization), "unknown organisation"),
        collected_at=snapshot.collected_at,
        as_of=as_of,
        profile=question.profile,
        target=question.target,
        snapshot_sha256=sha256 or hashlib.sha256(dumps(snapshot)).hexdigest(),
        rules_sha256=book.sha256,
        tool_version=snapshot.tool_version,
        language=book.language,
        rules=tuple(run.info for run in runs),
        findings=findings,
        causes=fold_causes(runs, judge.cards, waived),
        coverage=snapshot.sections,
        gaps=snapshot.gaps,
        controllers=snapshot.controllers,
        inventory=views,
        meanings={run.rule.id: run.meanings for run in runs} if wanted.inventory else {},
        waivers=uses,
        repairs=repairs(book, judge.tables, runs) if wanted.repairs else Repairs(),
        problems={run.rule.id: run.problem for run in runs if run.problem is not None},
        is_auditable=snapshot.is_auditable,
    )
    if is_migration:
        migration = readiness(assessment, book.language)
        kept = views if wanted.inventory else PublishedViews()
        assessment = replace(assessment, migration=migration, inventory=kept)
    return _with_other_states(assessment, snapshot, judge, question, waivers, wanted)


def judge_of(book: Rulebook, profile: str, wanted: Extras = FOR_REPORTS) -> Judge:
    """Return the judge of a profile, with the tables that are wanted beside those of the rules."""
    views = [view.name for view in book.views if view.is_published]
    if not wanted.inventory and profile != "migration":
        # Readiness reads any published view: a migration keeps them all, wanted or not.
        views = [SETTABLE] if wanted.repairs else []
    return Judge(book, profile, views)


def _waived(
    verdicts: Sequence[RuleVerdicts], waivers: Waivers, as_of: datetime, language: Language
) -> tuple[Verdicts, tuple[WaiverUse, ...]]:
    """Mark the failures that are waived; rules that no waiver names are left as they are."""
    named = {waiver.rule for waiver in waivers.entries}
    # Rules without any object too: their waivers are unused, those of other profiles are not.
    judged = {each.info.id for each in verdicts}
    some = Verdicts(each for each in verdicts if each.info.id in named)
    marked, uses = apply(some, waivers, as_of, judged, language)
    # Failures are findings from the start, never columns: a waiver changes the ready ones only.
    held = {(f.rule.id, f.subject.id): f for f in marked if f.waiver is not None}
    return Verdicts(
        each.with_ready(held.get((f.rule.id, f.subject.id), f) for f in each.ready.values())
        if each.info.id in named
        else each
        for each in verdicts
    ), uses


def _with_outlook(
    assessment: Assessment, snapshot: Snapshot, judge: Judge, question: Question
) -> Assessment:
    """Try the steps that need no answer, and tell what becomes of the failures."""
    plan = plan_of(assessment).document(assessment)
    trial = try_plan(snapshot, plan, judge.book.shared.settings, {})
    after = judge.verdicts(trial.snapshot, question) if trial.applied else assessment.findings
    return replace(assessment, outlook=compare_failures(assessment.failures, after))


def _with_other_states(
    assessment: Assessment,
    snapshot: Snapshot,
    judge: Judge,
    question: Question,
    waivers: Waivers,
    wanted: Extras,
) -> Assessment:
    """Add what the plan would do, what changed since the baseline, and what coming runs find."""
    # Nothing of the assessment is read from the judge's tables any more: they may be filled anew.
    book = judge.book
    if wanted.outlook:
        assessment = _with_outlook(assessment, snapshot, judge, question)
    if wanted.baseline is not None:
        compared = compare(wanted.baseline, snapshot, assessment, book, question, waivers, judge)
        assessment = replace(assessment, comparison=compared)
    if wanted.months:
        foreseen = forecast(snapshot, assessment, book, question, wanted.months, waivers)
        assessment = replace(assessment, forecast=foreseen)
    return assessment
