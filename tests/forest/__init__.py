"""An Exchange organisation in memory: healthy as it is built, edited by attribute, and askable.

``Forest`` holds the organisation; ``entries`` turns it into directory entries, ``ldif`` those into
an export file; ``ForestDirectory``, ``ForestResolver`` and ``ForestProber`` answer the ports of
the collection from it. So a test of the walk needs no mock, and a sample no real organisation::

    forest = healthy()
    forest.database("DB-HO-01").endpoint = "EX1"
    forest.dns_internal["outlook-ho.corp.example"] = DnsStatus.NXDOMAIN
    forest.tls["10.1.0.11"] = TlsOutcome.TIMEOUT
"""

from tests.forest.collected import snapshot
from tests.forest.entries import entries
from tests.forest.ldifde import ldif
from tests.forest.network import Addresses, Alias, Endpoint
from tests.forest.objects import ForestEntry, Object, guid
from tests.forest.organisation import (
    COLLECTED_AT,
    Array,
    ConnectionPoint,
    Copy,
    Database,
    Forest,
    Group,
    Server,
    Site,
    VirtualDirectory,
)
from tests.forest.ports import ForestDirectory, ForestProber, ForestResolver, ForestWeb

__all__ = [
    "COLLECTED_AT",
    "Addresses",
    "Alias",
    "Array",
    "ConnectionPoint",
    "Copy",
    "Database",
    "Endpoint",
    "Forest",
    "ForestDirectory",
    "ForestEntry",
    "ForestProber",
    "ForestResolver",
    "ForestWeb",
    "Group",
    "Object",
    "Server",
    "Site",
    "VirtualDirectory",
    "entries",
    "guid",
    "ldif",
    "snapshot",
]
