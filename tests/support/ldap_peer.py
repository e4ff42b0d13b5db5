"""A controller of a few lines on loopback: it keeps what it was sent and answers from a script."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress

from tests.lab import ber
from tests.lab.ldap_message import PAGED_RESULTS, SEARCH_DONE, SEARCH_ENTRY, Message

BIND_RESPONSE = 0x61
SET = 0x31
_SERVER_CREDENTIALS = 0x87

Answer = Callable[[Message], Iterable[bytes]]
"""Gives what to send for a search or a bind; one that ends early ends nothing else."""


class Peer:
    """What came to it, by operation, and where it listens."""

    def __init__(self, port: int) -> None:
        self.url = f"ldap://127.0.0.1:{port}"
        self.received: list[str] = []

    def wait_for(self, operation: str) -> None:
        """Wait until it came: what a client sends last is read after the client has gone on."""
        end = time.monotonic() + 600
        while operation not in self.received and time.monotonic() < end:
            time.sleep(0.01)


@contextmanager
def peer(
    answer: Answer,
    bind_code: int = 0,
    context: ssl.SSLContext | None = None,
    bind: Answer | None = None,
) -> Iterator[Peer]:
    """Serve every connection, over TLS with a context, until the block is left.

    Args:
        answer: for searches.
        bind_code: the result of every bind, unless ``bind`` answers them.
    """
    if bind is None:

        def bind(message: Message) -> Iterable[bytes]:
            return [bound(message, bind_code)]

    answers = {"bind": bind, "search": answer}
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        found = Peer(server.getsockname()[1])

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                serving = (connection, context, found, answers, stop)
                threading.Thread(target=_serve, args=serving, daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield found
        finally:
            stop.set()
            server.shutdown(socket.SHUT_RDWR)
            thread.join(600)


def _serve(
    plain: socket.socket,
    context: ssl.SSLContext | None,
    found: Peer,
    answers: Mapping[str, Answer],
    stop: threading.Event,
) -> None:
    buffer = bytearray()
    with (
        plain,
        suppress(OSError),
        context.wrap_socket(plain, server_side=True) if context else plain as connection,
    ):
        while data := connection.recv(65536):
            buffer += data
            for message in map(Message, ber.split(buffer)):
                found.received.append(message.operation)
                reply = answers.get(message.operation)
                for piece in reply(message) if reply else ():
                    if stop.is_set():
                        return
                    connection.sendall(piece)


def wrapped(message: Message, tag: int, content: bytes, controls: bytes = b"") -> bytes:
    """Return a message that answers another one."""
    return ber.element(
        ber.SEQUENCE, ber.integer(message.number), ber.element(tag, content), controls
    )


def result(code: int, text: bytes = b"") -> bytes:
    """Return the content of a result."""
    empty = ber.element(ber.OCTET_STRING)
    return ber.integer(code, ber.ENUMERATED) + empty + ber.element(ber.OCTET_STRING, text)


def bound(
    message: Message, code: int, text: bytes = b"", credentials: bytes | None = None
) -> bytes:
    """Return the answer to a bind, with the server's credentials of SASL if there are any."""
    given = b"" if credentials is None else ber.element(_SERVER_CREDENTIALS, credentials)
    return wrapped(message, BIND_RESPONSE, result(code, text) + given)


def entry(message: Message, dn: bytes, *attributes: tuple[bytes, list[bytes]]) -> bytes:
    """Return a search entry."""
    parts = [
        ber.element(
            ber.SEQUENCE,
            ber.element(ber.OCTET_STRING, name),
            ber.element(SET, *(ber.element(ber.OCTET_STRING, value) for value in values)),
        )
        for name, values in attributes
    ]
    content = ber.element(ber.OCTET_STRING, dn) + ber.element(ber.SEQUENCE, *parts)
    return wrapped(message, SEARCH_ENTRY, content)


def done(message: Message, code: int = 0, cookie: bytes | None = b"") -> bytes:
    """Return the end of a page, with the paging control unless there is no cookie."""
    if cookie is None:
        return wrapped(message, SEARCH_DONE, result(code))
    value = ber.element(ber.SEQUENCE, ber.integer(0), ber.element(ber.OCTET_STRING, cookie))
    control = ber.element(
        ber.SEQUENCE,
        ber.element(ber.OCTET_STRING, PAGED_RESULTS),
        ber.element(ber.OCTET_STRING, value),
    )
    return wrapped(message, SEARCH_DONE, result(code), ber.element(0xA0, control))


def is_rootdse(message: Message) -> bool:
    """Tell whether a search asks for the entry without a name."""
    return next(ber.children(message.content))[1] == b""


def with_rootdse(answer: Answer) -> Answer:
    """Answer a search for the rootDSE plainly, and others from the script."""

    def reply(message: Message) -> Iterable[bytes]:
        if not is_rootdse(message):
            return answer(message)
        name = (b"dnsHostName", [b"dc1.corp.example"])
        return [entry(message, b"", name), done(message, cookie=None)]

    return reply
