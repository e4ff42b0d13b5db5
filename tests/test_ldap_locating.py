"""A domain as host: its service records say which controllers are asked, and in which order."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
import trustme

from casaudit.collect.ldap import (
    ControllerFinder,
    Credentials,
    Limits,
    Password,
    Trail,
    Trust,
    controller_questions,
    open_directory,
)
from casaudit.collect.ldap.credentials import Address
from casaudit.collect.ldap.locating import MAX_CONTROLLERS
from casaudit.collect.ports import DnsQuestion
from casaudit.errors import CollectError, SourceError
from casaudit.snapshot import DnsAnswer, DnsStatus, Reason, Source
from tests.support.ldap_peer import Peer, peer, with_rootdse
from tests.support.listening import refusing_port

DOMAIN = "corp.example"
MSDCS, PLAIN = f"_ldap._tcp.dc._msdcs.{DOMAIN}", f"_ldap._tcp.{DOMAIN}"
RESOLVER = "10.0.0.53:53"
LDAPS = Address.parse(f"ldaps://{DOMAIN}")
AUDITOR = Credentials("simple", f"auditor@{DOMAIN}", Password("canary-4711"))
PATIENT = Limits(connect=60, receive=60, operation=60, query=120, total=300)

Zone = Mapping[tuple[str, str], tuple[str, ...] | DnsStatus]


class Names:
    """Answers from a zone and keeps what it was asked; what the zone lacks does not exist."""

    def __init__(self, zone: Zone) -> None:
        self.asked: list[tuple[str, str]] = []
        self._zone = zone

    def __call__(self, question: DnsQuestion) -> DnsAnswer:
        key = (question.name, question.record_type)
        self.asked.append(key)
        found = self._zone.get(key, DnsStatus.NXDOMAIN)
        values = () if isinstance(found, DnsStatus) else found
        return DnsAnswer(
            view=question.view,
            resolver=question.resolver,
            name=question.name,
            record_type=question.record_type,
            status=found if isinstance(found, DnsStatus) else DnsStatus.ANSWER,
            values=values,
            source=Source(origin="dns:test", at=datetime.now(UTC)),
        )


def found(zone: Zone, address: Address = LDAPS) -> list[Address]:
    return list(ControllerFinder(Names(zone), (RESOLVER,)).candidates(address))


def hosts(*records: str) -> list[str]:
    return [each.host for each in found({(MSDCS, "SRV"): records})]


@pytest.mark.parametrize("host", ["10.0.0.10", "[2001:db8::10]", "dc1", "_ldap._tcp.corp.example"])
def test_what_can_be_no_domain_is_not_asked_for(host: str) -> None:
    names = Names({})
    address = Address("ldaps", host.strip("[]"), 636)
    assert list(ControllerFinder(names, (RESOLVER,)).candidates(address)) == [address]
    assert names.asked == []


def test_without_a_resolver_every_host_is_a_controller() -> None:
    assert controller_questions(DOMAIN, ()) == ()


def test_a_host_without_service_records_is_the_controller_itself() -> None:
    names = Names({})
    assert list(ControllerFinder(names, (RESOLVER,)).candidates(LDAPS)) == [LDAPS]
    assert names.asked == [(MSDCS, "SRV"), (PLAIN, "SRV")]


def test_a_silent_resolver_is_asked_once_and_the_host_has_to_prove_its_name() -> None:
    names = Names({(MSDCS, "SRV"): DnsStatus.TIMEOUT})
    assert list(ControllerFinder(names, (RESOLVER,)).candidates(LDAPS)) == [LDAPS]
    assert names.asked == [(MSDCS, "SRV")]


def test_the_lower_priority_and_then_the_greater_weight_comes_first() -> None:
    records = (
        "10 100 389 dc3.corp.example.",
        "0 50 389 dc2.corp.example.",
        "0 100 389 DC1.Corp.Example.",
        "9 0 389 dc4.corp.example.",
    )
    assert hosts(*records) == [f"dc{n}.corp.example" for n in (1, 2, 4, 3)]


def test_of_many_controllers_the_first_few_are_tried() -> None:
    records = [f"0 {n} 389 dc{n}.corp.example." for n in range(100)]
    assert hosts(*records) == [f"dc{n}.corp.example" for n in range(99, 99 - MAX_CONTROLLERS, -1)]


def test_the_plain_record_serves_where_the_other_one_is_not_known() -> None:
    zone = {(PLAIN, "SRV"): ("0 100 389 dc1.corp.example.",)}
    assert [each.host for each in found(zone)] == ["dc1.corp.example"]


def test_addresses_come_from_the_resolver_that_knows_the_domain() -> None:
    zone: Zone = {
        (MSDCS, "SRV"): ("0 100 389 dc1.corp.example.",),
        ("dc1.corp.example", "A"): ("10.0.0.10",),
        ("dc1.corp.example", "AAAA"): ("2001:db8::10",),
    }
    (controller,) = found(zone)
    assert controller.known == ("10.0.0.10", "2001:db8::10")
    assert controller.origin == "ldaps://dc1.corp.example"


PORTS = {
    "the record's port is that of LDAP": ("ldap://corp.example", 3890),
    "LDAPS has a port of its own": ("ldaps://corp.example", 636),
    "a port of the URL goes for all": ("ldap://corp.example:1389", 1389),
}


@pytest.mark.parametrize(("url", "port"), PORTS.values(), ids=PORTS)
def test_which_port_is_asked(url: str, port: int) -> None:
    zone = {(MSDCS, "SRV"): ("0 100 3890 dc1.corp.example.",)}
    assert [each.port for each in found(zone, Address.parse(url))] == [port]


OUTSIDE = ("dc1.evil.example", "notcorp.example", "corp.example.evil.example")


@pytest.mark.parametrize("target", OUTSIDE)
def test_a_host_outside_of_the_domain_gets_no_password(target: str) -> None:
    with pytest.raises(CollectError, match="do not belong to it") as caught:
        hosts(f"0 100 389 {target}.")
    assert f"ldaps://{target}" in caught.value.hint
    assert hosts(f"0 100 389 {target}.", "1 0 389 dc1.corp.example.") == ["dc1.corp.example"]


def test_records_that_name_no_host_are_left_out() -> None:
    assert hosts("0 0 0 .") == [DOMAIN]
    assert hosts("0 0 389 a\\032b.corp.example.", "1 0 389 dc1.corp.example.") == [
        "dc1.corp.example"
    ]


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as found:
        yield found


def test_a_busy_controller_is_left_for_the_next_one(stack: ExitStack) -> None:
    busy = stack.enter_context(peer(with_rootdse(lambda _: []), bind_code=51))
    good = stack.enter_context(peer(with_rootdse(lambda _: [])))
    trail = opened(Trust(allow_plaintext=True), busy, good)
    assert ["result 51 (busy)" in str(each) for each in trail.skipped] == [True]
    assert "bind" in good.received


def test_a_refused_bind_is_not_repeated_at_the_next_one(stack: ExitStack) -> None:
    wrong = stack.enter_context(peer(with_rootdse(lambda _: []), bind_code=49))
    good = stack.enter_context(peer(with_rootdse(lambda _: [])))
    with pytest.raises(SourceError, match="result 49"):
        opened(Trust(allow_plaintext=True), wrong, good)
    assert good.received == []


def test_a_controller_that_nobody_vouches_for_ends_the_search(
    stack: ExitStack, tmp_path: Path
) -> None:
    trusted, other = trustme.CA(), trustme.CA()
    trusted.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    false = stack.enter_context(peer(with_rootdse(lambda _: []), context=tls(other)))
    good = stack.enter_context(peer(with_rootdse(lambda _: []), context=tls(trusted)))
    with pytest.raises(SourceError, match="not trusted"):
        opened(Trust(tmp_path / "ca.pem"), false, good)
    assert (false.received, good.received) == ([], [])


def test_a_controller_without_tls_is_left_for_one_that_proves_its_own_name(
    stack: ExitStack, tmp_path: Path
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    # As on a controller that has not got its certificate yet.
    bare = stack.enter_context(
        peer(with_rootdse(lambda _: []), context=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
    )
    good = stack.enter_context(peer(with_rootdse(lambda _: []), context=tls(authority, "dc1")))
    trail = opened(Trust(tmp_path / "ca.pem"), bare, good)
    assert [each.reason for each in trail.skipped] == [Reason.HANDSHAKE_FAILED]
    assert bare.received == []
    assert "bind" in good.received


def test_where_no_controller_serves_each_is_named(stack: ExitStack) -> None:
    ports = [stack.enter_context(refusing_port()) for _ in range(2)]
    with pytest.raises(SourceError, match="none of its controllers serves") as caught:
        opened_at(Trust(allow_plaintext=True), *ports)
    assert str(caught.value).count("cannot be reached") == 2


def tls(authority: trustme.CA, *labels: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    names = [f"{label}.{DOMAIN}" for label in labels or ("dc0", "dc1")]
    authority.issue_cert(*names).configure_cert(context)
    return context


def opened(trust: Trust, *peers: Peer) -> Trail:
    return opened_at(trust, *(int(each.url.rpartition(":")[2]) for each in peers))


def opened_at(trust: Trust, *ports: int) -> Trail:
    """Open the domain whose controllers dc0, dc1 ... listen on these ports of loopback."""
    scheme: Literal["ldap", "ldaps"] = "ldap" if trust.allow_plaintext else "ldaps"
    controllers = [
        Address(scheme, f"dc{n}.{DOMAIN}", port, ("127.0.0.1",)) for n, port in enumerate(ports)
    ]
    url, trail = f"{scheme}://{DOMAIN}", Trail()
    with open_directory(url, AUDITOR, trust, PATIENT, lambda _: controllers, trail) as directory:
        assert directory.origin == controllers[len(trail.skipped)].origin
    return trail
