"""A TCP proxy that fails on purpose after a number of bytes from the server."""

import enum
import socket
import struct
import time
from collections.abc import Callable
from select import select
from types import TracebackType
from typing import Self

from tests.lab.listener import Listener, drain

_DRIP = 0.2
_TIMEOUT = 60.0


class Fault(enum.Enum):
    """What happens once the server has sent so many bytes."""

    CUT = "the connection ends in order"
    RESET = "the connection is reset"
    SILENCE = "nothing comes any more, the connection stays"
    DRIP = "one byte comes now and then"
    GARBAGE = "what comes is noise"


class FaultProxy:
    """Forwards to a server until the fault; each connection is counted anew."""

    def __init__(
        self,
        address: str,
        port: int,
        upstream: str,
        *,
        after: int,
        fault: Fault = Fault.CUT,
        then: Callable[[], None] | None = None,
    ) -> None:
        """Describe a proxy for one port; ``then`` is called when a fault happens."""
        self.address = address
        self.port = port
        self.faults = 0
        self._upstream = upstream
        self._after = after
        self._fault = fault
        self._then = then
        self._listener = Listener(address, port, self._serve)

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

    def _serve(self, client: socket.socket) -> None:
        with socket.create_connection((self._upstream, self.port), _TIMEOUT) as server:
            rest = self._forward(client, server)
        if rest is None:
            return
        self.faults += 1
        if self._then is not None:
            self._then()
        _FAILURES[self._fault](client, rest)

    def _forward(self, client: socket.socket, server: socket.socket) -> bytes | None:
        """Pass bytes until the fault; None when one side ended before, else the bytes held back."""
        left = self._after
        while True:
            for sock in select([client, server], [], [], _TIMEOUT)[0]:
                data = sock.recv(65536)
                if sock is server and len(data) >= left:
                    client.sendall(data[:left])
                    return data[left:]
                if not data:
                    return None
                (client if sock is server else server).sendall(data)
                left -= len(data) if sock is server else 0


def _cut(client: socket.socket, rest: bytes) -> None:
    client.shutdown(socket.SHUT_RDWR)


def _reset(client: socket.socket, rest: bytes) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def _silence(client: socket.socket, rest: bytes) -> None:
    drain(client)


def _drip(client: socket.socket, rest: bytes) -> None:
    for byte in rest + bytes(65536):
        client.sendall(bytes((byte,)))
        time.sleep(_DRIP)


def _garbage(client: socket.socket, rest: bytes) -> None:
    client.sendall(bytes(range(256)) * 16)


_FAILURES: dict[Fault, Callable[[socket.socket, bytes], None]] = {
    Fault.CUT: _cut,
    Fault.RESET: _reset,
    Fault.SILENCE: _silence,
    Fault.DRIP: _drip,
    Fault.GARBAGE: _garbage,
}
