"""The CSV files: safe in a spreadsheet, the same in every reader."""

import csv
import io
import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.findings import Assessment
from casaudit.report.csv import cell, files
from tests.support.assessments import sample, twin

NAMES = [
    "arrays.csv",
    "certificates.csv",
    "databases.csv",
    "dns.csv",
    "findings.csv",
    "servers.csv",
]
FORMULA = re.compile("[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20|%]")
NUMBER = re.compile(r"-?\d+(\.\d+)?")
_VERDICTS = ("failed", "not_evaluated", "passed", "not_applicable")
_READ = ("source_origin", "source_at", "source_when_changed", "source_usn_changed")
_WAIVER = (
    "waiver_state", "waiver_owner", "waiver_approver", "waiver_reason", "waiver_ticket",
    "waiver_until",
)  # fmt: skip
FINDINGS = (
    "rule_id", "revision", "title", "requirement", "verdict", "severity", "base_severity",
    "severity_reason", "object_kind", "object", "site", "message", "reason", "evidence",
    "confidence", "controls", "cause", "read_from", "read_at", "when_changed", "usn_changed",
    "object_id", "fingerprint", *_WAIVER, "standing",
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
"""Published names and order of the columns: scripts read them."""
HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\nx", "|calc", "%0", "\uff1d1", " \u00a0=1"]


def rows(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def table(assessment: Assessment, name: str) -> dict[str, dict[str, str]]:
    head, *body = rows(files(assessment)[name])
    return {row[0]: dict(zip(head, row, strict=True)) for row in body}


def test_there_is_one_file_for_findings_and_one_per_kind_of_object() -> None:
    assert sorted(files(sample("healthy"))) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_file_is_quoted_with_crlf_and_a_byte_order_mark(name: str) -> None:
    raw = files(sample("article-a"))[name]
    assert raw.startswith(b'\xef\xbb\xbf"')
    assert raw.endswith(b'"\r\n')
    assert raw.count(b"\n") == raw.count(b'"\r\n') == len(rows(raw))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("payload", HOSTILE)
def test_pandas_and_csv_read_the_same_cells(name: str, payload: str) -> None:
    raw = files(twin(sample("article-a"), lambda text: f'{payload}{text}",\u202e;\x00'))[name]
    frame = pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    head, *body = rows(raw)
    assert [list(frame.columns), *frame.values.tolist()] == [head, *body]


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_names_change_no_shape_and_start_no_formula(payload: str) -> None:
    plain, hostile = files(sample("article-a")), files(twin(sample("article-a"), payload.__add__))
    for name in NAMES:
        before, after = rows(plain[name]), rows(hostile[name])
        assert [len(row) for row in before] == [len(row) for row in after]
        started = [c for row in after for c in row if FORMULA.match(c.lstrip("\u00a0 "))]
        assert [c for c in started if not NUMBER.fullmatch(c)] == []


@given(st.text())
def test_a_cell_is_one_line_without_formula(text: str) -> None:
    written = cell(text)
    assert not FORMULA.match(written.lstrip())
    assert written.isprintable() or not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e]", written)


@given(st.text(st.characters(categories=["L", "N"]), min_size=1))
def test_a_harmless_text_is_left_as_it_is(text: str) -> None:
    assert cell(text) == text


def test_a_cell_tells_unknown_from_none() -> None:
    assert [cell(value) for value in (None, [], ["b", "a"], True, False, 0, -3)] == [
        *("", "none", "a; b", "yes", "no", "0", "-3"),
    ]


def test_hidden_characters_are_written_as_their_code() -> None:
    assert cell("a\r\nb\u202ec\ud800") == r"a\x0D\x0Ab\u202Ec\uD800"
    assert cell("a\xad\U000e0041\u3164") == r"a\xAD\U000E0041\u3164"


def test_every_verdict_is_a_line() -> None:
    assessment = sample("article-a")
    head, *body = rows(files(assessment)["findings.csv"])
    assert tuple(head) == FINDINGS
    found = [(row[head.index("rule_id")], row[head.index("object")]) for row in body]
    assert found == [(f.rule.id, f.subject.name) for f in assessment.findings]


def test_a_failure_carries_message_evidence_and_source() -> None:
    head, *body = rows(files(sample("article-a"))["findings.csv"])
    found = [dict(zip(head, row, strict=True)) for row in body]
    row = next(r for r in found if (r["rule_id"], r["object"]) == ("CAS-DB-001", "MB-HO-02"))
    assert row["verdict"] == "fail"
    assert "HO-EX2010-MB1" in row["message"]
    assert "home_site=HeadOffice" in row["evidence"]
    assert row["controls"] == "nist_800_53 CM-6; nist_800_53 CP-10"
    assert row["read_at"] == "2026-11-15T06:00:00Z"


def test_a_database_shows_what_an_auditor_asks_for() -> None:
    row = table(sample("article-a"), "databases.csv")["MB-HO-01"]
    assert row["home_site"] == "HeadOffice"
    assert row["rpc_client_access_server"].startswith("HO-EX2010-MB1")
    assert row["endpoint_kind"] == "client_access_server"
    assert row["site_array_fqdn"] == "outlook-ho.exchangeserverpro.net"
    assert row["copies"] == "HO-EX2010-MB1 (1)"
    assert row["failed"] == "CAS-DB-001"
    assert row["mailbox_count"] == ""


def test_a_recovery_database_is_in_the_population_and_not_judged() -> None:
    row = table(sample("article-a"), "databases.csv")["RDB-HO-01"]
    assert (row["is_recovery"], row["in_scope"], row["failed"]) == ("yes", "no", "none")
    assert "CAS-DB-001" in row["not_applicable"]


def test_a_name_in_dns_shows_its_use_and_every_answer() -> None:
    head, *body = rows(files(sample("article-a"))["dns.csv"])
    found = [dict(zip(head, row, strict=True)) for row in body]
    answers = [r for r in found if r["name"] == "outlook-ho.exchangeserverpro.net"]
    assert {(r["used_as"], r["view"]) for r in answers} == {
        ("array", "internal"),
        ("array", "external"),
    }


def test_the_columns_stay_where_they_are_without_any_row() -> None:
    empty = replace(sample("healthy"), inventory=dict.fromkeys(sample("healthy").inventory, ()))
    for name, columns in COLUMNS.items():
        assert rows(files(empty)[f"{name}.csv"]) == [list(columns)]
