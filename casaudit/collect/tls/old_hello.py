"""Hellos of old protocols and ciphers that the ``ssl`` module can no longer say.

tlslite-ng only writes the ClientHello. It never sees a byte of the answer: nothing in it bounds
a hostile Diffie-Hellman prime or RSA exponent. Import this module when it is needed; it is slow.
"""

import errno

from tlslite.api import HandshakeSettings, TLSConnection
from tlslite.constants import CipherSuite, ContentType
from tlslite.messages import ClientHello, RecordHeader3
from tlslite.utils.codec import Parser

from casaudit.collect.tls.server_hello import Version

SSL3: Version = (3, 0)
TLS1_2: Version = (3, 3)

# Suites that tlslite-ng does not know: single DES, IDEA, and the 40 and 56 bits that the United
# States let out until 2000 (RFC 2246, appendix A.5; draft-ietf-tls-56-bit-ciphersuites-01).
# Schannel of Windows Server 2003 and 2008 has most of them.
_WEAKEST = {
    0x0003: "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
    0x0006: "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5",
    0x0007: "TLS_RSA_WITH_IDEA_CBC_SHA",
    0x0008: "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA",
    0x0009: "TLS_RSA_WITH_DES_CBC_SHA",
    0x0011: "TLS_DHE_DSS_EXPORT_WITH_DES40_CBC_SHA",
    0x0012: "TLS_DHE_DSS_WITH_DES_CBC_SHA",
    0x0014: "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA",
    0x0015: "TLS_DHE_RSA_WITH_DES_CBC_SHA",
    0x0062: "TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA",
    0x0063: "TLS_DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA",
    0x0064: "TLS_RSA_EXPORT1024_WITH_RC4_56_SHA",
    0x0065: "TLS_DHE_DSS_EXPORT1024_WITH_RC4_56_SHA",
    0x0066: "TLS_DHE_DSS_WITH_RC4_128_SHA",
}


class _Outbox:
    """A socket that keeps what is sent and has nothing to read."""

    def __init__(self) -> None:
        self.sent = b""

    def send(self, data: bytes) -> int:
        self.sent += data
        return len(data)

    def recv(self, size: int) -> bytes:
        raise BlockingIOError(errno.EWOULDBLOCK, "nothing to read")

    def close(self) -> None:
        """Nothing to close."""


def client_hello(name: str | None, lowest: Version = SSL3, highest: Version = TLS1_2) -> bytes:
    """Return a ClientHello that offers every cipher of SSLv3 to TLS 1.2 that carries a certificate.

    Args:
        name: server name to send; one that tlslite-ng refuses (an underscore) is left out.
        lowest: the oldest version that the hello accepts.
        highest: the newest one; TLS 1.2 at most.
    """
    try:
        said = _said(name, _settings(lowest, highest))
    except ValueError:
        said = _said(None, _settings(lowest, highest))
    return _with_weakest(said)


def cipher_name(number: int) -> str:
    """Return the registered name of a cipher suite, or its number."""
    name: str | None = CipherSuite.ietfNames.get(number) or _WEAKEST.get(number)
    return name or f"0x{number:04X}"


def _said(name: str | None, settings: HandshakeSettings) -> bytes:
    outbox = _Outbox()
    handshake = TLSConnection(outbox).handshakeClientCert(
        async_=True, settings=settings, serverName=name
    )
    next(handshake)
    # The generator stands where it would read; it is thrown away there.
    handshake.close()
    return outbox.sent


def _with_weakest(said: bytes) -> bytes:
    """Return a hello that offers, behind everything else, what nothing can say any more."""
    # Behind the header of the record and the type of the message (RFC 5246, 6.2.1 and 7.4).
    hello = ClientHello().parse(Parser(bytearray(said[6:])))
    hello.cipher_suites += _WEAKEST
    message = hello.write()
    header = RecordHeader3().create((said[1], said[2]), ContentType.handshake, len(message))
    return bytes(header.write() + message)


def _settings(lowest: Version, highest: Version) -> HandshakeSettings:
    s = HandshakeSettings()
    s.minKeySize, s.maxKeySize = 512, 4096
    s.minVersion, s.maxVersion = lowest, highest
    # Not derived from the two above: with its default the library negotiates wrongly.
    s.versions = [v for v in [(3, 3), (3, 2), (3, 1), (3, 0)] if lowest <= v <= highest]
    s.cipherNames = ["aes256gcm", "aes128gcm", "chacha20-poly1305", "aes256", "aes128"]
    # A hello only asks, so it offers what nobody should accept.
    s.cipherNames += ["3des", "rc4", "null"]
    s.macNames = ["sha256", "sha384", "aead", "sha", "md5"]
    s.keyExchangeNames = ["ecdhe_ecdsa", "ecdhe_rsa", "dhe_rsa", "rsa", "dhe_dsa"]
    s.rsaSigHashes = ["sha512", "sha384", "sha256", "sha224", "sha1", "md5"]
    s.useExtendedMasterSecret = False
    s.cipherImplementations = ["python"]
    return s
