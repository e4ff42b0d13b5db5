"""The snapshot document: its parts, its version, and writing it as canonical JSON."""

import json
from functools import cache
from typing import Any, Literal, get_args

from pydantic import Field, field_validator

from casaudit.canonical_json import canonical
from casaudit.snapshot.directory import (
    AcceptedDomain,
    Array,
    AvailabilityGroup,
    Database,
    DatabaseCopy,
    DomainController,
    MailProtocol,
    Organization,
    Principal,
    Server,
    ServiceConnectionPoint,
    Site,
    VirtualDirectory,
)
from casaudit.snapshot.exports import (
    ArbitrationCount,
    CopyState,
    DatabaseState,
    ExportFile,
    ListedArray,
    ListedDatabase,
    ListedServer,
    MailboxCount,
    MailDomain,
    OfflineAddressBook,
    OrganizationConfig,
    OutlookProvider,
)
from casaudit.snapshot.machines import (
    AlternateServiceAccount,
    ClientVersion,
    NlbCluster,
    NlbFeature,
    NlbNode,
    RpcClientAccess,
    SchannelProtocol,
    ServerBuild,
    ServiceState,
    StaticPorts,
    StoreCertificate,
)
from casaudit.snapshot.network import Certificate, DnsAnswer, HttpBanner, TlsEndpoint
from casaudit.snapshot.record import Controller, Gap, Moment, Record, Section, SectionName, Status

SCHEMA: Literal["casaudit/snapshot/1"] = "casaudit/snapshot/1"
MINOR = 4
"""Raised whenever a record gets a field or the document a kind of record; tests/snapshots/ then
gets a document of the new version. Documents of minor 0 do not have the key."""


class Snapshot(Record):
    """Everything a collection saw and did not see.

    All records are tuples, sorted, so that equal organisations give equal bytes.
    ``collected_at`` is when the collection began and the default reference time of the judgement.
    ``minor`` is the version of the format in which it was first written.
    """

    schema_: Literal["casaudit/snapshot/1"] = Field(default=SCHEMA, alias="schema")
    minor: int = Field(default=MINOR, ge=0)
    tool_version: str
    collected_at: Moment
    controllers: tuple[Controller, ...] = ()
    organization: tuple[Organization, ...] = ()
    sites: tuple[Site, ...] = ()
    domain_controllers: tuple[DomainController, ...] = ()
    servers: tuple[Server, ...] = ()
    arrays: tuple[Array, ...] = ()
    databases: tuple[Database, ...] = ()
    database_copies: tuple[DatabaseCopy, ...] = ()
    availability_groups: tuple[AvailabilityGroup, ...] = ()
    virtual_directories: tuple[VirtualDirectory, ...] = ()
    service_connection_points: tuple[ServiceConnectionPoint, ...] = ()
    accepted_domains: tuple[AcceptedDomain, ...] = ()
    mail_protocols: tuple[MailProtocol, ...] = ()
    principals: tuple[Principal, ...] = ()
    dns_answers: tuple[DnsAnswer, ...] = ()
    tls_endpoints: tuple[TlsEndpoint, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    http_banners: tuple[HttpBanner, ...] = ()
    exports: tuple[ExportFile, ...] = ()
    mailbox_counts: tuple[MailboxCount, ...] = ()
    arbitration_mailboxes: tuple[ArbitrationCount, ...] = ()
    mail_domains: tuple[MailDomain, ...] = ()
    server_builds: tuple[ServerBuild, ...] = ()
    database_states: tuple[DatabaseState, ...] = ()
    copy_states: tuple[CopyState, ...] = ()
    service_states: tuple[ServiceState, ...] = ()
    rpc_ports: tuple[StaticPorts, ...] = ()
    rpc_client_access: tuple[RpcClientAccess, ...] = ()
    client_versions: tuple[ClientVersion, ...] = ()
    nlb_features: tuple[NlbFeature, ...] = ()
    nlb_nodes: tuple[NlbNode, ...] = ()
    nlb_clusters: tuple[NlbCluster, ...] = ()
    store_certificates: tuple[StoreCertificate, ...] = ()
    outlook_providers: tuple[OutlookProvider, ...] = ()
    alternate_service_accounts: tuple[AlternateServiceAccount, ...] = ()
    offline_address_books: tuple[OfflineAddressBook, ...] = ()
    organization_configs: tuple[OrganizationConfig, ...] = ()
    schannel: tuple[SchannelProtocol, ...] = ()
    listed_arrays: tuple[ListedArray, ...] = ()
    listed_servers: tuple[ListedServer, ...] = ()
    listed_databases: tuple[ListedDatabase, ...] = ()
    sections: tuple[Section, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @field_validator("*", mode="after")
    @classmethod
    def _in_order(cls, value: Any) -> Any:
        # A directory gives objects in any order, and DNS and TLS answer when they like.
        if isinstance(value, tuple) and value and isinstance(value[0], Record):
            return tuple(sorted(value, key=lambda record: record.sort_key()))
        return value

    def status(self, section: SectionName) -> Status:
        """Return how much of a section was seen; a section without record was not collected."""
        return next((s.status for s in self.sections if s.name == section), Status.NOT_COLLECTED)

    @property
    def is_auditable(self) -> bool:
        """Whether it shows a server or a database: without either there is nothing to judge."""
        return bool(self.servers or self.databases)


@cache
def record_kinds() -> dict[str, type[Record]]:
    """Return the type of the records of each kind, by the name of the kind in the document."""
    kinds = {name: get_args(info.annotation) for name, info in Snapshot.model_fields.items()}
    return {
        name: each[0]
        for name, each in kinds.items()
        if each and isinstance(each[0], type) and issubclass(each[0], Record)
    }


# Kinds that do not bear the name of their section; every other kind does.
_SECTIONS = {
    "dns_answers": (SectionName.DNS_INTERNAL, SectionName.DNS_EXTERNAL),
    "tls_endpoints": (SectionName.TLS,),
    "certificates": (SectionName.TLS,),
    "http_banners": (SectionName.HTTP,),
    "mailbox_counts": (SectionName.MAILBOXES,),
    "controllers": (),
    "sections": (),
    "gaps": (),
}


def sections_of(kind: str) -> tuple[SectionName, ...]:
    """Return the sections whose coverage tells how far records of a kind were seen."""
    return _SECTIONS[kind] if kind in _SECTIONS else (SectionName(kind),)


def dumps(snapshot: Snapshot) -> bytes:
    """Write a snapshot as canonical JSON: sorted keys and records, UTF-8, one final newline."""
    data = snapshot.model_dump(mode="json", by_alias=True)
    if not snapshot.minor:
        del data["minor"]  # so that reading and writing an old document changes no byte of it
    # Not pydantic's own JSON, which keeps the order of the fields: moving one would change bytes.
    return canonical(data)


def json_schema() -> str:
    """Return the JSON Schema of the document, as committed in ``docs/``."""
    # As written: there every field stands, while a reader fills in what an old document lacks.
    schema = Snapshot.model_json_schema(by_alias=True, mode="serialization")
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"
