"""The walk through DNS and TLS keeps what it saw and makes a gap of everything else."""

import asyncio
import hashlib
import os
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from casaudit.collect.network import (
    NetworkEvidence,
    NetworkSettings,
    ask_network,
    collect_network,
    plan_network,
)
from casaudit.collect.ports import DnsQuestion, Prober, Resolver, TlsTarget
from casaudit.collect.scope import PROBE, parse_connect
from casaudit.errors import CollectError
from casaudit.shipped import SAMPLES
from casaudit.snapshot import (
    Certificate,
    DnsAnswer,
    DnsStatus,
    DnsView,
    Reason,
    SectionName,
    Status,
    TlsEndpoint,
    TlsOutcome,
)
from tests.forest import Addresses, Alias, Endpoint, Forest, ForestProber, ForestResolver, ForestWeb
from tests.forest.network import Reply
from tests.support.listening import CERTIFICATES, der
from tests.support.running import casaudit
from tests.test_scope import array, point, server, snapshot

MAIL, ARRAY, SERVER = "mail.corp.example", "outlook.corp.example", "ex1.corp.example"
NOBODY = f"{PROBE}.corp.example"
INSIDE, OUTSIDE = (DnsView.INTERNAL, "10.0.0.53:53"), (DnsView.EXTERNAL, "198.51.100.53:53")
BOTH = NetworkSettings(resolvers=(INSIDE, OUTSIDE))
CHAIN = der(CERTIFICATES / "sha1-1024.pem"), der(CERTIFICATES / "md5-512.pem")
DIRECTORY = snapshot(
    arrays=(array(ARRAY),), servers=(server(SERVER),), points=(point(f"https://{MAIL}/x"),)
)


def world() -> Forest:
    forest = Forest("corp.example", "Corp")
    forest.dns_internal = {
        MAIL: Alias(ARRAY),
        ARRAY: Addresses(("10.0.0.50",)),
        SERVER: Addresses(("10.0.0.11", "fd00::11")),
    }
    listener = Endpoint(CHAIN)
    forest.tls = {"10.0.0.50": listener, "10.0.0.11": listener, "fd00::11": listener}
    return forest


def walk(
    forest: Forest,
    settings: NetworkSettings = BOTH,
    resolver: Resolver | None = None,
    prober: Prober | None = None,
) -> NetworkEvidence:
    return asyncio.run(
        ask_network(
            DIRECTORY,
            settings,
            resolver or ForestResolver(forest),
            prober or ForestProber(forest),
            ForestWeb(forest),
            lambda *_: None,
        )
    )


def sections(found: NetworkEvidence) -> dict[SectionName, tuple[Status, int, int]]:
    return {each.name: (each.status, each.asked, each.answered) for each in found.sections}


def gaps(found: NetworkEvidence) -> list[tuple[str, Reason, str]]:
    return sorted((gap.subject, gap.reason, gap.detail) for gap in found.gaps)


def test_a_world_that_answers_is_complete() -> None:
    found = walk(world())
    assert sections(found) == {
        SectionName.DNS_INTERNAL: (Status.COMPLETE, 6, 6),
        SectionName.DNS_EXTERNAL: (Status.COMPLETE, 8, 8),
        SectionName.TLS: (Status.COMPLETE, 4, 4),
        SectionName.HTTP: (Status.NOT_COLLECTED, 0, 0),
    }
    assert (found.gaps, found.interrupted, found.http_banners) == ((), False, ())


def test_every_address_behind_every_name_is_looked_at() -> None:
    assert {(each.host, each.address) for each in walk(world()).tls_endpoints} == {
        (MAIL, "10.0.0.50"),
        (ARRAY, "10.0.0.50"),
        (SERVER, "10.0.0.11"),
        (SERVER, "fd00::11"),
    }


def test_a_certificate_on_many_endpoints_is_one_record_with_a_stable_source() -> None:
    found = walk(world()).certificates
    assert len({each.sha256 for each in found}) == len(found) == 2
    assert {each.source.origin for each in found} == {"tls:10.0.0.11:443"}


WITH_HTTP = replace(BOTH, ask_http=True)


def test_a_server_is_asked_for_its_start_page_at_one_address() -> None:
    forest = world()
    forest.start_pages = {MAIL: "14.3.123.4", ARRAY: "14.3.123.4", SERVER: "14.3.513.0"}
    found = walk(forest, WITH_HTTP)
    # A name behind which several servers may stand says nothing about one of them.
    assert [(each.host, each.port, each.owa_version) for each in found.http_banners] == [
        (SERVER, 443, "14.3.513.0")
    ]
    assert sections(found)[SectionName.HTTP] == (Status.COMPLETE, 1, 1)
    assert found.gaps == ()
    assert [str(each) for each in plan_network(DIRECTORY, WITH_HTTP).pages] == [f"{SERVER}:443"]
    assert plan_network(DIRECTORY, BOTH).pages == ()


@pytest.mark.parametrize(
    ("pages", "reason", "text"),
    [
        ({}, Reason.UNREACHABLE, "nobody answers"),
        ({SERVER: None}, Reason.DENIED_OR_ABSENT, "the page of Outlook Web App shows no version"),
    ],
    ids=["that does not answer", "that shows no version"],
)
def test_a_page(pages: dict[str, str | None], reason: Reason, text: str) -> None:
    forest = world()
    forest.start_pages = pages
    found = walk(forest, WITH_HTTP)
    assert gaps(found) == [(f"{SERVER}:443", reason, text)]
    assert sections(found)[SectionName.HTTP] == (Status.FAILED, 1, 0)


def test_nobody_is_asked_for_a_page_with_whom_no_handshake_was_finished() -> None:
    forest = world()
    forest.start_pages = {SERVER: "14.3.513.0"}
    forest.tls["10.0.0.11"] = forest.tls["fd00::11"] = TlsOutcome.HANDSHAKE_FAILED
    found = walk(forest, WITH_HTTP)
    (gap,) = (each for each in found.gaps if each.section is SectionName.HTTP)
    assert gap.detail == "not asked: no handshake with it was finished"
    assert found.http_banners == ()


class Invented(dict[str, Reply]):
    """The zones of a resolver that has an address for every name that nobody has."""

    def get(self, name: str, default: object = None) -> Reply:
        return super().get(name, Addresses(("203.0.113.80",)))


def test_the_answers_of_a_resolver_that_makes_them_up_are_left_out() -> None:
    forest = world()
    forest.dns_internal = Invented({SERVER: Addresses(("10.0.0.11",))})
    found = walk(forest)
    assert {each.view for each in found.dns_answers} == {DnsView.EXTERNAL}
    assert found.tls_endpoints == ()  # nobody is sent to where it leads everybody
    assert sections(found)[SectionName.DNS_INTERNAL] == (Status.FAILED, 6, 0)
    assert sections(found)[SectionName.DNS_EXTERNAL] == (Status.COMPLETE, 8, 8)
    (gap,) = (each for each in found.gaps if each.section is SectionName.DNS_INTERNAL)
    assert (gap.subject, gap.reason) == (INSIDE[1], Reason.NOT_TRUSTED)
    assert f"{PROBE}.invalid, which cannot exist, has 203.0.113.80" in gap.detail


def test_an_honest_resolver_beside_one_that_makes_answers_up_is_heard() -> None:
    forest, liar = world(), "10.0.0.54:53"

    class Two(ForestResolver):
        async def ask(self, question: DnsQuestion) -> DnsAnswer:
            answer = await super().ask(question)
            if question.resolver != liar:
                return answer
            made_up = {"status": DnsStatus.ANSWER, "values": ("203.0.113.80",)}
            return answer.model_copy(update=made_up)

    found = walk(forest, NetworkSettings((INSIDE, (DnsView.INTERNAL, liar))), Two(forest))
    assert {each.resolver for each in found.dns_answers} == {INSIDE[1]}
    assert sections(found)[SectionName.DNS_INTERNAL] == (Status.PARTIAL, 12, 6)
    assert [gap.subject for gap in found.gaps] == [liar]
    assert len(found.tls_endpoints) == 4


@pytest.mark.parametrize("status", [DnsStatus.SERVFAIL, DnsStatus.REFUSED, DnsStatus.TIMEOUT])
def test_whether_it_answers_for_a_name_that_cannot_exist_is_no_matter_else(
    status: DnsStatus,
) -> None:
    # In a network without the Internet a resolver cannot ask the root about anything.
    forest = world()
    forest.dns_internal[f"{PROBE}.invalid"] = status
    assert walk(forest) == walk(world())


def test_what_could_not_be_read_of_a_certificate_is_a_gap_about_it() -> None:
    forest = world()
    forest.tls["10.0.0.50"] = Endpoint((b"no certificate at all",))
    (gap,) = walk(forest).gaps
    assert (gap.section, gap.reason) == (SectionName.TLS, Reason.MALFORMED)
    assert gap.subject == hashlib.sha1(b"no certificate at all").hexdigest().upper()
    assert gap.detail == "could not be read of the certificate: certificate"


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (DnsStatus.TIMEOUT, Reason.TIMEOUT),
        (DnsStatus.SERVFAIL, Reason.SERVER_FAILURE),
        (DnsStatus.REFUSED, Reason.REFUSED),
        (DnsStatus.BAD_ANSWER, Reason.MALFORMED),
    ],
)
def test_a_failed_answer_is_a_gap_about_its_name(status: DnsStatus, reason: Reason) -> None:
    forest = world()
    forest.dns_internal[SERVER] = status
    found = walk(forest)
    text = f"A, AAAA at 10.0.0.53:53: {status.value.replace('_', ' ')}"
    no_address = (
        "no internal resolver told its address; --connect HOST:PORT=ADDRESS:PORT gives it one"
    )
    assert gaps(found) == [
        (SERVER, reason, text),
        (f"{SERVER}:443", Reason.UNREACHABLE, no_address),
    ]
    assert sections(found)[SectionName.DNS_INTERNAL] == (Status.PARTIAL, 6, 4)
    assert sections(found)[SectionName.TLS] == (Status.PARTIAL, 3, 2)


@pytest.mark.parametrize("status", [DnsStatus.NXDOMAIN, DnsStatus.NO_DATA])
def test_a_name_that_does_not_exist_has_no_endpoint_and_no_gap(status: DnsStatus) -> None:
    forest = world()
    forest.dns_internal[SERVER] = status
    found = walk(forest)
    assert found.gaps == ()
    assert sections(found)[SectionName.TLS] == (Status.COMPLETE, 2, 2)


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (TlsOutcome.REFUSED, Reason.REFUSED),
        (TlsOutcome.TIMEOUT, Reason.TIMEOUT),
        (TlsOutcome.UNREACHABLE, Reason.UNREACHABLE),
        (TlsOutcome.NOT_TLS, Reason.HANDSHAKE_FAILED),
        (TlsOutcome.HANDSHAKE_FAILED, Reason.HANDSHAKE_FAILED),
    ],
)
def test_an_endpoint_without_certificate_is_a_gap_and_a_record(
    outcome: TlsOutcome, reason: Reason
) -> None:
    forest = world()
    forest.tls["fd00::11"] = outcome
    found = walk(forest)
    assert gaps(found) == [(f"{SERVER}:443", reason, f"at [fd00::11]:443: {outcome.value}")]
    assert outcome in {each.outcome for each in found.tls_endpoints}
    assert sections(found)[SectionName.TLS] == (Status.PARTIAL, 4, 3)


def test_without_external_resolver_that_view_is_not_collected() -> None:
    found = walk(world(), NetworkSettings(resolvers=(INSIDE,)))
    assert sections(found)[SectionName.DNS_EXTERNAL] == (Status.NOT_COLLECTED, 0, 0)
    assert found.gaps == ()


def test_without_any_resolver_the_system_is_asked_for_the_internal_view() -> None:
    asked = plan_network(DIRECTORY, NetworkSettings()).questions
    assert {(each.view, each.resolver) for each in asked} == {(DnsView.INTERNAL, "system")}


def test_dns_and_tls_can_be_left_out() -> None:
    found = walk(world(), NetworkSettings(ask_dns=False, ask_tls=False))
    assert {each.status for each in found.sections} == {Status.NOT_COLLECTED}
    assert (found.dns_answers, found.tls_endpoints, found.gaps) == ((), (), ())


def test_without_dns_only_connect_leads_to_an_endpoint() -> None:
    there = parse_connect(f"{MAIL}:443=10.0.0.50:443")
    found = walk(world(), NetworkSettings(ask_dns=False, connects=(there,)))
    assert [(each.host, each.address) for each in found.tls_endpoints] == [(MAIL, "10.0.0.50")]
    assert [subject for subject, _, _ in gaps(found)] == [f"{SERVER}:443", f"{ARRAY}:443"]
    assert "no internal resolver was asked" in gaps(found)[0][2]


def test_connect_for_a_name_that_nobody_uses_is_said() -> None:
    there = parse_connect("typo.corp.example:443=10.0.0.50:443")
    (gap,) = walk(world(), NetworkSettings((INSIDE,), connects=(there,))).gaps
    assert (gap.subject, gap.reason) == ("typo.corp.example:443", Reason.CONFLICT)


def test_a_name_that_leads_to_this_machine_is_not_followed() -> None:
    forest = world()
    forest.dns_internal[ARRAY] = Addresses(("127.0.0.1",))
    found = walk(forest)
    assert {reason for _, reason, _ in gaps(found)} == {Reason.LIMIT}
    assert {each.host for each in found.tls_endpoints} == {SERVER}


class Broken:
    """Both ports, failing for one name in a given way."""

    def __init__(self, forest: Forest, name: str, error: Exception) -> None:
        self.resolver, self.prober = ForestResolver(forest), ForestProber(forest)
        self.name, self.error = name, error

    async def ask(self, question: DnsQuestion) -> DnsAnswer:
        if question.name == self.name:
            raise self.error
        return await self.resolver.ask(question)

    async def probe(self, target: TlsTarget) -> tuple[TlsEndpoint, tuple[Certificate, ...]]:
        if target.host == self.name:
            raise self.error
        return await self.prober.probe(target)


def test_an_error_of_a_port_is_a_gap_with_its_reason() -> None:
    error = CollectError(SERVER, Reason.MALFORMED, "not a DNS name (LabelTooLong)")
    broken = Broken(world(), SERVER, error)
    found = walk(world(), resolver=broken)
    assert (SERVER, Reason.MALFORMED, f"A, AAAA at 10.0.0.53:53: {error.problem}") in gaps(found)
    assert {each.name for each in found.dns_answers} == {MAIL, ARRAY, NOBODY}


def test_a_bug_of_a_port_is_a_gap_and_loses_nothing_else() -> None:
    found = walk(world(), prober=Broken(world(), ARRAY, KeyError("oops")))
    assert gaps(found) == [(f"{ARRAY}:443", Reason.BUG, "at 10.0.0.50:443: KeyError: 'oops'")]
    assert {each.host for each in found.tls_endpoints} == {MAIL, SERVER}


class Slow(Broken):
    """Both ports; one name is never answered, and somebody acts while it is waited for."""

    def __init__(self, forest: Forest, name: str, meanwhile: Callable[[], object]) -> None:
        super().__init__(forest, name, ValueError())
        self.meanwhile = meanwhile

    async def ask(self, question: DnsQuestion) -> DnsAnswer:
        if question.name == self.name:
            await self._hang()
        return await self.resolver.ask(question)

    async def probe(self, target: TlsTarget) -> tuple[TlsEndpoint, tuple[Certificate, ...]]:
        if target.host == self.name:
            await self._hang()
        return await self.prober.probe(target)

    async def _hang(self) -> None:
        await asyncio.sleep(0.05)
        self.meanwhile()
        await asyncio.sleep(60)


@pytest.mark.skipif(os.name == "nt", reason="sends itself a POSIX signal")
def test_an_interrupt_keeps_what_was_seen_and_names_the_rest() -> None:
    slow = Slow(world(), ARRAY, lambda: os.kill(os.getpid(), signal.SIGINT))
    found = walk(world(), prober=slow)
    why = "at 10.0.0.50:443: stopped by the operator before it was answered"
    assert found.interrupted
    assert gaps(found) == [(f"{ARRAY}:443", Reason.INTERRUPTED, why)]
    assert {each.host for each in found.tls_endpoints} == {MAIL, SERVER}


@pytest.mark.skipif(os.name == "nt", reason="sends itself a POSIX signal")
def test_a_real_walk_stops_at_once_when_it_is_interrupted() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        there = TlsTarget(MAIL, 443, *silent.getsockname())
        threading.Thread(target=_interrupt_when_asked, args=(silent,)).start()
        found = collect_network(
            DIRECTORY, NetworkSettings(ask_dns=False, connects=(there,)), lambda *_: None
        )
    assert (found.interrupted, found.tls_endpoints) == (True, ())
    assert (f"{MAIL}:443", Reason.INTERRUPTED) in {(g.subject, g.reason) for g in found.gaps}


def _interrupt_when_asked(silent: socket.socket) -> None:
    connection, _ = silent.accept()
    with connection:
        os.kill(os.getpid(), signal.SIGINT)
        connection.recv(65536)


def test_an_interrupt_while_names_are_asked_leaves_endpoints_unasked() -> None:
    async def run() -> NetworkEvidence:
        task = asyncio.current_task()
        assert task is not None
        slow = Slow(world(), ARRAY, task.cancel)
        others = ForestProber(world()), ForestWeb(world())
        return await ask_network(DIRECTORY, WITH_HTTP, slow, *others, lambda *_: None)

    found = asyncio.run(run())
    assert (found.interrupted, found.tls_endpoints) == (True, ())
    assert {reason for _, reason, _ in gaps(found)} == {Reason.INTERRUPTED, Reason.UNREACHABLE}
    assert {each.name for each in found.dns_answers} == {MAIL, SERVER, NOBODY}


def test_the_time_for_everything_is_bounded() -> None:
    slow = Slow(world(), ARRAY, lambda: None)
    settings = NetworkSettings((INSIDE,), time_limit=0.4)
    found = walk(world(), settings, slow, slow)
    assert (ARRAY, Reason.TIMEOUT) in {(subject, reason) for subject, reason, _ in gaps(found)}
    assert {each.host for each in found.tls_endpoints} == {MAIL, SERVER}
    assert not found.interrupted


def test_progress_is_told_for_every_question() -> None:
    told: list[tuple[str, int, int]] = []
    forest = world()
    resolver, prober = ForestResolver(forest), ForestProber(forest)
    ports = resolver, prober, ForestWeb(forest)
    asyncio.run(ask_network(DIRECTORY, BOTH, *ports, lambda *each: told.append(each)))
    assert told == [("DNS questions", n, 16) for n in range(1, 17)] + [
        ("TLS endpoints", n, 4) for n in range(1, 5)
    ]


def test_what_is_asked_was_planned() -> None:
    forest = world()
    there = parse_connect(f"{MAIL}:443=10.0.0.50:443")
    settings = NetworkSettings((INSIDE, OUTSIDE), connects=(there,))
    asked: list[DnsQuestion] = []

    class Noting(ForestResolver):
        async def ask(self, question: DnsQuestion) -> DnsAnswer:
            asked.append(question)
            return await super().ask(question)

    planned = plan_network(DIRECTORY, settings)
    found = walk(forest, settings, Noting(forest))
    assert (len(asked), set(asked)) == (16, set(planned.questions))
    assert planned.targets == (there,)
    assert {f"{each.host}:{each.port}" for each in found.tls_endpoints} == {
        *(str(each) for each in planned.endpoints),
        f"{MAIL}:443",
    }


def test_the_printed_plan_says_what_the_name_that_cannot_exist_is_for() -> None:
    source = SAMPLES / "article-a" / "directory.ldf"
    shown = casaudit("collect", source, "--plan", "--resolver", "internal=10.0.0.53").stdout
    (line,) = (each for each in shown.splitlines() if f"{PROBE}.invalid." in each)
    assert line.endswith("(it cannot exist: tells whether the resolver makes answers up)")


def test_records_are_of_the_time_they_were_seen() -> None:
    assert {each.source.at for each in walk(world()).dns_answers} == {
        datetime(2026, 11, 15, 6, tzinfo=UTC)
    }
