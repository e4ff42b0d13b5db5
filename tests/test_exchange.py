"""Entries become records: every value in its field, odd ones noted, each at its own cost."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.collect.exchange import collect_directory, queries
from casaudit.collect.exchange.attributes import MAX_VALUE, AttributeReader
from casaudit.collect.ports import DirectoryEntry, Query, SearchResult
from casaudit.snapshot import Gap, Reason, SectionName, Snapshot, Source, Status
from casaudit.snapshot.record import Attribute, DirectoryRecord, Moment, attributes_of
from tests.forest import COLLECTED_AT, Array, Copy, Database, Forest, ForestDirectory
from tests.forest.objects import EXCHANGE_2010, Object, Values
from tests.forest.servers import AUTODISCOVER_URL
from tests.forest.tree import below
from tests.support.organisations import healthy

BROKEN = b"\xff\xfe"
BROKEN_BASE64 = base64.b64encode(BROKEN).decode()


@pytest.fixture
def forest() -> Forest:
    return healthy()


def seen(forest: Forest) -> Snapshot:
    return collect_directory(ForestDirectory(forest), "directory", COLLECTED_AT)


def gaps(found: Snapshot, section: SectionName) -> list[tuple[str, Reason, str]]:
    return [(gap.subject, gap.reason, gap.detail) for gap in found.gaps if gap.section == section]


def test_a_server_carries_what_the_rules_judge(forest: Forest) -> None:
    server = next(each for each in seen(forest).servers if each.name == "EX1")
    assert server.fqdn == "EX1.corp.example"
    assert (server.roles, server.version_number) == (38, 1937997947)
    assert server.serial_number == "Version 14.3 (Build 30123.4)"
    assert server.site_dn == forest.tree.site("HeadOffice")
    assert server.dag_dn == forest.tree.availability_group("DAG1")
    assert (server.has_rpc_client_access, server.encryption_required) == (True, True)
    assert server.source.usn_changed is not None
    assert server.unread == ()


def test_a_database_carries_its_endpoint(forest: Forest) -> None:
    forest.database("DB-BR-01").endpoint = "EX3"
    found = {each.name: each for each in seen(forest).databases}
    assert found["DB-BR-01"].endpoint_legacy_dn == forest.tree.endpoint("EX3")
    assert found["DB-BR-01"].owning_server_dn == forest.tree.server("EX3")
    assert found["PF-HO-01"].kind == "public_folder"
    assert found["DB-BR-01"].recovery is False


def test_transport_children_and_arrays_are_no_servers(forest: Forest) -> None:
    transport = below("Transport Configuration", forest.tree.server("EX1"))
    classes = ("server", "msExchExchangeServer", "msExchExchangeTransportServer")
    forest.more = [
        Object(transport, ("container", "msExchContainer")),
        Object(below("Frontend", transport), classes, {"msExchCurrentServerRoles": 16385}),
    ]
    assert {each.name for each in seen(forest).servers} == {"EX1", "EX2", "EX3", "EX4"}


def test_both_classes_of_array_are_arrays(forest: Forest) -> None:
    forest.array("outlook-br").class_name = "msExchClientAccessArrayLegacy"
    assert {each.name for each in seen(forest).arrays} == {"outlook-ho", "outlook-br"}


def test_a_stranger_among_the_arrays_is_reported_and_costs_nothing(forest: Forest) -> None:
    dn = forest.tree.array("stranger")
    forest.more = [Object(dn, ("container",))]
    found = seen(forest)
    detail = "a child of CN=Arrays of unexpected class: top, container"
    assert gaps(found, SectionName.ARRAYS) == [(dn, Reason.MALFORMED, detail)]
    assert {each.name for each in found.arrays} == {"outlook-ho", "outlook-br"}
    assert found.status(SectionName.ARRAYS) is Status.COMPLETE


def test_a_name_left_by_a_replication_conflict_is_kept(forest: Forest) -> None:
    name = "outlook-ho\nCNF:8a1b0f6e-0f0e-4b34-a4d0-3a4f6f9c8a11"
    forest.arrays.append(Array(name, "outlook-ho.corp.example", "HeadOffice"))
    assert name in {each.name for each in seen(forest).arrays}


def test_a_server_without_tcp_address_has_no_fqdn_and_a_gap(forest: Forest) -> None:
    forest.server("EX2").fqdn = None
    found = seen(forest)
    server = next(each for each in found.servers if each.name == "EX2")
    assert (server.fqdn, server.unread) == (None, ())
    detail = "networkAddress has no ncacn_ip_tcp value: no FQDN"
    assert gaps(found, SectionName.SERVERS) == [(server.dn, Reason.MALFORMED, detail)]


@pytest.mark.parametrize(
    ("values", "fqdn"),
    [
        (["netbios:EX1", " NCACN_IP_TCP : ex1.corp.example "], "ex1.corp.example"),
        (["ncacn_ip_tcp:", "ncacn_ip_tcp:ex1"], "ex1"),
        (["ncacn_ip_tcp:ex1:6001"], "ex1:6001"),
        (["nothing"], None),
    ],
)
def test_the_fqdn_is_the_tcp_value_wherever_it_stands(
    forest: Forest, values: list[str], fqdn: str | None
) -> None:
    forest.overrides = {forest.tree.server("EX1"): {"networkAddress": values}}
    assert next(each for each in seen(forest).servers if each.name == "EX1").fqdn == fqdn


ODD: dict[str, tuple[Values, str, str]] = {
    "text that is not UTF-8": (
        {"legacyExchangeDN": BROKEN},
        "legacy_exchange_dn",
        f"legacyExchangeDN: {BROKEN_BASE64}",
    ),
    "a number that is none": (
        {"msExchVersion": "14.3"},
        "exchange_version",
        "msExchVersion: MTQuMw==",
    ),
    "a number beyond 64 bits": (
        {"msExchVersion": "9223372036854775808"},
        "exchange_version",
        "msExchVersion: OTIyMzM3MjAzNjg1NDc3NTgwOA==",
    ),
    "two values where one belongs": (
        {"msExchVersion": [EXCHANGE_2010, 1]},
        "exchange_version",
        "msExchVersion has 2 values where one belongs",
    ),
    "a time that is none": (
        {"whenCreated": "20101399000000.0Z"},
        "created",
        "whenCreated: MjAxMDEzOTkwMDAwMDAuMFo=",
    ),
    "a truth that is none": ({"msExchRestore": "YES"}, "recovery", "msExchRestore: WUVT"),
}


@pytest.mark.parametrize(("values", "field", "detail"), ODD.values(), ids=ODD)
def test_an_odd_value_costs_its_field_only(
    forest: Forest, values: Values, field: str, detail: str
) -> None:
    dn = forest.tree.database("DB-HO-01")
    whole = {each.name: each for each in seen(forest).databases}
    forest.overrides = {dn: values}
    found = seen(forest)
    odd = {each.name: each for each in found.databases}
    assert getattr(odd["DB-HO-01"], field) is None
    assert field in odd["DB-HO-01"].unread
    assert gaps(found, SectionName.DATABASES) == [(dn, Reason.MALFORMED, detail)]
    assert {name: odd[name] for name in odd if name != "DB-HO-01"} == {
        name: whole[name] for name in whole if name != "DB-HO-01"
    }
    assert found.status(SectionName.DATABASES) is Status.COMPLETE


def test_an_endpoint_that_cannot_be_read_is_unread_as_well(forest: Forest) -> None:
    forest.overrides = {forest.tree.database("DB-HO-01"): {"legacyExchangeDN": BROKEN}}
    database = next(each for each in seen(forest).databases if each.name == "DB-HO-01")
    assert database.unread == ("endpoint_legacy_dn", "legacy_exchange_dn")


def test_a_value_of_excessive_length_is_not_taken_over(forest: Forest) -> None:
    dn = forest.tree.array("outlook-ho")
    forest.overrides = {dn: {"legacyExchangeDN": "x" * (MAX_VALUE + 1)}}
    found = seen(forest)
    ((subject, reason, detail),) = gaps(found, SectionName.ARRAYS)
    assert (subject, reason) == (dn, Reason.LIMIT)
    assert detail.startswith(f"legacyExchangeDN holds {MAX_VALUE + 1} bytes, cut: eHh4")
    assert next(each for each in found.arrays if each.dn == dn).legacy_exchange_dn is None


def test_a_directory_outside_a_server_costs_itself_and_completeness(forest: Forest) -> None:
    dn = below("owa (Default Web Site)", forest.tree.top)
    forest.more = [Object(dn, ("msExchVirtualDirectory", "msExchOwaVirtualDirectory"))]
    found = seen(forest)
    section = SectionName.VIRTUAL_DIRECTORIES
    assert gaps(found, section) == [(dn, Reason.MALFORMED, "lies below no server's CN=Protocols")]
    assert len(found.virtual_directories) == len(seen(healthy()).virtual_directories)
    assert found.status(section) is Status.PARTIAL


def test_points_of_other_services_are_left_out(forest: Forest) -> None:
    services = f"CN=Services,{forest.tree.configuration}"
    classes = ("connectionPoint", "serviceConnectionPoint")
    pointer = {"keywords": ["67661D7F-8fc4-4FA7-bfac-e1d7794c1f68", "Domain=other.example"]}
    forest.more = [
        Object(below("Rights", services), classes, {"keywords": "something else"}),
        Object(below("Other Forest", services), classes, pointer),
    ]
    found = {each.name: each for each in seen(forest).service_connection_points}
    assert set(found) == {"EX1", "EX2", "EX3", "EX4", "Other Forest"}
    assert found["Other Forest"].server_dn is None
    assert AUTODISCOVER_URL in found["EX1"].keywords


def test_subnets_stand_with_their_site(forest: Forest) -> None:
    forest.site("HeadOffice").subnets = ("10.1.0.0/16", "10.3.0.0/16")
    found = {each.name: each.subnets for each in seen(forest).sites}
    assert found == {
        "HeadOffice": ("10.1.0.0/16", "10.3.0.0/16"),
        "BranchOffice": ("10.2.0.0/16",),
    }


def settings_of(forest: Forest, controller: str, site: str) -> str:
    servers = below("Servers", forest.tree.site(site))
    return below("NTDS Settings", below(controller, servers))


def test_a_controller_is_a_computer_of_a_site_with_settings_of_its_own(forest: Forest) -> None:
    forest.site("BranchOffice").controller_level = 7
    branch = below("Servers", forest.tree.site("BranchOffice"))
    forest.more = [
        Object(below("QUEUE1", branch), ("server",), {"dNSHostName": "queue1.corp.example"}),
        Object(below("RODC1", branch), ("server",), {"dNSHostName": "rodc1.corp.example"}),
        Object(
            settings_of(forest, "RODC1", "BranchOffice"),
            ("applicationSettings", "nTDSDSA", "nTDSDSARO"),
            {"msDS-Behavior-Version": 6},
        ),
    ]
    found = seen(forest)
    shown = {each.name: (each.dns_host_name, each.level, each.read_only) for each in
             found.domain_controllers}  # fmt: skip
    assert shown == {
        "DC1": ("dc1.corp.example", 6, False),
        "DC2": ("dc2.corp.example", 7, False),
        "RODC1": ("rodc1.corp.example", 6, True),
    }
    assert {each.site_dn for each in found.domain_controllers if each.name != "DC1"} == {
        forest.tree.site("BranchOffice")
    }
    assert {each.unread for each in found.domain_controllers} == {()}
    assert found.organization[0].forest_level == 6


def test_of_a_controller_whose_computer_is_hidden_the_name_in_dns_is_unread(forest: Forest) -> None:
    directory = ForestDirectory(forest)
    search = directory.search
    server = below("DC1", below("Servers", forest.tree.site("HeadOffice")))

    class Without:
        def search(self, query: Query) -> SearchResult:
            answer = search(query)
            return replace(answer, entries=tuple(e for e in answer.entries if e.dn != server))

    found = collect_directory(Without(), "directory", COLLECTED_AT)
    shown = {each.name: (each.dns_host_name, each.unread) for each in found.domain_controllers}
    assert shown == {"DC1": (None, ("dns_host_name",)), "DC2": ("dc2.corp.example", ())}


def test_without_any_controller_none_was_seen(forest: Forest) -> None:
    forest.hidden = {settings_of(forest, "DC1", "HeadOffice")}
    assert [each.name for each in seen(forest).domain_controllers] == ["DC2"]
    forest.hidden |= {settings_of(forest, "DC2", "BranchOffice")}
    found = seen(forest)
    assert found.status(SectionName.DOMAIN_CONTROLLERS) is Status.PARTIAL
    assert found.status(SectionName.SITES) is Status.COMPLETE


@pytest.mark.parametrize("odd", [None, "seven"])
def test_a_level_that_cannot_be_read_is_unread(forest: Forest, odd: str | None) -> None:
    partitions = f"CN=Partitions,{forest.tree.configuration}"
    forest.overrides = {partitions: {"msDS-Behavior-Version": odd}}
    (found,) = seen(forest).organization
    assert (found.forest_level, found.unread) == (None, ("forest_level",))


def test_settings_of_the_rpc_service_stand_with_the_server(forest: Forest) -> None:
    forest.server("EX1").max_connections = 100
    forest.server("EX1").blocked_client_versions = "-5.9.9;7.0.0-11.99.99"
    forest.server("EX2").max_connections = None
    found = {each.name: each for each in seen(forest).servers}
    shown = {name: (found[name].max_connections, found[name].blocked_client_versions)
             for name in ("EX1", "EX2", "EX3")}  # fmt: skip
    assert shown == {
        "EX1": (100, "-5.9.9;7.0.0-11.99.99"),
        "EX2": (None, None),
        "EX3": (65536, None),
    }
    assert found["EX2"].unread == ()


def test_a_server_without_the_service_is_told_from_one_that_hides_it(forest: Forest) -> None:
    forest.server("EX1").rpc_client_access = False
    forest.hidden = {below("Protocols", forest.tree.server("EX2"))}
    found = {each.name: each for each in seen(forest).servers}
    assert (found["EX1"].has_rpc_client_access, found["EX1"].unread) == (False, ())
    assert found["EX2"].has_rpc_client_access is None
    settings = ("blocked_client_versions", "encryption_required", "max_connections")
    assert set(found["EX2"].unread) == {*settings, "has_rpc_client_access"}


def test_a_database_of_a_storage_group_is_a_database(forest: Forest) -> None:
    store = below("InformationStore", forest.tree.server("EX1"))
    group = below("First Storage Group", store)
    forest.more = [
        Object(store, ("container", "msExchInformationStore")),
        Object(group, ("container", "msExchStorageGroup")),
        Object(below("Mailbox Store", group), ("msExchMDB", "msExchPrivateMDB")),
    ]
    found = {each.name: each for each in seen(forest).databases}
    assert found["Mailbox Store"].master_dn is None


def test_copies_carry_their_database_and_order(forest: Forest) -> None:
    forest.databases = [Database("DB1", "EX1", [Copy("EX1"), Copy("EX2", 2)], group="DAG1")]
    found = {each.name: each for each in seen(forest).database_copies}
    assert found["EX2"].database_dn == forest.tree.database("DB1")
    assert found["EX2"].host_server_dn == forest.tree.server("EX2")
    assert (found["EX1"].activation_preference, found["EX2"].activation_preference) == (1, 2)


def _reading(attributes: dict[str, tuple[bytes, ...]]) -> AttributeReader:
    source = Source(origin="ldaps://dc1", at=datetime(2026, 1, 1, tzinfo=UTC))
    return AttributeReader(DirectoryEntry("CN=X", attributes, source), SectionName.SERVERS)


def _fields(read: AttributeReader) -> Iterator[object]:
    yield read.text("a", "text")
    yield read.integer("a", "integer")
    yield read.boolean("a", "boolean")
    for record in DirectoryRecord.__subclasses__():
        yield from read.fields(record).values()
    yield from read.identity().values()


@given(st.lists(st.binary(max_size=40), max_size=3))
def test_no_value_makes_a_reader_fail(values: list[bytes]) -> None:
    records = DirectoryRecord.__subclasses__()
    own = [each.name.lower() for record in records for each in attributes_of(record).values()]
    names = ("a", "cn", "objectguid", "whenchanged", "usnchanged", *own)
    read = _reading(dict.fromkeys(names, tuple(values)))
    assert list(_fields(read))
    assert all(isinstance(gap, Gap) for gap in read.gaps)


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_integer_of_64_bits_is_read(number: int) -> None:
    assert _reading({"a": (str(number).encode(),)}).integer("A", "field") == number


class Marked(DirectoryRecord):
    """A record to which a field was added, and nothing else anywhere."""

    sip: Annotated[str | None, Attribute("msRTCSIP")] = None
    ports: Annotated[tuple[str, ...], Attribute("msPorts")] = ()
    is_open: Annotated[bool | None, Attribute("msFlags", bits=4)] = None
    first: Annotated[str | None, Attribute("msMany", one_of_many=True)] = None
    since: Annotated[Moment | None, Attribute("msSince")] = None
    size: Annotated[int | None, Attribute("msSize")] = None


def test_a_field_that_names_its_attribute_is_asked_for_and_read() -> None:
    read = _reading(
        {
            "msrtcsip": (b"sip:x",), "msports": (b"2", b"1"), "msflags": (b"6",),
            "msmany": (b"b", b"a"), "mssince": (b"20260101000000.0Z",), "mssize": (b"x",),
        }
    )  # fmt: skip
    found = Marked(**read.fields(Marked), **read.identity())
    assert (found.sip, found.ports, found.is_open, found.first) == ("sip:x", ("1", "2"), True, "a")
    assert found.since == datetime(2026, 1, 1, tzinfo=UTC)
    assert (found.size, found.unread) == (None, ("size",))
    names = queries.asked_of(Marked)[len(queries.COMMON) :]
    assert names == ("msRTCSIP", "msPorts", "msFlags", "msMany", "msSince", "msSize")
