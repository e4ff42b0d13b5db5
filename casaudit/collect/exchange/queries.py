"""Every question put to a directory: few searches over whole subtrees, constant filters.

The bases lie in the configuration partition, whose name the rootDSE gives. Below each
administrative group one search for each of its containers shows whether it can be seen at all.
"""

from enum import StrEnum

from casaudit.collect.ports import Query
from casaudit.snapshot import (
    AcceptedDomain,
    Array,
    AvailabilityGroup,
    Database,
    DatabaseCopy,
    DomainController,
    MailProtocol,
    Organization,
    Principal,
    SectionName,
    Server,
    ServiceConnectionPoint,
    VirtualDirectory,
)
from casaudit.snapshot.record import DirectoryRecord, attributes_of

COMMON = ("objectClass", "cn", "objectGUID", "whenCreated", "whenChanged", "uSNChanged")
ROOT_ATTRIBUTES = ("configurationNamingContext", "schemaNamingContext")
NAMING_CONTEXTS = "namingContexts"
_PRINCIPAL = attributes_of(Principal)
PRINCIPAL_NAME = _PRINCIPAL["service_principal_names"].name
ACCOUNT_NAME = _PRINCIPAL["account_name"].name

# Kerberos names of the mailbox, the referral and the address book service.
ARRAY_SERVICES = ("exchangeMDB", "exchangeRFR", "exchangeAB")
HTTP_SERVICE = "http"
HOST_SERVICE = "HOST"

SERVER = "msExchExchangeServer"
# Asked for along with servers: a group without any still has containers to look into.
ADMIN_GROUP = "msExchAdminGroup"
# The second class is known from Exchange 2013, which takes either for an array.
ARRAY_CLASSES = ("msExchClientAccessArray", "msExchClientAccessArrayLegacy")
RPC_SERVICE = "msExchProtocolCfgExchangeRpcService"
RPC_SETTINGS = {
    "encryption_required": "msExchEncryptionRequired",
    "max_connections": "msExchMaxIncomingConnections",
    "blocked_client_versions": "msExchBlockedClientVersions",
}
"""What a server's RPC Client Access service is set to, by the field of the server's record."""
PROTOCOLS_CONTAINER = "protocolCfgSharedServer"
# Seen or not, it tells "no virtual directory" from "none that this account may see".
HTTP_CONTAINER = "msExchProtocolCfgHTTPContainer"
# Likewise for "no subnet".
SUBNETS_CONTAINER = "subnetContainer"
# A site's CN=Servers also holds computers of other services; a controller has NTDS settings.
CONTROLLER_SETTINGS, READ_ONLY_SETTINGS = "nTDSDSA", "nTDSDSARO"
CONTROLLER_HOST = "dNSHostName"
LEVEL = attributes_of(DomainController)["level"].name
SITE_CLASSES = ("site", "subnet", SUBNETS_CONTAINER)
PUBLIC_DATABASE = "msExchPublicMDB"
MAIL_CLASSES = {"protocolCfgPOPServer": "pop", "protocolCfgIMAPServer": "imap"}
DIRECTORY_CLASSES = {
    "msExchOwaVirtualDirectory": "owa",
    "msExchEcpVirtualDirectory": "ecp",
    "msExchWebServicesVirtualDirectory": "ews",
    "msExchMobileVirtualDirectory": "eas",  # Exchange ActiveSync
    "msExchOabVirtualDirectory": "oab",
    "msExchAutodiscoverVirtualDirectory": "autodiscover",
    # In Exchange 2007 and 2010 it exists only while Outlook Anywhere is enabled.
    "msExchRpcHttpVirtualDirectory": "outlook_anywhere",
    "msExchPowerShellVirtualDirectory": "powershell",
    "msExchMapiVirtualDirectory": "mapi",
}


def asked_of(record: type[DirectoryRecord]) -> tuple[str, ...]:
    """Return the attributes that a record is read from, those of every record first, each once."""
    own = (each.name for each in attributes_of(record).values())
    return tuple(dict.fromkeys((*COMMON, *own)))


class QueryTopic(StrEnum):
    """What one question is about."""

    ORGANIZATION = "organization"
    SCHEMA = "schema"
    FOREST_LEVEL = "forest level"
    SITES = "sites"
    CONTROLLERS = "domain controllers"
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


# The rootDSE: an entry without a name, readable before any bind (RFC 4512, 5.1).
ROOT = Query(SectionName.ORGANIZATION, "", "base", (), (*ROOT_ATTRIBUTES, NAMING_CONTEXTS))


def forest(configuration: str, schema: str) -> dict[QueryTopic, Query]:
    """Return the questions that are put once, whatever the organisation looks like."""
    section = SectionName
    services = f"CN=Services,{configuration}"
    exchange = f"CN=Microsoft Exchange,{services}"
    version = f"CN=ms-Exch-Schema-Version-Pt,{schema}"

    def everywhere(
        name: SectionName, classes: tuple[str, ...], record: type[DirectoryRecord]
    ) -> Query:
        return Query(name, exchange, "subtree", classes, asked_of(record))

    return {
        QueryTopic.ORGANIZATION: Query(
            section.ORGANIZATION,
            exchange,
            "one",
            ("msExchOrganizationContainer",),
            asked_of(Organization),
        ),
        QueryTopic.SCHEMA: Query(section.ORGANIZATION, version, "base", (), ("rangeUpper",)),
        **_beside_exchange(configuration),
        QueryTopic.SERVERS: everywhere(section.SERVERS, (SERVER, ADMIN_GROUP), Server),
        QueryTopic.PROTOCOLS: Query(
            section.SERVERS,
            exchange,
            "subtree",
            (PROTOCOLS_CONTAINER, RPC_SERVICE),
            (*COMMON, *RPC_SETTINGS.values()),
        ),
        QueryTopic.DATABASES: everywhere(
            section.DATABASES, ("msExchPrivateMDB", PUBLIC_DATABASE), Database
        ),
        QueryTopic.COPIES: everywhere(section.DATABASE_COPIES, ("msExchMDBCopy",), DatabaseCopy),
        QueryTopic.AVAILABILITY_GROUPS: everywhere(
            section.AVAILABILITY_GROUPS,
            ("msExchMDBAvailabilityGroup",),
            AvailabilityGroup,
        ),
        QueryTopic.DIRECTORIES: everywhere(
            section.VIRTUAL_DIRECTORIES,
            (*DIRECTORY_CLASSES, HTTP_CONTAINER),
            VirtualDirectory,
        ),
        QueryTopic.MAIL: everywhere(section.MAIL_PROTOCOLS, tuple(MAIL_CLASSES), MailProtocol),
        QueryTopic.POINTS: Query(
            section.SERVICE_CONNECTION_POINTS,
            services,
            "subtree",
            ("serviceConnectionPoint",),
            asked_of(ServiceConnectionPoint),
        ),
    }


def _beside_exchange(configuration: str) -> dict[QueryTopic, Query]:
    """Return the questions about what every forest has: its level, sites, domain controllers."""
    section = SectionName
    sites = f"CN=Sites,{configuration}"
    return {
        QueryTopic.FOREST_LEVEL: Query(
            section.ORGANIZATION, f"CN=Partitions,{configuration}", "base", (), (LEVEL,)
        ),
        QueryTopic.SITES: Query(
            section.SITES, sites, "subtree", SITE_CLASSES, (*COMMON, "siteObject")
        ),
        # A question of its own: the back link can be long and fail without costing the sites.
        QueryTopic.SITE_MEMBERS: Query(
            section.ARRAYS, sites, "one", ("site",), ("msExchServerSiteBL",)
        ),
        QueryTopic.CONTROLLERS: Query(
            section.DOMAIN_CONTROLLERS,
            sites,
            "subtree",
            ("server", CONTROLLER_SETTINGS),
            (*asked_of(DomainController), CONTROLLER_HOST),
        ),
    }


def accepted_domains(organization: str) -> Query:
    """Return the question for the accepted domains of an organisation."""
    return Query(
        SectionName.ACCEPTED_DOMAINS,
        f"CN=Accepted Domains,CN=Transport Settings,{organization}",
        "one",
        ("msExchAcceptedDomain",),
        asked_of(AcceptedDomain),
    )


def container_query(container: Container, group: str) -> Query:
    """Return the question whether a container of an administrative group can be seen."""
    return Query(container.section, container.below(group), "base", (), ("objectClass",))


def arrays(group: str) -> Query:
    """Return the question for everything in ``CN=Arrays``, of whatever class."""
    base = Container.ARRAYS.below(group)
    return Query(SectionName.ARRAYS, base, "one", (), asked_of(Array))


def partitions(configuration: str) -> Query:
    """Return the question for the partitions of the forest, wherever they are held."""
    base = f"CN=Partitions,{configuration}"
    return Query(
        SectionName.PRINCIPALS, base, "one", ("crossRef",), ("cn", "nCName", "systemFlags")
    )


def principals(domain: str, values: tuple[tuple[str, str], ...]) -> Query:
    """Return the question for the accounts of a domain that have one of some names."""
    # Accounts are found by their names alone: neither class nor age is asked of domain partitions.
    attributes = [
        each for each in asked_of(Principal) if each not in ("objectClass", "whenCreated")
    ]
    return Query(SectionName.PRINCIPALS, domain, "subtree", (), tuple(attributes), values)


def plan_queries(*, domain_partitions: bool = False) -> tuple[Query, ...]:
    """Return every question with placeholders for names that only the directory knows.

    Args:
        domain_partitions: whether the accounts of the domains are asked for too.
    """
    organization = "<Organization>,CN=Microsoft Exchange,CN=Services,<ConfigNC>"
    group = f"<AdminGroup>,CN=Administrative Groups,{organization}"
    names = [*((PRINCIPAL_NAME, f"{each}/<ArrayFQDN>") for each in ARRAY_SERVICES)]
    names += [(PRINCIPAL_NAME, f"{HTTP_SERVICE}/<HTTPSHost>")]
    names += [(PRINCIPAL_NAME, f"{HOST_SERVICE}/<ServerFQDN>")]
    names += [(PRINCIPAL_NAME, f"{HOST_SERVICE}/<ControllerFQDN>"), (ACCOUNT_NAME, "<Server>$")]
    accounts = (partitions("<ConfigNC>"), principals("<DomainNC>", tuple(names)))
    return (
        ROOT,
        *forest("<ConfigNC>", "<SchemaNC>").values(),
        accepted_domains(organization),
        *(container_query(container, group) for container in Container),
        arrays(group),
        *(accounts if domain_partitions else ()),
    )


ATTRIBUTES = frozenset(
    name.lower() for query in plan_queries(domain_partitions=True) for name in query.attributes
)
"""Every attribute that is ever asked for, lower case."""
