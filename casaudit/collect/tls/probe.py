"""What is tried at one endpoint: hello through ``ssl``, an older hello, version by version.

``ssl`` goes first; where it fails in the handshake, a hello of older ciphers gets the
certificates that are sent in plain text before TLS 1.3.
"""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from casaudit.collect.ports import TlsTarget
from casaudit.collect.tls.handshake import (
    Dropped,
    NotTls,
    Unreached,
    context,
    handshake,
    hello,
    receive_server_hello,
)
from casaudit.collect.tls.server_hello import PROTOCOL_VERSION_ALERT, FatalAlert, Version
from casaudit.snapshot import ProtocolTrial, TlsOutcome

VERSIONS: dict[str, Version] = {
    "SSLv3": (3, 0),
    "TLSv1": (3, 1),
    "TLSv1.1": (3, 2),
    "TLSv1.2": (3, 3),
    "TLSv1.3": (3, 4),
}
_NAMES = {number: name for name, number in VERSIONS.items()}
_OPENSSL = {
    "TLSv1": ssl.TLSVersion.TLSv1,
    "TLSv1.1": ssl.TLSVersion.TLSv1_1,
    "TLSv1.2": ssl.TLSVersion.TLSv1_2,
    "TLSv1.3": ssl.TLSVersion.TLSv1_3,
}
_OLDEST, _NEWEST_OF_FALLBACK = (3, 0), (3, 3)
SEEN = (TlsOutcome.HANDSHAKE, TlsOutcome.CERTIFICATE_ONLY)
"""The outcomes that come with certificates."""

_Trial = Literal["chosen", "another", "declined", "unknown"]
"""What a server did with a hello of one version; ``another`` is a clear no to that one."""


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What one way of saying hello showed.

    Attributes:
        turned_down: the server ended it, by an alert or by hanging up, and not this client.
    """

    outcome: TlsOutcome
    detail: str = ""
    protocol: str | None = None
    cipher: str | None = None
    chain: tuple[bytes, ...] = ()
    turned_down: bool = False


class EndpointProbe:
    """The connections to one endpoint, which share one deadline."""

    def __init__(self, target: TlsTarget, deadline: float) -> None:
        self.target = target
        self._deadline = deadline
        self._where = (target.address, target.connected_port)

    async def certificates(self, name: str | None, only_old: bool = False) -> ProbeResult:
        """Get certificates: through ``ssl``, and where that fails, by an older hello."""
        if only_old:
            return await self._judged(self._old_hello(name))
        modern = await self._judged(self._handshake(name))
        # Silence, a refusal or another protocol would meet the next hello as well.
        if modern.outcome is not TlsOutcome.HANDSHAKE_FAILED:
            return modern
        old = await self._judged(self._old_hello(name))
        if old.outcome is not TlsOutcome.CERTIFICATE_ONLY:
            everything = ", also on an offer of all versions since SSLv3"
            also = everything if modern.turned_down and old.turned_down else ""
            return replace(modern, detail=f"{modern.detail}{also}")
        return replace(old, detail=_why(modern, old))

    async def trials(self, name: str | None, known: ProbeResult) -> tuple[ProtocolTrial, ...]:
        """Try each version on its own, but not the one that was negotiated already."""
        results: dict[str, _Trial] = {}
        for version in VERSIONS:
            tried = version != known.protocol
            results[version] = await self._try(version, name) if tried else "chosen"
        # Declining every hello proves nothing: the server may want something else.
        works = known.outcome in SEEN or "chosen" in results.values()
        means = {"chosen": True, "another": False, "declined": False if works else None}
        return tuple(
            ProtocolTrial(version=version, accepted=means.get(result))
            for version, result in results.items()
        )

    async def _judged(self, attempt: Awaitable[ProbeResult]) -> ProbeResult:
        """Give every way to fail its outcome."""
        try:
            async with asyncio.timeout_at(self._deadline):
                return await attempt
        except TimeoutError:
            return ProbeResult(TlsOutcome.TIMEOUT, "no complete answer in time")
        except Unreached as error:
            return _unreached(error)
        except NotTls as error:
            return ProbeResult(TlsOutcome.NOT_TLS, str(error))
        except ssl.SSLError as error:
            return _failed(error)
        except (Dropped, FatalAlert) as error:
            return ProbeResult(TlsOutcome.HANDSHAKE_FAILED, str(error), turned_down=True)
        except ValueError as error:
            return ProbeResult(TlsOutcome.HANDSHAKE_FAILED, str(error))

    async def _handshake(self, name: str | None) -> ProbeResult:
        done = await handshake(*self._where, name)
        if not done.chain:
            return ProbeResult(TlsOutcome.HANDSHAKE_FAILED, "no certificate was sent")
        return ProbeResult(TlsOutcome.HANDSHAKE, "", done.protocol, done.cipher, done.chain)

    async def _old_hello(self, name: str | None) -> ProbeResult:
        """Read what follows a server hello; a server that hangs up gets an older hello."""
        from casaudit.collect.tls.old_hello import cipher_name, client_hello

        # Schannel closes the connection without an alert where it shares no version or cipher; some
        # old stacks do so on any hello that is newer than themselves.
        turned_down: ValueError = Dropped("the server closed the connection")
        for highest in ((3, 3), (3, 1), (3, 0)):
            said = client_hello(name, _OLDEST, highest)
            try:
                answer = await receive_server_hello(
                    *self._where, said, lambda each: each.chain is not None
                )
            except (Dropped, FatalAlert) as error:
                turned_down = error
                continue
            if answer.version and answer.cipher is not None and answer.chain:
                version, cipher = _NAMES[answer.version], cipher_name(answer.cipher)
                return ProbeResult(TlsOutcome.CERTIFICATE_ONLY, "", version, cipher, answer.chain)
        raise turned_down

    async def _try(self, version: str, name: str | None) -> _Trial:
        """Offer one version and nothing else; an answer need not be a finished handshake."""
        result: _Trial = "unknown"
        for said in _hellos(version, name):
            try:
                async with asyncio.timeout_at(self._deadline):
                    answer = await receive_server_hello(
                        *self._where, said, lambda each: each.version is not None
                    )
                return "chosen" if answer.version == VERSIONS[version] else "another"
            except Dropped:
                result = "declined"
            except FatalAlert as alert:
                # Any other alert may be about ciphers or the name.
                if alert.description == PROTOCOL_VERSION_ALERT:
                    return "another"
                result = "declined"
            # Dropped and FatalAlert are ValueErrors as well, so they stand before this.
            except (TimeoutError, Unreached, ValueError):
                return "unknown"
        return result


def _hellos(version: str, name: str | None) -> Iterator[bytes]:
    """Yield the hellos that offer one version: OpenSSL's, then one with older ciphers."""
    if version in _OPENSSL and (said := hello(_OPENSSL[version], name)):
        yield said
    number = VERSIONS[version]
    if number <= _NEWEST_OF_FALLBACK:
        from casaudit.collect.tls.old_hello import client_hello

        yield client_hello(name, number, number)


def _why(modern: ProbeResult, old: ProbeResult) -> str:
    """Say why the handshake was not finished, and whose limit that is."""
    takes = f"{old.protocol} with {old.cipher}"
    if modern.turned_down and _is_beyond_openssl(old):
        return f"the server takes {takes} and nothing that this client's OpenSSL still has"
    return f"{modern.detail}; the certificate is from the answer to an older hello ({takes})"


def _is_beyond_openssl(old: ProbeResult) -> bool:
    """Tell whether a version or cipher is one that OpenSSL was built without."""
    from casaudit.collect.tls.old_hello import cipher_name

    version = _OPENSSL.get(old.protocol or "")
    if version is None or hello(version, None) is None:
        return True
    # The lower half of OpenSSL's number of a suite is the registered one.
    return old.cipher not in {cipher_name(each["id"] & 0xFFFF) for each in context().get_ciphers()}


def _failed(error: ssl.SSLError) -> ProbeResult:
    """Say whether the server sent an alert, or OpenSSL could not go on with what it had sent."""
    reason = error.reason or "HANDSHAKE_FAILED"
    # OpenSSL names alerts after the version that brought them in, and none of its own reasons so:
    # TLSV1_ALERT_PROTOCOL_VERSION is an alert of any version.
    alert = re.fullmatch(r"(?:SSLV3_ALERT|TLSV13_ALERT|TLSV1(?:_ALERT)?)_(.+)", reason)
    words = (alert[1] if alert else reason).replace("_", " ").lower()
    detail = f"the server sent an alert: {words}" if alert else f"this client gave up: {words}"
    return ProbeResult(TlsOutcome.HANDSHAKE_FAILED, detail, turned_down=alert is not None)


def _unreached(error: Unreached) -> ProbeResult:
    match error.__cause__:
        case ConnectionRefusedError():
            return ProbeResult(TlsOutcome.REFUSED, "connection refused")
        case TimeoutError():
            return ProbeResult(TlsOutcome.TIMEOUT, "no complete answer in time")
        case _:
            return ProbeResult(TlsOutcome.UNREACHABLE, str(error))
