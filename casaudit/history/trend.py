"""The trend: snapshots of one organisation judged alike, and what to know when comparing them."""

from collections.abc import Iterable
from dataclasses import dataclass

from casaudit.findings import Assessment, Finding, Point, Trend, Verdict, is_of_answer
from casaudit.history import Judgement
from casaudit.snapshot import Status
from casaudit.text import count


@dataclass(frozen=True, slots=True)
class Run:
    """One snapshot of the past: its file, its judgement by the present rules, and that of then."""

    name: str
    assessment: Assessment
    reported: Judgement | None


def trend_of(runs: Iterable[Run]) -> Trend:
    """Return the trend over some runs, at least one, in any order."""
    ordered = sorted(runs, key=lambda run: (run.assessment.collected_at, run.name))
    # strict=False: the list of those before has the last run too many.
    points = [_point(run, before) for before, run in zip([None, *ordered], ordered, strict=False)]
    newest = ordered[-1].assessment
    return Trend(newest.organization, newest.profile, newest.rules_sha256, tuple(points))


def _point(run: Run, before: Run | None) -> Point:
    found = run.assessment
    # Of the organisation: a kind of evidence that was not collected is no failure of it.
    counts, standing = found.tally.organization, found.tally.standing
    # The first point has nothing to compare with: nothing came, nothing went.
    # With waived ones: a waiver lets no failure go, and its end brings none.
    now, then = _failed(run), _failed(before or run)
    return Point(
        name=run.name,
        snapshot_sha256=found.snapshot_sha256,
        collected_at=found.collected_at,
        open=counts.open,
        standing=standing.verdicts.total(),
        failures=counts.failed.total(),
        verdicts=counts.verdicts,
        came=len(now - then),
        went=len(then - now),
        # What nobody asks for is the same in each run, and would only fill the column.
        incomplete={n: s for n, s in _incomplete(run).items() if s != Status.NOT_COLLECTED},
        reported=len(_reported(run.reported)) if run.reported else None,
        notes=tuple(_notes(run, before)) if before else (),
    )


def _failed(run: Run) -> set[str]:
    return {f.fingerprint for f in run.assessment.failures if is_of_answer(f)}


def _incomplete(run: Run) -> dict[str, str]:
    coverage = run.assessment.coverage
    return {s.name.value: s.status.value for s in coverage if s.status is not Status.COMPLETE}


def _reported(then: Judgement) -> list[Finding]:
    failed = (finding for finding in then.findings if finding.verdict is Verdict.FAIL)
    return [finding for finding in failed if is_of_answer(finding)]


def _notes(run: Run, before: Run) -> Iterable[str]:
    then, now = _incomplete(before), _incomplete(run)
    for section in sorted({*then, *now}):
        was, status = (each.get(section, "complete") for each in (then, now))
        if was != status:
            yield f"coverage: {section} was {_words(was)}, is {_words(status)}"
    if before.reported and run.reported:
        yield from _other_rules(before.reported, run.reported)


def _other_rules(then: Judgement, now: Judgement) -> Iterable[str]:
    # The points are judged alike, but the reader remembers what was reported then.
    if then.rules_sha256 == now.rules_sha256:
        return
    new = now.rules.keys() - then.rules.keys()
    found = _reported(now)
    come = sum(finding.rule.id in new for finding in found)
    yield (
        f"rules: other ones than before; of {count(len(found), 'failure')} reported then,"
        f" {count(come, 'comes', 'come')} from {count(len(new), 'new rule')}"
    )


def _words(status: str) -> str:
    return status.replace("_", " ")
