"""The CSV files: one line per verdict and one per object, for spreadsheets and auditors.

RFC 4180 with a comma, every field quoted, UTF-8 with BOM, columns in a fixed order. An empty cell
means: not known. A list is sorted and joined by ``; ``, an empty one reads ``none``.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from casaudit.findings import Assessment, Finding, RuleInfo, Value, WaiverUse
from casaudit.report import waves
from casaudit.report.inventory import Inventory
from casaudit.report.labels import plain
from casaudit.text import UNSAFE

# How many rules gave each verdict about an object.
_VERDICTS = ("failed", "not_evaluated", "passed", "not_applicable")
_DNS_READ = ("source_origin", "source_at")
_READ = (*_DNS_READ, "source_when_changed", "source_usn_changed")
_WAIVER = (
    "waiver_state", "waiver_owner", "waiver_approver", "waiver_reason", "waiver_ticket",
    "waiver_until",
)  # fmt: skip

FINDINGS = (
    "rule_id", "revision", "title", "verdict", "severity", "base_severity", "severity_reason",
    "object_kind", "object", "site", "message", "reason", "evidence", "confidence", "controls",
    "cause", "read_from", "read_at", "when_changed", "usn_changed", "object_id", "fingerprint",
    *_WAIVER,
)  # fmt: skip

COLUMNS = {
    "databases": (
        "name", "home_site", "rpc_client_access_server", "endpoint_kind", "endpoint_name",
        "endpoint_site", "endpoint_product", "site_array_count", "site_array_name",
        "site_array_fqdn", "in_scope", "is_recovery", "is_public_folder", "on_exchange_2010",
        "copies", "mailbox_count", "created", *_VERDICTS, "id", *_READ,
    ),
    "arrays": (
        "name", "site", "fqdn", "site_exists", "member_count", "members", "database_count",
        "databases", "addresses", "resolves_internally", "alias_target", "resolves_externally",
        "external_addresses", "https_urls", "fqdn_problem", "is_replication_conflict", "created",
        *_VERDICTS, "id", *_READ,
    ),
    "servers": (
        "name", "site", "fqdn", "product", "version", "role_names", "is_client_access_2010",
        "has_rpc_client_access", "encryption_required", "availability_group", "addresses",
        *_VERDICTS, "id", *_READ,
    ),
    "certificates": (
        "name", "site", "subject", "issuer", "names", "not_before", "not_after", "days_left",
        "issuer_class", "self_signed", "key", "signature_hash", "endpoints", "servers", "serial",
        *_VERDICTS, "id", "source_origin", "source_at",
    ),
    "dns": (
        "name", "used_as", "view", "resolver", "record_type", "status", "answers",
        "alias_targets", "ttl", "authoritative", *_VERDICTS, "source_at",
    ),
}  # fmt: skip
"""Columns of the files of objects; names are those of the published views where they exist."""

MAX_CELL = 32_767
"""Characters that a cell of Excel holds, in UTF-16 units; a longer text is cut, and says so."""

# The second four are the full-width forms of the first four, which Excel takes alike. A text that
# begins with the mark itself gets another one, so that taking one mark away gives the text back.
_MARKED = re.compile(r"'|[\s\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r\n]")


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return findings.csv, one file per kind of object, and the waves of a migration."""
    inventory = Inventory(assessment)
    found = {"findings.csv": table(FINDINGS, finding_rows(assessment))}
    for name, columns in COLUMNS.items():
        objects = inventory.rows("dns_answers" if name == "dns" else name)
        found[f"{name}.csv"] = table(columns, objects)
    if assessment.migration is not None:
        found["waves.csv"] = table(waves.COLUMNS, waves.rows(assessment))
    return found


def table(columns: tuple[str, ...], rows: Iterable[Mapping[str, Value]]) -> bytes:
    """Write rows as one CSV file."""
    written = io.BytesIO()
    # The byte order mark makes Excel read UTF-8, and a row ends as RFC 4180 has it, everywhere.
    with io.TextIOWrapper(written, encoding="utf-8-sig", newline="") as text:
        writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        writer.writerow(columns)
        writer.writerows([cell(row[column]) for column in columns] for row in rows)
        text.flush()
        return written.getvalue()


def cell(value: Value) -> str:
    """Write a value so that no spreadsheet takes it for a formula and a record stays one line."""
    if value is None:
        return ""
    # Numbers keep their minus: a formula needs more than a number behind it.
    if isinstance(value, int | float):
        return plain(value)
    return _safe("; ".join(sorted(value)) or "none" if isinstance(value, list) else value)


@lru_cache(maxsize=1 << 14)
def _safe(text: str) -> str:
    marked = f"'{text}" if _MARKED.match(text) else text
    return _capped(UNSAFE.sub(lambda found: _escape(ord(found.group())), marked))


def _escape(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _capped(text: str) -> str:
    if len(text) <= MAX_CELL // 2:
        return text
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * MAX_CELL:
        return text
    note = f"… [cut: {len(text):,} characters]"
    # A cut in the middle of a surrogate pair would leave half a character.
    return encoded[: 2 * (MAX_CELL - len(note))].decode("utf-16-le", "ignore") + note


def finding_rows(assessment: Assessment) -> Iterator[dict[str, Value]]:
    """Yield every verdict as a line of findings.csv."""
    uses = {use.fingerprint: use for use in assessment.waivers}
    for finding in assessment.findings:
        yield {**_finding(finding), **_waiver(uses.get(finding.fingerprint))}


def _finding(finding: Finding) -> dict[str, Value]:
    read = finding.provenance
    return {
        "rule_id": finding.rule.id,
        "revision": finding.rule.revision,
        "title": finding.rule.title,
        "verdict": finding.verdict.value,
        "severity": finding.severity.value,
        "base_severity": finding.base_severity.value,
        "severity_reason": finding.severity_reason or "",
        "object_kind": finding.subject.kind,
        "object": finding.subject.name,
        "site": finding.subject.site,
        "message": finding.message or "",
        "reason": finding.reason or "",
        "evidence": named_values(finding.evidence),
        "confidence": finding.rule.confidence,
        "controls": controls(finding.rule),
        "cause": finding.cause or "",
        "read_from": read.origin if read else None,
        "read_at": read.at if read else None,
        "when_changed": read.when_changed if read else None,
        "usn_changed": read.usn_changed if read else None,
        "object_id": finding.subject.id,
        "fingerprint": finding.fingerprint,
    }


def _waiver(use: WaiverUse | None) -> dict[str, Value]:
    """The entry about a finding, also one that does not hold; empty where there is none."""
    if use is None:
        return dict.fromkeys(_WAIVER, "")
    told = use.waiver
    until = told.until.isoformat()
    cells = (use.state.value, told.owner, told.approver, told.reason, told.ticket, until)
    return dict(zip(_WAIVER, cells, strict=True))


def controls(rule: RuleInfo) -> list[str]:
    """Return the control ids of a rule, each behind its framework."""
    return [f"{framework} {each}" for framework, ids in rule.controls.items() for each in ids]


def named_values(evidence: Mapping[str, Value]) -> str:
    """Write values in one cell, each behind its name."""
    return "; ".join(f"{name}={_inline(evidence[name])}" for name in sorted(evidence))


def _inline(value: Value) -> str:
    return ", ".join(sorted(value)) or "none" if isinstance(value, list) else _text(value)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else plain(value)
