"""The snapshot document: its parts, its version, and reading and writing it as canonical JSON."""

import gzip
import io
import json
import zlib
from collections.abc import Iterable
from typing import Any, Literal, NoReturn, TypeVar

from pydantic import Field, ValidationError, field_validator

from casaudit.errors import SourceError
from casaudit.snapshot.directory import (
    AcceptedDomain,
    Array,
    AvailabilityGroup,
    Database,
    DatabaseCopy,
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
    OutlookProvider,
)
from casaudit.snapshot.machines import (
    AlternateServiceAccount,
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
MAX_BYTES = 256 * 1024 * 1024

R = TypeVar("R", bound=Record)


class Snapshot(Record):
    """Everything a collection saw and did not see.

    All records are tuples, sorted, so that equal organisations give equal bytes.
    ``collected_at`` is when the collection began and the default reference time of the judgement.
    """

    schema_: Literal["casaudit/snapshot/1"] = Field(default=SCHEMA, alias="schema")
    tool_version: str
    collected_at: Moment
    controllers: tuple[Controller, ...] = ()
    organization: tuple[Organization, ...] = ()
    sites: tuple[Site, ...] = ()
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
    nlb_features: tuple[NlbFeature, ...] = ()
    nlb_nodes: tuple[NlbNode, ...] = ()
    nlb_clusters: tuple[NlbCluster, ...] = ()
    store_certificates: tuple[StoreCertificate, ...] = ()
    outlook_providers: tuple[OutlookProvider, ...] = ()
    alternate_service_accounts: tuple[AlternateServiceAccount, ...] = ()
    offline_address_books: tuple[OfflineAddressBook, ...] = ()
    schannel: tuple[SchannelProtocol, ...] = ()
    listed_arrays: tuple[ListedArray, ...] = ()
    listed_servers: tuple[ListedServer, ...] = ()
    listed_databases: tuple[ListedDatabase, ...] = ()
    sections: tuple[Section, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @field_validator("*", mode="after")
    @classmethod
    def _in_order(cls, value: Any) -> Any:
        if isinstance(value, tuple) and value and isinstance(value[0], Record):
            return _sorted(value)
        return value

    def status(self, section: SectionName) -> Status:
        """Return how much of a section was seen; a section without record was not collected."""
        return next((s.status for s in self.sections if s.name == section), Status.NOT_COLLECTED)


def _sorted(records: Iterable[R]) -> tuple[R, ...]:
    return tuple(sorted(records, key=lambda record: record.sort_key()))


def dumps(snapshot: Snapshot) -> bytes:
    """Write a snapshot as canonical JSON: sorted keys and records, UTF-8, one final newline."""
    data = snapshot.model_dump(mode="json", by_alias=True)
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    return (text + "\n").encode("utf-8")


def loads(data: bytes, name: str) -> Snapshot:
    """Read a snapshot from JSON or gzipped JSON.

    Args:
        data: the file's bytes.
        name: what to call the file in errors.

    Raises:
        SourceError: not JSON, not a snapshot, or one of a newer major version.
    """
    raw = _decompressed(data, name)
    _check_form(raw, name)
    try:
        return Snapshot.model_validate_json(raw)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "document"
        raise SourceError(name, f"not a valid snapshot: {where}: {first['msg']}") from None


def _decompressed(data: bytes, name: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        raw = data
    else:
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as unzipped:
                raw = unzipped.read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(name, f"damaged gzip file ({error})") from None
    if len(raw) > MAX_BYTES:
        raise SourceError(name, f"larger than {MAX_BYTES // 2**20} MiB uncompressed")
    return raw


def _check_form(raw: bytes, name: str) -> None:
    """Refuse what the JSON parser would take quietly: duplicate keys, NaN, a foreign document."""
    try:
        document = json.loads(
            raw, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_int64
        )
    except RecursionError:
        raise SourceError(name, "nested too deeply to be a snapshot") from None
    except ValueError as error:
        raise SourceError(name, f"not valid JSON: {error}") from None
    found = document.get("schema") if isinstance(document, dict) else None
    if found == SCHEMA:
        return
    if isinstance(found, str) and found.startswith("casaudit/snapshot/"):
        raise SourceError(
            name,
            f"written in format {found}, this casaudit reads {SCHEMA}",
            "use the casaudit version that wrote it, or a newer one",
        )
    raise SourceError(name, "not a casaudit snapshot (no schema casaudit/snapshot/1)")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"duplicate key {next(k for k in keys if keys.count(k) > 1)!r}")
    return result


def _int64(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise ValueError("a number does not fit into 64 bits")
    return int(text)


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a JSON number")


def json_schema() -> str:
    """Return the JSON Schema of the document, as committed in ``docs/``."""
    schema = Snapshot.model_json_schema(by_alias=True, mode="serialization")
    return json.dumps(schema, indent=2, sort_keys=True) + "\n"
