"""Each property of a certificate is read on its own; nothing that is sent makes that fail."""

import base64
import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from casaudit.collect.tls.certificate import read_certificate
from casaudit.snapshot import Certificate, Source

FILES = Path(__file__).parent / "certificates"
SOURCE = Source(origin="tls:10.0.0.20:443", at=datetime(2026, 11, 15, tzinfo=UTC))
SINCE = datetime(2025, 3, 3, 8, tzinfo=UTC)
NAME = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.corp.example")])
OTHER = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Corp CA")])
SERIAL = 0x1F2E3D4C5B6A

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey | ed25519.Ed25519PrivateKey


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def issue(
    *extensions: x509.ExtensionType,
    key: Key | None = None,
    issuer: x509.Name = NAME,
    signer: Key | None = None,
) -> bytes:
    key = key or rsa_key()
    builder = x509.CertificateBuilder(issuer, NAME, key.public_key(), SERIAL)
    builder = builder.not_valid_before(SINCE).not_valid_after(SINCE + timedelta(days=365))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(signer or key, algorithm).public_bytes(Encoding.DER)


def from_file(name: str) -> Certificate:
    return read_certificate(ssl.PEM_cert_to_DER_cert((FILES / name).read_text()), SOURCE)


NAMES = x509.SubjectAlternativeName(
    [
        x509.DNSName("Mail.corp.example"),
        x509.DNSName("*.corp.example"),
        x509.RFC822Name("a@corp.example"),
    ]
)


def test_every_property_of_an_ordinary_certificate_is_read() -> None:
    der = issue(NAMES, x509.BasicConstraints(ca=False, path_length=None), issuer=OTHER)
    assert read_certificate(der, SOURCE) == Certificate(
        sha256=hashlib.sha256(der).hexdigest(),
        sha1=hashlib.sha1(der).hexdigest().upper(),
        der=base64.b64encode(der).decode(),
        subject="CN=mail.corp.example",
        issuer="CN=Corp CA",
        common_name="mail.corp.example",
        dns_names=("Mail.corp.example", "*.corp.example"),
        ip_addresses=(),
        serial="1f2e3d4c5b6a",
        not_before=SINCE,
        not_after=SINCE + timedelta(days=365),
        key_algorithm="rsa",
        key_size=2048,
        signature_hash="sha256",
        self_signed=False,
        is_ca=False,
        source=SOURCE,
    )


def test_extensions_that_are_absent_are_not_unread() -> None:
    found = read_certificate(issue(), SOURCE)
    assert (found.dns_names, found.ip_addresses, found.is_ca) == (None, None, None)
    assert found.unread == ()


@pytest.mark.parametrize(
    ("name", "size", "algorithm"), [("sha1-1024.pem", 1024, "sha1"), ("md5-512.pem", 512, "md5")]
)
def test_antique_signatures_are_verified_too(name: str, size: int, algorithm: str) -> None:
    found = from_file(name)
    assert (found.key_size, found.signature_hash, found.self_signed) == (size, algorithm, True)
    assert found.unread == ()


@pytest.mark.parametrize(
    ("key", "algorithm", "size", "signature_hash"),
    [
        (ec.generate_private_key(ec.SECP256R1()), "ec", 256, "sha256"),
        (dsa.generate_private_key(1024), "dsa", 1024, "sha256"),
        (ed25519.Ed25519PrivateKey.generate(), "ed25519", None, "ed25519"),
    ],
    ids=["ec", "dsa", "ed25519"],
)
def test_other_keys(key: Key, algorithm: str, size: int | None, signature_hash: str) -> None:
    found = read_certificate(issue(key=key), SOURCE)
    assert (found.key_algorithm, found.key_size) == (algorithm, size)
    assert (found.signature_hash, found.self_signed) == (signature_hash, True)
    assert found.unread == ()


def test_equal_names_without_an_own_signature_are_not_self_signed() -> None:
    other = rsa.generate_private_key(65537, 2048)
    assert read_certificate(issue(signer=other), SOURCE).self_signed is False


def test_a_name_with_a_nul_is_kept_as_it_is() -> None:
    der = issue(NAMES).replace(b"Mail.corp", b"Mail\0corp")
    assert read_certificate(der, SOURCE).dns_names == ("Mail\0corp.example", "*.corp.example")


def _changed(old: bytes, new: bytes) -> bytes:
    der = issue(NAMES, issuer=OTHER)
    assert len(old) == len(new) and old in der
    return der.replace(old, new)


EXTENSIONS = ("dns_names", "ip_addresses", "is_ca")
RSA_OID, UNKNOWN_OID = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d010163")
SIGNATURE_OID = bytes.fromhex("2a864886f70d01010b")
STRANGE = {
    "alternative name that is not ASCII": (_changed(b"Mail", b"M\xe4il"), EXTENSIONS),
    "common name that is not UTF-8": (
        _changed(b"mail", b"m\xe4il"),
        ("subject", "common_name", "self_signed"),
    ),
    "RSA exponent of one": (
        _changed(b"\x02\x03\x01\x00\x01", b"\x02\x03\x00\x00\x01"),
        ("key_size",),
    ),
    "unknown key algorithm": (_changed(RSA_OID, UNKNOWN_OID), ("key_size",)),
    "unknown signature algorithm": (_changed(SIGNATURE_OID, UNKNOWN_OID), ("signature_hash",)),
    "trailing bytes": (issue() + b"\0", ("certificate",)),
    "cut short": (issue()[:-40], ("certificate",)),
    "no certificate at all": (b"garbage", ("certificate",)),
    "nothing": (b"", ("certificate",)),
}


@pytest.mark.parametrize(("der", "unread"), STRANGE.values(), ids=STRANGE.keys())
def test_what_cannot_be_read_is_named_and_the_rest_is_there(
    der: bytes, unread: tuple[str, ...]
) -> None:
    found = read_certificate(der, SOURCE)
    assert found.unread == unread
    assert found.sha256 == hashlib.sha256(der).hexdigest()
    assert (found.not_after is None) == (unread == ("certificate",))


def test_an_unreadable_key_still_has_its_algorithm_by_number() -> None:
    found = read_certificate(_changed(RSA_OID, UNKNOWN_OID), SOURCE)
    assert found.key_algorithm == "1.2.840.113549.1.1.99"


def test_md2_is_known_by_its_number() -> None:
    md2 = bytes.fromhex("2a864886f70d010102")
    assert read_certificate(_changed(SIGNATURE_OID, md2), SOURCE).signature_hash == "md2"


def test_a_negative_serial_number_is_read_without_a_warning() -> None:
    serial = SERIAL.to_bytes(6)
    found = read_certificate(_changed(serial, b"\xff" + serial[1:]), SOURCE)
    assert (found.serial, found.unread) == ("-d1c2b3a496", ())


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=5))
def test_mutated_certificates_always_give_a_record(edits: list[tuple[float, int]]) -> None:
    der = bytearray(_ORDINARY)
    for where, value in edits:
        der[int(where * len(der))] = value
    found = read_certificate(bytes(der), SOURCE)
    assert base64.b64decode(found.der) == bytes(der)
    assert Certificate.model_validate_json(found.model_dump_json()) == found


_ORDINARY = issue(NAMES, x509.BasicConstraints(ca=True, path_length=0), issuer=OTHER)
