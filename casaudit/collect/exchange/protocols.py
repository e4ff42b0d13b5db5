"""What lies below ``CN=Protocols`` of a server: virtual directories, POP and IMAP, Autodiscover."""

from collections.abc import Iterable, Iterator
from typing import cast

from casaudit.collect.exchange.attributes import AttributeReader, OddEntry
from casaudit.collect.exchange.queries import DIRECTORY_CLASSES
from casaudit.collect.exchange.servers import server_above
from casaudit.snapshot import MailProtocol, ServiceConnectionPoint, VirtualDirectory
from casaudit.snapshot.directory import Service

AUTODISCOVER_URL = "77378f46-2c66-4aa9-a6a6-3e7a48b19596"
AUTODISCOVER_POINTER = "67661d7f-8fc4-4fa7-bfac-e1d7794c1f68"
"""Keywords, lower case, of points that hold Autodiscover's URL or refer to another forest."""


def virtual_directory(read: AttributeReader) -> VirtualDirectory | None:
    """Return a virtual directory; ``None`` for the container of them."""
    services = [service for each, service in DIRECTORY_CLASSES.items() if read.is_a(each)]
    if not services:
        return None
    return VirtualDirectory(
        service=cast(Service, services[0]),
        server_dn=_server(read),
        **read.fields(VirtualDirectory),
        **read.identity(),
    )


def mail_protocol(read: AttributeReader) -> MailProtocol:
    """Return the POP or IMAP settings of a server."""
    return MailProtocol(
        protocol="pop" if read.is_a("protocolCfgPOPServer") else "imap",
        server_dn=_server(read),
        **read.fields(MailProtocol),
        **read.identity(),
    )


def connection_point(read: AttributeReader) -> ServiceConnectionPoint | None:
    """Return an Autodiscover connection point; ``None`` for those of other services."""
    fields = read.fields(ServiceConnectionPoint)
    known = {each.strip().lower() for each in fields["keywords"]}
    # A point whose keywords cannot be read may be one of Autodiscover: it is kept.
    if not read.is_unread("keywords") and known.isdisjoint(
        (AUTODISCOVER_URL, AUTODISCOVER_POINTER)
    ):
        return None
    return ServiceConnectionPoint(
        server_dn=server_above(read.entry.dn), **fields, **read.identity()
    )


def client_urls(
    directories: Iterable[VirtualDirectory], points: Iterable[ServiceConnectionPoint]
) -> Iterator[str]:
    """Yield the URLs that clients are given.

    Not the PowerShell directories and not those of a back end: they carry server names by design.
    """
    for each in directories:
        # Exchange 2013 and later have a second set of directories in an IIS site of that name.
        if each.service != "powershell" and not each.name.lower().endswith("(exchange back end)"):
            yield from filter(None, (each.internal_url, each.external_url))
    for point in points:
        yield from point.uris


def _server(read: AttributeReader) -> str:
    found = server_above(read.entry.dn)
    if found is None:
        raise OddEntry("lies below no server's CN=Protocols")
    return found
