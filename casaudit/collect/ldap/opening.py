"""Opening a connection to a controller: address, TLS, guard, bind, in that order."""

import contextlib
import socket
import ssl
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import ldap3
from ldap3.core.exceptions import LDAPCommunicationError, LDAPStartTLSError

from casaudit.collect.address import host_and_port
from casaudit.collect.ldap import codes, exchange
from casaudit.collect.ldap.connection import LdapConnection
from casaudit.collect.ldap.credentials import Address, Credentials, Limits, Trust
from casaudit.collect.ldap.guard import Meter, NotReading, guard, keep_raw, watchdog
from casaudit.collect.ldap.trail import Stage, Trail, certificate_text
from casaudit.errors import CollectError, UsageError
from casaudit.snapshot import Reason

# ldap3 reads 4 KiB at a time.
_SOCKET_SIZE = 2**16
# The name of a domain resolves to all of its controllers.
_MAX_ADDRESSES = 4
_TRUST_HINT = (
    "name the controller as its certificate does, and give the CA that issued it with --ca-file"
)
_TLS_HINT = (
    "a controller on Windows Server 2008 R2 may speak TLS 1.0 only, which is not accepted by "
    "default; or export with ldifde and read the file"
)
_REACH_HINT = "check that it is a domain controller and that the port is open from here"


@dataclass(frozen=True, slots=True)
class Session:
    """What it takes to open a connection, again and again.

    Attributes:
        operations: counts what is sent, over all connections.
        trail: takes note of how far the last opening came.
    """

    address: Address
    credentials: Credentials
    trust: Trust
    limits: Limits
    operations: Counter[str]
    trail: Trail = field(default_factory=Trail)

    @property
    def protection(self) -> str:
        """How what is sent is protected, as the snapshot says it."""
        if self.address.scheme == "ldaps":
            return "ldaps"
        return "plaintext" if self.trust.allow_plaintext else "starttls"

    def connect(self, known: str | None = None) -> LdapConnection:
        """Return a bound connection, to the IP address that is known from before, if any.

        Raises:
            CollectError: the controller cannot be reached, is not trusted or refuses the bind.
            UsageError: the CA file, or a package that the bind needs, cannot be used.
        """
        exchange.check_packages(self.credentials.method)
        context = _context(self.trust)
        candidates = [known] if known else self.address.known or _resolve(self.address)
        self.trail.reach(Stage.NAME, f"{self.address.host} at {', '.join(candidates)}")
        # The next address is for a controller that does not answer. A bind that was refused is
        # not repeated: each one counts towards the lockout of the account.
        for candidate in candidates[:-1]:
            try:
                return _open(self, candidate, context)
            except CollectError as error:
                if error.reason not in (Reason.UNREACHABLE, Reason.TIMEOUT):
                    raise
        return _open(self, candidates[-1], context)


class _VerifyingTls(ldap3.Tls):  # type: ignore[misc]
    """TLS that ``ssl`` checks itself: chain, host name and SNI, of which ldap3 checks none."""

    def __init__(self, context: ssl.SSLContext, session: Session, port: str) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self.failure: Exception | None = None
        self._context = context
        self._session = session
        self._port = port

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        """Put TLS around the connection's socket."""
        trail = self._session.trail
        trail.reach(Stage.PORT, self._port)
        try:
            connection.socket = self._context.wrap_socket(
                connection.socket,
                do_handshake_on_connect=do_handshake,
                # The name that the operator gave, although the socket goes to an address.
                server_hostname=self._session.address.host,
            )
            trail.reach(Stage.CERTIFICATE, certificate_text(connection.socket.getpeercert() or {}))
        except Exception as error:
            self.failure = error
            raise


def _context(trust: Trust) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=trust.ca_file)
    except (OSError, ssl.SSLError) as error:
        problem = f"{trust.ca_file} holds no certificates that can be read ({error})"
        raise UsageError("--ca-file", problem, "it has to be a PEM file") from None
    if trust.legacy_tls:
        # Windows Server 2008 R2 has TLS 1.1 and 1.2 switched off until its registry says
        # otherwise, and from OpenSSL 3 on TLS 1.0 needs security level 0.
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context


def _resolve(address: Address) -> list[str]:
    """Return the IP addresses of a host, version 4 first."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CollectError(
            address.origin,
            Reason.UNREACHABLE,
            f"the name cannot be resolved ({error})",
            "check the name, or give the address that its certificate carries",
        ) from None
    ordered = sorted(found, key=lambda each: each[0] != socket.AF_INET)
    return list(dict.fromkeys(str(each[4][0]) for each in ordered))[:_MAX_ADDRESSES]


def _open(session: Session, address: str, context: ssl.SSLContext) -> LdapConnection:
    limits, port = session.limits, host_and_port(address, session.address.port)
    tls = _VerifyingTls(context, session, port)
    connection = _connection(session, address, tls)
    # Before anything is sent, so that the bind passes the guard too.
    guard(connection.strategy, session.operations)
    keep_raw(connection.strategy)
    connection.strategy.socket_size = _SOCKET_SIZE
    try:
        # One time for connecting, TLS and the bind together.
        with watchdog(lambda: connection.socket, limits.operation) as expired:
            connection.open(read_server_info=False)
            session.trail.reach(Stage.PORT, port)
            if session.protection == "starttls":
                connection.start_tls(read_server_info=False)
            meter = connection.socket = Meter(connection.socket, limits.answer_bytes)
            if session.credentials.method in exchange.MECHANISMS:
                exchange.bind(connection, session.credentials, session.address.host)
            else:
                connection.bind(read_server_info=False)
            result = connection.result
    except NotReading:
        raise
    except Exception as error:
        raise _failure(session, tls, error, expired.is_set()) from None
    finally:
        # ldap3 keeps both to bind again; request holds the bind as it was sent.
        connection.password = connection.request = None
        if not connection.bound:
            with contextlib.suppress(Exception):
                connection.socket.close()
    if not connection.bound:
        raise _refusal(session, result)
    who = f" as {session.credentials.user}" if session.credentials.user else ""
    session.trail.reach(Stage.BIND, session.credentials.method + who)
    return LdapConnection(connection, meter, address, limits)


def _connection(session: Session, address: str, tls: _VerifyingTls) -> Any:
    limits = session.limits
    server = ldap3.Server(
        address,
        session.address.port,
        use_ssl=session.address.scheme == "ldaps",
        tls=tls,
        get_info=ldap3.NONE,  # else ldap3 reads the whole schema first
        allowed_referral_hosts=[],
        connect_timeout=limits.connect,
        mode=ldap3.IP_V4_PREFERRED,
    )
    return ldap3.Connection(
        server,
        client_strategy=ldap3.SYNC,
        auto_bind=ldap3.AUTO_BIND_NONE,
        auto_referrals=False,  # would show the credentials to a host that nobody named
        use_referral_cache=False,
        read_only=True,
        raise_exceptions=False,
        auto_range=False,  # ranges.py does it, within limits
        check_names=False,
        receive_timeout=limits.receive,
        return_empty_attributes=False,
        fast_decoder=True,
        auto_encode=False,
        lazy=False,
        **_authentication(session.credentials),
    )


def _authentication(credentials: Credentials) -> dict[str, Any]:
    if mechanism := exchange.MECHANISMS.get(credentials.method):
        return {"authentication": ldap3.SASL, "sasl_mechanism": mechanism}
    if credentials.method == "anonymous" or credentials.password is None:
        return {"authentication": ldap3.ANONYMOUS}
    return {
        "authentication": ldap3.SIMPLE,
        "user": credentials.user,
        # As bytes: ldap3 prepares a text by RFC 4013, which changes some characters.
        "password": credentials.password.reveal().encode("utf-8"),
    }


def _refusal(session: Session, result: dict[str, Any] | None) -> CollectError:
    code, message = (result or {}).get("result", -1), str((result or {}).get("message", ""))
    return CollectError(
        session.address.origin,
        Reason.SERVER_FAILURE if code in codes.NOT_NOW else Reason.REFUSED,
        f"refused the {session.credentials.method} bind: {codes.described(code, message)}",
        codes.hint(code, message),
    )


def _failure(session: Session, tls: _VerifyingTls, error: Exception, expired: bool) -> CollectError:
    """Return what an exception while opening means."""
    origin, cause = session.address.origin, tls.failure
    if isinstance(cause, ssl.SSLCertVerificationError):
        problem = f"its certificate is not trusted: {cause.verify_message}"
        return CollectError(origin, Reason.NOT_TRUSTED, problem, _TRUST_HINT)
    bind_failed = f"the {session.credentials.method} bind failed"
    if isinstance(error, exchange.ExchangeFailed) and not expired:
        hint = codes.exchange_hint(session.credentials.method, str(error))
        return CollectError(origin, Reason.REFUSED, f"{bind_failed}: {error}", hint)
    # Of a time-out of the socket ldap3 keeps the text only.
    if expired or isinstance(cause, TimeoutError) or "timed out" in str(error):
        connected = expired or Stage.PORT in session.trail.passed
        seconds = session.limits.operation if connected else session.limits.connect
        problem = f"did not answer within {seconds:g} s"
        return CollectError(origin, Reason.TIMEOUT, problem, _REACH_HINT)
    if cause is not None:
        problem = f"no TLS: {type(cause).__name__}: {cause}"
        return CollectError(origin, Reason.HANDSHAKE_FAILED, problem, _TLS_HINT)
    if isinstance(error, LDAPStartTLSError):
        problem = f"refused StartTLS: {error}"
        return CollectError(origin, Reason.HANDSHAKE_FAILED, problem, "use ldaps://HOST instead")
    if isinstance(error, LDAPCommunicationError):
        # ldap3 puts its own words before those of the system.
        problem = f"cannot be reached: {str(error).rpartition('opening: ')[2]}"
        return CollectError(origin, Reason.UNREACHABLE, problem, _REACH_HINT)
    problem = f"{bind_failed}: {type(error).__name__}: {error}"
    return CollectError(origin, Reason.SERVER_FAILURE, problem)
