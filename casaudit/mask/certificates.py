"""Certificates that stand for others: another content, the same signatures on one another."""

import base64
from collections.abc import Iterable
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from casaudit.mask.secret import Secret
from casaudit.signature import is_signed_with
from casaudit.snapshot import Certificate

# One name for all: whose certificate it is stands in the record, with its name replaced.
_NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "masked")])
_FROM, _UNTIL = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
UNREADABLE = base64.b64encode(b"masked").decode()


def stand_ins(certificates: Iterable[Certificate], secret: Secret) -> dict[str, str]:
    """Return for the DER of each certificate, in base64, that of the one that stands for it.

    Certificates with the same key get the same other key. One that bears the signature of another
    one of the snapshot bears it afterwards too, and no other.
    """
    found = {(each.der, _fold(each.subject), _fold(each.issuer)) for each in certificates}
    opened = {der: _opened(der) for der, _, _ in found}
    above: dict[str, dict[str, x509.Certificate]] = {}
    # Sorted, because a set has no order and the same key must give the same bytes.
    for der, subject, _ in sorted(found):
        if (known := opened[der]) is not None:
            above.setdefault(subject, {})[der] = known
    made = {}
    for der, _, issuer in sorted(found):
        known = opened[der]
        issuers = above.get(issuer, {}).values()
        made[der] = UNREADABLE if known is None else _made(known, issuers, secret)
    return made


def _fold(name: str | None) -> str:
    return (name or "").strip().casefold()


def _opened(der: str) -> x509.Certificate | None:
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(der))
        # The library reads the key when it is asked for; one that it cannot read has to fail here.
        certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None
    return certificate


def _made(known: x509.Certificate, issuers: Iterable[x509.Certificate], secret: Secret) -> str:
    # Its own key first: an issuer of the same name may stand beside it.
    signer = next((each for each in (known, *issuers) if _is_signed(known, each)), None)
    # For a signature of somebody outside the snapshot: a key that no certificate of it bears.
    # Ed25519 makes keys from a seed and signs without random numbers.
    nobody = Ed25519PrivateKey.from_private_bytes(secret.seed("nobody", known.signature))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_NAME)
        .issuer_name(_NAME)
        .public_key(_key(known, secret).public_key())
        .serial_number(1)
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .sign(nobody if signer is None else _key(signer, secret), None)
    )
    return base64.b64encode(certificate.public_bytes(Encoding.DER)).decode()


def _is_signed(certificate: x509.Certificate, signer: x509.Certificate) -> bool:
    try:
        return is_signed_with(certificate, signer.public_key())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False


def _key(certificate: x509.Certificate, secret: Secret) -> Ed25519PrivateKey:
    form = PublicFormat.SubjectPublicKeyInfo
    public = certificate.public_key().public_bytes(Encoding.DER, form)
    return Ed25519PrivateKey.from_private_bytes(secret.seed("key", public))
