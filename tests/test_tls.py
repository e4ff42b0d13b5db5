"""The prober sees the certificates of servers of every age, and no peer keeps it for long."""

import asyncio
import gc
import hashlib
import shutil
import socket
import ssl
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from tlslite.constants import CipherSuite, ExtensionType
from tlslite.messages import ClientHello

from casaudit.collect.ports import TlsTarget
from casaudit.collect.tls.handshake import context, hello, server_name
from casaudit.collect.tls.prober import TlsProber
from casaudit.snapshot import Certificate, TlsEndpoint, TlsOutcome
from tests.support import listening
from tests.support.listening import (
    CERTIFICATES,
    LOOPBACK,
    Talk,
    antique,
    der,
    drip,
    listen_only,
    openssl,
    peer,
    refusing_port,
    repeating,
    saying,
    tlslite,
)

OLD = CERTIFICATES / "sha1-1024.pem", CERTIFICATES / "sha1-1024.key"
OLDER = CERTIFICATES / "md5-512.pem", CERTIFICATES / "md5-512.key"
HOST = "mail.corp.example"
BUDGET = 1.0
PATIENCE = 60.0

Key = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
Shown = tuple[TlsEndpoint, tuple[Certificate, ...]]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def modern(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Certificate and key of a current authority, as files."""
    folder, leaf = tmp_path_factory.mktemp("modern"), authority.issue_cert(HOST)
    leaf.cert_chain_pems[0].write_to_path(folder / "leaf.pem")
    leaf.private_key_pem.write_to_path(folder / "leaf.key")
    return folder / "leaf.pem", folder / "leaf.key"


def serving(leaf: trustme.LeafCert) -> ssl.SSLContext:
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(settings)
    return settings


def target(port: int, host: str = HOST) -> TlsTarget:
    return TlsTarget(host, 443, LOOPBACK, port)


def probe(port: int, timeout: float = PATIENCE) -> Shown:
    return listening.run(TlsProber(timeout).probe(target(port)))


def probe_peer(talk: Talk, timeout: float = BUDGET) -> TlsEndpoint:
    async def run() -> TlsEndpoint:
        async with peer(talk) as port:
            endpoint, _ = await TlsProber(timeout).probe(target(port))
            return endpoint

    return listening.run(run())


def accepted(endpoint: TlsEndpoint) -> dict[str, bool | None]:
    return {trial.version: trial.accepted for trial in endpoint.trials}


def only(*versions: str) -> dict[str, bool]:
    known = ("SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
    return {version: version in versions for version in known}


def fingerprint(certificate: Path) -> str:
    return hashlib.sha256(der(certificate)).hexdigest()


AGES = {
    "TLS 1.0, RSA, AES128-SHA, 1024-bit SHA-1 certificate": (
        OLD,
        ("-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0"),
        ("TLSv1", "AES128-SHA"),
    ),
    "TLS 1.0, ECDHE-RSA-AES256-SHA": (
        OLD,
        ("-tls1", "-cipher", "ECDHE-RSA-AES256-SHA:@SECLEVEL=0"),
        ("TLSv1", "ECDHE-RSA-AES256-SHA"),
    ),
    "TLS 1.1, ECDHE-RSA-AES256-SHA": (
        OLD,
        ("-tls1_1", "-cipher", "ECDHE-RSA-AES256-SHA:@SECLEVEL=0"),
        ("TLSv1.1", "ECDHE-RSA-AES256-SHA"),
    ),
    "TLS 1.2, RSA, AES128-SHA": (
        OLD,
        ("-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"),
        ("TLSv1.2", "AES128-SHA"),
    ),
    "TLS 1.0, 512-bit key, MD5 certificate": (
        OLDER,
        ("-tls1", "-cipher", "AES128-SHA:@SECLEVEL=0"),
        ("TLSv1", "AES128-SHA"),
    ),
    "TLS 1.0, NULL-SHA": (
        OLD,
        ("-tls1", "-cipher", "NULL-SHA:@SECLEVEL=0"),
        ("TLSv1", "NULL-SHA"),
    ),
    "TLS 1.3": (
        OLD,
        ("-tls1_3", "-cipher", "ALL:@SECLEVEL=0"),
        ("TLSv1.3", "TLS_AES_256_GCM_SHA384"),
    ),
}


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")
@pytest.mark.parametrize(("files", "options", "agreed"), AGES.values(), ids=AGES.keys())
def test_a_handshake_is_finished_with(
    files: tuple[Path, Path], options: tuple[str, ...], agreed: tuple[str, str]
) -> None:
    with openssl(*files, *options) as port:
        endpoint, certificates = probe(port)
    assert (endpoint.outcome, endpoint.detail) == (TlsOutcome.HANDSHAKE, "")
    assert (endpoint.protocol, endpoint.cipher) == agreed
    assert endpoint.chain == endpoint.chain_without_sni == (fingerprint(files[0]),)
    assert [each.sha256 for each in certificates] == [fingerprint(files[0])]
    assert accepted(endpoint) == only(agreed[0])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl program")
def test_every_version_that_a_server_accepts_is_found(modern: tuple[Path, Path]) -> None:
    with openssl(*modern, "-cipher", "ALL:@SECLEVEL=0") as port:
        endpoint, _ = probe(port)
    assert accepted(endpoint) == only("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")


FALLBACK = {
    "SSLv3 with 3DES": ((3, 0), "3des", "SSLv3", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    "SSLv3 with RC4": ((3, 0), "rc4", "SSLv3", "TLS_RSA_WITH_RC4_128_SHA"),
    "SSLv3 with AES": ((3, 0), "aes128", "SSLv3", "TLS_RSA_WITH_AES_128_CBC_SHA"),
    "TLS 1.0 with RC4": ((3, 1), "rc4", "TLSv1", "TLS_RSA_WITH_RC4_128_SHA"),
    "TLS 1.0 with 3DES": ((3, 1), "3des", "TLSv1", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
    "TLS 1.2 with 3DES": ((3, 3), "3des", "TLSv1.2", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"),
}


@pytest.mark.parametrize(
    ("number", "weak", "version", "cipher"), FALLBACK.values(), ids=FALLBACK.keys()
)
def test_the_certificate_is_seen_of(
    number: tuple[int, int], weak: str, version: str, cipher: str
) -> None:
    with tlslite(*OLD, number, weak) as port:
        endpoint, certificates = probe(port)
    assert endpoint.outcome is TlsOutcome.CERTIFICATE_ONLY
    assert (endpoint.protocol, endpoint.cipher) == (version, cipher)
    assert endpoint.chain == endpoint.chain_without_sni == (fingerprint(OLD[0]),)
    assert [each.key_size for each in certificates] == [1024]
    assert accepted(endpoint) == only(version)
    assert endpoint.detail


ANTIQUE = {
    "export, 40 bits, SSLv3": ((3, 0), 0x0003, "TLS_RSA_EXPORT_WITH_RC4_40_MD5"),
    "export, 40 bits, TLS 1.0": ((3, 1), 0x0008, "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA"),
    "export, 56 bits": ((3, 1), 0x0062, "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA"),
    "single DES": ((3, 1), 0x0009, "TLS_RSA_WITH_DES_CBC_SHA"),
    "single DES, TLS 1.2": ((3, 3), 0x0009, "TLS_RSA_WITH_DES_CBC_SHA"),
}


@pytest.mark.parametrize("hangs_up", [False, True], ids=["by an alert", "by hanging up"])
@pytest.mark.parametrize(("number", "cipher", "name"), ANTIQUE.values(), ids=ANTIQUE.keys())
def test_a_server_that_takes_nothing_better_is_named(
    number: tuple[int, int], cipher: int, name: str, hangs_up: bool
) -> None:
    talk = antique(number, cipher, der(OLD[0]), hangs_up)
    endpoint = probe_peer(talk, PATIENCE)
    version = {(3, 0): "SSLv3", (3, 1): "TLSv1", (3, 3): "TLSv1.2"}[number]
    assert endpoint.outcome is TlsOutcome.CERTIFICATE_ONLY
    assert (endpoint.protocol, endpoint.cipher) == (version, name)
    assert endpoint.chain == (fingerprint(OLD[0]),)
    assert endpoint.detail == (
        f"the server takes {version} with {name} and nothing that this client's OpenSSL still has"
    )
    assert accepted(endpoint)[version] is True


def test_a_server_that_takes_nothing_at_all_is_told_from_a_limit_of_this_client() -> None:
    endpoint = probe_peer(antique((3, 3), 0xFFFE, der(OLD[0])), PATIENCE)
    assert (endpoint.outcome, endpoint.protocol) == (TlsOutcome.HANDSHAKE_FAILED, None)
    assert endpoint.detail == (
        "the server sent an alert: handshake failure, also on an offer of all versions since SSLv3"
    )
    assert set(accepted(endpoint).values()) == {None}  # it may want what nobody offered


def test_what_openssl_cannot_read_is_told_as_a_limit_of_this_client() -> None:
    with tlslite(*OLD, (3, 3), "aes128", (WRONG["garbage"],)) as port:
        endpoint, _ = probe(port)
    assert endpoint.detail.startswith("this client gave up: ")
    takes = "TLSv1.2 with TLS_RSA_WITH_AES_128_CBC_SHA"
    assert endpoint.detail.endswith(f"from the answer to an older hello ({takes})")


def test_a_server_without_renegotiation_information(monkeypatch: pytest.MonkeyPatch) -> None:
    parse = ClientHello.parse

    def forgetful(self: ClientHello, parser: object) -> ClientHello:
        parse(self, parser)
        self.cipher_suites.remove(CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV)
        for each in self.extensions or ():
            assert each.extType != ExtensionType.renegotiation_info
        return self

    monkeypatch.setattr(ClientHello, "parse", forgetful)
    with tlslite(*OLD, (3, 1), "aes128") as port:
        endpoint, _ = probe(port)
    assert (endpoint.outcome, endpoint.protocol) == (TlsOutcome.HANDSHAKE, "TLSv1")


WRONG = {
    "garbage": b"garbage",
    "a certificate cut short": der(OLD[0])[:-40],
    "an unknown key algorithm": der(OLD[0]).replace(
        bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d010163")
    ),
}


@pytest.mark.parametrize("shown", WRONG.values(), ids=WRONG.keys())
def test_a_certificate_that_openssl_cannot_read_is_kept_byte_for_byte(shown: bytes) -> None:
    with tlslite(*OLD, (3, 3), "aes128", (shown,)) as port:
        endpoint, certificates = probe(port)
    assert endpoint.outcome is TlsOutcome.CERTIFICATE_ONLY
    assert [each.sha256 for each in certificates] == [hashlib.sha256(shown).hexdigest()]
    assert certificates[0].unread


def huge(authority: trustme.CA) -> trustme.LeafCert:
    names = [f"host-{number:05}.long-enough.corp.example" for number in range(6000)]
    return authority.issue_cert(*names)


def test_a_certificate_of_240_kilobytes_is_seen(authority: trustme.CA) -> None:
    leaf = huge(authority)
    settings = serving(leaf)
    settings.maximum_version = ssl.TLSVersion.TLSv1_2
    endpoint, certificates = listening.run(_probe_tls(settings))
    assert endpoint.outcome is TlsOutcome.CERTIFICATE_ONLY
    assert len(certificates[0].der) > 240_000
    assert len(certificates[0].dns_names or ()) == 6000


def test_over_tls_1_3_such_a_certificate_is_a_failure_with_trials(authority: trustme.CA) -> None:
    settings = serving(huge(authority))
    settings.minimum_version = ssl.TLSVersion.TLSv1_3
    endpoint, certificates = listening.run(_probe_tls(settings))
    assert (endpoint.outcome, certificates) == (TlsOutcome.HANDSHAKE_FAILED, ())
    assert endpoint.detail == "this client gave up: excessive message size"
    assert accepted(endpoint) == only("TLSv1.3")


async def _probe_tls(settings: ssl.SSLContext, talk: Talk = listen_only) -> Shown:
    async with peer(talk, settings) as port:
        return await TlsProber(PATIENCE).probe(target(port))


@pytest.mark.parametrize(
    "key",
    [ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()],
    ids=["ec", "ed25519"],
)
def test_certificates_with_other_keys_are_seen(key: Key, tmp_path: Path) -> None:
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    settings.load_cert_chain(_self_signed(key, tmp_path / "both.pem"))
    endpoint, certificates = listening.run(_probe_tls(settings))
    assert (endpoint.outcome, endpoint.protocol) == (TlsOutcome.HANDSHAKE, "TLSv1.3")
    assert [each.self_signed for each in certificates] == [True]


def _self_signed(key: Key, path: Path) -> Path:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    certificate = x509.CertificateBuilder(name, name, key.public_key(), 5, now, now).sign(
        key, algorithm
    )
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(pem + certificate.public_bytes(Encoding.PEM))
    return path


def test_the_chain_is_kept_as_sent_with_its_extra_root(authority: trustme.CA) -> None:
    leaf = authority.issue_cert(HOST)
    settings = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    root = trustme.Blob(authority.cert_pem.bytes())
    chain = leaf.cert_chain_pems[0].bytes() + root.bytes() + root.bytes()
    with trustme.Blob(leaf.private_key_pem.bytes() + chain).tempfile() as path:
        settings.load_cert_chain(path)
    endpoint, certificates = listening.run(_probe_tls(settings))
    ders = [
        ssl.PEM_cert_to_DER_cert(each.bytes().decode()) for each in (leaf.cert_chain_pems[0], root)
    ]
    sent = [hashlib.sha256(each).hexdigest() for each in (ders[0], ders[1], ders[1])]
    assert endpoint.chain == tuple(sent)
    assert [each.sha256 for each in certificates] == sent[:2]
    assert [each.self_signed for each in certificates] == [False, True]


def test_nothing_is_sent_after_the_handshake(authority: trustme.CA) -> None:
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read())

    endpoint, _ = listening.run(_probe_tls(serving(authority.issue_cert(HOST)), listen))
    assert endpoint.outcome is TlsOutcome.HANDSHAKE
    assert set(heard) == {b""}


def _by_name(authority: trustme.CA, names: list[str | None], strict: bool) -> ssl.SSLContext:
    """Show another certificate without a name; note the names, refuse unknown ones if strict."""
    settings, named = serving(authority.issue_cert("default.example")), authority.issue_cert(HOST)

    def choose(tls: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        names.append(name)
        if name == HOST:
            tls.context = serving(named)
        return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME if strict and name != HOST else None

    settings.sni_callback = choose
    return settings


def test_another_certificate_without_a_name_is_evidence(authority: trustme.CA) -> None:
    endpoint, certificates = listening.run(_probe_tls(_by_name(authority, [], strict=False)))
    first = {each.sha256: (each.dns_names or ("",))[0] for each in certificates}
    assert [first[each] for each in endpoint.chain] == [HOST]
    assert [first[each] for each in endpoint.chain_without_sni or ()] == ["default.example"]


def test_a_server_that_wants_a_name_it_knows_is_seen_with_it(authority: trustme.CA) -> None:
    endpoint, _ = listening.run(_probe_tls(_by_name(authority, [], strict=True)))
    assert endpoint.outcome is TlsOutcome.HANDSHAKE
    assert endpoint.chain_without_sni is None
    assert accepted(endpoint) == only("TLSv1.2", "TLSv1.3")


def test_what_needs_no_name_is_asked_once_for_an_address(authority: trustme.CA) -> None:
    names: list[str | None] = []

    async def run() -> list[Shown]:
        async with peer(listen_only, _by_name(authority, names, strict=False)) as port:
            prober = TlsProber(PATIENCE)
            hosts = (HOST, "owa.corp.example", LOOPBACK)
            return [await prober.probe(target(port, host)) for host in hosts]

    first, second, literal = listening.run(run())
    assert names.count("owa.corp.example") == 1
    assert accepted(first[0]) == accepted(second[0]) == accepted(literal[0])
    assert first[0].chain_without_sni == second[0].chain_without_sni == literal[0].chain
    assert first[0].chain != second[0].chain


def test_an_address_that_refuses_is_not_tried_for_the_next_name() -> None:
    async def run() -> list[Shown]:
        prober = TlsProber(BUDGET)
        with refusing_port() as port:
            return [await prober.probe(target(port, host)) for host in (HOST, "owa.corp.example")]

    first, second = (endpoint for endpoint, _ in listening.run(run()))
    assert (first.outcome, second.outcome) == (TlsOutcome.REFUSED, TlsOutcome.REFUSED)
    assert first.detail == "connection refused"
    assert second.detail == f"connection refused (seen for {HOST}, not tried again)"


def test_a_silent_address_costs_two_budgets_whatever_the_number_of_names() -> None:
    conversations = 0

    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal conversations
        conversations += 1
        await listen_only(reader, writer)

    async def run() -> list[Shown]:
        async with peer(silence) as port:
            prober = TlsProber(0.3)
            hosts = [f"h{number}.corp.example" for number in range(20)]
            return await asyncio.gather(*(prober.probe(target(port, host)) for host in hosts))

    outcomes = {endpoint.outcome for endpoint, _ in listening.run(run())}
    assert outcomes == {TlsOutcome.TIMEOUT}
    assert conversations == 2


def test_an_unreachable_address_is_said_to_be() -> None:
    endpoint, _ = listening.run(
        TlsProber(BUDGET).probe(TlsTarget(HOST, 443, "255.255.255.255", 443))
    )
    assert endpoint.outcome is TlsOutcome.UNREACHABLE


FLOOD_OF_WARNINGS = b"\x15\x03\x01\x00\x02\x01\x70"
EMPTY_RECORD = b"\x16\x03\x01\x00\x00"
HUGE_HELLO = b"\x16\x03\x03\x40\x00\x02\xff\xff\xff" + bytes(16380)
HOSTILE: dict[str, tuple[Talk, TlsOutcome]] = {
    "silent": (listen_only, TlsOutcome.TIMEOUT),
    "dripping": (drip, TlsOutcome.TIMEOUT),
    "plain HTTP": (saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"), TlsOutcome.NOT_TLS),
    "a mail greeting": (saying(b"220 mail ESMTP\r\n", waits=False), TlsOutcome.NOT_TLS),
    "a fatal alert": (saying(b"\x15\x03\x01\x00\x02\x02\x28"), TlsOutcome.HANDSHAKE_FAILED),
    "hangs up": (saying(b""), TlsOutcome.HANDSHAKE_FAILED),
    "hangs up at once": (saying(b"", waits=False), TlsOutcome.HANDSHAKE_FAILED),
    "warnings without end": (repeating(FLOOD_OF_WARNINGS), TlsOutcome.HANDSHAKE_FAILED),
    "empty records without end": (repeating(EMPTY_RECORD), TlsOutcome.HANDSHAKE_FAILED),
    "a flood of handshake bytes": (repeating(HUGE_HELLO), TlsOutcome.HANDSHAKE_FAILED),
    "garbage in a record": (saying(b"\x16\x03\x01\x00\x05garba"), TlsOutcome.HANDSHAKE_FAILED),
}


@pytest.mark.parametrize(("talk", "outcome"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_peer_that_is(talk: Talk, outcome: TlsOutcome) -> None:
    endpoint = probe_peer(talk, BUDGET if outcome is TlsOutcome.TIMEOUT else PATIENCE)
    assert (endpoint.outcome, endpoint.chain) == (outcome, ())


def test_thirty_hostile_peers_at_once_all_come_to_an_end() -> None:
    async def probed(prober: TlsProber, talk: Talk) -> TlsOutcome:
        async with peer(talk) as port:
            endpoint, _ = await prober.probe(target(port))
            return endpoint.outcome

    async def run() -> list[TlsOutcome]:
        talks = [talk for talk, _ in HOSTILE.values()] * 3
        prober = TlsProber(BUDGET, workers=64)
        return await asyncio.gather(*(probed(prober, talk) for talk in talks))

    wanted = [outcome for _, outcome in HOSTILE.values()] * 3
    outcomes = listening.run(run())
    gc.collect()  # here, and not in another test
    for found, alone in zip(outcomes, wanted, strict=True):
        assert found in {alone, TlsOutcome.TIMEOUT}  # beside others a reply may come too late


def test_a_server_that_hangs_up_on_new_versions_gets_an_older_hello() -> None:
    def relay(upstream: int) -> Talk:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            said = await reader.read(65536)
            if said[9:11] > b"\x03\x01":
                return
            answers, questions = await asyncio.open_connection(LOOPBACK, upstream)
            questions.write(said)
            writer.write(await answers.read(65536))
            questions.close()

        return talk

    with tlslite(*OLD, (3, 1), "aes128") as upstream:
        endpoint = probe_peer(relay(upstream), timeout=PATIENCE)
    assert (endpoint.outcome, endpoint.protocol) == (TlsOutcome.CERTIFICATE_ONLY, "TLSv1")
    assert endpoint.chain == (fingerprint(OLD[0]),)
    assert accepted(endpoint) == only("TLSv1")


def test_the_system_is_never_asked_for_a_name(
    monkeypatch: pytest.MonkeyPatch, authority: trustme.CA
) -> None:
    async def run() -> Shown:
        async with peer(listen_only, serving(authority.issue_cert(HOST))) as port:
            monkeypatch.setattr(socket, "getaddrinfo", _never)
            return await TlsProber(PATIENCE).probe(target(port))

    endpoint, _ = listening.run(run())
    assert endpoint.outcome is TlsOutcome.HANDSHAKE


def _never(*_: object, **__: object) -> NoReturn:
    raise AssertionError("getaddrinfo was called")


def test_the_loop_stays_free_while_peers_are_probed() -> None:
    async def run() -> float:
        worst = 0.0
        async with peer(drip) as slow, peer(repeating(HUGE_HELLO)) as flood:
            prober = TlsProber(BUDGET)
            probes = [asyncio.ensure_future(prober.probe(target(p))) for p in (slow, flood)]
            while not all(each.done() for each in probes):
                begun = time.thread_time()  # of the processor: other processes do not count
                await asyncio.sleep(0.01)
                worst = max(worst, time.thread_time() - begun)
        return worst

    assert listening.run(run()) < 0.5


def test_openssl_has_no_hello_for_a_version_it_was_built_without() -> None:
    assert hello(ssl.TLSVersion.SSLv3, HOST) is None
    assert (hello(ssl.TLSVersion.TLSv1, HOST) or b"").startswith(b"\x16\x03\x01")


@given(st.text(max_size=300))
def test_a_name_is_sent_or_left_out_but_never_raises(host: str) -> None:
    name = server_name(host)
    assert name in (host, None)
    context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=name)


@given(st.from_regex(r"[a-z0-9_-]{1,70}(\.[a-z0-9_-]{1,70}){0,4}", fullmatch=True))
def test_a_plausible_name_is_sent_or_left_out_but_never_raises(host: str) -> None:
    context().wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=server_name(host))


@pytest.mark.parametrize("host", ["", "a..b", ".a", "a" * 64, "10.0.0.1", "::1", "a\0b", "a b"])
def test_some_names_cannot_be_sent(host: str) -> None:
    assert server_name(host) is None
