"""Resolvers that never give an answer: they refuse, fail or keep silent."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

import dns.exception
import dns.message
import dns.rcode

from tests.lab.addresses import DNS_PORT
from tests.lab.claim import LabError
from tests.lab.listener import Listener


class BadNameServer:
    """A resolver that never gives an answer: it refuses, fails or keeps silent."""

    def __init__(self, address: str, code: dns.rcode.Rcode | None, port: int = DNS_PORT) -> None:
        """Describe a resolver; without a response code it is silent."""
        self.address = address
        self.port = port
        self._code = code
        self._stopping = False
        self._listener = Listener(address, port, self._over_tcp)
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._thread = threading.Thread(target=self._over_udp, daemon=True)

    def __enter__(self) -> Self:
        try:
            self._socket.bind((self.address, self.port))
        except OSError as error:
            raise LabError(f"cannot listen on {self.address}:{self.port}: {error}") from error
        self._thread.start()
        self._listener.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._listener.__exit__(kind, error, trace)
        self._stopping = True
        self._socket.sendto(b"", (self.address, self.port))
        self._thread.join(timeout=5)
        self._socket.close()

    def _over_udp(self) -> None:
        while not self._stopping:
            query, peer = self._socket.recvfrom(65535)
            for reply in self._replies(query):
                self._socket.sendto(reply, peer)

    def _over_tcp(self, connection: socket.socket) -> None:
        with connection.makefile("rwb") as stream:
            while len(head := stream.read(2)) == 2:
                for reply in self._replies(stream.read(int.from_bytes(head, "big"))):
                    stream.write(len(reply).to_bytes(2, "big") + reply)
                    stream.flush()

    def _replies(self, query: bytes) -> list[bytes]:
        if self._code is None:
            return []
        with suppress(dns.exception.DNSException):
            reply = dns.message.make_response(dns.message.from_wire(query))
            reply.set_rcode(self._code)
            return [reply.to_wire()]
        return []
