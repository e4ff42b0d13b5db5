"""Certificates in the stores of servers, with the services that use them."""

import re
from collections.abc import Iterator

from casaudit.collect.clixml.export_kind import Found, Kind, having
from casaudit.collect.clixml.properties import OddObject, PropertyReader
from casaudit.collect.tls import certificate
from casaudit.snapshot import Certificate, Reason, SectionName, StoreCertificate

MAX_DER = 64 * 1024
_THUMBPRINT = re.compile(r"[0-9A-F]{40}")
_PENDING = "pendingrequest"


def _read(reading: PropertyReader) -> Iterator[Found]:
    thumbprint = reading.key("Thumbprint").replace(" ", "").upper()
    if not _THUMBPRINT.fullmatch(thumbprint):
        raise OddObject("has a Thumbprint that is none")
    status = reading.text("Status", "status")
    # A pending request stands in the store as a certificate that nobody signed.
    whole = None if status and status.lower() == _PENDING else _whole(reading, thumbprint)
    yield StoreCertificate(
        server=reading.server("Server", "PSComputerName"),
        thumbprint=thumbprint,
        sha256=whole.sha256 if whole else None,
        status=status,
        services=reading.names("Services", "services"),
        has_private_key=reading.boolean("HasPrivateKey", "has_private_key"),
        self_signed=reading.boolean("IsSelfSigned", "self_signed"),
        root_ca_type=reading.text("RootCAType", "root_ca_type"),
        subject=reading.text("Subject", "subject"),
        issuer=reading.text("Issuer", "issuer"),
        dns_names=reading.texts("CertificateDomains", "dns_names"),
        not_before=reading.moment("NotBefore", "not_before"),
        not_after=reading.moment("NotAfter", "not_after"),
        **reading.common(),
    )
    if whole is not None:
        yield whole


def _whole(reading: PropertyReader, thumbprint: str) -> Certificate | None:
    """Return the certificate itself where the export holds it and it is the one named."""
    der = reading.octets("RawData", "sha256") if reading.has("RawData") else None
    if der is None:
        return None
    if len(der) > MAX_DER:
        reading.miss("sha256", Reason.LIMIT, f"RawData: longer than {MAX_DER:,} bytes")
        return None
    found = certificate.read_certificate(der, reading.source)
    # The thumbprint is the SHA-1 of these bytes: the file was edited or put together wrongly.
    if found.sha1 != thumbprint:
        reading.miss("sha256", Reason.CONFLICT, "RawData is not the certificate of the Thumbprint")
        return None
    return found


KINDS = (
    Kind(
        "certs",
        (SectionName.STORE_CERTIFICATES,),
        having("Thumbprint", "Services"),
        _read,
        may_be_empty=True,
    ),
)
