"""A TCP server in threads of this process: one function per connection, everything closable."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from tests.lab.claim import LabError


class Listener:
    """Accepts connections and hands each to a function in a thread of its own."""

    def __init__(self, address: str, port: int, handle: Callable[[socket.socket], object]) -> None:
        """Prepare to listen; port 0 takes a free one when the listener starts."""
        self.address = address
        self.port = port
        self._handle = handle
        self._socket: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._accepting: threading.Thread | None = None
        self._serving: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._socket = listening_socket(self.address, self.port)
        self.port = self._socket.getsockname()[1]
        self._accepting = _spawn(self._accept, self._socket)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._socket is not None and self._accepting is not None:
            hang_up(self._socket)
            self._accepting.join()
            self._socket = None
        for connection in tuple(self._open):
            hang_up(connection)
        self.settle(patience=5)

    def settle(self, patience: float) -> None:
        """Wait until the connections have ended, as long as patience lasts."""
        deadline = time.monotonic() + patience
        for thread in self._serving:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))

    def _accept(self, listening: socket.socket) -> None:
        with listening:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                alive = [thread for thread in self._serving if thread.is_alive()]
                self._serving = [*alive, _spawn(self._serve, connection)]

    def _serve(self, connection: socket.socket) -> None:
        # A second handle, because TLS takes the first one over and leaves it empty.
        with connection.dup() as handle:
            self._open.add(handle)
            with connection, contextlib.suppress(OSError):
                self._handle(connection)
            self._open.discard(handle)


def _spawn(target: Callable[[socket.socket], None], sock: socket.socket) -> threading.Thread:
    thread = threading.Thread(target=target, args=(sock,), daemon=True)
    thread.start()
    return thread


def listening_socket(address: str, port: int) -> socket.socket:
    """Open a listening TCP socket; a taken address is an error that names it."""
    try:
        return socket.create_server((address, port), backlog=128)
    except OSError as error:
        raise LabError(f"cannot listen on {address}:{port}: {error}") from error


def hang_up(sock: socket.socket) -> None:
    """End a connection or a listening socket that another thread waits on."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def drain(sock: socket.socket) -> bytes:
    """Read what the peer sends until it closes."""
    received = bytearray()
    while data := sock.recv(65536):
        received += data
    return bytes(received)
