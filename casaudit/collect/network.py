"""The walk through DNS and TLS: asks about every name and endpoint that the directory names.

Nothing here fails: an adapter's error, a stop by the operator and a bug each become a gap, and
what was seen before stays.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from casaudit.collect.address import joined, literal
from casaudit.collect.asking import Asked, Progress, ask_all, give_up
from casaudit.collect.ports import Prober, Question, Resolver, Target
from casaudit.collect.scope import (
    SYSTEM,
    Endpoint,
    dns_names,
    endpoints,
    questions,
    targets,
    tls_gap,
)
from casaudit.snapshot import (
    Certificate,
    DnsAnswer,
    DnsStatus,
    Gap,
    Reason,
    Section,
    SectionName,
    Snapshot,
    Status,
    TlsEndpoint,
    TlsOutcome,
    View,
)

Shown = tuple[TlsEndpoint, tuple[Certificate, ...]]

_SECTIONS = {View.INTERNAL: SectionName.DNS_INTERNAL, View.EXTERNAL: SectionName.DNS_EXTERNAL}
_UNHEARD = {
    DnsStatus.SERVFAIL: Reason.SERVER_FAILURE,
    DnsStatus.REFUSED: Reason.REFUSED,
    DnsStatus.TIMEOUT: Reason.TIMEOUT,
    DnsStatus.BAD_ANSWER: Reason.MALFORMED,
}
_UNSEEN = {
    TlsOutcome.HANDSHAKE_FAILED: Reason.HANDSHAKE_FAILED,
    TlsOutcome.NOT_TLS: Reason.HANDSHAKE_FAILED,
    TlsOutcome.REFUSED: Reason.REFUSED,
    TlsOutcome.TIMEOUT: Reason.TIMEOUT,
    TlsOutcome.UNREACHABLE: Reason.UNREACHABLE,
}


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """What of the network is asked, and how patiently.

    Attributes:
        resolvers: view and ``address:port`` of each; empty asks the system's, as internal.
        connects: where to send the probes of a host and port instead of its addresses.
        local_addresses: names may lead to loopback, link-local and multicast addresses.
        timeout: seconds for one endpoint, and at most for one DNS question.
        workers: endpoints under way.
        time_limit: seconds for everything; DNS may use half of it.
    """

    resolvers: tuple[tuple[View, str], ...] = ()
    ask_dns: bool = True
    ask_tls: bool = True
    connects: tuple[Target, ...] = ()
    local_addresses: bool = False
    timeout: float = 10.0
    workers: int = 64
    time_limit: float = 900.0

    @property
    def asked_resolvers(self) -> tuple[tuple[View, str], ...]:
        """The resolvers that are asked: those given, else the system's."""
        if not self.ask_dns:
            return ()
        return self.resolvers or ((View.INTERNAL, SYSTEM),)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be asked.

    Attributes:
        questions: to the resolvers.
        targets: endpoints whose address is known without asking.
        endpoints: those that are looked at on every internal address that DNS gives.
    """

    questions: tuple[Question, ...]
    targets: tuple[Target, ...]
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class NetworkEvidence:
    """The records of one walk; ``interrupted`` when it was stopped before its end."""

    dns_answers: tuple[DnsAnswer, ...]
    tls_endpoints: tuple[TlsEndpoint, ...]
    certificates: tuple[Certificate, ...]
    sections: tuple[Section, ...]
    gaps: tuple[Gap, ...]
    interrupted: bool


def collect(snapshot: Snapshot, settings: NetworkSettings, progress: Progress) -> NetworkEvidence:
    """Ask the real network about a snapshot's directory records; the first SIGINT ends it early."""
    from casaudit.collect.resolve import DnsResolver
    from casaudit.collect.tls import TlsProber

    resolver = DnsResolver(min(5.0, settings.timeout), min(32, settings.workers))
    prober = TlsProber(settings.timeout, settings.workers)
    return asyncio.run(look(snapshot, settings, resolver, prober, progress))


def plan(snapshot: Snapshot, settings: NetworkSettings) -> Plan:
    """Return what ``collect`` would ask about a snapshot's directory records; asks nothing."""
    asked = questions(dns_names(snapshot), settings.asked_resolvers)
    goals = _goals(snapshot, settings, {})
    return Plan(asked, tuple(goals.targets), tuple(goals.unknown) if settings.ask_dns else ())


async def look(
    snapshot: Snapshot,
    settings: NetworkSettings,
    resolver: Resolver,
    prober: Prober,
    progress: Progress,
) -> NetworkEvidence:
    """Ask about the names and endpoints of a snapshot's directory records, through two ports."""
    begun = time.monotonic()
    asked = questions(dns_names(snapshot), settings.asked_resolvers)
    dns = await ask_all(
        "DNS questions", asked, resolver.ask, progress, begun + settings.time_limit / 2
    )
    goals = _goals(snapshot, settings, dns.answers)
    tls: Asked[Target, Shown]
    if dns.stopped is Reason.INTERRUPTED:
        tls = give_up(goals.targets, dns.stopped)
    else:
        ends = begun + settings.time_limit
        tls = await ask_all("TLS endpoints", goals.targets, prober.probe, progress, ends)
    seen = sum(1 for endpoint, _ in tls.answers.values() if endpoint.outcome not in _UNSEEN)
    return NetworkEvidence(
        dns_answers=tuple(dns.answers.values()),
        tls_endpoints=tuple(endpoint for endpoint, _ in tls.answers.values()),
        certificates=_distinct(each for _, chain in tls.answers.values() for each in chain),
        sections=(*_dns_sections(settings, dns), _tls_section(settings, goals, seen)),
        gaps=(*_dns_gaps(dns), *goals.gaps, *_tls_gaps(tls)),
        interrupted=Reason.INTERRUPTED in (dns.stopped, tls.stopped),
    )


@dataclass(slots=True)
class _Goals:
    """Where to look for TLS, the endpoints without a known address, and what is left out."""

    targets: list[Target] = field(default_factory=list)
    unknown: list[Endpoint] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


def _goals(
    snapshot: Snapshot, settings: NetworkSettings, answers: Mapping[Question, DnsAnswer]
) -> _Goals:
    goals = _Goals()
    if not settings.ask_tls:
        return goals
    wanted, too_many = endpoints(snapshot)
    goals.gaps += too_many
    inside = _inside(answers)
    connects = _by_endpoint(settings.connects)
    for endpoint in wanted:
        heard = inside.get(endpoint.host, [])
        addresses = {value for answer in heard for value in answer.values}
        if literal(endpoint.host):
            addresses.add(endpoint.host)
        if endpoint in connects or addresses:
            found, left_out = targets(
                endpoint, addresses, connects.get(endpoint), settings.local_addresses
            )
            goals.targets += found
            goals.gaps += left_out
        elif not heard or any(answer.status in _UNHEARD for answer in heard):
            goals.unknown.append(endpoint)
            goals.gaps.append(tls_gap(endpoint, Reason.UNREACHABLE, _no_address(settings)))
    goals.gaps += [
        tls_gap(endpoint, Reason.CONFLICT, "--connect names it, the directory does not")
        for endpoint in sorted(connects.keys() - set(wanted))
    ]
    return goals


def _inside(answers: Mapping[Question, DnsAnswer]) -> dict[str, list[DnsAnswer]]:
    found: dict[str, list[DnsAnswer]] = defaultdict(list)
    for answer in answers.values():
        if answer.view is View.INTERNAL:
            found[answer.name].append(answer)
    return found


def _by_endpoint(connects: Iterable[Target]) -> dict[Endpoint, tuple[Target, ...]]:
    found: dict[Endpoint, tuple[Target, ...]] = {}
    for each in connects:
        key = Endpoint(each.host, each.port)
        found[key] = (*found.get(key, ()), each)
    return found


def _no_address(settings: NetworkSettings) -> str:
    hint = "--connect HOST:PORT=ADDRESS:PORT gives it one"
    asked = any(view is View.INTERNAL for view, _ in settings.asked_resolvers)
    why = "no internal resolver told its address" if asked else "no internal resolver was asked"
    return f"{why}; {hint}"


def _distinct(certificates: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Keep each certificate once, from the first of its endpoints in order of address."""
    in_order = sorted(certificates, key=lambda each: each.source.origin, reverse=True)
    return tuple({each.sha256: each for each in in_order}.values())


def _dns_gaps(dns: Asked[Question, DnsAnswer]) -> Iterator[Gap]:
    """Yield one gap for each name and resolver, whatever the types that failed alike."""
    failed = dict(dns.problems)
    for question, answer in dns.answers.items():
        if answer.status in _UNHEARD:
            failed[question] = _UNHEARD[answer.status], answer.status.value.replace("_", " ")
    folded: dict[tuple[View, str, str, Reason, str], list[str]] = defaultdict(list)
    for question, (reason, text) in failed.items():
        key = (question.view, question.name, question.resolver, reason, text)
        folded[key].append(question.record_type)
    for (view, name, resolver, reason, text), types in folded.items():
        detail = f"{', '.join(types)} at {resolver}: {text}"
        yield Gap(section=_SECTIONS[view], subject=name, reason=reason, detail=detail)


def _tls_gaps(tls: Asked[Target, Shown]) -> Iterator[Gap]:
    failed = dict(tls.problems)
    for target, (endpoint, _) in tls.answers.items():
        if endpoint.outcome in _UNSEEN:
            failed[target] = _UNSEEN[endpoint.outcome], endpoint.detail
    for target, (reason, text) in failed.items():
        where = joined(target.address, target.connected_port)
        yield tls_gap(Endpoint(target.host, target.port), reason, f"at {where}: {text}")


def _dns_sections(settings: NetworkSettings, dns: Asked[Question, DnsAnswer]) -> Iterator[Section]:
    for view, name in _SECTIONS.items():
        questions_of_view = [q for q in (*dns.answers, *dns.problems) if q.view is view]
        heard = sum(
            1
            for q in questions_of_view
            if q in dns.answers and dns.answers[q].status not in _UNHEARD
        )
        asked = any(each is view for each, _ in settings.asked_resolvers)
        yield _section(name, asked, len(questions_of_view), heard)


def _tls_section(settings: NetworkSettings, goals: _Goals, seen: int) -> Section:
    asked = len(goals.targets) + len(goals.gaps)
    return _section(SectionName.TLS, settings.ask_tls, asked, seen)


def _section(name: SectionName, was_asked: bool, asked: int, answered: int) -> Section:
    if not was_asked:
        return Section(name=name, status=Status.NOT_COLLECTED)
    status = Status.FAILED if asked and not answered else Status.PARTIAL
    if answered == asked:
        status = Status.COMPLETE
    return Section(name=name, status=status, asked=asked, answered=answered)
