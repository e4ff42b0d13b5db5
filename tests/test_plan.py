"""The remediation plan: what it sets, in which order, what it leaves to people, and why."""

from itertools import pairwise
from typing import Any

import pytest

from casaudit.findings import Phase, is_standing
from casaudit.remediation.steps import ManualStep, ScriptStep
from casaudit.waivers import read_waivers
from tests.support.planning import assessed, by_hand, planned, steps
from tests.support.shipped_rules import book

HEAD, BRANCH = "outlook-ho.corp.example", "outlook-br.corp.example"
OWN = "https://ex1.corp.example"
MIXED: dict[str, Any] = {
    "change": {
        "databases": {
            "DB-HO-01": {"endpoint": "EX1"},
            "DB-HO-02": {"endpoint": "EX2"},
            "DB-BR-01": {"endpoint": "EX3"},
        },
        "virtual_directories": {
            r"EX1\EWS (Default Web Site)": {"internal_url": f"{OWN}/EWS/Exchange.asmx"},
            r"EX3\OAB (Default Web Site)": {"internal_url": "https://ex3.corp.example/OAB"},
        },
    },
    "dns": {"internal": {HEAD: "nxdomain"}},
}


def test_article_a_points_three_databases_at_the_array_and_no_other() -> None:
    found = steps(planned({}, "article-a"), "database-endpoint")
    array = "outlook-ho.exchangeserverpro.net"
    assert {name: step.planned.to for name, step in found.items()} == {
        "MB-HO-01": array,
        "MB-HO-02": array,
        "MB-HO-03": array,
    }
    assert {step.cell.value for step in found.values()} == {"HO-EX2010-MB1.exchangeserverpro.net"}
    assert {step.resolves for step in found.values()} == {f"'{array}'"}


def test_article_b_gives_the_second_site_its_own_array() -> None:
    found = steps(planned({}, "article-b"), "database-endpoint")
    assert {name: step.planned.to for name, step in found.items()} == {
        "SH-DB01": "sh-cas.lab.net",
        "SH-DB02": "sh-cas.lab.net",
    }


def test_the_order_is_that_of_the_phases_and_in_them_site_by_site() -> None:
    plan = planned(MIXED)
    places = [(entry.phase.rank, entry.site or "") for entry in plan.entries]
    assert places == sorted(places)
    assert [entry.number for entry in plan.entries] == list(range(1, len(plan.entries) + 1))
    assert {entry.phase for entry in plan.entries} >= {Phase.DNS, Phase.URLS, Phase.DATABASES}


@pytest.mark.parametrize("name", ["healthy", "article-a", "article-b"])
def test_no_rule_comes_before_one_that_it_names_as_earlier(name: str) -> None:
    after = {rule.id: rule.remediation.after for rule in book().rules}
    plan = planned(MIXED if name == "healthy" else {}, name)
    for number, entry in enumerate(plan.entries):
        later = {
            f.rule.id for e in plan.entries[number + 1 :] for f in e.findings if _near(e, entry)
        }
        for rule in {finding.rule.id for finding in entry.findings}:
            assert not later.intersection(after[rule]), rule


def _near(one: ScriptStep | ManualStep, other: ScriptStep | ManualStep) -> bool:
    return one.site in (None, other.site) and one.phase is not Phase.AFTERWARDS


def test_empty_databases_come_first_and_then_those_with_fewer_mailboxes() -> None:
    given = {**MIXED, "mailboxes": {"DB-HO-01": 40, "DB-HO-02": 0, "DB-BR-01": 7}}
    found = planned(given).steps
    names = [s.cell.subject.name for s in found if s.cell.setting == "database-endpoint"]
    assert names == ["DB-BR-01", "DB-HO-02", "DB-HO-01"]


def test_two_rules_that_want_the_same_are_one_step() -> None:
    plan = planned({"change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}}}})
    step = steps(plan, "database-endpoint")["DB-HO-01"]
    assert [finding.rule.id for finding in step.findings] == ["CAS-DB-001", "CAS-DB-006"]
    keys = [(s.cell.setting, s.cell.subject.id) for s in plan.steps]
    assert len(keys) == len(set(keys))


def test_rules_that_contradict_each_other_are_left_to_a_person() -> None:
    given = {
        "change": {
            "virtual_directories": {
                r"EX1\EWS (Default Web Site)": {"external_url": f"{OWN}/EWS/Exchange.asmx"}
            }
        },
        "settings": {"sites": {"HeadOffice": {"internet_facing": False}}},
    }
    plan = planned(given, "healthy", "CAS-URL-002", "CAS-URL-003")
    assert r"EX1\EWS (Default Web Site)" not in steps(plan, "ews-external-url")
    reasons = [
        entry.planned.reason for entry in plan.by_hand if "contradict" in entry.planned.reason
    ]
    assert len(reasons) == 1
    assert "CAS-URL-002 wants DNS name under which clients on the Internet" in reasons[0]
    assert "CAS-URL-003 wants no value" in reasons[0]


def test_a_name_that_does_not_resolve_yet_is_asked_for_when_the_script_runs() -> None:
    plan = planned(MIXED)
    assert steps(plan, "database-endpoint")["DB-HO-01"].resolves == f"'{HEAD}'"
    (record,) = by_hand(plan, "CAS-DNS-001")
    assert record.number < steps(plan, "database-endpoint")["DB-HO-01"].number


OBSTACLES: dict[str, dict[str, Any]] = {
    "CAS-ARRAY-007": {"arrays": {"outlook-ho": {"fqdn": "EX2.corp.example"}}},
    "give HTTPS a name of its own": {"arrays": {"outlook-ho": {"fqdn": "mail.corp.example"}}},
}
"""What a step by hand names first, and the array's name that needs it."""


@pytest.mark.parametrize("first", OBSTACLES)
@pytest.mark.parametrize("resolves", [True, False])
def test_no_database_is_pointed_at_an_array_that_is_not_right(first: str, resolves: bool) -> None:
    change = {**OBSTACLES[first], "databases": {"DB-HO-01": {"endpoint": "EX1"}}}
    name = str(change["arrays"]["outlook-ho"]["fqdn"]).lower()
    given = {"change": change, "dns": {} if resolves else {"internal": {name: "nxdomain"}}}
    plan = planned(given)
    assert "DB-HO-01" not in steps(plan, "database-endpoint")
    assert any(first in entry.commands for entry in by_hand(plan, "CAS-DB-001"))


def test_it_is_not_known_whether_the_name_resolves_so_nothing_is_set() -> None:
    given = {
        "change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}}},
        "dns": {"internal": {HEAD: "timeout"}},
    }
    assert steps(planned(given), "database-endpoint") == {}


def test_recovery_and_public_folder_databases_are_never_in_a_step() -> None:
    for name in ("article-a", "article-b"):
        named = {step.cell.subject.name for step in planned({}, name).steps}
        assert not named & {"RDB-HO-01", "BJ-RDB"}
    assert "PF-HO-01" not in steps(planned(MIXED), "database-endpoint")


def test_a_public_record_that_https_uses_is_kept() -> None:
    given = {"change": {"arrays": {"outlook-ho": {"fqdn": "mail.corp.example"}}}}
    plan = planned(given)
    texts = [entry.commands for entry in by_hand(plan, "CAS-DNS-002")]
    assert all("Remove this" not in text for text in texts)
    assert texts


def test_what_is_done_by_hand_holds_back_what_depends_on_it_and_nothing_else() -> None:
    orphan = {"like": "EX1", "server_dn": None, "service_dns_name": "GONE", "name": "GONE"}
    given = {
        "add": {"service_connection_points": {"GONE": orphan}},
        "change": {
            "service_connection_points": {
                "EX3": {"uris": ["https://ex3.corp.example/Autodiscover/Autodiscover.xml"]}
            },
            "databases": {"DB-HO-01": {"endpoint": "EX1"}},
        },
    }
    plan = planned(given)
    (gone,) = by_hand(plan, "CAS-SCP-003")
    assert gone.check == f"M{gone.number}"
    assert gone.check in steps(plan, "autodiscover-uri")["EX3"].waits
    assert steps(plan, "database-endpoint")["DB-HO-01"].waits == ()


def test_one_answer_serves_all_urls_of_one_site() -> None:
    plan = planned(MIXED, "healthy", "CAS-URL-002")
    head, branch = sorted(plan.answers, key=lambda answer: answer.planned.scope, reverse=True)
    assert (head.planned.scope, branch.planned.scope) == ("site HeadOffice", "site BranchOffice")
    assert head.used == ("ex1.corp.example (1)", "mail.corp.example (1)")
    step = steps(plan, "ews-internal-url")[r"EX1\EWS (Default Web Site)"]
    assert (step.planned.answer, step.waits, step.planned.to) == (
        head.planned.key,
        (head.check,),
        None,
    )


def test_a_waived_failure_is_left_out_and_listed() -> None:
    waivers = read_waivers(
        "schema: casaudit/waivers/1\nwaivers:\n  - {rule: CAS-DB-001, object: MB-HO-02,"
        " value: {rpc_client_access_server: HO-EX2010-MB1.exchangeserverpro.net},"
        " owner: messaging, approver: J. Doe, reason: load test, until: 2026-12-31}\n",
        "waivers.yaml",
        {"CAS-DB-001": ("rpc_client_access_server",)},
    )
    plan = planned({}, "article-a", waivers=waivers)
    assert set(steps(plan, "database-endpoint")) == {"MB-HO-01", "MB-HO-03"}
    assert [f.subject.name for f in plan.waived] == ["MB-HO-02"]


def test_observations_are_not_repaired() -> None:
    for name in ("healthy", "article-a"):
        plan = planned(MIXED if name == "healthy" else {}, name)
        assert all(f.severity.value != "info" for entry in plan.entries for f in entry.findings)
    owa = r"BR-EX2010-MB\owa (Default Web Site)"
    assert owa not in steps(planned({}, "article-a"), "owa-internal-url")


def test_a_value_that_cannot_be_written_safely_is_left_to_a_person_with_the_reason() -> None:
    change = {r"EX1\EWS (Default Web Site)": {"internal_url": f"{OWN}/EWS\r\n/Exchange.asmx"}}
    plan = planned({"change": {"virtual_directories": change}}, "healthy", "CAS-URL-002")
    assert plan.steps == ()
    (entry,) = plan.by_hand
    assert "cannot be written safely" in entry.planned.reason


def test_a_name_that_looks_like_a_format_is_left_to_a_person() -> None:
    change = {"name": "MB 100% full", "id": "no guid", "endpoint": "EX1"}
    plan = planned({"change": {"databases": {"DB-HO-01": change}}}, "healthy", "CAS-DB-001")
    assert plan.steps == ()
    (entry,) = plan.by_hand
    assert "MB 100% full or its value cannot be written safely" in entry.planned.reason


def test_servers_of_newer_versions_are_left_to_their_own_shell() -> None:
    newer = {"like": "EX1", "version_number": 1942061281}
    directory = {"like": r"EX1\EWS (Default Web Site)", "server": "EX16"}
    given = {
        "add": {
            "servers": {"EX16": newer},
            "virtual_directories": {r"EX16\EWS (Default Web Site)": directory},
        },
        "change": {"arrays": {"outlook-ho": {"fqdn": "mail.corp.example"}}},
    }
    plan = planned(given, "healthy", "CAS-ARRAY-009")
    assert r"EX1\EWS (Default Web Site)" in steps(plan, "ews-internal-url")
    assert all("EX16" not in step.cell.subject.name for step in plan.steps)
    assert [entry.planned.reason for entry in plan.by_hand] == [
        "EX16: in the shell of the version that runs there"
    ]


def test_every_failure_is_in_the_plan_once_or_waived_or_an_observation_or_a_standing_notice() -> (
    None
):
    assessment = assessed(MIXED)
    plan = planned(MIXED)
    named = {f.fingerprint for entry in plan.entries for f in entry.findings}
    wanted = {f.fingerprint for f in assessment.open_failures if f.severity.value != "info"}
    (notice,) = (f for f in assessment.failures if is_standing(f))
    assert named == wanted - {notice.fingerprint}


def test_steps_of_one_plan_have_one_id_and_another_value_another() -> None:
    first, again = planned(MIXED), planned(MIXED)
    other = planned({"change": {"databases": {"DB-HO-01": {"endpoint": "EX2"}}}})
    assert first.id == again.id != other.id


def test_numbers_rise_with_the_place() -> None:
    assert all(a.number < b.number for a, b in pairwise(planned(MIXED).entries))
