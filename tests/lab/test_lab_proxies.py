"""The recorder sees every operation, and the fault proxy fails where it is told to."""

import socket
import ssl
import time
from collections import Counter

import pytest

from tests.lab import addresses, ber, client
from tests.lab.accounts import AUDITOR
from tests.lab.faults import Fault, FaultProxy
from tests.lab.ldap_message import SEARCH_REQUEST, START_TLS
from tests.lab.listener import drain
from tests.lab.recorder import Recorder
from tests.lab.whole import Lab

pytestmark = pytest.mark.lab

LDAPS = f"ldaps://{addresses.RECORDER}"
LDAP = f"ldap://{addresses.RECORDER}"
SITES = "CN=Sites,CN=Configuration,DC=exchangeserverpro,DC=net"
INTRUDER = f"dn: CN=intruder,{SITES}\nobjectClass: site\n"


def test_the_recorder_sees_what_a_search_takes(lab: Lab, recorder: Recorder) -> None:
    answer = client.search(LDAPS, AUDITOR, lab.ca_file, SITES, "(objectClass=site)")
    assert sorted(answer.names) == ["BranchOffice", "HeadOffice"]
    assert recorder.operations == Counter(bind=1, search=1, unbind=1)
    assert recorder.forbidden == Counter()


def test_the_recorder_looks_into_start_tls(lab: Lab, recorder: Recorder) -> None:
    assert client.search(LDAP, AUDITOR, lab.ca_file, SITES, "-ZZ", "-s", "base").code == 0
    upgrade = f"extended {START_TLS}"
    assert recorder.operations == Counter({upgrade: 1, "bind": 1, "search": 1, "unbind": 1})
    assert recorder.forbidden == Counter()


def test_a_deliberate_add_is_seen_and_forbidden(lab: Lab, recorder: Recorder) -> None:
    answer = client.add(LDAPS, AUDITOR, lab.ca_file, INTRUDER)
    assert answer.code == 50
    assert recorder.forbidden == Counter(add=1)


def test_a_client_that_is_slow_to_speak_is_served(lab: Lab) -> None:
    context = ssl.create_default_context(cafile=str(lab.ca_file))
    with (
        lab.windows_limits(),
        lab.recorder(addresses.LIMITS) as recorder,
        socket.create_connection((recorder.address, 636), 5) as sock,
        context.wrap_socket(sock, server_hostname=recorder.address) as tls,
    ):
        time.sleep(0.3)  # the session tickets of the second proxy come in the meantime
        tls.sendall(_root_request())
        assert tls.recv(1) == b"0"


def test_a_plain_bind_is_refused_through_the_recorder_as_well(lab: Lab, recorder: Recorder) -> None:
    assert client.search(LDAP, AUDITOR, lab.ca_file, SITES).code == 8
    assert recorder.operations["bind"] == 1


def test_bytes_that_are_no_ldap_are_forbidden_too(lab: Lab, recorder: Recorder) -> None:
    with socket.create_connection((recorder.address, 389), 5) as sock:
        sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        drain(sock)
    assert recorder.forbidden == Counter(garbage=1)


def test_the_recorder_can_stand_before_the_limits(lab: Lab) -> None:
    with lab.windows_limits(), lab.recorder(addresses.LIMITS) as recorder:
        answer = client.search(LDAPS, AUDITOR, lab.ca_file, SITES, "(objectClass=site)")
    assert answer.code == 0
    assert recorder.operations["search"] == 1


@pytest.mark.parametrize("after", [0, 1, 1000])
def test_the_fault_proxy_cuts_after_so_many_bytes(lab: Lab, after: int) -> None:
    with FaultProxy(addresses.FAULTS, 389, addresses.DIRECTORY, after=after) as proxy:
        assert len(_root(proxy)) == after
        assert proxy.faults == 1


def test_a_reset_is_an_error_for_the_client(lab: Lab) -> None:
    with (
        FaultProxy(addresses.FAULTS, 389, addresses.DIRECTORY, after=0, fault=Fault.RESET) as proxy,
        pytest.raises(ConnectionResetError),
    ):
        _root(proxy)


@pytest.mark.parametrize("fault", [Fault.SILENCE, Fault.DRIP])
def test_a_stuck_connection_never_ends_by_itself(lab: Lab, fault: Fault) -> None:
    with (
        FaultProxy(addresses.FAULTS, 389, addresses.DIRECTORY, after=10, fault=fault) as proxy,
        pytest.raises(TimeoutError),
    ):
        _root(proxy, timeout=0.1)


def test_a_fault_can_take_the_controller_down(lab: Lab) -> None:
    with FaultProxy(
        addresses.FAULTS, 636, addresses.DIRECTORY, after=3000, then=lab.directory.kill
    ):
        url = f"ldaps://{addresses.FAULTS}"
        try:
            answer = client.search(url, AUDITOR, lab.ca_file, SITES)
            after = client.search("ldaps://127.0.0.10", AUDITOR, lab.ca_file, SITES)
        finally:
            lab.directory.start()
    assert answer.code != 0
    assert after.code == 255


def _root(proxy: FaultProxy, timeout: float = 5) -> bytes:
    """Read the whole root entry anonymously, byte for byte."""
    received = bytearray()
    with socket.create_connection((proxy.address, proxy.port), timeout) as sock:
        sock.sendall(_root_request())
        while data := sock.recv(4096):
            received += data
    return bytes(received)


def _root_request() -> bytes:
    everything = ber.element(0x87, b"objectClass")
    limits = ber.integer(0) + ber.integer(0) + ber.element(0x01, b"\x00")
    base = ber.element(ber.OCTET_STRING) + 2 * ber.integer(0, ber.ENUMERATED)
    search = ber.element(SEARCH_REQUEST, base, limits, everything, ber.element(ber.SEQUENCE))
    return ber.element(ber.SEQUENCE, ber.integer(1), search)
