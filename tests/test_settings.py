"""The settings file: strict, every error with its line, and what has ended is left out."""

from typing import Any

import pytest

from casaudit.engine.settings import Settings, read_settings
from casaudit.errors import RuleError

PATH = "settings.yaml"
FULL = """\
schema: casaudit/settings/1
sites:
  HeadOffice: {internet_facing: true}
  Lab: {exchange_clients: false}
servers:
  EX1: {state: maintenance, until: 2026-12-01}
  EX2: {https: balancer_only, nlb: true}
balancers: [10.0.0.50, "2001:DB8::50"]
balancer_names: [VIP1.corp.example.]
pools:
  Outlook-HO.corp.example: [EX1, EX2]
switchover_until: 2026-12-01
migration_batches: [DB-01]
certificates:
  array_name_on_certificate: require
  internal_suffixes: [.firm]
  wildcard_clients: outlook_2010_sp1_or_newer
"""

REFUSED = {
    "an unknown key": ("sites: {}\nsiets: {}\n", 2, "unknown key 'siets': did you mean 'sites'?"),
    "an unknown key of a site": (
        "sites:\n  HeadOffice:\n    internet_facing: true\n    faces_internet: true\n",
        4,
        "sites.HeadOffice: unknown key 'faces_internet': known are exchange_clients, internet_",
    ),
    "a duplicate key": ("sites: {}\nsites: {}\n", 2, "duplicate key"),
    "a site twice, in other letters": (
        "sites:\n  HeadOffice: {}\n  headoffice: {}\n",
        1,
        "'headoffice' is there twice",
    ),
    "a server twice, in other letters": (
        "sites: {}\nservers:\n  EX1: {}\n  ex1: {}\n",
        2,
        "'ex1' is there twice",
    ),
    "a pool twice, with a trailing dot": (
        "pools:\n  a.corp.example: [EX1]\n  A.corp.example.: [EX2]\n",
        1,
        "'A.corp.example.' is there twice",
    ),
    "a wrong address": ("sites: {}\nbalancers: [10.0.0.50, 10.0.0.999]\n", 2, "'10.0.0.999'"),
    "a network instead of an address": ("balancers: [10.0.0.0/24]\n", 1, "'10.0.0.0/24'"),
    "a name where an address belongs": ("balancers: [vip.corp.example]\n", 1, "'vip.corp.exam"),
    "an address where a name belongs": ("balancer_names: [10.0.0.5]\n", 1, "it is an IP address"),
    "a pool of no DNS name": ("pools: {BJ CAS Array: [EX1]}\n", 1, "not a DNS name"),
    "a day that does not exist": (
        "servers:\n  EX1:\n    state: maintenance\n    until: 2026-02-30x\n",
        4,
        "servers.EX1.until: '2026-02-30x' is not a day such as 2026-12-31",
    ),
    "a word instead of a day": ("switchover_until: soon\n", 1, "'soon' is not a day"),
    "a day that no month has": ("switchover_until: 2026-02-30\n", 1, "'2026-02-30' is not a day"),
    "a number instead of a day": ("switchover_until: 20261231\n", 1, "20261231 is not a day"),
    "a state that nobody knows": ("servers:\n  EX1: {state: broken}\n", 2, "servers.EX1.state"),
    "a policy that nobody knows": (
        "certificates:\n  array_name_on_certificate: maybe\n",
        2,
        "certificates.array_name_on_certificate",
    ),
    "a text where yes or no belongs": (
        "sites:\n  HeadOffice: {internet_facing: perhaps}\n",
        2,
        "sites.HeadOffice.internet_facing",
    ),
    "a list where names belong": ("sites: [HeadOffice]\n", 1, "sites"),
    "a newer version": ("schema: casaudit/settings/2\n", 1, "casaudit/settings/1"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_file_and_line(what: str) -> None:
    text, line, problem = REFUSED[what]
    with pytest.raises(RuleError) as caught:
        read_settings(text, PATH)
    assert caught.value.subject == f"{PATH}:{line}"
    assert problem in caught.value.problem


def rows(text: str, table: str, as_of: str = "2026-11-15T06:00:00Z") -> list[dict[str, Any]]:
    columns, values = read_settings(text, PATH).tables(as_of)[table]
    return [dict(zip(columns, row, strict=True)) for row in values]


def test_everything_that_can_be_stated_is_handed_on_in_one_form() -> None:
    assert rows(FULL, "settings_sites") == [
        {"name": "HeadOffice", "internet_facing": True, "exchange_clients": None},
        {"name": "Lab", "internet_facing": None, "exchange_clients": False},
    ]
    assert rows(FULL, "settings_balancers") == [
        {"address": "10.0.0.50"},
        {"address": "2001:db8::50"},
    ]
    assert rows(FULL, "settings_balancer_names") == [{"name": "vip1.corp.example"}]
    assert rows(FULL, "settings_pools") == [
        {"array_name": "outlook-ho.corp.example", "server": "EX1"},
        {"array_name": "outlook-ho.corp.example", "server": "EX2"},
    ]
    assert rows(FULL, "settings_migration") == [{"database": "DB-01"}]
    assert rows(FULL, "settings_suffixes") == [{"suffix": ".firm"}]
    assert rows(FULL, "settings_general") == [
        {
            "switchover": True,
            "array_name_on_certificate": "require",
            "wildcard_clients": "outlook_2010_sp1_or_newer",
        }
    ]


@pytest.mark.parametrize(
    ("as_of", "servers", "switchover"),
    [
        pytest.param("2026-12-01T23:59:59Z", ["EX1", "EX2"], True, id="on the last day it holds"),
        pytest.param("2026-12-02T00:00:00Z", ["EX2"], False, id="on the day after it does not"),
    ],
)
def test_what_has_ended_is_left_out(as_of: str, servers: list[str], switchover: bool) -> None:
    assert [row["name"] for row in rows(FULL, "settings_servers", as_of)] == servers
    assert rows(FULL, "settings_general", as_of)[0]["switchover"] is switchover


def test_a_state_without_an_end_holds_for_good() -> None:
    text = "servers: {EX1: {state: removal}}\n"
    stated = {"name": "EX1", "state": "removal", "https": None, "nlb": None, "autodiscover": None}
    assert rows(text, "settings_servers", "2099-01-01T00:00:00Z") == [stated]


def test_a_file_that_states_nothing_is_no_settings_at_all() -> None:
    assert read_settings("schema: casaudit/settings/1\n", PATH) == Settings()
    assert read_settings("sites: {}\n", PATH) == Settings()
