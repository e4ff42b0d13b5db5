"""A server as directory objects: itself, its protocols, directories and connection point."""

from collections.abc import Iterator

from tests.forest.objects import EXCHANGE_2007, Object
from tests.forest.organisation import CLIENT_ACCESS, Server, Service, VirtualDirectory
from tests.forest.tree import Tree, below

AUTODISCOVER_URL = "77378F46-2C66-4aa9-A6A6-3E7A48B19596"
"""The keyword that marks a connection point as the URL of Autodiscover."""

DIRECTORIES: dict[Service, tuple[str, str]] = {
    "owa": ("owa", "msExchOwaVirtualDirectory"),
    "ecp": ("ecp", "msExchEcpVirtualDirectory"),
    "ews": ("EWS", "msExchWebServicesVirtualDirectory"),
    "eas": ("Microsoft-Server-ActiveSync", "msExchMobileVirtualDirectory"),
    "oab": ("OAB", "msExchOabVirtualDirectory"),
    "autodiscover": ("Autodiscover", "msExchAutodiscoverVirtualDirectory"),
    "outlook_anywhere": ("Rpc", "msExchRpcHttpVirtualDirectory"),
    "powershell": ("PowerShell", "msExchPowerShellVirtualDirectory"),
    "mapi": ("mapi", "msExchMapiVirtualDirectory"),
}


def server_objects(tree: Tree, server: Server) -> Iterator[Object]:
    """Yield a server and everything below it."""
    dn = tree.server(server.name)
    protocols = below("Protocols", dn)
    yield _server(tree, server, dn)
    yield Object(protocols, ("container", "protocolCfgSharedServer"))
    yield Object(below("HTTP", protocols), ("container", "msExchProtocolCfgHTTPContainer"))
    if server.rpc_client_access:
        yield Object(
            below("RpcClientAccess", protocols),
            ("container", "msExchProtocolCfgExchangeRpcService"),
            {
                "msExchEncryptionRequired": server.encryption_required,
                "msExchMaxIncomingConnections": server.max_connections,
                "msExchBlockedClientVersions": server.blocked_client_versions,
            },
        )
    for service, directory in server.directories.items():
        yield _directory(service, directory, server, below("HTTP", protocols))
    if server.roles & CLIENT_ACCESS:
        yield from _mail_protocols(server, protocols)
    yield from _connection_point(server, protocols)


def _server(tree: Tree, server: Server, dn: str) -> Object:
    major, minor, build, revision = server.version
    shown = build + {14: 30_000, 8: 10_000}.get(major, 0)
    protocols = ("ncacn_vns_spp", "netbios", "ncacn_np", "ncacn_spx", "ncalrpc")
    addresses = [f"{protocol}:{server.name}" for protocol in protocols]
    if server.fqdn is not None:
        addresses.insert(4, f"ncacn_ip_tcp:{server.fqdn}")
    return Object(
        dn,
        ("server", "msExchExchangeServer"),
        {
            "objectCategory": f"CN=ms-Exch-Exchange-Server,{tree.schema}",
            "msExchCurrentServerRoles": server.roles,
            "msExchServerSite": server.site and tree.site(server.site),
            "serialNumber": f"Version {major}.{minor} (Build {shown}.{revision})",
            "versionNumber": build | minor << 16 | major << 22 | 0x70008000,
            "networkAddress": addresses,
            "legacyExchangeDN": tree.endpoint(server.name),
            "msExchMDBAvailabilityGroupLink": (
                server.group and tree.availability_group(server.group)
            ),
            "msExchVersion": EXCHANGE_2007,
        },
        server.created,
    )


def _directory(
    service: Service, directory: VirtualDirectory, server: Server, parent: str
) -> Object:
    name, class_name = DIRECTORIES[service]
    return Object(
        below(f"{name} (Default Web Site)", parent),
        ("msExchVirtualDirectory", class_name),
        {
            "msExchInternalHostName": directory.internal_url,
            "msExchExternalHostName": directory.external_url,
            "msExchInternalAuthenticationMethods": directory.internal_authentication,
            "msExchExternalAuthenticationMethods": directory.external_authentication,
            "msExchInternalNLBBypassHostName": directory.bypass_url,
            "msExchMetabasePath": f"IIS://{server.fqdn}/W3SVC/1/ROOT/{name}",
            "msExchRpcHttpFlags": 0 if service == "outlook_anywhere" else None,
        },
        server.created,
    )


def _mail_protocols(server: Server, protocols: str) -> Iterator[Object]:
    for name, kind in (("POP3", "POP"), ("IMAP4", "IMAP")):
        container = below(name, protocols)
        yield Object(container, ("container", f"msExchProtocolCfg{kind}Container"))
        yield Object(
            below("1", container),
            ("protocolCfg", f"protocolCfg{kind}Server"),
            {"msExchPopImapX509CertificateName": server.mail_certificate_name},
        )


def _connection_point(server: Server, protocols: str) -> Iterator[Object]:
    point = server.connection_point
    if point is None:
        return
    yield Object(below("Autodiscover", protocols), ("container",))
    yield Object(
        below(server.name, below("Autodiscover", protocols)),
        ("leaf", "connectionPoint", "serviceConnectionPoint"),
        {
            "serviceBindingInformation": point.uri,
            "keywords": (AUTODISCOVER_URL, *(f"Site={site}" for site in point.sites)),
            "serviceClassName": "ms-Exchange-AutoDiscover-Service",
            "serviceDNSName": server.name,
        },
        server.created,
    )
