"""Records of what the directory says: organisation, sites, servers, arrays, databases and the rest.

Attribute names of the directory stand in the field descriptions; values are kept as stored,
DNs are joined by the judgement, never rewritten here.
"""

from typing import Literal

from casaudit.snapshot.record import DirectoryRecord, Moment


class Organization(DirectoryRecord):
    """The Exchange organisation (``msExchOrganizationContainer``).

    Attributes:
        object_version: ``objectVersion`` of the organisation container.
        schema_version: ``rangeUpper`` of ms-Exch-Schema-Version-Pt.
        mixed_mode: ``msExchMixedMode``.
    """

    legacy_exchange_dn: str | None = None
    object_version: int | None = None
    schema_version: int | None = None
    mixed_mode: bool | None = None


class Site(DirectoryRecord):
    """An Active Directory site with its subnets in CIDR notation, as stored."""

    subnets: tuple[str, ...] = ()


class Server(DirectoryRecord):
    """An Exchange server object directly below ``CN=Servers``.

    Attributes:
        fqdn: the ``ncacn_ip_tcp`` value of ``networkAddress``.
        site_dn: ``msExchServerSite``.
        roles: ``msExchCurrentServerRoles``.
        version_number: ``versionNumber``; carries version and service pack, never the rollup.
        serial_number: ``serialNumber`` as stored.
        dag_dn: ``msExchMDBAvailabilityGroupLink``.
        has_rpc_client_access: whether ``CN=RpcClientAccess,CN=Protocols`` exists below it;
            ``None`` when its protocols could not be read.
        encryption_required: ``msExchEncryptionRequired`` of that object.
        activation_config: ``msExchActivationConfig``: 0 unrestricted, 1 intrasite only, 2 blocked.
    """

    object_classes: tuple[str, ...] = ()
    fqdn: str | None = None
    network_addresses: tuple[str, ...] = ()
    site_dn: str | None = None
    roles: int | None = None
    version_number: int | None = None
    serial_number: str | None = None
    legacy_exchange_dn: str | None = None
    dag_dn: str | None = None
    has_rpc_client_access: bool | None = None
    encryption_required: bool | None = None
    activation_config: int | None = None
    created: Moment | None = None


class Array(DirectoryRecord):
    """A Client Access array object (a child of ``CN=Arrays``).

    Attributes:
        fqdn: the ``ncacn_ip_tcp`` value of ``networkAddress``.
        site_dn: ``msExchServerSite``.
        exchange_version: ``msExchVersion``.
    """

    object_classes: tuple[str, ...] = ()
    object_category: str | None = None
    fqdn: str | None = None
    network_addresses: tuple[str, ...] = ()
    site_dn: str | None = None
    legacy_exchange_dn: str | None = None
    exchange_version: int | None = None
    created: Moment | None = None


class Database(DirectoryRecord):
    """A mailbox or public folder database.

    Attributes:
        recovery: ``msExchRestore``; an absent attribute means no, ``None`` that it is unread.
        endpoint_legacy_dn: RpcClientAccessServer: the part of ``legacyExchangeDN`` before
            ``/cn=Microsoft Private MDB``; ``None`` when there is none or it does not end so.
        owning_server_dn: ``msExchOwningServer``; no proof of where the database is mounted.
        master_dn: ``msExchMasterServerOrAvailabilityGroup``; absent before Exchange 2010.
        oab_dn: ``msExchUseOAB``.
    """

    kind: Literal["mailbox", "public_folder"]
    recovery: bool | None = False
    legacy_exchange_dn: str | None = None
    endpoint_legacy_dn: str | None = None
    owning_server_dn: str | None = None
    master_dn: str | None = None
    oab_dn: str | None = None
    exchange_version: int | None = None
    created: Moment | None = None


class DatabaseCopy(DirectoryRecord):
    """A copy of a database on one server (``msExchMDBCopy``); preference 1 is activated first."""

    database_dn: str
    host_server_dn: str | None = None
    activation_preference: int | None = None
    activation_config: int | None = None


class AvailabilityGroup(DirectoryRecord):
    """A database availability group.

    Attributes:
        allow_cross_site_rpc: ``msExchAllowCrossSiteRPCClientAccess``.
    """

    allow_cross_site_rpc: bool | None = None
    datacenter_activation_mode: int | None = None


Service = Literal[
    "owa", "ecp", "ews", "eas", "oab", "autodiscover", "outlook_anywhere", "powershell", "mapi"
]


class VirtualDirectory(DirectoryRecord):
    """An HTTP virtual directory of a server.

    Attributes:
        internal_url: ``msExchInternalHostName``; ``external_url``: ``msExchExternalHostName``.
        internal_authentication: bit mask of msExchInternalAuthenticationMethods; likewise external.
        bypass_url: ``msExchInternalNLBBypassHostName`` (EWS).
        metabase_path: ``msExchMetabasePath``.
    """

    service: Service
    server_dn: str
    internal_url: str | None = None
    external_url: str | None = None
    internal_authentication: int | None = None
    external_authentication: int | None = None
    bypass_url: str | None = None
    metabase_path: str | None = None
    rpc_http_flags: int | None = None


class ServiceConnectionPoint(DirectoryRecord):
    """An Autodiscover service connection point.

    Attributes:
        server_dn: the Exchange server above it; ``None`` when it lies elsewhere.
        uris: ``serviceBindingInformation``.
        keywords: ``keywords`` as stored: the well-known GUID and ``Site=`` scopes.
    """

    server_dn: str | None = None
    uris: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    service_dns_name: str | None = None
    created: Moment | None = None


class AcceptedDomain(DirectoryRecord):
    """An accepted domain; the low two bits of ``flags`` are its type, bit 4 marks the default."""

    domain: str | None = None
    flags: int | None = None


class MailProtocol(DirectoryRecord):
    """POP3 or IMAP4 settings of a server: the host name text of its certificate."""

    protocol: Literal["pop", "imap"]
    server_dn: str
    certificate_name: str | None = None


class Principal(DirectoryRecord):
    """A computer or service account of a domain partition that stands for Exchange.

    Attributes:
        account_name: ``sAMAccountName``, which ends with ``$`` for computers.
        service_principal_names: all that the account holds, as stored.
        disabled: bit 2 of ``userAccountControl``.
    """

    account_name: str | None = None
    dns_host_name: str | None = None
    service_principal_names: tuple[str, ...] = ()
    disabled: bool | None = None
    operating_system: str | None = None
