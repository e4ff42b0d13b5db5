"""Servers that speak only what current libraries refuse: TLS 1.0, SSLv3, RC4, 3DES, garbage."""

import os
import socket
from contextlib import suppress
from types import TracebackType
from typing import Self

from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.errors import BaseTLSException
from tlslite.x509 import X509

from tests.lab.child import Child
from tests.lab.listener import Listener
from tests.lab.pki import Identity
from tests.lab.tls import HTTPS_PORT, Endpoint

SSL_3_0, TLS_1_0, TLS_1_2 = (3, 0), (3, 1), (3, 3)
Version = tuple[int, int]


class Tls10Server:
    """OpenSSL's own test server, held to TLS 1.0 and a security level that allows it."""

    def __init__(self, address: str, identity: Identity) -> None:
        """Describe a server with this certificate."""
        self.endpoint = Endpoint(address, HTTPS_PORT, (identity.der,))
        files = ["-cert", str(identity.certificate_file), "-key", str(identity.key_file)]
        place = ["-accept", f"{address}:{HTTPS_PORT}"]
        strength = ["-tls1", "-cipher", "ALL:@SECLEVEL=0"]
        self._child = Child(
            f"openssl-{address}",
            ["openssl", "s_server", "-quiet", "-www", *place, *files, *strength],
            [(address, HTTPS_PORT)],
            {"OPENSSL_CONF": os.devnull},
        )

    def __enter__(self) -> Self:
        self._child.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.stop()


class TlsliteServer:
    """A pure Python server that offers one old protocol version or cipher."""

    def __init__(
        self,
        address: str,
        identity: Identity,
        *,
        cipher: str = "aes128",
        version: Version = TLS_1_0,
        shown: bytes | None = None,
    ) -> None:
        """Describe a server; ``shown`` are bytes to send in place of the certificate."""
        self.endpoint = Endpoint(address, HTTPS_PORT, (shown or identity.der,))
        self._certificate = X509()
        self._certificate.parse(identity.certificate_file.read_text())
        self._certificate.bytes = bytearray(self.endpoint.leaf)
        self._key = parsePEMKey(identity.key_file.read_text(), private=True)
        self._settings = _settings(cipher, version)
        self._listener = Listener(address, HTTPS_PORT, self._serve)

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

    def _serve(self, connection: socket.socket) -> None:
        tls = TLSConnection(connection)
        with suppress(BaseTLSException, ValueError, AssertionError):
            chain = X509CertChain([self._certificate])
            tls.handshakeServer(certChain=chain, privateKey=self._key, settings=self._settings)
            tls.read(max=1)


def offer(endpoint: Endpoint, version: Version, cipher: str) -> bytes:
    """Return the certificate that a client with only this version and cipher is shown."""
    with socket.create_connection((endpoint.address, endpoint.port), 5) as sock:
        tls = TLSConnection(sock)
        tls.handshakeClientCert(settings=_settings(cipher, version))
        return bytes(tls.session.serverCertChain.x509List[0].bytes)


def _settings(cipher: str, version: Version) -> HandshakeSettings:
    settings = HandshakeSettings()
    settings.minKeySize = 512
    settings.minVersion = settings.maxVersion = version
    settings.versions = [version]
    settings.cipherNames = [cipher]
    settings.rsaSchemes = ["pkcs1"]  # a 1024-bit key is too short for the default, PSS
    settings.macNames = ["sha", "md5"]
    settings.useExtendedMasterSecret = False  # SSLv3 fails on an assertion with it
    settings.cipherImplementations = ["python"]
    return settings
