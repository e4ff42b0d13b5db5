"""Certificates in the stores of servers, with the services that use them."""

import re
from collections.abc import Iterator

from casaudit.collect.clixml.export_kind import Found, Kind, either, having, typed
from casaudit.collect.clixml.properties import OddObject, PropertyReader
from casaudit.collect.clixml.values import Exported
from casaudit.collect.tls import certificate
from casaudit.snapshot import Certificate, Reason, SectionName, StoreCertificate

MAX_DER = 64 * 1024
_THUMBPRINT = re.compile(r"[0-9A-F]{40}")
_PENDING = "pendingrequest"
# PowerShell's own types.ps1xml has X509Certificate2 and all that derives from it serialised as
# RawData and nothing else.
_UNTOLD = ("services", "status", "has_private_key", "self_signed", "root_ca_type")
_HINT = (
    "Export-Clixml keeps nothing but RawData of a certificate, so its services are not seen: export"
    " with | Select-Object Thumbprint, Services, Status, HasPrivateKey, IsSelfSigned, RootCAType,"
    " CertificateDomains, Subject, Issuer, NotBefore, NotAfter, RawData |"
)


def _is_raw(item: Exported) -> bool:
    return "rawdata" in item.properties and "thumbprint" not in item.properties


def _is_of_windows(item: Exported) -> bool:
    return _is_raw(item) and typed("X509Certificate2")(item)


def _read(reading: PropertyReader) -> Iterator[Found]:
    if _is_raw(reading.item):
        yield from _read_raw(reading)
        return
    thumbprint = reading.key("Thumbprint").replace(" ", "").upper()
    if not _THUMBPRINT.fullmatch(thumbprint):
        raise OddObject("has a Thumbprint that is not one")
    status = reading.text("Status", "status")
    # A pending request stands in the store as a certificate that nobody signed.
    whole = None if status and status.lower() == _PENDING else _whole(reading, thumbprint)
    yield StoreCertificate(
        server=reading.server(),
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


def _read_raw(reading: PropertyReader) -> Iterator[Found]:
    """Yield a certificate of which nothing but its bytes was exported."""
    whole = _parsed(reading)
    # Bytes that are no certificate have no thumbprint.
    if whole is None or "certificate" in whole.unread:
        raise OddObject("has neither a Thumbprint nor a RawData that can be read")
    reading.notes.append((Reason.DENIED_OR_ABSENT, _HINT))
    lacking = {"subject", "issuer", "dns_names", "not_before", "not_after"} & {*whole.unread}
    reading.unread |= {*_UNTOLD, *lacking}
    # Exchange lists the common name among the domains, too.
    names = whole.dns_names or ((whole.common_name,) if whole.common_name else ())
    yield StoreCertificate(
        server=reading.server(),
        thumbprint=whole.sha1,
        sha256=whole.sha256,
        subject=whole.subject,
        issuer=whole.issuer,
        dns_names=tuple(sorted(names)),
        not_before=whole.not_before,
        not_after=whole.not_after,
        **reading.common(),
    )
    yield whole


def _whole(reading: PropertyReader, thumbprint: str) -> Certificate | None:
    """Return the certificate itself where the export holds it and it is the one named."""
    found = _parsed(reading) if reading.has("RawData") else None
    # The thumbprint is the SHA-1 of these bytes: the file was edited or put together wrongly.
    if found is not None and found.sha1 != thumbprint:
        reading.miss("sha256", Reason.CONFLICT, "RawData is not the certificate of the Thumbprint")
        return None
    return found


def _parsed(reading: PropertyReader) -> Certificate | None:
    der = reading.octets("RawData", "sha256")
    if der is not None and len(der) > MAX_DER:
        reading.miss("sha256", Reason.LIMIT, f"RawData: longer than {MAX_DER:,} bytes")
        return None
    return None if der is None else certificate.read_certificate(der, reading.source)


KINDS = (
    Kind(
        "certs",
        (SectionName.STORE_CERTIFICATES,),
        either(having("Thumbprint", "Services"), _is_of_windows),
        _read,
        types=("ExchangeCertificate",),
        # From Exchange 2013 on its identity is SERVER\THUMBPRINT.
        owner=("Server", "Identity"),
        may_be_empty=True,
    ),
)
