"""Where the objects of an organisation stand in the directory."""

import re
from dataclasses import dataclass

from ldap3.utils.dn import escape_rdn

GROUP = "Exchange Administrative Group (FYDIBOHF23SPDLT)"
_FIRST = re.compile(r"(?:[^,\\]|\\.)*")
_ESCAPED = re.compile(r"\\(?:([0-9A-Fa-f]{2})|(.))")


def below(name: str, parent: str) -> str:
    """Return the distinguished name of an object under another one.

    A line feed occurs in the names that a replication conflict leaves behind.
    """
    return f"CN={escape_rdn(name)},{parent}".replace("\n", r"\0A")


def name_of(dn: str) -> str:
    """Return an object's own name, nothing escaped."""
    first = _first(dn).partition("=")[2]
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)) if m[1] else m[2], first)


def parent_of(dn: str) -> str:
    """Return the distinguished name of the object above, empty at the top."""
    return dn[len(_first(dn)) + 1 :]


def _first(dn: str) -> str:
    found = _FIRST.match(dn)
    return found[0] if found else ""


@dataclass(frozen=True, slots=True)
class Tree:
    """The distinguished names of one organisation."""

    domain: str
    organization: str

    @property
    def configuration(self) -> str:
        """The configuration partition."""
        root = ",".join(f"DC={label}" for label in self.domain.split("."))
        return f"CN=Configuration,{root}"

    @property
    def schema(self) -> str:
        """The schema partition."""
        return f"CN=Schema,{self.configuration}"

    @property
    def exchange(self) -> str:
        """The container above the organisation."""
        return f"CN=Microsoft Exchange,CN=Services,{self.configuration}"

    @property
    def top(self) -> str:
        """The organisation's own container."""
        return below(self.organization, self.exchange)

    @property
    def group(self) -> str:
        """The administrative group of all servers since Exchange 2007."""
        return below(GROUP, f"CN=Administrative Groups,{self.top}")

    @property
    def accepted_domains(self) -> str:
        """The container of accepted domains."""
        return f"CN=Accepted Domains,CN=Transport Settings,{self.top}"

    @property
    def address_book(self) -> str:
        """The default offline address book."""
        lists = f"CN=Offline Address Lists,CN=Address Lists Container,{self.top}"
        return f"CN=Default Offline Address Book,{lists}"

    def site(self, name: str) -> str:
        """A site."""
        return below(name, f"CN=Sites,{self.configuration}")

    def server(self, name: str) -> str:
        """A server."""
        return below(name, f"CN=Servers,{self.group}")

    def array(self, name: str) -> str:
        """An array."""
        return below(name, f"CN=Arrays,{self.group}")

    def database(self, name: str) -> str:
        """A database."""
        return below(name, f"CN=Databases,{self.group}")

    def availability_group(self, name: str) -> str:
        """A database availability group."""
        return below(name, f"CN=Database Availability Groups,{self.group}")

    @property
    def legacy(self) -> str:
        """The X.500 form of the administrative group."""
        return f"/o={self.organization}/ou={GROUP}"

    def endpoint(self, name: str) -> str:
        """The X.500 form of a server (by short name) or an array (by FQDN)."""
        return f"{self.legacy}/cn=Configuration/cn=Servers/cn={name}"
