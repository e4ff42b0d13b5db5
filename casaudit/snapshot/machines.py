"""Records of what exports say of single servers: what is installed, set and running there.

A server stands here by the name that the export gives, short or fully qualified.
"""

from casaudit.snapshot.exports import ExportedRecord
from casaudit.snapshot.record import Moment


class ServerRecord(ExportedRecord):
    """A record about one server."""

    server: str

    def sort_key(self) -> tuple[str, ...]:
        """Order by server."""
        return (self.server,)


class ServerBuild(ServerRecord):
    """The build of a server: the file version of its ``ExSetup.exe``, which rollups raise.

    Attributes:
        file_version: as stored, such as ``14.03.0513.000``.
        build: the same without leading zeros: ``14.3.513.0``.
    """

    file_version: str
    build: str


class ServiceState(ServerRecord):
    """The state of a Windows service of Exchange.

    Attributes:
        name: such as ``MSExchangeRPC``.
        state: such as ``Running``, ``Stopped``.
        start_mode: ``Auto``, ``Manual`` or ``Disabled``.
    """

    name: str
    state: str | None = None
    start_mode: str | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by server and service."""
        return (self.server, self.name)


class StaticPorts(ServerRecord):
    """What the registry of a server sets for its RPC services: TCP ports and site enforcement.

    Attributes:
        rpc_port: ``TCP/IP Port`` of MSExchangeRPC as a number; ``None`` when there is none.
        rpc_kind: kind of that registry value, such as ``DWord``; ``None`` when it does not exist.
        address_book_port: likewise ``RpcTcpPort`` of MSExchangeAB.
        address_book_kind: likewise, such as ``String``.
        site_enforcement: ``EnablePreferredSiteEnforcement`` of MSExchangeRPC as a number: 0 leaves
            Outlook at the array of the site that its mailbox was moved away from.
        site_enforcement_kind: kind of that value; ``None`` when it does not exist.
    """

    rpc_port: int | None = None
    rpc_kind: str | None = None
    # The kind matters: MSExchangeRPC keeps its port as a number, MSExchangeAB as a text.
    address_book_port: int | None = None
    address_book_kind: str | None = None
    site_enforcement: int | None = None
    site_enforcement_kind: str | None = None


class RpcClientAccess(ServerRecord):
    """Settings of the RPC Client Access service of a server (``Get-RpcClientAccess``).

    Attributes:
        blocked_client_versions: empty where none is blocked; ``None`` when not exported.
    """

    encryption_required: bool | None = None
    maximum_connections: int | None = None
    blocked_client_versions: str | None = None


class ClientVersion(ServerRecord):
    """A version of a client that connected to a server, by its RPC Client Access log.

    Attributes:
        software: such as ``OUTLOOK.EXE``.
        version: such as ``14.0.7172.5000``.
        connections: how many connections the log holds.
        last_day: of the last of them, as ``2026-11-30``.
    """

    software: str
    version: str
    connections: int | None = None
    last_day: str | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by server, client and version."""
        return (self.server, self.software, self.version)


class NlbFeature(ServerRecord):
    """Whether Windows Network Load Balancing is installed on a server."""

    installed: bool | None = None


class NlbNode(ServerRecord):
    """A node of a Windows NLB cluster; the service is bound to a network card of it.

    Attributes:
        server: the node.
        seen_from: the server that was asked for the nodes of its cluster.
        cluster: name of the cluster.
        state: such as ``Converged``.
        interface: the network card.
    """

    seen_from: str | None = None
    cluster: str | None = None
    state: str | None = None
    interface: str | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by node and the server that was asked."""
        # A machine can be a node of several clusters, one for each network card.
        return (self.server, self.seen_from or "", self.interface or "")


class NlbCluster(ServerRecord):
    """A Windows NLB cluster that a server belongs to.

    Attributes:
        server: the server that was asked.
        name: name of the cluster, as a rule its DNS name.
        address: its primary address.
        mode: such as ``UNICAST``.
    """

    name: str | None = None
    address: str | None = None
    mode: str | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by server and address."""
        return (self.server, self.address or "", self.name or "")


class StoreCertificate(ServerRecord):
    """A certificate in the store of a server (``Get-ExchangeCertificate``).

    Attributes:
        thumbprint: SHA-1, upper-case hex.
        sha256: of the certificate, where the export holds it whole: a key of ``certificates``.
        services: the Exchange services that use it, such as ``IIS``, ``SMTP``.
        status: as the server sees it: ``Valid``, ``Untrusted``, ``PendingRequest`` ...
        root_ca_type: where the server found its root: ``ThirdParty``, ``Enterprise`` ...
        dns_names: the names that it covers.
    """

    # Whatever hash the certificate itself is signed with: this one only names it.
    thumbprint: str
    sha256: str | None = None
    services: tuple[str, ...] = ()
    status: str | None = None
    has_private_key: bool | None = None
    self_signed: bool | None = None
    root_ca_type: str | None = None
    subject: str | None = None
    issuer: str | None = None
    dns_names: tuple[str, ...] = ()
    not_before: Moment | None = None
    not_after: Moment | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by server and thumbprint."""
        return (self.server, self.thumbprint)


class AlternateServiceAccount(ServerRecord):
    """The accounts that a Client Access server uses for Kerberos, the latest first."""

    accounts: tuple[str, ...] = ()


class SchannelProtocol(ServerRecord):
    """What the registry of a server says of one protocol version and one side of a connection.

    Attributes:
        protocol: the name of its key, such as ``TLS 1.2``.
        side: ``client`` or ``server``.
        enabled: ``Enabled``; ``None`` when not set, so that the system's default holds.
        disabled_by_default: ``DisabledByDefault``, likewise.
    """

    protocol: str
    side: str
    # 0 is off, any other number is on; 1 and 0xFFFFFFFF are usual.
    enabled: int | None = None
    disabled_by_default: int | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by server, protocol and side."""
        return (self.server, self.protocol, self.side)
