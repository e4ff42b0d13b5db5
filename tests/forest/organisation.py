"""The parts of the organisation, as an administrator would name them."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal, TypeVar

from tests.forest.network import Listener, Zone
from tests.forest.objects import INSTALLED, Object, Values
from tests.forest.tree import Tree

COLLECTED_AT = datetime(2026, 11, 15, 6, 0, 0, tzinfo=UTC)

Service = Literal[
    "owa", "ecp", "ews", "eas", "oab", "autodiscover", "outlook_anywhere", "powershell", "mapi"
]
BASIC, NTLM, FORMS, WINDOWS, WS_SECURITY = 1, 2, 4, 16, 128
URLS: dict[Service, tuple[str, int]] = {
    "owa": ("/owa", BASIC | FORMS),
    "ecp": ("/ecp", BASIC | FORMS),
    "ews": ("/EWS/Exchange.asmx", NTLM | WINDOWS | WS_SECURITY),
    "eas": ("/Microsoft-Server-ActiveSync", BASIC),
    "oab": ("/OAB", WINDOWS),
}
"""Path of each service that clients are given a URL for, and its authentication when new."""

CLIENT_ACCESS = 4


@dataclass(slots=True)
class Site:
    """An Active Directory site with a domain controller, as a rule of Windows Server 2012 R2."""

    name: str
    subnets: tuple[str, ...] = ()
    controller_level: int = 6


@dataclass(slots=True)
class VirtualDirectory:
    """An HTTP directory of a server; authentication as a bit mask, as stored."""

    internal_url: str | None
    external_url: str | None
    internal_authentication: int
    external_authentication: int
    bypass_url: str | None = None


@dataclass(slots=True)
class ConnectionPoint:
    """An Autodiscover service connection point below a server."""

    uri: str | None
    sites: tuple[str, ...]


@dataclass(slots=True)
class Server:
    """An Exchange server.

    Attributes:
        version: major, minor, build, revision as the cmdlets show it.
        roles: bit mask; 38 is Mailbox, Client Access and Hub Transport on one server.
    """

    name: str
    site: str | None
    fqdn: str | None
    roles: int = 38
    version: tuple[int, int, int, int] = (14, 3, 123, 4)
    group: str | None = None
    rpc_client_access: bool = True
    encryption_required: bool | None = True
    max_connections: int | None = 65536
    blocked_client_versions: str | None = None
    directories: dict[Service, VirtualDirectory] = field(default_factory=dict)
    connection_point: ConnectionPoint | None = None
    mail_certificate_name: str | None = None
    created: datetime = INSTALLED

    def publish(self, inside: str, *, outside: str | None = None) -> None:
        """Give the HTTPS services their URLs under shared host names."""
        for service, (path, mask) in URLS.items():
            external = None if outside is None else f"https://{outside}{path}"
            url = f"https://{inside}{path}"
            self.directories[service] = VirtualDirectory(url, external, mask, mask)
        self.directories["ews"].bypass_url = f"https://{self.fqdn}/ews/exchange.asmx"
        every = BASIC | NTLM | WINDOWS | WS_SECURITY
        self.directories["autodiscover"] = VirtualDirectory(None, None, every, every)
        shell = f"http://{self.fqdn}/powershell"
        self.directories["powershell"] = VirtualDirectory(shell, None, 0, 0)
        self.mail_certificate_name = inside

    def enable_outlook_anywhere(self, outside: str) -> None:
        """Let Outlook reach the server over HTTPS: NTLM for clients, Basic and NTLM in IIS."""
        url = f"https://{outside}/rpc"
        self.directories["outlook_anywhere"] = VirtualDirectory(None, url, BASIC | NTLM, NTLM)


@dataclass(slots=True)
class Array:
    """A Client Access array object."""

    name: str
    fqdn: str | None
    site: str | None
    created: datetime = INSTALLED
    class_name: str = "msExchClientAccessArray"


@dataclass(slots=True)
class Copy:
    """A copy of a database on a server; preference 1 is activated first."""

    server: str
    preference: int = 1


@dataclass(slots=True)
class Database:
    """A database.

    Attributes:
        endpoint: RpcClientAccessServer as the directory keeps it: the short name of a server or
            the FQDN of an array; ``None`` leaves the attribute out.
        group: the availability group that its copies belong to.
        public_folder_database: the one that its mailboxes use first.
        excluded: from provisioning, as ``-IsExcludedFromProvisioning $true`` makes it.
    """

    name: str
    endpoint: str | None
    copies: list[Copy]
    kind: Literal["mailbox", "public_folder"] = "mailbox"
    group: str | None = None
    recovery: bool = False
    created: datetime = INSTALLED
    excluded: bool = False
    public_folder_database: str | None = None


@dataclass(slots=True)
class Group:
    """A database availability group."""

    name: str
    allow_cross_site_rpc: bool = False


N = TypeVar("N", Site, Server, Array, Database, Group)


def _named(things: Iterable[N], name: str) -> N:
    return next(thing for thing in things if thing.name == name)


@dataclass(slots=True)
class Forest:
    """One organisation with everything that can be asked about it.

    Attributes:
        level: the functional level of the forest: 6 is Windows Server 2012 R2.
        more: objects of other kinds, as they are.
        overrides: attributes that replace those of the object with that DN.
        hidden: DNs whose entries (and all below them) the account may not see.
        dns_internal, dns_external: what each view says; ``resolvers`` are where it is asked.
        tls: what listens on port 443, by address.
        start_pages: the build that the start page of a server shows, by its name.
    """

    domain: str
    organization: str
    sites: list[Site] = field(default_factory=list)
    servers: list[Server] = field(default_factory=list)
    arrays: list[Array] = field(default_factory=list)
    databases: list[Database] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    accepted_domains: dict[str, int] = field(default_factory=dict)
    level: int = 6
    more: list[Object] = field(default_factory=list)
    overrides: dict[str, Values] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    dns_internal: Zone = field(default_factory=dict)
    dns_external: Zone = field(default_factory=dict)
    tls: dict[str, Listener] = field(default_factory=dict)
    start_pages: dict[str, str | None] = field(default_factory=dict)
    resolvers: tuple[str, str] = ("10.1.0.53:53", "198.51.100.53:53")

    @property
    def tree(self) -> Tree:
        """Where the objects stand."""
        return Tree(self.domain, self.organization)

    def site(self, name: str) -> Site:
        """Return a site by name."""
        return _named(self.sites, name)

    def server(self, name: str) -> Server:
        """Return a server by its short name."""
        return _named(self.servers, name)

    def array(self, name: str) -> Array:
        """Return an array by its object name."""
        return _named(self.arrays, name)

    def database(self, name: str) -> Database:
        """Return a database by name."""
        return _named(self.databases, name)

    def group(self, name: str) -> Group:
        """Return an availability group by name."""
        return _named(self.groups, name)
