"""The walk through DNS and TLS: asks about every name and endpoint that the directory names.

Nothing here fails: an adapter's error, a stop by the operator and a bug each become a gap, and
what was seen before stays.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from casaudit.collect.address import ip_literal
from casaudit.collect.coverage import (
    UNHEARD,
    Shown,
    certificate_gaps,
    dns_gaps,
    dns_sections,
    page_gaps,
    page_section,
    pages_to_ask,
    tls_gaps,
    tls_section,
    without_inventions,
)
from casaudit.collect.gather import Asked, Progress, ask_all, give_up
from casaudit.collect.ports import DnsQuestion, Prober, Resolver, TlsTarget, Web
from casaudit.collect.scope import (
    SYSTEM,
    Endpoint,
    dns_names,
    endpoints,
    questions,
    service_questions,
    targets,
    tls_gap,
    unrelated_questions,
    web_servers,
    wildcard_questions,
)
from casaudit.snapshot import (
    Certificate,
    DnsAnswer,
    DnsView,
    Gap,
    HttpBanner,
    Reason,
    Section,
    Snapshot,
    TlsEndpoint,
)


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """What of the network is asked, and how patiently.

    Attributes:
        ask_http: each server that TLS is asked of is asked for its start page too.
        resolvers: view and ``address:port`` of each; empty asks the system's, as internal.
        connects: where to send the probes of a host and port instead of its addresses.
        local_addresses: names may lead to loopback, link-local and multicast addresses.
        timeout: seconds for one endpoint, and at most for one DNS question.
        workers: endpoints under way.
        time_limit: seconds for everything; DNS may use half of it.
    """

    resolvers: tuple[tuple[DnsView, str], ...] = ()
    ask_dns: bool = True
    ask_tls: bool = True
    ask_http: bool = False
    connects: tuple[TlsTarget, ...] = ()
    local_addresses: bool = False
    timeout: float = 10.0
    workers: int = 64
    time_limit: float = 900.0

    @property
    def asked_resolvers(self) -> tuple[tuple[DnsView, str], ...]:
        """The resolvers that are asked: those given, else the system's."""
        if not self.ask_dns:
            return ()
        return self.resolvers or ((DnsView.INTERNAL, SYSTEM),)

    @property
    def locating_resolvers(self) -> tuple[str, ...]:
        """The resolvers that know the controllers of a domain: those inside, else the system's."""
        inside = tuple(label for view, label in self.resolvers if view is DnsView.INTERNAL)
        return (inside or (SYSTEM,)) if self.ask_dns else ()


@dataclass(frozen=True, slots=True)
class NetworkPlan:
    """What would be asked.

    Attributes:
        questions: to the resolvers.
        targets: endpoints whose address is known without asking.
        endpoints: those that are looked at on every internal address that DNS gives.
        pages: servers that are asked for their start page.
    """

    questions: tuple[DnsQuestion, ...]
    targets: tuple[TlsTarget, ...]
    endpoints: tuple[Endpoint, ...]
    pages: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class NetworkEvidence:
    """The records of one walk; ``interrupted`` when it was stopped before its end."""

    dns_answers: tuple[DnsAnswer, ...]
    tls_endpoints: tuple[TlsEndpoint, ...]
    certificates: tuple[Certificate, ...]
    http_banners: tuple[HttpBanner, ...]
    sections: tuple[Section, ...]
    gaps: tuple[Gap, ...]
    interrupted: bool


def collect_network(
    snapshot: Snapshot, settings: NetworkSettings, progress: Progress
) -> NetworkEvidence:
    """Ask the real network about a snapshot's directory records; the first SIGINT ends it early."""
    # They take their time to load, and reading files needs neither.
    from casaudit.collect.dns import DnsResolver
    from casaudit.collect.http import WebClient
    from casaudit.collect.tls.prober import TlsProber

    # A resolver is one machine and endpoints are many: fewer at a time, and less patience.
    resolver = DnsResolver(min(5.0, settings.timeout), min(32, settings.workers))
    prober = TlsProber(settings.timeout, settings.workers)
    web = WebClient(settings.timeout, settings.workers)
    return asyncio.run(ask_network(snapshot, settings, resolver, prober, web, progress))


def plan_network(snapshot: Snapshot, settings: NetworkSettings) -> NetworkPlan:
    """Return what ``collect`` would ask about a snapshot's directory records; asks nothing."""
    asked = _questions(snapshot, settings)
    goals = _goals(snapshot, settings, {})
    return NetworkPlan(
        asked,
        tuple(goals.targets),
        tuple(goals.unknown) if settings.ask_dns else (),
        _web_servers(snapshot, settings),
    )


async def ask_network(
    snapshot: Snapshot,
    settings: NetworkSettings,
    resolver: Resolver,
    prober: Prober,
    web: Web,
    progress: Progress,
) -> NetworkEvidence:
    """Ask about the names and endpoints of a snapshot's directory records, through the ports."""
    begun = time.monotonic()
    asked = _questions(snapshot, settings)
    dns = await ask_all(
        "DNS questions", asked, resolver.ask, progress, begun + settings.time_limit / 2
    )
    inventions = without_inventions(dns)
    goals = _goals(snapshot, settings, dns.answers)
    tls: Asked[TlsTarget, Shown]
    # Where DNS used up its half of the time, endpoints still have theirs; an interrupt ends both.
    ends = begun + settings.time_limit
    if dns.stopped is Reason.INTERRUPTED:
        tls = give_up(goals.targets, dns.stopped)
    else:
        tls = await ask_all("TLS endpoints", goals.targets, prober.probe, progress, ends)
    servers = _web_servers(snapshot, settings)
    asked_pages, unasked = pages_to_ask(servers, tls)
    pages: Asked[TlsTarget, HttpBanner]
    if Reason.INTERRUPTED in (dns.stopped, tls.stopped):
        pages = give_up(asked_pages, Reason.INTERRUPTED)
    else:
        pages = await ask_all("start pages", asked_pages, web.banner, progress, ends)
    views = {view for view, _ in settings.asked_resolvers}
    # What is left out counts as asked, else the section would look complete.
    wanted = len(goals.targets) + len(goals.gaps)
    certificates = _distinct(each for _, chain in tls.answers.values() for each in chain)
    return NetworkEvidence(
        dns_answers=tuple(dns.answers.values()),
        tls_endpoints=tuple(endpoint for endpoint, _ in tls.answers.values()),
        certificates=certificates,
        http_banners=tuple(pages.answers.values()),
        sections=(
            *dns_sections(views, dns),
            tls_section(settings.ask_tls, wanted, tls),
            page_section(settings.ask_http, len(servers), pages),
        ),
        gaps=(
            *inventions,
            *dns_gaps(dns),
            *goals.gaps,
            *tls_gaps(tls),
            *certificate_gaps(certificates),
            *unasked,
            *page_gaps(pages),
        ),
        interrupted=Reason.INTERRUPTED in (dns.stopped, tls.stopped, pages.stopped),
    )


def _questions(snapshot: Snapshot, settings: NetworkSettings) -> tuple[DnsQuestion, ...]:
    resolvers = settings.asked_resolvers
    asked = (
        *questions(dns_names(snapshot), resolvers),
        *service_questions(snapshot, resolvers),
        *wildcard_questions(snapshot, resolvers),
    )
    # Behind the others, so that a resolver is not given up because it keeps silent on this one.
    return (*asked, *unrelated_questions(resolvers)) if asked else ()


def _web_servers(snapshot: Snapshot, settings: NetworkSettings) -> tuple[Endpoint, ...]:
    return web_servers(snapshot) if settings.ask_http else ()


@dataclass(slots=True)
class _Goals:
    """Where to look for TLS, the endpoints without a known address, and what is left out."""

    targets: list[TlsTarget] = field(default_factory=list)
    unknown: list[Endpoint] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


def _goals(
    snapshot: Snapshot, settings: NetworkSettings, answers: Mapping[DnsQuestion, DnsAnswer]
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
        # A URL may name an address, about which no resolver is asked.
        if ip_literal(endpoint.host):
            addresses.add(endpoint.host)
        if endpoint in connects or addresses:
            found, left_out = targets(
                endpoint, addresses, connects.get(endpoint), settings.local_addresses
            )
            goals.targets += found
            goals.gaps += left_out
        # A name that certainly has no address is no gap: there is no endpoint to be seen.
        elif not heard or any(answer.status in UNHEARD for answer in heard):
            goals.unknown.append(endpoint)
            goals.gaps.append(tls_gap(endpoint, Reason.UNREACHABLE, _no_address(settings)))
    # A slip in --connect would otherwise change nothing and go unnoticed.
    goals.gaps += [
        tls_gap(endpoint, Reason.CONFLICT, "--connect names it, the directory does not")
        for endpoint in sorted(connects.keys() - set(wanted))
    ]
    return goals


def _inside(answers: Mapping[DnsQuestion, DnsAnswer]) -> dict[str, list[DnsAnswer]]:
    found: dict[str, list[DnsAnswer]] = defaultdict(list)
    for answer in answers.values():
        # Addresses that the Internet sees need not lead to the same machine from in here.
        if answer.view is DnsView.INTERNAL:
            found[answer.name].append(answer)
    return found


def _by_endpoint(connects: Iterable[TlsTarget]) -> dict[Endpoint, tuple[TlsTarget, ...]]:
    found: dict[Endpoint, tuple[TlsTarget, ...]] = {}
    for each in connects:
        key = Endpoint(each.host, each.port)
        found[key] = (*found.get(key, ()), each)
    return found


def _no_address(settings: NetworkSettings) -> str:
    hint = "--connect HOST:PORT=ADDRESS:PORT gives it one"
    asked = any(view is DnsView.INTERNAL for view, _ in settings.asked_resolvers)
    why = "no internal resolver told its address" if asked else "no internal resolver was asked"
    return f"{why}; {hint}"


def _distinct(certificates: Iterable[Certificate]) -> tuple[Certificate, ...]:
    """Keep each certificate once, from the first of its endpoints in order of address."""
    # In reverse, because a dict keeps the last value of a key.
    in_order = sorted(certificates, key=lambda each: each.source.origin, reverse=True)
    return tuple({each.sha256: each for each in in_order}.values())
