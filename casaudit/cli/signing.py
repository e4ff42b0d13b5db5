"""Keys for signing and checking auditor packs: Ed25519, in PEM files as OpenSSL writes them."""

import base64
import binascii
import getpass
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from casaudit.errors import UsageError

PASSWORD_VARIABLE = "CASAUDIT_SIGN_PASSWORD"
_HINT = "make one with: openssl genpkey -algorithm ed25519 -out sign.pem"


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key; its password comes from the environment or a prompt.

    Raises:
        UsageError: it cannot be read, is another kind of key, or the password is wrong.
    """
    data = _read(path)
    # Both forms of PEM say so: "BEGIN ENCRYPTED PRIVATE KEY" and "Proc-Type: 4,ENCRYPTED".
    password = _password(path) if b"ENCRYPTED" in data else None
    try:
        key = load_pem_private_key(data, password)
    # TypeError: cryptography's answer to a password that is missing, or not needed.
    except (ValueError, TypeError, UnsupportedAlgorithm):
        problem = "holds no private key that can be read"
        if password is not None:
            problem = "cannot be decrypted: the password is wrong, or it is not a private key"
        raise UsageError(str(path), problem, _HINT) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(str(path), "holds another kind of key than Ed25519", _HINT)
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """Read a public key.

    Raises:
        UsageError: it cannot be read or is another kind of key.
    """
    try:
        key = load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm):
        hint = "write it with: openssl pkey -in sign.pem -pubout -out public.pem"
        raise UsageError(str(path), "holds no public key", hint) from None
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(str(path), "holds another kind of key than Ed25519", _HINT)
    return key


def is_signed_by(key: Ed25519PublicKey, data: bytes, signature: bytes) -> bool:
    """Tell whether a signature, in base64, is this key's on these bytes."""
    try:
        # validate: b64decode passes over strange characters else, and many texts are one signature.
        key.verify(base64.b64decode(signature.strip(), validate=True), data)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(str(path), f"cannot be read: {error.strerror or error}", _HINT) from None


def _password(path: Path) -> bytes:
    known = os.environ.get(PASSWORD_VARIABLE)
    return (known or getpass.getpass(f"Password of {path.name}: ")).encode()
