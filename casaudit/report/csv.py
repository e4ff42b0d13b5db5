"""The CSV files: one line per verdict and one per object, for spreadsheets and auditors.

RFC 4180 with a comma, every field quoted, UTF-8 with BOM, columns in a fixed order. An empty cell
means: not known. A list is sorted and joined by ``; ``, an empty one reads ``none``.
"""

import csv
import re
from collections.abc import Iterable, Mapping

import pandas as pd

from casaudit.judge.findings import Assessment, Finding, Value
from casaudit.report.inventory import Inventory
from casaudit.report.words import plain
from casaudit.visible import UNSAFE

_VERDICTS = ("failed", "not_evaluated", "passed", "not_applicable")
_DNS_READ = ("source_origin", "source_at")
_READ = (*_DNS_READ, "source_when_changed", "source_usn_changed")

FINDINGS = (
    "rule_id", "revision", "title", "verdict", "severity", "base_severity", "severity_reason",
    "object_kind", "object", "site", "message", "reason", "evidence", "confidence", "controls",
    "cause", "read_from", "read_at", "when_changed", "usn_changed", "object_id", "fingerprint",
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

# The second four are the full-width forms of the first four, which Excel takes alike.
_FORMULA = re.compile(r"[\s\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r\n]")


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return findings.csv and one file per kind of object."""
    inventory = Inventory(assessment)
    found = {"findings.csv": _file(FINDINGS, map(_finding, assessment.findings))}
    for name, columns in COLUMNS.items():
        rows = inventory.rows("dns_answers" if name == "dns" else name)
        found[f"{name}.csv"] = _file(columns, rows)
    return found


def cell(value: Value) -> str:
    """Write a value so that no spreadsheet takes it for a formula and a record stays one line."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return plain(value)
    text = "; ".join(sorted(value)) or "none" if isinstance(value, list) else value
    marked = f"'{text}" if _FORMULA.match(text) else text
    return UNSAFE.sub(lambda found: _escape(ord(found.group())), marked)


def _escape(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _file(columns: tuple[str, ...], rows: Iterable[Mapping[str, Value]]) -> bytes:
    cells = [[cell(row[column]) for column in columns] for row in rows]
    frame = pd.DataFrame(cells, columns=list(columns), dtype=object)
    text = frame.to_csv(index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    return text.encode("utf-8-sig")


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
        "evidence": _evidence(finding.evidence),
        "confidence": finding.rule.confidence,
        "controls": [
            f"{name} {each}" for name, ids in finding.rule.controls.items() for each in ids
        ],
        "cause": finding.cause or "",
        "read_from": read.origin if read else None,
        "read_at": read.at if read else None,
        "when_changed": read.when_changed if read else None,
        "usn_changed": read.usn_changed if read else None,
        "object_id": finding.subject.id,
        "fingerprint": finding.fingerprint,
    }


def _evidence(evidence: Mapping[str, Value]) -> str:
    return "; ".join(f"{name}={_inline(evidence[name])}" for name in sorted(evidence))


def _inline(value: Value) -> str:
    return ", ".join(sorted(value)) or "none" if isinstance(value, list) else _text(value)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else plain(value)
