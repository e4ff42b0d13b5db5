"""Binds in which both sides exchange tokens: Kerberos and NTLM, as SASL mechanisms of LDAP.

The tokens are those of pyspnego: Kerberos by the system's own library, with the ticket of whoever
is logged on (SSPI on Windows, MIT or Heimdal elsewhere), and NTLM written in Python everywhere.
"""

import contextlib
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from typing import Any

import spnego
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from ldap3.protocol.sasl.sasl import send_sasl_negotiation
from spnego.channel_bindings import GssChannelBindings

from casaudit.collect.ldap.credentials import Credentials
from casaudit.errors import UsageError

# [MS-ADTS] 5.1.1.1.2: GSSAPI is Kerberos alone. GSS-SPNEGO also takes tokens of NTLM as they are,
# without SPNEGO around them: so Windows sends them itself where nothing else can be chosen.
MECHANISMS = {"kerberos": "GSSAPI", "ntlm": "GSS-SPNEGO"}
_IN_PROGRESS = 14  # saslBindInProgress
_KEY_EXCHANGE = 0x40000000  # NTLMSSP_NEGOTIATE_KEY_EXCH
_NO_LAYER = b"\x01\x00\x00\x00"  # RFC 4752, section 3.3, and no other name to act as


class ExchangeFailed(Exception):
    """This side cannot go on: no ticket, or an answer that is no part of the exchange."""


def check_packages(method: str) -> None:
    """Say what a bind lacks on this machine, before anything is sent.

    Raises:
        UsageError: Kerberos without the packages that reach the system's library.
    """
    if method != "kerberos" or sys.platform == "win32":
        return
    if not (find_spec("gssapi") and find_spec("krb5")):
        hint = "pip install 'casaudit[kerberos]'"
        raise UsageError("--auth kerberos", "needs gssapi and krb5", hint)


def bind(connection: Any, credentials: Credentials, host: str) -> None:
    """Bind an ldap3 connection, whose ``bound`` and ``result`` tell how it ended.

    Args:
        connection: open, for a mechanism, and over TLS unless that was renounced.
        credentials: of a method in ``MECHANISMS``.
        host: the name that a ticket is for.

    Raises:
        ExchangeFailed: this side cannot go on.
    """
    with _own_failure():
        context = _context(credentials, host, channel_bindings(connection.socket))
        token = context.step()
    result = send_sasl_negotiation(connection, None, token)
    while result["result"] == _IN_PROGRESS and not context.complete:
        with _own_failure():
            token = context.step(result["saslCreds"])
        result = send_sasl_negotiation(connection, None, token or b"")
    if credentials.method == "kerberos" and result["result"] == _IN_PROGRESS:
        with _own_failure():
            token = _without_layer(context, result["saslCreds"])
        result = send_sasl_negotiation(connection, None, token)
    # Else a bind might pass for that of somebody who was never asked for a proof.
    if result["result"] == 0 and not context.complete:
        raise ExchangeFailed("the controller ended the exchange before its time")
    connection.bound = result["result"] == 0


@contextlib.contextmanager
def _own_failure() -> Iterator[None]:
    # A hostile token reaches code that was written for honest ones: whatever it raises is this.
    try:
        yield
    except Exception as error:
        raise ExchangeFailed(f"{type(error).__name__}: {error}") from None


def _context(
    credentials: Credentials, host: str, bindings: GssChannelBindings | None
) -> spnego.ContextProxy:
    place: dict[str, Any] = {"hostname": host, "service": "ldap", "channel_bindings": bindings}
    if credentials.method == "kerberos":
        return spnego.client(protocol="kerberos", **place)
    password = credentials.password.reveal() if credentials.password else ""
    context = spnego.client(
        # Not as a text: one of the form HEX:HEX would be taken for the hash of a password.
        spnego.Password(credentials.user or "", password),
        protocol="ntlm",
        # The connection is not signed afterwards, and a controller refuses that over TLS.
        context_req=spnego.ContextReq.none,
        options=spnego.NegotiateOptions.use_ntlm,
        **place,
    )
    # Nothing is signed with a key of its own, so none is offered, as by Windows ([MS-NLMP]
    # 3.1.5.1.2): pyspnego would send one of a single byte, for which Samba refuses the bind.
    context._context_req &= ~_KEY_EXCHANGE
    return context


def _without_layer(context: spnego.ContextProxy, token: bytes) -> bytes:
    """Answer the last token of RFC 4752, which offers layers: none of them, TLS is one already."""
    offered = context.unwrap(token).data
    if len(offered) != 4 or not offered[0] & _NO_LAYER[0]:
        raise ValueError("the controller demands a security layer")
    return context.wrap(_NO_LAYER, encrypt=False).data


def channel_bindings(sock: Any) -> GssChannelBindings | None:
    """Return what ties a bind to the TLS connection that it goes over (RFC 5929, section 4).

    ``None`` without TLS, and for a certificate whose signature has no hash of its own.
    """
    if not hasattr(sock, "getpeercert"):
        return None
    der = sock.getpeercert(True)
    try:
        algorithm = x509.load_der_x509_certificate(der).signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        return None
    if algorithm is None:
        return None
    if isinstance(algorithm, hashes.MD5 | hashes.SHA1):
        algorithm = hashes.SHA256()
    digest = hashes.Hash(algorithm)
    digest.update(der)
    return GssChannelBindings(application_data=b"tls-server-end-point:" + digest.finalize())
