"""What every record of a snapshot has: strictness, provenance, and what is missing in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field


def _whole_utc_second(moment: datetime) -> datetime:
    # Fractions would make snapshots of one collection differ for nothing.
    return moment.astimezone(UTC).replace(microsecond=0)


Moment = Annotated[AwareDatetime, AfterValidator(_whole_utc_second)]
"""A point in time, UTC, to the second."""


class Record(BaseModel):
    """Base of all records: frozen, strict, unknown keys refused."""

    # strict, because pydantic would otherwise turn "1" into 1: evidence must not change its type.
    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    def sort_key(self) -> tuple[str, ...]:
        """Return what orders records of this kind in the document."""
        raise NotImplementedError


class Source(Record):
    """Where a record comes from.

    Attributes:
        origin: controller, file, resolver or endpoint, such as ``ldaps://dc1.corp.example``,
            ``file:export.ldf``, ``dns:10.0.0.53:53`` or ``tls:10.0.0.20:443``.
        at: when it was read.
        when_changed: the directory's own ``whenChanged`` of the object.
        usn_changed: the directory's own ``uSNChanged`` of the object, per controller.
    """

    origin: str
    at: Moment
    when_changed: Moment | None = None
    usn_changed: int | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """The attribute of the directory from which a field is read: the one place that names it.

    Queries ask for what the records name, and the reader decodes it by the type of the field.

    Attributes:
        name: its ``lDAPDisplayName``.
        bits: for a truth value kept in an integer: of which bits one must be set.
        one_of_many: the attribute may hold several values, of which the field takes the first.
        always: setup or the cmdlet that makes the object writes it, so that objects of which none
            shows it were not seen in full.
    """

    name: str
    bits: int | None = None
    one_of_many: bool = False
    always: bool = False


@cache
def attributes_of(record: type[Record]) -> Mapping[str, Attribute]:
    """Return the attributes that a record is read from, by the name of the field."""
    return {
        name: each
        for name, info in record.model_fields.items()
        for each in info.metadata
        if isinstance(each, Attribute)
    }


class DirectoryRecord(Record):
    """An object of the directory.

    Attributes:
        id: objectGUID as text, lower case; the lower-case DN where a source has no objectGUID.
        name: the object's common name as stored.
        dn: distinguished name as stored.
        unread: names of fields that the source had but that could not be decoded, or that the
            version of casaudit which wrote the snapshot did not know. A field that is ``None``
            and not listed here was seen to be absent.
    """

    id: str
    name: str
    dn: str
    source: Source
    unread: tuple[str, ...] = ()

    def sort_key(self) -> tuple[str, ...]:
        """Order by identity, which does not change when an object is renamed."""
        # With the DN, because two joined exports can hold one id under an old and a new name.
        return (self.id, self.dn)


class SectionName(StrEnum):
    """The kinds of evidence, each collected, complete or not, on its own."""

    ORGANIZATION = "organization"
    SITES = "sites"
    DOMAIN_CONTROLLERS = "domain_controllers"
    SERVERS = "servers"
    ARRAYS = "arrays"
    DATABASES = "databases"
    DATABASE_COPIES = "database_copies"
    AVAILABILITY_GROUPS = "availability_groups"
    VIRTUAL_DIRECTORIES = "virtual_directories"
    SERVICE_CONNECTION_POINTS = "service_connection_points"
    ACCEPTED_DOMAINS = "accepted_domains"
    MAIL_PROTOCOLS = "mail_protocols"
    PRINCIPALS = "principals"
    DNS_INTERNAL = "dns_internal"
    DNS_EXTERNAL = "dns_external"
    TLS = "tls"
    HTTP = "http"
    EXPORTS = "exports"
    MAILBOXES = "mailboxes"
    ARBITRATION_MAILBOXES = "arbitration_mailboxes"
    MAIL_DOMAINS = "mail_domains"
    SERVER_BUILDS = "server_builds"
    DATABASE_STATES = "database_states"
    COPY_STATES = "copy_states"
    SERVICE_STATES = "service_states"
    RPC_PORTS = "rpc_ports"
    RPC_CLIENT_ACCESS = "rpc_client_access"
    CLIENT_VERSIONS = "client_versions"
    NLB_FEATURES = "nlb_features"
    NLB_NODES = "nlb_nodes"
    NLB_CLUSTERS = "nlb_clusters"
    STORE_CERTIFICATES = "store_certificates"
    OUTLOOK_PROVIDERS = "outlook_providers"
    ALTERNATE_SERVICE_ACCOUNTS = "alternate_service_accounts"
    OFFLINE_ADDRESS_BOOKS = "offline_address_books"
    ORGANIZATION_CONFIGS = "organization_configs"
    SCHANNEL = "schannel"
    LISTED_ARRAYS = "listed_arrays"
    LISTED_SERVERS = "listed_servers"
    LISTED_DATABASES = "listed_databases"


# So a new kind of the directory or the network belongs before EXPORTS, one of the shell after.
EXPORTED = frozenset(list(SectionName)[list(SectionName).index(SectionName.EXPORTS) :])
"""The kinds that no directory holds, only exports of the shell: from ``exports`` on."""


class Status(StrEnum):
    """How much of a section was seen."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    # Wanted, and nothing of it was seen.
    FAILED = "failed"
    # Not wanted, or no source was meant to hold it.
    NOT_COLLECTED = "not_collected"


class Section(Record):
    """The coverage of one kind of evidence.

    Attributes:
        asked: how many questions (searches, names, endpoints) were put.
        answered: how many of them got a usable answer.
    """

    name: SectionName
    status: Status
    asked: int = Field(default=0, ge=0)
    answered: int = Field(default=0, ge=0)

    def sort_key(self) -> tuple[str, ...]:
        """Order by name."""
        return (self.name.value,)


class Reason(StrEnum):
    """Why something could not be seen: a closed list, so that rules and reports can rely on it."""

    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    NOT_TRUSTED = "not_trusted"
    LIMIT = "limit"
    # A directory does not say which of the two.
    DENIED_OR_ABSENT = "denied_or_absent"
    # Something else proves, or lets suspect, that it is there.
    HIDDEN = "hidden"
    REFERRAL = "referral"
    SERVER_FAILURE = "server_failure"
    MALFORMED = "malformed"
    HANDSHAKE_FAILED = "handshake_failed"
    CONFLICT = "conflict"
    INTERRUPTED = "interrupted"
    OTHER_VERSION = "other_version"
    # An error of this program that was kept from ending the collection.
    BUG = "bug"


class Gap(Record):
    """Something that was asked for and not seen.

    Attributes:
        section: the kind of evidence that is poorer by it.
        subject: what was asked: a DN, a DNS name, ``host:port``, a file.
        detail: result code, exception text or base64 of what could not be read.
    """

    section: SectionName
    subject: str
    reason: Reason
    detail: str = ""

    def sort_key(self) -> tuple[str, ...]:
        """Order by section, then subject."""
        return (self.section.value, self.subject, self.reason.value, self.detail)


def is_incomplete(sections: Iterable[Section], gaps: Iterable[Gap]) -> bool:
    """Tell whether something that was asked for was not seen in full, or contradicts itself."""
    # What nobody asked for is another thing: a scheduled task would be red for ever.
    if any(each.status in (Status.PARTIAL, Status.FAILED) for each in sections):
        return True
    return any(each.reason is Reason.CONFLICT or is_of_source(each) for each in gaps)


def is_of_source(gap: Gap) -> bool:
    """Tell whether a gap is about a source that was named and could not be used at all.

    What the other sources saw is whole all the same, so that no section tells of it.
    """
    return gap.section is SectionName.ORGANIZATION and gap.reason is Reason.UNREACHABLE


class Controller(Record):
    """A directory server that was asked, and how.

    Attributes:
        origin: as in the ``source`` of its records.
        address: IP address that was connected to; ``None`` for a file.
        dns_host_name: what the server says of itself.
        usn_start: its highestCommittedUSN before the first search; ``usn_end`` after the last.
        clock_offset_seconds: its clock minus the collector's.
        bind: ``simple``, ``kerberos``, ``ntlm``, ``anonymous`` or ``file``.
        protection: ``ldaps``, ``starttls``, ``plaintext`` or ``file``.
        operations: LDAP operations sent, counted by name.
    """

    origin: str
    address: str | None = None
    dns_host_name: str | None = None
    usn_start: int | None = None
    usn_end: int | None = None
    clock_offset_seconds: int | None = None
    bind: str
    protection: str
    operations: dict[str, int] = Field(default_factory=dict)

    def sort_key(self) -> tuple[str, ...]:
        """Order by origin."""
        return (self.origin,)
