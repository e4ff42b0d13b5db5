"""One object that stands twice in one snapshot: what its records dispute is unread for the rules.

Exports that were joined around a rename hold one objectGUID under two names. Equal records fold
into one. Differing ones stay, as evidence, with a gap of the reason ``conflict``; rules see the
object once, and nothing of it that the records dispute.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, get_args, get_origin

from casaudit.dn import norm_dn
from casaudit.snapshot.document import Snapshot, record_kinds, sections_of
from casaudit.snapshot.merge import folded, section_of, with_source
from casaudit.snapshot.record import DirectoryRecord, Gap, Reason, Record, Section, Status

# Where an object stands and what it is called: no rule can do without, so the newest record tells.
_PLACE = frozenset({"id", "name", "dn"})
# Stamps of the reading, counters, and words about what other fields say.
_NO_DISPUTE = frozenset({"source", "unread", "ttl", "detail", "der"})
_KINDS = tuple(kind for kind in record_kinds() if sections_of(kind))
_NEVER = datetime.min.replace(tzinfo=UTC)

Group = tuple[Record, ...]
"""Records of one object, the newest first."""


def note_duplicates(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot without equal records of one object, and with a gap for differing ones.

    Where records dispute what a rule cannot do without, their section is partial as well.
    """
    found = _Duplicates(snapshot)
    if not found.groups:
        return snapshot
    groups = [(kind, group) for kind, alike in found.groups.items() for group in alike]
    equal = {id(each) for _, group in groups if not found.disputed(group) for each in group[1:]}
    disputes = [(kind, group) for kind, group in groups if found.disputed(group)]
    partial = {section_of(kind, each[0]) for kind, each in disputes if found.settled(each) is None}
    gaps = {*snapshot.gaps, *(found.gap(kind, group) for kind, group in disputes)}
    parts: dict[str, Any] = {
        kind: tuple(each for each in getattr(snapshot, kind) if id(each) not in equal)
        for kind in found.groups
    }
    parts["gaps"] = tuple(sorted(gaps, key=Gap.sort_key))
    parts["sections"] = tuple(
        _partial(each) if each.name in partial else each for each in snapshot.sections
    )
    return snapshot.model_copy(update=parts)


def undisputed(snapshot: Snapshot) -> Snapshot:
    """Return a snapshot as rules may see it: each object once, what is in dispute unread."""
    found = _Duplicates(snapshot)
    if not found.groups:
        return snapshot
    parts: dict[str, tuple[Record, ...]] = {}
    for kind in _KINDS:
        alike = found.groups.get(kind, [])
        settled = {id(group[0]): found.settled(group) for group in alike}
        others = {id(each) for group in alike for each in group[1:]}
        kept = (settled.get(id(r), r) for r in getattr(snapshot, kind) if id(r) not in others)
        parts[kind] = tuple(found.pointed(each) for each in kept if each is not None)
    # Noted again, because a snapshot may come here that no file and no collection brought.
    return note_duplicates(snapshot).model_copy(update=parts)


class _Duplicates:
    """The objects of a snapshot that have more than one record.

    Attributes:
        groups: their records by kind.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        alike = {kind: list(_alike(getattr(snapshot, kind))) for kind in _KINDS}
        self.groups = {kind: groups for kind, groups in alike.items() if groups}
        # Links and names of objects below still have a renamed object's old name in one export.
        self._names = {
            norm_dn(each.dn): group[0].dn
            for groups in self.groups.values()
            for group in groups
            for each in group
            if isinstance(each, DirectoryRecord) and isinstance(group[0], DirectoryRecord)
        }

    def disputed(self, group: Group) -> list[str]:
        """Return the fields of which the records say different things."""
        return [
            name
            for name in type(group[0]).model_fields
            if name not in _NO_DISPUTE
            and len({folded(value) for value in self._read(group, name)}) > 1
        ]

    def settled(self, group: Group) -> Record | None:
        """Return one record without what is in dispute; none where no rule could do without it."""
        first, fields = group[0], type(group[0]).model_fields
        disputed = [name for name in self.disputed(group) if name not in _PLACE]
        if "unread" not in fields:
            return None if disputed else first
        # What one record could not read another may have.
        values = {name: next(iter(self._read(group, name)), None) for name in fields}
        unread = set.intersection(*({*getattr(each, "unread", ())} for each in group))
        for name in disputed:
            kind = fields[name].annotation
            if type(None) not in get_args(kind) and get_origin(kind) is not tuple:
                return None
            values[name] = () if get_origin(kind) is tuple else None
        changed = {name: values[name] for name in fields if name not in {*_PLACE, *unread}}
        unread |= {*disputed}
        return first.model_copy(update=changed | {"unread": tuple(sorted(unread))})

    def pointed(self, record: Record) -> Record:
        """Return a record whose links lead to the one record that is left of what they name."""
        links = {
            name: new
            for name in type(record).model_fields
            if name.endswith("_dn") and (new := self._value(record, name)) != getattr(record, name)
        }
        return record.model_copy(update=links) if links else record

    def gap(self, kind: str, group: Group) -> Gap:
        """Return the gap of an object whose records differ."""
        said = [
            f"{name}: " + " against ".join(dict.fromkeys(with_source(each, name) for each in group))
            for name in self.disputed(group)
        ]
        first = group[0]
        return Gap(
            section=section_of(kind, first),
            subject=first.dn if isinstance(first, DirectoryRecord) else " ".join(first.sort_key()),
            reason=Reason.CONFLICT,
            detail="stands here more than once, and what differs is not judged: " + "; ".join(said),
        )

    def _read(self, group: Group, name: str) -> list[Any]:
        """Return the values of a field in the records that could read it."""
        able = [each for each in group if name not in getattr(each, "unread", ())]
        return [self._value(each, name) for each in able]

    def _value(self, record: Record, name: str) -> Any:
        value = getattr(record, name)
        is_link = name.endswith("_dn") and isinstance(value, str) and name not in _PLACE
        return self._names.get(norm_dn(value), value) if is_link else value


def _alike(records: Sequence[Record]) -> Iterator[Group]:
    """Yield the records of one key; directory objects of one id, or in one place."""
    found: dict[Any, list[Record]] = {}
    groups: list[list[Record]] = []
    for each in records:
        keys: tuple[Any, ...] = (each.sort_key(),)
        if isinstance(each, DirectoryRecord):
            # By the place too, where it is one: an object that was made anew has another id there.
            keys = (each.id, norm_dn(each.dn)) if "=" in each.dn else (each.id,)
        mine = next((found[key] for key in keys if key in found), None)
        if mine is None:
            mine = []
            groups.append(mine)
        mine.append(each)
        found |= dict.fromkeys(keys, mine)
    return (tuple(sorted(each, key=_age, reverse=True)) for each in groups if len(each) > 1)


def _age(record: Any) -> tuple[object, ...]:
    """Return what orders records of one object: the newest is the last, any order else."""
    stamps = record.source
    return stamps.when_changed or _NEVER, stamps.usn_changed or 0, record.model_dump_json()


def _partial(section: Section) -> Section:
    whole = section.status is Status.COMPLETE
    return section.model_copy(update={"status": Status.PARTIAL}) if whole else section
