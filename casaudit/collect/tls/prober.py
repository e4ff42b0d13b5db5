"""Looking at TLS endpoints, many at a time, each within one deadline: the prober port.

The prober judges nothing. What does not depend on the name is looked at once for an address.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from casaudit.collect.address import joined
from casaudit.collect.ports import Target
from casaudit.collect.tls import certificate
from casaudit.collect.tls.handshake import server_name
from casaudit.collect.tls.probe import SEEN, Attempts, Look
from casaudit.snapshot import Certificate, ProtocolTrial, Source, TlsEndpoint, TlsOutcome

SILENCES = 2
"""So many time-outs, and an address is not asked for further names."""

_AWAY = (TlsOutcome.REFUSED, TlsOutcome.UNREACHABLE, TlsOutcome.NOT_TLS)


@dataclass(slots=True)
class _Peer:
    """What is known of one address and port, whatever the name: looked at once."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    silences: int = 0
    away: Look | None = None
    nameless: Look | None = None
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
                attempts = Attempts(target, asyncio.get_running_loop().time() + self._timeout)
                look = await attempts.look(server_name(target.host))
                await _learn(peer, attempts, look)
            return self._records(target, look, peer)

    def _records(
        self, target: Target, look: Look, peer: _Peer
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


async def _learn(peer: _Peer, attempts: Attempts, look: Look) -> None:
    """Add to a peer what needs no name, and what a failure says about further names."""
    if look.outcome is TlsOutcome.TIMEOUT:
        peer.silences += 1
    if look.outcome in _AWAY or peer.silences == SILENCES:
        detail = f"{look.detail} (seen for {attempts.target.host}, not tried again)"
        peer.away = Look(look.outcome, detail)
    elif look.outcome is not TlsOutcome.TIMEOUT and not peer.trials:
        name = server_name(attempts.target.host)
        old = look.outcome is TlsOutcome.CERTIFICATE_ONLY
        peer.nameless = look if name is None else await attempts.look(None, only_old=old)
        known = look if look.outcome in SEEN else peer.nameless
        peer.trials = await attempts.trials(name if known is look else None, known)


def _fingerprints(chain: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(hashlib.sha256(der).hexdigest() for der in chain)
