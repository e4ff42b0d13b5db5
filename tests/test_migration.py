"""Readiness for a migration target: verdict, road, blockers in order, what is missing."""

from functools import cache
from typing import Any

import pytest

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.findings import Assessment, Migration, Readiness
from casaudit.migration.readiness import STAGES
from tests.support.shipped_rules import book, judge, sample

E13: dict[str, Any] = {
    "version_number": 1941997017,
    "serial_number": "Version 15.0 (Build 31497.2)",
}
E16 = {"version_number": 1942063563, "serial_number": "Version 15.1 (Build 32507.6)"}
E19: dict[str, Any] = {
    "version_number": 1942128340,
    "serial_number": "Version 15.2 (Build 31748.10)",
}
E07 = {"version_number": 1912832083, "serial_number": "Version 8.3 (Build 30083.6)"}
E03 = {"version_number": 7638, "serial_number": "Version 6.5 (Build 7638.2: Service Pack 2)"}
SERVERS = ("EX1", "EX2", "EX3", "EX4")
LAST = dict.fromkeys(SERVERS, "14.3.513.0")
SHARED = {
    "virtual_directories": {
        r"EX1\owa (Default Web Site)": {"internal_url": "https://outlook-ho.corp.example/owa"}
    }
}


def judged(
    given: dict[str, Any] | None = None, target: str | None = "2016", name: str = "healthy"
) -> Assessment:
    snapshot = patched(sample(name), given or {})
    return assess(
        snapshot, judge("migration"), Question(profile="migration", target=target), "test"
    )


def by_the_rules_on_migrations(given: dict[str, Any], target: str) -> Migration:
    """Without what other rules find, or miss: they are more with every release."""
    rules = [rule.id for rule in book().rules if rule.id.startswith("CAS-MIGRATE-")]
    question = Question(profile="migration", target=target)
    snapshot = patched(sample(), given)
    found = assess(snapshot, judge("migration", *rules), question, "test").migration
    assert found is not None
    return found


def migration(given: dict[str, Any] | None = None, target: str | None = "2016") -> Migration:
    found = judged(given, target).migration
    assert found is not None
    return found


@cache
def of_sample(name: str, target: str) -> tuple[Assessment, Migration]:
    assessment = judged({}, target, name)
    assert assessment.migration is not None
    return assessment, assessment.migration


def servers(**records: dict[str, Any]) -> dict[str, Any]:
    return {"change": {"servers": records}}


def roads(found: Migration) -> list[str]:
    return [step.action for step in found.upgrade_path]


def blocking(assessment: Assessment, found: Migration) -> list[tuple[str, str]]:
    causes = {cause.id: cause for cause in assessment.causes}
    return [
        (causes[each.cause].rule.id, causes[each.cause].label)
        for each in found.blockers
        if not each.opens
    ]


def test_other_profiles_say_nothing_of_a_migration() -> None:
    assert assess(patched(sample(), {}), judge(), Question(), "test").migration is None


@pytest.mark.parametrize(
    ("name", "target", "verdict"),
    [
        ("healthy", "2016", Readiness.CANNOT_TELL),
        ("article-a", "2016", Readiness.NOT_READY),
        ("article-b", "2016", Readiness.CANNOT_TELL),
        ("healthy", "se", Readiness.NOT_READY),
        ("article-a", "se", Readiness.NOT_READY),
        ("article-b", "se", Readiness.NOT_READY),
        ("healthy", "exo", Readiness.CANNOT_TELL),
    ],
)
def test_the_samples(name: str, target: str, verdict: Readiness) -> None:
    assert of_sample(name, target)[1].verdict is verdict


def test_the_branch_of_the_first_article_shares_a_name_between_rpc_and_https() -> None:
    assert blocking(*of_sample("article-a", "2016")) == [
        ("CAS-MIGRATE-001", "br-ex2010-mb.exchangeserverpro.net")
    ]


@pytest.mark.parametrize("name", ["healthy", "article-a", "article-b"])
def test_the_directory_alone_cannot_show_the_update_that_2016_requires(name: str) -> None:
    assessment, found = of_sample(name, "2016")
    deciding = [(m.rule.id, {s.name for s in m.subjects}) for m in found.missing if m.decides]
    everyone = {str(row["name"]) for row in assessment.inventory["v_servers"]}
    assert ("CAS-MIGRATE-002", everyone) in deciding
    assert [m.decides for m in found.missing] == sorted(m.decides for m in found.missing)[::-1]


@pytest.mark.parametrize("name", ["healthy", "article-a", "article-b"])
def test_the_road_to_se_leads_over_2016(name: str) -> None:
    assessment, found = of_sample(name, "se")
    number = len(assessment.inventory["v_servers"])
    assert found.because == (
        "Exchange SE does not stand beside Exchange 2010: the road leads over Exchange 2016"
    )
    assert roads(found) == [
        "Bring every server of Exchange 2010 to SP3 RU11 (14.3.266) or later",
        "Install Exchange 2016 beside Exchange 2010",
        "Move everything from Exchange 2010 to Exchange 2016, and remove Exchange 2010",
        "Install Exchange SE beside Exchange 2016",
        "Move everything from Exchange 2016 to Exchange SE, and remove Exchange 2016",
    ]
    assert (
        found.upgrade_path[0].notes[0]
        == f"of {number}, 0 have it, 0 lack it, {number} are not known"
    )
    assert "CU2" in found.upgrade_path[4].notes[0]


@pytest.mark.parametrize("target", ["2019", "se"])
def test_what_the_road_takes_away_itself_is_no_blocker(target: str) -> None:
    assessment, found = of_sample("article-a", target)
    assert "CAS-MIGRATE-002" in {cause.rule.id for cause in assessment.causes}
    assert (found.verdict, found.blockers) == (Readiness.NOT_READY, ())
    assert "CAS-MIGRATE-002" not in {
        cause.rule.id for cause in assessment.causes if cause.id in found.others
    }


def test_other_blockers_stand_on_a_road_with_a_detour_too() -> None:
    dns = {"dns": {"internal": {"outlook-br.corp.example": "nxdomain"}}}
    assessment = judged(dns, "se")
    found = assessment.migration
    assert found is not None
    assert blocking(assessment, found) == [("CAS-DNS-001", "outlook-br.corp.example")]
    assert found.because.endswith("over Exchange 2016; 1 cause of failure in the way")


def test_a_version_that_is_refused_although_the_target_is_there_stays_a_blocker() -> None:
    assessment = judged(servers(EX1=E16, EX2=E07), "2016")
    found = assessment.migration
    assert found is not None
    assert ("CAS-MIGRATE-002", "2007, no Exchange 2007 server in the organisation") in blocking(
        assessment, found
    )


def test_servers_with_the_last_update_are_ready_with_warnings_only() -> None:
    found = by_the_rules_on_migrations({"builds": LAST}, "2016")
    assert (found.verdict, found.blockers, found.others) == (Readiness.WARNINGS, (), ())
    assert not any(each.decides for each in found.missing)
    assert found.warnings == (
        "support of Exchange 2016 ended on 2025-10-14",
        "updates of Exchange 2016 that are paid for: until 2026-10",
    )
    assert roads(found)[0] == "Install Exchange 2016 beside Exchange 2010"


def test_2013_is_content_with_what_the_directory_shows() -> None:
    found = by_the_rules_on_migrations({}, "2013")
    assert (found.verdict, found.blockers) == (Readiness.WARNINGS, ())
    assert roads(found)[0] == "Install Exchange 2013 beside Exchange 2010"


def test_an_organisation_without_a_fault_is_ready() -> None:
    arrays = {"remove": {"arrays": ["outlook-ho", "outlook-br"]}}
    given = servers(**dict.fromkeys(SERVERS, E19)) | arrays
    found = by_the_rules_on_migrations(given | {"records": {"offline_address_books": []}}, "se")
    assert (found.missing, found.blockers, found.others, found.warnings) == ((), (), (), ())
    assert found.verdict is Readiness.READY


def test_one_server_that_lacks_the_update_blocks() -> None:
    assessment = judged({"builds": LAST | {"EX2": "14.3.248.2"}})
    found = assessment.migration
    assert found is not None and found.verdict is Readiness.NOT_READY
    assert blocking(assessment, found) == [
        ("CAS-MIGRATE-002", "2010, SP3 RU11 (14.3.266) or later")
    ]
    assert found.upgrade_path[0].notes == ("of 4, 3 have it, 1 lack it, 0 are not known",)


def test_blockers_stand_in_the_order_of_removal() -> None:
    dns = {"internal": {"outlook-br.corp.example": "nxdomain"}}
    builds = LAST | {"EX2": "14.3.248.2"}
    assessment = judged({"change": SHARED, "dns": dns, "builds": builds})
    assert assessment.migration is not None
    assert [rule for rule, _ in blocking(assessment, assessment.migration)] == [
        "CAS-DNS-001",
        "CAS-MIGRATE-001",
        "CAS-MIGRATE-002",
    ]
    assert [each.stage for each in assessment.migration.blockers] == list(STAGES.values())[:3]


def test_what_has_to_be_repaired_before_a_blocker_stands_before_it() -> None:
    gone = {"DB-HO-01": {"endpoint": "GONE.corp.example"}}
    assessment = judged({"remove": {"arrays": ["outlook-ho"]}, "change": {"databases": gone}})
    found = assessment.migration
    assert found is not None
    causes = {cause.id: cause.rule.id for cause in assessment.causes}
    order = [(causes[each.cause], each.opens) for each in found.blockers]
    opening = ("CAS-ARRAY-001", ("CAS-DB-003",))
    assert opening in order
    assert order.index(opening) < order.index(("CAS-DB-003", ()))


@pytest.mark.parametrize(
    ("given", "target", "actions"),
    [
        pytest.param(
            servers(EX1=E16),
            "se",
            [
                "Move everything from Exchange 2010 to Exchange 2016, and remove Exchange 2010",
                "Install Exchange SE beside Exchange 2016",
                "Move everything from Exchange 2016 to Exchange SE, and remove Exchange 2016",
            ],
            id="a version that stands between is there already",
        ),
        pytest.param(
            servers(EX1=E07),
            "2016",
            [
                "Move everything from Exchange 2007 to Exchange 2010, and remove Exchange 2007",
                "Bring every server of Exchange 2010 to SP3 RU11 (14.3.266) or later",
                "Install Exchange 2016 beside Exchange 2010",
                "Move everything from Exchange 2010 to Exchange 2016, and remove Exchange 2010",
            ],
            id="2007 goes to 2010 first",
        ),
        pytest.param(
            servers(**dict.fromkeys(SERVERS, E07)),
            "se",
            [
                "Bring every server of Exchange 2007 to SP3 RU10 (8.3.298) or later",
                "Install Exchange 2013 beside Exchange 2007",
                "Move everything from Exchange 2007 to Exchange 2013, and remove Exchange 2007",
                "Install Exchange 2019 beside Exchange 2013",
                "Move everything from Exchange 2013 to Exchange 2019, and remove Exchange 2013",
                "Install Exchange SE beside Exchange 2019",
                "Move everything from Exchange 2019 to Exchange SE, and remove Exchange 2019",
            ],
            id="2007 needs two versions between",
        ),
        pytest.param(
            servers(**dict.fromkeys(SERVERS, E13)),
            "2019",
            [
                "Install Exchange 2019 beside Exchange 2013",
                "Move everything from Exchange 2013 to Exchange 2019, and remove Exchange 2013",
            ],
            id="2013 with its last update goes straight to 2019",
        ),
        pytest.param(
            servers(EX1=E16),
            "2016",
            ["Move everything from Exchange 2010 to Exchange 2016, and remove Exchange 2010"],
            id="the target is installed already",
        ),
        pytest.param(servers(**dict.fromkeys(SERVERS, E16)), "2016", [], id="nothing is to do"),
    ],
)
def test_the_road(given: dict[str, Any], target: str, actions: list[str]) -> None:
    assert roads(migration(given, target)) == actions


def test_no_road_leads_from_2003() -> None:
    found = migration(servers(**dict.fromkeys(SERVERS, E03)), "2016")
    assert (found.verdict, found.upgrade_path) == (Readiness.NOT_READY, ())
    assert found.because == "no known version stands beside both Exchange 2003 and Exchange 2016"


def test_a_directory_prepared_for_2019_takes_no_first_2016() -> None:
    prepared = {"change": {"organization": {"Example Corp": {"object_version": 16751}}}}
    found = migration(prepared | {"builds": LAST})
    assert (found.verdict, found.upgrade_path) == (Readiness.NOT_READY, ())
    assert found.because.startswith("setup has prepared the directory for Exchange 2019")


def test_a_directory_prepared_for_2019_leaves_no_road_to_se() -> None:
    prepared = {"change": {"organization": {"Example Corp": {"object_version": 16751}}}}
    found = migration(prepared, "se")
    assert (found.verdict, found.upgrade_path) == (Readiness.NOT_READY, ())


def test_without_a_target_nothing_is_told() -> None:
    found = migration({"builds": LAST}, None)
    assert (found.verdict, found.upgrade_path) == (Readiness.CANNOT_TELL, ())
    assert "--target" in found.because


def test_servers_that_were_read_in_part_decide() -> None:
    found = migration({"builds": LAST, "sections": {"servers": "partial"}})
    assert found.verdict is Readiness.CANNOT_TELL
    assert ("CAS-MIGRATE-002", ("servers",)) in [
        (m.rule.id, tuple(s.name for s in m.subjects)) for m in found.missing if m.decides
    ]
