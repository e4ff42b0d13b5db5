"""An LDAP proxy that sees every message in clear, StartTLS and LDAPS included."""

import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from select import select
from types import TracebackType
from typing import Self

from tests.lab import ber
from tests.lab.directory import LDAP_PORT, LDAPS_PORT
from tests.lab.ldap_message import START_TLS, Message
from tests.lab.listener import Listener
from tests.lab.pki import Identity
from tests.lab.tls import accept, server_context

_TIMEOUT = 60.0
_LAST_BYTES = 2.0


class LdapProxy:
    """Takes the place of a controller: ports 389 and 636 of one address go to another address.

    What a client sends in clear goes on in clear, what it sends through TLS goes on through TLS,
    so the controller refuses what it would refuse without the proxy.
    """

    def __init__(self, address: str, upstream: str, identity: Identity, ca_file: Path) -> None:
        """Describe a proxy that shows ``identity`` and trusts ``ca_file``."""
        self.address = address
        self._upstream = upstream
        self._server_context = server_context(identity)
        self._client_context = ssl.create_default_context(cafile=str(ca_file))
        self._plain = Listener(address, LDAP_PORT, self._serve_plain)
        self._secure = Listener(address, LDAPS_PORT, self._serve_secure)

    def __enter__(self) -> Self:
        self._plain.__enter__()
        self._secure.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._secure.__exit__(kind, error, trace)
        self._plain.__exit__(kind, error, trace)

    def settle(self) -> None:
        """Wait a moment for clients that have gone to be read to their last byte."""
        self._secure.settle(_LAST_BYTES)
        self._plain.settle(_LAST_BYTES)

    def session(self) -> "Session":
        """Return what looks at the messages of one connection; subclasses bring their own."""
        return Session()

    def _serve_plain(self, client: socket.socket) -> None:
        with socket.create_connection((self._upstream, LDAP_PORT), _TIMEOUT) as controller:
            client.settimeout(_TIMEOUT)
            session = self.session()
            if _pump(client, controller, session):
                with self._accept(client) as inner, self._connect(controller) as outer:
                    _pump(inner, outer, session)

    def _serve_secure(self, client: socket.socket) -> None:
        with socket.create_connection((self._upstream, LDAPS_PORT), _TIMEOUT) as controller:
            client.settimeout(_TIMEOUT)
            with self._accept(client) as inner, self._connect(controller) as outer:
                _pump(inner, outer, self.session())

    def _accept(self, client: socket.socket) -> ssl.SSLSocket:
        return accept(self._server_context, client)

    def _connect(self, controller: socket.socket) -> ssl.SSLSocket:
        return self._client_context.wrap_socket(controller, server_hostname=self._upstream)


class Session:
    """Looks at the messages of one connection and may change them; this one changes nothing."""

    def request(self, message: Message) -> bytes:
        """Return what the controller gets for a message of the client."""
        return message.data

    def answer(self, message: Message) -> bytes:
        """Return what the client gets for a message of the controller."""
        return message.data

    def garbage(self) -> None:
        """Take note that a side sent something that is not LDAP; the connection ends."""


class _Direction:
    """One half of a connection: bytes in, whole messages through a filter, bytes out."""

    def __init__(
        self, source: socket.socket, target: socket.socket, change: Callable[[Message], bytes]
    ) -> None:
        self._source = source
        self._target = target
        self._change = change
        self._buffer = bytearray()
        self.seen: list[Message] = []

    def forward(self) -> bool:
        """Pass on what there is; False at the end of the stream."""
        self.seen = []
        data = _read_now(self._source)
        if data is None:
            return True
        self._buffer += data
        self.seen = [Message(whole) for whole in ber.split(self._buffer)]
        if self._buffer and self._buffer[0] != ber.SEQUENCE:
            raise ber.BerError("not an LDAP message")
        self._target.sendall(b"".join(map(self._change, self.seen)))
        return bool(data)


def _pump(client: socket.socket, controller: socket.socket, session: Session) -> bool:
    """Pass messages both ways; True when both sides agreed to go on with TLS."""
    directions = {
        client: _Direction(client, controller, session.request),
        controller: _Direction(controller, client, session.answer),
    }
    upgrade: int | None = None
    try:
        while True:
            for sock in _readable(client, controller):
                if not directions[sock].forward():
                    return False
                for message in directions[sock].seen:
                    if sock is client and message.extended_name == START_TLS:
                        upgrade = message.number
                    elif sock is controller and message.number == upgrade:
                        if message.result_code == 0:
                            return True
                        upgrade = None
    except ber.BerError:
        session.garbage()
        return False


def _readable(*sockets: socket.socket) -> Sequence[socket.socket]:
    waiting = [s for s in sockets if isinstance(s, ssl.SSLSocket) and s.pending()]
    return waiting or select(sockets, [], [], _TIMEOUT)[0]


def _read_now(sock: socket.socket) -> bytes | None:
    """Return what there is to read, None when it was nothing but TLS's own, as a ticket is."""
    sock.setblocking(False)
    try:
        return sock.recv(65536)
    except (ssl.SSLWantReadError, BlockingIOError):
        return None
    finally:
        sock.settimeout(_TIMEOUT)
