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
from cryptography.x509.oid import ExtensionOID
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


RSA_OID, UNKNOWN_OID = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d010163")
SIGNATURE_OID = bytes.fromhex("2a864886f70d01010b")
STRANGE = {
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
    "serial number with a leading zero": (
        _changed(SERIAL.to_bytes(6), SERIAL.to_bytes(6).replace(b"\x1f\x2e", b"\0\0")),
        ("serial",),
    ),
    "time without seconds": (_changed(b"250303080000Z", b"25030308000xZ"), ("not_before",)),
    "version of 4": (_changed(bytes.fromhex("a003020102"), bytes.fromhex("a003020103")), ()),
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


def _odd(oid: x509.ObjectIdentifier, value: str) -> x509.UnrecognizedExtension:
    return x509.UnrecognizedExtension(oid, bytes.fromhex(value))


CONSTRAINTS, NAMED = ExtensionOID.BASIC_CONSTRAINTS, ExtensionOID.SUBJECT_ALTERNATIVE_NAME
MAIL = "8211" + b"mail.corp.example".hex()
ODD = {
    # Windows and OpenSSL take all of these; the library that reads them refuses the whole list.
    "CA:FALSE with a path length": (_odd(CONSTRAINTS, "3003020100"), ("is_ca",)),
    "CA:FALSE spelt out": (_odd(CONSTRAINTS, "3003010100"), ("is_ca",)),
    "no basic constraints in their place": (_odd(CONSTRAINTS, "0500"), ("is_ca",)),
    "an empty list of purposes": (_odd(ExtensionOID.EXTENDED_KEY_USAGE, "3000"), ()),
    "a key usage that is no bit string": (_odd(ExtensionOID.KEY_USAGE, "0500"), ()),
    "garbage as policies": (_odd(ExtensionOID.CERTIFICATE_POLICIES, "ff"), ()),
    "garbage of a kind that nobody knows": (_odd(x509.ObjectIdentifier("1.2.3"), "ff"), ()),
}


@pytest.mark.parametrize(("extension", "unread"), ODD.values(), ids=ODD.keys())
def test_an_odd_extension_costs_what_it_alone_tells(
    extension: x509.UnrecognizedExtension, unread: tuple[str, ...]
) -> None:
    found = read_certificate(issue(NAMES, extension), SOURCE)
    whole = read_certificate(issue(NAMES), SOURCE)
    assert found.unread == unread
    assert {"dns_names": found.dns_names, "ip_addresses": found.ip_addresses} == {
        "dns_names": ("Mail.corp.example", "*.corp.example"),
        "ip_addresses": (),
    }
    other = {"sha256", "sha1", "der", "unread"}
    assert found.model_dump(exclude=other) == whole.model_dump(exclude=other)


ADDRESS, UMLAUT, BYTE = "87040a000032", "8205" + "mäil".encode().hex(), "8202e461"
ODD_NAMES = {
    "an address of five bytes": ("301a" + MAIL + "87050a00000101", "mail.corp.example", None),
    "a directory name that is none": (
        "301b" + MAIL + "a400" + ADDRESS,
        "mail.corp.example",
        "10.0.0.50",
    ),
    "an umlaut as UTF-8": ("300d" + UMLAUT + ADDRESS, "mäil", "10.0.0.50"),
    "an umlaut as Latin-1": ("300a" + BYTE + ADDRESS, r"\xe4a", "10.0.0.50"),
}


@pytest.mark.parametrize(("value", "name", "address"), ODD_NAMES.values(), ids=ODD_NAMES.keys())
def test_an_odd_name_takes_no_other_name_with_it(
    value: str, name: str, address: str | None
) -> None:
    der = issue(_odd(NAMED, value), x509.BasicConstraints(ca=True, path_length=None))
    found = read_certificate(der, SOURCE)
    assert (found.dns_names, found.is_ca) == ((name,), True)
    assert found.ip_addresses == (None if address is None else (address,))
    assert found.unread == (("ip_addresses",) if address is None else ())


def test_an_empty_list_of_names_is_read() -> None:
    found = read_certificate(issue(_odd(NAMED, "3000")), SOURCE)
    assert (found.dns_names, found.ip_addresses, found.unread) == ((), (), ())


OLD_TEXTS = {
    "a wildcard as PrintableString": (b"\x0c\x11mail.corp.example", b"\x13\x11*.corp.example.eu"),
    "an umlaut as T61String": (b"\x0c\x11mail.corp.example", b"\x14\x11m\xfcnchen.corp.exam"),
}


@pytest.mark.parametrize(("text", "old"), OLD_TEXTS.values(), ids=OLD_TEXTS.keys())
def test_a_name_in_a_text_type_that_has_not_its_letters_is_read(text: bytes, old: bytes) -> None:
    found = read_certificate(_changed(text, old), SOURCE)
    assert (found.common_name, found.issuer) == (old[2:].decode("latin-1"), "CN=Corp CA")
    assert found.subject == f"CN={found.common_name}"
    assert (found.dns_names, found.self_signed) == (("Mail.corp.example", "*.corp.example"), False)
    assert found.unread == ()


def test_an_extension_that_says_that_it_is_not_critical_costs_nothing() -> None:
    # DER leaves the default out; the library opens no certificate that spells it out.
    critical = issue(NAMES, _odd(CONSTRAINTS, "30030101ff"), issuer=OTHER)
    spelt = critical.replace(
        bytes.fromhex("0603551d13040530030101ff"),
        bytes.fromhex("0603551d1301010004023000"),
    )
    with pytest.raises(ValueError, match="parsing asn1"):
        x509.load_der_x509_certificate(spelt)
    found = read_certificate(spelt, SOURCE)
    assert (found.unread, found.is_ca, found.self_signed) == ((), False, False)
    assert found.dns_names == ("Mail.corp.example", "*.corp.example")
    assert (found.key_size, found.signature_hash, found.not_before) == (2048, "sha256", SINCE)


def test_a_certificate_that_is_read_in_parts_is_not_called_self_signed() -> None:
    der = issue(NAMES).replace(bytes.fromhex("a003020102"), bytes.fromhex("a003020103"))
    assert read_certificate(der, SOURCE).unread == ("self_signed",)


def test_an_extension_that_stands_twice_is_unread() -> None:
    usage = _odd(ExtensionOID.SUBJECT_KEY_IDENTIFIER, "0400")
    twice = issue(NAMES, _odd(CONSTRAINTS, "3000"), usage).replace(
        bytes.fromhex("0603551d0e"), bytes.fromhex("0603551d13")
    )
    found = read_certificate(twice, SOURCE)
    assert found.unread == ("is_ca",)
    assert found.dns_names == ("Mail.corp.example", "*.corp.example")


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
