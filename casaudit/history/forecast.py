"""The forecast: the same evidence judged at the times of the coming monthly runs."""

import calendar
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from casaudit.engine.evaluate import Judge, Question, part_of
from casaudit.findings import Assessment, Finding, Forecast, Severity, Turn, Verdict
from casaudit.rulebook.rule import Rulebook
from casaudit.snapshot import Snapshot
from casaudit.waivers import NO_WAIVERS, Waivers, apply

Key = tuple[str, str]
"""Ids of rule and object."""
Open = Mapping[Key, Finding]
"""Failures that no waiver holds for."""
OpenAt = Callable[[datetime], Open]

_DAY = timedelta(days=1)


def forecast(
    snapshot: Snapshot,
    assessment: Assessment,
    book: Rulebook,
    question: Question,
    months: int,
    waivers: Waivers = NO_WAIVERS,
) -> Forecast:
    """Say what turns red before the next monthly runs, and on which day.

    What is said of the collection itself is left out: every run makes a new one.

    Args:
        snapshot: the evidence.
        assessment: its judgement; the runs are counted from its reference time.
        book: the rules that made it.
        question: what was asked then.
        months: how many runs.
        waivers: failures that their owners accept, as long as they hold.
    """
    runs = tuple(_months_later(assessment.as_of, number + 1) for number in range(months))
    # With waived ones: such a failure turns red when its waiver ends, not by its evidence.
    failed = {_key(finding) for finding in assessment.failures}
    begun, before = assessment.as_of, _open(assessment.findings)
    turns: dict[tuple[Key, Severity], Turn] = {}
    all_at = _judge_at(snapshot, book, question, waivers)
    # Month by month: what turns red and green again before the last run is found too.
    for run in runs:
        after = all_at(run)
        came = {rule for rule, _ in _worse(before, after)}
        open_at = _judge_at(snapshot, part_of(book, came), question, waivers)
        some = (_only(before, came), _only(after, came))
        for was, found, moment in _turning_days((begun, some[0]), (run, some[1]), open_at):
            key = _key(found)
            ends = was is None and key in failed
            turn = Turn(found, moment.date(), run, was.severity if was else None, ends)
            # Only the first day counts, but a worse severity later is a turn of its own.
            turns.setdefault((key, found.severity), turn)
        begun, before = run, after
    return Forecast(runs, tuple(sorted(turns.values(), key=_place)))


def _turning_days(
    first: tuple[datetime, Open], last: tuple[datetime, Open], open_at: OpenAt
) -> Iterator[tuple[Finding | None, Finding, datetime]]:
    """Find the day of each failure by halves: as it was before, as it is then, and when."""
    begun, before = first
    end, after = last
    # Rounded up, so that a part of a day at the end counts as one.
    days = -((begun - end) // _DAY)
    # Where nothing is worse at the end of a span, no day in it is looked at.
    # A failure that comes and goes between two runs is none that a run would report.
    worse = _worse(before, after)
    if not worse:
        return
    if days <= 1:
        yield from ((before.get(key), after[key], end) for key in worse)
        return
    moment = begun + _DAY * (days // 2)
    between = (moment, open_at(moment))
    yield from _turning_days(first, between, open_at)
    yield from _turning_days(between, last, open_at)


def _judge_at(snapshot: Snapshot, book: Rulebook, question: Question, waivers: Waivers) -> OpenAt:
    rules = {rule.id for rule in book.rules if question.profile in rule.profiles}
    entries = tuple(entry for entry in waivers.entries if entry.rule in rules)
    # Entries of other rules would be looked for, in vain, at every moment.
    chosen = replace(waivers, entries=entries)
    judge = Judge(book, question.profile)

    def open_at(moment: datetime) -> Open:
        if not rules:
            return {}
        found = judge.verdicts(snapshot, replace(question, as_of=moment))
        return _open(apply(found, chosen, moment, rules)[0])

    return open_at


def _open(findings: Iterable[Finding]) -> Open:
    return {
        _key(finding): finding
        for finding in findings
        if finding.verdict is Verdict.FAIL
        and finding.waiver is None
        # Every run collects anew, so what is old evidence today says nothing of a coming run.
        and finding.subject.kind != "collection"
    }


def _only(found: Open, rules: Collection[str]) -> Open:
    return {key: finding for key, finding in found.items() if key[0] in rules}


def _worse(before: Open, after: Open) -> list[Key]:
    return [
        key
        for key, finding in after.items()
        # A lower rank is a worse severity.
        if key not in before or finding.severity.rank < before[key].severity.rank
    ]


def _key(finding: Finding) -> Key:
    return (finding.rule.id, finding.subject.id)


def _place(turn: Turn) -> tuple[date, int, str, str, str]:
    found = turn.finding
    return (turn.on, found.severity.rank, found.rule.id, found.subject.name, found.subject.id)


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day and hour so many months later, or the last day of a month that is shorter."""
    year, month = divmod(moment.month - 1 + months, 12)
    year, month = moment.year + year, month + 1
    # A run on the 31st is on the 28th in February, and on the 31st again in March.
    day = min(moment.day, calendar.monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)
