"""The entries of exports in their places, and one that stands in several of them.

Two exports can show the same object twice: a whole one beside a part, last month's beside today's,
one from each of two controllers. What they agree on is one entry. Where they differ, the later
change counts; where nothing tells which is later, what differs is not known. Each difference is
said, with both values.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from casaudit.collect.ldif import Problem, bytes_shown
from casaudit.collect.ports import DirectoryEntry
from casaudit.snapshot import Reason

# Every controller counts and dates changes by itself.
_STAMPS = frozenset({"whenchanged", "usnchanged"})


@dataclass(frozen=True, slots=True)
class ExportedEntry:
    """A record in its place.

    Attributes:
        line: where it begins in its file.
        dn: normalised; ``above`` is that of its parent.
        files: those that it stands in.
        is_change: it tells of a change, so what else is known of the object may no longer hold.
    """

    line: int
    dn: str
    above: str
    entry: DirectoryEntry
    classes: frozenset[bytes]
    problems: tuple[Problem, ...]
    damaged: bool
    is_change: bool
    files: frozenset[str]

    @property
    def rank(self) -> tuple[bytes, str, str, int]:
        """What the later of two has more of, and then anything, so that order does not matter."""
        # Generalized times sort as texts.
        changed = next(iter(self.entry.attributes.get("whenchanged", ())), b"")
        return changed, self.entry.source.at.isoformat(), self.entry.source.origin, self.line


def joined(first: ExportedEntry, second: ExportedEntry) -> ExportedEntry:
    """Return one entry of two with the same name, whichever was read first."""
    late, early = sorted((first, second), key=lambda each: each.rank, reverse=True)
    late = replace(late, files=late.files | early.files)
    if late.is_change or early.is_change:
        problems = (*late.problems, *early.problems)
        classes = late.classes | early.classes
        return replace(late, problems=problems, classes=classes, damaged=True, is_change=True)
    # The copy that can be read is the better one.
    if late.damaged != early.damaged:
        return replace(early, files=late.files) if late.damaged else late
    if late.damaged:
        return replace(late, problems=(*late.problems, *early.problems))
    different = _differing(late.entry.attributes, early.entry.attributes)
    if late.rank[0] != early.rank[0] and late.rank[0] and early.rank[0]:
        return _noting(late, early, different)
    # Nothing tells which is later: two lists of attributes make one entry, and what both have in
    # different values is not known.
    attributes = {**early.entry.attributes, **late.entry.attributes}
    kept = {name: values for name, values in attributes.items() if name not in different}
    unread = (late.entry.unread | early.entry.unread | different.keys()) - (
        late.entry.attributes.keys() & early.entry.attributes.keys() - different.keys()
    )
    entry = replace(late.entry, attributes=kept, unread=unread)
    classes = late.classes | early.classes
    return replace(_noting(late, early, different), entry=entry, classes=classes)


def settled(entries: Iterable[ExportedEntry]) -> dict[str, ExportedEntry]:
    """Return the entries by name, and note of each which export should have it and lacks it."""
    stored = {each.dn: each if each.classes else _of_no_class(each) for each in entries}
    return {dn: _missed(each, stored) for dn, each in stored.items()}


def _of_no_class(each: ExportedEntry) -> ExportedEntry:
    """Note of an entry that nobody can tell what it is."""
    detail = "objectClass was not exported; export again without a list of attributes (-l, -o)"
    problem = Problem(each.line, Reason.LIMIT, detail)
    return each if each.damaged else replace(each, damaged=True, problems=(*each.problems, problem))


def _missed(each: ExportedEntry, stored: Mapping[str, ExportedEntry]) -> ExportedEntry:
    """Note of an entry that another export with its container lacks it: it may be gone."""
    above = stored.get(each.above)
    # A file of the container alone was split off, and tells nothing of what lies in it.
    if above is None or above.files <= each.files or above.files.isdisjoint(each.files):
        return each
    names = ", ".join(sorted(above.files - each.files))
    return _with_problem(each, f"not in {names}, although its container is")


def _differing(
    late: Mapping[str, tuple[bytes, ...]], early: Mapping[str, tuple[bytes, ...]]
) -> dict[str, str]:
    """Return what two entries that both have an attribute show there, where that is not equal."""
    return {
        name: f"{name}: {_values(late[name])} against {_values(early[name])}"
        for name in sorted((late.keys() & early.keys()) - _STAMPS)
        if sorted(late[name]) != sorted(early[name])
    }


def _values(values: Iterable[bytes]) -> str:
    return "; ".join(bytes_shown(each) for each in values)


def _noting(
    late: ExportedEntry, early: ExportedEntry, different: Mapping[str, str]
) -> ExportedEntry:
    if not different:
        return late
    where = f"stands in {early.entry.source.origin}, line {early.line}, with other values"
    return _with_problem(late, f"{where}: {'; '.join(different.values())}")


def _with_problem(entry: ExportedEntry, detail: str) -> ExportedEntry:
    problem = Problem(entry.line, Reason.CONFLICT, detail)
    return replace(entry, problems=(*entry.problems, problem))
