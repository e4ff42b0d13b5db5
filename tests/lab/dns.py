"""Name servers: one NSD for each view of the organisation's names."""

import shutil
from collections.abc import Mapping
from types import TracebackType
from typing import Self

from tests.lab import addresses
from tests.lab.addresses import DNS_PORT, DOMAIN
from tests.lab.child import Child
from tests.lab.claim import RUN

Zones = Mapping[str, str]
"""Zone files by origin; the start of authority and the name server are put in front."""

INTERNAL: Zones = {
    DOMAIN: f"""
dc1             A      {addresses.DIRECTORY}
ho-ex2010-mb1   A      {addresses.HO_EX2010_MB1}
ho-ex2010-mb2   A      {addresses.HO_EX2010_MB2}
br-ex2010-mb    A      {addresses.BR_EX2010_MB}
outlook-ho 300  A      {addresses.PASS_THROUGH_BALANCER}
mail       600  A      {addresses.TERMINATING_BALANCER}
autodiscover    CNAME  mail
"""
}
"""What clients inside see; there is no ``outlook-br``."""
EXTERNAL: Zones = {
    DOMAIN: f"""
mail       600  A      {addresses.PASS_THROUGH_BALANCER}
autodiscover    CNAME  mail
"""
}
"""What the Internet sees: another address for ``mail``, neither array nor servers."""

_HEAD = """$TTL 3600
@ SOA ns1 hostmaster 2012031401 3600 600 86400 900
@ NS ns1
ns1 A {address}
"""


class NameServer:
    """An authoritative server for one view."""

    def __init__(self, address: str, zones: Zones, port: int = DNS_PORT) -> None:
        """Describe a server that answers from the zones."""
        self.address = address
        self.port = port
        self._zones = zones
        self._folder = RUN / f"dns-{address}"
        command = ["nsd", "-d", "-c", str(self._folder / "nsd.conf")]
        self._child = Child(f"nsd-{address}", command, [(address, port)])

    def __enter__(self) -> Self:
        self._folder.mkdir()
        (self._folder / "nsd.conf").write_text(self._configuration())
        for origin, text in self._zones.items():
            zone = _HEAD.format(address=self.address) + text
            (self._folder / origin).write_text(zone, encoding="utf-8")
        self._child.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._child.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _configuration(self) -> str:
        here = self._folder
        settings = {
            "ip-address": f"{self.address}@{self.port}",
            "server-count": "1",
            "username": '""',
            "zonesdir": f'"{here}"',
            "database": '""',
            "pidfile": f'"{here / "nsd.pid"}"',
            "xfrdfile": f'"{here / "xfrd"}"',
            "xfrdir": f'"{here}"',
            "zonelistfile": f'"{here / "zones"}"',
        }
        lines = [f"  {name}: {value}" for name, value in settings.items()]
        lines = ["server:", *lines, "remote-control:", "  control-enable: no"]
        for origin in self._zones:
            lines += ["zone:", f'  name: "{origin}"', f'  zonefile: "{origin}"']
        return "\n".join(lines) + "\n"
