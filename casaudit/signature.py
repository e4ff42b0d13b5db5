"""Verifying the signature on a certificate, which libraries refuse for old hashes."""

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import AsymmetricPadding, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes


def is_signed_with(certificate: x509.Certificate, signer: CertificatePublicKeyTypes) -> bool:
    """Tell whether the key of a signer made the signature on a certificate.

    Raises:
        UnsupportedAlgorithm: there is no way to tell.
        ValueError: the certificate or its signature is malformed.
    """
    try:
        _verify(certificate, signer)
    except InvalidSignature:
        return False
    return True


def _verify(certificate: x509.Certificate, signer: CertificatePublicKeyTypes) -> None:
    """Check the signature; ``verify_directly_issued_by`` refuses SHA-1 and MD5 unseen."""
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    algorithm = certificate.signature_hash_algorithm
    match signer:
        # These hash by themselves, so that there is no algorithm to name.
        case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey() as key:
            key.verify(signature, signed)
        case rsa.RSAPublicKey() as key if algorithm is not None:
            scheme = certificate.signature_algorithm_parameters
            # For MD5 the library names no padding; there is only this one.
            padding = scheme if isinstance(scheme, AsymmetricPadding) else PKCS1v15()
            key.verify(signature, signed, padding, algorithm)
        case ec.EllipticCurvePublicKey() as key if algorithm is not None:
            key.verify(signature, signed, ec.ECDSA(algorithm))
        case dsa.DSAPublicKey() as key if algorithm is not None:
            key.verify(signature, signed, algorithm)
        case _:
            raise UnsupportedAlgorithm("no way to verify this signature")
