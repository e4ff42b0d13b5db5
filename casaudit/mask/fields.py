"""Which fields of a snapshot hold no name: everything else is replaced, a new field too."""

KEPT = frozenset(
    (
        # The serial number of a server object is the text of its version.
        *("Server.object_classes", "Server.serial_number"),
        *("Array.object_classes",),
        *("Database.kind",),
        *("VirtualDirectory.service",),
        *("MailProtocol.protocol",),
        *("Principal.operating_system",),
        *("DnsAnswer.record_type",),
        *("TlsEndpoint.protocol", "TlsEndpoint.cipher"),
        *("ProtocolTrial.version",),
        *("Certificate.key_algorithm", "Certificate.signature_hash"),
        *("HttpBanner.owa_version", "HttpBanner.server"),
        *("CopyState.status",),
        *("ListedServer.version", "ListedServer.roles"),
        *("ServerBuild.file_version", "ServerBuild.build"),
        *("ServiceState.name", "ServiceState.state", "ServiceState.start_mode"),
        *("StaticPorts.rpc_kind", "StaticPorts.address_book_kind"),
        *("StaticPorts.site_enforcement_kind", "OrganizationConfig.public_folders"),
        *("ClientVersion.software", "ClientVersion.version", "ClientVersion.last_day"),
        *("NlbNode.state",),
        *("NlbCluster.mode",),
        *("StoreCertificate.services", "StoreCertificate.status", "StoreCertificate.root_ca_type"),
        *("SchannelProtocol.protocol", "SchannelProtocol.side"),
        *("Controller.bind", "Controller.protection", "Controller.operations"),
        *("Snapshot.schema_", "Snapshot.tool_version"),
    )
)
"""Closed lists, versions and states, as ``Record.field``."""

KEPT_EVERYWHERE = "unread"
"""Names of fields."""

EMPTIED = frozenset(("Gap.detail", "TlsEndpoint.detail"))
"""Free text of other programs: nothing of it is needed, and any name may stand in it."""

DIGITS = frozenset(("Certificate.serial",))
"""Numbers in hexadecimal digits."""

DER = "Certificate.der"
SUBJECTS = frozenset(("subject", "issuer"))
"""Fields that stay whole when they name a public certification authority."""
