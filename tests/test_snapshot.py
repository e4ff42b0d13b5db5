"""The snapshot document: canonical, strict, versioned, and safe to read from a stranger."""

import gzip
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit import shipped
from casaudit.dn import norm_dn
from casaudit.errors import SourceError
from casaudit.snapshot import (
    Gap,
    Reason,
    Section,
    SectionName,
    Site,
    Snapshot,
    Source,
    Status,
    dumps,
    json_schema,
    loads,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SOURCE = Source(origin="file:test.ldf", at=NOON)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


def site(name: str) -> Site:
    return Site(id=name, name=name, dn=f"CN={name}", source=SOURCE)


def snapshot(**parts: Any) -> Snapshot:
    return Snapshot(tool_version="1", collected_at=NOON, **parts)


# Two records of one place would be one object that stands there twice.
NAMES = st.lists(TEXT, max_size=5, unique_by=lambda name: norm_dn(f"CN={name}"))


@given(NAMES, st.dictionaries(TEXT, TEXT, max_size=3))
def test_what_is_written_is_read_back(names: list[str], gaps: dict[str, str]) -> None:
    found = tuple(
        Gap(section=SectionName.TLS, subject=k, reason=Reason.BUG, detail=v)
        for k, v in gaps.items()
    )
    before = snapshot(sites=tuple(map(site, names)), gaps=found)
    assert loads(dumps(before), "x") == before


@given(st.permutations(["Lyon", "München", "東京", "Zürich"]))
def test_equal_organisations_give_equal_bytes_in_whatever_order_they_are_read(
    order: list[str],
) -> None:
    wanted = dumps(snapshot(sites=tuple(map(site, sorted(order)))))
    assert dumps(snapshot(sites=tuple(map(site, order)))) == wanted


def test_times_are_kept_in_utc_to_the_second() -> None:
    odd = datetime(2026, 11, 22, 13, 0, 0, 999, tzinfo=timezone(timedelta(hours=1)))
    assert Snapshot(tool_version="1", collected_at=odd).collected_at == NOON


def test_gzipped_snapshots_are_read_too() -> None:
    wanted = snapshot(sites=(site("HeadOffice"),))
    assert loads(gzip.compress(dumps(wanted)), "x") == wanted


def test_a_section_without_a_record_was_not_collected() -> None:
    seen = snapshot(sections=(Section(name=SectionName.SITES, status=Status.PARTIAL),))
    assert seen.status(SectionName.SITES) is Status.PARTIAL
    assert seen.status(SectionName.TLS) is Status.NOT_COLLECTED


GOOD = json.loads(dumps(snapshot()))
BAD: dict[str, tuple[bytes, str]] = {
    "not JSON": (b"{", "not valid JSON"),
    "an empty file": (b"", "not valid JSON"),
    "not UTF-8": (b'{"schema": "\xff"}', "not valid JSON"),
    "another document": (b'{"schema": "casaudit/findings/1"}', "not a casaudit snapshot"),
    "a list": (b"[]", "not a casaudit snapshot"),
    "a newer format": (b'{"schema": "casaudit/snapshot/2"}', "casaudit/snapshot/2"),
    "a duplicate key": (b'{"schema": "casaudit/snapshot/1", "schema": "x"}', "duplicate key"),
    "not a number": (b'{"schema": NaN}', "not a JSON number"),
    "too deep": (b"[" * 100_000, "nested too deeply"),
    "an unknown key": (json.dumps(GOOD | {"extra": 1}).encode(), "extra"),
    "a missing key": (
        json.dumps({k: v for k, v in GOOD.items() if k != "collected_at"}).encode(),
        "collected_at",
    ),
    "a wrong type": (json.dumps(GOOD | {"sites": {}}).encode(), "sites"),
    "a time without zone": (
        json.dumps(GOOD | {"collected_at": "2026-11-22T12:00:00"}).encode(),
        "collected_at",
    ),
    "a lone surrogate": (
        json.dumps(GOOD | {"tool_version": "\ud800"}).encode(),
        "not a valid snapshot",
    ),
    "a number beyond 64 bits": (
        json.dumps(GOOD | {"sections": [{"name": "tls", "status": "complete", "asked": 2**70}]})
        .encode(),
        "64 bits",
    ),
    "a damaged gzip file": (gzip.compress(b"x" * 100)[:-9], "damaged gzip"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_snapshot_is_refused_in_words(name: str) -> None:
    data, said = BAD[name]
    with pytest.raises(SourceError, match=r"a\.json") as caught:
        loads(data, "a.json")
    assert said in caught.value.problem


def test_a_gzip_bomb_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("casaudit.snapshot.reading.MAX_BYTES", 1000)
    with pytest.raises(SourceError, match="larger than"):
        loads(gzip.compress(b" " * 100_000), "a.json.gz")


@given(st.binary(max_size=200))
def test_no_bytes_do_more_than_a_clear_refusal(data: bytes) -> None:
    with pytest.raises(SourceError):
        loads(data, "a.json")


def test_the_committed_schema_is_current() -> None:
    committed = shipped.RULES.parent / "docs" / "snapshot.schema.json"
    assert committed.read_text(encoding="utf-8") == json_schema()
