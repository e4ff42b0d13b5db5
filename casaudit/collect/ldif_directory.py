"""An exported directory: the entries of LDIF files, asked like a controller.

Several files are one directory, whatever their order and the split. What they do not hold they
were not meant to hold: a search whose base is in none of them gives what lies below it all the
same, is not complete, and has no gap. A record that could not be read is a gap of every search
that it might have answered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from casaudit.collect.exchange import ATTRIBUTES, collect_directory, plan_queries
from casaudit.collect.exchange.queries import COMMON
from casaudit.collect.ldif import LdifRecord, Problem, records
from casaudit.collect.ldif_entries import ExportedEntry, joined, settled
from casaudit.collect.ldif_index import HINT, ExportIndex
from casaudit.collect.ldif_stream import MAX_FILES, opened_export, written_at
from casaudit.collect.ports import DirectoryEntry, Query, SearchResult, Values
from casaudit.dn import norm_dn, parent
from casaudit.errors import SourceError
from casaudit.snapshot import Controller, Gap, Snapshot, Source

MAX_ENTRIES = 250_000
MAX_VALUES = 4_000_000
MAX_NAMELESS = 50
MAX_GAPS = 1_000
"""Of one search: a file of rubbish would fill the memory with what is amiss with it."""
_COMMON = frozenset(each.lower() for each in COMMON)
_ASKED_CLASSES = frozenset(
    each.lower().encode() for query in plan_queries() for each in query.classes
)


def collect_exported(
    paths: Sequence[Path], *, domain_partitions: bool, is_part: bool
) -> tuple[Snapshot, list[SourceError]]:
    """Return what LDIF files say of an organisation, as of the latest, and why some say nothing.

    Args:
        paths: the files, plain or packed with gzip.
        domain_partitions: whether to look for accounts in the domains too.
        is_part: whether other sources may hold the organisation.

    Raises:
        SourceError: as ``open_exports`` and ``collect_directory``.
    """
    directory, failed = open_exports(paths)
    found = collect_directory(
        directory,
        ", ".join(map(str, paths)),
        max(each.at for each in directory.sources),
        domain_partitions=domain_partitions,
        is_part=is_part,
    )
    controllers = sorted(directory.controllers(), key=Controller.sort_key)
    return found.model_copy(update={"controllers": tuple(controllers)}), failed


def open_exports(
    paths: Sequence[Path], at: datetime | None = None
) -> tuple["ExportedDirectory", list[SourceError]]:
    """Return the directory that LDIF files hold together, and why some could not be used.

    Args:
        paths: the files, plain or packed with gzip.
        at: when they were written; by default as their file system says.

    Raises:
        SourceError: none of them can be used, or together they are no directory: too large,
            without a configuration partition, or of several forests.
    """
    reader, failed, left = ExportReader(), list[SourceError](), MAX_FILES
    # By name, so that the order on the command line does not matter.
    for path in sorted(paths, key=lambda each: (each.name, str(each))):
        try:
            with opened_export(path, left) as stream:
                found = reader.add(path.name, at or written_at(path), records(stream, ATTRIBUTES))
                left -= stream.size
        except OSError as error:
            found = True
            failed.append(SourceError(str(path), f"cannot be read: {error.strerror or error}"))
        if not found:
            failed.append(SourceError(str(path), "holds no record of LDIF that can be read", HINT))
    if len(failed) == len(paths):
        raise failed[0]
    return reader.directory(), failed


class ExportReader:
    """Puts the records of files together."""

    def __init__(self) -> None:
        self._sources: list[Source] = []
        self._stored: dict[str, ExportedEntry] = {}
        self._nameless: list[tuple[str, Problem]] = []
        self._chains: dict[tuple[bytes, ...], frozenset[bytes]] = {}
        self._whole: set[frozenset[bytes]] = set()
        self._values = 0

    def add(self, name: str, at: datetime, found: Iterable[LdifRecord]) -> bool:
        """Take over the records of a file that was written at some time, if it holds any.

        Raises:
            SourceError: there are too many.
        """
        source, nameless = Source(origin=f"file:{name}", at=at), list[tuple[str, Problem]]()
        holds_any = False
        for record in found:
            if record.dn is not None:
                holds_any = True
                self._store(record, record.dn, source)
            # Each of them becomes a gap of every search that is put to the files.
            elif len(nameless) < MAX_NAMELESS:
                nameless += [(source.origin, each) for each in record.problems]
        # A file of another kind does not spoil what the others hold.
        if holds_any:
            self._sources.append(source)
            self._nameless += nameless
        return holds_any

    def directory(self) -> "ExportedDirectory":
        """Return the directory that the files are.

        Raises:
            SourceError: they hold no configuration partition, or several, or objects of which
                nobody can tell what they are.
        """
        if not any(self._chains):
            names = ", ".join(each.origin.removeprefix("file:") for each in self._sources)
            raise SourceError(
                names, "was exported without objectClass", f"{HINT}, without -l and -o"
            )
        entries = settled(self._stored.values())
        return ExportedDirectory(entries, self._sources, self._nameless, self._whole)

    def _store(self, record: LdifRecord, dn: str, source: Source) -> None:
        chain = record.attributes.get("objectclass", ())
        # Few chains of classes for many entries: each is kept once.
        classes = self._chains.setdefault(chain, frozenset(each.lower() for each in chain))
        if record.is_whole:
            self._whole.add(classes)
        new = ExportedEntry(
            record.line,
            norm_dn(dn),
            norm_dn(parent(dn)),
            DirectoryEntry(dn, _kept(record.attributes, classes), source, record.unread),
            classes,
            record.problems,
            record.damaged,
            record.is_change,
            frozenset({source.origin}),
        )
        known = self._stored.get(new.dn)
        self._stored[new.dn] = new if known is None else joined(known, new)
        self._values += sum(map(len, new.entry.attributes.values()))
        if len(self._stored) > MAX_ENTRIES or self._values > MAX_VALUES:
            problem = f"holds more than {MAX_ENTRIES:,} entries or {MAX_VALUES:,} values"
            raise SourceError(source.origin.removeprefix("file:"), problem, HINT)


class ExportedDirectory:
    """The entries of files, to be searched.

    Attributes:
        sources: the files.
    """

    def __init__(
        self,
        entries: dict[str, ExportedEntry],
        sources: Sequence[Source],
        nameless: Sequence[tuple[str, Problem]],
        whole: set[frozenset[bytes]],
    ) -> None:
        """Make a directory of entries.

        Args:
            entries: by normalised name.
            sources: the files that they come from.
            nameless: what is amiss with records that have no name, and in which file.
            whole: classes of which an entry was exported with all its attributes.

        Raises:
            SourceError: there is no configuration partition, or there are several.
        """
        self.sources = tuple(sources)
        self._nameless = nameless
        self._whole = whole
        names = ", ".join(each.origin.removeprefix("file:") for each in sources)
        self._index = ExportIndex(entries, names)

    def search(self, query: Query) -> SearchResult:
        """Return the entries of one query."""
        if not query.base:
            root = DirectoryEntry("", self._index.root, self.sources[0])
            return SearchResult((root,), complete=True)
        values = Values(query)
        found = [each for each in self._index.find(query) if _might_fit(each, values)]
        problems = [(each.entry.dn, problem) for each in found for problem in each.problems]
        problems += self._nameless
        gaps = tuple(_gap(query, *each) for each in problems[:MAX_GAPS])
        whole = not self._nameless and not any(each.damaged for each in found)
        entries = tuple(
            self._projected(each, query)
            for each in found
            if not each.damaged and values.fit(each.entry.attributes)
        )
        held = norm_dn(query.base) in self._index.stored
        return SearchResult(entries, complete=whole and held, gaps=gaps)

    def controllers(self) -> tuple[Controller, ...]:
        """Return how the files stand in the snapshot's list of sources."""
        origins = [each.origin for each in self.sources]
        return tuple(Controller(origin=each, bind="file", protection="file") for each in origins)

    def _projected(self, stored: ExportedEntry, query: Query) -> DirectoryEntry:
        wanted = [name.lower() for name in query.attributes]
        values = stored.entry.attributes
        return replace(
            stored.entry,
            attributes={name: values[name] for name in wanted if name in values},
            unread=stored.entry.unread & set(wanted),
            by_list=stored.classes not in self._whole,
        )


def _kept(
    attributes: dict[str, tuple[bytes, ...]], classes: frozenset[bytes]
) -> dict[str, tuple[bytes, ...]]:
    """Return what is kept of an entry: most are of classes that nobody asks for."""
    if not classes.isdisjoint(_ASKED_CLASSES) or not attributes.keys() <= _COMMON:
        return attributes
    return {name: attributes[name] for name in ("objectclass",) if name in attributes}


def _might_fit(stored: ExportedEntry, values: Values) -> bool:
    unreadable = stored.damaged or not values.attributes.isdisjoint(stored.entry.unread)
    return unreadable or values.fit(stored.entry.attributes)


def _gap(query: Query, subject: str, problem: Problem) -> Gap:
    return Gap(
        section=query.section,
        subject=subject,
        reason=problem.reason,
        detail=f"line {problem.line}: {problem.detail}",
    )
