"""Small servers on loopback: TLS of every age, peers that misbehave, a resolver."""

import asyncio
import os
import socket
import ssl
import subprocess
import threading
from asyncio import Server
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar, cast

import dns.exception
import dns.message
from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.messages import ClientHello
from tlslite.utils.codec import Parser
from tlslite.x509 import X509

LOOPBACK = "127.0.0.1"
CERTIFICATES = Path(__file__).parents[1] / "certificates"

T = TypeVar("T")
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Replies = Callable[[dns.message.Message], list[bytes]]


def der(pem_file: Path) -> bytes:
    """Return the certificate of a PEM file."""
    return ssl.PEM_cert_to_DER_cert(pem_file.read_text())


@asynccontextmanager
async def peer(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Serve a conversation, over TLS with a context; gives the port."""
    async with _serving(talk, context) as server:
        yield server.sockets[0].getsockname()[1]


@asynccontextmanager
async def _serving(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """Serve until the block is left, and leave no connection open behind it."""
    open_: dict[asyncio.Task[None] | None, asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_[asyncio.current_task()] = writer
        with suppress(OSError, asyncio.CancelledError):
            await talk(reader, writer)
        writer.transport.abort()

    server = await asyncio.start_server(serve, LOOPBACK, 0, ssl=context, backlog=1024)
    try:
        yield server
    finally:
        await _stop_accepting(server)
        server.close()
        await _end_all(open_)


async def _stop_accepting(server: Server) -> None:
    """Take no more connections, and let those begin that were taken.

    A server that is closed between the two loses their sockets: a transport that is made then
    fails in ``Server._attach``, and a task that is cancelled before it began closes nothing.
    """
    for listener in server.sockets:
        with suppress(NotImplementedError):  # the loop of Windows waits for no descriptors
            asyncio.get_running_loop().remove_reader(listener.fileno())
    await _turn()


async def _end_all(open_: Mapping[asyncio.Task[None] | None, asyncio.StreamWriter]) -> None:
    """End the conversations of a server."""
    tasks = [each for each in open_ if each is not None]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for writer in open_.values():
        writer.transport.abort()
    await _turn()  # a transport closes in a later turn, one over TLS in the turn after that


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine as ``asyncio.run`` does, and close what is open at its end.

    A loop that ends leaves transports unclosed that only wanted another turn of it; the warning
    about them then surfaces in whatever test the garbage collector happens to run in.
    """

    async def closing() -> T:
        try:
            return await main
        finally:
            await _turn()
            await _close_all()

    return asyncio.run(closing())


async def _close_all() -> None:
    transports = vars(asyncio.get_running_loop()).get("_transports", {})  # none on Windows
    for _ in range(1000):
        left = [each for each in transports.values() if each._sock is not None]
        if not left:
            return
        for each in left:
            each.abort()
        await asyncio.sleep(0)


async def _turn() -> None:
    """Let the loop turn a few times."""
    for _ in range(5):
        await asyncio.sleep(0)


async def listen_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Read until the other side has had enough, and say nothing."""
    while await reader.read(65536):
        pass


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Begin a long record and send a byte of it now and then."""
    writer.write(b"\x16\x03\x01\x40\x00")
    while True:
        await asyncio.sleep(0.05)
        writer.write(b"\x00")
        await writer.drain()


def saying(data: bytes, *, waits: bool = True) -> Talk:
    """Return a conversation that answers the first bytes with ``data`` and closes."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if waits:
            await reader.read(65536)
        writer.write(data)
        await writer.drain()
        writer.close()

    return talk


def repeating(data: bytes) -> Talk:
    """Return a conversation that sends the same bytes for ever."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(data * (65536 // len(data)))
            await writer.drain()
            await asyncio.sleep(0)

    return talk


@contextmanager
def refusing_port() -> Iterator[int]:
    """Give a port that nobody else can take and on which nothing listens."""
    with socket.socket() as bound:
        bound.bind((LOOPBACK, 0))
        yield bound.getsockname()[1]


@contextmanager
def openssl(certificate: Path, key: Path, *options: str) -> Iterator[int]:
    """Run OpenSSL's test server; gives the port."""
    command = ["openssl", "s_server", "-accept", f"{LOOPBACK}:0"]
    command += ["-cert", str(certificate), "-key", str(key), *options]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "OPENSSL_CONF": os.devnull},
    ) as process:
        try:
            assert process.stdout is not None
            (ready,) = islice((line for line in process.stdout if line.startswith("ACCEPT")), 1)
            yield int(ready.rpartition(":")[2])
        finally:
            process.kill()


@contextmanager
def tlslite(
    certificate: Path,
    key: Path,
    version: tuple[int, int],
    cipher: str,
    shown: tuple[bytes, ...] | None = None,
) -> Iterator[int]:
    """Run a pure Python server of one old version and cipher; gives the port.

    Args:
        shown: bytes to send in place of the certificate.
    """
    chain = X509CertChain([_as_certificate(certificate, each) for each in shown or (b"",)])
    private = parsePEMKey(key.read_text(), private=True)
    settings = _only(version, cipher)
    with socket.create_server((LOOPBACK, 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, suppress(Exception):
                    TLSConnection(connection).handshakeServer(
                        certChain=chain, privateKey=private, settings=settings
                    )

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
        thread.join(600)


def _as_certificate(pem: Path, shown: bytes) -> X509:
    certificate = X509()
    certificate.parse(pem.read_text())
    if shown:
        certificate.bytes = bytearray(shown)
    return certificate


def _only(version: tuple[int, int], cipher: str) -> HandshakeSettings:
    settings = HandshakeSettings()
    settings.minKeySize = 512
    settings.minVersion = settings.maxVersion = version
    settings.versions = [version]
    settings.cipherNames = [cipher]
    settings.macNames = ["sha", "md5"]
    settings.keyExchangeNames = ["rsa"]
    settings.useExtendedMasterSecret = False
    settings.cipherImplementations = ["python"]
    return settings


def antique(
    version: tuple[int, int], cipher: int, certificate: bytes, hangs_up: bool = False
) -> Talk:
    """Answer as a server of one version and one cipher suite does that no library has any more.

    Args:
        hangs_up: as Schannel does where it shares nothing; others send an alert.
    """

    def message(kind: int, body: bytes) -> bytes:
        whole = bytes((kind,)) + len(body).to_bytes(3) + body
        return b"\x16" + bytes(version) + len(whole).to_bytes(2) + whole

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        header = await reader.readexactly(5)
        said = await reader.readexactly(int.from_bytes(header[3:]))
        hello = ClientHello().parse(Parser(bytearray(said[1:])))
        if cipher in hello.cipher_suites and hello.client_version >= version:
            chosen = bytes(version) + bytes(32) + b"\0" + cipher.to_bytes(2) + b"\0"
            listed = len(certificate).to_bytes(3) + certificate
            writer.write(message(2, chosen) + message(11, len(listed).to_bytes(3) + listed))
            await reader.read()
        elif not hangs_up:
            writer.write(b"\x15" + bytes(version) + b"\0\x02\x02\x28")  # handshake_failure
            await writer.drain()

    return talk


class _NameServer(asyncio.DatagramProtocol):
    def __init__(self, replies: Replies) -> None:
        self.replies = replies
        self.asked: list[dns.message.Message] = []
        self.transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        with suppress(dns.exception.DNSException):
            query = dns.message.from_wire(data)
            self.asked.append(query)
            for reply in self.replies(query):
                self.transport.sendto(reply, addr)


@asynccontextmanager
async def name_server(
    replies: Replies, over_tcp: Talk | None = None
) -> AsyncIterator[tuple[str, list[dns.message.Message]]]:
    """Answer DNS questions over UDP; gives ``address:port`` and the questions that came."""
    loop = asyncio.get_running_loop()
    async with _serving(over_tcp or listen_only) as stream:
        port = stream.sockets[0].getsockname()[1]
        transport, protocol = await loop.create_datagram_endpoint(
            lambda: _NameServer(replies), local_addr=(LOOPBACK, port)
        )
        try:
            yield f"{LOOPBACK}:{port}", protocol.asked
        finally:
            transport.close()
