"""Each TLS endpoint has exactly the quirk that it is named after."""

import datetime
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.lab.antique import SSL_3_0, TLS_1_0, TLS_1_2, Version, offer
from tests.lab.listener import drain
from tests.lab.tls import Endpoint
from tests.lab.whole import Lab

pytestmark = pytest.mark.lab


@pytest.mark.parametrize("quirk", ["modern", "expired", "wildcard"])
def test_an_ordinary_server_shows_its_certificate(lab: Lab, quirk: str) -> None:
    endpoint = lab.zoo[quirk]
    assert _shake(endpoint) == ("TLSv1.3", endpoint.leaf)


def test_a_current_client_trusts_the_modern_server(lab: Lab) -> None:
    context = ssl.create_default_context(cafile=str(lab.ca_file))
    host = "modern.exchangeserverpro.net"
    with (
        socket.create_connection((lab.zoo["modern"].address, 443), 5) as sock,
        context.wrap_socket(sock, server_hostname=host) as tls,
    ):
        assert tls.version() == "TLSv1.3"


def test_the_expired_certificate_ended_yesterday(lab: Lab) -> None:
    certificate = x509.load_der_x509_certificate(lab.zoo["expired"].leaf)
    assert certificate.not_valid_after_utc < datetime.datetime.now(datetime.UTC)


def test_the_name_that_is_sent_decides_the_certificate(lab: Lab) -> None:
    without, named = lab.zoo["without_name"], lab.zoo["with_name"]
    assert without.leaf != named.leaf
    assert _shake(without) == ("TLSv1.3", without.leaf)
    assert _shake(named, name="named.exchangeserverpro.net") == ("TLSv1.3", named.leaf)


def test_the_tls_1_0_server_shows_an_antique_certificate(lab: Lab) -> None:
    endpoint = lab.zoo["tls10"]
    assert _shake(endpoint) == ("TLSv1", endpoint.leaf)
    certificate = x509.load_der_x509_certificate(endpoint.leaf)
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 1024
    assert certificate.signature_algorithm_oid == x509.SignatureAlgorithmOID.RSA_WITH_SHA1


def test_a_client_that_wants_tls_1_2_cannot_reach_the_tls_1_0_server(lab: Lab) -> None:
    with pytest.raises(ssl.SSLError):
        _shake(lab.zoo["tls10"], lowest=ssl.TLSVersion.TLSv1_2)


@pytest.mark.parametrize("quirk", ["ssl3", "rc4", "triple_des", "huge", "unparseable"])
def test_the_ssl_module_cannot_reach_it_at_all(lab: Lab, quirk: str) -> None:
    with pytest.raises(ssl.SSLError):
        _shake(lab.zoo[quirk])


@pytest.mark.parametrize(
    "quirk, version, cipher",
    [("ssl3", SSL_3_0, "3des"), ("rc4", TLS_1_0, "rc4"), ("triple_des", TLS_1_2, "3des")],
)
def test_an_old_client_reaches_it(lab: Lab, quirk: str, version: Version, cipher: str) -> None:
    endpoint = lab.zoo[quirk]
    assert offer(endpoint, version, cipher) == endpoint.leaf


def test_the_huge_certificate_has_ten_thousand_names(lab: Lab) -> None:
    certificate = x509.load_der_x509_certificate(lab.zoo["huge"].leaf)
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert len(names) == 10_000
    assert len(lab.zoo["huge"].leaf) > 200_000


def test_the_unparseable_certificate_is_one(lab: Lab) -> None:
    with pytest.raises(ValueError, match="parsing"):
        x509.load_der_x509_certificate(lab.zoo["unparseable"].leaf)


def test_the_silent_server_accepts_and_says_nothing(lab: Lab) -> None:
    with pytest.raises(TimeoutError):
        _shake(lab.zoo["silent"], timeout=0.5)


def test_the_dripping_server_sends_a_byte_now_and_then(lab: Lab) -> None:
    with socket.create_connection((lab.zoo["dripping"].address, 443), 5) as sock:
        first = [sock.recv(64) for _ in range(3)]
    assert first == [b"\x16\x03\x01\x40\x00", b"\x00", b"\x00"]


def test_the_plain_server_answers_without_tls(lab: Lab) -> None:
    with pytest.raises(ssl.SSLError, match="WRONG_VERSION_NUMBER"):
        _shake(lab.zoo["plain_http"])


def test_nobody_listens_on_the_refused_endpoint(lab: Lab) -> None:
    with pytest.raises(ConnectionRefusedError):
        _shake(lab.zoo["refused"])


def test_the_balancer_passes_through_or_shows_its_own_certificate(lab: Lab) -> None:
    passing, own = lab.clients.pass_through, lab.clients.terminating
    assert _shake(passing) == ("TLSv1.3", lab.clients.servers["HO-EX2010-MB1"].endpoint.leaf)
    assert _shake(own) == ("TLSv1.3", own.leaf)
    assert own.leaf != passing.leaf


def test_a_server_keeps_what_a_client_sends_after_the_handshake(lab: Lab) -> None:
    server = lab.clients.servers["BR-EX2010-MB"]
    before = len(server.received)
    with (
        socket.create_connection((server.endpoint.address, 443), 5) as sock,
        _context().wrap_socket(sock) as tls,
    ):
        tls.sendall(b"GET / HTTP/1.0\r\n\r\n")
        tls.shutdown(socket.SHUT_WR)
        drain(tls)
    assert server.received[before:] == [b"GET / HTTP/1.0\r\n\r\n"]


def _shake(
    endpoint: Endpoint,
    *,
    name: str | None = None,
    timeout: float = 5,
    lowest: ssl.TLSVersion = ssl.TLSVersion.MINIMUM_SUPPORTED,
) -> tuple[str | None, bytes | None]:
    """Return version and certificate as a tolerant client sees them."""
    context = _context()
    context.minimum_version = lowest
    with (
        socket.create_connection((endpoint.address, endpoint.port), timeout) as sock,
        context.wrap_socket(sock, server_hostname=name) as tls,
    ):
        return tls.version(), tls.getpeercert(binary_form=True)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context
