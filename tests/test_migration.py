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
TARGETS = ("2013", "2016", "2019", "se", "exo")
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


AT_EVERY_LEG = ("Move the arbitration and discovery mailboxes to", "Make ready before the first")


def roads(found: Migration) -> list[str]:
    """What is installed, moved and removed, without what each leg needs beside that."""
    actions = [step.action for step in found.upgrade_path]
    return [action for action in actions if not action.startswith(AT_EVERY_LEG)]


def notes(found: Migration, action: str) -> tuple[str, ...]:
    (step,) = (step for step in found.upgrade_path if step.action.startswith(action))
    return step.notes


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
    assert found.because.startswith(
        "Exchange SE does not stand beside Exchange 2010: the road leads over Exchange 2016"
    )
    assert roads(found) == [
        "Bring every server of Exchange 2010 to SP3 RU11 (14.3.266) or later",
        "Install Exchange 2016 CU23 beside Exchange 2010",
        "Move everything from Exchange 2010 to Exchange 2016, and remove Exchange 2010",
        "Install Exchange SE beside Exchange 2016",
        "Move everything from Exchange 2016 to Exchange SE, and remove Exchange 2016",
    ]
    assert (
        found.upgrade_path[0].notes[0]
        == f"of {number}, 0 have it, 0 lack it, {number} are not known"
    )
    assert any(
        "Exchange SE CU2 (planned by 2027-06) and later" in n
        for n in notes(found, "Install Exchange SE")
    )


@pytest.mark.parametrize("target", ["2019", "se"])
def test_what_the_road_takes_away_itself_is_no_blocker(target: str) -> None:
    assessment, found = of_sample("article-a", target)
    assert "CAS-MIGRATE-002" in {cause.rule.id for cause in assessment.causes}
    assert found.verdict is Readiness.NOT_READY
    reported = {*found.others, *(each.cause for each in found.blockers)}
    assert "CAS-MIGRATE-002" not in {
        cause.rule.id for cause in assessment.causes if cause.id in reported
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
    # Public folders would have to be made ready for mailboxes that move.
    given = {"builds": LAST, "remove": {"databases": ["PF-HO-01"]}}
    found = by_the_rules_on_migrations(given, "2016")
    assert (found.verdict, found.blockers, found.others) == (Readiness.WARNINGS, (), ())
    assert not any(each.decides for each in found.missing)
    assert found.warnings == (
        "support of Exchange 2016 ended on 2025-10-14",
        "updates of Exchange 2016 that are paid for: until 2026-10",
    )
    assert roads(found)[0] == "Install Exchange 2016 CU23 beside Exchange 2010"


def test_2013_is_content_with_what_the_directory_shows() -> None:
    found = by_the_rules_on_migrations({}, "2013")
    assert (found.verdict, found.blockers) == (Readiness.WARNINGS, ())
    assert roads(found)[0] == "Install Exchange 2013 CU23 beside Exchange 2010"


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
                "Install Exchange 2016 CU23 beside Exchange 2010",
                "Move everything from Exchange 2010 to Exchange 2016, and remove Exchange 2010",
            ],
            id="2007 goes to 2010 first",
        ),
        pytest.param(
            servers(**dict.fromkeys(SERVERS, E07)),
            "se",
            [
                "Bring every server of Exchange 2007 to SP3 RU10 (8.3.298) or later",
                "Install Exchange 2013 CU23 beside Exchange 2007",
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


@pytest.mark.parametrize("target", TARGETS)
def test_each_leg_has_its_steps_in_the_order_in_which_they_are_taken(target: str) -> None:
    order = ["Bring every", "Install", *AT_EVERY_LEG, "Set up the hybrid", "Move ", "Remove"]
    actions = [step.action for step in migration({}, target).upgrade_path]
    legs = "\n".join(actions).split("\nInstall")
    for number, leg in enumerate(legs):
        steps = [
            f"Install{leg}" if number and not at else leg for at, leg in enumerate(leg.split("\n"))
        ]
        ranks = [next(r for r, kind in enumerate(order) if step.startswith(kind)) for step in steps]
        assert ranks == sorted(ranks), steps


@pytest.mark.parametrize("target", TARGETS)
def test_the_first_newer_version_is_named_with_all_that_it_needs(target: str) -> None:
    found = migration({}, target)
    (first, *_) = (s for s in found.upgrade_path if s.action.startswith("Install"))
    version = "2013" if target == "2013" else "2016"
    assert first.action == f"Install Exchange {version} CU23 beside Exchange 2010"
    windows = {
        "2013": "Windows Server 2008 R2, 2012, 2012 R2",
        "2016": "Windows Server 2012, 2012 R2, 2016",
    }
    assert first.notes[0] == f"its servers run one of {windows[version]}, with Desktop Experience"
    assert first.notes[1].startswith("the functional level of the forest is Windows Server 20")
    assert first.notes[2] == (
        "domain controllers newer than Windows Server 2016 wait until Exchange 2010 is gone, and"
        " those newer than Windows Server 2012 R2 until all its servers run SP3 RU22"
    )


UNIFIED = {"EX4": {"roles": 54}}
EDGE = {"EX4": {"roles": 64}}


@pytest.mark.parametrize(
    ("given", "told", "untold"),
    [
        pytest.param(
            {},
            ["public folders that stay"],
            ["Edge", "unified", "where it is", "where there are"],
            id="healthy",
        ),
        pytest.param(
            {"remove": {"databases": ["PF-HO-01"]}}, [], ["public folders"], id="no public folders"
        ),
        pytest.param(servers(**UNIFIED), ["unified messaging: dial plans"], [], id="voice mail"),
        pytest.param(servers(**EDGE), ["Edge Transport servers have"], [], id="Edge servers"),
        pytest.param(
            {"sections": {"servers": "partial", "databases": "partial"}},
            ["where it is used: unified messaging", "where it is used: Edge Transport"],
            [],
            id="not all servers were read",
        ),
        pytest.param(
            {"remove": {"databases": ["PF-HO-01"]}, "sections": {"databases": "failed"}},
            ["where there are public folders: mailboxes on newer servers"],
            [],
            id="not all databases were read",
        ),
    ],
)
def test_what_is_not_there_need_not_be_made_ready(
    given: dict[str, Any], told: list[str], untold: list[str]
) -> None:
    found = migration(given)
    text = "\n".join(found.preparations)
    assert found.preparations == notes(found, "Make ready")
    assert [part for part in told if part not in text] == []
    assert [part for part in untold if part in text] == []
    assert "URLs and Outlook Anywhere host names of Exchange 2016" in text
    assert "connectors" in text and "clients are Outlook 2010" in text


def test_exchange_online_is_never_said_to_be_free_without_its_prerequisites() -> None:
    found = by_the_rules_on_migrations({"builds": LAST}, "exo")
    assert (found.verdict, found.blockers) == (Readiness.CANNOT_TELL, ())
    assert found.because == (
        "the prerequisites of a hybrid organisation are not judged here: see the road"
    )
    asked = " ".join(notes(found, "Set up the hybrid organisation"))
    assert "SP3 RU32" in asked and "TLS 1.2" in asked
    assert "refuses mail of servers that are out of date" in notes(found, "Move the mailboxes")[0]


NEWER = {"2013": E13, "2016": E16, "2019": E19}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("there", [(), ("2013",), ("2016",), ("2013", "2016")], ids=str)
def test_road_and_rules_mean_one_version_beside_exchange_2010(
    there: tuple[str, ...], target: str
) -> None:
    given = servers(**{SERVERS[at]: NEWER[each] for at, each in enumerate(there)})
    assessment = judged(given, target)
    found = assessment.migration
    assert found is not None
    (row,) = assessment.inventory["v_migration"]
    assert found.leg == row["leg"]


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
