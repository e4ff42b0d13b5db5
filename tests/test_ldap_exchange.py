"""Binds by exchange of tokens: what of NTLM and Kerberos leaves, and what may come back."""

import hashlib
import ssl
import struct
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import spnego
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import BadBindingsError, SpnegoError

from casaudit.collect.ldap import Credentials, Limits, Password, Trust, exchange, open_directory
from casaudit.collect.ldap.credentials import Method
from casaudit.errors import SourceError, UsageError
from tests.lab import ber
from tests.lab.ldap_message import Message
from tests.support.ldap_peer import bound, peer, with_rootdse

SECRET = "canary-4711"
AUDITOR = Credentials("ntlm", "CORP\\auditor", Password(SECRET))
PATIENT = Limits(connect=60, receive=60, operation=60, query=120, total=300)
FLAGS_OF_NEGOTIATE, FLAGS_OF_AUTHENTICATE = 12, 60  # where they stand ([MS-NLMP] 2.2.1)
SIGN, SEAL, KEY_EXCHANGE = 0x10, 0x20, 0x40000000
REFUSAL = b"8009030C: LdapErr: DSID-0C0905DC, comment: AcceptSecurityContext error, data %s, v3839"


def sasl(message: Message) -> tuple[bytes, bytes]:
    """Return mechanism and token of a bind."""
    choice = list(ber.children(message.content))[2]
    assert choice[0] == 0xA3
    (_, mechanism), (_, token) = ber.children(choice[1])
    return mechanism, token


class NtlmController:
    """Answers binds with the acceptor of pyspnego, as a controller with one account would."""

    def __init__(self, certificate: bytes | None = None) -> None:
        self.tokens: list[bytes] = []
        self._bindings = GssChannelBindings(
            application_data=b"tls-server-end-point:" + hashlib.sha256(certificate).digest()
        ) if certificate else None  # fmt: skip

    def __call__(self, message: Message) -> Iterable[bytes]:
        mechanism, token = sasl(message)
        assert mechanism == b"GSS-SPNEGO"
        self.tokens.append(token)
        if len(self.tokens) == 1:
            options = spnego.NegotiateOptions.use_ntlm
            self._acceptor = spnego.server(
                protocol="ntlm", options=options, channel_bindings=self._bindings
            )
        try:
            challenge = self._acceptor.step(token)
        except BadBindingsError:
            return [bound(message, 49, REFUSAL % b"80090346")]
        except SpnegoError:
            return [bound(message, 49, REFUSAL % b"52e")]
        return [bound(message, 0 if self._acceptor.complete else 14, credentials=challenge)]


@pytest.fixture(autouse=True)
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the acceptor knows; its own variables and those of the machine must not matter."""
    file = tmp_path / "accounts"
    file.write_text(f"CORP:auditor:{SECRET}\n")
    monkeypatch.setenv("NTLM_USER_FILE", str(file))
    monkeypatch.delenv("LM_COMPAT_LEVEL", raising=False)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def leaf(authority: trustme.CA) -> trustme.LeafCert:
    return authority.issue_cert("127.0.0.1")


def der(leaf: trustme.LeafCert) -> bytes:
    return ssl.PEM_cert_to_DER_cert(leaf.cert_chain_pems[0].bytes().decode())


@pytest.fixture
def trust(authority: trustme.CA, tmp_path: Path) -> Trust:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return Trust(path)


def over_tls(leaf: trustme.LeafCert, bind: Any) -> Any:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return peer(with_rootdse(lambda _: []), context=context, bind=bind)


def ldaps(url: str) -> str:
    return url.replace("ldap:", "ldaps:")


def test_ntlm_is_bound_to_the_connection_and_signs_nothing(
    leaf: trustme.LeafCert, trust: Trust
) -> None:
    bind = NtlmController(der(leaf))
    with over_tls(leaf, bind) as controller:
        open_directory(ldaps(controller.url), AUDITOR, trust, PATIENT).close()
    negotiate, authenticate = bind.tokens
    (offered,) = struct.unpack_from("<I", negotiate, FLAGS_OF_NEGOTIATE)
    (agreed,) = struct.unpack_from("<I", authenticate, FLAGS_OF_AUTHENTICATE)
    assert not (offered | agreed) & (SIGN | SEAL | KEY_EXCHANGE)
    bindings = b"tls-server-end-point:" + hashlib.sha256(der(leaf)).digest()
    # The hash of a gss_channel_bindings_struct without addresses ([MS-NLMP] 2.2.2.1).
    packed = struct.pack("<5I", 0, 0, 0, 0, len(bindings)) + bindings
    assert hashlib.md5(packed).digest() in authenticate
    assert SECRET.encode() not in b"".join(bind.tokens)
    assert SECRET.encode("utf-16-le") not in b"".join(bind.tokens)


def test_who_ends_tls_in_between_is_found_out(leaf: trustme.LeafCert, trust: Trust) -> None:
    bind = NtlmController(b"the certificate of the controller behind it")
    with over_tls(leaf, bind) as proxy, pytest.raises(SourceError, match="80090346") as caught:
        open_directory(ldaps(proxy.url), AUDITOR, trust, PATIENT)
    assert "balancer" in caught.value.hint


@pytest.mark.parametrize(
    "credentials",
    [
        Credentials("ntlm", "CORP\\auditor", Password("canary-wrong")),
        # The form in which pyspnego takes hashes, here those of the empty password.
        Credentials("ntlm", "CORP\\auditor", Password(f"{'a' * 32}:{'b' * 32}")),
    ],
    ids=["another password", "a password that looks like hashes"],
)
def test_a_wrong_password_is_said_to_be_wrong_once(
    leaf: trustme.LeafCert, trust: Trust, credentials: Credentials
) -> None:
    bind = NtlmController(der(leaf))
    with over_tls(leaf, bind) as controller, pytest.raises(SourceError) as caught:
        open_directory(ldaps(controller.url), credentials, trust, PATIENT)
    assert "refused the ntlm bind: result 49" in str(caught.value)
    assert "the user or the password is wrong" in caught.value.hint
    assert len(bind.tokens) == 2


def test_password_and_proof_are_forgotten_after_the_exchange(
    leaf: trustme.LeafCert, trust: Trust
) -> None:
    bind = NtlmController()
    with (
        over_tls(leaf, bind) as controller,
        open_directory(ldaps(controller.url), AUDITOR, trust, PATIENT) as directory,
    ):
        wire: Any = directory._connection
        kept = repr(wire._connection) + str(vars(wire._connection))
    assert SECRET not in kept
    assert repr(bind.tokens[1])[2:-1] not in kept


def for_ever(message: Message) -> Iterable[bytes]:
    """Give a good challenge to whatever comes, also to the proof."""
    acceptor = spnego.server(protocol="ntlm", options=spnego.NegotiateOptions.use_ntlm)
    challenge = acceptor.step(spnego.client("a", "b", protocol="ntlm").step())
    return [bound(message, 14, credentials=challenge)]


OUTSIDE = b"NTLMSSP\0" + struct.pack("<IHHI", 2, 0xFFFF, 0xFFFF, 0x7FFFFFFF) + bytes(40)
HOSTILE: dict[str, tuple[Any, str, int]] = {
    "no challenge": (lambda m: [bound(m, 14)], "bind failed", 1),
    "noise": (lambda m: [bound(m, 14, credentials=bytes(range(99)))], "bind failed", 1),
    "a challenge cut short": (
        lambda m: [bound(m, 14, credentials=b"NTLMSSP\0\x02\0\0\0")],
        "bind failed",
        1,
    ),
    "a challenge that is not signed as one": (
        lambda m: [bound(m, 14, credentials=OUTSIDE[:8] + b"\x01" + OUTSIDE[9:])],
        "bind failed",
        1,
    ),
    "success before any proof": (lambda m: [bound(m, 0)], "before its time", 1),
    "another controller to ask": (lambda m: [bound(m, 10)], r"result 10 \(referral\)", 1),
    "challenges for ever": (for_ever, r"result 14 \(saslBindInProgress\)", 2),
    "a code that nobody knows": (lambda m: [bound(m, 4711)], r"result 4711 \(unknown\)", 1),
}


@pytest.mark.parametrize(("answer", "problem", "binds"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_answer_ends_the_bind(
    leaf: trustme.LeafCert, trust: Trust, answer: Any, problem: str, binds: int
) -> None:
    with (
        over_tls(leaf, answer) as controller,
        pytest.raises(SourceError, match=problem) as caught,
    ):
        open_directory(ldaps(controller.url), AUDITOR, trust, PATIENT)
    assert controller.received == ["bind"] * binds
    assert SECRET not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize("method", ["kerberos", "ntlm"])
def test_no_token_is_made_before_the_controller_has_proved_its_name(
    trust: Trust, monkeypatch: pytest.MonkeyPatch, method: Method
) -> None:
    """A token of Kerberos would name the account, one of NTLM would let a guess be tried."""
    monkeypatch.setattr(exchange, "check_packages", lambda _: None)
    monkeypatch.setattr(spnego, "client", lambda *_, **__: pytest.fail("a token was made"))
    credentials = Credentials(method, "CORP\\auditor", Password(SECRET))
    stranger = trustme.CA().issue_cert("127.0.0.1")
    with over_tls(stranger, None) as controller:
        with pytest.raises(SourceError, match="not trusted"):
            open_directory(ldaps(controller.url), credentials, trust, PATIENT)
        with pytest.raises(SourceError):
            open_directory(controller.url, credentials, trust, Limits(receive=1, operation=0.5))
    assert controller.received == []


def self_signed(key: Any, algorithm: Any) -> bytes:
    name = x509.Name([])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1)
    builder = builder.not_valid_before(start).not_valid_after(start + timedelta(days=1))
    signed = builder.public_key(key.public_key()).sign(key, algorithm)
    return signed.public_bytes(serialization.Encoding.DER)


class Certified:
    """What of a TLS socket the bindings are made from."""

    def __init__(self, certificate: bytes) -> None:
        self._certificate = certificate

    def getpeercert(self, binary_form: bool) -> bytes:
        return self._certificate if binary_form else b""


OLD = Path(__file__).parent / "certificates"
ON_A_CURVE = ec.generate_private_key(ec.SECP256R1())
HASHED: dict[str, tuple[bytes, str]] = {
    "SHA-256": (self_signed(ON_A_CURVE, hashes.SHA256()), "sha256"),
    "SHA-384": (self_signed(ON_A_CURVE, hashes.SHA384()), "sha384"),
    "SHA-512": (self_signed(ON_A_CURVE, hashes.SHA512()), "sha512"),
    "SHA-1": (ssl.PEM_cert_to_DER_cert((OLD / "sha1-1024.pem").read_text()), "sha256"),
    "MD5": (ssl.PEM_cert_to_DER_cert((OLD / "md5-512.pem").read_text()), "sha256"),
}


@pytest.mark.parametrize(("certificate", "name"), HASHED.values(), ids=HASHED)
def test_the_bindings_hash_as_the_certificate_is_signed_and_never_below_sha_256(
    certificate: bytes, name: str
) -> None:
    found = exchange.channel_bindings(Certified(certificate))
    assert found is not None
    assert found.application_data == (
        b"tls-server-end-point:" + hashlib.new(name, certificate).digest()
    )


@pytest.mark.parametrize(
    "sock",
    [
        object(),
        Certified(b"no certificate"),
        Certified(self_signed(ed25519.Ed25519PrivateKey.generate(), None)),
    ],
    ids=["no TLS", "a certificate that cannot be read", "a signature without a hash of its own"],
)
def test_there_are_no_bindings_where_none_are_defined(sock: object) -> None:
    assert exchange.channel_bindings(sock) is None


class TrustfulKerberos:
    """A context that needs no KDC, to try the last step of RFC 4752: the lab has the first ones."""

    complete = True

    def __init__(self, offered: bytes) -> None:
        self._offered = offered

    def step(self) -> bytes:
        return b"a ticket"

    def unwrap(self, token: bytes) -> spnego.UnwrapResult:
        return spnego.UnwrapResult(self._offered, False, 0)

    def wrap(self, data: bytes, encrypt: bool) -> spnego.WrapResult:
        return spnego.WrapResult(b"wrapped " + data, encrypt)


OFFERS: dict[str, tuple[bytes, str | None]] = {
    "none, or any": (b"\x07\x00\xa0\x00", None),
    "none alone": (b"\x01\x00\x00\x00", None),
    "signing or sealing": (b"\x06\x00\xa0\x00", "demands a security layer"),
    "nothing": (b"", "demands a security layer"),
}


@pytest.mark.parametrize(("offered", "problem"), OFFERS.values(), ids=OFFERS)
def test_kerberos_takes_no_layer_where_the_controller_offers_it(
    leaf: trustme.LeafCert,
    trust: Trust,
    monkeypatch: pytest.MonkeyPatch,
    offered: bytes,
    problem: str | None,
) -> None:
    tokens: list[tuple[bytes, bytes]] = []

    def bind(message: Message) -> Iterable[bytes]:
        tokens.append(sasl(message))
        return [bound(message, 14 if len(tokens) == 1 else 0, credentials=b"offer")]

    monkeypatch.setattr(exchange, "check_packages", lambda _: None)
    monkeypatch.setattr(spnego, "client", lambda *_, **__: TrustfulKerberos(offered))
    with over_tls(leaf, bind) as controller:
        if problem is None:
            open_directory(ldaps(controller.url), Credentials("kerberos"), trust, PATIENT).close()
            assert tokens == [
                (b"GSSAPI", b"a ticket"),
                (b"GSSAPI", b"wrapped \x01\x00\x00\x00"),
            ]
        else:
            with pytest.raises(SourceError, match=problem) as caught:
                open_directory(ldaps(controller.url), Credentials("kerberos"), trust, PATIENT)
            assert "--auth simple over TLS" in caught.value.hint
            assert len(tokens) == 1


@pytest.mark.parametrize("lacking", ["gssapi", "krb5"])
def test_what_kerberos_lacks_is_named_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch, lacking: str
) -> None:
    monkeypatch.setattr(exchange, "find_spec", lambda name: None if name == lacking else name)
    monkeypatch.setattr(sys, "platform", "linux")
    with pytest.raises(UsageError, match="needs gssapi and krb5") as caught:
        open_directory("ldaps://dc1.invalid", Credentials("kerberos"))
    assert "casaudit[kerberos]" in caught.value.hint


def test_kerberos_on_windows_lacks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "platform", "win32")
    exchange.check_packages("kerberos")
