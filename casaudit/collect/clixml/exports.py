"""Exports of the Exchange Management Shell: files of ``Export-Clixml`` become a snapshot.

What a file is tells its content. Its name is asked only where the content is silent: for the
server on which it was made, and for what an empty list is a list of. A file that cannot be read
costs itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from casaudit import __version__
from casaudit.collect.clixml.export_kind import Counted
from casaudit.collect.clixml.file_records import FIELDS, SECTIONS, FileRecords
from casaudit.collect.clixml.mailboxes import Tally
from casaudit.collect.clixml.reader import read_objects
from casaudit.collect.clixml.source_files import CLIXML, HINT, SourceFile, find_files
from casaudit.collect.clixml.tables import read_rows
from casaudit.collect.ldif import Problem
from casaudit.errors import SourceError
from casaudit.snapshot import (
    Gap,
    Reason,
    Record,
    Section,
    SectionName,
    Snapshot,
    Source,
    Status,
)

MAX_FILE = 256 * 2**20
# The shell of each version computes the members of an array anew: that of Exchange 2010 counts
# servers of later versions in its site among them, that of a later one has its own idea.
_NO_DIFFERENCE = {"source", "unread", "members"}


def collect_exports(paths: Sequence[Path], collected_at: datetime) -> Snapshot:
    """Return what exported files say.

    All files of an audit belong into one call: mailboxes are counted over all of them.

    Args:
        paths: files, and folders and zip archives of which every ``.xml`` file and every table is
            read.
        collected_at: when the collection began. A record is as old as its file, if that is older.

    Raises:
        SourceError: there is no such file or folder, or nothing in them is an export.
    """
    harvests = [_harvest(file, collected_at) for file in find_files(list(paths))]
    if not any(harvest.says_something for harvest in harvests):
        raise SourceError(str(paths[0]), f"holds no export that is known: {_why(harvests)}", HINT)
    records, conflicts = _records(harvests)
    fields: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        fields[FIELDS[type(record)]].append(record)
    parts: dict[str, Any] = {name: tuple(each) for name, each in fields.items()}
    return Snapshot(
        tool_version=__version__,
        collected_at=collected_at,
        sections=tuple(_sections(harvests)),
        gaps=tuple({*conflicts, *(gap for harvest in harvests for gap in harvest.gaps())}),
        **parts,
    )


def _harvest(file: SourceFile, collected_at: datetime) -> FileRecords:
    # Linux allows names that are no text; their surrogates could not be written as JSON.
    name = file.name.encode("utf-8", "replace").decode("utf-8")
    # A clock that is ahead must not make evidence younger than its collection.
    written = min(file.written or collected_at, collected_at)
    source = Source(origin=f"file:{name}", at=written)
    if file.size > MAX_FILE:
        problem = Problem(1, Reason.LIMIT, f"the file is larger than {MAX_FILE // 2**20} MiB")
        return FileRecords(name, source, [problem])
    try:
        with file.opened() as stream:
            if file.name.lower().endswith(CLIXML):
                return FileRecords(name, source, read_objects(stream))
            # Of any other name, because ConvertTo-Csv writes where one redirects it to.
            return FileRecords(name, source, read_rows(stream), unit="row")
    except OSError as error:
        detail = f"the file cannot be opened: {error.strerror or 'unknown reason'}"
        return FileRecords(name, source, [Problem(1, Reason.UNREACHABLE, detail)])


def _why(harvests: Iterable[FileRecords]) -> str:
    gap = next((gap for harvest in harvests for gap in harvest.gaps()), None)
    return gap.detail if gap else "no file could be read"


def _records(harvests: Iterable[FileRecords]) -> tuple[list[Record], list[Gap]]:
    """Return each record once, with the counts, and where two files contradict each other."""
    tally, known, gaps = Tally(), dict[tuple[str, ...], Record](), list[Gap]()
    for harvest in harvests:
        for each in harvest.records:
            if isinstance(each, Counted):
                tally.add(each, harvest.source)
                continue
            key = (FIELDS[type(each)], *(part.casefold() for part in each.sort_key()))
            first = known.setdefault(key, each)
            # Certificates have no section of their own: keyed by their content, none can differ.
            if type(each) in SECTIONS and _differ(first, each):
                gaps.append(_conflict(each))
    files = (each for harvest in harvests for each in harvest.files())
    return [*known.values(), *tally.records(), *files], gaps


def _differ(first: Record, second: Record) -> bool:
    """Tell whether two records of one thing say different things, as far as both could be read."""
    unread = {*getattr(first, "unread", ()), *getattr(second, "unread", ())}
    names = type(first).model_fields.keys() - _NO_DIFFERENCE - unread
    return any(getattr(first, name) != getattr(second, name) for name in names)


def _conflict(record: Record) -> Gap:
    return Gap(
        section=SECTIONS[type(record)],
        subject=" ".join(record.sort_key()),
        reason=Reason.CONFLICT,
        detail="stands in several exports with different values; the first one counts",
    )


def _sections(harvests: Sequence[FileRecords]) -> Iterator[Section]:
    """Yield how much was seen of each kind; asked and answered count files."""
    understood = sum(harvest.understood for harvest in harvests)
    yield Section(
        name=SectionName.EXPORTS,
        status=Status.COMPLETE if understood == len(harvests) else Status.PARTIAL,
        asked=len(harvests),
        answered=understood,
    )
    parts = defaultdict(list)
    for harvest in harvests:
        for section, part in harvest.parts.items():
            parts[section].append(part)
    for section, mine in parts.items():
        whole = sum(part.whole for part in mine)
        seen = whole or any(part.objects for part in mine)
        status = Status.COMPLETE if whole == len(mine) else Status.PARTIAL
        yield Section(
            name=section,
            status=status if seen else Status.FAILED,
            asked=len(mine),
            answered=whole,
        )
