"""Values too long to be judged: each costs its own field or record, never the whole report."""

from collections.abc import Iterator
from types import NoneType
from typing import Any, get_args

from casaudit.snapshot.document import Snapshot, record_kinds, sections_of
from casaudit.snapshot.network import DnsAnswer
from casaudit.snapshot.record import Gap, Reason, Record, SectionName, Status

MAX_TEXT = 64 * 1024
"""Characters of one text; a directory's longest names have 1,024."""
MAX_LIST = 1024 * 1024
"""Characters of all texts of one list: 20,000 subnets or 10,000 names of a certificate fit."""
_WHOLE = MAX_LIST / MAX_TEXT
"""A certificate as it was sent may be as long as a list of its names."""
_SHOWN = 200


def within_limits(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot without values that are too long to be judged; a gap tells of each.

    A field that may be empty is unread. A record that would be nothing without its field, such as
    one with an endless name, is gone, and its section is not complete.
    """
    changed: dict[str, tuple[Record, ...]] = {}
    gaps: set[Gap] = set()
    poorer: set[SectionName] = set()
    for kind in record_kinds():
        records: tuple[Record, ...] = getattr(snapshot, kind)
        long = {at: names for at, each in enumerate(records) if (names := _too_long(each))}
        # Gaps and sections only tell of evidence: no rule reads their texts.
        if not long or not sections_of(kind):
            continue
        kept = {at: _without(records[at], names) for at, names in long.items()}
        found = (kept.get(at, each) for at, each in enumerate(records))
        changed[kind] = tuple(each for each in found if each is not None)
        for at, names in long.items():
            section = _section(kind, records[at])
            gaps |= {_gap(section, records[at], name) for name in names}
            if kept[at] is None:
                poorer.add(section)
    return snapshot if not changed else _with(snapshot, changed, gaps, poorer)


def _with(
    snapshot: Snapshot,
    changed: dict[str, tuple[Record, ...]],
    gaps: set[Gap],
    poorer: set[SectionName],
) -> Snapshot:
    sections = tuple(
        each.model_copy(update={"status": Status.PARTIAL})
        if each.name in poorer and each.status is Status.COMPLETE
        else each
        for each in snapshot.sections
    )
    ordered = tuple(sorted({*snapshot.gaps, *gaps}, key=Gap.sort_key))
    return snapshot.model_copy(update={**changed, "sections": sections, "gaps": ordered})


def _too_long(record: Record) -> list[str]:
    # __dict__ and no getattr: this is asked of every field of every record.
    return [
        name
        for name, value in record.__dict__.items()
        if _size(value) > (_WHOLE if name == "der" else 1)
    ]


def _size(value: Any) -> float:
    """Return the length of a value in parts of what is allowed."""
    if type(value) is str:
        return len(value) / MAX_TEXT
    if type(value) is tuple:
        longest, whole = 0, 0
        for each in value:
            size = len(each) if type(each) is str else sum(_texts(each))
            longest, whole = max(longest, size), whole + size
        return max(longest / MAX_TEXT, whole / MAX_LIST)
    return sum(_texts(value)) / MAX_TEXT if isinstance(value, Record) else 0


def _texts(record: Any) -> Iterator[int]:
    for value in record.__dict__.values():
        if isinstance(value, str):
            yield len(value)


def _without(record: Record, names: list[str]) -> Record | None:
    """Return a record with some fields unread; nothing where it cannot be without them."""
    fields = type(record).model_fields
    empty: dict[str, Any] = {}
    for name in names:
        kinds = get_args(fields[name].annotation)
        if "unread" not in fields or not {NoneType, Ellipsis} & {*kinds}:
            return None
        empty[name] = None if NoneType in kinds else ()
    unread = tuple(sorted({*getattr(record, "unread", ()), *names}))
    return record.model_copy(update={**empty, "unread": unread})


def _section(kind: str, record: Record) -> SectionName:
    if isinstance(record, DnsAnswer):
        return SectionName(f"dns_{record.view.value}")
    return sections_of(kind)[0]


def _gap(section: SectionName, record: Record, name: str) -> Gap:
    subject = getattr(record, "dn", None) or " ".join(record.sort_key())
    shown = subject if len(subject) <= _SHOWN else f"{subject[:_SHOWN]}…"
    return Gap(section=section, subject=shown, reason=Reason.LIMIT, detail=f"{name} is too long")
