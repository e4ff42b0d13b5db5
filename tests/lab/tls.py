"""TLS servers made with Python's own library, and the record of what a probe must find there."""

import hashlib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.lab.listener import Listener, drain
from tests.lab.pki import Identity

HTTPS_PORT = 443


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server listens and what it shows."""

    address: str
    port: int
    chain: tuple[bytes, ...] = ()
    """Certificates in DER, in the order sent; empty where none is ever shown."""

    @property
    def leaf(self) -> bytes:
        """The server's own certificate."""
        return self.chain[0]

    @property
    def sha256(self) -> str:
        """The fingerprint of the server's own certificate, lower-case hexadecimal."""
        return hashlib.sha256(self.leaf).hexdigest()


class TlsServer:
    """A current TLS server that says nothing after the handshake and keeps what it is sent."""

    def __init__(self, address: str, identity: Identity, named: Identity | None = None) -> None:
        """Describe a server; ``named`` is shown to clients that send a server name."""
        self.endpoint = Endpoint(address, HTTPS_PORT, (identity.der,))
        self.received: list[bytes] = []
        self._context = server_context(identity)
        if named is not None:
            other = server_context(named)
            self._context.sni_callback = lambda tls, name, _: _switch(tls, name, other)
        self._listener = Listener(address, HTTPS_PORT, self._serve)

    def __enter__(self) -> Self:
        self._listener.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.__exit__(kind, error, trace)

    def _serve(self, connection: socket.socket) -> None:
        with accept(self._context, connection) as tls:
            if data := drain(tls):
                self.received.append(data)


def plain_server(address: str, handle: Callable[[socket.socket], object]) -> Listener:
    """Describe a server on the HTTPS port that never speaks TLS properly."""
    return Listener(address, HTTPS_PORT, handle)


def server_context(identity: Identity) -> ssl.SSLContext:
    """Make the settings of a server with this certificate: TLS 1.2 and 1.3."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identity.certificate_file, identity.key_file)
    return context


def accept(context: ssl.SSLContext, connection: socket.socket) -> ssl.SSLSocket:
    """Do the server's part of a handshake.

    A client that is gone already is an error before Python takes the socket over: it would
    forget to close it then.
    """
    connection.getpeername()
    return context.wrap_socket(connection, server_side=True)


def _switch(tls: ssl.SSLObject | ssl.SSLSocket, name: str | None, other: ssl.SSLContext) -> None:
    if name is not None:
        tls.context = other
