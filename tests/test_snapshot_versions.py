"""Snapshots of other versions: what theirs did not know is unread, what is new in them left out."""

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import create_model
from typer.testing import CliRunner

from casaudit.assess import VERDICTS, assess
from casaudit.cli import app
from casaudit.engine.evaluate import Question
from casaudit.errors import SourceError
from casaudit.findings import Verdict
from casaudit.shipped import SAMPLES
from casaudit.snapshot import (
    MINOR,
    DnsAnswer,
    Gap,
    Reason,
    SectionName,
    Site,
    Snapshot,
    Source,
    Status,
    dumps,
    loads,
    newer_sentence,
)
from casaudit.snapshot.document import record_kinds
from tests.make_snapshot import FOLDER
from tests.support.shipped_rules import judge_of_all

Document = dict[str, Any]

KEPT = sorted(path.name for path in FOLDER.glob("*.json.gz"))
NEWEST = f"minor-{MINOR}.json.gz"
SINCE_4 = {"rpc_ports": {"site_enforcement", "site_enforcement_kind"}}
SINCE_3 = {
    **SINCE_4,
    "organization": {"forest_level"},
    "servers": {"max_connections", "blocked_client_versions"},
    "databases": {"public_folder_database_dn"},
    "rpc_client_access": {"maximum_connections", "blocked_client_versions"},
}
SINCE_2 = {
    **SINCE_3,
    "databases": {"excluded_from_provisioning", *SINCE_3["databases"]},
    "listed_databases": {"excluded_from_provisioning"},
}
ACCOUNT = {"principals": {"account_name"}}
DISCOVERY = {"mailbox_counts": {"discovery"}}
LACKING: dict[str, dict[str, set[str]]] = {
    "minor-0-92db99b.json.gz": {**DISCOVERY, **ACCOUNT, **SINCE_2},
    "minor-0-55451c6.json.gz": {**DISCOVERY, **ACCOUNT, **SINCE_2},
    "minor-0-5b3e89b.json.gz": {**ACCOUNT, **SINCE_2},
    "minor-0-a3b14fd.json.gz": SINCE_2,
    "minor-1.json.gz": SINCE_2,
    "minor-2.json.gz": SINCE_3,
    "minor-3.json.gz": SINCE_4,
    NEWEST: {},
}
"""What records of a kind lack in a kept snapshot."""


def kept(name: str) -> bytes:
    return gzip.decompress((FOLDER / name).read_bytes())


def document(name: str = NEWEST) -> Document:
    found: Document = json.loads(kept(name))
    return found


def read(changed: Document) -> Snapshot:
    return loads(json.dumps(changed).encode(), "kept")


def test_a_snapshot_of_every_version_is_kept() -> None:
    assert sorted(LACKING) == KEPT


def test_the_newest_one_has_every_field_of_every_record() -> None:
    """Fails where a field was added and MINOR was not raised."""
    found = document()
    kinds = record_kinds()
    assert {kind: set(found[kind][0]) for kind in kinds if kind != "gaps"} == {
        kind: set(record.model_fields) for kind, record in kinds.items() if kind != "gaps"
    }
    names = {field.alias or name for name, field in Snapshot.model_fields.items()}
    assert found.keys() == names
    assert found["minor"] == MINOR


@pytest.mark.parametrize("name", KEPT)
def test_it_is_read_and_written_back_as_it_was_read(name: str) -> None:
    found = loads((FOLDER / name).read_bytes(), name)
    assert loads(dumps(found), name) == found
    if not LACKING[name]:
        assert dumps(found) == kept(name)


@pytest.mark.parametrize("name", KEPT)
def test_what_its_version_did_not_know_is_unread(name: str) -> None:
    found, lacking = loads(kept(name), name), LACKING[name]
    added = {field for each in (*SINCE_2.values(), *ACCOUNT.values()) for field in each}
    for kind in (*SINCE_2, *ACCOUNT):
        shown = {frozenset(added & set(each.unread)) for each in getattr(found, kind)}
        assert shown <= {frozenset(lacking.get(kind, ()))}, kind
    gaps = {(gap.section, gap.subject) for gap in found.gaps}
    counted = {(SectionName.MAILBOXES, "mailbox_counts.discovery")}
    assert gaps == (counted if "mailbox_counts" in lacking else set())
    partial = found.status(SectionName.MAILBOXES) is Status.PARTIAL
    assert partial == ("mailbox_counts" in lacking)


@pytest.mark.parametrize("name", KEPT)
def test_kinds_that_its_version_did_not_know_were_not_collected(name: str) -> None:
    found, had = loads(kept(name), name), document(name)
    unknown = [kind for kind in record_kinds() if kind not in had]
    assert {found.status(SectionName(kind)) for kind in unknown} <= {Status.NOT_COLLECTED}
    assert not any(getattr(found, kind) for kind in unknown)


def verdicts(snapshot: Snapshot) -> dict[tuple[str, str], Verdict]:
    asked = assess(snapshot, judge_of_all(), Question(), sha256="kept", wanted=VERDICTS)
    return {(each.rule.id, each.subject.id): each.verdict for each in asked.findings}


def completed(name: str) -> Iterator[Snapshot]:
    """Yield what a kept snapshot might have said, had its version known all that ours knows."""
    worlds = (
        (0, "{}$", False, 6),
        (3, "{}$", True, 0),
        (0, "other$", None, None),
        (0, None, False, 10),
    )
    for discovery, account, excluded, number in worlds:
        found = document(name)
        for each in found["mailbox_counts"]:
            each.setdefault("discovery", discovery)
        for each in found["principals"]:
            each.setdefault("account_name", account and account.format(each["name"]))
        for each in (*found["databases"], *found.get("listed_databases", ())):
            each.setdefault("excluded_from_provisioning", excluded)
        for each in found["databases"]:
            each.setdefault("public_folder_database_dn", account)
        for each in found["organization"]:
            each.setdefault("forest_level", number)
        for limit, kind in (("max_", "servers"), ("maximum_", "rpc_client_access")):
            # Of members that would else agree the first is set otherwise.
            for at, each in enumerate(found.get(kind, ())):
                each.setdefault(f"{limit}connections", number and number + bool(at))
                each.setdefault("blocked_client_versions", account if at else None)
        for each in found.get("rpc_ports", ()):
            each.setdefault("site_enforcement", number)
            each.setdefault("site_enforcement_kind", "DWord" if number else None)
        yield read(found)


@pytest.mark.parametrize("name", [name for name in KEPT if LACKING[name]])
def test_nothing_passes_that_what_its_version_did_not_know_could_have_failed(name: str) -> None:
    passed = {
        key for key, verdict in verdicts(loads(kept(name), name)).items() if verdict == "pass"
    }
    assert passed
    for possible in completed(name):
        found = verdicts(possible)
        assert {key: found[key] for key in passed} == dict.fromkeys(passed, Verdict.PASS)


@pytest.fixture
def tomorrow(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Snapshot]]:
    """The document as it will be when sites, sources and DNS answers have one more field."""
    source = create_model("Source", __base__=Source, confirmed=(bool | None, None))
    site = create_model(
        "Site", __base__=Site, location=(str | None, None), hubs=(tuple[str, ...], ()),
        is_open=(bool | None, False), source=(source, ...),
    )  # fmt: skip
    answer = create_model("DnsAnswer", __base__=DnsAnswer, is_signed=(bool | None, None))
    snapshot: type[Snapshot] = create_model(
        "Snapshot",
        __base__=Snapshot,
        sites=(tuple[site, ...], ()),  # type: ignore[valid-type]
        dns_answers=(tuple[answer, ...], ()),  # type: ignore[valid-type]
        minor=(int, MINOR + 1),
    )
    for module in ("document", "reading", "versions"):
        monkeypatch.setattr(f"casaudit.snapshot.{module}.Snapshot", snapshot)
    record_kinds.cache_clear()
    yield snapshot
    record_kinds.cache_clear()


def test_a_field_that_is_added_is_unread_in_todays_snapshots(tomorrow: type[Snapshot]) -> None:
    data = (SAMPLES / "healthy" / "snapshot.json").read_bytes()
    found = loads(data, "healthy")
    assert type(found) is tomorrow
    unread = ("hubs", "is_open", "location", "source.confirmed")
    assert {each.unread for each in found.sites} == {unread}
    assert {getattr(each, "is_open") for each in found.sites} == {None}  # noqa: B009
    assert {each.unread for each in found.servers} == {()}
    assert loads(dumps(found), "healthy") == found
    assert loads(dumps(found), "healthy").minor == MINOR


def test_records_without_a_list_of_what_is_unread_make_their_section_partial(
    tomorrow: type[Snapshot],
) -> None:
    found = loads((SAMPLES / "healthy" / "snapshot.json").read_bytes(), "healthy")
    assert found.status(SectionName.DNS_INTERNAL) is Status.PARTIAL
    assert {(gap.subject, gap.reason) for gap in found.gaps} == {
        ("dns_answers.is_signed", Reason.OTHER_VERSION)
    }


def test_a_field_that_is_written_is_not_unread(tomorrow: type[Snapshot]) -> None:
    found = loads((SAMPLES / "healthy" / "snapshot.json").read_bytes(), "healthy")
    changed = json.loads(dumps(found))
    for each in changed["sites"]:
        each |= {"unread": [], "location": None}
    assert {each.unread for each in read(changed).sites} == {()}


def test_a_kind_that_a_complete_section_lacks_makes_it_partial() -> None:
    changed = {key: value for key, value in document().items() if key != "certificates"}
    found = read(changed)
    assert found.status(SectionName.TLS) is Status.PARTIAL
    (gap,) = found.gaps
    assert (gap.section, gap.subject) == (SectionName.TLS, "certificates")


def of_newer() -> Document:
    """A snapshot as a later version may write it."""
    found = document() | {"minor": MINOR + 1, "tool_version": "9.9", "ledgers": [{"a": 1}]}
    found["servers"][0] |= {"colour": "green"}
    found["servers"][1]["source"]["by"] = {"deep": [1]}
    found["sections"].append({"name": "ledgers", "status": "complete", "asked": 1, "answered": 1})
    found["gaps"].append(
        {"section": "ledgers", "subject": "x", "reason": "limit", "detail": ""}
    )  # fmt: skip
    return found


def test_what_a_newer_minor_version_knows_more_is_left_out_and_said() -> None:
    found, before = read(of_newer()), read(document())
    assert found.servers == before.servers
    assert found.sections == before.sections
    sentence = "written by a newer casaudit (9.9): what it knows more is not judged"
    assert newer_sentence(found) == sentence
    assert newer_sentence(before) is None
    assert found.gaps == (
        Gap(section=SectionName.ORGANIZATION, subject="snapshot", reason=Reason.OTHER_VERSION,
            detail=sentence),
    )  # fmt: skip
    assert loads(dumps(found), "again") == found
    assert verdicts(found) == verdicts(before)


REFUSED: dict[str, tuple[Document, str]] = {
    "a value that a newer version added to a closed list": (
        of_newer() | {"servers": [document()["servers"][0] | {"roles": "many"}]},
        "servers.0.roles",
    ),
    "an unknown key of this minor version": (document() | {"ledgers": []}, "ledgers"),
    "an unknown key of an older minor version": (document() | {"minor": 0, "x": 1}, "x"),
    "a version that is no number": (document() | {"minor": "1"}, "minor"),
    "a version below nothing": (document() | {"minor": -1}, "minor"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_understood_is_still_refused(name: str) -> None:
    changed, where = REFUSED[name]
    with pytest.raises(SourceError, match=where):
        read(changed)


def test_the_operator_is_told_of_a_newer_version(tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    path.write_text(json.dumps(of_newer()), encoding="utf-8")
    result = CliRunner().invoke(app, ["report", str(path), "-o", str(tmp_path / "out")])
    assert "written by a newer casaudit (9.9): what it knows more is not judged" in result.stderr
    shown = json.loads((tmp_path / "out" / "findings.json").read_text(encoding="utf-8"))
    assert [gap["reason"] for gap in shown["gaps"]] == ["other_version"]


def test_the_folder_of_a_run_of_an_older_version_is_still_a_baseline(tmp_path: Path) -> None:
    """Its findings name the hash of the file that its version wrote."""
    data = kept("minor-0-55451c6.json.gz")
    folder = tmp_path / "then"
    (tmp_path / "old.json").write_bytes(data)
    run = CliRunner().invoke
    run(app, ["report", str(tmp_path / "old.json"), "-o", str(folder)])
    (folder / "snapshot.json").write_bytes(data)
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    findings["snapshot_sha256"] = hashlib.sha256(data).hexdigest()
    (folder / "findings.json").write_text(json.dumps(findings), encoding="utf-8")
    now = SAMPLES / "article-a" / "snapshot.json"
    asked = ["report", str(now), "-o", str(tmp_path / "now"), "--baseline", str(folder)]
    result = run(app, asked)
    assert result.exit_code == 1, result.output
