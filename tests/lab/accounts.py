"""The lab's accounts: one that reads like any domain user, two from which arrays are hidden."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from tests.lab.addresses import DOMAIN
from tests.lab.database import Database
from tests.lab.ldif import Entry, replacements, write
from tests.lab.partitions import Partitions


@dataclass(frozen=True, slots=True)
class Account:
    """A domain user and what is kept from it."""

    name: str
    password: str
    denied: Mapping[str, str] = field(default_factory=dict)
    """Filters of objects, and the access control entries that go in front of theirs."""

    domain: str = DOMAIN

    @property
    def user(self) -> str:
        """The name to bind with."""
        return f"{self.name}@{self.domain}"

    def of(self, where: Partitions) -> Self:
        """Return the account of the same name in another organisation's domain."""
        return replace(self, domain=where.dns_name)


_ARRAYS = "(&(cn=Arrays)(objectClass=msExchContainer))"
_GROUPS = "(objectClass=msExchAdminGroup)"
AUDITOR = Account("auditor", "Audit-Pass-1!")
"""An ordinary domain user: reads everything that an authenticated user reads."""
BLIND = Account("blind", "Blind-Pass-1!", {_ARRAYS: "(D;;LCLO;;;{sid})"})
"""Sees the container of the arrays, and nothing in it."""
EXCLUDED = Account(
    "excluded", "Excluded-Pass-1!", {_ARRAYS: "(D;;LCLO;;;{sid})", _GROUPS: "(D;;LC;;;{sid})"}
)
"""Does not even see the container of the arrays, but everything beside it."""
ACCOUNTS = (AUDITOR, BLIND, EXCLUDED)
ADMINISTRATOR = Account("Administrator", "Lab-Admin-1!")
"""Comes with the domain and may change everything; only the lab itself binds as this one."""

_NORMAL_ACCOUNT_WITHOUT_EXPIRY = b"66048"


def create(database: Database, where: Partitions) -> None:
    """Add the accounts, and switch to list object mode, in which single objects can be hidden."""
    service = f"CN=Directory Service,CN=Windows NT,CN=Services,{where.configuration}"
    database.add(write(_entry(where, account) for account in ACCOUNTS))
    database.modify(replacements([Entry(service, {"dSHeuristics": [b"001"]})]))


def restrict(database: Database, where: Partitions) -> None:
    """Deny to the accounts what they must not see."""
    for account in ACCOUNTS:
        (found,) = database.search(where.domain, f"(sAMAccountName={account.name})", "objectSid")
        sid = found.attributes["objectSid"][0].decode()
        for filter_, sddl in account.denied.items():
            for entry in database.search(where.configuration, filter_, "1.1"):
                database.add_rights(entry.dn, sddl.format(sid=sid))


def _entry(where: Partitions, account: Account) -> Entry:
    values = {
        "objectClass": b"user",
        "sAMAccountName": account.name.encode(),
        "userPrincipalName": account.of(where).user.encode(),
        "userAccountControl": _NORMAL_ACCOUNT_WITHOUT_EXPIRY,
        "clearTextPassword": account.password.encode("utf-16-le"),
    }
    dn = f"CN={account.name},CN=Users,{where.domain}"
    return Entry(dn, {name: [value] for name, value in values.items()})
