"""Looking at TLS endpoints, many at a time, each within one deadline: the prober port.

The prober judges nothing. What does not depend on the name is looked at once for an address.
"""

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

from casaudit.collect.address import host_and_port
from casaudit.collect.ports import TlsTarget
from casaudit.collect.tls import certificate
from casaudit.collect.tls.handshake import server_name
from casaudit.collect.tls.probe import SEEN, EndpointProbe, ProbeResult
from casaudit.snapshot import Certificate, ProtocolTrial, Source, TlsEndpoint, TlsOutcome

SILENCES = 2
"""So many time-outs, and an address is not asked for further names."""

_AWAY = (TlsOutcome.REFUSED, TlsOutcome.UNREACHABLE, TlsOutcome.NOT_TLS)


@dataclass(slots=True)
class _Peer:
    """What is known of one address and port, whatever the name: looked at once."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    silences: int = 0
    away: ProbeResult | None = None
    nameless: ProbeResult | None = None
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

    async def probe(self, target: TlsTarget) -> tuple[TlsEndpoint, tuple[Certificate, ...]]:
        """Return what the endpoint showed and the certificates it sent."""
        peer = self._peers.setdefault((target.address, target.connected_port), _Peer())
        # The second name of an address waits for what is learned of the address with the first.
        async with peer.lock:
            if peer.away is not None:
                return self._records(target, peer.away, peer)
            # Inside the lock: names that wait for their address must not take the places of others.
            async with self._places:
                probe = EndpointProbe(target, asyncio.get_running_loop().time() + self._timeout)
                result = await probe.certificates(server_name(target.host))
                await _learn(peer, probe, result)
            return self._records(target, result, peer)

    def _records(
        self, target: TlsTarget, result: ProbeResult, peer: _Peer
    ) -> tuple[TlsEndpoint, tuple[Certificate, ...]]:
        origin = f"tls:{host_and_port(target.address, target.connected_port)}"
        source = Source(origin=origin, at=datetime.now(UTC))
        nameless = peer.nameless.chain if peer.nameless else ()
        endpoint = TlsEndpoint(
            host=target.host,
            port=target.port,
            address=target.address,
            connected_port=target.connected_port,
            outcome=result.outcome,
            protocol=result.protocol,
            cipher=result.cipher,
            chain=_fingerprints(result.chain),
            chain_without_sni=_fingerprints(nameless) or None,
            trials=peer.trials,
            detail=result.detail,
            source=source,
        )
        # A dict and no set, to keep the order in which they were sent.
        ders = dict.fromkeys(result.chain + nameless)
        return endpoint, tuple(self._certificate(der, source) for der in ders)

    def _certificate(self, der: bytes, source: Source) -> Certificate:
        """Read a certificate once, however many endpoints send it."""
        if der not in self._certificates:
            self._certificates[der] = certificate.read_certificate(der, source)
        return self._certificates[der].model_copy(update={"source": source})


async def _learn(peer: _Peer, probe: EndpointProbe, result: ProbeResult) -> None:
    """Add to a peer what needs no name, and what a failure says about further names."""
    if result.outcome is TlsOutcome.TIMEOUT:
        peer.silences += 1
    if result.outcome in _AWAY or peer.silences == SILENCES:
        detail = f"{result.detail} (seen for {probe.target.host}, not tried again)"
        peer.away = ProbeResult(result.outcome, detail)
    elif result.outcome is not TlsOutcome.TIMEOUT and not peer.trials:
        name = server_name(probe.target.host)
        old = result.outcome is TlsOutcome.CERTIFICATE_ONLY
        peer.nameless = result if name is None else await probe.certificates(None, only_old=old)
        known = result if result.outcome in SEEN else peer.nameless
        peer.trials = await probe.trials(name if known is result else None, known)


def _fingerprints(chain: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(hashlib.sha256(der).hexdigest() for der in chain)
