"""What the operator states, as the views show it: settings win, silence decides nothing."""

from typing import Any

import pytest

from tests.support.shipped_rules import rows, viewed

NO_EXTERNAL = {rf"EX{number}\Rpc (Default Web Site)": {"external_url": None} for number in (3, 4)}
OUTSIDE = {r"EX3\OAB (Default Web Site)": {"external_url": "https://mail-br.corp.example/OAB"}}
INSIDE = "10.1.0.50"


def site(given: dict[str, Any], name: str = "BranchOffice") -> dict[str, Any]:
    return rows("v_sites", given)[name]


def directories(**changes: dict[str, Any]) -> dict[str, Any]:
    return {"change": {"virtual_directories": changes}}


@pytest.mark.parametrize(
    ("given", "facing", "source"),
    [
        pytest.param(directories(**NO_EXTERNAL), False, "external URLs", id="no URL leads outside"),
        pytest.param({}, True, "external URLs", id="Outlook Anywhere leads there"),
        pytest.param(
            directories(**NO_EXTERNAL | OUTSIDE), True, "external URLs", id="so does one URL"
        ),
        pytest.param(
            {"settings": {"sites": {"branchoffice": {"internet_facing": False}}}},
            False,
            "operator",
            id="the operator knows better",
        ),
        pytest.param(
            directories(**NO_EXTERNAL)
            | {"settings": {"sites": {"BranchOffice": {"internet_facing": True}}}},
            True,
            "operator",
            id="either way",
        ),
        pytest.param(
            directories(**NO_EXTERNAL)
            | {"settings": {"sites": {"BranchOffice": {"exchange_clients": True}}}},
            False,
            "external URLs",
            id="what is said of something else says nothing of it",
        ),
        pytest.param(
            directories(**NO_EXTERNAL) | {"sections": {"virtual_directories": "partial"}},
            None,
            None,
            id="an unread directory may hold a URL",
        ),
        pytest.param(
            directories(**NO_EXTERNAL) | {"sections": {"servers": "partial"}},
            None,
            None,
            id="so may an unread server",
        ),
        pytest.param(
            directories(
                **NO_EXTERNAL
                | {
                    r"EX3\owa (Default Web Site)": {
                        "external_url": None,
                        "unread": ["external_url"],
                    }
                }
            ),
            None,
            None,
            id="so may one that could not be decoded",
        ),
    ],
)
def test_whether_a_site_faces_the_internet(
    given: dict[str, Any], facing: bool | None, source: str | None
) -> None:
    found = site(given)
    assert (found["internet_facing"], found["internet_facing_source"]) == (facing, source)


def test_one_url_outside_is_enough_whatever_was_not_read() -> None:
    assert site({"sections": {"virtual_directories": "partial"}})["internet_facing"] is True


@pytest.mark.parametrize("stated", [True, False, None])
def test_clients_of_a_site_are_known_from_the_operator_only(stated: bool | None) -> None:
    given = {"settings": {"sites": {"BranchOffice": {"exchange_clients": stated}}}}
    assert site(given)["has_exchange_clients"] is stated


@pytest.mark.parametrize(
    ("name", "stated", "state"),
    [
        pytest.param("EX4", {"state": "maintenance"}, "maintenance", id="by its short name"),
        pytest.param("ex4.CORP.example", {"state": "removal"}, "removal", id="by its full name"),
        pytest.param("EX4", {"nlb": True}, None, id="stated of something else"),
        pytest.param("EX40", {"state": "removal"}, None, id="of another server"),
        pytest.param(
            "EX4", {"state": "maintenance", "until": "2026-11-14"}, None, id="until yesterday"
        ),
    ],
)
def test_state_of_a_server(name: str, stated: dict[str, Any], state: str | None) -> None:
    given = {"settings": {"servers": {name: stated}}}
    assert rows("v_servers", given)["EX4"]["state"] == state


def test_a_balancers_address_is_no_servers_own_even_under_its_name() -> None:
    both = {"outlook-ho.corp.example": [INSIDE], "ex1.corp.example": ["10.1.0.11", INSIDE]}
    given: dict[str, Any] = {"dns": {"internal": both}}
    assert rows("v_dns_names", given)["outlook-ho.corp.example"]["points_at_server"] is True
    given["settings"] = {"balancers": [INSIDE]}
    assert rows("v_dns_names", given)["outlook-ho.corp.example"]["points_at_server"] is False


@pytest.mark.parametrize(
    ("balancers", "known"),
    [
        pytest.param([], False, id="none"),
        pytest.param([INSIDE], True, id="in a subnet of the site"),
        pytest.param(["10.2.0.50"], False, id="in a subnet of another site"),
        pytest.param(["192.0.2.1"], False, id="in no subnet"),
    ],
)
def test_whether_a_balancer_of_the_site_is_known(balancers: list[str], known: bool) -> None:
    given = {"settings": {"balancers": balancers}}
    found = rows("v_dns_names", given)["outlook-ho.corp.example"]
    assert found["site_has_balancer"] is known


def test_the_address_of_a_windows_cluster_is_a_balancers_of_its_nodes_site() -> None:
    cluster = {"server": "ex1.corp.example", "address": "10.9.9.9", "name": "nlb"}
    given = {
        "records": {"nlb_clusters": [cluster]},
        "dns": {
            "internal": {
                "outlook-ho.corp.example": ["10.9.9.9"],
                "outlook-br.corp.example": ["10.9.9.9"],
            }
        },
    }
    belongs = {name: row["belongs_to_site"] for name, row in rows("v_array_dns", given).items()}
    assert belongs == {"outlook-ho.corp.example": True, "outlook-br.corp.example": None}


@pytest.mark.parametrize(
    ("given", "live", "count"),
    [
        pytest.param({}, ["EX1", "EX2"], 2, id="all members where no pool is stated"),
        pytest.param(
            {"settings": {"pools": {"outlook-br.corp.example": ["EX3"]}}},
            ["EX1", "EX2"],
            2,
            id="another array's pool is no matter",
        ),
        pytest.param(
            {"settings": {"pools": {"OUTLOOK-ho.corp.example.": ["ex2.corp.example", "EX3"]}}},
            ["EX2"],
            1,
            id="members that are in the pool",
        ),
        pytest.param(
            {"settings": {"pools": {"outlook-ho.corp.example": []}}},
            ["EX1", "EX2"],
            2,
            id="a pool without servers states nothing",
        ),
        pytest.param(
            {
                "settings": {"pools": {"outlook-ho.corp.example": ["EX1", "EX2"]}},
                "change": {"servers": {"EX2": {"roles": None, "unread": ["roles"]}}},
            },
            ["EX1"],
            None,
            id="unread roles of a server in the pool leave the number open",
        ),
        pytest.param(
            {
                "settings": {"pools": {"outlook-ho.corp.example": ["EX1"]}},
                "change": {"servers": {"EX2": {"roles": None, "unread": ["roles"]}}},
            },
            ["EX1"],
            1,
            id="those of a server beside it do not",
        ),
    ],
)
def test_members_to_which_clients_come(
    given: dict[str, Any], live: list[str], count: int | None
) -> None:
    found = rows("v_arrays", given)["outlook-ho"]
    assert (found["live_members"], found["live_count"]) == (live, count)


def test_databases_in_a_migration_batch() -> None:
    given = {"settings": {"migration_batches": ["db-ho-01", "DB-HO-0"]}}
    found = {name: row["in_migration_batch"] for name, row in rows("v_databases", given).items()}
    assert [name for name, leaving in found.items() if leaving] == ["DB-HO-01"]


@pytest.mark.parametrize(
    ("until", "under_way"), [("2026-11-15", True), ("2026-11-14", False), (None, False)]
)
def test_a_switchover_holds_through_its_last_day(until: str | None, under_way: bool) -> None:
    settings = {"switchover_until": until} if until else {}
    (context,) = viewed({"settings": settings}).inventory("v_context")
    assert context["switchover"] is under_way


def test_an_alias_of_a_managed_name_is_told() -> None:
    alias = {"alias": "vip.corp.example", "addresses": [INSIDE]}
    given: dict[str, Any] = {"dns": {"internal": {"outlook-ho.corp.example": alias}}}
    found = "outlook-ho.corp.example"
    assert rows("v_dns_names", given)[found]["alias_is_managed"] is False
    given["settings"] = {"balancer_names": ["VIP.corp.example."]}
    assert rows("v_dns_names", given)[found]["alias_is_managed"] is True


def test_settings_that_fit_the_snapshot_make_no_row_of_their_own() -> None:
    fitting: dict[str, Any] = {
        "sites": {"headoffice": {"internet_facing": True}},
        "servers": {"EX1.corp.example": {"state": "maintenance"}},
        "balancers": [INSIDE],
        "pools": {"outlook-ho.corp.example": ["EX1"]},
        "migration_batches": ["DB-HO-01"],
    }
    assert "settings" not in rows("v_sections", {"settings": fitting})
    fitting["servers"]["EX9"] = {"state": "maintenance"}
    assert rows("v_sections", {"settings": fitting})["settings"]["gaps"] == ["server EX9"]
