"""An exported directory: the entries of an LDIF file, asked like a controller.

What a file does not hold it was not meant to hold: a search whose base is not in the file gives
what lies below it all the same, is not complete, and has no gap. A record that could not be read
is a gap of every search that it might have answered.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import takewhile
from pathlib import Path

from casaudit.collect.exchange import ATTRIBUTES
from casaudit.collect.ldif import LdifRecord, Problem, records
from casaudit.collect.ports import DirectoryEntry, Query, SearchResult, Values
from casaudit.dn import is_below, norm_dn, parent, rdns
from casaudit.errors import SourceError
from casaudit.snapshot import Controller, Gap, Reason, Source

MAX_FILE = 256 * 2**20
MAX_NAMELESS = 50
_CONFIGURATION = "cn=configuration,dc="
_HINT = "export with: ldifde -f exchange.ldf -d CN=Configuration,DC=... -p subtree"


def open_export(path: Path, collected_at: datetime) -> "ExportedDirectory":
    """Return the directory that an LDIF file holds.

    Raises:
        SourceError: the file cannot be read, is too large or holds no configuration partition.
    """
    try:
        if path.stat().st_size > MAX_FILE:
            problem = f"larger than {MAX_FILE // 2**20} MiB"
            raise SourceError(str(path), problem, "export the configuration partition only")
        with path.open("rb") as stream:
            return ExportedDirectory(path.name, collected_at, records(stream, ATTRIBUTES))
    except OSError as error:
        raise SourceError(str(path), error.strerror or str(error)) from None


@dataclass(frozen=True, slots=True)
class _Stored:
    """A record in its place; ``above`` is the normalised DN of its parent."""

    above: str
    entry: DirectoryEntry
    classes: frozenset[bytes]
    problems: tuple[Problem, ...]
    damaged: bool


class ExportedDirectory:
    """The entries of a file.

    Attributes:
        origin: how its records name it.
    """

    def __init__(self, name: str, at: datetime, found: Iterable[LdifRecord]) -> None:
        self.origin = f"file:{name}"
        self._source = Source(origin=self.origin, at=at)
        self._stored: dict[str, _Stored] = {}
        self._partitions: dict[str, str] = {}
        self._nameless: list[Problem] = []
        for record in found:
            self._store(record)
        self._root = self._rootdse(name)

    def search(self, query: Query) -> SearchResult:
        """Return the entries of one query."""
        if not query.base:
            return SearchResult((self._root,), complete=True)
        base = norm_dn(query.base)
        values = Values(query)
        found = self._matching(query, base, values)
        gaps = [_gap(query, each.entry.dn, problem) for each in found for problem in each.problems]
        gaps += [_gap(query, self.origin, problem) for problem in self._nameless]
        whole = not self._nameless and not any(each.damaged for each in found)
        entries = tuple(
            _projected(each.entry, query)
            for each in found
            if not each.damaged and values.fit(each.entry.attributes)
        )
        return SearchResult(entries, complete=whole and base in self._stored, gaps=tuple(gaps))

    def controller(self) -> Controller:
        """Return how the file stands in the snapshot's list of sources."""
        return Controller(origin=self.origin, bind="file", protection="file")

    def _matching(self, query: Query, base: str, values: Values) -> list[_Stored]:
        """Return what a query asks for, or might: of a damaged record, anything can lack.

        Like a controller's, a search does not go down into another partition.
        """
        classes = {each.lower().encode() for each in query.classes}
        others = [each for each in self._partitions if each != base and is_below(each, base)]
        return [
            each
            for dn, each in self._stored.items()
            if (not classes or classes & each.classes or (each.damaged and not each.classes))
            and _in_scope(query.scope, dn, each.above, base)
            and not any(is_below(dn, other) for other in others)
            and _might_fit(each, values)
        ]

    def _store(self, record: LdifRecord) -> None:
        if record.dn is None:
            # Each of them becomes a gap of every search that is put to the file.
            if len(self._nameless) < MAX_NAMELESS:
                self._nameless += record.problems
            return
        dn = norm_dn(record.dn)
        known = self._stored.get(dn)
        # Joined exports hold objects twice, and the copy that can be read is the better one.
        if known is None or known.damaged:
            self._stored[dn] = self._made(record, record.dn)
        elif known.entry.attributes != record.attributes:
            twice = Problem(record.line, Reason.CONFLICT, "stands here again, with other values")
            self._stored[dn] = replace(known, problems=(*known.problems, twice))

    def _made(self, record: LdifRecord, dn: str) -> _Stored:
        classes = frozenset(each.lower() for each in record.attributes.get("objectclass", ()))
        entry = DirectoryEntry(dn, record.attributes, self._source, record.unread)
        return _Stored(norm_dn(parent(dn)), entry, classes, record.problems, record.damaged)

    def _rootdse(self, name: str) -> DirectoryEntry:
        """Return an entry that names the partitions, as a controller's rootDSE does."""
        contexts: dict[str, str] = {}
        for dn, each in self._stored.items():
            # With a comma in front, so that only whole relative names match, the first one too.
            start = f",{dn}".find(f",{_CONFIGURATION}")
            if start >= 0 and dn[start:] not in contexts:
                depth = len(rdns(dn[start:]))
                # As stored: it becomes the base of searches and the subject of gaps.
                contexts[dn[start:]] = ",".join(rdns(each.entry.dn)[-depth:])
        if len(contexts) != 1:
            found = "entries of several forests" if contexts else "no configuration partition"
            raise SourceError(name, f"the file holds {found}", _HINT)
        (context,) = contexts.values()
        self._partitions = {**contexts, **_domains(self._stored, next(iter(contexts)))}
        held = tuple(each.encode() for each in self._partitions.values())
        attributes = {
            "namingcontexts": held,
            "configurationnamingcontext": (context.encode(),),
            # The schema's partition has this name in every forest, below the configuration's.
            "schemanamingcontext": (f"CN=Schema,{context}".encode(),),
        }
        return DirectoryEntry("", attributes, self._source)


def _domains(stored: Mapping[str, _Stored], configuration: str) -> dict[str, str]:
    """Return the partitions beside the configuration of which a file has entries."""
    found: dict[str, str] = {}
    for dn, each in stored.items():
        if is_below(dn, configuration):
            continue
        parts = dn.split(",")
        # An export does not tell where partitions begin: the DC parts at the end make a domain.
        depth = len(list(takewhile(lambda part: part.startswith("dc="), reversed(parts))))
        key = ",".join(parts[len(parts) - depth :])
        if key and key not in found:
            found[key] = ",".join(rdns(each.entry.dn)[-depth:])
    return found


def _might_fit(stored: _Stored, values: Values) -> bool:
    unreadable = stored.damaged or not values.attributes.isdisjoint(stored.entry.unread)
    return unreadable or values.fit(stored.entry.attributes)


def _in_scope(scope: str, dn: str, above: str, base: str) -> bool:
    match scope:
        case "base":
            return dn == base
        case "one":
            return above == base
        case _:
            return is_below(dn, base)


def _projected(entry: DirectoryEntry, query: Query) -> DirectoryEntry:
    wanted = [name.lower() for name in query.attributes]
    attributes = {name: entry.attributes[name] for name in wanted if name in entry.attributes}
    return replace(entry, attributes=attributes, unread=entry.unread & set(wanted))


def _gap(query: Query, subject: str, problem: Problem) -> Gap:
    return Gap(
        section=query.section,
        subject=subject,
        reason=problem.reason,
        detail=f"line {problem.line}: {problem.detail}",
    )
