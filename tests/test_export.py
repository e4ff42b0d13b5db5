"""An export asked like a controller: equal records, and honesty about what it does not hold."""

import gzip
import io
import re
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casaudit.collect.exchange import ATTRIBUTES, collect_directory
from casaudit.collect.ldif import records
from casaudit.collect.ldif_directory import (
    MAX_GAPS,
    MAX_NAMELESS,
    ExportedDirectory,
    ExportReader,
    open_exports,
)
from casaudit.errors import SourceError
from casaudit.snapshot import (
    AcceptedDomain,
    Array,
    Database,
    DatabaseCopy,
    DomainController,
    Organization,
    Reason,
    SectionName,
    Server,
    ServiceConnectionPoint,
    Snapshot,
    Status,
    dumps,
)
from casaudit.snapshot.record import attributes_of
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
    assert missing == {NAMES.SITES, NAMES.DOMAIN_CONTROLLERS}
    assert found.status(NAMES.SITES) is Status.NOT_COLLECTED
    assert [each.unread for each in found.organization] == [("forest_level", "schema_version")]


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
        b"dn: CN=Users,DC=corp,DC=example\nobjectClass: container\n",
        "holds no configuration partition",
    ),
    "two forests": (
        b"dn: CN=Sites,CN=Configuration,DC=a\nobjectClass: sitesContainer\n\n"
        b"dn: CN=Sites,CN=Configuration,DC=b\nobjectClass: sitesContainer\n",
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


def test_rubbish_makes_no_flood_of_gaps() -> None:
    forest = healthy()
    sites = f"CN=Sites,{forest.tree.configuration}"
    rubbish = "".join(f"dn: CN={each},{sites}\nno colon\n\n" for each in range(MAX_GAPS + 9))
    found = seen(ldif(entries(forest)) + rubbish.encode())
    assert found.status(NAMES.SITES) is Status.PARTIAL
    assert len([gap for gap in found.gaps if gap.section is NAMES.SITES]) == MAX_GAPS


@pytest.mark.parametrize("limit", ["MAX_ENTRIES", "MAX_VALUES"])
def test_more_than_any_organisation_has_is_refused(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.ldf"
    path.write_bytes(ldif(entries(healthy())))
    monkeypatch.setattr(f"casaudit.collect.ldif_directory.{limit}", 50)
    with pytest.raises(SourceError, match="holds more than") as caught:
        open_exports([path])
    assert "ldifde -f" in caught.value.hint


# Several files


def merged(parts: list[bytes], folder: Path) -> Snapshot:
    """Return what is seen of files that are one directory."""
    paths = [folder / f"{number}.ldf" for number in range(len(parts))]
    for path, data in zip(paths, parts, strict=True):
        path.write_bytes(data)
    exported, failed = open_exports(paths, COLLECTED_AT)
    assert not failed
    return collect_directory(exported, "exports", COLLECTED_AT)


def without_sources(found: Snapshot) -> bytes:
    return re.sub(rb'"file:[^"]*"', b'"file"', dumps(found))


@given(st.data())
@settings(max_examples=8, deadline=None)
def test_files_are_one_directory_whatever_the_split_and_the_order(data: st.DataObject) -> None:
    every = entries(article_a())
    places = data.draw(st.lists(st.integers(0, 2), min_size=len(every), max_size=len(every)))
    split = [[e for e, place in zip(every, places, strict=True) if place == n] for n in range(3)]
    parts = [ldif(data.draw(st.permutations(each))) for each in split if each]
    with TemporaryDirectory() as folder:
        found = merged(parts, Path(folder))
    assert without_sources(found) == without_sources(seen(ldif(every)))


def test_sites_in_a_file_of_their_own_are_not_discarded(tmp_path: Path) -> None:
    forest = healthy()
    sites = f"CN=Sites,{forest.tree.configuration}"
    parts = [part(forest, below(forest.tree.exchange)), part(forest, below(sites))]
    for order in (parts, parts[::-1]):
        found = merged(order, tmp_path)
        assert set(statuses(found).values()) == {Status.COMPLETE}
        assert {each.source.origin for each in found.sites} != {
            each.source.origin for each in found.servers
        }


def test_packed_files_are_read(tmp_path: Path) -> None:
    data = ldif(entries(healthy()))
    found = merged([gzip.compress(data)], tmp_path)
    assert without_sources(found) == without_sources(seen(data))


def test_a_packed_file_that_breaks_off_is_not_whole(tmp_path: Path) -> None:
    data = gzip.compress(ldif(entries(healthy())))
    found = merged([data[: len(data) * 9 // 10]], tmp_path)
    assert found.servers
    assert set(statuses(found).values()) <= {Status.PARTIAL, Status.FAILED}
    assert any("cannot be unpacked: Compressed file ended" in gap.detail for gap in found.gaps)


def test_a_file_of_another_kind_costs_only_itself(tmp_path: Path) -> None:
    good, picture = tmp_path / "good.ldf", tmp_path / "picture.ldf"
    good.write_bytes(ldif(entries(healthy())))
    picture.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    exported, (error,) = open_exports([picture, good], COLLECTED_AT)
    assert (error.subject, error.problem) == (
        str(picture),
        "holds no record of LDIF that can be read",
    )
    found = collect_directory(exported, "exports", COLLECTED_AT)
    assert (set(statuses(found).values()), found.gaps) == ({Status.COMPLETE}, ())


def test_the_later_of_two_exports_counts_and_what_it_lacks_is_told(tmp_path: Path) -> None:
    early, late = healthy(), healthy()
    gone = early.tree.array("outlook-br")
    late.arrays.pop()
    dn = late.tree.database("DB-HO-01")
    late.database("DB-HO-01").endpoint = "EX1"
    late.overrides = {dn: {"whenChanged": b"20261101120000.0Z"}}
    data = [ldif(entries(early)), ldif(entries(late))]
    for parts in (data, data[::-1]):
        found = merged(parts, tmp_path)
        database = next(each for each in found.databases if each.dn == dn)
        assert database.endpoint_legacy_dn == late.tree.endpoint("EX1")
        conflicts = {g.subject: g.detail for g in found.gaps if g.reason is Reason.CONFLICT}
        assert "against" in conflicts[dn]
        name = f"file:{parts.index(data[1])}.ldf"
        assert conflicts[gone].endswith(f"not in {name}, although its container is")


def test_two_lists_of_attributes_make_one_entry(tmp_path: Path) -> None:
    every = entries(healthy())
    names = ("objectClass", "legacyExchangeDN", "networkAddress")
    listed = [
        ForestEntry(e.dn, {n: v for n, v in e.attributes.items() if n in names}) for e in every
    ]
    rest = [
        ForestEntry(e.dn, {n: v for n, v in e.attributes.items() if n not in names[1:]})
        for e in every
    ]
    found = merged([ldif(listed), ldif(rest)], tmp_path)
    assert without_sources(found) == without_sources(seen(ldif(every)))


@pytest.mark.parametrize("first", [True, False], ids=["before its entry", "after its entry"])
def test_a_change_costs_what_is_known_of_its_object(first: bool) -> None:
    forest = healthy()
    dn, data = forest.tree.database("DB-HO-01"), ldif(entries(forest))
    change = f"dn: {dn}\r\nchangetype: delete\r\n\r\n".encode()
    found = seen(change + data if first else data + change)
    assert dn not in {each.dn for each in found.databases}
    assert found.status(NAMES.DATABASES) is Status.PARTIAL
    line = 2 if first else data.count(b"\n") + 2
    detail = f"line {line}: 'changetype: delete' is a change, not an exported entry"
    assert (NAMES.DATABASES, dn, detail) in {(g.section, g.subject, g.detail) for g in found.gaps}


# What an export was told to leave out


def without(forest: Forest, *names: str, classes: tuple[str, ...] = ()) -> bytes:
    """Return an export without some attributes, and without all entries of some classes."""
    lost = {each.encode() for each in classes}
    return ldif(
        ForestEntry(e.dn, {n: v for n, v in e.attributes.items() if n not in names})
        for e in entries(forest)
        if lost.isdisjoint(e.attributes["objectClass"])
    )


ALWAYS = [
    (kind, field, each.name)
    for kind, record in {
        "organization": Organization, "servers": Server, "arrays": Array, "databases": Database,
        "database_copies": DatabaseCopy, "accepted_domains": AcceptedDomain,
        "service_connection_points": ServiceConnectionPoint, "domain_controllers": DomainController,
    }.items()
    for field, each in attributes_of(record).items()
    if each.always
]  # fmt: skip


def test_what_exchange_always_writes_is_known() -> None:
    assert {(kind, name) for kind, _, name in ALWAYS} == {
        ("organization", "legacyExchangeDN"), ("organization", "objectVersion"),
        ("servers", "networkAddress"), ("servers", "msExchServerSite"),
        ("servers", "msExchCurrentServerRoles"), ("servers", "versionNumber"),
        ("servers", "serialNumber"), ("servers", "legacyExchangeDN"),
        ("arrays", "networkAddress"), ("arrays", "legacyExchangeDN"),
        ("databases", "legacyExchangeDN"), ("databases", "msExchOwningServer"),
        ("databases", "msExchMasterServerOrAvailabilityGroup"),
        ("database_copies", "msExchHostServerLink"),
        ("database_copies", "msExchActivationPreference"),
        ("service_connection_points", "keywords"),
        ("accepted_domains", "msExchAcceptedDomainName"),
        ("accepted_domains", "msExchAcceptedDomainFlags"),
        ("domain_controllers", "msDS-Behavior-Version"),
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "field", "name"), ALWAYS, ids=lambda each: str(each))
def test_an_attribute_that_no_entry_shows_is_unread(kind: str, field: str, name: str) -> None:
    found = seen(without(healthy(), name))
    records = getattr(found, kind)
    assert records
    assert all(field in each.unread for each in records)
    assert any(name in gap.detail and "ldifde without -l" in gap.detail for gap in found.gaps)


def test_an_export_without_object_classes_is_refused_with_the_way_out() -> None:
    with pytest.raises(SourceError, match="was exported without objectClass") as caught:
        seen(without(healthy(), "objectClass"))
    assert "without -l" in caught.value.hint


def test_an_entry_without_object_class_may_be_anything() -> None:
    forest = healthy()
    dn = forest.tree.database("DB-HO-01")
    forest.overrides = {dn: {"objectClass": None}}
    found = seen(ldif(entries(forest)))
    assert found.status(NAMES.DATABASES) is Status.PARTIAL
    assert any(g.subject == dn and "objectClass was not exported" in g.detail for g in found.gaps)


def test_one_entry_without_an_attribute_lacks_it() -> None:
    forest = healthy()
    dn = forest.tree.database("DB-HO-01")
    forest.overrides = {dn: {"legacyExchangeDN": None}}
    found = seen(ldif(entries(forest)))
    database = next(each for each in found.databases if each.dn == dn)
    assert (database.legacy_exchange_dn, database.unread) == (None, ())


def test_an_array_without_site_beside_servers_with_one_has_none() -> None:
    forest = article_a()
    forest.overrides = {forest.tree.array("cas-headoffice"): {"msExchServerSite": None}}
    (array,) = seen(ldif(entries(forest))).arrays
    assert (array.site_dn, array.unread) == (None, ())
    (array,) = seen(without(article_a(), "msExchServerSite")).arrays
    assert (array.site_dn, array.unread) == (None, ("site_dn",))


EVERY_OBJECT_HAS = ("distinguishedName", "instanceType", "uSNCreated", "objectCategory")


def test_an_export_through_a_list_leaves_unread_what_no_entry_shows() -> None:
    """``msExchRestore`` stands on recovery databases alone: that none has it proves nothing."""
    found = seen(without(healthy(), "msExchRestore", "msExchUseOAB", *EVERY_OBJECT_HAS))
    assert {each.unread for each in found.databases} == {("oab_dn", "recovery")}
    found = seen(without(healthy(), "msExchRestore"))
    assert {(each.unread, each.recovery) for each in found.databases} == {((), False)}


def test_an_export_without_object_guids_names_objects_by_their_place() -> None:
    """``ldifde -m`` leaves objectGUID out."""
    found = seen(without(healthy(), "objectGUID"))
    assert {each.id for each in found.servers} == {each.dn.lower() for each in found.servers}
    assert (set(statuses(found).values()), found.gaps) == ({Status.COMPLETE}, ())


LEFT_OUT: dict[str, tuple[tuple[str, ...], set[SectionName]]] = {
    "POP": (("protocolCfgPOPServer",), {NAMES.MAIL_PROTOCOLS}),
    "IMAP": (("protocolCfgIMAPServer",), {NAMES.MAIL_PROTOCOLS}),
    "connection points": (("serviceConnectionPoint",), {NAMES.SERVICE_CONNECTION_POINTS}),
    "OWA": (("msExchOwaVirtualDirectory",), {NAMES.VIRTUAL_DIRECTORIES}),
    "address book directories": (("msExchOabVirtualDirectory",), {NAMES.VIRTUAL_DIRECTORIES}),
    "copies": (("msExchMDBCopy",), {NAMES.DATABASE_COPIES}),
    "availability groups": (("msExchMDBAvailabilityGroup",), {NAMES.AVAILABILITY_GROUPS}),
    "sites": (("site",), {NAMES.SITES}),
    "the container of sites": (("sitesContainer",), {NAMES.SITES, NAMES.DOMAIN_CONTROLLERS}),
    "settings of controllers": (("nTDSDSA",), {NAMES.DOMAIN_CONTROLLERS}),
    "subnets and their container": (("subnet", "subnetContainer"), {NAMES.SITES}),
    "accepted domains": (("msExchAcceptedDomain",), {NAMES.ACCEPTED_DOMAINS}),
    "databases": (("msExchMDB",), {NAMES.DATABASES, NAMES.DATABASE_COPIES, NAMES.ARRAYS}),
}  # fmt: skip


@pytest.mark.parametrize(("classes", "poorer"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_classes_that_a_filter_left_out_are_not_taken_for_absent(
    classes: tuple[str, ...], poorer: set[SectionName]
) -> None:
    found = seen(without(healthy(), classes=classes))
    incomplete = {name for name, status in statuses(found).items() if status is not Status.COMPLETE}
    assert incomplete and incomplete <= poorer
    assert incomplete <= {gap.section for gap in found.gaps}


def test_without_any_rpc_object_nobody_knows_which_servers_serve_rpc() -> None:
    found = seen(without(healthy(), classes=("msExchProtocolCfgExchangeRpcService",)))
    assert {each.has_rpc_client_access for each in found.servers} == {None}
    assert all("has_rpc_client_access" in each.unread for each in found.servers)
