"""Certificates for the lab: an authority, and identities issued by it, good and bad."""

import datetime
import hashlib
import ipaddress
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Identity:
    """A certificate with its key, as files and as the bytes that a probe must see."""

    certificate_file: Path
    key_file: Path
    der: bytes

    @property
    def sha256(self) -> str:
        """The certificate's fingerprint, lower-case hexadecimal."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def combined_file(self) -> Path:
        """Certificate and key in one file, as HAProxy wants them."""
        path = self.certificate_file.with_suffix(".both.pem")
        path.write_bytes(self.certificate_file.read_bytes() + self.key_file.read_bytes())
        path.chmod(0o600)
        return path


class Authority:
    """A certificate authority whose files live in one folder."""

    def __init__(self, folder: Path, name: str) -> None:
        """Make the authority's key and certificate."""
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._certificate = self._own_certificate(_name(name))
        self.file = folder / "ca.pem"
        self.file.write_bytes(self._certificate.public_bytes(Encoding.PEM))

    def issue(
        self,
        name: str,
        hosts: Sequence[str],
        *,
        begins: datetime.timedelta = -DAY,
        ends: datetime.timedelta = 365 * DAY,
    ) -> Identity:
        """Issue a server certificate; ``begins`` and ``ends`` count from now."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        certificate = (
            _builder(_name(hosts[0]), self._certificate.subject, key, begins, ends)
            .add_extension(x509.SubjectAlternativeName(map(_general_name, hosts)), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(authority, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        return self._keep(name, certificate, pem)

    def _own_certificate(self, name: x509.Name) -> x509.Certificate:
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        own = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        return (
            _builder(name, name, self._key, -DAY, 3650 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(own, critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def _keep(self, name: str, certificate: x509.Certificate, key: bytes) -> Identity:
        certificate_file = self._folder / f"{name}.pem"
        key_file = self._folder / f"{name}.key"
        certificate_file.write_bytes(certificate.public_bytes(Encoding.PEM))
        key_file.touch(mode=0o600)
        key_file.write_bytes(key)
        return Identity(certificate_file, key_file, certificate.public_bytes(Encoding.DER))


def antique(folder: Path, host: str) -> Identity:
    """Make a self-signed certificate with a 1024-bit key and a SHA-1 signature.

    The ``openssl`` program makes it: the cryptography package refuses SHA-1 signatures.
    """
    certificate_file, key_file = folder / "antique.pem", folder / "antique.key"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:1024", "-sha1", "-nodes", "-days", "365"]
    names = ["-subj", f"/CN={host}", "-addext", f"subjectAltName=DNS:{host}"]
    files = ["-keyout", str(key_file), "-out", str(certificate_file)]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
    return Identity(certificate_file, key_file, certificate.public_bytes(Encoding.DER))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPrivateKey,
    begins: datetime.timedelta,
    ends: datetime.timedelta,
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins)
        .not_valid_after(now + ends)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
