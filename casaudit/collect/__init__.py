"""Collecting evidence: read every source, then look at the network that it describes.

One source that fails costs its own evidence; only when no source shows an
organisation is there nothing to audit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from casaudit import __version__
from casaudit.collect import network
from casaudit.collect.clixml.exports import collect_exports
from casaudit.collect.clixml.tables import is_table_file
from casaudit.collect.exchange import plan_queries
from casaudit.collect.gather import Progress
from casaudit.collect.ldap import Credentials, Trust
from casaudit.collect.ldif_directory import collect_exported
from casaudit.collect.lists import with_lists
from casaudit.collect.live_source import LiveAccess, locating_questions, read_live
from casaudit.collect.network import NetworkSettings
from casaudit.collect.other_files import refusal
from casaudit.collect.ports import DnsQuestion, Query
from casaudit.errors import SourceError, UsageError
from casaudit.snapshot import (
    Gap,
    Reason,
    Section,
    SectionName,
    Snapshot,
    Status,
    loads,
    note_duplicates,
)
from casaudit.snapshot.merge import merge

LIVE = ("ldap://", "ldaps://")
EXPORTS = (".ldf", ".ldif", ".ldf.gz", ".ldif.gz")
SNAPSHOTS = (".json", ".json.gz")
CLIXML = (".xml", ".zip")
FILES = (*EXPORTS, *SNAPSHOTS, *CLIXML)


@dataclass(frozen=True, slots=True)
class CollectRequest:
    """What to collect.

    Attributes:
        sources: URLs and files, in any order.
        credentials: for live sources; ``None`` where there is none.
        domain_partitions: whether accounts are asked for in the domains too.
    """

    sources: tuple[str, ...]
    credentials: Credentials | None = None
    trust: Trust = field(default_factory=Trust)
    network: NetworkSettings = field(default_factory=NetworkSettings)
    domain_partitions: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no source before anything is asked."""
        for source in self.sources:
            known = source.lower().startswith(LIVE) or source.lower().endswith(FILES)
            # A folder has no suffix to tell it by: the shell exports one file per command. What a
            # file of another suffix is, its content tells.
            if not known and not Path(source).is_dir() and not Path(source).is_file():
                raise UsageError(
                    source,
                    "is not a source that casaudit can read",
                    "give ldaps://HOST, ldap://HOST (StartTLS), an LDIF export (.ldf, .ldif), a "
                    "snapshot (.json, .json.gz), a CLIXML export (.xml), a table of "
                    "Get-ClientAccessArray or Get-MailboxDatabase (.csv), a folder or .zip of them",
                )

    @property
    def is_live(self) -> bool:
        """Whether some source is a directory server."""
        return any(source.lower().startswith(LIVE) for source in self.sources)

    def access(self, source: str) -> LiveAccess:
        """Return how a live source may be asked.

        Raises:
            UsageError: there are no credentials.
        """
        if self.credentials is None:
            raise UsageError(source, "needs credentials", "give --user, or --auth anonymous")
        return LiveAccess(self.credentials, self.trust, self.network, self.domain_partitions)

    @property
    def asks_network(self) -> bool:
        """Whether DNS and TLS are asked: not when all that is read are earlier snapshots."""
        # A snapshot brings the answers of its own time with it, and to judge it again must not
        # contact anybody.
        asked = self.network.ask_dns or self.network.ask_tls
        return asked and not all(
            each.lower().endswith(SNAPSHOTS) or _is_clixml(each) for each in self.sources
        )


@dataclass(frozen=True, slots=True)
class CollectPlan:
    """What a request would ask.

    Attributes:
        queries: LDAP searches, with placeholders for names that only the directory knows.
        network: what is known of DNS and TLS without asking; ``None`` when nothing is asked there.
        locating: what tells whether the host of a URL is a domain, and its controllers.
    """

    queries: tuple[Query, ...]
    network: network.NetworkPlan | None
    locating: tuple[DnsQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Collection:
    """A snapshot, and whether the operator stopped the collection before its end."""

    snapshot: Snapshot
    interrupted: bool


def collect(request: CollectRequest, started: datetime, progress: Progress) -> Collection:
    """Read the sources and look at the network.

    Raises:
        SourceError: a source that cannot be used at all.
        UsageError: flags that cannot work together.
    """
    seen = read_all(request, started, progress)
    seen = _with(seen, **with_lists(seen))
    interrupted = any(gap.reason is Reason.INTERRUPTED for gap in seen.gaps)
    if not request.asks_network:
        return Collection(_whole(seen), interrupted)
    # Once stopped, nothing new is contacted; what was wanted is said to be missing.
    if interrupted:
        return Collection(_whole(_unasked(seen, request.network)), interrupted)
    try:
        found = network.collect_network(seen, request.network, progress)
    except KeyboardInterrupt:  # before asyncio listens for it or after, or the second one
        return Collection(_whole(_unasked(seen, request.network)), True)
    return Collection(with_network(seen, found, started), found.interrupted)


def with_network(seen: Snapshot, found: network.NetworkEvidence, at: datetime) -> Snapshot:
    """Return a snapshot with what the network showed, every section accounted for."""
    # What the walk brings bears the names that it has in the document.
    parts = {name: getattr(found, name) for name in Snapshot.model_fields if hasattr(found, name)}
    looked = Snapshot(tool_version=__version__, collected_at=at, **parts)
    return _whole(merge((seen, looked)))


def plan(request: CollectRequest, started: datetime) -> CollectPlan:
    """Return what a request would ask; files are read, nothing else is."""
    # Of a live directory no name is known before it is asked: what the network would be asked
    # follows from files alone.
    files = [each for each in request.sources if not each.lower().startswith(LIVE)]
    known = Snapshot(tool_version=__version__, collected_at=started)
    if not all(map(_is_clixml, files)):
        kept = [each for each in files if not _is_clixml(each)]
        known = read_all(replace(request, sources=tuple(kept)), started, _quiet)
    return CollectPlan(
        plan_queries(domain_partitions=request.domain_partitions) if request.is_live else (),
        network.plan_network(known, request.network) if request.asks_network else None,
        tuple(
            question
            for source in request.sources
            if source.lower().startswith(LIVE)
            for question in locating_questions(source, request.network)
        ),
    )


def _quiet(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def read_all(request: CollectRequest, started: datetime, progress: Progress) -> Snapshot:
    """Read every source; one that cannot be used is a gap as long as another one can.

    Raises:
        SourceError: none can be used.
    """
    parts: list[Snapshot] = []
    failed: list[SourceError] = []
    exports = [Path(source) for source in request.sources if _is_clixml(source)]
    directories = [Path(each) for each in request.sources if each.lower().endswith(EXPORTS)]
    readers: list[Callable[[], Snapshot]] = [
        partial(_read, source, request, started, progress)
        for source in request.sources
        if not _is_clixml(source) and Path(source) not in directories
    ]
    # One reader for all files of a kind: a directory may be exported in parts, and a mailbox that
    # stands in two exports must count once.
    if directories:
        readers.append(partial(_read_directories, directories, request, failed, progress))
    if exports:
        readers.append(partial(collect_exports, exports, started))
    for read in readers:
        try:
            parts.append(read())
        except SourceError as error:
            failed.append(error)
    if not parts:
        raise failed[0]
    seen = note_duplicates(merge(parts))
    # Under the section that every source begins with. What the others saw is as whole as they saw
    # it: what only this one would have shown is not collected.
    gaps = [
        Gap(
            section=SectionName.ORGANIZATION,
            subject=error.subject,
            reason=Reason.UNREACHABLE,
            detail=error.problem,
        )
        for error in failed
    ]
    return _with(seen, gaps=(*seen.gaps, *gaps)) if gaps else seen


def _is_clixml(source: str) -> bool:
    """Exports of the shell are read together: their counts add up across files."""
    # A URL is never looked up as a file: ldap://dc1 is also a relative path.
    if source.lower().startswith(LIVE) or source.lower().endswith((*EXPORTS, *SNAPSHOTS)):
        return False
    return source.lower().endswith(CLIXML) or Path(source).is_dir() or is_table_file(Path(source))


def _read(source: str, request: CollectRequest, started: datetime, progress: Progress) -> Snapshot:
    progress(f"reading {source}", 0, 1)
    kind = source.lower()
    if kind.startswith(LIVE):
        found = read_live(source, request.access(source), started, progress)
    elif kind.endswith(SNAPSHOTS):
        found = loads(_content(Path(source)), source)
    else:
        raise refusal(Path(source))
    progress(f"reading {source}", 1, 1)
    return found


def _read_directories(
    paths: Sequence[Path], request: CollectRequest, failed: list[SourceError], progress: Progress
) -> Snapshot:
    """Read the files that together are one exported directory."""
    name = ", ".join(map(str, paths))
    progress(f"reading {name}", 0, 1)
    is_part = len(paths) < len(request.sources)
    found, unusable = collect_exported(
        paths, domain_partitions=request.domain_partitions, is_part=is_part
    )
    failed += unusable
    progress(f"reading {name}", 1, 1)
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(str(path), f"cannot be read: {error.strerror or error}") from None


def _unasked(seen: Snapshot, settings: NetworkSettings) -> Snapshot:
    """Say of DNS and TLS that they were wanted, but that the operator stopped before."""
    wanted: Sequence[SectionName] = [
        *([SectionName.DNS_INTERNAL, SectionName.DNS_EXTERNAL] if settings.ask_dns else []),
        *([SectionName.TLS] if settings.ask_tls else []),
        *([SectionName.HTTP] if settings.ask_http else []),
    ]
    sections = [each for each in seen.sections if each.name not in wanted]
    failed = [Section(name=name, status=Status.FAILED) for name in wanted]
    gaps = [Gap(section=n, subject="collection", reason=Reason.INTERRUPTED) for n in wanted]
    return _with(seen, sections=(*sections, *failed), gaps=(*seen.gaps, *gaps))


def _whole(snapshot: Snapshot) -> Snapshot:
    """Account for every section, also for those that nobody asked for."""
    known = {section.name for section in snapshot.sections}
    missing = [
        Section(name=name, status=Status.NOT_COLLECTED) for name in SectionName if name not in known
    ]
    return _with(snapshot, sections=(*snapshot.sections, *missing))


def _with(snapshot: Snapshot, **parts: Any) -> Snapshot:
    """Return a snapshot with other parts, in order again."""
    # Not model_copy(): it would skip the validator that sorts. And pydantic takes schema_ by its
    # alias only, so it is left to its default.
    kept = {k: v for k, v in dict(snapshot).items() if k != "schema_"}
    return Snapshot(**{**kept, **parts})
