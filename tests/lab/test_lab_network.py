"""The resolver and the prober against the lab's name servers, its zoo and its balancer."""

import asyncio

import pytest

from casaudit.collect.address import host_and_port
from casaudit.collect.dns import DnsResolver
from casaudit.collect.ports import DnsQuestion, TlsTarget
from casaudit.collect.tls.prober import TlsProber
from casaudit.snapshot import Certificate, DnsAnswer, DnsStatus, DnsView, TlsEndpoint, TlsOutcome
from tests.lab.addresses import DNS_PORT, DOMAIN, PASS_THROUGH_BALANCER, TERMINATING_BALANCER
from tests.lab.whole import Lab

pytestmark = pytest.mark.lab

SECONDS = 3.0


def ask(
    server: str, name: str, record_type: str = "A", view: DnsView = DnsView.INTERNAL
) -> DnsAnswer:
    question = DnsQuestion(view, host_and_port(server, DNS_PORT), f"{name}.{DOMAIN}", record_type)
    return asyncio.run(DnsResolver(1.0).ask(question))


def probe(address: str, host: str = f"mail.{DOMAIN}") -> tuple[TlsEndpoint, list[Certificate]]:
    target = TlsTarget(host, 443, address, 443)
    endpoint, certificates = asyncio.run(TlsProber(SECONDS).probe(target))
    return endpoint, list(certificates)


def test_the_views_differ_and_are_authoritative(lab: Lab) -> None:
    inside = ask(lab.names.internal.address, "outlook-ho")
    outside = ask(lab.names.external.address, "outlook-ho", view=DnsView.EXTERNAL)
    assert (inside.values, inside.ttl, inside.authoritative) == (
        (PASS_THROUGH_BALANCER,),
        300,
        True,
    )
    assert (outside.status, outside.authoritative) == (DnsStatus.NXDOMAIN, True)


def test_an_alias_is_followed(lab: Lab) -> None:
    found = ask(lab.names.internal.address, "autodiscover")
    assert [alias.target for alias in found.aliases] == [f"mail.{DOMAIN}"]
    assert (found.values, found.ttl) == ((TERMINATING_BALANCER,), 600)


def test_a_name_without_ipv6_address_has_no_data(lab: Lab) -> None:
    assert ask(lab.names.internal.address, "mail", "AAAA").status is DnsStatus.NO_DATA


def test_resolvers_that_do_not_answer_are_told_apart(lab: Lab) -> None:
    names = lab.names
    servers = (names.silent.address, names.servfail.address, names.refused.address)
    assert [ask(server, "mail").status for server in servers] == [
        DnsStatus.TIMEOUT,
        DnsStatus.SERVFAIL,
        DnsStatus.REFUSED,
    ]


@pytest.mark.parametrize(
    ("quirk", "outcome", "protocol"),
    [
        ("modern", TlsOutcome.HANDSHAKE, "TLSv1.3"),
        ("expired", TlsOutcome.HANDSHAKE, "TLSv1.3"),
        ("wildcard", TlsOutcome.HANDSHAKE, "TLSv1.3"),
        ("tls10", TlsOutcome.HANDSHAKE, "TLSv1"),
        ("ssl3", TlsOutcome.CERTIFICATE_ONLY, "SSLv3"),
        ("rc4", TlsOutcome.CERTIFICATE_ONLY, "TLSv1"),
        ("triple_des", TlsOutcome.CERTIFICATE_ONLY, "TLSv1.2"),
        ("huge", TlsOutcome.CERTIFICATE_ONLY, "TLSv1.2"),
        ("unparseable", TlsOutcome.CERTIFICATE_ONLY, "TLSv1.2"),
    ],
)
def test_the_certificate_is_seen_of(
    lab: Lab, quirk: str, outcome: TlsOutcome, protocol: str
) -> None:
    endpoint, certificates = probe(lab.zoo[quirk].address)
    assert (endpoint.outcome, endpoint.protocol) == (outcome, protocol)
    assert endpoint.chain[0] == certificates[0].sha256 == lab.zoo[quirk].sha256
    assert protocol in {trial.version for trial in endpoint.trials if trial.accepted}


@pytest.mark.parametrize(
    ("quirk", "outcome"),
    [
        ("silent", TlsOutcome.TIMEOUT),
        ("dripping", TlsOutcome.TIMEOUT),
        ("plain_http", TlsOutcome.NOT_TLS),
        ("refused", TlsOutcome.REFUSED),
    ],
)
def test_no_certificate_is_seen_of(lab: Lab, quirk: str, outcome: TlsOutcome) -> None:
    endpoint, certificates = probe(lab.zoo[quirk].address)
    assert (endpoint.outcome, certificates) == (outcome, [])


def test_the_name_that_is_sent_decides_the_certificate(lab: Lab) -> None:
    endpoint, _ = probe(lab.zoo["with_name"].address)
    assert endpoint.chain[0] == lab.zoo["with_name"].sha256
    assert (endpoint.chain_without_sni or ("",))[0] == lab.zoo["without_name"].sha256


def test_a_terminating_balancer_shows_its_own_certificate(lab: Lab) -> None:
    clients = lab.clients
    assert probe(clients.terminating.address)[0].chain[0] == clients.terminating.sha256
    shown = probe(clients.pass_through.address)[0].chain[0]
    assert shown in {server.endpoint.sha256 for server in clients.servers.values()}
