"""What a judgement has to tell that an earlier one had not: new, changed, not seen, fixed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from casaudit.errors import UsageError
from casaudit.findings import ChangeCause, ChangeKind, Severity, Value, Verdict, WaiverState
from casaudit.findings.counts import COLLECTION
from casaudit.findings.document import FindingsDocument, RulePart, SectionPart
from casaudit.findings.document_changes import TurnPart
from casaudit.findings.document_parts import ResultPart, SubjectPart, WaiverUsePart
from casaudit.report.labels import label
from casaudit.snapshot import Status
from casaudit.text import join
from casaudit.waivers import is_same

SOON = 31
"""Days of the longest month: what happens before the next monthly message is told in this one."""

_MOST_COLUMNS = 3
# What needs somebody comes first.
_ORDER = (
    ChangeKind.NEW,
    ChangeKind.CHANGED,
    ChangeKind.UNSEEN,
    ChangeKind.FIXED,
    ChangeKind.STILL_OPEN,
)


@dataclass(frozen=True, slots=True)
class NewsItem:
    """One failure that there is something to tell of.

    Attributes:
        severity: as it is; as it was for what is fixed or not seen any more.
        cause: why it changed; ``None`` where that is not known.
        detail: what differs, in English; empty where nothing is known of it.
    """

    kind: ChangeKind
    rule_id: str
    title: str
    severity: Severity
    subject: SubjectPart
    fingerprint: str
    cause: ChangeCause | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class News:
    """A judgement, led by what is new in it.

    Attributes:
        since: reference time of the earlier judgement; ``None`` without one.
        items: new ones first, the worst of them first. Without an earlier judgement these are
            all open failures, as ``STILL_OPEN``; else what is still open is only counted.
        collection: the same about the evidence itself, which is no object of the organisation;
            without mere remarks (info).
        still_open: how many failures that are not waived were told before.
        open: failures of the organisation that are not waived, by severity; no standing notices.
    """

    document: FindingsDocument
    since: datetime | None
    items: tuple[NewsItem, ...]
    collection: tuple[NewsItem, ...]
    still_open: int
    open: Counter[Severity]

    @property
    def turns(self) -> tuple[TurnPart, ...]:
        """What turns red by itself before the next monthly message."""
        last = (self.document.as_of + timedelta(days=SOON)).date()
        ahead = self.document.forecast.turns if self.document.forecast else ()
        return tuple(turn for turn in ahead if turn.on <= last)

    @property
    def ending(self) -> tuple[WaiverUsePart, ...]:
        """Waivers that end before the next monthly message."""
        uses = self.document.waivers
        return tuple(w for w in uses if w.state is WaiverState.HOLDS and w.days_left <= SOON)

    @property
    def unseen(self) -> tuple[SectionPart, ...]:
        """Kinds of evidence that were asked for and not seen in full."""
        return _unseen(self.document)

    @property
    def broken(self) -> tuple[RulePart, ...]:
        """Rules that could not be run."""
        return tuple(rule for rule in self.document.rules if rule.problem is not None)

    @property
    def is_quiet(self) -> bool:
        """Whether nobody needs to hear of it: compared, nothing changed, and all was seen."""
        changed = self.items or self.collection or self.turns or self.ending
        is_whole = self.document.judgement.state != "nothing" and not (self.unseen or self.broken)
        return self.since is not None and is_whole and not changed


def news(now: FindingsDocument, then: FindingsDocument | None = None, name: str = "") -> News:
    """Return what is new since an earlier judgement.

    Args:
        now: the judgement to tell.
        then: the earlier one; else the baseline that the judgement itself was compared with.
        name: what to call the earlier one in errors.

    Raises:
        UsageError: the earlier one is of another organisation or purpose, or not earlier.
    """
    if then is not None:
        _check(then, now, name)
        since, found = then.as_of, list(_compared(then, now))
    elif now.comparison is not None:
        since, found = now.comparison.baseline_as_of, list(_told(now))
    else:
        since, found = None, [_item(ChangeKind.STILL_OPEN, each) for each in _open(now)]
    # A standing notice is true of every organisation that is audited, and no news.
    notices = {rule.id for rule in now.rules if rule.standing}
    found = sorted((item for item in found if item.rule_id not in notices), key=_place)
    told = [item for item in found if since is None or item.kind is not ChangeKind.STILL_OPEN]
    about = [item for item in told if item.subject.kind == COLLECTION]
    items = tuple(item for item in told if item.subject.kind != COLLECTION)
    counted = [r for r in _open(now) if r.subject.kind != COLLECTION and r.rule_id not in notices]
    before = {item.fingerprint for item in found if item.kind is ChangeKind.STILL_OPEN}
    return News(
        document=now,
        since=since,
        items=items,
        collection=tuple(item for item in about if item.severity is not Severity.INFO),
        still_open=sum(result.fingerprint in before for result in counted),
        open=Counter(result.severity for result in counted),
    )


def _check(then: FindingsDocument, now: FindingsDocument, name: str) -> None:
    one, other = _organizations(then), _organizations(now)
    # Names alone do not tell: many organisations bear the name that setup proposes.
    if one and other and not one & other:
        raise UsageError(name, "is of another organisation", "give one of the same")
    if (then.profile, then.target) != (now.profile, now.target):
        asked = f"profile {then.profile}" + (f", target {then.target}" if then.target else "")
        raise UsageError(
            name,
            f"was judged for another purpose ({asked})",
            "give findings with the same --profile and --target",
        )
    if then.as_of >= now.as_of:
        raise UsageError(name, "is not earlier than the findings to tell of", "swap the two")


def _organizations(document: FindingsDocument) -> set[str]:
    return {r.subject.id for r in document.results if r.subject.kind == "organization"}


def _compared(then: FindingsDocument, now: FindingsDocument) -> Iterator[NewsItem]:
    before = {result.fingerprint: result for result in then.results}
    after = {result.fingerprint: result for result in now.results}
    for key, result in after.items():
        if result.verdict is Verdict.FAIL:
            yield from _failing(before.get(key), result)
    # Of a rule that is gone or could not be run nothing is known now.
    judged = {rule.id for rule in now.rules if rule.problem is None}
    for key, result in before.items():
        left = after.get(key)
        if result.verdict is Verdict.FAIL and not (left and left.verdict is Verdict.FAIL):
            is_seen = left.verdict is not Verdict.NOT_EVALUATED if left else not _unseen(now)
            is_fixed = is_seen and result.rule_id in judged
            yield _item(ChangeKind.FIXED if is_fixed else ChangeKind.UNSEEN, result)


def _failing(old: ResultPart | None, new: ResultPart) -> Iterator[NewsItem]:
    """Tell of a failure; one that was waived before anybody heard of it is no news."""
    if old is None or old.verdict is not Verdict.FAIL:
        if new.waiver is None:
            yield _item(ChangeKind.NEW, new)
    elif (old.waiver is None) != (new.waiver is None):
        detail = f"waived until {new.waiver.until}" if new.waiver else "no longer waived"
        yield _item(ChangeKind.CHANGED, new, ChangeCause.WAIVER, detail)
    elif old.severity is not new.severity:
        detail = f"severity was {old.severity}, is {new.severity}"
        yield _item(ChangeKind.CHANGED, new, None, detail)
    elif columns := _differing(old, new):
        detail = f"another value of {join(columns[:_MOST_COLUMNS])}"
        yield _item(ChangeKind.CHANGED, new, None, detail)
    elif new.waiver is None:
        yield _item(ChangeKind.STILL_OPEN, new)


def _differing(old: ResultPart, new: ResultPart) -> list[str]:
    """Name the evidence that was changed; that a count rose or fell alone is no change."""
    if old.revision != new.revision:
        return []
    return [
        label(column)
        for column, value in new.evidence.items()
        if column in old.evidence
        and not is_same(old.evidence[column], value)
        and not (_is_number(old.evidence[column]) and _is_number(value))
    ]


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _told(now: FindingsDocument) -> Iterator[NewsItem]:
    """Take over what the judgement itself says of its baseline."""
    titles = {rule.id: rule.title for rule in now.rules}
    for change in now.comparison.changes if now.comparison else ():
        is_over = change.kind in (ChangeKind.FIXED, ChangeKind.UNSEEN)
        side = change.before if is_over else change.after
        if side is None or change.subject is None or not change.rule_id:
            continue
        if side.waived and change.kind in (ChangeKind.NEW, ChangeKind.STILL_OPEN):
            continue
        yield NewsItem(
            change.kind,
            change.rule_id,
            titles.get(change.rule_id, ""),
            side.severity,
            change.subject,
            change.fingerprint or "",
            change.cause,
            change.detail,
        )


def _open(document: FindingsDocument) -> Iterator[ResultPart]:
    results = document.results
    return (r for r in results if r.verdict is Verdict.FAIL and r.waiver is None)


def _unseen(document: FindingsDocument) -> tuple[SectionPart, ...]:
    lost = (Status.PARTIAL, Status.FAILED)
    return tuple(section for section in document.coverage if section.status in lost)


def _item(
    kind: ChangeKind, result: ResultPart, cause: ChangeCause | None = None, detail: str = ""
) -> NewsItem:
    return NewsItem(
        kind,
        result.rule_id,
        result.title,
        result.severity,
        result.subject,
        result.fingerprint,
        cause,
        detail,
    )


def _place(item: NewsItem) -> tuple[int, int, str, str, str, str]:
    subject = item.subject
    rank = _ORDER.index(item.kind), item.severity.rank
    return (*rank, item.rule_id, item.cause or "", subject.name, subject.id)
