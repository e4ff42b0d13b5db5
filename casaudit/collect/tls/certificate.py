"""Turning a certificate as sent into a record, each property read on its own.

Certificates come from strangers: one property that cannot be read is named in ``unread`` and
takes no other with it, and bytes that are no certificate at all still give a record.
"""

import base64
import hashlib
import warnings
from collections.abc import Callable
from contextlib import suppress
from functools import cache, partial
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from casaudit.collect.tls.certificate_parts import CertificateParts
from casaudit.signature import is_signed_with
from casaudit.snapshot import Certificate, Source

_UNHASHED = {
    "1.2.840.113549.1.1.2": "md2",  # known by number only: the library cannot compute it
    "1.3.101.112": "ed25519",
    "1.3.101.113": "ed448",
}
_KEYS: tuple[tuple[type, str], ...] = (
    (rsa.RSAPublicKey, "rsa"),
    (ec.EllipticCurvePublicKey, "ec"),
    (dsa.DSAPublicKey, "dsa"),
    (ed25519.Ed25519PublicKey, "ed25519"),
    (ed448.Ed448PublicKey, "ed448"),
)


def read_certificate(der: bytes, source: Source) -> Certificate:
    """Return the record of a certificate; never raises.

    Args:
        der: the bytes exactly as sent, whatever they are.
        source: where and when they were seen.
    """
    with warnings.catch_warnings():
        # A negative serial number is a warning now and an error in some later version.
        warnings.simplefilter("ignore")
        values, unread = _properties(der)
    return Certificate(
        sha256=hashlib.sha256(der).hexdigest(),
        # The flag says that nothing rests on SHA-1: it only names a certificate, as Exchange does.
        sha1=hashlib.sha1(der, usedforsecurity=False).hexdigest().upper(),
        der=base64.b64encode(der).decode("ascii"),
        **values,
        unread=tuple(unread),
        source=source,
    )


def _properties(der: bytes) -> tuple[dict[str, Any], list[str]]:
    """Return what could be read, and the names of what could not."""
    values: dict[str, Any] = {}
    unread: list[str] = []
    parts = cache(partial(CertificateParts, der))
    try:
        whole = x509.load_der_x509_certificate(der)
    except Exception:
        whole = None
    for name in _READERS:
        try:
            values[name] = _property(name, whole, parts)
        except Exception:
            # Deliberately wide: which exception a strange certificate causes differs by version.
            unread.append(name)
    return values, unread if values else ["certificate"]


def _property(
    name: str, whole: x509.Certificate | None, parts: Callable[[], CertificateParts]
) -> Any:
    """Read a property from the whole certificate; where that is odd, from its own part alone."""
    reader = _READERS[name]
    if whole is not None:
        with suppress(Exception):
            return reader(whole)
    if name in _ALONE:
        return _ALONE[name](parts())
    return reader(parts().only(_PARTS.get(name, name)))


def _common_name(certificate: x509.Certificate) -> str | None:
    found = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(found[0].value) if found else None


def _alternative_name(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None


def _dns_names(certificate: x509.Certificate) -> tuple[str, ...] | None:
    names = _alternative_name(certificate)
    return None if names is None else tuple(names.get_values_for_type(x509.DNSName))


def _ip_addresses(certificate: x509.Certificate) -> tuple[str, ...] | None:
    names = _alternative_name(certificate)
    return None if names is None else tuple(map(str, names.get_values_for_type(x509.IPAddress)))


def _is_ca(certificate: x509.Certificate) -> bool | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return None


def _serial(certificate: x509.Certificate) -> str:
    return f"{certificate.serial_number:x}"


def _key_algorithm(certificate: x509.Certificate) -> str:
    oid = certificate.public_key_algorithm_oid.dotted_string
    try:
        # Fails on an even RSA exponent, for example; the number still tells what it should be.
        key = certificate.public_key()
    except Exception:
        return oid
    return next((name for kind, name in _KEYS if isinstance(key, kind)), oid)


def _key_size(certificate: x509.Certificate) -> int | None:
    return getattr(certificate.public_key(), "key_size", None)


def _signature_hash(certificate: x509.Certificate) -> str:
    oid = certificate.signature_algorithm_oid.dotted_string
    if oid in _UNHASHED:
        return _UNHASHED[oid]
    algorithm = certificate.signature_hash_algorithm
    return oid if algorithm is None else algorithm.name


def _self_signed(certificate: x509.Certificate) -> bool:
    if certificate.issuer != certificate.subject:
        return False
    # Equal names are not enough: a CA with a new key may certify it with the old one, under its own
    # name (self-issued in RFC 5280).
    return is_signed_with(certificate, certificate.public_key())


def _self_signed_alone(parts: CertificateParts) -> bool:
    names = parts.only("issuer", "subject")
    if names.issuer != names.subject:
        return False
    # The signature is over all of it, so that here an odd part does count.
    whole = x509.load_der_x509_certificate(parts.der)
    return is_signed_with(whole, whole.public_key())


_READERS: dict[str, Callable[[x509.Certificate], Any]] = {
    "subject": lambda certificate: certificate.subject.rfc4514_string(),
    "issuer": lambda certificate: certificate.issuer.rfc4514_string(),
    "common_name": _common_name,
    "dns_names": _dns_names,
    "ip_addresses": _ip_addresses,
    "serial": _serial,
    "not_before": lambda certificate: certificate.not_valid_before_utc,
    "not_after": lambda certificate: certificate.not_valid_after_utc,
    "key_algorithm": _key_algorithm,
    "key_size": _key_size,
    "signature_hash": _signature_hash,
    "self_signed": _self_signed,
    "is_ca": _is_ca,
}
_PARTS = {
    "common_name": "subject",
    "key_algorithm": "key",
    "key_size": "key",
    "signature_hash": "algorithm",
}
"""The part that tells a property, where it has not the property's name."""
_ALONE: dict[str, Callable[[CertificateParts], Any]] = {
    "dns_names": CertificateParts.dns_names,
    "ip_addresses": CertificateParts.ip_addresses,
    "is_ca": CertificateParts.is_ca,
    "self_signed": _self_signed_alone,
}
"""The readers for what more than one part tells, or none of them whole."""
