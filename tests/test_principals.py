"""Accounts of the domains: the right ones are asked for, and what no one could see is said."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ldap3.operation.search import compile_filter, parse_filter

from casaudit.collect.exchange import ATTRIBUTES, collect_directory, plan_queries
from casaudit.collect.exchange.principals import VALUES_PER_QUERY
from casaudit.collect.ldif import records
from casaudit.collect.ldif_directory import ExportedDirectory, ExportReader
from casaudit.collect.ports import Directory, Query, SearchResult
from casaudit.snapshot import Gap, Principal, Reason, SectionName, Snapshot, Status
from tests.forest import COLLECTED_AT, Forest, ForestDirectory, ForestEntry, entries, ldif
from tests.forest.objects import Object, Value, Values
from tests.support.organisations import add_server, healthy
from tests.support.running import casaudit

PRINCIPALS = SectionName.PRINCIPALS
DOMAIN = "DC=corp,DC=example"
PARTITIONS = f"CN=Partitions,CN=Configuration,{DOMAIN}"
ARRAY = "outlook-ho.corp.example"


def account(name: str, *names: str, **more: Value) -> Object:
    """Return an account; a computer's own when it has a name in DNS."""
    values: Values = {
        "sAMAccountName": name,
        "userAccountControl": 4096,
        "servicePrincipalName": names,
        "telephoneNumber": "canary",
        **more,
    }
    return Object(f"CN={name.rstrip('$')},CN=Computers,{DOMAIN}", ("user",), values)


def computer(name: str, *names: str, **more: Value) -> Object:
    host = f"{name}.corp.example"
    return account(f"{name}$", f"HOST/{host}", *names, **{"dNSHostName": host, **more})


def partition(name: str, dn: str, flags: int) -> Object:
    values: Values = {"nCName": dn, "systemFlags": flags}
    return Object(f"CN={name},{PARTITIONS}", ("crossRef",), values)


@pytest.fixture
def forest() -> Forest:
    """A healthy organisation in a forest of one domain, with the accounts of its servers."""
    found = healthy()
    found.more = [
        partition("CORP", DOMAIN, 3),
        partition("zones", f"DC=DomainDnsZones,{DOMAIN}", 5),
        Object(DOMAIN, ("domainDNS",)),
        *(computer(each.name) for each in found.servers),
        account("outlook-asa", f"exchangeMDB/{ARRAY}", "MSSQLSvc/db.corp.example"),
        computer("DESKTOP"),
        account("jane"),
    ]
    return found


def replace(forest: Forest, thing: Object) -> None:
    forest.more = [each for each in forest.more if each.dn != thing.dn] + [thing]


class Spy:
    """Passes queries on and keeps them."""

    def __init__(self, directory: Directory) -> None:
        self.asked: list[Query] = []
        self._directory = directory

    def search(self, query: Query) -> SearchResult:
        self.asked.append(query)
        return self._directory.search(query)


def seen(directory: Directory) -> Snapshot:
    return collect_directory(directory, "directory", COLLECTED_AT, domain_partitions=True)


def live(forest: Forest) -> Snapshot:
    return seen(ForestDirectory(forest))


def export(found: list[ForestEntry], more: bytes = b"") -> ExportedDirectory:
    data = io.BytesIO(ldif(found) + more)
    made = ExportReader()
    made.add("directory.ldf", COLLECTED_AT, records(data, ATTRIBUTES))
    return made.directory()


def exported(found: list[ForestEntry], more: bytes = b"") -> Snapshot:
    return seen(export(found, more))


def by_account(found: Snapshot) -> dict[str | None, Principal]:
    return {each.account_name: each for each in found.principals}


def gaps(found: Snapshot) -> list[Gap]:
    return [gap for gap in found.gaps if gap.section is PRINCIPALS]


def values(query: str) -> list[bytes]:
    """Return the values that ldap3 sends for a filter."""
    root = compile_filter(parse_filter(query, None, True, False, None, False).elements[0])

    def below(node: Any) -> Iterator[bytes]:
        if node.getName() == "equalityMatch":
            yield bytes(node.getComponent()["assertionValue"])
        else:
            for each in node.getComponent():
                yield from below(each)

    return list(below(root))


@given(st.lists(st.text(min_size=1), min_size=1, max_size=3))
@example(["*)(objectClass=*", "\\2a", "a\0b", " lead", "é<>=~:&|!"])
def test_whatever_a_value_holds_it_stays_a_value(texts: list[str]) -> None:
    pairs = tuple(("servicePrincipalName", text) for text in texts)
    asked = Query(PRINCIPALS, DOMAIN, "subtree", (), ("cn",), pairs)
    assert values(asked.filter) == [text.encode() for text in texts]


def test_classes_and_values_hold_together() -> None:
    asked = Query(PRINCIPALS, DOMAIN, "subtree", ("user",), ("cn",), (("cn", "a"), ("cn", "b*")))
    assert asked.filter == r"(&(objectClass=user)(|(cn=a)(cn=b\2a)))"


def test_servers_and_holders_of_names_are_read_and_nobody_else(forest: Forest) -> None:
    found = live(forest)
    assert set(by_account(found)) == {"EX1$", "EX2$", "EX3$", "EX4$", "outlook-asa"}
    assert found.status(PRINCIPALS) is Status.COMPLETE
    assert found.gaps == ()
    names = ("MSSQLSvc/db.corp.example", f"exchangeMDB/{ARRAY}")
    assert by_account(found)["outlook-asa"].service_principal_names == names
    assert "canary" not in found.model_dump_json()


def test_a_computer_carries_what_tells_whether_it_is_gone(forest: Forest) -> None:
    replace(forest, computer("EX1", userAccountControl=4098, operatingSystem="Windows Server 2008"))
    first, second = (by_account(live(forest))[name] for name in ("EX1$", "EX2$"))
    assert (first.disabled, second.disabled) == (True, False)
    assert (first.operating_system, second.operating_system) == ("Windows Server 2008", None)
    assert first.dns_host_name == "EX1.corp.example"
    assert first.unread == ()


def test_a_missing_account_is_no_gap(forest: Forest) -> None:
    gone = computer("EX2").dn
    forest.more = [each for each in forest.more if each.dn != gone]
    found = live(forest)
    assert "EX2$" not in by_account(found)
    assert found.status(PRINCIPALS) is Status.COMPLETE


def test_a_name_is_found_in_other_letters_and_with_two_holders(forest: Forest) -> None:
    replace(forest, computer("DESKTOP", f"EXCHANGEMDB/{ARRAY.upper()}"))
    assert {"DESKTOP$", "outlook-asa"} <= set(by_account(live(forest)))


@pytest.mark.parametrize(
    "name", [f"exchangeRFR/{ARRAY}", f"exchangeAB/{ARRAY}", "http/mail.corp.example"]
)
def test_every_kind_of_name_is_asked_for(forest: Forest, name: str) -> None:
    forest.more.append(account("other", name))
    assert "other" in by_account(live(forest))


def test_an_export_gives_the_accounts_of_its_controller(forest: Forest) -> None:
    assert exported(entries(forest)) == live(forest)


def test_application_partitions_are_not_searched(forest: Forest) -> None:
    zone = f"DC=corp,CN=MicrosoftDNS,DC=DomainDnsZones,{DOMAIN}"
    forest.more.append(Object(zone, ("dnsZone",)))
    spy = Spy(export(entries(forest)))
    assert seen(spy).status(PRINCIPALS) is Status.COMPLETE
    assert {each.base for each in spy.asked if each.values} == {DOMAIN}


def test_unasked_no_domain_is_searched(forest: Forest) -> None:
    spy = Spy(ForestDirectory(forest))
    found = collect_directory(spy, "directory", COLLECTED_AT)
    assert found.principals == ()
    assert PRINCIPALS not in {each.name for each in found.sections}
    assert not any(each.values or each.section is PRINCIPALS for each in spy.asked)


def test_the_plan_is_what_is_asked(forest: Forest) -> None:
    spy = Spy(ForestDirectory(forest))
    seen(spy)
    asked = [each for each in spy.asked if each.section is PRINCIPALS]
    planned = [each for each in plan_queries(domain_partitions=True) if each.section is PRINCIPALS]
    assert [each.attributes for each in asked] == [each.attributes for each in planned]
    assert [each.base for each in asked] == [PARTITIONS, DOMAIN]
    kinds = [{(name, v.split("/")[0].rstrip("$") if "/" in v else "") for name, v in each.values}
             for each in (asked[1], planned[1])]  # fmt: skip
    assert kinds[0] == kinds[1]


def test_the_printed_plan_names_the_accounts_when_they_are_asked_for() -> None:
    shown = [
        casaudit("collect", "ldaps://dc1.corp.example", "--plan", *more).stdout
        for more in ((), ("--domain-partitions",))
    ]
    search = "<DomainNC>  subtree  (|(servicePrincipalName=exchangeMDB/<ArrayFQDN>)"
    assert [search in each for each in shown] == [False, True]


def test_a_domain_that_is_held_elsewhere_is_named(forest: Forest) -> None:
    forest.more.append(partition("CHILD", f"DC=child,{DOMAIN}", 3))
    add_server(forest, "EX9", "HeadOffice", "10.1.0.19").fqdn = "EX9.child.corp.example"
    replace(forest, computer("EX9"))
    found = live(forest)
    detail = "this source does not hold the domain; Exchange servers there: EX9"
    expected = Gap(
        section=PRINCIPALS, subject="child.corp.example", reason=Reason.REFERRAL, detail=detail
    )
    assert gaps(found) == [expected]
    assert found.status(PRINCIPALS) is Status.PARTIAL
    assert "EX9$" not in by_account(found), "a computer of the same name in another domain"


def test_a_server_whose_dns_name_is_of_no_domain_is_found_by_its_account(forest: Forest) -> None:
    forest.server("EX1").fqdn = "ex1.elsewhere.example"
    assert "EX1$" in by_account(live(forest))


def test_without_the_list_of_domains_there_may_be_more(forest: Forest) -> None:
    forest.hidden = {PARTITIONS}
    found = live(forest)
    assert "EX1$" in by_account(found)
    assert found.status(PRINCIPALS) is Status.PARTIAL
    assert Reason.DENIED_OR_ABSENT in {gap.reason for gap in gaps(found)}


@pytest.mark.parametrize(
    ("thing", "field"),
    [
        (computer("EX1", userAccountControl=None), "disabled"),
        (account("EX1$", dNSHostName="EX1.corp.example"), "service_principal_names"),
    ],
    ids=["control", "names"],
)
def test_what_rights_hide_of_an_account_is_unread(
    forest: Forest, thing: Object, field: str
) -> None:
    replace(forest, thing)
    found = live(forest)
    assert by_account(found)["EX1$"].unread == (field,)
    assert [(gap.subject, gap.reason) for gap in gaps(found)] == [(thing.dn, Reason.HIDDEN)]
    assert found.status(PRINCIPALS) is Status.PARTIAL


def test_names_follow_from_arrays_and_those_may_be_hidden(forest: Forest) -> None:
    forest.hidden = {forest.tree.array("outlook-ho"), forest.tree.array("outlook-br")}
    found = live(forest)
    assert found.status(SectionName.ARRAYS) is Status.PARTIAL
    assert found.status(PRINCIPALS) is Status.PARTIAL
    assert [gap.subject for gap in gaps(found)] == ["arrays"]


def test_the_account_of_a_domain_controller_tells_its_windows(forest: Forest) -> None:
    system = {"operatingSystem": "Windows Server 2019 Standard"}
    forest.more.append(computer("dc2", **system))
    found = {each.dns_host_name: each for each in live(forest).principals}
    assert found["dc2.corp.example"].operating_system == system["operatingSystem"]
    assert "dc1.corp.example" not in found


def test_many_names_are_asked_for_in_parts(forest: Forest) -> None:
    for number in range(VALUES_PER_QUERY):
        add_server(forest, f"MB{number}", "HeadOffice", "10.1.1.1", roles=2)
    spy = Spy(ForestDirectory(forest))
    assert len(seen(spy).principals) == 5
    parts = [each.values for each in spy.asked if each.base == DOMAIN]
    pairs = [pair for part in parts for pair in part]
    assert [len(part) <= VALUES_PER_QUERY for part in parts] == [True] * 3
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("name", ["*", "x)(objectClass=*", "é\n"])
def test_a_hostile_name_of_a_server_finds_nobody(forest: Forest, name: str) -> None:
    add_server(forest, name, "HeadOffice", "10.1.0.19")
    assert len(live(forest).principals) == 5


def test_an_export_of_the_configuration_alone_has_no_accounts(forest: Forest) -> None:
    held = [each for each in entries(forest) if each.dn.endswith(f"CN=Configuration,{DOMAIN}")]
    found = exported(held)
    assert found.status(PRINCIPALS) is Status.NOT_COLLECTED
    assert gaps(found) == []


def test_an_export_through_a_filter_is_partial(forest: Forest) -> None:
    found = exported([each for each in entries(forest) if each.dn != DOMAIN])
    assert "EX1$" in by_account(found)
    assert found.status(PRINCIPALS) is Status.PARTIAL


def test_a_damaged_account_costs_the_accounts_only(forest: Forest) -> None:
    more = f"\r\ndn: CN=broken,{DOMAIN}\r\nobjectClass: user\r\nno line of LDIF\r\n".encode()
    found = exported(entries(forest), more)
    assert [gap.subject for gap in found.gaps] == [f"CN=broken,{DOMAIN}"]
    assert found.gaps[0].section is PRINCIPALS
    partial = [each.name for each in found.sections if each.status is not Status.COMPLETE]
    assert partial == [PRINCIPALS]


def test_a_damaged_record_of_another_partition_costs_no_accounts(forest: Forest) -> None:
    dn = f"CN=broken,CN=Display,CN=Configuration,{DOMAIN}"
    more = f"\r\ndn: {dn}\r\nobjectClass: container\r\nno line of LDIF\r\n".encode()
    assert exported(entries(forest), more).status(PRINCIPALS) is Status.COMPLETE
