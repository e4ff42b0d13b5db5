"""The organisation in memory says what a controller, a name server and an endpoint would say."""

import asyncio
import io
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casaudit.collect.ldif import records
from casaudit.collect.ports import DnsQuestion, Query, Scope, TlsTarget
from casaudit.snapshot import DnsAnswer, DnsStatus, DnsView, Reason, SectionName, TlsOutcome
from tests.forest import (
    Addresses,
    Alias,
    Array,
    Copy,
    Database,
    Forest,
    ForestDirectory,
    ForestEntry,
    ForestProber,
    ForestResolver,
    entries,
    ldif,
)
from tests.support.organisations import ORGANISATIONS, article_a, healthy

QUERY = Query(SectionName.DATABASES, "", "base", (), ("cn", "legacyExchangeDN"))


def _entry(forest: Forest, dn: str) -> ForestEntry:
    return next(each for each in entries(forest) if each.dn == dn)


def _texts(forest: Forest, dn: str, attribute: str) -> list[str]:
    return [value.decode() for value in _entry(forest, dn).attributes.get(attribute, ())]


def _ask(forest: Forest, name: str, record_type: str = "A") -> DnsAnswer:
    question = DnsQuestion(DnsView.INTERNAL, "10.1.0.53:53", name, record_type)
    return asyncio.run(ForestResolver(forest).ask(question))


def _found(forest: Forest, base: str, scope: Scope, *classes: str) -> list[str]:
    query = replace(QUERY, base=base, scope=scope, classes=classes)
    answer = ForestDirectory(forest).search(query)
    return [each.attributes["cn"][0].decode() for each in answer.entries]


def test_an_edited_endpoint_changes_that_database_only() -> None:
    before, forest = healthy(), healthy()
    forest.database("DB-HO-01").endpoint = "EX1"
    changed = [b.dn for a, b in zip(entries(before), entries(forest), strict=True) if a != b]
    assert changed == [forest.tree.database("DB-HO-01")]
    assert _texts(forest, changed[0], "legacyExchangeDN") == [
        "/o=Example Corp/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)"
        "/cn=Configuration/cn=Servers/cn=EX1/cn=Microsoft Private MDB"
    ]


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_every_entry_but_the_first_stands_below_another_one(name: str) -> None:
    every = entries(ORGANISATIONS[name]())
    known = {each.dn for each in every}
    orphans = [each.dn for each in every if each.dn.partition(",")[2] not in known]
    assert orphans == [every[0].dn]


@pytest.mark.parametrize("name", ORGANISATIONS)
def test_every_link_points_at_an_entry(name: str) -> None:
    every = entries(ORGANISATIONS[name]())
    known = {each.dn.encode() for each in every}
    links = {"msExchServerSite", "msExchServerSiteBL", "msExchMDBAvailabilityGroupLink"}
    links |= {"msExchOwningServer", "msExchMasterServerOrAvailabilityGroup", "msExchUseOAB"}
    links |= {"msExchHostServerLink", "siteObject", "siteList"}
    named = {dn for each in every for link in links for dn in each.attributes.get(link, ())}
    assert named and named <= known


def test_no_two_entries_share_an_identity() -> None:
    guids = [each.attributes["objectGUID"][0] for each in entries(healthy())]
    assert len(guids) == len(set(guids))


def test_version_and_serial_number_name_service_pack_3() -> None:
    dn = healthy().tree.server("EX1")
    assert _texts(healthy(), dn, "versionNumber") == ["1937997947"]
    assert _texts(healthy(), dn, "serialNumber") == ["Version 14.3 (Build 30123.4)"]


@given(st.text(min_size=1, max_size=200), st.binary(min_size=1, max_size=200))
@settings(max_examples=200)
def test_an_export_read_back_gives_the_same_values(text: str, value: bytes) -> None:
    raw = {"cn": (text.encode(errors="replace"),), "objectGUID": (value, b"\x00")}
    entry = ForestEntry("CN=Ärger,DC=corp,DC=example", raw)
    (back,) = records(io.BytesIO(ldif([entry])), frozenset({"cn", "objectguid"}))
    assert (back.dn, back.damaged) == (entry.dn, False)
    assert back.attributes == {name.lower(): values for name, values in raw.items()}


def test_an_export_is_folded_ascii_with_windows_line_ends() -> None:
    lines = ldif(entries(article_a())).split(b"\r\n")
    assert max(map(len, lines)) == 78
    assert not any(b"\n" in line for line in lines)
    assert lines[1] == b"changetype: add"


def test_a_conflict_name_is_escaped_in_the_distinguished_name_only() -> None:
    forest = healthy()
    forest.arrays.append(Array("outlook-ho\nCNF:0a", "outlook-ho.corp.example", "HeadOffice"))
    dn = forest.tree.array("outlook-ho\nCNF:0a")
    assert dn.startswith(r"CN=outlook-ho\0ACNF:0a,CN=Arrays,")
    assert _texts(forest, dn, "cn") == ["outlook-ho\nCNF:0a"]


def test_an_override_replaces_or_removes_an_attribute() -> None:
    forest = healthy()
    dn = forest.tree.database("DB-HO-01")
    forest.overrides[dn] = {"legacyExchangeDN": b"\xff", "msExchOwningServer": None}
    assert _entry(forest, dn).attributes["legacyExchangeDN"] == (b"\xff",)
    assert "msExchOwningServer" not in _entry(forest, dn).attributes


def test_a_search_obeys_base_scope_and_classes() -> None:
    forest = healthy()
    group = forest.tree.group
    assert _found(forest, f"CN=Arrays,{group}", "one") == ["outlook-ho", "outlook-br"]
    assert _found(forest, f"CN=Arrays,{group}".upper(), "base") == ["Arrays"]
    servers = _found(forest, group, "subtree", "msexchexchangeserver")
    assert servers == ["EX1", "EX2", "EX3", "EX4", "outlook-ho", "outlook-br"]


def test_a_search_returns_the_wanted_attributes_only() -> None:
    forest = healthy()
    dn = forest.tree.database("PF-HO-01")
    answer = ForestDirectory(forest).search(replace(QUERY, base=dn, scope="base"))
    (entry,) = answer.entries
    assert set(entry.attributes) == {"cn", "legacyexchangedn"}


def test_the_root_names_the_partitions() -> None:
    wanted = ("configurationNamingContext", "dnsHostName")
    (root,) = ForestDirectory(healthy()).search(replace(QUERY, attributes=wanted)).entries
    assert dict(root.attributes) == {
        "configurationnamingcontext": (b"CN=Configuration,DC=corp,DC=example",)
    }


def test_a_base_that_is_not_there_is_a_gap() -> None:
    base = "CN=Arrays,CN=Nowhere,DC=corp,DC=example"
    answer = ForestDirectory(healthy()).search(replace(QUERY, base=base))
    assert (answer.entries, answer.complete) == ((), False)
    assert [(gap.subject, gap.reason) for gap in answer.gaps] == [(base, Reason.DENIED_OR_ABSENT)]


def test_hidden_objects_are_left_out_without_a_word() -> None:
    forest = healthy()
    forest.hidden.add(forest.tree.array("outlook-ho"))
    assert _found(forest, f"CN=Arrays,{forest.tree.group}", "one") == ["outlook-br"]


def test_a_name_that_is_not_in_the_zone_does_not_exist() -> None:
    assert _ask(healthy(), "nowhere.corp.example").status is DnsStatus.NXDOMAIN


def test_a_name_without_the_asked_address_type_has_no_data() -> None:
    assert _ask(healthy(), "ex1.corp.example", "AAAA").status is DnsStatus.NO_DATA


def test_an_alias_is_followed_and_told() -> None:
    forest = healthy()
    forest.dns_internal["outlook-ho.corp.example"] = Alias("ex1.corp.example", ttl=60)
    answer = _ask(forest, "outlook-ho.corp.example")
    assert (answer.values, answer.ttl) == (("10.1.0.11",), 300)
    assert [(step.target, step.ttl) for step in answer.aliases] == [("ex1.corp.example", 60)]


def test_aliases_that_run_in_a_circle_are_a_bad_answer() -> None:
    forest = healthy()
    forest.dns_internal["a.corp.example"] = Alias("b.corp.example")
    forest.dns_internal["b.corp.example"] = Alias("a.corp.example")
    assert _ask(forest, "a.corp.example").status is DnsStatus.BAD_ANSWER


def test_a_silent_resolver_is_no_evidence_of_authority() -> None:
    forest = healthy()
    forest.dns_internal["mail.corp.example"] = DnsStatus.TIMEOUT
    answer = _ask(forest, "mail.corp.example")
    assert (answer.status, answer.authoritative) == (DnsStatus.TIMEOUT, None)


def test_an_endpoint_shows_its_chain_and_a_dead_one_how_it_failed() -> None:
    forest = healthy()
    forest.tls["10.1.0.12"] = TlsOutcome.TIMEOUT
    prober = ForestProber(forest)
    live, chain = asyncio.run(prober.probe(TlsTarget("ex1.corp.example", 443, "10.1.0.11", 443)))
    dead, none = asyncio.run(prober.probe(TlsTarget("ex2.corp.example", 443, "10.1.0.12", 443)))
    assert live.chain == tuple(each.sha256 for each in chain)
    assert [each.common_name for each in chain] == ["mail.corp.example", "Example Corp Root CA"]
    assert (dead.outcome, dead.chain, none) == (TlsOutcome.TIMEOUT, (), ())


def test_organisations_share_nothing() -> None:
    first, second = healthy(), healthy()
    first.databases.append(Database("DB-X", None, [Copy("EX1")]))
    first.dns_internal["x.corp.example"] = Addresses(("10.1.0.9",))
    first.server("EX1").directories["owa"].internal_url = None
    assert second == healthy()
