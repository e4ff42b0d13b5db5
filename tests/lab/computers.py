"""The domain's accounts that stand for Exchange: its computers, and one for the arrays' names."""

from dataclasses import dataclass

from tests.lab.database import Database
from tests.lab.ldif import Entry, replacements, write
from tests.lab.partitions import Partitions

ARRAY = "outlook-ho"
SHARED_ACCOUNT = "EX-ASA$"
"""Holds the Kerberos names of the array: an alternate service account."""
_ENABLED, _DISABLED = b"4096", b"4098"


@dataclass(frozen=True, slots=True)
class Computer:
    """A computer account of the domain."""

    name: str
    services: tuple[str, ...]
    host: str | None = None
    enabled: bool = True


COMPUTERS = (
    Computer("HO-EX2010-MB1", ("HOST",)),
    Computer("HO-EX2010-MB2", ("HOST", "exchangeMDB")),
    Computer("BR-EX2010-MB", ("HOST",), enabled=False),
    Computer("EX-ASA", ("exchangeMDB", "exchangeRFR", "exchangeAB"), host=ARRAY),
    Computer("DESKTOP-1", ("HOST",)),
)
"""The last one has nothing to do with Exchange."""


def create(database: Database, where: Partitions) -> None:
    """Add the accounts, and give the controller the Kerberos names that Windows registers."""
    database.add(write(_entry(where, computer) for computer in COMPUTERS))
    controller, full = "DC1", f"dc1.{where.dns_name}"
    names = [f"{kind}/{name}".encode() for kind in ("HOST", "ldap") for name in (controller, full)]
    dn = f"CN={controller},OU=Domain Controllers,{where.domain}"
    database.modify(replacements([Entry(dn, {"servicePrincipalName": names})]))


def _entry(where: Partitions, computer: Computer) -> Entry:
    own = f"{computer.name}.{where.dns_name}"
    named = f"{computer.host}.{where.dns_name}" if computer.host else own
    values = {
        "objectClass": [b"computer"],
        "sAMAccountName": [f"{computer.name}$".encode()],
        "userAccountControl": [_ENABLED if computer.enabled else _DISABLED],
        "servicePrincipalName": [f"{each}/{named}".encode() for each in computer.services],
        "operatingSystem": [b"Windows Server 2008 R2 Enterprise"],
        "description": [b"canary: nobody asked for this"],
    }
    if computer.host is None:
        values["dNSHostName"] = [own.encode()]
    return Entry(f"CN={computer.name},CN=Computers,{where.domain}", values)
