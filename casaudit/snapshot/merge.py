"""Several sources make one snapshot, whatever their order, and differences show.

An object that two sources describe differently is a gap with the reason ``conflict`` that tells
both values, and so is one that a source lacks although it was read in full. The later change
counts, then the later source; where nothing tells which is later, the field is unread. A section
is as well seen as by the best of its sources; of DNS, TLS, HTTP and exports, where each source asks
its own questions, as by the worst.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from casaudit.dn import norm_dn
from casaudit.errors import SourceError
from casaudit.snapshot.document import MINOR, Snapshot, record_kinds, sections_of
from casaudit.snapshot.limits import within_limits
from casaudit.snapshot.network import DnsAnswer, DnsView
from casaudit.snapshot.record import (
    EXPORTED,
    Controller,
    DirectoryRecord,
    Gap,
    Reason,
    Record,
    Section,
    SectionName,
    Status,
)

# Controllers, sections and gaps are of no section; they are put together each in its own way.
_KINDS = tuple(kind for kind in record_kinds() if sections_of(kind))
_OWN_QUESTIONS = EXPORTED | {
    SectionName.DNS_INTERNAL,
    SectionName.DNS_EXTERNAL,
    SectionName.TLS,
    SectionName.HTTP,
}
_BEST_FIRST = (Status.COMPLETE, Status.PARTIAL, Status.FAILED, Status.NOT_COLLECTED)
# What two sources of one object may differ in: their own stamps, TTLs that count down, and the
# members of an array, which the shell of each version computes anew.
_NO_DIFFERENCE = frozenset(
    {"id", "dn", "source", "unread", "ttl", "aliases", "detail", "der", "members"}
)
_SHOWN = 200


def merge(snapshots: Sequence[Snapshot]) -> Snapshot:
    """Return one snapshot of one organisation from those of several sources.

    The collection counts as of the latest of them.

    Raises:
        SourceError: they describe different organisations.
    """
    # As it is, so that its minor version stays that of the tool which wrote it.
    if len(snapshots) == 1:
        return snapshots[0]
    _check_organization(snapshots)
    snapshots = sorted(snapshots, key=lambda each: (each.collected_at, _origin(each)), reverse=True)
    gaps = {gap for snapshot in snapshots for gap in snapshot.gaps}
    parts: dict[str, Any] = {}
    lacking: list[frozenset[SectionName]] = [frozenset() for _ in snapshots]
    for kind in _KINDS:
        merged = _Merged(kind, snapshots)
        parts[kind] = tuple(merged.records)
        gaps.update(merged.gaps)
        lacking = [before | now for before, now in zip(lacking, merged.lacking, strict=True)]
    whole = Snapshot(
        # What an older source did not know was marked as unread when it was read.
        minor=max(MINOR, *(each.minor for each in snapshots)),
        tool_version=snapshots[0].tool_version,
        collected_at=max(each.collected_at for each in snapshots),
        controllers=_controllers(snapshots),
        sections=_sections(snapshots, lacking),
        gaps=tuple(gaps),
        **parts,
    )
    return within_limits(whole)


class _Merged:
    """The records of one kind from all sources.

    Attributes:
        records: each object once.
        gaps: where sources contradict each other.
        lacking: per source, sections that are not complete in it after all.
    """

    def __init__(self, kind: str, snapshots: Sequence[Snapshot]) -> None:
        self.records: list[Record] = []
        self.gaps: list[Gap] = []
        self._kind = kind
        index: dict[str, int] = {}
        for snapshot in snapshots:
            mine: dict[str, int] = {}
            for record in getattr(snapshot, kind):
                place = next((index[key] for key in _keys(record) if key in index), None)
                if place is None:
                    place = len(self.records)
                    self.records.append(record)
                else:
                    self.records[place] = self._joined(self.records[place], record)
                mine |= dict.fromkeys(_keys(record), place)
            # After the loop: a record is compared with other sources, never with its neighbours.
            index = mine | index
        self.lacking = [frozenset(self._lacking(snapshot)) for snapshot in snapshots]

    def _joined(self, first: Record, second: Record) -> Record:
        """Return one record of two of the same object; what differs is a conflict."""
        late, early = sorted((first, second), key=_lateness, reverse=True)
        different = _differing(late, early)
        if different:
            shown = (
                f"{each}: {with_source(late, each)} against {with_source(early, each)}"
                for each in different
            )
            self._conflict(late, "; ".join(shown))
        if not isinstance(late, DirectoryRecord) or not isinstance(early, DirectoryRecord):
            return late
        same = late.source.when_changed == early.source.when_changed
        if _lateness(late)[:2] == _lateness(early)[:2]:
            return _undecided(_filled(late, early), different)
        return _filled(late, early) if same else late

    def _lacking(self, snapshot: Snapshot) -> Iterable[SectionName]:
        """Yield the sections of which a source lacks an object although it was read in full."""
        keys = {key for record in getattr(snapshot, self._kind) for key in _keys(record)}
        for record in self.records:
            section = section_of(self._kind, record)
            whole = snapshot.status(section) is Status.COMPLETE
            # Where every source asked for something else, a missing answer is no conflict.
            if section in _OWN_QUESTIONS or not whole or not keys.isdisjoint(_keys(record)):
                continue
            self._conflict(record, f"not in {_origin(snapshot)}, which was read in full")
            yield section

    def _conflict(self, record: Record, detail: str) -> None:
        section = section_of(self._kind, record)
        subject = record.dn if isinstance(record, DirectoryRecord) else " ".join(record.sort_key())
        self.gaps.append(
            Gap(section=section, subject=subject, reason=Reason.CONFLICT, detail=detail)
        )


def _lateness(record: Any) -> tuple[float, float, str]:
    """What the later of two records has more of; at last its text: order does not matter."""
    changed = record.source.when_changed
    return (
        changed.timestamp() if changed else 0.0,
        record.source.at.timestamp(),
        record.model_dump_json(),
    )


def _undecided(record: DirectoryRecord, different: Iterable[str]) -> DirectoryRecord:
    """Return a record without what nobody knows; what it cannot do without stays."""
    fields = type(record).model_fields
    names = [name for name in different if not fields[name].is_required()]
    empty = {name: () if isinstance(getattr(record, name), tuple) else None for name in names}
    unread = tuple(sorted({*record.unread, *names}))
    return record.model_copy(update={**empty, "unread": unread})


def _filled(record: DirectoryRecord, other: DirectoryRecord) -> DirectoryRecord:
    """Return a record with what could not be read in it, but in another source."""
    names = set(record.unread) - set(other.unread) - set(_differing(record, other))
    names &= type(record).model_fields.keys() & type(other).model_fields.keys()
    values = {name: getattr(other, name) for name in names}
    unread = tuple(each for each in record.unread if each not in names)
    return record.model_copy(update={**values, "unread": unread}) if names else record


def _keys(record: Record) -> tuple[str, ...]:
    """Return what the same object has in common in all sources."""
    if isinstance(record, DirectoryRecord):
        # By both: a rename leaves only the GUID, and a source without GUIDs knows the DN.
        return (record.id, norm_dn(record.dn))
    return ("\0".join(record.sort_key()),)


def _differing(first: Record, second: Record) -> list[str]:
    """Return the fields in which two records of one object differ; unread ones do not count."""
    unread = {*getattr(first, "unread", ()), *getattr(second, "unread", ())}
    return [
        name
        for name in type(first).model_fields
        if name not in _NO_DIFFERENCE | unread
        and folded(getattr(first, name)) != folded(getattr(second, name, None))
    ]


def folded(value: object) -> object:
    """Return a value in which texts that differ in case only are equal: a directory ignores it."""
    if isinstance(value, str):
        return value.casefold()
    return tuple(map(folded, value)) if isinstance(value, tuple) else value


def with_source(record: Any, name: str) -> str:
    """Write the value of a field with its source."""
    return f"{getattr(record, name)!r:.{_SHOWN}} ({record.source.origin})"


def section_of(kind: str, record: Record) -> SectionName:
    """Return the section that a record of a kind belongs to."""
    if isinstance(record, DnsAnswer):
        inside = record.view is DnsView.INTERNAL
        return SectionName.DNS_INTERNAL if inside else SectionName.DNS_EXTERNAL
    return sections_of(kind)[0]


def _origin(snapshot: Snapshot) -> str:
    return ", ".join(each.origin for each in snapshot.controllers) or "another source"


def _check_organization(snapshots: Sequence[Snapshot]) -> None:
    found = {
        # Not by name: two forests may both have a First Organization.
        norm_dn(each.dn): (each.name, _origin(snapshot))
        for snapshot in snapshots
        for each in snapshot.organization
    }
    if len(found) > 1:
        (name, origin), (other, elsewhere), *_ = found.values()
        raise SourceError(
            elsewhere,
            f"describes the organisation {other!r}, but {origin} describes {name!r}",
            "audit each organisation on its own",
        )


def _controllers(snapshots: Sequence[Snapshot]) -> tuple[Controller, ...]:
    found: list[Controller] = []
    for each in (each for snapshot in snapshots for each in snapshot.controllers):
        # Not a set: a controller counts its operations in a dict and has no hash.
        if each not in found:
            found.append(each)
    return tuple(found)


def _sections(
    snapshots: Sequence[Snapshot], lacking: Sequence[frozenset[SectionName]]
) -> tuple[Section, ...]:
    names = sorted({each.name for snapshot in snapshots for each in snapshot.sections})
    return tuple(
        Section(
            name=name,
            status=_status(name, snapshots, lacking),
            asked=sum(_counted(each, name).asked for each in snapshots),
            answered=sum(_counted(each, name).answered for each in snapshots),
        )
        for name in names
    )


def _counted(snapshot: Snapshot, name: SectionName) -> Section:
    unasked = Section(name=name, status=Status.NOT_COLLECTED)
    return next((each for each in snapshot.sections if each.name == name), unasked)


def _status(
    name: SectionName, snapshots: Sequence[Snapshot], lacking: Sequence[frozenset[SectionName]]
) -> Status:
    statuses = [
        Status.PARTIAL if name in without else snapshot.status(name)
        for snapshot, without in zip(snapshots, lacking, strict=True)
    ]
    # Of the directory one source that read a section in full is enough. Of DNS, TLS and exports
    # each source asked about other names, endpoints and servers: the worst counts.
    if name not in _OWN_QUESTIONS:
        return min(statuses, key=_BEST_FIRST.index)
    collected = [each for each in statuses if each is not Status.NOT_COLLECTED]
    return max(collected, key=_BEST_FIRST.index, default=Status.NOT_COLLECTED)
