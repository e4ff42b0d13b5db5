"""Every question put to a directory: few searches over whole subtrees, constant filters.

The bases lie in the configuration partition, whose name the rootDSE gives. Below each
administrative group one look at each of its containers shows whether it can be seen at all.
"""

from enum import StrEnum

from casaudit.collect.ports import Query
from casaudit.snapshot import SectionName

COMMON = ("objectClass", "cn", "objectGUID", "whenCreated", "whenChanged", "uSNChanged")
ROOT_ATTRIBUTES = ("configurationNamingContext", "schemaNamingContext")
NAMING_CONTEXTS = "namingContexts"
PRINCIPAL_NAME = "servicePrincipalName"
ACCOUNT_NAME = "sAMAccountName"

ARRAY_SERVICES = ("exchangeMDB", "exchangeRFR", "exchangeAB")
HTTP_SERVICE = "http"
HOST_SERVICE = "HOST"

SERVER = "msExchExchangeServer"
ADMIN_GROUP = "msExchAdminGroup"
ARRAY_CLASSES = ("msExchClientAccessArray", "msExchClientAccessArrayLegacy")
RPC_SERVICE = "msExchProtocolCfgExchangeRpcService"
PROTOCOLS_CONTAINER = "protocolCfgSharedServer"
HTTP_CONTAINER = "msExchProtocolCfgHTTPContainer"
PUBLIC_DATABASE = "msExchPublicMDB"
MAIL_CLASSES = {"protocolCfgPOPServer": "pop", "protocolCfgIMAPServer": "imap"}
DIRECTORY_CLASSES = {
    "msExchOwaVirtualDirectory": "owa",
    "msExchEcpVirtualDirectory": "ecp",
    "msExchWebServicesVirtualDirectory": "ews",
    "msExchMobileVirtualDirectory": "eas",
    "msExchOabVirtualDirectory": "oab",
    "msExchAutodiscoverVirtualDirectory": "autodiscover",
    "msExchRpcHttpVirtualDirectory": "outlook_anywhere",
    "msExchPowerShellVirtualDirectory": "powershell",
    "msExchMapiVirtualDirectory": "mapi",
}

_SERVER_ATTRIBUTES = (
    *("networkAddress", "msExchServerSite", "msExchCurrentServerRoles", "versionNumber"),
    *("serialNumber", "legacyExchangeDN", "msExchMDBAvailabilityGroupLink"),
    "msExchActivationConfig",
)
_ARRAY_ATTRIBUTES = (
    *("objectCategory", "networkAddress", "msExchServerSite", "legacyExchangeDN"),
    "msExchVersion",
)
_DATABASE_ATTRIBUTES = (
    *("legacyExchangeDN", "msExchRestore", "msExchOwningServer", "msExchUseOAB"),
    *("msExchMasterServerOrAvailabilityGroup", "msExchVersion"),
)
_COPY_ATTRIBUTES = ("msExchHostServerLink", "msExchActivationPreference", "msExchActivationConfig")
_PRINCIPAL_ATTRIBUTES = (
    *("cn", "objectGUID", "whenChanged", "uSNChanged"),
    *(ACCOUNT_NAME, "dNSHostName", PRINCIPAL_NAME, "userAccountControl", "operatingSystem"),
)
_DIRECTORY_ATTRIBUTES = (
    *("msExchInternalHostName", "msExchExternalHostName", "msExchInternalNLBBypassHostName"),
    *("msExchInternalAuthenticationMethods", "msExchExternalAuthenticationMethods"),
    *("msExchMetabasePath", "msExchRpcHttpFlags"),
)


class Topic(StrEnum):
    """What one question is about."""

    ORGANIZATION = "organization"
    SCHEMA = "schema"
    SITES = "sites"
    SITE_MEMBERS = "site members"
    SERVERS = "servers"
    PROTOCOLS = "protocols"
    DATABASES = "databases"
    COPIES = "copies"
    AVAILABILITY_GROUPS = "availability groups"
    DIRECTORIES = "virtual directories"
    MAIL = "mail protocols"
    POINTS = "service connection points"


class Container(StrEnum):
    """The containers of an administrative group, each of which rights can hide."""

    SERVERS = "Servers"
    ARRAYS = "Arrays"
    DATABASES = "Databases"
    AVAILABILITY_GROUPS = "Database Availability Groups"

    @property
    def section(self) -> SectionName:
        """The kind of evidence that lies in it."""
        return SectionName(self.name.lower())

    def below(self, group_dn: str) -> str:
        """Return its distinguished name in an administrative group."""
        return f"CN={self.value},{group_dn}"


ROOT = Query(SectionName.ORGANIZATION, "", "base", (), (*ROOT_ATTRIBUTES, NAMING_CONTEXTS))


def forest(configuration: str, schema: str) -> dict[Topic, Query]:
    """Return the questions that are put once, whatever the organisation looks like."""
    section = SectionName
    services = f"CN=Services,{configuration}"
    exchange = f"CN=Microsoft Exchange,{services}"
    sites = f"CN=Sites,{configuration}"
    version = f"CN=ms-Exch-Schema-Version-Pt,{schema}"

    def everywhere(name: SectionName, classes: tuple[str, ...], *attributes: str) -> Query:
        return Query(name, exchange, "subtree", classes, (*COMMON, *attributes))

    return {
        Topic.ORGANIZATION: Query(
            section.ORGANIZATION,
            exchange,
            "one",
            ("msExchOrganizationContainer",),
            (*COMMON, "legacyExchangeDN", "objectVersion", "msExchMixedMode"),
        ),
        Topic.SCHEMA: Query(section.ORGANIZATION, version, "base", (), ("rangeUpper",)),
        Topic.SITES: Query(
            section.SITES, sites, "subtree", ("site", "subnet"), (*COMMON, "siteObject")
        ),
        Topic.SITE_MEMBERS: Query(section.ARRAYS, sites, "one", ("site",), ("msExchServerSiteBL",)),
        Topic.SERVERS: everywhere(section.SERVERS, (SERVER, ADMIN_GROUP), *_SERVER_ATTRIBUTES),
        Topic.PROTOCOLS: everywhere(
            section.SERVERS, (PROTOCOLS_CONTAINER, RPC_SERVICE), "msExchEncryptionRequired"
        ),
        Topic.DATABASES: everywhere(
            section.DATABASES, ("msExchPrivateMDB", PUBLIC_DATABASE), *_DATABASE_ATTRIBUTES
        ),
        Topic.COPIES: everywhere(section.DATABASE_COPIES, ("msExchMDBCopy",), *_COPY_ATTRIBUTES),
        Topic.AVAILABILITY_GROUPS: everywhere(
            section.AVAILABILITY_GROUPS,
            ("msExchMDBAvailabilityGroup",),
            "msExchAllowCrossSiteRPCClientAccess",
            "msExchDatacenterActivationMode",
        ),
        Topic.DIRECTORIES: everywhere(
            section.VIRTUAL_DIRECTORIES,
            (*DIRECTORY_CLASSES, HTTP_CONTAINER),
            *_DIRECTORY_ATTRIBUTES,
        ),
        Topic.MAIL: everywhere(
            section.MAIL_PROTOCOLS, tuple(MAIL_CLASSES), "msExchPopImapX509CertificateName"
        ),
        Topic.POINTS: Query(
            section.SERVICE_CONNECTION_POINTS,
            services,
            "subtree",
            ("serviceConnectionPoint",),
            (*COMMON, "serviceBindingInformation", "keywords", "serviceDNSName"),
        ),
    }


def accepted_domains(organization: str) -> Query:
    """Return the question for the accepted domains of an organisation."""
    return Query(
        SectionName.ACCEPTED_DOMAINS,
        f"CN=Accepted Domains,CN=Transport Settings,{organization}",
        "one",
        ("msExchAcceptedDomain",),
        (*COMMON, "msExchAcceptedDomainName", "msExchAcceptedDomainFlags"),
    )


def look(container: Container, group: str) -> Query:
    """Return the question whether a container of an administrative group can be seen."""
    return Query(container.section, container.below(group), "base", (), ("objectClass",))


def arrays(group: str) -> Query:
    """Return the question for everything in ``CN=Arrays``, of whatever class."""
    base = Container.ARRAYS.below(group)
    return Query(SectionName.ARRAYS, base, "one", (), (*COMMON, *_ARRAY_ATTRIBUTES))


def partitions(configuration: str) -> Query:
    """Return the question for the partitions of the forest, wherever they are held."""
    base = f"CN=Partitions,{configuration}"
    return Query(
        SectionName.PRINCIPALS, base, "one", ("crossRef",), ("cn", "nCName", "systemFlags")
    )


def principals(domain: str, values: tuple[tuple[str, str], ...]) -> Query:
    """Return the question for the accounts of a domain that have one of some names."""
    return Query(SectionName.PRINCIPALS, domain, "subtree", (), _PRINCIPAL_ATTRIBUTES, values)


def plan(*, domain_partitions: bool = False) -> tuple[Query, ...]:
    """Return every question with placeholders for names that only the directory knows.

    Args:
        domain_partitions: whether the accounts of the domains are asked for too.
    """
    organization = "<Organization>,CN=Microsoft Exchange,CN=Services,<ConfigNC>"
    group = f"<AdminGroup>,CN=Administrative Groups,{organization}"
    names = [*((PRINCIPAL_NAME, f"{each}/<ArrayFQDN>") for each in ARRAY_SERVICES)]
    names += [(PRINCIPAL_NAME, f"{HTTP_SERVICE}/<HTTPSHost>")]
    names += [(PRINCIPAL_NAME, f"{HOST_SERVICE}/<ServerFQDN>"), (ACCOUNT_NAME, "<Server>$")]
    accounts = (partitions("<ConfigNC>"), principals("<DomainNC>", tuple(names)))
    return (
        ROOT,
        *forest("<ConfigNC>", "<SchemaNC>").values(),
        accepted_domains(organization),
        *(look(container, group) for container in Container),
        arrays(group),
        *(accounts if domain_partitions else ()),
    )


ATTRIBUTES = frozenset(
    name.lower() for query in plan(domain_partitions=True) for name in query.attributes
)
"""Every attribute that is ever asked for, lower case."""
