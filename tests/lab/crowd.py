"""A crowd for paging and ranged reading: an export with far more objects than one page holds."""

import uuid
from collections.abc import Iterator

from tests.lab.ldif import Entry, write

DATABASES = 1200
SITE_SCOPES = 1600
GROUP_DN = (
    "CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=ESP,"
    "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=exchangeserverpro,DC=net"
)
OWNER_DN = f"CN=HO-EX2010-MB2,CN=Servers,{GROUP_DN}"
WIDE_DN = f"CN=wide,CN=Autodiscover,CN=Protocols,{OWNER_DN}"
"""A service connection point whose ``keywords`` have more values than one answer holds."""
AUTODISCOVER_URL = b"77378F46-2C66-4aa9-A6A6-3E7A48B19596"

_NAMES = uuid.UUID("0d4be9b6-2b53-4b0c-9d5e-6f3c9be1f3a1")
_ENDPOINT = (
    b"/o=ESP/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Configuration/cn=Servers"
    b"/cn=outlook-ho.exchangeserverpro.net/cn=Microsoft Private MDB"
)


def export() -> bytes:
    """Return LDIF that is to be loaded after article A's organisation."""
    return write([*_databases(), _wide()]).encode()


def database_names() -> list[str]:
    """Name the databases of the crowd."""
    return [f"MB-CROWD-{number:04}" for number in range(1, DATABASES + 1)]


def _databases() -> Iterator[Entry]:
    owner = OWNER_DN.encode()
    for name in database_names():
        dn = f"CN={name},CN=Databases,{GROUP_DN}"
        yield _entry(
            dn,
            b"msExchPrivateMDB",
            legacyExchangeDN=_ENDPOINT,
            msExchOwningServer=owner,
            msExchMasterServerOrAvailabilityGroup=owner,
            msExchVersion=b"44220983382016",
        )
        copy = f"CN=HO-EX2010-MB2,{dn}"
        yield _entry(
            copy, b"msExchMDBCopy", msExchHostServerLink=owner, msExchActivationPreference=b"1"
        )


def _wide() -> Entry:
    entry = _entry(WIDE_DN, b"serviceConnectionPoint")
    entry.attributes["serviceBindingInformation"] = [
        b"https://autodiscover.exchangeserverpro.net/Autodiscover/Autodiscover.xml"
    ]
    scopes = [f"Site=Branch-{number:04}".encode() for number in range(SITE_SCOPES)]
    entry.attributes["keywords"] = [AUTODISCOVER_URL, *scopes]
    return entry


def _entry(dn: str, object_class: bytes, **values: bytes) -> Entry:
    identifier = uuid.uuid5(_NAMES, dn).bytes_le
    attributes = {"objectClass": object_class, "objectGUID": identifier, **values}
    return Entry(dn, {name: [value] for name, value in attributes.items()})
