"""DNS answers of every kind are told apart, names are asked as they are, silence costs little."""

import asyncio

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.collect.dns import DnsResolver
from casaudit.collect.ports import DnsQuestion
from casaudit.errors import CollectError
from casaudit.snapshot import DnsAnswer, DnsStatus, DnsView, Reason
from casaudit.snapshot.network import DnsAlias
from tests.support import listening
from tests.support.listening import Replies, Talk, name_server

NAME = "outlook.corp.example"


def answering(*records: str, rcode: int = dns.rcode.NOERROR, flags: int = 0) -> Replies:
    """Answer everything with these records, one RRset a line."""

    def replies(query: dns.message.Message) -> list[bytes]:
        reply = dns.message.make_response(query)
        reply.set_rcode(dns.rcode.Rcode(rcode))
        reply.flags |= flags
        for line in records:
            name, ttl, record_type, *values = line.split()
            rrset = dns.rrset.from_text(name, int(ttl), "IN", record_type, *values)
            if rrset.rdtype in (query.question[0].rdtype, dns.rdatatype.CNAME):
                reply.answer.append(rrset)
        return [reply.to_wire(max_size=65535)]

    return replies


def by_name(**zone: Replies) -> Replies:
    """Answer by the first label of the question."""
    return lambda query: zone[query.question[0].name.labels[0].decode()](query)


def silent(query: dns.message.Message) -> list[bytes]:
    return []


def ask(
    replies: Replies,
    name: str = NAME,
    record_type: str = "A",
    lifetime: float = 60.0,
    over_tcp: Talk | None = None,
) -> DnsAnswer:
    async def run() -> DnsAnswer:
        async with name_server(replies, over_tcp) as (server, _):
            question = DnsQuestion(DnsView.INTERNAL, server, name, record_type)
            return await DnsResolver(lifetime).ask(question)

    return listening.run(run())


def test_addresses_come_sorted_with_their_ttl_and_authority() -> None:
    found = ask(answering(f"{NAME}. 300 A 10.0.0.9 10.0.0.10", flags=dns.flags.AA))
    assert (found.status, found.values) == (DnsStatus.ANSWER, ("10.0.0.10", "10.0.0.9"))
    assert (found.ttl, found.authoritative, found.truncated) == (300, True, False)
    assert found.source.origin == f"dns:{found.resolver}"


def test_the_answer_of_a_cache_is_not_authoritative() -> None:
    assert ask(answering(f"{NAME}. 17 A 10.0.0.9")).authoritative is False


def test_the_aliases_are_kept_in_order() -> None:
    found = ask(
        answering(
            f"{NAME}. 3600 CNAME VIP.corp.example.",
            "vip.corp.example. 60 CNAME lb.corp.example.",
            "lb.corp.example. 30 A 10.0.0.50",
        )
    )
    assert found.aliases == (
        DnsAlias(name=NAME, target="vip.corp.example", ttl=3600),
        DnsAlias(name="vip.corp.example", target="lb.corp.example", ttl=60),
    )
    assert (found.values, found.ttl) == (("10.0.0.50",), 30)


def test_an_alias_that_the_server_does_not_follow_is_asked_for() -> None:
    found = ask(
        by_name(
            outlook=answering(f"{NAME}. 3600 CNAME vip.corp.example.", flags=dns.flags.AA),
            vip=answering("vip.corp.example. 30 A 10.0.0.50"),
        )
    )
    assert (found.status, found.values) == (DnsStatus.ANSWER, ("10.0.0.50",))
    assert [alias.target for alias in found.aliases] == ["vip.corp.example"]
    assert found.authoritative is True


def test_an_alias_to_nothing_is_kept() -> None:
    alias = f"{NAME}. 3600 CNAME gone.corp.example."
    found = ask(answering(alias, rcode=dns.rcode.NXDOMAIN))
    assert found.status is DnsStatus.NXDOMAIN
    assert [each.target for each in found.aliases] == ["gone.corp.example"]


@pytest.mark.parametrize(
    ("rcode", "status"),
    [(dns.rcode.SERVFAIL, DnsStatus.SERVFAIL), (dns.rcode.REFUSED, DnsStatus.REFUSED)],
)
def test_an_alias_whose_end_cannot_be_told_is_kept(rcode: int, status: DnsStatus) -> None:
    alias = f"{NAME}. 3600 CNAME vip.dead.example."
    at_once = ask(answering(alias, rcode=rcode))
    one_by_one = ask(by_name(outlook=answering(alias), vip=answering(rcode=rcode)))
    for found in (at_once, one_by_one):
        assert (found.status, found.values) == (status, ())
        assert [each.target for each in found.aliases] == ["vip.dead.example"]


def test_an_alias_whose_end_is_never_told_is_kept() -> None:
    alias = f"{NAME}. 3600 CNAME vip.dead.example."
    found = ask(by_name(outlook=answering(alias), vip=silent), lifetime=4.0)
    assert (found.status, found.values) == (DnsStatus.TIMEOUT, ())
    assert [each.target for each in found.aliases] == ["vip.dead.example"]


def _asking(replies: Replies, *names: str) -> tuple[list[DnsAnswer], list[dns.message.Message]]:
    async def run() -> tuple[list[DnsAnswer], list[dns.message.Message]]:
        async with name_server(replies) as (server, asked):
            resolver = DnsResolver(4.0)
            found = [
                await resolver.ask(DnsQuestion(DnsView.INTERNAL, server, name, "A"))
                for name in names
            ]
            return found, asked

    return listening.run(run())


def test_long_answers_may_come_in_one_datagram() -> None:
    many = " ".join(f"10.0.{n}.1" for n in range(60))  # over the 512 bytes of RFC 1035

    def fitting(query: dns.message.Message) -> list[bytes]:
        (wire,) = answering(f"{NAME}. 9 A {many}")(query)
        return [wire] if len(wire) <= query.payload else answering(flags=dns.flags.TC)(query)

    found, asked = _asking(fitting, NAME)
    assert [len(each.values) for each in found] == [60]
    assert [(each.edns, each.payload) for each in asked] == [(0, 1232)]


ODD_ABOUT_EDNS = {
    "does not understand it": lambda query: answering(rcode=dns.rcode.FORMERR)(query),
    "has not implemented it": lambda query: answering(rcode=dns.rcode.NOTIMP)(query),
    "repeats only the header": lambda query: [query.to_wire()[:2] + b"\x80\x01" + bytes(8)],
    "sits behind a firewall that drops it": silent,
}


@pytest.mark.parametrize("odd", ODD_ABOUT_EDNS.values(), ids=ODD_ABOUT_EDNS.keys())
def test_without_edns_is_asked_a_resolver_that(odd: Replies) -> None:
    def old(query: dns.message.Message) -> list[bytes]:
        if query.edns >= 0:
            return odd(query)
        return answering(f"{query.question[0].name} 9 A 10.0.0.1")(query)

    found, asked = _asking(old, NAME, "mail.corp.example", "ex1.corp.example")
    assert {each.values for each in found} == {("10.0.0.1",)}
    # Once it is known, no further name pays for it.
    assert [each.edns for each in asked if NAME not in str(each.question[0].name)] == [-1, -1]


CIRCLE = by_name(
    outlook=answering(f"{NAME}. 9 CNAME a.corp.example."),
    a=answering(f"a.corp.example. 9 CNAME {NAME}."),
)
UNANSWERED = {
    "no such name": (answering(rcode=dns.rcode.NXDOMAIN), DnsStatus.NXDOMAIN),
    "no address": (answering(), DnsStatus.NO_DATA),
    "an answer for another name": (answering("other.example. 9 A 10.0.0.1"), DnsStatus.NO_DATA),
    "server failure": (answering(rcode=dns.rcode.SERVFAIL), DnsStatus.SERVFAIL),
    "refused": (answering(rcode=dns.rcode.REFUSED), DnsStatus.REFUSED),
    "another code": (answering(rcode=dns.rcode.NOTIMP), DnsStatus.BAD_ANSWER),
    "an alias of itself": (answering(f"{NAME}. 9 CNAME {NAME}."), DnsStatus.BAD_ANSWER),
    "a circle of aliases": (CIRCLE, DnsStatus.BAD_ANSWER),
    "silence": (silent, DnsStatus.TIMEOUT),
    "garbage": (lambda query: [b"\0" * 7, b"garbage"], DnsStatus.TIMEOUT),
    "answers with a wrong id": (
        lambda query: [bytes((query.to_wire()[0] ^ 1,)) + query.to_wire()[1:]] * 50,
        DnsStatus.TIMEOUT,
    ),
}


@pytest.mark.parametrize(("replies", "status"), UNANSWERED.values(), ids=UNANSWERED.keys())
def test_negative_and_failed_answers(replies: Replies, status: DnsStatus) -> None:
    found = ask(replies, lifetime=0.5 if status is DnsStatus.TIMEOUT else 60.0)
    assert (found.status, found.values) == (status, ())


def test_an_endless_chain_of_aliases_ends() -> None:
    def longer(query: dns.message.Message) -> list[bytes]:
        name = query.question[0].name.to_text()
        return answering(f"{name} 9 CNAME a{name}")(query)

    found = ask(longer)
    assert (found.status, len(found.aliases)) == (DnsStatus.BAD_ANSWER, 8)


def test_too_many_addresses_are_cut_and_said_to_be() -> None:
    many = " ".join(f"10.0.{n}.1" for n in range(65))
    found = ask(answering(f"{NAME}. 9 A {many}"))
    assert (len(found.values), found.truncated) == (64, True)


def test_a_cut_answer_is_asked_for_again_over_tcp() -> None:
    many = " ".join(f"10.{n}.0.1" for n in range(3))

    async def over_tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        query = await reader.readexactly(int.from_bytes(await reader.readexactly(2)))
        (wire,) = answering(f"{NAME}. 9 A {many}")(dns.message.from_wire(query))
        writer.write(len(wire).to_bytes(2) + wire)
        await reader.read()

    found = ask(answering(flags=dns.flags.TC), over_tcp=over_tcp)
    assert found.values == ("10.0.0.1", "10.1.0.1", "10.2.0.1")


def test_the_name_is_asked_as_it_is_without_search_suffix() -> None:
    async def run() -> list[str]:
        async with name_server(answering()) as (server, asked):
            await DnsResolver(60.0).ask(DnsQuestion(DnsView.INTERNAL, server, r"a\.b c", "AAAA"))
            return [query.question[0].to_text() for query in asked]

    assert listening.run(run()) == [r"a\\.b\032c. IN AAAA"]


@given(st.text(max_size=300).filter(lambda text: not _is_askable(text)))
def test_a_name_that_cannot_be_asked_is_an_error_about_it(name: str) -> None:
    with pytest.raises(CollectError) as caught:
        ask(silent, name, lifetime=0.01)
    assert (caught.value.reason, caught.value.subject) == (Reason.MALFORMED, name)


def _is_askable(text: str) -> bool:
    labels = text.split(".")
    return text.isascii() and len(text) < 254 and all(1 <= len(each) <= 63 for each in labels)


async def _many(
    names: list[str], resolver: DnsResolver, replies: Replies
) -> list[DnsAnswer | BaseException]:
    async with name_server(replies) as (server, _):
        asked = [resolver.ask(DnsQuestion(DnsView.INTERNAL, server, name, "A")) for name in names]
        return await asyncio.gather(*asked, return_exceptions=True)


def test_a_dead_resolver_costs_the_patience_for_one_round() -> None:
    names = [f"n{number}.zone{number}.example" for number in range(400)]
    found = listening.run(_many(names, DnsResolver(0.4, workers=8), silent))
    timeouts = [each for each in found if isinstance(each, DnsAnswer)]
    unasked = [each for each in found if isinstance(each, CollectError)]
    assert {each.status for each in timeouts} == {DnsStatus.TIMEOUT}
    assert {each.reason for each in unasked} == {Reason.TIMEOUT}
    assert len(timeouts) + len(unasked) == 400
    # A worker that ends a moment before the others may begin one more name: never a third round.
    assert 8 <= len(timeouts) <= 16


def test_a_dead_zone_does_not_hide_the_living_ones() -> None:
    def half(query: dns.message.Message) -> list[bytes]:
        name = query.question[0].name.to_text()
        return [] if "dead" in name else answering(f"{name} 9 A 10.0.0.1")(query)

    names = ["first.live.example", *[f"n{n}.dead.example" for n in range(50)], "last.live.example"]
    found = listening.run(_many(names, DnsResolver(2.0, workers=4), half))
    answered = [each.name for each in found if isinstance(each, DnsAnswer) and each.values]
    assert answered == ["first.live.example", "last.live.example"]
    # As many as are asked side by side wait in vain, each of them perhaps as long as it takes.
    waited = [each for each in found if isinstance(each, DnsAnswer) and not each.values]
    assert 1 <= len(waited) <= 8


def test_the_resolver_of_the_system_is_asked_under_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run() -> DnsAnswer:
        async with name_server(answering(f"{NAME}. 9 A 10.0.0.1")) as (server, _):
            address, _, port = server.partition(":")

            def configured(self: dns.resolver.BaseResolver, *_: object) -> None:
                self.nameservers, self.port = [address], int(port)

            monkeypatch.setattr("dns.resolver.BaseResolver.read_resolv_conf", configured)
            monkeypatch.setattr("dns.resolver.BaseResolver.read_registry", configured)
            return await DnsResolver(60.0).ask(DnsQuestion(DnsView.INTERNAL, "system", NAME, "A"))

    found = listening.run(run())
    assert (found.resolver, found.values) == ("system", ("10.0.0.1",))


def test_a_system_without_resolver_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(self: object, *_: object) -> None:
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr("dns.resolver.BaseResolver.read_resolv_conf", missing)
    monkeypatch.setattr("dns.resolver.BaseResolver.read_registry", missing)
    with pytest.raises(CollectError) as caught:
        listening.run(DnsResolver(60.0).ask(DnsQuestion(DnsView.INTERNAL, "system", NAME, "A")))
    assert caught.value.reason == Reason.UNREACHABLE
