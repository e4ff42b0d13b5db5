"""One connection to a TLS server: a whole handshake, or a hello and what answers it.

Both work on memory buffers beside an asyncio stream, so that one deadline covers everything and
cancelling closes the socket at once. Nothing is sent after a handshake, unless a request is given.
"""

import asyncio
import re
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from casaudit.collect.address import ip_literal
from casaudit.collect.tls.server_hello import ServerHello, looks_like_tls

_CHUNK = 65_536
_DER = 2  # ENCODING_DER of the private _ssl module
# With the underscore, which no host name may have (RFC 1123) and many do.
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")


class Unreached(Exception):
    """No TCP connection; the cause is the operating system's error."""


# Like all that is wrong with an answer a ValueError; who has to tell it apart catches it first.
class Dropped(ValueError):
    """The server closed or reset the connection before it had answered."""


class NotTls(ValueError):
    """The server answered with something else than TLS."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a finished handshake agreed on, and the certificates in the order sent."""

    protocol: str
    cipher: str
    chain: tuple[bytes, ...]


def server_name(host: str) -> str | None:
    """Return the host as it can be sent in a hello; ``None`` when it cannot.

    Address literals, empty and over-long labels and strange characters cannot: some make the
    ``ssl`` module raise, others are refused by servers.
    """
    labels = host.split(".")
    fits = len(host) <= 253 and ip_literal(host) is None
    return host if fits and all(map(_LABEL.fullmatch, labels)) else None


@cache
def context(version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """Return a context that talks to servers of every age; it verifies nothing.

    Args:
        version: the only version to offer; ``None`` offers all that OpenSSL has.
    """
    c = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # In this order: ssl refuses CERT_NONE while host names are checked.
    c.check_hostname = False
    c.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        # Naming TLS 1.0 or 1.1 is deprecated; looking for them is what this is for.
        warnings.simplefilter("ignore", DeprecationWarning)
        c.minimum_version = version or ssl.TLSVersion.MINIMUM_SUPPORTED
        c.maximum_version = version or ssl.TLSVersion.MAXIMUM_SUPPORTED
    # ALL lacks NULL; an anonymous suite would show no certificate.
    c.set_ciphers("ALL:COMPLEMENTOFALL:!aNULL:@SECLEVEL=0")
    c.options |= getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)  # named from Python 3.12 on
    return c


async def handshake(address: str, port: int, name: str | None) -> Handshake:
    """Finish a handshake with whatever both sides can do.

    Raises:
        Unreached: no TCP connection.
        NotTls: the answer is no TLS.
        Dropped: the server closed the connection.
        ssl.SSLError: the handshake failed.
    """
    async with _session(address, port, name) as session:
        return _agreed(session.tls)


async def answer_to(
    address: str,
    port: int,
    name: str | None,
    request: bytes,
    is_whole: Callable[[bytes], bool],
    limit: int,
) -> bytes:
    """Finish a handshake, send one request, and return what comes back until it is whole.

    At most ``limit`` bytes, and what came until the server hung up. Nothing is verified: the
    certificate is evidence, which the probe of the endpoint keeps.

    Raises:
        Unreached, NotTls, Dropped, ssl.SSLError: as ``handshake`` does.
    """
    async with _session(address, port, name) as session:
        session.tls.write(request)
        answer = b""
        while len(answer) < limit and not is_whole(answer):
            try:
                part = session.tls.read(limit - len(answer))
            except ssl.SSLWantReadError:
                # The end of the connection, announced or not, is the end of the answer.
                try:
                    await session.turn()
                except Dropped:
                    break
                continue
            except ssl.SSLZeroReturnError:
                break
            if not part:
                break
            answer += part
        return answer


@dataclass(slots=True)
class _Session:
    """A TLS connection on memory buffers."""

    tls: ssl.SSLObject
    incoming: ssl.MemoryBIO
    outgoing: ssl.MemoryBIO
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def turn(self) -> bytes:
        """Send what waits to be sent, and take in what comes back."""
        self.writer.write(self.outgoing.read())
        data = await _read(self.reader)
        self.incoming.write(data)
        return data


@asynccontextmanager
async def _session(address: str, port: int, name: str | None) -> AsyncIterator[_Session]:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context().wrap_bio(incoming, outgoing, server_hostname=name)
    heard = b""
    async with _connected(address, port) as (reader, writer):
        session = _Session(tls, incoming, outgoing, reader, writer)
        while not await _step(tls):
            data = await session.turn()
            heard = _checked(heard or data)
        writer.write(outgoing.read())
        yield session


async def _step(tls: ssl.SSLObject) -> bool:
    """Go on with a handshake; tell whether it is finished.

    In a thread, because a hostile Diffie-Hellman prime keeps OpenSSL busy for a second.
    """
    try:
        await asyncio.to_thread(tls.do_handshake)
    except ssl.SSLWantReadError:
        return False
    return True


def hello(version: ssl.TLSVersion, name: str | None) -> bytes | None:
    """Return OpenSSL's ClientHello for one version; ``None`` when it cannot say one."""
    outgoing = ssl.MemoryBIO()
    try:
        context(version).wrap_bio(ssl.MemoryBIO(), outgoing, server_hostname=name).do_handshake()
    except ssl.SSLWantReadError:
        return outgoing.read()
    except (ssl.SSLError, ValueError):
        return None  # built without that version
    raise AssertionError("a handshake without a server")


async def receive_server_hello(
    address: str, port: int, client_hello: bytes, enough: Callable[[ServerHello], bool]
) -> ServerHello:
    """Send a hello and read what the server answers, until ``enough``.

    Raises:
        Unreached: no TCP connection.
        ValueError: the answer is no hello of TLS (``FatalAlert``, ``NotTls``, ``Dropped`` ...).
    """
    answer = ServerHello()
    async with _connected(address, port) as (reader, writer):
        writer.write(client_hello)
        heard = b""
        while not enough(answer):
            data = await _read(reader)
            heard = _checked(heard or data)
            try:
                answer.feed(data)
            except ValueError:
                if not enough(answer):
                    raise
    return answer


@asynccontextmanager
async def _connected(
    address: str, port: int
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    try:
        reader, writer = await asyncio.open_connection(address, port)
    except OSError as error:
        raise Unreached(str(error)) from error
    try:
        yield reader, writer
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    try:
        data = await reader.read(_CHUNK)
    except OSError as error:
        raise Dropped("the server reset the connection") from error
    if not data:
        raise Dropped("the server closed the connection")
    return data


def _checked(first: bytes) -> bytes:
    if not looks_like_tls(first):
        raise NotTls("the answer is not TLS")
    return first


def _agreed(tls: ssl.SSLObject) -> Handshake:
    cipher = tls.cipher()
    return Handshake(tls.version() or "", cipher[0] if cipher else "", _chain(tls))


def _chain(tls: Any) -> tuple[bytes, ...]:
    """Return the certificates as sent: public from Python 3.13 on, private before."""
    if hasattr(tls, "get_unverified_chain"):
        return tuple(tls.get_unverified_chain())
    private: Any = getattr(tls, "_sslobj", None)
    if hasattr(private, "get_unverified_chain"):
        return tuple(each.public_bytes(_DER) for each in private.get_unverified_chain() or ())
    leaf = tls.getpeercert(binary_form=True)
    return (leaf,) if leaf else ()
