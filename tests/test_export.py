"""An export asked like a controller: equal records, and honesty about what it does not hold."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from casaudit.collect.exchange import ATTRIBUTES, collect_directory
from casaudit.collect.ldif import records
from casaudit.collect.ldif_directory import (
    MAX_NAMELESS,
    ExportedDirectory,
    ExportReader,
    open_exports,
)
from casaudit.errors import SourceError
from casaudit.snapshot import Reason, SectionName, Snapshot, Status
from tests.forest import (
    COLLECTED_AT,
    Forest,
    ForestDirectory,
    ForestEntry,
    entries,
    ldif,
)
from tests.support.organisations import ORGANISATIONS, article_a, healthy

NAMES = SectionName
BELOW_SERVERS = (NAMES.VIRTUAL_DIRECTORIES, NAMES.MAIL_PROTOCOLS, NAMES.SERVICE_CONNECTION_POINTS)


def directory(data: bytes) -> ExportedDirectory:
    made = ExportReader()
    made.add("directory.ldf", COLLECTED_AT, records(io.BytesIO(data), ATTRIBUTES))
    return made.directory()


def seen(data: bytes) -> Snapshot:
    return collect_directory(directory(data), "directory.ldf", COLLECTED_AT)


def part(forest: Forest, *wanted: Callable[[ForestEntry], bool]) -> bytes:
    """Return an export of the entries that one of some conditions holds for."""
    return ldif(each for each in entries(forest) if any(holds(each) for holds in wanted))


def below(base: str) -> Callable[[ForestEntry], bool]:
    return lambda entry: entry.dn == base or entry.dn.endswith(f",{base}")


def of_class(name: str) -> Callable[[ForestEntry], bool]:
    return lambda entry: name.encode() in entry.attributes["objectClass"]


def statuses(found: Snapshot) -> dict[SectionName, Status]:
    return {section.name: section.status for section in found.sections}


@pytest.mark.parametrize("name", ORGANISATIONS)
@pytest.mark.parametrize("encoding", ["ascii", "utf-8-sig", "utf-16"])
def test_an_export_gives_the_records_of_its_controller(name: str, encoding: str) -> None:
    forest = ORGANISATIONS[name]()
    live = collect_directory(ForestDirectory(forest), "dc1", COLLECTED_AT)
    data = ldif(entries(forest)).decode("ascii").encode(encoding)
    assert seen(data) == live


def test_the_arrays_alone_leave_everything_else_not_collected() -> None:
    forest = article_a()
    found = seen(part(forest, below(f"CN=Arrays,{forest.tree.group}")))
    assert [each.name for each in found.arrays] == ["cas-headoffice"]
    assert statuses(found) == {
        **dict.fromkeys(statuses(found), Status.NOT_COLLECTED),
        NAMES.ARRAYS: Status.COMPLETE,
    }
    assert found.gaps == ()


def test_the_databases_alone_bring_their_copies() -> None:
    forest = article_a()
    found = seen(part(forest, below(f"CN=Databases,{forest.tree.group}")))
    assert {name for name, status in statuses(found).items() if status is Status.COMPLETE} == {
        NAMES.DATABASES,
        NAMES.DATABASE_COPIES,
    }
    assert found.status(NAMES.ARRAYS) is Status.NOT_COLLECTED
    assert found.status(NAMES.SERVERS) is Status.NOT_COLLECTED


def test_the_exchange_branch_lacks_the_sites_only() -> None:
    forest = healthy()
    found = seen(part(forest, below(forest.tree.exchange)))
    missing = {name for name, status in statuses(found).items() if status is not Status.COMPLETE}
    assert missing == {NAMES.SITES}
    assert found.status(NAMES.SITES) is Status.NOT_COLLECTED
    assert [each.unread for each in found.organization] == [("schema_version",)]


def test_an_export_through_a_filter_is_never_complete() -> None:
    forest = healthy()
    found = seen(part(forest, of_class("msExchExchangeServer"), of_class("msExchPrivateMDB")))
    assert {each.name for each in found.servers} == {"EX1", "EX2", "EX3", "EX4"}
    assert {each.has_rpc_client_access for each in found.servers} == {None}
    partial = {NAMES.SERVERS, NAMES.ARRAYS, NAMES.DATABASES}
    assert {name for name, status in statuses(found).items() if status is Status.PARTIAL} == partial
    assert not any(status is Status.COMPLETE for status in statuses(found).values())
    detail = "the export does not hold their container; if this is an export, make it again of all"
    assert {gap.section for gap in found.gaps if gap.detail.startswith(detail)} == partial


def test_servers_without_what_lies_below_them_are_told_apart() -> None:
    forest = healthy()
    servers = f"CN=Servers,{forest.tree.group}"
    one_level = of_class("msExchExchangeServer")
    found = seen(part(forest, lambda entry: entry.dn == servers, one_level))
    assert found.status(NAMES.SERVERS) is Status.COMPLETE
    assert {found.status(section) for section in BELOW_SERVERS} == {Status.PARTIAL}
    detail = "the protocols of this server cannot be seen"
    assert {gap.subject for gap in found.gaps if gap.detail == detail} == {
        forest.tree.server(each.name) for each in forest.servers
    }


def test_an_empty_container_of_arrays_in_a_whole_export_means_none() -> None:
    forest = article_a()
    forest.arrays.clear()
    assert seen(ldif(entries(forest))).status(NAMES.ARRAYS) is Status.COMPLETE


def damaged(data: bytes, dn: str) -> bytes:
    """Return an export in which a line of one record lacks its colon."""
    text = re.sub(r"\r\n ", "", data.decode("ascii"))
    before, found, after = text.partition(f"dn: {dn}\r\n")
    assert found
    return (before + found + after.replace("instanceType: 4", "instanceType 4", 1)).encode()


def test_a_damaged_array_is_no_damaged_server() -> None:
    forest = healthy()
    dn = forest.tree.array("outlook-br")
    found = seen(damaged(ldif(entries(forest)), dn))
    assert {name: s for name, s in statuses(found).items() if s is not Status.COMPLETE} == {
        NAMES.ARRAYS: Status.PARTIAL
    }
    assert {(gap.section, gap.subject) for gap in found.gaps} == {(NAMES.ARRAYS, dn)}


def test_a_damaged_record_makes_only_its_own_section_partial() -> None:
    forest = healthy()
    dn = forest.tree.database("DB-HO-01")
    found = seen(damaged(ldif(entries(forest)), dn))
    assert {each.name for each in found.databases} == {
        *("DB-HO-02", "DB-BR-01", "DB-BR-02", "PF-HO-01"),
    }
    assert {name: s for name, s in statuses(found).items() if s is not Status.COMPLETE} == {
        NAMES.DATABASES: Status.PARTIAL
    }
    ((section, subject, reason),) = {(g.section, g.subject, g.reason) for g in found.gaps}
    assert (section, subject, reason) == (NAMES.DATABASES, dn, Reason.MALFORMED)


def test_a_record_without_a_name_may_have_been_anything() -> None:
    data = ldif(entries(healthy())) + b"\r\ncn: lost\r\n"
    found = seen(data)
    assert set(statuses(found).values()) == {Status.PARTIAL}
    line = data.count(b"\n")
    assert {(gap.subject, gap.detail) for gap in found.gaps} == {
        (
            "file:directory.ldf",
            f"line {line}: a record begins with 'cn: lost' where its dn belongs",
        )
    }


def test_noise_makes_no_flood_of_gaps() -> None:
    data = ldif(entries(healthy())) + b"noise\r\n\r\n" * 1000
    found = seen(data)
    assert max(len([g for g in found.gaps if g.section is name]) for name in NAMES) == MAX_NAMELESS


def test_a_record_that_stands_twice_with_other_values_is_a_conflict() -> None:
    forest = healthy()
    forest.database("DB-HO-01").endpoint = "EX1"
    data = ldif(entries(healthy())) + part(forest, of_class("msExchPrivateMDB"))
    found = seen(data)
    database = next(each for each in found.databases if each.name == "DB-HO-01")
    # Both say that they were changed at the same time: nothing tells which is right.
    assert (database.endpoint_legacy_dn, database.unread) == (
        None,
        ("endpoint_legacy_dn", "legacy_exchange_dn"),
    )
    assert [(gap.subject, gap.reason) for gap in found.gaps] == [(database.dn, Reason.CONFLICT)]
    assert "cn=EX1/cn=Microsoft Private MDB' against '" in found.gaps[0].detail
    assert "cn=outlook-ho.corp.example/cn=Microsoft Private MDB'" in found.gaps[0].detail
    assert found.status(NAMES.DATABASES) is Status.COMPLETE


def test_a_file_that_refers_elsewhere_leaves_the_field_unread(tmp_path: Path) -> None:
    forest = healthy()
    dn = forest.tree.array("outlook-ho")
    secret = tmp_path / "secret"
    secret.write_text("never to be seen")
    text = re.sub(r"\r\n ", "", ldif(entries(forest)).decode("ascii"))
    legacy = f"legacyExchangeDN: {forest.tree.endpoint('outlook-ho.corp.example')}\r\n"
    before, found, after = text.partition(f"dn: {dn}\r\n")
    seen_text = (
        before + found + after.replace(legacy, f"legacyExchangeDN:< {secret.as_uri()}\r\n", 1)
    )
    snapshot = seen(seen_text.encode())
    array = next(each for each in snapshot.arrays if each.dn == dn)
    assert (array.legacy_exchange_dn, array.unread) == (None, ("legacy_exchange_dn",))
    assert [(gap.section, gap.subject, gap.reason) for gap in snapshot.gaps] == [
        (NAMES.ARRAYS, dn, Reason.REFUSED)
    ]
    assert snapshot.status(NAMES.ARRAYS) is Status.COMPLETE


REFUSED = {
    "nothing": (b"", "holds no record of LDIF that can be read"),
    "no LDIF": (b"\x89PNG\r\n\x1a\n" + bytes(100), "holds no record of LDIF that can be read"),
    "a domain partition": (
        b"dn: CN=Users,DC=corp,DC=example\ncn: Users\n",
        "holds no configuration partition",
    ),
    "two forests": (
        b"dn: CN=Sites,CN=Configuration,DC=a\ncn: x\n\ndn: CN=Sites,CN=Configuration,DC=b\ncn: x\n",
        "holds entries of 2 forests: CN=Configuration,DC=a, CN=Configuration,DC=b",
    ),
    "a forest without Exchange": (
        b"dn: CN=Sites,CN=Configuration,DC=a\nobjectClass: sitesContainer\n",
        "shows no Exchange organisation",
    ),
}


@pytest.mark.parametrize(("data", "problem"), REFUSED.values(), ids=REFUSED)
def test_a_file_without_organisation_is_refused_with_a_hint(
    data: bytes, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "directory.ldf"
    path.write_bytes(data)
    with pytest.raises(SourceError, match=problem) as caught:
        collect_directory(open_exports([path])[0], path.name, COLLECTED_AT)
    assert caught.value.hint


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file"):
        open_exports([tmp_path / "missing.ldf"])


def test_a_file_of_excessive_size_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.ldf"
    path.write_bytes(ldif(entries(healthy())))
    monkeypatch.setattr("casaudit.collect.ldif_directory.MAX_FILES", 1000)
    with pytest.raises(SourceError, match="is larger than"):
        open_exports([path])


def test_the_source_says_that_it_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "export.ldf"
    path.write_bytes(ldif(entries(healthy())))
    exported, _ = open_exports([path])
    (found,) = exported.controllers()
    assert (found.origin, found.bind, found.protection) == ("file:export.ldf", "file", "file")
