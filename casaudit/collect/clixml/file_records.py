"""What one file gives: its records by kind of evidence, and what is missing in it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from casaudit.collect.clixml.export_kind import Counted, Found, Kind, MissingEvidence
from casaudit.collect.clixml.export_kinds import named, no_evidence, owner, recognised
from casaudit.collect.clixml.properties import Note, OddObject, PropertyReader, flattened
from casaudit.collect.clixml.values import Exported, Value
from casaudit.collect.ldif import Problem
from casaudit.snapshot import (
    ExportFile,
    Gap,
    NlbNode,
    Reason,
    Record,
    SectionName,
    Source,
)
from casaudit.snapshot.document import record_kinds
from casaudit.snapshot.machines import ServerRecord

# A damaged file with a million objects must not become a million gaps.
MAX_PROBLEMS = 50
FIELDS: dict[type[Record], str] = {record: name for name, record in record_kinds().items()}
"""Where in a snapshot the records of a type stand."""
SECTIONS = {
    kind: SectionName(name) for kind, name in FIELDS.items() if name in set(map(str, SectionName))
}
"""The kind of evidence that a record is; a certificate is part of another one."""


@dataclass(slots=True)
class FileSection:
    """What a file gives for one kind of evidence."""

    objects: Counter[str | None] = field(default_factory=Counter)
    notes: Counter[Note] = field(default_factory=Counter)
    whole: bool = True


class FileRecords:
    """What was made of a file.

    Attributes:
        source: how its records name it.
        records: its records, and the mailboxes to count.
        parts: by kind of evidence.
        understood: whether every object is of a kind that is known.
    """

    def __init__(
        self, file: str, source: Source, read: Iterable[Value | Problem], unit: str = "line"
    ) -> None:
        self.source = source
        self.records: list[Record | Counted] = []
        self.parts: dict[SectionName, FileSection] = {}
        self.understood = True
        self._file = file
        self._unit = unit
        self._kind, self._server = named(file)
        self._unknown: Counter[str] = Counter()
        self._passed_over: Counter[str] = Counter()
        self._problems: list[Problem] = []
        self._take(read)

    @property
    def says_something(self) -> bool:
        """Whether anything can be taken from the file, be it that a list is empty."""
        return bool(self.records) or any(part.whole for part in self.parts.values())

    def files(self) -> Iterator[ExportFile]:
        """Yield what the file holds, also that it lists nothing."""
        for section, part in self.parts.items():
            # An empty list is evidence, too, and only the file's name tells of which server.
            for server, count in (part.objects or Counter({self._server: 0})).items():
                yield ExportFile(
                    file=self._file,
                    section=section,
                    server=server,
                    objects=count,
                    whole=part.whole,
                    source=self.source,
                )

    def gaps(self) -> Iterator[Gap]:
        """Yield what is missing, each thing once with the number of objects that it concerns."""
        for problem in self._problems:
            for section in self.parts or (SectionName.EXPORTS,):
                detail = f"{self._unit} {problem.line}: {problem.detail}"
                yield self._gap(section, problem.reason, detail)
        for section, part in self.parts.items():
            for (reason, detail), count in part.notes.items():
                yield self._gap(section, reason, f"{detail} ({_objects(count)})")
        for kind, count in self._unknown.items():
            detail = f"not an export that casaudit knows: {kind} ({_objects(count)})"
            yield self._gap(SectionName.EXPORTS, Reason.MALFORMED, detail)
        for told, count in self._passed_over.items():
            detail = f"passed over: {told} ({_objects(count)})"
            yield self._gap(SectionName.EXPORTS, Reason.MALFORMED, detail)

    def _take(self, read: Iterable[Value | Problem]) -> None:
        by_kind: dict[str, tuple[Kind, list[Found]]] = {}
        for value in read:
            if isinstance(value, Problem):
                if len(self._problems) < MAX_PROBLEMS:
                    self._problems.append(value)
                continue
            for item in flattened([value]):
                # A command without output inside a list leaves $null there.
                if item is not None:
                    self._take_one(item, by_kind)
        for kind, found in by_kind.values():
            self._hold(kind, [*found, *kind.check(found)])
        if not by_kind:
            self._without_objects()
        if self._problems:
            for part in self.parts.values():
                part.whole = False
            self.understood = self.understood and bool(self.parts)

    def _take_one(self, item: Value, by_kind: dict[str, tuple[Kind, list[Found]]]) -> None:
        if isinstance(item, Exported) and (told := no_evidence(item)):
            self._passed_over[told] += 1
            return
        kind = recognised(item) if isinstance(item, Exported) else None
        if kind is None or not isinstance(item, Exported):
            described = _described(item)
            known = described in self._unknown or len(self._unknown) < MAX_PROBLEMS
            self._unknown[described if known else "others"] += 1
            self.understood = False
            return
        _, found = by_kind.setdefault(kind.stem, (kind, []))
        source = self.source
        if item.row is not None:
            source = source.model_copy(update={"origin": f"{source.origin}, row {item.row}"})
        reading = PropertyReader(item, source, owner(item, kind, self._server))
        try:
            # A list first: of an object that proves odd half-way nothing is kept.
            found += list(kind.read(reading))
        except OddObject as error:
            found += [
                MissingEvidence(each, Reason.MALFORMED, f"an object {error}")
                for each in kind.sections
            ]
        for reason, detail in reading.notes:
            self._part(kind.sections[0]).notes[reason, detail] += 1

    def _hold(self, kind: Kind, found: Iterable[Found]) -> None:
        for section in kind.sections:
            self._part(section)
        for each in found:
            match each:
                case MissingEvidence():
                    part = self._part(each.section)
                    part.notes[each.reason, each.detail] += 1
                    part.whole = False
                case _:
                    self.records.append(each)
                    self._count(each)

    def _count(self, each: Record | Counted) -> None:
        if isinstance(each, Counted):
            self._part(each.section).objects[None] += 1
        elif type(each) in SECTIONS:
            self._part(SECTIONS[type(each)]).objects[_about(each)] += 1

    def _without_objects(self) -> None:
        """Make of a file without objects what its name says that it lists."""
        if self._kind is None:
            self.understood = bool(self._passed_over) and not self._unknown
            if not self._problems and not self._unknown and not self._passed_over:
                self._unknown["an empty list, and the file's name does not say of what"] += 1
            return
        for section in self._kind.sections:
            part = self._part(section)
            # A command that failed leaves an empty file behind as well.
            others = self._unknown or self._passed_over
            if others or not self._kind.may_be_empty:
                part.whole = False
            if not self._problems and not others and not self._kind.may_be_empty:
                part.notes[Reason.MALFORMED, "lists nothing, so the command must have failed"] += 1

    def _part(self, section: SectionName) -> FileSection:
        return self.parts.setdefault(section, FileSection())

    def _gap(self, section: SectionName, reason: Reason, detail: str) -> Gap:
        return Gap(section=section, subject=self.source.origin, reason=reason, detail=detail)


def _about(record: Record) -> str | None:
    """Return the server that an export was made on, or for, as its record says."""
    if isinstance(record, NlbNode):
        return record.seen_from
    return record.server if isinstance(record, ServerRecord) else None


def _described(item: Value) -> str:
    if isinstance(item, Exported):
        return item.types[0] if item.types else "an object without a type"
    return "a plain value"


def _objects(count: int) -> str:
    return "1 object" if count == 1 else f"{count:,} objects"
