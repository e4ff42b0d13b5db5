"""Collecting evidence: read every source, then look at the network that it describes.

One source that fails costs its own evidence; only when no source shows an
organisation is there nothing to audit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from casaudit import __version__
from casaudit.collect import network
from casaudit.collect.clixml.exports import collect_exports
from casaudit.collect.exchange import collect_directory, plan_queries
from casaudit.collect.gather import Progress
from casaudit.collect.ldap import Credentials, Limits, Trust, open_directory
from casaudit.collect.ldif_directory import open_export
from casaudit.collect.network import NetworkSettings
from casaudit.collect.ports import Query
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
EXPORTS = (".ldf", ".ldif")
SNAPSHOTS = (".json", ".json.gz")
CLIXML = ".xml"
FILES = (*EXPORTS, *SNAPSHOTS, CLIXML)


@dataclass(frozen=True, slots=True)
class CollectRequest:
    """What to collect.

    Attributes:
        sources: URLs and files, in order of precedence.
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
            # A folder has no suffix to tell it by: the shell exports one file per command.
            if not known and not Path(source).is_dir():
                raise UsageError(
                    source,
                    "is no source",
                    "ldaps://HOST, ldap://HOST (StartTLS), an LDIF export (.ldf, .ldif), a "
                    "snapshot (.json, .json.gz), or a CLIXML export (.xml) or a folder of them",
                )

    @property
    def is_live(self) -> bool:
        """Whether some source is a directory server."""
        return any(source.lower().startswith(LIVE) for source in self.sources)

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
    """

    queries: tuple[Query, ...]
    network: network.NetworkPlan | None


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
    seen = _read_all(request, started, progress)
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
    looked = Snapshot(
        tool_version=__version__,
        collected_at=at,
        dns_answers=found.dns_answers,
        tls_endpoints=found.tls_endpoints,
        certificates=found.certificates,
        http_banners=found.http_banners,
        sections=found.sections,
        gaps=found.gaps,
    )
    return _whole(merge((seen, looked)))


def plan(request: CollectRequest, started: datetime) -> CollectPlan:
    """Return what a request would ask; files are read, nothing else is."""
    files = [
        source
        for source in request.sources
        if not source.lower().startswith(LIVE) and not _is_clixml(source)
    ]
    # Of a live directory no name is known before it is asked: what the network would be asked
    # follows from files alone.
    known = Snapshot(tool_version=__version__, collected_at=started)
    if files:
        known = merge([_read(source, request, started, _quiet) for source in files])
    return CollectPlan(
        plan_queries(domain_partitions=request.domain_partitions) if request.is_live else (),
        network.plan_network(known, request.network) if request.asks_network else None,
    )


def _quiet(what: str, done: int, total: int) -> None:
    """Tell nobody."""


def _read_all(request: CollectRequest, started: datetime, progress: Progress) -> Snapshot:
    """Read every source; one that cannot be used is a gap as long as another one can."""
    parts: list[Snapshot] = []
    failed: list[SourceError] = []
    exports = [Path(source) for source in request.sources if _is_clixml(source)]
    readers: list[Callable[[], Snapshot]] = [
        partial(_read, source, request, started, progress)
        for source in request.sources
        if not _is_clixml(source)
    ]
    # One reader for all of them: a mailbox that stands in two exports must count once.
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
    # Nobody knows which sections the lost source would have filled, so the one that every source
    # begins with says that something is missing.
    section = SectionName.ORGANIZATION
    gaps = [
        Gap(section=section, subject=error.subject, reason=Reason.UNREACHABLE, detail=error.problem)
        for error in failed
    ]
    if not gaps:
        return seen
    rest = [each for each in seen.sections if each.name != section]
    lacking = Section(name=section, status=Status.PARTIAL, asked=len(request.sources))
    return _with(seen, sections=(*rest, lacking), gaps=(*seen.gaps, *gaps))


def _is_clixml(source: str) -> bool:
    """Exports of the shell are read together: their counts add up across files."""
    # A URL is never looked up as a file: ldap://dc1 is also a relative path.
    return source.lower().endswith(CLIXML) or (
        not source.lower().startswith(LIVE) and Path(source).is_dir()
    )


def _read(source: str, request: CollectRequest, started: datetime, progress: Progress) -> Snapshot:
    progress(f"reading {source}", 0, 1)
    kind = source.lower()
    if kind.startswith(LIVE):
        found = _read_live(source, request, started)
    elif kind.endswith(EXPORTS):
        found = _read_export(Path(source), request)
    else:
        found = loads(_content(Path(source)), source)
    progress(f"reading {source}", 1, 1)
    return found


def _read_live(url: str, request: CollectRequest, started: datetime) -> Snapshot:
    if request.credentials is None:
        raise UsageError(url, "needs credentials", "give --user, or --auth anonymous")
    # The patience for endpoints may lengthen that for a controller, never shorten it.
    limits = Limits(operation=max(Limits().operation, request.network.timeout))
    # controller() is called inside as well: it asks for the USN as it stands after the last search.
    with open_directory(url, request.credentials, request.trust, limits) as directory:
        found = collect_directory(
            directory, directory.origin, started, domain_partitions=request.domain_partitions
        )
        return _with(found, controllers=(directory.controller(),))


def _read_export(path: Path, request: CollectRequest) -> Snapshot:
    """An export is as old as its file: what it says was true then."""
    try:
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise SourceError(str(path), f"cannot be read: {error.strerror or error}") from None
    directory = open_export(path, written)
    found = collect_directory(
        directory, str(path), written, domain_partitions=request.domain_partitions
    )
    return _with(found, controllers=(directory.controller(),))


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
