"""Reading a TLS server's answer to a hello: version, cipher and certificates, sent in plain text.

Before TLS 1.3 a server sends its certificates unencrypted, so they are read without computing
with any number that the peer chose. Everything is bounded; whatever does not fit is a ValueError.
"""

from io import BytesIO

MAX_RECEIVED = 2**20
MAX_MESSAGE = 2**20
MAX_RECORD = 18_432  # 2**14 + 2,048, the largest of TLS 1.2 (RFC 5246, 6.2.3)
MAX_CERTIFICATES = 32
MAX_WARNINGS = 8

PROTOCOL_VERSION_ALERT = 70  # RFC 5246, 7.2

_ALERT, _HANDSHAKE = 21, 22
_SERVER_HELLO, _CERTIFICATE = 2, 11
_SUPPORTED_VERSIONS = 43
_NEWEST = (3, 4)

Version = tuple[int, int]
"""A protocol version as on the wire: (3, 0) is SSLv3, (3, 4) is TLS 1.3."""


class FatalAlert(ValueError):
    """The server ended the handshake and said why, by number."""

    def __init__(self, description: int) -> None:
        super().__init__(f"the server sent alert {description}")
        self.description = description


def looks_like_tls(data: bytes) -> bool:
    """Tell whether the first byte of an answer can be one of TLS (a handshake or an alert)."""
    return data[:1] in (b"\x15", b"\x16")


class ServerHello:
    """What a server has sent so far in answer to a hello.

    Attributes:
        version: chosen version; ``None`` until the ServerHello is complete.
        cipher: number of the chosen cipher suite, likewise.
        chain: certificates in the order sent; ``None`` until that message is complete.
    """

    def __init__(self) -> None:
        self.version: Version | None = None
        self.cipher: int | None = None
        self.chain: tuple[bytes, ...] | None = None
        self._received = 0
        self._warnings = 0
        self._records = bytearray()
        self._messages = bytearray()

    def feed(self, data: bytes) -> None:
        """Take the next bytes from the server.

        Raises:
            ValueError: they do not answer a hello as a TLS server does, or are too long.
        """
        self._received += len(data)
        if self._received > MAX_RECEIVED:
            raise ValueError("more than 1 MiB without a certificate")
        self._records += data
        at = 0
        # What follows the certificates is left unread: it holds the numbers that the peer chose.
        while self.chain is None and len(self._records) - at >= 5:
            size = int.from_bytes(self._records[at + 3 : at + 5])
            self._check_header(self._records[at], self._records[at + 1], size)
            if len(self._records) - at < 5 + size:
                break
            self._record(self._records[at], bytes(self._records[at + 5 : at + 5 + size]))
            at += 5 + size
        # Once for all: cut after each, tiny records would cost the square of their number.
        del self._records[:at]

    def _check_header(self, kind: int, major: int, size: int) -> None:
        # The minor version of a record says nothing: TLS 1.3 writes that of 1.2 (RFC 8446, 5.1).
        if kind not in (_ALERT, _HANDSHAKE) or major != 3:
            raise ValueError("no handshake record of TLS")
        if not 1 <= size <= MAX_RECORD:
            raise ValueError("record of impossible length")

    def _record(self, kind: int, body: bytes) -> None:
        if kind == _ALERT:
            self._alert(body)
            return
        self._messages += body
        while self.chain is None and len(self._messages) >= 4:
            size = int.from_bytes(self._messages[1:4])
            if size > MAX_MESSAGE:
                raise ValueError("handshake message over 1 MiB")
            if len(self._messages) < 4 + size:
                break
            self._message(self._messages[0], bytes(self._messages[4 : 4 + size]))
            del self._messages[: 4 + size]

    def _alert(self, body: bytes) -> None:
        self._warnings += 1
        level, description = body[0], body[-1]
        # Warnings, such as unrecognized_name (112) for a name that is not hosted, are passed over;
        # close_notify (0) ends the talk whatever its level.
        if len(body) != 2 or level != 1 or description == 0 or self._warnings > MAX_WARNINGS:
            raise FatalAlert(description)

    def _message(self, kind: int, body: bytes) -> None:
        if kind == _SERVER_HELLO and self.version is None:
            self.version, self.cipher = _server_hello(BytesIO(body))
        elif kind == _CERTIFICATE and self.version is not None:
            self.chain = _certificates(BytesIO(body))
        else:
            raise ValueError(f"handshake message {kind} where a certificate was due")


def _server_hello(body: BytesIO) -> tuple[Version, int]:
    # RFC 5246, 7.4.1.3: version, random, session id, cipher suite, compression, extensions.
    version = _version(_take(body, 2))
    _take(body, 32)
    _vector(body, 1)
    cipher = int.from_bytes(_take(body, 2))
    _take(body, 1)
    # Extensions are optional, and servers of SSLv3 know none.
    extensions = BytesIO(_vector(body, 2) if _left(body) else b"")
    while kind := extensions.read(2):
        value = _vector(extensions, 2)
        # TLS 1.3 says in the hello itself that it is TLS 1.2 (RFC 8446, 4.1.3).
        if int.from_bytes(kind) == _SUPPORTED_VERSIONS:
            version = _version(value)
    return version, cipher


def _version(data: bytes) -> Version:
    if len(data) != 2 or not (3, 0) <= (data[0], data[1]) <= _NEWEST:
        raise ValueError("unknown protocol version")
    return data[0], data[1]


def _certificates(body: BytesIO) -> tuple[bytes, ...]:
    listed = BytesIO(_vector(body, 3))
    chain: list[bytes] = []
    while _left(listed):
        if len(chain) == MAX_CERTIFICATES:
            raise ValueError("more than 32 certificates")
        chain.append(_vector(listed, 3))  # each with its length in three bytes
    if not chain or not all(chain):
        raise ValueError("no certificate in the certificate message")
    return tuple(chain)


def _left(stream: BytesIO) -> int:
    return stream.getbuffer().nbytes - stream.tell()


def _vector(stream: BytesIO, prefix: int) -> bytes:
    """Read a value that is preceded by its length in ``prefix`` bytes."""
    return _take(stream, int.from_bytes(_take(stream, prefix)))


def _take(stream: BytesIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) != size:
        raise ValueError("message shorter than it says")
    return data
