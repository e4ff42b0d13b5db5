"""What changed between two judgements of one organisation, each change with its one cause."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from casaudit.engine import evaluate
from casaudit.engine.evaluate import Question, findings_of, part_of
from casaudit.errors import UsageError
from casaudit.findings import (
    Assessment,
    Change,
    ChangeCause,
    ChangeKind,
    Comparison,
    Finding,
)
from casaudit.history.attribution import (
    Attribution,
    Index,
    Judge,
    Key,
    Side,
    attribute_by_newer_snapshot,
    attribute_by_older_snapshot,
    index,
)
from casaudit.history.baseline import Baseline, Judgement, check_comparable, judgement
from casaudit.history.changes import Changes, fails, is_alike
from casaudit.history.earlier import read_findings
from casaudit.rulebook.rule import Rulebook
from casaudit.snapshot import Snapshot, dumps
from casaudit.waivers import NO_WAIVERS, Waivers, apply

__all__ = ["Baseline", "Judgement", "check_comparable", "compare", "judgement", "read_findings"]

Pair = tuple[Finding | None, Finding | None]
"""A finding then and now."""

# What needs somebody comes first; what is still open was told the last time.
_ORDER = (
    ChangeKind.NEW,
    ChangeKind.CHANGED,
    ChangeKind.UNSEEN,
    ChangeKind.FIXED,
    ChangeKind.STILL_OPEN,
)


def compare(
    baseline: Baseline,
    snapshot: Snapshot,
    assessment: Assessment,
    book: Rulebook,
    question: Question,
    waivers: Waivers = NO_WAIVERS,
    kept: evaluate.Judge | None = None,
) -> Comparison:
    """Say what became of every failure since the baseline, and why.

    Args:
        baseline: the older state; its reference time stays what it was.
        snapshot: the newer evidence.
        assessment: its judgement.
        book: the rules that made it.
        question: what was asked then.
        waivers: failures that their owners accept; they count for the baseline too.
        kept: the judge of the newer snapshot, whose tables serve for the older one as well.

    Raises:
        UsageError: the baseline is of another organisation, or was judged for another purpose.
    """
    check_comparable(baseline, snapshot, assessment)
    then = _then(baseline, kept or evaluate.Judge(book, question.profile), question, waivers)
    now = judgement(assessment)
    before, after = index(then.findings), index(now.findings)
    # The second half has no certain order, being a set; the changes are sorted below.
    keys = [*before, *(after.keys() - before.keys())]
    pairs = {key: (before.get(key), after.get(key)) for key in keys}
    # Judging again costs most of a comparison, so only rules whose failures are not alike.
    moved = {k[0] for k, pair in pairs.items() if any(map(fails, pair)) and not is_alike(*pair)}
    attribution = _attribution(baseline, snapshot, then, now, _judge(book, question, moved))
    found = _changes(Changes(attribution, then.rules, now.rules, book.language), pairs)
    return Comparison(
        baseline_sha256=then.snapshot_sha256,
        baseline_rules_sha256=then.rules_sha256,
        baseline_collected_at=then.collected_at,
        baseline_as_of=then.as_of,
        changes=tuple(sorted(found, key=_place)),
    )


def _then(
    baseline: Baseline, judge: evaluate.Judge, question: Question, waivers: Waivers
) -> Judgement:
    """The older side: as it was reported, else the snapshot judged now at its own time."""
    if baseline.reported is not None:
        return baseline.reported
    if baseline.snapshot is None:
        raise UsageError(baseline.name, "holds neither a snapshot nor a findings.json")
    old, book = baseline.snapshot, judge.book
    rules = {rule.id: rule.info for rule in book.rules if question.profile in rule.profiles}
    # No time of its own: the snapshot is judged at that of its collection.
    found = judge.verdicts(old, replace(question, as_of=None))
    # At that time as well: a waiver that has ended since was holding then.
    findings, _ = apply(found, waivers, old.collected_at, rules, book.language)
    return Judgement(
        organization=next((each.name for each in old.organization), "unknown organisation"),
        collected_at=old.collected_at,
        as_of=old.collected_at,
        profile=question.profile,
        target=question.target,
        snapshot_sha256=hashlib.sha256(dumps(old)).hexdigest(),
        rules_sha256=book.sha256,
        rules=rules,
        findings=findings,
        coverage=old.sections,
    )


def _changes(changes: Changes, pairs: Mapping[Key, Pair]) -> Iterator[Change]:
    for key, (before, after) in pairs.items():
        if fails(before) and fails(after):
            yield changes.stayed(key, before, after)
        elif fails(after):
            yield changes.came(key, before, after)
        elif fails(before):
            yield changes.went(key, before, after)


def _place(change: Change) -> tuple[int, str, str, str]:
    finding = change.after or change.before
    named = (finding.rule.id, finding.subject.name, finding.subject.id) if finding else ("", "", "")
    return (_ORDER.index(change.kind), *named)


def _judge(book: Rulebook, question: Question, rules: Collection[str]) -> Judge:
    asked = part_of(book, rules)

    def judge(evidence: Snapshot, moment: datetime) -> Index:
        # Without a rule nothing is judged, and loading a snapshot would cost the same.
        if not asked.rules:
            return {}
        return index(findings_of(evidence, asked, replace(question, as_of=moment)))

    return judge


def _attribution(
    baseline: Baseline, snapshot: Snapshot, then: Judgement, now: Judgement, judge: Judge
) -> Attribution:
    sides = (Side(then.findings, then.coverage), Side(now.findings, now.coverage))

    def is_other_rule(rule_id: str) -> bool:
        one, other = then.rules.get(rule_id), now.rules.get(rule_id)
        return one is None or other is None or one.revision != other.revision

    if baseline.snapshot is None:
        return attribute_by_newer_snapshot(then.as_of, snapshot, judge, sides, is_other_rule)
    # Equal rules that judged otherwise had other settings, which are configuration.
    same = then.rules_sha256 == now.rules_sha256
    differs = ChangeCause.CONFIGURATION if same else ChangeCause.RULE
    reported = differs if baseline.reported else None
    return attribute_by_older_snapshot(
        baseline.snapshot, judge, (then.as_of, now.as_of), sides, reported
    )
