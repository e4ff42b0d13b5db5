"""The zoo: one TLS endpoint for each quirk that a probe has to survive and describe."""

import datetime
import socket
import time
from collections.abc import Mapping
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from tests.lab import addresses
from tests.lab.addresses import DOMAIN
from tests.lab.antique import SSL_3_0, TLS_1_0, TLS_1_2, Tls10Server, TlsliteServer
from tests.lab.claim import RUN
from tests.lab.listener import drain
from tests.lab.pki import DAY, Authority, Identity, antique
from tests.lab.tls import HTTPS_PORT, Endpoint, TlsServer, plain_server

MANY_NAMES = 10_000
_DRIP = 0.2


class Zoo:
    """All quirky endpoints, each on port 443 of an address of its own."""

    def __init__(self, authority: Authority) -> None:
        """Prepare the endpoints; they get their certificates from the authority."""
        self._authority = authority
        self._stack = ExitStack()
        self._endpoints: dict[str, Endpoint] = {}

    @property
    def endpoints(self) -> Mapping[str, Endpoint]:
        """The endpoints by the name of their quirk."""
        return self._endpoints

    def __getitem__(self, quirk: str) -> Endpoint:
        return self._endpoints[quirk]

    def __enter__(self) -> Self:
        with self._stack:
            self._ordinary()
            self._odd_certificates()
            self._old_protocols()
            self._no_tls()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def _ordinary(self) -> None:
        self._add("modern", TlsServer(self._next(), self._issue("modern")))
        plain, named = self._issue("nameless"), self._issue("named")
        address = self._next()
        self._add("without_name", TlsServer(address, plain, named))
        self._endpoints["with_name"] = Endpoint(address, HTTPS_PORT, (named.der,))

    def _odd_certificates(self) -> None:
        then = -2 * 365 * DAY
        self._add(
            "expired", TlsServer(self._next(), self._issue("expired", begins=then, ends=-DAY))
        )
        wildcard = self._authority.issue("wildcard", [f"*.{DOMAIN}"])
        self._add("wildcard", TlsServer(self._next(), wildcard))
        names = [f"host-{number:05}.{DOMAIN}" for number in range(MANY_NAMES)]
        self._add("huge", TlsServer(self._next(), self._authority.issue("huge", names)))
        whole = self._issue("unparseable")
        cut = TlsliteServer(self._next(), whole, version=TLS_1_2, shown=whole.der[:-40])
        self._add("unparseable", cut)

    def _old_protocols(self) -> None:
        old = antique(RUN / "pki", f"antique.{DOMAIN}")
        self._add("tls10", Tls10Server(self._next(), old))
        self._add("ssl3", TlsliteServer(self._next(), old, version=SSL_3_0, cipher="3des"))
        self._add("rc4", TlsliteServer(self._next(), old, version=TLS_1_0, cipher="rc4"))
        self._add("triple_des", TlsliteServer(self._next(), old, version=TLS_1_2, cipher="3des"))

    def _no_tls(self) -> None:
        for quirk, handle in (("silent", drain), ("dripping", _drip), ("plain_http", _http)):
            address = self._next()
            self._stack.enter_context(plain_server(address, handle))
            self._endpoints[quirk] = Endpoint(address, HTTPS_PORT)
        self._endpoints["refused"] = Endpoint(self._next(), HTTPS_PORT)

    def _add(self, quirk: str, server: TlsServer | TlsliteServer | Tls10Server) -> None:
        self._stack.enter_context(server)
        self._endpoints[quirk] = server.endpoint

    def _issue(
        self,
        name: str,
        begins: datetime.timedelta = -DAY,
        ends: datetime.timedelta = 365 * DAY,
    ) -> Identity:
        return self._authority.issue(name, [f"{name}.{DOMAIN}"], begins=begins, ends=ends)

    def _next(self) -> str:
        used = {endpoint.address for endpoint in self._endpoints.values()}
        return addresses.ZOO.format(addresses.FIRST_OF_ZOO + len(used))


def _drip(connection: socket.socket) -> None:
    """Send the head of a long TLS record, then a byte now and then for ever."""
    connection.sendall(b"\x16\x03\x01\x40\x00")
    while True:
        time.sleep(_DRIP)
        connection.sendall(b"\x00")


def _http(connection: socket.socket) -> None:
    """Answer whatever comes as a web server without TLS does."""
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
