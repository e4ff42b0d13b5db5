"""The lab's controller behaves as the end-to-end tests assume."""

import subprocess
from pathlib import Path

import pytest

from tests.lab import client
from tests.lab.accounts import AUDITOR, BLIND, EXCLUDED, Account
from tests.lab.directory import Directory
from tests.lab.ldif import Entry, key, read
from tests.lab.loading import SET_BY_THE_DIRECTORY, controller_home
from tests.lab.schema import load
from tests.lab.whole import SAMPLES, Lab

pytestmark = pytest.mark.lab

LDAPS = "ldaps://127.0.0.10"
LDAP = "ldap://127.0.0.10"
GROUP = (
    "CN=Exchange Administrative Group (FYDIBOHF23SPDLT),CN=Administrative Groups,CN=ESP,"
    "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=exchangeserverpro,DC=net"
)
ARRAYS = f"CN=Arrays,{GROUP}"
ARRAY_FILTER = "(objectClass=msExchClientAccessArray)"
HEAD_OFFICE = "CN=HeadOffice,CN=Sites,CN=Configuration,DC=exchangeserverpro,DC=net"


def test_a_plain_simple_bind_is_refused_as_on_a_hardened_controller(lab: Lab) -> None:
    answer = client.search(LDAP, AUDITOR, lab.ca_file, ARRAYS)
    assert answer.code == 8
    assert "Strong" in answer.text


def test_a_controller_that_is_not_hardened_takes_a_plain_simple_bind(lab: Lab) -> None:
    with lab.other_directory(lab.export, {"ldap server require strong auth": "no"}) as directory:
        url = f"ldap://{directory.address}"
        assert client.search(url, AUDITOR, lab.ca_file, ARRAYS, ARRAY_FILTER).code == 0


@pytest.mark.parametrize("url, how", [(LDAPS, []), (LDAP, ["-ZZ"])], ids=["ldaps", "StartTLS"])
def test_tls_lets_the_auditor_read_the_array(lab: Lab, url: str, how: list[str]) -> None:
    answer = client.search(url, AUDITOR, lab.ca_file, ARRAYS, *how, ARRAY_FILTER)
    assert answer.code == 0
    assert answer.names == ["cas-headoffice"]


@pytest.mark.parametrize("url, how", [(LDAPS, []), (LDAP, ["-ZZ"])], ids=["ldaps", "StartTLS"])
def test_the_wrong_authority_ends_the_connection(lab: Lab, url: str, how: list[str]) -> None:
    answer = client.search(url, AUDITOR, lab.wrong_ca_file, ARRAYS, *how)
    assert answer.code != 0
    assert answer.entries == []


def test_the_auditor_is_a_domain_user_and_nothing_else(lab: Lab) -> None:
    name = f"(sAMAccountName={AUDITOR.name})"
    asked = ("memberOf", "primaryGroupID", "adminCount")
    domain = lab.directory.where.domain
    answer = client.search(LDAPS, AUDITOR, lab.ca_file, domain, name, *asked)
    (found,) = answer.entries
    assert [found.get(each) for each in asked] == [[], [b"513"], []]


def test_a_wrong_password_is_result_49(lab: Lab) -> None:
    wrong = Account(AUDITOR.name, "not the password")
    assert client.search(LDAPS, wrong, lab.ca_file, ARRAYS).code == 49


def test_the_directory_gives_back_every_value_of_the_export(lab: Lab) -> None:
    assert _lost(lab, lab.directory, lab.export) == []


@pytest.mark.parametrize("sample", ["article-b", "healthy"])
def test_the_organisation_of_another_domain_can_be_loaded(lab: Lab, sample: str) -> None:
    export = SAMPLES / sample / "directory.ldf"
    with lab.other_directory(export) as directory:
        assert _lost(lab, directory, export) == []


def test_no_site_but_those_of_the_export_exists(lab: Lab) -> None:
    sites = client.search(
        LDAPS, AUDITOR, lab.ca_file, lab.directory.where.sites, "(objectClass=site)"
    )
    assert sorted(sites.names) == ["BranchOffice", "HeadOffice"]


def test_the_controller_stands_where_the_export_has_it(lab: Lab) -> None:
    answer = client.search(
        LDAPS, AUDITOR, lab.ca_file, "", "-s", "base", "serverName", "dnsHostName"
    )
    home = controller_home(lab.directory.where, read(lab.export.read_bytes()))
    (root,) = answer.entries
    assert [value.decode() for value in root.get("serverName")] == [home]
    assert root.get("dnsHostName") == [b"dc1.exchangeserverpro.net"]


def test_the_blind_account_sees_the_container_and_no_array(lab: Lab) -> None:
    container = client.search(LDAPS, BLIND, lab.ca_file, ARRAYS, "-s", "base")
    children = client.search(LDAPS, BLIND, lab.ca_file, ARRAYS, "-s", "one")
    anywhere = client.search(LDAPS, BLIND, lab.ca_file, GROUP, ARRAY_FILTER)
    assert (container.code, container.names) == (0, ["Arrays"])
    assert (children.code, children.names) == (0, [])
    assert (anywhere.code, anywhere.names) == (0, [])


def test_the_excluded_account_does_not_see_the_container_but_what_is_beside_it(lab: Lab) -> None:
    container = client.search(LDAPS, EXCLUDED, lab.ca_file, ARRAYS, "-s", "base")
    beside = client.search(LDAPS, EXCLUDED, lab.ca_file, GROUP, "-s", "one")
    assert (container.code, container.entries) == (32, [])
    assert "Arrays" not in beside.names
    assert {"Databases", "Servers"} <= set(beside.names)


def test_a_backlink_of_the_site_still_names_the_hidden_array(lab: Lab) -> None:
    answer = client.search(
        LDAPS, BLIND, lab.ca_file, HEAD_OFFICE, "-s", "base", "msExchServerSiteBL"
    )
    (site,) = answer.entries
    assert f"CN=cas-headoffice,{ARRAYS}".encode() in site.get("msExchServerSiteBL")


def test_a_frozen_controller_keeps_silent_and_a_thawed_one_answers(lab: Lab) -> None:
    with lab.directory.frozen(), pytest.raises(subprocess.TimeoutExpired):
        subprocess.run(["ldapsearch", "-x", "-H", LDAP, "-b", "", "-s", "base"], timeout=1)
    assert client.search(LDAPS, AUDITOR, lab.ca_file, "", "-s", "base").code == 0


def test_a_killed_controller_refuses_connections_until_it_is_started_again(lab: Lab) -> None:
    lab.directory.kill()
    try:
        assert client.search(LDAPS, AUDITOR, lab.ca_file, ARRAYS).code == 255
    finally:
        lab.directory.start()
    assert client.search(LDAPS, AUDITOR, lab.ca_file, ARRAYS, ARRAY_FILTER).code == 0


def _lost(lab: Lab, directory: Directory, export: Path) -> list[str]:
    """Name the values of exported Exchange objects and sites that the directory lacks."""
    auditor = AUDITOR.of(directory.where)
    url = f"ldaps://{directory.address}"
    everything = client.search(url, auditor, lab.ca_file, directory.where.configuration)
    stored = {key(entry.dn): entry for entry in everything.entries}
    entries = read(export.read_bytes())
    exchange = [e for e in entries if "CN=Microsoft Exchange" in e.dn or e.has_class("site")]
    assert len(exchange) > 50
    return [lost for entry in exchange for lost in _differences(entry, stored)]


def _differences(entry: Entry, stored: dict[str, Entry]) -> list[str]:
    own = {*SET_BY_THE_DIRECTORY, *(name.lower() for name in load().backlinks), "objectclass"}
    found = stored.get(key(entry.dn), Entry(entry.dn))
    return [
        f"{entry.dn}: {name}"
        for name, values in entry.attributes.items()
        if name.lower() not in own and sorted(values) != sorted(found.get(name))
    ]
