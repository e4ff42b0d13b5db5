"""How much of the network was seen: what came back of the asking, as gaps and sections."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from casaudit.collect.address import host_and_port
from casaudit.collect.gather import Asked
from casaudit.collect.ports import DnsQuestion, TlsTarget
from casaudit.collect.scope import UNRELATED, Endpoint, tls_gap
from casaudit.snapshot import (
    Certificate,
    DnsAnswer,
    DnsStatus,
    DnsView,
    Gap,
    HttpBanner,
    Reason,
    Section,
    SectionName,
    Status,
    TlsEndpoint,
    TlsOutcome,
)

Shown = tuple[TlsEndpoint, tuple[Certificate, ...]]
"""What a probe brings home."""

_SECTIONS = {DnsView.INTERNAL: SectionName.DNS_INTERNAL, DnsView.EXTERNAL: SectionName.DNS_EXTERNAL}
# NXDOMAIN and an empty answer are left out on purpose: they are answers.
UNHEARD = {
    DnsStatus.SERVFAIL: Reason.SERVER_FAILURE,
    DnsStatus.REFUSED: Reason.REFUSED,
    DnsStatus.TIMEOUT: Reason.TIMEOUT,
    DnsStatus.BAD_ANSWER: Reason.MALFORMED,
}
# The outcomes that are not here come with certificates.
UNSEEN = {
    TlsOutcome.HANDSHAKE_FAILED: Reason.HANDSHAKE_FAILED,
    TlsOutcome.NOT_TLS: Reason.HANDSHAKE_FAILED,
    TlsOutcome.REFUSED: Reason.REFUSED,
    TlsOutcome.TIMEOUT: Reason.TIMEOUT,
    TlsOutcome.UNREACHABLE: Reason.UNREACHABLE,
}


def without_inventions(dns: Asked[DnsQuestion, DnsAnswer]) -> tuple[Gap, ...]:
    """Take the answers of resolvers that make answers up out, and say so of each resolver.

    The questions that tell such resolvers go too: they are about nothing of the organisation.
    """
    invented: dict[tuple[DnsView, str], DnsAnswer] = {}
    for question in [each for each in (*dns.answers, *dns.problems) if each.name == UNRELATED]:
        dns.problems.pop(question, None)
        answer = dns.answers.pop(question, None)
        if answer is not None and answer.status is DnsStatus.ANSWER:
            invented[question.view, question.resolver] = answer
    gaps = []
    for (view, resolver), answer in invented.items():
        text = (
            f"it makes answers up: {UNRELATED}, which cannot exist, has {answer.values[0]}; its "
            "answers were left out, ask another one with --resolver"
        )
        for question in [q for q in dns.answers if (q.view, q.resolver) == (view, resolver)]:
            del dns.answers[question]
            dns.problems[question] = Reason.NOT_TRUSTED, text
        gaps.append(
            Gap(section=_SECTIONS[view], subject=resolver, reason=Reason.NOT_TRUSTED, detail=text)
        )
    return tuple(gaps)


def dns_gaps(dns: Asked[DnsQuestion, DnsAnswer]) -> Iterator[Gap]:
    """Yield one gap for each name and resolver, whatever the types that failed alike."""
    # A resolver that is not trusted has one gap for all its names.
    failed = {q: why for q, why in dns.problems.items() if why[0] is not Reason.NOT_TRUSTED}
    for question, answer in dns.answers.items():
        if answer.status in UNHEARD:
            failed[question] = UNHEARD[answer.status], answer.status.value.replace("_", " ")
    folded: dict[tuple[DnsView, str, str, Reason, str], list[str]] = defaultdict(list)
    for question, (reason, text) in failed.items():
        key = (question.view, question.name, question.resolver, reason, text)
        folded[key].append(question.record_type)
    for (view, name, resolver, reason, text), types in folded.items():
        detail = f"{', '.join(types)} at {resolver}: {text}"
        yield Gap(section=_SECTIONS[view], subject=name, reason=reason, detail=detail)


def tls_gaps(tls: Asked[TlsTarget, Shown]) -> Iterator[Gap]:
    """Yield a gap for each endpoint that showed no certificate."""
    failed = dict(tls.problems)
    for target, (endpoint, _) in tls.answers.items():
        if endpoint.outcome in UNSEEN:
            failed[target] = UNSEEN[endpoint.outcome], endpoint.detail
    for target, (reason, text) in failed.items():
        where = host_and_port(target.address, target.connected_port)
        yield tls_gap(Endpoint(target.host, target.port), reason, f"at {where}: {text}")


def certificate_gaps(certificates: Iterable[Certificate]) -> Iterator[Gap]:
    """Yield a gap for each certificate of which something could not be read."""
    for each in certificates:
        if each.unread:
            text = f"could not be read of the certificate: {', '.join(each.unread)}"
            yield Gap(
                section=SectionName.TLS, subject=each.sha1, reason=Reason.MALFORMED, detail=text
            )


def dns_sections(
    views: Collection[DnsView], dns: Asked[DnsQuestion, DnsAnswer]
) -> Iterator[Section]:
    """Yield the section of each view; one that is not among ``views`` was not collected."""
    heard = [q for q, answer in dns.answers.items() if answer.status not in UNHEARD]
    for view, name in _SECTIONS.items():
        asked = sum(1 for q in (*dns.answers, *dns.problems) if q.view is view)
        answered = sum(1 for q in heard if q.view is view)
        yield _section(name, view in views, asked, answered)


def tls_section(was_asked: bool, asked: int, tls: Asked[TlsTarget, Shown]) -> Section:
    """Return the section of TLS; ``asked`` counts what could not be looked at too."""
    seen = sum(1 for endpoint, _ in tls.answers.values() if endpoint.outcome not in UNSEEN)
    return _section(SectionName.TLS, was_asked, asked, seen)


def pages_to_ask(
    servers: Iterable[Endpoint], tls: Asked[TlsTarget, Shown]
) -> tuple[tuple[TlsTarget, ...], tuple[Gap, ...]]:
    """Return where to ask each server for its page: at one address, where TLS was agreed on."""
    agreed: dict[Endpoint, TlsTarget] = {}
    for target, (endpoint, _) in tls.answers.items():
        if endpoint.outcome is TlsOutcome.HANDSHAKE:
            agreed.setdefault(Endpoint(target.host, target.port), target)
    found = tuple(agreed[each] for each in servers if each in agreed)
    text = "not asked: no handshake with it was finished"
    return found, tuple(
        _http_gap(each, Reason.UNREACHABLE, text) for each in servers if each not in agreed
    )


def page_gaps(pages: Asked[TlsTarget, HttpBanner]) -> Iterator[Gap]:
    """Yield a gap for each server whose page was not seen, or shows no version."""
    for target, (reason, text) in pages.problems.items():
        yield _http_gap(Endpoint(target.host, target.port), reason, text)
    for target, banner in pages.answers.items():
        if banner.owa_version is None:
            text = "the page of Outlook Web App shows no version"
            yield _http_gap(Endpoint(target.host, target.port), Reason.DENIED_OR_ABSENT, text)


def page_section(was_asked: bool, asked: int, pages: Asked[TlsTarget, HttpBanner]) -> Section:
    """Return the section of the pages; ``asked`` counts the servers that could not be asked too."""
    seen = sum(1 for each in pages.answers.values() if each.owa_version is not None)
    return _section(SectionName.HTTP, was_asked, asked, seen)


def _http_gap(endpoint: Endpoint, reason: Reason, detail: str) -> Gap:
    return Gap(section=SectionName.HTTP, subject=str(endpoint), reason=reason, detail=detail)


def _section(name: SectionName, was_asked: bool, asked: int, answered: int) -> Section:
    if not was_asked:
        return Section(name=name, status=Status.NOT_COLLECTED)
    status = Status.FAILED if asked and not answered else Status.PARTIAL
    # Also where there was nothing to ask: none of none is all of it.
    if answered == asked:
        status = Status.COMPLETE
    return Section(name=name, status=status, asked=asked, answered=answered)
