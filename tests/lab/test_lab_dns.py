"""The two views differ, and the bad resolvers are bad in their own way."""

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest

from tests.lab import addresses
from tests.lab.bad_dns import BadNameServer
from tests.lab.dns import NameServer
from tests.lab.whole import Lab

pytestmark = pytest.mark.lab

ARRAY = "outlook-ho.exchangeserverpro.net."
AUTODISCOVER = "autodiscover.exchangeserverpro.net."


def test_the_array_has_an_address_inside_and_no_name_outside(lab: Lab) -> None:
    inside = _ask(lab.names.internal, ARRAY)
    outside = _ask(lab.names.external, ARRAY)
    assert _text(inside) == [f"{ARRAY} 300 IN A {addresses.PASS_THROUGH_BALANCER}"]
    assert inside.flags & dns.flags.AA
    assert outside.rcode() == dns.rcode.NXDOMAIN


def test_autodiscover_is_an_alias_with_another_target_in_each_view(lab: Lab) -> None:
    alias = f"{AUTODISCOVER} 3600 IN CNAME mail.exchangeserverpro.net."
    mail = "mail.exchangeserverpro.net. 600 IN A"
    inside, outside = (
        _ask(view, AUTODISCOVER) for view in (lab.names.internal, lab.names.external)
    )
    assert _text(inside) == [alias, f"{mail} {addresses.TERMINATING_BALANCER}"]
    assert _text(outside) == [alias, f"{mail} {addresses.PASS_THROUGH_BALANCER}"]


def test_a_server_without_such_an_address_has_no_answer_but_exists(lab: Lab) -> None:
    response = _ask(lab.names.internal, ARRAY, "AAAA")
    assert (response.rcode(), response.answer) == (dns.rcode.NOERROR, [])


@pytest.mark.parametrize("transport", [dns.query.udp, dns.query.tcp])
def test_refusing_and_failing_resolvers_say_so(lab: Lab, transport: object) -> None:
    ask = dns.query.tcp if transport is dns.query.tcp else dns.query.udp
    query = dns.message.make_query(ARRAY, "A")
    codes = [
        ask(query, server.address, port=server.port, timeout=2).rcode()
        for server in (lab.names.refused, lab.names.servfail)
    ]
    assert codes == [dns.rcode.REFUSED, dns.rcode.SERVFAIL]


def test_the_silent_resolver_never_answers(lab: Lab) -> None:
    with pytest.raises(dns.exception.Timeout):
        _ask(lab.names.silent, ARRAY, timeout=0.5)


def _ask(
    server: NameServer | BadNameServer, name: str, kind: str = "A", timeout: float = 2
) -> dns.message.Message:
    query = dns.message.make_query(name, kind)
    return dns.query.udp(query, server.address, port=server.port, timeout=timeout)


def _text(response: dns.message.Message) -> list[str]:
    return [line for rrset in response.answer for line in rrset.to_text().splitlines()]
