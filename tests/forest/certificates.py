"""Certificates of the organisations: made once, then read back, so that samples stay the same."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

AUTHORITY_SINCE = datetime(2019, 6, 3, 8, 0, 0, tzinfo=UTC)
SINCE = datetime(2025, 3, 3, 8, 0, 0, tzinfo=UTC)
LIFETIME = timedelta(days=1095)


def chains(folder: Path, authority: str, *leaves: Sequence[str]) -> list[tuple[bytes, ...]]:
    """Return a chain (leaf, then the authority's root) per list of DNS names.

    All are issued anew when the file of one is missing. Private keys are thrown away: nothing is
    ever served with these certificates.
    """
    paths = [folder / f"{names[0]}.pem" for names in leaves]
    if not all(path.exists() for path in paths):
        folder.mkdir(parents=True, exist_ok=True)
        for path, chain in zip(paths, _issue(authority, leaves), strict=True):
            path.write_bytes(b"".join(each.public_bytes(Encoding.PEM) for each in chain))
    return [_read(path) for path in paths]


def _read(path: Path) -> tuple[bytes, ...]:
    found = x509.load_pem_x509_certificates(path.read_bytes())
    return tuple(each.public_bytes(Encoding.DER) for each in found)


def _issue(authority: str, leaves: Sequence[Sequence[str]]) -> Iterator[list[x509.Certificate]]:
    root_key = rsa.generate_private_key(65537, 2048)
    issuer = _name(authority)
    limits = x509.BasicConstraints(ca=True, path_length=0)
    root = (
        _builder(issuer, issuer, root_key, AUTHORITY_SINCE, timedelta(days=7305))
        .add_extension(limits, critical=True)
        .sign(root_key, hashes.SHA256())
    )
    for dns_names in leaves:
        key = rsa.generate_private_key(65537, 2048)
        names = x509.SubjectAlternativeName([x509.DNSName(name) for name in dns_names])
        leaf = (
            _builder(_name(dns_names[0]), issuer, key, SINCE, LIFETIME)
            .add_extension(names, critical=False)
            .sign(root_key, hashes.SHA256())
        )
        yield [leaf, root]


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    since: datetime,
    lifetime: timedelta,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(since + lifetime)
    )
