"""HAProxy in front of the Client Access servers, as the load balancer of the organisation."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.lab.child import Child
from tests.lab.claim import RUN
from tests.lab.pki import Identity
from tests.lab.tls import HTTPS_PORT


@dataclass(frozen=True, slots=True)
class Frontend:
    """One virtual address of the balancer and the servers behind it."""

    address: str
    members: Sequence[str]
    identity: Identity | None = None
    """The balancer's own certificate; without one it passes TLS through."""


class Balancer:
    """One HAProxy with its virtual addresses."""

    def __init__(self, frontends: Sequence[Frontend]) -> None:
        """Describe the balancer."""
        self._frontends = frontends
        self._file = RUN / "haproxy.cfg"
        command = ["haproxy", "-db", "-f", str(self._file)]
        ports = [(frontend.address, HTTPS_PORT) for frontend in frontends]
        self._child = Child("haproxy", command, ports)

    def __enter__(self) -> Self:
        head = "global\n  maxconn 256\ndefaults\n  mode tcp\n"
        times = "  timeout connect 2s\n  timeout client 30s\n  timeout server 30s\n"
        self._file.write_text(head + times + "".join(map(_section, self._frontends)))
        self._child.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.stop()


def _section(frontend: Frontend) -> str:
    bind, server = "", ""
    if frontend.identity is not None:
        bind, server = f" ssl crt {frontend.identity.combined_file}", " ssl verify none"
    lines = [f"listen {frontend.address}", f"  bind {frontend.address}:{HTTPS_PORT}{bind}"]
    for number, member in enumerate(frontend.members, start=1):
        lines.append(f"  server member{number} {member}:{HTTPS_PORT}{server}")
    return "\n".join(lines) + "\n"
