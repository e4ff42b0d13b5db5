"""Trying a collection before the first run: each step on the way, and what it ended at.

It reads the sources as ``collect`` does, because only that tells hidden arrays from absent ones;
of the network it asks about a few of the names, and nothing that ``collect`` would not ask.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from casaudit.collect import LIVE, CollectRequest, read_all
from casaudit.collect.address import host_and_port
from casaudit.collect.gather import Progress
from casaudit.collect.ldap import Stage, Trail
from casaudit.collect.live_source import read_live
from casaudit.collect.network import NetworkEvidence, NetworkSettings, collect_network
from casaudit.collect.scope import endpoints
from casaudit.errors import SourceError
from casaudit.names import norm
from casaudit.snapshot import DnsView, Gap, Reason, SectionName, Snapshot, Status
from casaudit.snapshot.merge import merge
from casaudit.text import count

SAMPLE = 3
"""So many arrays and servers stand for the names and endpoints that a collection asks about."""
_NEEDED = (
    SectionName.ORGANIZATION,
    SectionName.SERVERS,
    SectionName.ARRAYS,
    SectionName.DATABASES,
)
_ELSEWHERE = "not in these sources: add ldaps://HOST, or an LDIF export of CN=Configuration"
_DNS = {DnsView.INTERNAL: SectionName.DNS_INTERNAL, DnsView.EXTERNAL: SectionName.DNS_EXTERNAL}


class Outcome(StrEnum):
    """How a step ended."""

    OK = "ok"
    FAILED = "failed"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class CheckStep:
    """One step.

    Attributes:
        seen: what was found there, or why it was not tried.
        advice: what to do about a failure.
        gap: what could not be seen, where that is what failed.
    """

    name: str
    outcome: Outcome
    seen: str
    advice: str = ""
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class CheckBlock:
    """The steps of one live source, of all files together, or of the network."""

    title: str
    steps: tuple[CheckStep, ...]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found.

    Attributes:
        usable: whether there is anything to audit.
        interrupted: whether the operator stopped it.
    """

    blocks: tuple[CheckBlock, ...]
    usable: bool
    interrupted: bool

    @property
    def failed(self) -> bool:
        """Whether some step failed."""
        return any(step.outcome is Outcome.FAILED for block in self.blocks for step in block.steps)


def check_sources(request: CollectRequest, started: datetime, progress: Progress) -> Checked:
    """Try every step of a collection; what fails is a step, not an error.

    Raises:
        UsageError: flags that cannot work together.
    """
    blocks: list[CheckBlock] = []
    parts: list[Snapshot] = []
    files = tuple(each for each in request.sources if not each.lower().startswith(LIVE))
    for source in (each for each in request.sources if each not in files):
        steps, found = _live(source, request, started, progress)
        blocks.append(CheckBlock(source, steps))
        parts += found
    if files:
        steps, found = _files(replace(request, sources=files), started, progress)
        blocks.append(CheckBlock(", ".join(files), steps))
        parts += found
    if not parts:
        return Checked(tuple(blocks), usable=False, interrupted=False)
    seen = merge(parts)
    stopped = any(gap.reason is Reason.INTERRUPTED for gap in seen.gaps)
    if not stopped:
        network, stopped = _network(seen, request, progress)
        blocks.append(CheckBlock("network", network))
    return Checked(tuple(blocks), seen.is_auditable, stopped)


def _live(
    source: str, request: CollectRequest, started: datetime, progress: Progress
) -> tuple[tuple[CheckStep, ...], list[Snapshot]]:
    trail, access = Trail(), request.access(source)
    in_clear = access.trust.allow_plaintext and source.lower().startswith("ldap://")
    stages = [each for each in Stage if each is not Stage.CERTIFICATE or not in_clear]
    try:
        found = read_live(source, access, started, progress, trail)
    except SourceError as error:
        names = [*stages, "partition"]
        passed = [name for name in stages if name in trail.passed]
        failed, *rest = names[len(passed) :]
        steps = [
            *(CheckStep(name, Outcome.OK, trail.passed[name]) for name in passed),
            CheckStep(failed, Outcome.FAILED, _problem(error, source), error.hint),
            *(CheckStep(name, Outcome.NOT_TRIED, f"since {failed} failed") for name in rest),
        ]
        return tuple(steps), []
    partition = next((each.dn for each in found.organization), "").partition("CN=Services,")[2]
    steps = [
        # Not failed: collect goes on with the next controller in the same way.
        *(CheckStep("passed over", Outcome.OK, str(error)) for error in trail.skipped),
        *(CheckStep(name, Outcome.OK, trail.passed[name]) for name in stages),
        CheckStep("partition", Outcome.OK, partition),
    ]
    return (*steps, *_sections(found)), [found]


def _problem(error: SourceError, source: str) -> str:
    """Return what went wrong; the title of the block names the source already."""
    return error.problem if error.subject == source else str(error)


def _files(
    request: CollectRequest, started: datetime, progress: Progress
) -> tuple[tuple[CheckStep, ...], list[Snapshot]]:
    try:
        found = read_all(request, started, progress)
    except SourceError as error:
        problem = _problem(error, ", ".join(request.sources))
        return (CheckStep("file", Outcome.FAILED, problem, error.hint),), []
    controllers = ", ".join(each.origin for each in found.controllers)
    written = f"{found.collected_at:%Y-%m-%d %H:%M} UTC"
    seen = f"readable, as of {written}" + (f"; directory: {controllers}" if controllers else "")
    lost = [
        CheckStep("file", Outcome.FAILED, _gap_text([gap]), gap=gap)
        for gap in found.gaps
        if gap.section is SectionName.ORGANIZATION and gap.reason is Reason.UNREACHABLE
    ]
    return (CheckStep("file", Outcome.OK, seen), *lost, *_sections(found)), [found]


def _sections(found: Snapshot) -> Iterator[CheckStep]:
    """Yield a step for each kind of evidence that an audit needs or that is not whole."""
    status = {each.name: each.status for each in found.sections}
    disputed = {gap.section for gap in found.gaps if gap.reason is Reason.CONFLICT}
    whole = []
    for name in SectionName:
        if name in _DNS.values() or name in (SectionName.TLS, SectionName.HTTP):
            continue
        match status.get(name, Status.NOT_COLLECTED):
            case Status.COMPLETE if name in disputed:
                yield _broken_section(found, name)
            case Status.COMPLETE if name in _NEEDED:
                yield _whole_section(found, name)
            case Status.COMPLETE:
                whole.append(_title(name))
            case Status.PARTIAL | Status.FAILED:
                yield _broken_section(found, name)
            case _ if name in _NEEDED:
                yield CheckStep(_title(name), Outcome.NOT_TRIED, _ELSEWHERE)
    if whole:
        yield CheckStep("the rest", Outcome.OK, ", ".join(whole))


def _whole_section(found: Snapshot, name: SectionName) -> CheckStep:
    records = getattr(found, name.value)
    names = ", ".join(each.name for each in records[:SAMPLE])
    more = ", ..." if len(records) > SAMPLE else ""
    if records:
        return CheckStep(_title(name), Outcome.OK, f"{len(records)}: {names}{more}")
    if name is SectionName.ARRAYS:
        return CheckStep(_title(name), Outcome.OK, "none, and nothing lets suspect hidden ones")
    return CheckStep(_title(name), Outcome.FAILED, "none", "without them nothing can be audited")


def _broken_section(found: Snapshot, name: SectionName) -> CheckStep:
    gaps = [gap for gap in found.gaps if gap.section is name]
    # A dispute counts although the section was seen in full.
    gaps.sort(key=lambda gap: gap.reason is not Reason.CONFLICT)
    seen = _gap_text(gaps) or "not seen in full"
    number = len(getattr(found, name.value))
    return CheckStep(
        _title(name), Outcome.FAILED, f"{number} seen; {seen}", gap=gaps[0] if gaps else None
    )


def _gap_text(gaps: Sequence[Gap]) -> str:
    more = f" (and {len(gaps) - 1} more)" if len(gaps) > 1 else ""
    return f"{gaps[0].subject}: {gaps[0].detail}{more}" if gaps else ""


def _title(name: SectionName) -> str:
    return name.value.replace("_", " ")


def _network(
    seen: Snapshot, request: CollectRequest, progress: Progress
) -> tuple[tuple[CheckStep, ...], bool]:
    settings, sample = request.network, check_sample(seen)
    if not request.asks_network:
        why = "nothing is asked: --no-dns and --no-tls, or sources that bring their own answers"
        return (CheckStep("resolvers", Outcome.NOT_TRIED, why),), False
    wanted = {(each.host, each.port) for each in endpoints(sample)[0]}
    # Else those that lead elsewhere would be taken for slips.
    connects = tuple(each for each in settings.connects if (each.host, each.port) in wanted)
    try:
        found = collect_network(sample, replace(settings, connects=connects), progress)
    except KeyboardInterrupt:
        return (), True
    steps = [_resolver(view, label, found) for view, label in settings.asked_resolvers]
    if not settings.ask_dns:
        steps.append(CheckStep("resolvers", Outcome.NOT_TRIED, "--no-dns"))
    steps.append(_endpoints(settings, found))
    if settings.ask_http:
        steps.append(_start_pages(found))
    return tuple(steps), found.interrupted


def check_sample(seen: Snapshot) -> Snapshot:
    """Return a snapshot of a few arrays and servers, about which ``collect`` asks as well."""
    hosts = {each.host for each in endpoints(seen)[0]}
    serving = [each for each in seen.servers if norm(each.fqdn) in hosts]
    return Snapshot(
        tool_version=seen.tool_version,
        collected_at=seen.collected_at,
        arrays=seen.arrays[:SAMPLE],
        servers=tuple(serving or seen.servers)[:SAMPLE],
    )


def _resolver(view: DnsView, label: str, found: NetworkEvidence) -> CheckStep:
    name = f"{view.value} resolver"
    gaps = [g for g in found.gaps if g.section is _DNS[view] and f" at {label}: " in g.detail]
    if gaps:
        return CheckStep(name, Outcome.FAILED, f"{label}: {_gap_text(gaps)}", gap=gaps[0])
    answers = [each for each in found.dns_answers if (each.view, each.resolver) == (view, label)]
    if not answers:
        return CheckStep(name, Outcome.NOT_TRIED, f"{label}: no names to ask about")
    return CheckStep(name, Outcome.OK, f"{label} answered {count(len(answers), 'question')}")


def _endpoints(settings: NetworkSettings, found: NetworkEvidence) -> CheckStep:
    gaps = [gap for gap in found.gaps if gap.section is SectionName.TLS]
    if not settings.ask_tls:
        return CheckStep("endpoints", Outcome.NOT_TRIED, "--no-tls")
    if gaps:
        return CheckStep("endpoints", Outcome.FAILED, _gap_text(gaps), gap=gaps[0])
    if not found.tls_endpoints:
        return CheckStep("endpoints", Outcome.NOT_TRIED, "no name has an address inside")
    shown = [
        f"{each.host}:{each.port} at {host_and_port(each.address, each.connected_port)}"
        for each in found.tls_endpoints
    ]
    return CheckStep("endpoints", Outcome.OK, f"handshakes with {', '.join(shown)}")


def _start_pages(found: NetworkEvidence) -> CheckStep:
    gaps = [gap for gap in found.gaps if gap.section is SectionName.HTTP]
    if gaps:
        return CheckStep("start pages", Outcome.FAILED, _gap_text(gaps), gap=gaps[0])
    return CheckStep("start pages", Outcome.OK, f"{len(found.http_banners)} read")
