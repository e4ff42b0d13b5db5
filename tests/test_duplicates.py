"""One object that stands twice in one snapshot: a conflict on it, and no rule fails of it."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

from casaudit import shipped
from casaudit.assess import VERDICTS, assess, judge_of
from casaudit.collect import CollectRequest, collect
from casaudit.collect.network import NetworkSettings
from casaudit.engine.evaluate import Judge, Question
from casaudit.findings import Assessment, Verdict
from casaudit.snapshot import (
    Reason,
    Record,
    SectionName,
    Snapshot,
    Status,
    dumps,
    loads,
    note_duplicates,
    undisputed,
)
from casaudit.snapshot.document import record_kinds, sections_of
from tests.forest import COLLECTED_AT, entries, ldif
from tests.make_snapshot import with_every_kind
from tests.support.organisations import healthy
from tests.support.shipped_rules import book

KINDS = sorted(kind for kind in record_kinds() if sections_of(kind))
OTHER: dict[object, Any] = {str: "other", int: 5, bool: True}


@cache
def world() -> Snapshot:
    """The healthy sample with at least one record of every kind."""
    path = shipped.SAMPLES / "healthy" / "snapshot.json"
    return with_every_kind(loads(path.read_bytes(), path.name))


@cache
def judge() -> Judge:
    return judge_of(book(), "migration", VERDICTS)


def judged(snapshot: Snapshot) -> Assessment:
    asked = Question(profile="migration", target="2016")
    return assess(snapshot, judge(), asked, "", wanted=VERDICTS)


def verdicts(snapshot: Snapshot) -> dict[tuple[str, str, str], Verdict]:
    found = judged(snapshot).findings
    return {(f.rule.id, f.subject.kind, f.subject.id): f.verdict for f in found}


def with_twin(kind: str, change: Callable[[Record], dict[str, Any]]) -> Snapshot:
    """The world in which the first object of a kind has a second record."""
    snapshot = world()
    first, *others = getattr(snapshot, kind)
    twin = first.model_copy(update=change(first))
    parts = {name: getattr(snapshot, name) for name in Snapshot.model_fields if name != "schema_"}
    return Snapshot(**{**parts, kind: (first, twin, *others)})


def read_again(record: Any) -> dict[str, Any]:
    """The stamps of another controller, and nothing else."""
    source = record.source
    later = {"origin": "file:again.ldf", "at": source.at + timedelta(days=1), "usn_changed": 7}
    return {"source": source.model_copy(update=later)}


def otherwise(record: Record) -> dict[str, Any]:
    """Another value in every field of plain values that is no part of the record's key."""
    changes = {}
    for name, info in type(record).model_fields.items():
        kinds = (info.annotation, *get_args(info.annotation))
        value = next((OTHER[each] for each in kinds if each in OTHER), None)
        if value is None or name in {"id", "name", "dn", "unread"}:
            continue
        value = not getattr(record, name) if isinstance(value, bool) else value
        value = (value,) if get_origin(info.annotation) is tuple else value
        if record.model_copy(update={name: value}).sort_key() == record.sort_key():
            changes[name] = value
    return changes


@pytest.mark.parametrize("kind", KINDS)
def test_records_that_say_the_same_are_one(kind: str) -> None:
    twice = with_twin(kind, read_again)
    noted = note_duplicates(twice)
    assert len(getattr(twice, kind)) == len(getattr(world(), kind)) + 1
    assert len(getattr(noted, kind)) == len(getattr(world(), kind))
    assert noted.gaps == world().gaps
    assert noted.sections == world().sections


@pytest.mark.parametrize("kind", KINDS)
def test_records_that_differ_are_a_conflict_of_their_object_alone(kind: str) -> None:
    known = verdicts(world())
    twice = note_duplicates(with_twin(kind, otherwise))
    first = getattr(world(), kind)[0]
    gap = next(gap for gap in twice.gaps if gap.reason is Reason.CONFLICT)
    assert gap.section in sections_of(kind)
    assert gap.subject in {getattr(first, "dn", ""), " ".join(first.sort_key())}
    # Both stay, as evidence.
    assert len(getattr(twice, kind)) == len(getattr(world(), kind)) + 1
    found = judged(twice)
    assert [f.reason for f in found.findings if "the rule failed" in (f.reason or "")] == []
    gained = {
        (f.rule.id, f.subject.kind, f.subject.id)
        for f in found.findings
        if f.verdict is Verdict.PASS
    } - {key for key, verdict in known.items() if verdict is Verdict.PASS}
    assert gained == set()


def test_what_is_in_dispute_is_unread_and_the_rest_is_judged() -> None:
    first = world().databases[0]
    twice = with_twin("databases", lambda _: {"oab_dn": "CN=other", "exchange_version": 9})
    (seen,) = (each for each in undisputed(twice).databases if each.id == first.id)
    assert (seen.oab_dn, seen.exchange_version) == (None, None)
    assert seen.unread == ("exchange_version", "oab_dn")
    assert seen.endpoint_legacy_dn == first.endpoint_legacy_dn
    (gap,) = note_duplicates(twice).gaps
    assert (gap.section, gap.subject) == (SectionName.DATABASES, first.dn)
    assert "oab_dn: 'CN=other'" in gap.detail or "against 'CN=other'" in gap.detail


def test_what_one_record_could_not_read_comes_from_the_other() -> None:
    twice = with_twin("servers", lambda _: {"fqdn": None, "unread": ("fqdn",)})
    noted = note_duplicates(twice)
    assert noted.gaps == ()
    (seen,) = (each for each in undisputed(twice).servers if each.id == world().servers[0].id)
    assert (seen.fqdn, seen.unread) == (world().servers[0].fqdn, ())


def test_what_a_rule_cannot_do_without_leaves_the_section_partial() -> None:
    twice = with_twin("mailbox_counts", lambda _: {"count": 99})
    noted = note_duplicates(twice)
    assert noted.status(SectionName.MAILBOXES) is Status.PARTIAL
    assert len(undisputed(noted).mailbox_counts) == len(world().mailbox_counts) - 1


def test_an_object_made_anew_in_the_same_place_is_one_object() -> None:
    twice = with_twin("databases", lambda _: {"id": "00000000-0000-0000-0000-000000000000"})
    assert len(undisputed(twice).databases) == len(world().databases)
    assert [gap.reason for gap in note_duplicates(twice).gaps] == [Reason.CONFLICT]


def test_a_snapshot_with_an_object_twice_is_read_with_a_conflict() -> None:
    twice = with_twin("databases", lambda _: {"oab_dn": "CN=other"})
    read = loads(dumps(twice), "twice.json")
    assert [gap.reason for gap in read.gaps] == [Reason.CONFLICT]
    assert loads(dumps(read), "twice.json") == read


def collected(path: Path, *exports: bytes) -> Snapshot:
    path.write_bytes(b"".join(exports))
    nothing = NetworkSettings(ask_dns=False, ask_tls=False)
    request = CollectRequest((str(path),), network=nothing)
    return collect(request, COLLECTED_AT, lambda *_: None).snapshot


def before_and_after_a_rename() -> tuple[bytes, bytes]:
    before = ldif(entries(healthy())).replace(b"\r\n ", b"")
    return before, before.replace(b"DB-HO-01", b"DB-HO-71").replace(
        b"uSNChanged: ", b"uSNChanged: 9"
    )


def test_exports_joined_around_a_rename_show_one_database(tmp_path: Path) -> None:
    before, after = before_and_after_a_rename()
    alone = collected(tmp_path / "a.ldf", after)
    joined = collected(tmp_path / "b.ldf", before, after)
    renamed = next(each for each in alone.databases if each.name == "DB-HO-71")
    conflicts = [gap.subject for gap in joined.gaps if gap.reason is Reason.CONFLICT]
    assert renamed.dn in conflicts
    assert verdicts(joined) == verdicts(alone)


def test_what_leads_to_the_old_name_leads_to_the_renamed_object(tmp_path: Path) -> None:
    before, after = before_and_after_a_rename()
    alone, old = collected(tmp_path / "a.ldf", after), collected(tmp_path / "b.ldf", before)
    renamed = next(each for each in alone.databases if each.name == "DB-HO-71")
    both = alone.model_copy(
        update={
            "databases": (*old.databases, *alone.databases),
            "database_copies": (*old.database_copies, *alone.database_copies),
        }
    )
    seen = undisputed(both)
    assert [each.name for each in seen.databases if each.id == renamed.id] == ["DB-HO-71"]
    copies = [each for each in seen.database_copies if "DB-HO" in each.dn]
    assert [each.unread for each in copies] == [()] * len(copies)
    assert verdicts(both) == verdicts(alone)
