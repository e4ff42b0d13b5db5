"""Records of what the directory says: organisation, sites, servers, arrays, databases and the rest.

A field that is read from one attribute names it, once: queries ask for what the records name, in
the order of the fields, and the reader decodes it by the type of the field. Values are kept as
stored, DNs are joined by the judgement, never rewritten here.
"""

from typing import Annotated, Literal

from casaudit.snapshot.record import Attribute, DirectoryRecord, Moment


class Organization(DirectoryRecord):
    """The Exchange organisation (``msExchOrganizationContainer``).

    Attributes:
        schema_version: ``rangeUpper`` of ms-Exch-Schema-Version-Pt.
        forest_level: ``msDS-Behavior-Version`` of ``CN=Partitions``: 4 is Windows Server 2008 R2,
            6 is 2012 R2, 7 is 2016.
    """

    legacy_exchange_dn: Annotated[str | None, Attribute("legacyExchangeDN", always=True)] = None
    object_version: Annotated[int | None, Attribute("objectVersion", always=True)] = None
    schema_version: int | None = None
    forest_level: int | None = None
    mixed_mode: Annotated[bool | None, Attribute("msExchMixedMode")] = None


class Site(DirectoryRecord):
    """An Active Directory site with its subnets in CIDR notation, as stored."""

    subnets: tuple[str, ...] = ()


class DomainController(DirectoryRecord):
    """A domain controller of the forest, as its site knows it (``nTDSDSA``).

    Attributes:
        name: that of the server object above, which is the short name of the computer.
        level: the highest functional level that its Windows offers, numbered as that of the
            forest. 7 stands for Windows Server 2016, 2019 and 2022 alike.
        site_dn: the site below which it stands.
        dns_host_name: of the server object above.
        read_only: whether it is one of the kind that Exchange does not use.
    """

    level: Annotated[int | None, Attribute("msDS-Behavior-Version", always=True)] = None
    site_dn: str | None = None
    dns_host_name: str | None = None
    read_only: bool | None = None


class Server(DirectoryRecord):
    """An Exchange server object directly below ``CN=Servers``.

    Attributes:
        fqdn: the ``ncacn_ip_tcp`` value of ``networkAddress``.
        version_number: carries version and service pack, never the rollup.
        has_rpc_client_access: whether ``CN=RpcClientAccess,CN=Protocols`` exists below it;
            ``None`` when its protocols could not be read.
        encryption_required: ``msExchEncryptionRequired`` of that object.
        max_connections: ``msExchMaxIncomingConnections`` of it; absent means 65536.
        blocked_client_versions: ``msExchBlockedClientVersions`` of it, ranges such as
            ``-5.9.9;7.0.0-11.99.99``; absent means that none is blocked.
        activation_config: 0 unrestricted, 1 intrasite only, 2 blocked.
    """

    object_classes: tuple[str, ...] = ()
    fqdn: str | None = None
    # One value for each RPC transport; only that of TCP holds an FQDN.
    network_addresses: Annotated[tuple[str, ...], Attribute("networkAddress", always=True)] = ()
    site_dn: Annotated[str | None, Attribute("msExchServerSite", always=True)] = None
    # Bits: 2 Mailbox, 4 Client Access, 16 Unified Messaging, 32 Hub Transport, 64 Edge Transport.
    roles: Annotated[int | None, Attribute("msExchCurrentServerRoles", always=True)] = None
    version_number: Annotated[int | None, Attribute("versionNumber", always=True)] = None
    # Several values by the schema, one in use.
    serial_number: Annotated[
        str | None, Attribute("serialNumber", one_of_many=True, always=True)
    ] = None
    legacy_exchange_dn: Annotated[str | None, Attribute("legacyExchangeDN", always=True)] = None
    dag_dn: Annotated[str | None, Attribute("msExchMDBAvailabilityGroupLink")] = None
    has_rpc_client_access: bool | None = None
    encryption_required: bool | None = None
    max_connections: int | None = None
    blocked_client_versions: str | None = None
    activation_config: Annotated[int | None, Attribute("msExchActivationConfig")] = None
    created: Annotated[Moment | None, Attribute("whenCreated")] = None


class Array(DirectoryRecord):
    """A Client Access array object (a child of ``CN=Arrays``).

    Attributes:
        fqdn: the ``ncacn_ip_tcp`` value of ``networkAddress``.
    """

    object_classes: tuple[str, ...] = ()
    object_category: Annotated[str | None, Attribute("objectCategory")] = None
    fqdn: str | None = None
    network_addresses: Annotated[tuple[str, ...], Attribute("networkAddress", always=True)] = ()
    site_dn: Annotated[str | None, Attribute("msExchServerSite")] = None
    legacy_exchange_dn: Annotated[str | None, Attribute("legacyExchangeDN", always=True)] = None
    # Arrays of Exchange 2010 have been seen with the number of Exchange 2007.
    exchange_version: Annotated[int | None, Attribute("msExchVersion")] = None
    created: Annotated[Moment | None, Attribute("whenCreated")] = None


class Database(DirectoryRecord):
    """A mailbox or public folder database.

    Attributes:
        endpoint_legacy_dn: RpcClientAccessServer: the part of ``legacyExchangeDN`` before
            ``/cn=Microsoft Private MDB``; ``None`` when there is none or it does not end so.
        recovery: an absent attribute means no, ``None`` that it is unread.
        public_folder_database_dn: where its mailboxes look for public folders first.
        excluded_from_provisioning: no new mailbox is put into it by itself.
        owning_server_dn: no proof of where the database is mounted.
        master_dn: absent before Exchange 2010.
    """

    kind: Literal["mailbox", "public_folder"]
    legacy_exchange_dn: Annotated[str | None, Attribute("legacyExchangeDN", always=True)] = None
    endpoint_legacy_dn: str | None = None
    recovery: Annotated[bool | None, Attribute("msExchRestore")] = False
    owning_server_dn: Annotated[str | None, Attribute("msExchOwningServer", always=True)] = None
    oab_dn: Annotated[str | None, Attribute("msExchUseOAB")] = None
    public_folder_database_dn: Annotated[str | None, Attribute("msExchHomePublicMDB")] = None
    master_dn: Annotated[
        str | None, Attribute("msExchMasterServerOrAvailabilityGroup", always=True)
    ] = None
    # MailboxDatabaseSchema of Microsoft.Exchange.Data.Directory: 2 is IsExcludedFromProvisioning;
    # 1 is reserved, 4 suspended, 8 out of service, and later versions have more.
    excluded_from_provisioning: Annotated[
        bool | None, Attribute("msExchProvisioningFlags", bits=0x2)
    ] = None
    # Later versions stop at the number of 2010, so it does not tell which one made a database.
    exchange_version: Annotated[int | None, Attribute("msExchVersion")] = None
    created: Annotated[Moment | None, Attribute("whenCreated")] = None


class DatabaseCopy(DirectoryRecord):
    """A copy of a database on one server (``msExchMDBCopy``); preference 1 is activated first."""

    database_dn: str
    host_server_dn: Annotated[str | None, Attribute("msExchHostServerLink", always=True)] = None
    activation_preference: Annotated[
        int | None, Attribute("msExchActivationPreference", always=True)
    ] = None
    activation_config: Annotated[int | None, Attribute("msExchActivationConfig")] = None


class AvailabilityGroup(DirectoryRecord):
    """A database availability group."""

    # An integer, of which only 0 means no.
    allow_cross_site_rpc: Annotated[
        bool | None, Attribute("msExchAllowCrossSiteRPCClientAccess", bits=~0)
    ] = None
    datacenter_activation_mode: Annotated[
        int | None, Attribute("msExchDatacenterActivationMode")
    ] = None


Service = Literal[
    "owa", "ecp", "ews", "eas", "oab", "autodiscover", "outlook_anywhere", "powershell", "mapi"
]


class VirtualDirectory(DirectoryRecord):
    """An HTTP virtual directory of a server.

    Attributes:
        internal_authentication: bit mask of the ways to authenticate; likewise external.
        bypass_url: of EWS, for other servers that must not pass through the balancer.
    """

    service: Service
    server_dn: str
    # Whole URLs, whatever the names of their attributes say; absent means no URL.
    internal_url: Annotated[str | None, Attribute("msExchInternalHostName")] = None
    external_url: Annotated[str | None, Attribute("msExchExternalHostName")] = None
    bypass_url: Annotated[str | None, Attribute("msExchInternalNLBBypassHostName")] = None
    internal_authentication: Annotated[
        int | None, Attribute("msExchInternalAuthenticationMethods")
    ] = None
    external_authentication: Annotated[
        int | None, Attribute("msExchExternalAuthenticationMethods")
    ] = None
    metabase_path: Annotated[str | None, Attribute("msExchMetabasePath")] = None
    rpc_http_flags: Annotated[int | None, Attribute("msExchRpcHttpFlags")] = None


class ServiceConnectionPoint(DirectoryRecord):
    """An Autodiscover service connection point.

    Attributes:
        server_dn: the Exchange server above it; ``None`` when it lies elsewhere.
        keywords: the well-known GUID and ``Site=`` scopes.
    """

    server_dn: str | None = None
    uris: Annotated[tuple[str, ...], Attribute("serviceBindingInformation")] = ()
    keywords: Annotated[tuple[str, ...], Attribute("keywords", always=True)] = ()
    service_dns_name: Annotated[str | None, Attribute("serviceDNSName")] = None
    created: Annotated[Moment | None, Attribute("whenCreated")] = None


class AcceptedDomain(DirectoryRecord):
    """An accepted domain; the low two bits of ``flags`` are its type, bit 4 marks the default."""

    domain: Annotated[str | None, Attribute("msExchAcceptedDomainName", always=True)] = None
    flags: Annotated[int | None, Attribute("msExchAcceptedDomainFlags", always=True)] = None


class MailProtocol(DirectoryRecord):
    """POP3 or IMAP4 settings of a server: the host name text of its certificate."""

    protocol: Literal["pop", "imap"]
    server_dn: str
    certificate_name: Annotated[str | None, Attribute("msExchPopImapX509CertificateName")] = None


class Principal(DirectoryRecord):
    """A computer or service account of a domain partition: of Exchange, or of a controller.

    Attributes:
        account_name: ends with ``$`` for computers.
        service_principal_names: all that the account holds, as stored.
        disabled: the bit ACCOUNTDISABLE.
    """

    account_name: Annotated[str | None, Attribute("sAMAccountName")] = None
    dns_host_name: Annotated[str | None, Attribute("dNSHostName")] = None
    service_principal_names: Annotated[tuple[str, ...], Attribute("servicePrincipalName")] = ()
    # "userAccountControl Bits" in [MS-ADTS].
    disabled: Annotated[bool | None, Attribute("userAccountControl", bits=0x2)] = None
    operating_system: Annotated[str | None, Attribute("operatingSystem")] = None
