"""Looking at TLS endpoints: what they negotiate, which certificates they send, what they accept.

The prober judges nothing. The ``ssl`` module goes first; where it fails in the handshake, a hello
of older ciphers gets the certificates that are sent in plain text before TLS 1.3.
"""

import asyncio
import hashlib
import ssl
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from casaudit.collect import certificate
from casaudit.collect.address import joined
from casaudit.collect.flight import PROTOCOL_VERSION_ALERT, FatalAlert, Version
from casaudit.collect.handshake import (
    Dropped,
    NotTls,
    Unreached,
    first_flight,
    handshake,
    hello,
    server_name,
)
from casaudit.collect.ports import Target
from casaudit.snapshot import Certificate, ProtocolTrial, Source, TlsEndpoint, TlsOutcome

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
SILENCES = 2
"""So many time-outs, and an address is not asked for further names."""

_SEEN = (TlsOutcome.HANDSHAKE, TlsOutcome.CERTIFICATE_ONLY)
_AWAY = (TlsOutcome.REFUSED, TlsOutcome.UNREACHABLE, TlsOutcome.NOT_TLS)


@dataclass(frozen=True, slots=True)
class _Look:
    """What one way of saying hello showed."""

    outcome: TlsOutcome
    detail: str = ""
    protocol: str | None = None
    cipher: str | None = None
    chain: tuple[bytes, ...] = ()


@dataclass(slots=True)
class _Peer:
    """What is known of one address and port, whatever the name: looked at once."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    silences: int = 0
    away: _Look | None = None
    nameless: _Look | None = None
    trials: tuple[ProtocolTrial, ...] = ()


class TlsProber:
    """Probes endpoints, many at a time, each within one deadline."""

    def __init__(self, timeout: float = 10.0, workers: int = 64) -> None:
        """Prepare; nothing is contacted yet.

        Args:
            timeout: seconds for one endpoint: connecting, handshakes and trials together.
            workers: endpoints under way.
        """
        self._timeout = timeout
        self._places = asyncio.Semaphore(workers)
        self._peers: dict[tuple[str, int], _Peer] = {}
        self._certificates: dict[bytes, Certificate] = {}

    async def probe(self, target: Target) -> tuple[TlsEndpoint, tuple[Certificate, ...]]:
        """Return what the endpoint showed and the certificates it sent."""
        peer = self._peers.setdefault((target.address, target.connected_port), _Peer())
        async with peer.lock:
            if peer.away is not None:
                return self._records(target, peer.away, peer)
            async with self._places:
                probe = _Probe(target, asyncio.get_running_loop().time() + self._timeout)
                look = await probe.look(server_name(target.host))
                await _learn(peer, probe, look)
            return self._records(target, look, peer)

    def _records(
        self, target: Target, look: _Look, peer: _Peer
    ) -> tuple[TlsEndpoint, tuple[Certificate, ...]]:
        origin = f"tls:{joined(target.address, target.connected_port)}"
        source = Source(origin=origin, at=datetime.now(UTC))
        nameless = peer.nameless.chain if peer.nameless else ()
        endpoint = TlsEndpoint(
            host=target.host,
            port=target.port,
            address=target.address,
            connected_port=target.connected_port,
            outcome=look.outcome,
            protocol=look.protocol,
            cipher=look.cipher,
            chain=_fingerprints(look.chain),
            chain_without_sni=_fingerprints(nameless) or None,
            trials=peer.trials,
            detail=look.detail,
            source=source,
        )
        ders = dict.fromkeys(look.chain + nameless)
        return endpoint, tuple(self._certificate(der, source) for der in ders)

    def _certificate(self, der: bytes, source: Source) -> Certificate:
        """Read a certificate once, however many endpoints send it."""
        if der not in self._certificates:
            self._certificates[der] = certificate.read(der, source)
        return self._certificates[der].model_copy(update={"source": source})


async def _learn(peer: _Peer, probe: "_Probe", look: _Look) -> None:
    """Add to a peer what needs no name, and what a failure says about further names."""
    if look.outcome is TlsOutcome.TIMEOUT:
        peer.silences += 1
    if look.outcome in _AWAY or peer.silences == SILENCES:
        detail = f"{look.detail} (seen for {probe.target.host}, not tried again)"
        peer.away = _Look(look.outcome, detail)
    elif look.outcome is not TlsOutcome.TIMEOUT and not peer.trials:
        name = server_name(probe.target.host)
        old = look.outcome is TlsOutcome.CERTIFICATE_ONLY
        peer.nameless = look if name is None else await probe.look(None, only_old=old)
        known = look if look.outcome in _SEEN else peer.nameless
        peer.trials = await probe.trials(name if known is look else None, known.protocol)


class _Probe:
    """The connections to one endpoint, which share one deadline."""

    def __init__(self, target: Target, deadline: float) -> None:
        self.target = target
        self._deadline = deadline
        self._where = (target.address, target.connected_port)

    async def look(self, name: str | None, only_old: bool = False) -> _Look:
        """Get certificates: through ``ssl``, and where that fails, by an older hello."""
        if only_old:
            return await self._judged(self._first_old_flight(name))
        modern = await self._judged(self._handshake(name))
        if modern.outcome is not TlsOutcome.HANDSHAKE_FAILED:
            return modern
        old = await self._judged(self._first_old_flight(name))
        if old.outcome is not TlsOutcome.CERTIFICATE_ONLY:
            return modern
        return _Look(old.outcome, modern.detail, old.protocol, old.cipher, old.chain)

    async def trials(self, name: str | None, negotiated: str | None) -> tuple[ProtocolTrial, ...]:
        """Try each version on its own, but not the one that was negotiated already."""
        results = []
        for version in VERSIONS:
            accepted = version == negotiated or await self._accepts(version, name)
            results.append(ProtocolTrial(version=version, accepted=accepted))
        return tuple(results)

    async def _judged(self, attempt: Awaitable[_Look]) -> _Look:
        """Give every way to fail its outcome."""
        try:
            async with asyncio.timeout_at(self._deadline):
                return await attempt
        except TimeoutError:
            return _Look(TlsOutcome.TIMEOUT, "no complete answer in time")
        except Unreached as error:
            return _unreached(error)
        except NotTls as error:
            return _Look(TlsOutcome.NOT_TLS, str(error))
        except ssl.SSLError as error:
            reason = error.reason or "handshake failed"
            return _Look(TlsOutcome.HANDSHAKE_FAILED, reason.replace("_", " ").lower())
        except ValueError as error:
            return _Look(TlsOutcome.HANDSHAKE_FAILED, str(error))

    async def _handshake(self, name: str | None) -> _Look:
        done = await handshake(*self._where, name)
        if not done.chain:
            return _Look(TlsOutcome.HANDSHAKE_FAILED, "no certificate was sent")
        return _Look(TlsOutcome.HANDSHAKE, "", done.protocol, done.cipher, done.chain)

    async def _first_old_flight(self, name: str | None) -> _Look:
        """Read the certificates of a first flight; a server that hangs up gets an older hello."""
        from casaudit.collect.tls_fallback import cipher_name, client_hello

        for highest in ((3, 3), (3, 1), (3, 0)):
            said = client_hello(name, _OLDEST, highest)
            try:
                flight = await first_flight(*self._where, said, lambda f: f.chain is not None)
            except Dropped:
                continue
            if flight.version and flight.cipher is not None and flight.chain:
                version, cipher = _NAMES[flight.version], cipher_name(flight.cipher)
                return _Look(TlsOutcome.CERTIFICATE_ONLY, "", version, cipher, flight.chain)
        raise Dropped("the server closed the connection")

    async def _accepts(self, version: str, name: str | None) -> bool | None:
        """Say whether the server chooses a version when it is offered nothing else."""
        verdict = None
        for said in _hellos(version, name):
            try:
                async with asyncio.timeout_at(self._deadline):
                    flight = await first_flight(*self._where, said, lambda f: f.version is not None)
                return flight.version == VERSIONS[version]
            except Dropped:
                verdict = False
            except FatalAlert as alert:
                verdict = False
                if alert.description == PROTOCOL_VERSION_ALERT:
                    break
            except (TimeoutError, Unreached, ValueError):
                return None
        return verdict


def _hellos(version: str, name: str | None) -> Iterator[bytes]:
    """Yield the hellos that offer one version: OpenSSL's, then one with older ciphers."""
    if version in _OPENSSL and (said := hello(_OPENSSL[version], name)):
        yield said
    number = VERSIONS[version]
    if number <= _NEWEST_OF_FALLBACK:
        from casaudit.collect.tls_fallback import client_hello

        yield client_hello(name, number, number)


def _unreached(error: Unreached) -> _Look:
    match error.__cause__:
        case ConnectionRefusedError():
            return _Look(TlsOutcome.REFUSED, "connection refused")
        case TimeoutError():
            return _Look(TlsOutcome.TIMEOUT, "no complete answer in time")
        case _:
            return _Look(TlsOutcome.UNREACHABLE, str(error))


def _fingerprints(chain: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(hashlib.sha256(der).hexdigest() for der in chain)
