"""The shared views on their own: home sites, endpoints, members, names, counts, obstacles."""

import json
from typing import Any

import pytest

from casaudit.engine.tables import Tables
from tests.support.shipped_rules import columns, rows, tables, viewed

EXCHANGE_2016 = {"version_number": 1942061281, "serial_number": "Version 15.1 (Build 30225.42)"}
GONE = "CN=GONE,CN=Servers,CN=Configuration,DC=corp,DC=example"
UNREAD_ENDPOINT = {
    "legacy_exchange_dn": None,
    "endpoint_legacy_dn": None,
    "unread": ["legacy_exchange_dn"],
}
NO_HOST: dict[str, Any] = {"master_dn": None, "owning_server_dn": None, "copies": {}}
NO_ROLES = {"roles": None, "unread": ["roles"]}
NO_SITE_LINK = {"site_dn": None, "unread": ["site_dn"]}


def change(kind: str, **records: dict[str, Any]) -> dict[str, Any]:
    return {"change": {kind: {name.replace("_", "-"): each for name, each in records.items()}}}


def database(given: dict[str, Any], name: str = "DB-HO-01") -> dict[str, Any]:
    return rows("v_databases", given)[name]


def array(given: dict[str, Any], name: str = "outlook-br") -> dict[str, Any]:
    return rows("v_arrays", given)[name]


@pytest.mark.parametrize(
    ("given", "home"),
    [
        pytest.param({}, "HeadOffice", id="the copy with the lowest preference decides"),
        pytest.param(
            change("databases", DB_HO_01={"copies": {"EX3": 1, "EX1": 2}}),
            "BranchOffice",
            id="even when the other copy is in the site of the group's other databases",
        ),
        pytest.param(
            change("databases", DB_HO_01={"copies": {"EX1": 3, "EX2": 3, "EX3": 4}}),
            "HeadOffice",
            id="a preference that two copies of one site share decides",
        ),
        pytest.param(
            change("databases", DB_HO_01={"copies": {"EX1": 1, "EX3": 1}}),
            None,
            id="a preference that copies of two sites share does not",
        ),
        pytest.param(
            change("databases", DB_HO_01={"copies": {}}),
            None,
            id="a group's database without copy records has no known home",
        ),
        pytest.param(
            change("databases", DB_HO_01={"copies": {}, "owner": "EX3"}),
            "BranchOffice",
            id="a database in no group lives with its server",
        ),
        pytest.param(
            change("databases", DB_HO_01={"copies": {}, "master_dn": GONE}),
            None,
            id="an unknown server is no home",
        ),
        pytest.param(
            {"sections": {"database_copies": "partial"}},
            None,
            id="an unread copy of a group's database may be the preferred one",
        ),
        pytest.param(
            {"remove": {"sites": ["HeadOffice"]}, "sections": {"sites": "partial"}},
            None,
            id="a site that was not read is no home",
        ),
        pytest.param(
            change("database_copies", **{"DB_HO_01\\EX1": {"host_server_dn": GONE}}),
            None,
            id="the preferred copy lies on an unknown server",
        ),
    ],
)
def test_home_site(given: dict[str, Any], home: str | None) -> None:
    assert database(given)["home_site"] == home


def test_one_copy_outside_of_a_group_is_home_although_copies_were_read_in_part() -> None:
    assert database({"sections": {"database_copies": "partial"}}, "DB-BR-01")["home_site"] == (
        "BranchOffice"
    )


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        pytest.param({}, "array", id="an array by its FQDN"),
        pytest.param(
            change("databases", DB_HO_01={"endpoint": "OUTLOOK-ho.corp.example"}),
            "array",
            id="letter case aside",
        ),
        pytest.param(
            change("databases", DB_HO_01={"endpoint": "ex1"}),
            "client_access_server",
            id="a server by its short name",
        ),
        pytest.param(
            change("databases", DB_HO_01={"endpoint": "EX1.corp.example"}),
            "unknown",
            id="a server's FQDN is no server's value",
        ),
        pytest.param(change("databases", DB_HO_01={"endpoint": None}), "none", id="none at all"),
        pytest.param(change("databases", DB_HO_01=UNREAD_ENDPOINT), None, id="unread is not none"),
        pytest.param(
            {
                "change": {
                    "servers": {"EX2": EXCHANGE_2016},
                    "databases": {"DB-HO-01": {"endpoint": "EX2"}},
                }
            },
            "other_server",
            id="a newer server, whatever its role bits",
        ),
        pytest.param(
            {
                "change": {
                    "servers": {"EX2": NO_ROLES},
                    "databases": {"DB-HO-01": {"endpoint": "EX2"}},
                }
            },
            None,
            id="a server whose roles are unread",
        ),
        pytest.param(
            {"remove": {"arrays": ["outlook-ho"]}, "sections": {"arrays": "partial"}},
            None,
            id="what matches nothing may be an unread array",
        ),
        pytest.param({"remove": {"arrays": ["outlook-ho"]}}, "unknown", id="or nothing at all"),
    ],
)
def test_endpoint_kind(given: dict[str, Any], kind: str | None) -> None:
    assert database(given)["endpoint_kind"] == kind


@pytest.mark.parametrize(
    ("fields", "in_scope"),
    [
        pytest.param({}, True, id="a mailbox database"),
        pytest.param({"recovery": True}, False, id="a recovery database"),
        pytest.param({"recovery": None, "unread": ["recovery"]}, None, id="perhaps a recovery one"),
        pytest.param({"kind": "public_folder"}, False, id="a public folder database"),
        pytest.param(NO_HOST, False, id="no master is older than Exchange 2010"),
        pytest.param(NO_HOST | {"unread": ["master_dn"]}, None, id="unless it is unread"),
        pytest.param({"copies": {}, "master_dn": GONE}, None, id="an unknown host"),
    ],
)
def test_scope_of_a_database(fields: dict[str, Any], in_scope: bool | None) -> None:
    assert database(change("databases", DB_HO_01=fields))["in_scope"] is in_scope


@pytest.mark.parametrize(
    ("servers", "members", "count"),
    [
        pytest.param({}, ["EX3", "EX4"], 2, id="all Client Access servers of the site"),
        pytest.param({"EX4": {"roles": 2}}, ["EX3"], 1, id="with the Client Access role"),
        pytest.param({"EX4": {"roles": 4100}}, ["EX3"], 1, id="installed, not provisioned only"),
        pytest.param({"EX4": EXCHANGE_2016}, ["EX3"], 1, id="of Exchange 2010"),
        pytest.param({"EX4": {"has_rpc_client_access": False}}, ["EX3"], 1, id="that serve RPC"),
        pytest.param(
            {"EX4": {"site_dn": "cn=branchoffice , CN=Sites,CN=Configuration,dc=corp,DC=example"}},
            ["EX3", "EX4"],
            2,
            id="however the DN of the site is spelled",
        ),
        pytest.param({"EX4": {"site": "HeadOffice"}}, ["EX3"], 1, id="of the array's own site"),
        pytest.param({"EX4": NO_ROLES}, ["EX3"], None, id="unread roles leave the number open"),
        pytest.param({"EX4": NO_SITE_LINK}, ["EX3"], None, id="so does an unread site"),
        pytest.param({"EX1": NO_SITE_LINK}, ["EX3", "EX4"], None, id="of any server"),
    ],
)
def test_members_of_an_array(
    servers: dict[str, Any], members: list[str], count: int | None
) -> None:
    found = array({"change": {"servers": servers}})
    assert (found["members"], found["member_count"]) == (members, count)


def test_members_need_all_servers_and_not_the_sites() -> None:
    assert array({"sections": {"servers": "partial"}})["member_count"] is None
    without = {"remove": {"sites": ["BranchOffice"]}, "sections": {"sites": "failed"}}
    assert array(without)["members"] == ["EX3", "EX4"]


@pytest.mark.parametrize(
    ("fields", "has_site", "exists"),
    [
        pytest.param({}, True, True, id="bound to a site"),
        pytest.param({"site": None}, False, False, id="bound to none"),
        pytest.param(
            {"site_dn": "CN=Nowhere,DC=corp"}, True, False, id="bound to one that is gone"
        ),
        pytest.param(NO_SITE_LINK, None, None, id="unread is not unbound"),
    ],
)
def test_site_of_an_array(
    fields: dict[str, Any], has_site: bool | None, exists: bool | None
) -> None:
    found = array(change("arrays", outlook_br=fields))
    assert (found["has_site"], found["site_exists"]) == (has_site, exists)


HIDDEN = "https://hidden.corp.example/x"


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        pytest.param({}, False, id="what nobody publishes"),
        pytest.param(
            change(
                "virtual_directories", **{r"EX1\owa (Default Web Site)": {"internal_url": HIDDEN}}
            ),
            True,
            id="an internal URL",
        ),
        pytest.param(
            change(
                "virtual_directories", **{r"EX1\Rpc (Default Web Site)": {"external_url": HIDDEN}}
            ),
            True,
            id="the host of Outlook Anywhere",
        ),
        pytest.param(
            change(
                "virtual_directories",
                **{r"EX1\PowerShell (Default Web Site)": {"internal_url": HIDDEN}},
            ),
            False,
            id="PowerShell carries server names by design",
        ),
        pytest.param(
            change(
                "virtual_directories", **{r"EX1\EWS (Default Web Site)": {"bypass_url": HIDDEN}}
            ),
            False,
            id="the bypass URL does too",
        ),
        pytest.param(
            change(
                "virtual_directories",
                **{
                    r"EX1\owa (Default Web Site)": {
                        "internal_url": HIDDEN,
                        "name": "owa (Exchange Back End)",
                    }
                },
            ),
            False,
            id="so does the back end of newer servers",
        ),
        pytest.param(
            change("service_connection_points", EX1={"uris": [HIDDEN]}), True, id="Autodiscover"
        ),
        pytest.param(
            change("service_connection_points", EX1={"uris": ["LDAP://hidden.corp.example"]}),
            False,
            id="a pointer to another forest is no URL of clients",
        ),
    ],
)
def test_https_names(given: dict[str, Any], counts: bool) -> None:
    names = {row["name"] for row in viewed(given).inventory("v_https_uses")}
    assert ("hidden.corp.example" in names) is counts


def test_a_name_is_known_not_to_serve_https_only_when_every_url_was_read() -> None:
    assert array({})["is_https_name"] is False
    assert array({"sections": {"service_connection_points": "failed"}})["is_https_name"] is None
    unread = {r"EX1\owa (Default Web Site)": {"internal_url": None, "unread": ["internal_url"]}}
    assert array(change("virtual_directories", **unread))["is_https_name"] is None


@pytest.mark.parametrize(
    ("given", "seen", "known", "references"),
    [
        pytest.param({}, 2, 2, 2, id="all seen"),
        pytest.param({"sections": {"databases": "partial"}}, 2, None, None, id="not all read"),
        pytest.param(
            change("databases", DB_HO_01=UNREAD_ENDPOINT), 2, None, None, id="one endpoint unread"
        ),
        pytest.param(
            change("databases", DB_BR_01={"recovery": True}), 1, 1, 2, id="recovery only refers"
        ),
        pytest.param(
            change("databases", DB_BR_01={"recovery": None, "unread": ["recovery"]}),
            1,
            None,
            2,
            id="perhaps in scope",
        ),
        pytest.param(
            change("arrays", outlook_br={"legacy_exchange_dn": None}),
            0,
            None,
            None,
            id="an array without its own legacy DN",
        ),
    ],
)
def test_databases_of_an_array(
    given: dict[str, Any], seen: int, known: int | None, references: int | None
) -> None:
    found = array(given)
    assert found["seen_database_count"] == seen
    assert (found["database_count"], found["reference_count"]) == (known, references)


def test_mailboxes_are_counted_only_with_an_export() -> None:
    assert database({})["mailbox_count"] is None
    counted = rows("v_databases", {"mailboxes": {"db-ho-01": 120}})
    assert {name: row["mailbox_count"] for name, row in counted.items() if "HO" in name} == {
        "DB-HO-01": 120,
        "DB-HO-02": 0,
        "PF-HO-01": 0,
    }
    assert rows("v_sites", {"mailboxes": {"DB-HO-01": 120}})["HeadOffice"]["mailbox_count"] == 120
    assert rows("v_sites")["HeadOffice"]["mailbox_count"] is None


def test_a_site_counts_databases_only_when_every_home_is_known() -> None:
    open_home = change("databases", DB_HO_01={"copies": {"EX1": 1, "EX3": 1}})
    site = rows("v_sites", open_home)["BranchOffice"]
    assert (site["seen_database_count"], site["database_count"]) == (2, None)


@pytest.mark.parametrize(
    ("given", "first"),
    [
        pytest.param({}, None, id="nothing forbids it"),
        pytest.param({"remove": {"arrays": ["outlook-ho"]}}, "CAS-ARRAY-001", id="no array"),
        pytest.param(
            {"add": {"arrays": {"second": {"like": "outlook-ho"}}}},
            "CAS-ARRAY-002",
            id="two arrays",
        ),
        pytest.param(
            {"change": {"servers": {"EX1": {"roles": 2}, "EX2": {"roles": 2}}}},
            "CAS-ARRAY-003",
            id="no Client Access server",
        ),
        pytest.param(
            change("arrays", outlook_ho={"fqdn": "ex1.corp.example"}),
            "CAS-ARRAY-007",
            id="a server",
        ),
        pytest.param(
            change("arrays", outlook_ho={"fqdn": "mail.corp.example"}),
            "give HTTPS a name of its own",
            id="HTTPS",
        ),
        pytest.param(
            {"dns": {"internal": {"outlook-ho.corp.example": "nxdomain"}}},
            "CAS-DNS-001",
            id="no address",
        ),
        pytest.param(
            {"dns": {"internal": {"outlook-ho.corp.example": "timeout"}}},
            "CAS-META-001",
            id="no answer",
        ),
        pytest.param({"sections": {"arrays": "partial"}}, "CAS-META-001", id="arrays unread"),
    ],
)
def test_what_forbids_to_use_the_array_of_the_home_site(
    given: dict[str, Any], first: str | None
) -> None:
    obstacle = database(given)["site_array_obstacle"]
    assert obstacle == "none" if first is None else first in obstacle


def test_an_answer_of_one_resolver_is_enough_to_use_the_array() -> None:
    some = {"10.1.0.10:53": "timeout", "10.2.0.10:53": ["10.1.0.50"]}
    given = {"dns": {"internal": {"outlook-ho.corp.example": {"resolvers": some}}}}
    assert database(given)["site_array_obstacle"] == "none"


def test_the_array_to_keep_is_the_one_that_most_databases_use() -> None:
    given = {
        "add": {"arrays": {"a-second": {"like": "outlook-ho", "fqdn": "second.corp.example"}}},
        "change": {"databases": {"PF-HO-01": {"endpoint": "second.corp.example"}}},
    }
    site = rows("v_sites", given)["HeadOffice"]
    assert (site["site_array"], site["stray_databases"]) == ("outlook-ho", [])
    assert site["removable_arrays"] == [], "the public folder database still refers to it"
    del given["change"]
    assert rows("v_sites", given)["HeadOffice"]["removable_arrays"] == ["a-second"]


def test_names_with_letters_outside_of_ascii_are_compared_in_one_form() -> None:
    given = {
        "change": {
            "arrays": {"outlook-ho": {"fqdn": "Köln.corp.example."}},
            "service_connection_points": {"EX3": {"uris": ["https://xn--kln-sna.corp.example/a"]}},
        }
    }
    assert array(given, "outlook-ho")["is_https_name"] is True


@pytest.fixture(scope="module")
def poor() -> Tables:
    """An organisation with unread, absent and odd values in many places."""
    unread = {"change": {"servers": {"EX2": NO_ROLES, "EX4": NO_SITE_LINK | {"fqdn": None}}}}
    unread["change"]["databases"] = {"DB-HO-01": UNREAD_ENDPOINT}
    return tables(unread | {"sections": {"arrays": "partial", "sites": "failed"}})


@pytest.mark.parametrize("view", sorted(columns()))
def test_values_have_the_type_that_the_view_documents(view: str, poor: Tables) -> None:
    kinds = {column.name: column.type for column in columns()[view]}
    for row in (*poor.select(f"SELECT * FROM {view}"), *viewed().select(f"SELECT * FROM {view}")):
        for name, value in row.items():
            if kinds[name] == "bool":
                assert value in (0, 1, None), name
            elif kinds[name] in ("list", "identities"):
                assert value is None or isinstance(json.loads(value), list), name


@pytest.mark.parametrize("view", sorted(columns()))
def test_an_id_names_one_row(view: str, poor: Tables) -> None:
    if any(column.name == "id" for column in columns()[view]):
        ids = [row["id"] for row in poor.select(f"SELECT id FROM {view}")]
        assert len(ids) == len(set(ids))
