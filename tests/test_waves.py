"""Gates and waves of a migration: what moves together, in which order, and what is not known."""

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.engine.settings import SCHEMA, Settings
from casaudit.findings import Assessment, Gate, GateState, Migration, Move, Wave, WaveState
from casaudit.migration import waves as judge_waves
from casaudit.migration.gates import TOPICS, rules_of
from casaudit.migration.move_groups import MigrationInventory, move_groups
from casaudit.report import checklist, waves
from casaudit.report import csv as csv_format
from casaudit.report.html import page as html_report
from casaudit.report.phrases import phrases_of
from tests.support.page import Element, Page
from tests.support.shipped_rules import book, judge, sample

ANYWHERE = r"Rpc (Default Web Site)"
DIRECTORIES = {
    "owa": "owa (Default Web Site)",
    "ecp": "ecp (Default Web Site)",
    "ews": "EWS (Default Web Site)",
    "eas": "Microsoft-Server-ActiveSync (Default Web Site)",
    "oab": "OAB (Default Web Site)",
}
INNER = {
    "virtual_directories": {
        rf"{server}\{directory}": {"external_url": None}
        for server in ("EX3", "EX4")
        for directory in DIRECTORIES.values()
    }
    | {
        rf"{server}\{ANYWHERE}": {"external_url": "mail-br.corp.example"}
        for server in ("EX3", "EX4")
    }
}
"""The branch without the name that it shares with head office."""
NO_BALANCING = {server: {"nlb_features": [{"installed": False}]} for server in ("EX1", "EX2")}


NOT_OPEN = (GateState.FAILED, GateState.CANNOT_TELL)
LAST = dict.fromkeys(("EX1", "EX2", "EX3", "EX4"), "14.3.513.0")
"""The last update rollup on every server: the gate of versions is open."""


def judged(given: dict[str, Any], target: str | None = "2016", name: str = "healthy") -> Assessment:
    stated = Settings.model_validate({"schema": SCHEMA, **given.get("settings", {})})
    question = Question(profile="migration", target=target, settings=stated)
    return assess(patched(sample(name), given), judge("migration"), question, "test")


def found(given: dict[str, Any], target: str | None = "2016", name: str = "healthy") -> Migration:
    migration = judged(given, target, name).migration
    assert migration is not None
    return migration


def inner(**given: Any) -> dict[str, Any]:
    """The healthy organisation with a branch inside, known to be free of load balancing."""
    changes = {kind: {**records} for kind, records in INNER.items()}
    for kind, records in given.pop("change", {}).items():
        changes[kind] = {**changes.get(kind, {}), **records}
    facing = {"BranchOffice": {"internet_facing": False}, "HeadOffice": {"internet_facing": True}}
    settings = given.pop("settings", {"sites": facing})
    # Phones outside use the branch's name too.
    dns = {"external": {"mail-br.corp.example": ["203.0.113.20"]}, **given.pop("dns", {})}
    return {
        "change": changes, "exports": NO_BALANCING, "settings": settings, "builds": LAST,
        "dns": dns, **given,
    }  # fmt: skip


def sites(wave: Wave) -> list[str]:
    return [site.name for site in wave.sites]


def databases(wave: Wave) -> list[str]:
    return [move.database.name for move in wave.databases]


def move(migration: Migration, database: str) -> Move:
    (one,) = (m for wave in migration.waves for m in wave.databases if m.database.name == database)
    return one


def gates(migration: Migration) -> dict[str, Gate]:
    return {gate.name: gate for gate in migration.gates}


def test_a_name_that_two_sites_share_ties_them_into_one_wave() -> None:
    (wave,) = found({}).waves
    assert sites(wave) == ["BranchOffice", "HeadOffice"]
    assert wave.names == ("autodiscover.corp.example", "mail-br.corp.example", "mail.corp.example")
    assert databases(wave) == ["DB-BR-01", "DB-BR-02", "DB-HO-01", "DB-HO-02"]
    assert [each.name for each in wave.arrays] == ["outlook-br", "outlook-ho"]
    assert wave.reasons[0] == (
        "mail.corp.example is an HTTPS name of BranchOffice, HeadOffice: it moves for all of them"
        " at once"
    )


@given(st.dictionaries(st.sampled_from("ABCDEF"), st.frozensets(st.sampled_from("uvwxyz"))))
def test_every_site_is_in_one_group_and_every_name_moves_with_one(
    names: dict[str, frozenset[str]],
) -> None:
    inventory = MigrationInventory(
        {site: site for site in names}, names, frozenset("z"), (), (), frozenset()
    )
    made = move_groups(inventory)
    assert sorted(site for group in made for site in group.sites) == sorted(names)
    moving = [name for group in made for name in group.names]
    assert sorted(moving) == sorted(frozenset().union(*names.values()) - {"z"})


def test_an_inner_site_comes_after_the_one_that_faces_the_internet() -> None:
    first, second = found(inner()).waves
    assert (sites(first), first.state, first.after) == (["HeadOffice"], WaveState.CAN_MOVE, ())
    assert (sites(second), second.state, second.after) == (
        ["BranchOffice"],
        WaveState.CAN_MOVE,
        (1,),
    )
    assert second.names == ("mail-br.corp.example",)
    assert [each.name for each in second.certificates] == ["mail-br.corp.example (80F058AE)"]
    assert [m.state for m in first.databases] == [WaveState.CAN_MOVE, WaveState.CAN_MOVE]


def test_autodiscover_moves_first_and_ties_no_sites() -> None:
    first, second = found(inner()).waves
    assert first.names == ("autodiscover.corp.example", "mail.corp.example")
    assert "autodiscover.corp.example" not in second.names
    assert first.reasons[-1].startswith("autodiscover.corp.example: Autodiscover of the whole")


def test_a_database_of_another_site_on_an_ambiguous_endpoint_ties_its_site_to_that_name() -> None:
    shared = {
        "virtual_directories": {
            r"EX1\owa (Default Web Site)": {"internal_url": "https://outlook-ho.corp.example/owa"}
        },
        "databases": {"DB-BR-02": {"endpoint": "outlook-ho.corp.example"}},
    }
    migration = found(inner(change=shared))
    (wave,) = migration.waves
    assert (sites(wave), wave.state) == (["BranchOffice", "HeadOffice"], WaveState.BLOCKED)
    assert wave.reasons[0] == (
        "outlook-ho.corp.example is an HTTPS name and the endpoint of DB-BR-02, DB-HO-01, DB-HO-02:"
        " when it moves, their MAPI clients are cut off"
    )
    assert move(migration, "DB-BR-01").state is WaveState.BLOCKED


def test_a_blocked_site_leaves_the_others_free() -> None:
    given = inner(dns={"internal": {"outlook-br.corp.example": "nxdomain"}})
    assessment = judged(given)
    assert assessment.migration is not None
    first, second = assessment.migration.waves
    causes = {cause.id: cause for cause in assessment.causes}
    assert (sites(first), first.state) == (["HeadOffice"], WaveState.CAN_MOVE)
    assert (sites(second), second.state) == (["BranchOffice"], WaveState.BLOCKED)
    assert [causes[each].rule.id for each in second.blockers] == ["CAS-DNS-001"]


def test_a_database_whose_endpoint_is_no_object_blocks_itself_alone() -> None:
    given = inner(change={"databases": {"DB-HO-02": {"endpoint": "gone.corp.example"}}})
    migration = found(given)
    assert move(migration, "DB-HO-02").state is WaveState.BLOCKED
    assert move(migration, "DB-HO-02").because == "repair CAS-DB-003 first"
    assert move(migration, "DB-HO-02").repairs_profiles
    assert move(migration, "DB-HO-01").state is WaveState.CAN_MOVE
    assert not move(migration, "DB-HO-01").repairs_profiles


def test_a_name_answers_until_the_databases_of_other_waves_are_empty() -> None:
    first, second = found({}, name="article-b").waves
    (kept,) = first.kept
    assert (kept.name, kept.until) == ("bj-cas.lab.net", 2)
    assert [each.name for each in kept.databases] == ["SH-DB01", "SH-DB02"]
    assert second.kept == ()


def test_a_certificate_that_was_not_seen_leaves_its_wave_open_and_is_named() -> None:
    hosts = ("mail-br.corp.example", "ex3.corp.example", "ex4.corp.example")
    first, second = found(inner(tls=dict.fromkeys(hosts, "timeout"))).waves
    assert first.state is WaveState.CAN_MOVE
    assert (sites(second), second.state) == (["BranchOffice"], WaveState.CANNOT_TELL)
    assert "no certificate was seen for mail-br.corp.example" in second.missing


def test_a_site_of_which_it_is_not_known_whether_it_faces_the_internet_says_so() -> None:
    unread = {
        rf"{server}\{name}": {"external_url": None, "unread": ["external_url"]}
        for server in ("EX3", "EX4")
        for name in (*DIRECTORIES.values(), ANYWHERE)
    }
    stated = {"sites": {"HeadOffice": {"internet_facing": True}}}
    migration = found(inner(change={"virtual_directories": unread}, settings=stated))
    (wave,) = (wave for wave in migration.waves if sites(wave) == ["BranchOffice"])
    assert wave.state is WaveState.CANNOT_TELL
    assert (
        "whether BranchOffice faces the Internet is not known; the settings file can say it"
        in wave.missing
    )


@pytest.mark.parametrize(
    "section",
    ["sites", "servers", "databases", "arrays", "virtual_directories", "service_connection_points"],
)
def test_where_not_all_was_read_no_wave_can_move(section: str) -> None:
    migration = found(inner(sections={section: "partial"}))
    assert {wave.state for wave in migration.waves} == {WaveState.CANNOT_TELL}
    assert {m.state for w in migration.waves for m in w.databases} == {WaveState.CANNOT_TELL}


def test_a_server_without_a_known_site_may_belong_to_every_wave() -> None:
    migration = found(inner(change={"servers": {"EX4": {"site": None}}}))
    assert {wave.state for wave in migration.waves} == {WaveState.CANNOT_TELL}
    assert all("the site of EX4 is not known" in wave.missing for wave in migration.waves)


def test_a_database_without_a_known_site_stands_at_the_end() -> None:
    given = inner(
        add={"databases": {"DB-LOST": {"like": "DB-HO-01", "copies": {}, "unread": ["copies"]}}},
    )
    migration = found(given)
    wave = migration.waves[-1]
    assert (sites(wave), wave.state, databases(wave)) == ([], WaveState.CANNOT_TELL, ["DB-LOST"])
    assert wave.because == "the home site of its databases is not known"


def test_what_belongs_to_no_site_blocks_every_wave() -> None:
    given = inner(dns={"internal": {"outlook-br.corp.example": "nxdomain"}})
    assessment = judged(given)
    assert assessment.migration is not None
    (blocking,) = (b for b in assessment.migration.blockers if not b.opens)
    causes = tuple(
        replace(
            cause,
            findings=tuple(
                replace(f, subject=replace(f.subject, id="elsewhere", site=None))
                for f in cause.findings
            ),
        )
        if cause.id == blocking.cause
        else cause
        for cause in assessment.causes
    )
    elsewhere = replace(assessment, causes=causes)
    made = waves_of(elsewhere)
    assert [wave.state for wave in made] == [WaveState.BLOCKED, WaveState.BLOCKED]


def waves_of(assessment: Assessment) -> tuple[Wave, ...]:
    assert assessment.migration is not None
    migration = assessment.migration
    return judge_waves.waves(
        assessment, migration.blockers, migration.missing, migration.gates, assessment.language
    )


@pytest.mark.parametrize("target", ["2019", "se", "exo"])
def test_a_target_behind_another_version_has_the_waves_of_its_first_leg(target: str) -> None:
    told, first = found(inner(), target), found(inner(), "2016")
    assert told.leg == "2016"
    assert told.waves == first.waves
    assert [wave.state for wave in told.waves] == [WaveState.CAN_MOVE, WaveState.CAN_MOVE]


def test_where_no_road_leads_there_are_no_waves() -> None:
    prepared = {"organization": {"Example Corp": {"object_version": 16751}}}
    assert found(inner(change=prepared), "2016").waves == ()


SHUT = {"remove": {"virtual_directories": [rf"EX1\{ANYWHERE}"]}}


@pytest.mark.parametrize("target", ["2013", "2016", "2019", "se", "exo"])
def test_behind_a_shut_gate_every_wave_waits_for_it(target: str) -> None:
    migration = found(inner(**SHUT), target)
    assert gates(migration)["outlook_anywhere"].state is GateState.FAILED
    for wave in migration.waves:
        assert (wave.state, wave.because) == (
            WaveState.WAITING,
            "waiting for gate Outlook Anywhere",
        )
        assert wave.waits_for == ("outlook_anywhere",)
        assert {(m.state, m.because) for m in wave.databases} == {(wave.state, wave.because)}


def test_a_wave_that_is_blocked_says_so_and_what_it_waits_for() -> None:
    dns = {"internal": {"outlook-br.corp.example": "nxdomain"}}
    first, second = found(inner(dns=dns, **SHUT)).waves
    assert first.state is WaveState.WAITING
    assert (second.state, second.because) == (
        WaveState.BLOCKED,
        "1 cause stands in its way; waiting for gate Outlook Anywhere",
    )


def test_while_a_gate_before_all_cannot_be_told_no_wave_can_move() -> None:
    for wave in found(inner(builds={})).waves:
        assert (wave.state, wave.waits_for) == (WaveState.CANNOT_TELL, ())
        assert wave.because == "it is not known whether gate Versions and updates is open"


@pytest.mark.parametrize("target", ["2013", "2016", "2019", "se", "exo"])
@pytest.mark.parametrize("name", ["healthy", "article-a", "article-b"])
def test_no_wave_can_move_past_a_gate_that_is_not_open(name: str, target: str) -> None:
    migration = found({}, target, name)
    shut = [
        g
        for g in migration.gates
        if g.before_all and g.state in (GateState.FAILED, GateState.CANNOT_TELL)
    ]
    states = {wave.state for wave in migration.waves}
    states |= {move.state for wave in migration.waves for move in wave.databases}
    # The directory shows all that Exchange 2013 asks for.
    assert bool(shut) is ((name, target) != ("healthy", "2013"))
    assert states and (not shut or WaveState.CAN_MOVE not in states)


OPEN = {"external": {"mail-br.corp.example": ["203.0.113.20"]}}
EDITS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "a name of one wave does not resolve outside": {
        "dns": {"external": {"mail-br.corp.example": "nxdomain"}}
    },
    "nobody asked outside": {"dns": {"external": {"mail-br.corp.example": "timeout"}}},
    "Autodiscover does not resolve": {
        "dns": {"internal": {"autodiscover.corp.example": "nxdomain"}, **OPEN}
    },
    "an array does not resolve": {"dns": {"internal": {"outlook-br.corp.example": "nxdomain"}}},
    "Autodiscover of a server has no address": {
        "change": {"service_connection_points": {"EX3": {"uris": []}}}
    },
    "a certificate was not seen": {"tls": {"mail-br.corp.example": "timeout"}},
    "a server has another certificate": {"tls": {"ex3.corp.example": "timeout"}},
    "a database has no endpoint": {"change": {"databases": {"DB-BR-01": {"endpoint": "gone"}}}},
    "a public folder database has none": {
        "change": {"databases": {"PF-HO-01": {"endpoint": "gone"}}}
    },
    "an array has no site": {"change": {"arrays": {"outlook-br": {"site": None}}}},
    "a site has no array": {"remove": {"arrays": ["outlook-br"]}},
    "Outlook Anywhere is off": {"remove": {"virtual_directories": [rf"EX1\{ANYWHERE}"]}},
    "updates are not known": {"builds": {}},
    "balancing is not known": {"exports": {}},
    "not all sites were read": {"sections": {"sites": "partial"}},
    "certificates were not read": {"sections": {"tls": "failed"}},
    "names were not asked": {"sections": {"dns": "failed"}},
}


@pytest.mark.parametrize("edit", EDITS)
def test_waves_agree_with_every_gate(edit: str) -> None:
    migration = found(inner(**EDITS[edit]))
    states = {wave.state for wave in migration.waves}
    states |= {move.state for wave in migration.waves for move in wave.databases}
    closed = {g.name for g in migration.gates if g.state in NOT_OPEN}
    # All can move when every gate is open, and else there is something that cannot.
    assert (states == {WaveState.CAN_MOVE}) is not bool(closed), closed
    failed = {g.name for g in migration.gates if g.state is GateState.FAILED}
    assert {name for wave in migration.waves for name in wave.waits_for} <= failed


def test_a_gate_that_is_shut_for_one_wave_holds_that_wave_alone() -> None:
    dns = {"external": {"mail-br.corp.example": "nxdomain"}}
    first, second = found(inner(dns=dns)).waves
    assert (first.state, first.waits_for) == (WaveState.CAN_MOVE, ())
    assert (sites(second), second.waits_for) == (["BranchOffice"], ("namespaces",))
    assert second.because == "waiting for gate HTTPS names and Autodiscover"


def test_a_wave_counts_those_of_its_databases_that_can_move() -> None:
    one = {"like": "DB-HO-01", "copies": {"EX1": 1}}
    fifty = {f"DB-{number:02}": one for number in range(48)}
    lost = {"DB-00": one | {"endpoint": "gone.corp.example"}}
    given = inner(
        add={"databases": fifty | lost},
        change={"databases": {"DB-HO-02": {"endpoint": "gone.corp.example"}}},
    )
    first, second = found(given).waves
    assert (len(first.databases), first.state) == (50, WaveState.CAN_MOVE)
    assert first.because == "48 of 50 databases can move"
    assert second.because == "nothing of its own stands in its way"


def test_a_wave_of_whose_databases_none_can_move_is_blocked() -> None:
    gone = {name: {"endpoint": "gone.corp.example"} for name in ("DB-HO-01", "DB-HO-02")}
    first, _ = found(inner(change={"databases": gone})).waves
    assert (first.state, first.because) == (WaveState.BLOCKED, "0 of 2 databases can move")


def test_recovery_and_public_folder_databases_are_in_no_wave() -> None:
    (wave,) = found({}).waves
    assert "PF-HO-01" not in databases(wave)
    assert "RDB-HO-01" not in {
        name for wave in found({}, name="article-a").waves for name in databases(wave)
    }


def test_every_view_is_read_a_few_times_however_many_waves_there_are() -> None:
    reads: Counter[str] = Counter()

    class Counting(dict[str, Any]):
        def __getitem__(self, view: str) -> Any:
            reads[view] += 1
            return super().__getitem__(view)

    assessment = article("article-b")
    views = Counting({view: assessment.inventory[view] for view in assessment.inventory})
    assert len(waves_of(replace(assessment, inventory=views))) == 2
    assert {view: number for view, number in reads.items() if number > 3} == {}


def test_the_gates_of_the_first_article() -> None:
    passed = gates(found({}, name="article-a"))
    assert {name: gate.state.value for name, gate in passed.items()} == {
        "versions": "cannot tell",
        "arrays": "passed",
        "databases": "passed",
        "namespaces": "failed",
        "certificates": "passed",
        "outlook_anywhere": "failed",
        "offline_address_book": "passed",
        "evidence": "cannot tell",
    }
    assert passed["namespaces"].because == "1 of 12 checks failed (CAS-MIGRATE-001)"
    assert {name for name, gate in passed.items() if gate.stops} == {"namespaces"}


def test_the_counts_of_a_gate_are_all_the_verdicts_of_its_rules() -> None:
    assessment = judged({}, name="article-a")
    assert assessment.migration is not None
    for gate in assessment.migration.gates:
        verdicts = [f.verdict for f in assessment.findings if f.rule.id in gate.rules]
        counted = gate.failed + gate.passed + gate.not_evaluated + gate.not_applicable
        assert counted == len(verdicts), gate.name


def test_what_concerns_every_wave_stands_before_the_first() -> None:
    before = {name for name, gate in gates(found({})).items() if gate.before_all}
    assert before == {"versions", "outlook_anywhere", "offline_address_book"}
    plan = waves.waves_view(article("article-a"))
    assert plan is not None
    assert plan.shut == (
        "Versions and updates: 3 of 4 checks could not be judged (CAS-MIGRATE-002)",
        "Outlook Anywhere: 1 of 4 checks failed (CAS-MIGRATE-003)",
    )


def test_an_update_on_every_server_opens_the_gate_of_versions() -> None:
    servers = ("EX1", "EX2", "EX3", "EX4")
    some = gates(found({"builds": dict.fromkeys(servers[:3], "14.3.513.0")}))["versions"]
    every = gates(found({"builds": dict.fromkeys(servers, "14.3.513.0")}))["versions"]
    assert (some.state, some.passed, some.not_evaluated) == (GateState.CANNOT_TELL, 4, 1)
    assert (every.state, every.because) == (GateState.PASSED, "all 5 checks passed")


@pytest.mark.parametrize(
    ("builds", "state"),
    [
        ({}, GateState.CANNOT_TELL),
        (LAST, GateState.PASSED),
        (LAST | {"EX2": "14.3.248.2"}, GateState.FAILED),
    ],
    ids=["nobody looked", "all have it", "one lacks it"],
)
@pytest.mark.parametrize("target", ["2019", "se"])
def test_on_a_detour_the_gate_of_versions_is_that_of_the_first_leg(
    target: str, builds: dict[str, str], state: GateState
) -> None:
    gate = gates(found({"builds": builds}, target))["versions"]
    assert gate.state is state
    assert gate.because.startswith("for Exchange 2016, over which the road leads: ")


def test_on_a_detour_what_the_road_does_not_take_away_shuts_the_gate_of_versions() -> None:
    old = {
        "servers": {
            "EX1": {"version_number": 1912832083, "serial_number": "Version 8.3 (Build 30083.6)"}
        }
    }
    gate = gates(found({"change": old, "builds": LAST}, "2016"))["versions"]
    assert gate.because.startswith("for Exchange 2016, over which")
    alone = gates(found({"change": old, "builds": {}}, "exo"))["versions"]
    assert alone.state is GateState.CANNOT_TELL


def test_a_gate_whose_rules_do_not_apply_says_why() -> None:
    gate = gates(found({}, None))["versions"]
    assert gate.state is GateState.NOT_APPLICABLE
    assert "--target" in gate.because


def test_a_gate_without_verdicts_is_not_passed() -> None:
    alone = judge("migration", "CAS-MIGRATE-001")
    question = Question(profile="migration", target="2016")
    migration = assess(patched(sample(), {}), alone, question).migration
    assert migration is not None
    states = {name: gate.state for name, gate in gates(migration).items()}
    assert states.pop("namespaces") is GateState.PASSED
    assert states.pop("evidence") is GateState.PASSED
    assert set(states.values()) == {GateState.CANNOT_TELL}


DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "migration.md"


def test_the_page_on_migrations_names_every_gate_its_rules_and_the_columns_of_the_file() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    rows = [line.split(" | ") for line in text.splitlines() if line.count(" | ") == 2]
    told = {row[0].removeprefix("| "): (row[1], row[2]) for row in rows}
    profile = [rule.info for rule in book().rules if "migration" in rule.profiles]
    for name, topic in TOPICS.items():
        before = "the first wave |" if topic.before_all else "the waves concerned |"
        assert told[topic.title] == (", ".join(rules_of(name, profile)), before)
    assert all(f"`{column}`" in text for column in waves.COLUMNS)


@cache
def article(name: str) -> Assessment:
    return judged(
        {"mailboxes": {"MB-HO-01": 120, "MB-HO-02": 1, "MB-BR-01": 5}}
        if name == "article-a"
        else {},
        name=name,
    )


def section(page: Page, name: str) -> tuple[list[Element], str]:
    (whole,) = (e for e in page.all("section") if e.attributes.get("aria-labelledby") == name)
    inside = [e for e in page.elements if any(each is whole for each in e.path)]
    return inside, " ".join("".join(whole.inside).split())


def page(assessment: Assessment) -> Page:
    return Page(html_report.files(assessment)["report.html"].decode("utf-8"))


def test_the_page_names_what_is_in_the_way_of_each_wave() -> None:
    inside, text = section(page(article("article-a")), "waves")
    assert "Wave 1: HeadOffice" in text
    assert "blocked: 1 cause stands in its way" in text
    links = [e.attributes["href"] for e in inside if e.tag == "a"]
    assert links == ["#wave-1", "#wave-2", f"#cause-{article('article-a').causes[0].id}"]


def test_the_checklist_is_a_list_of_boxes_in_three_parts_for_each_wave() -> None:
    inside, text = section(page(article("article-b")), "checklist")
    assert [e.text for e in inside if e.tag == "h4"] == ["Before", "During", "Afterwards"] * 2
    assert {e.path[-1].attributes["class"] for e in inside if e.tag == "li"} == {"ticks"}
    assert (
        "bj-cas.lab.net keeps answering until wave 2 is done: SH-DB01 and SH-DB02 use it." in text
    )
    assert "Outlook Anywhere: 1 of 4 checks failed (CAS-MIGRATE-003)" in text


def test_users_are_counted_where_their_number_is_known() -> None:
    text = section(page(article("article-a")), "users")[1]
    assert "the users of MB-HO-01, MB-HO-02 and MB-HO-03 (3 databases, 121 mailboxes)" in text
    unknown = section(page(article("article-b")), "users")[1]
    assert "SH-DB01 and SH-DB02 (2 databases, mailboxes not known)" in unknown


def test_a_count_says_how_many_databases_it_leaves_out() -> None:
    first, *rest = (m for wave in found({}, name="article-b").waves for m in wave.databases)
    moves = (replace(first, mailboxes=7), *rest)
    phrases = phrases_of(article("article-b"))
    assert checklist.affected(moves, phrases) == (
        "4 databases, 7 mailboxes and those of 3 databases that are not known"
    )


def test_waves_csv_has_a_line_for_each_database() -> None:
    text = csv_format.files(article("article-b"))["waves.csv"].decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(r["wave"], r["database"], r["state"], r["repairs_profiles"]) for r in rows] == [
        ("1", "BJ-DB01", "waiting", "no"),
        ("1", "BJ-DB02", "waiting", "no"),
        ("2", "SH-DB01", "waiting", "yes"),
        ("2", "SH-DB02", "waiting", "yes"),
    ]


def test_other_profiles_have_no_waves() -> None:
    health = assess(patched(sample(), {}), judge(), Question())
    assert "waves.csv" not in csv_format.files(health)
    assert not {"gates", "waves", "checklist"} & set(page(health).ids())


def test_hostile_names_stay_text() -> None:
    def hostile(wave: Wave) -> Wave:
        text = "</section><img src=x onerror=alert(1)>\u202e"
        moves = tuple(
            replace(m, database=replace(m.database, name=text + m.database.name), because=text)
            for m in wave.databases
        )
        named = tuple(replace(site, name=text + site.name) for site in wave.sites)
        return replace(wave, sites=named, databases=moves, reasons=(text,), because=text)

    plain = article("article-b")
    assert plain.migration is not None
    changed = replace(plain.migration, waves=tuple(map(hostile, plain.migration.waves)))
    text = html_report.files(replace(plain, migration=changed))["report.html"].decode()
    assert "<img" not in text
    assert "\u202e" not in text
    assert page(replace(plain, migration=changed)).all("section")


def test_the_order_does_not_depend_on_the_order_of_the_evidence() -> None:
    document = json.loads(json.dumps(sample("article-b")))
    for records in document.values():
        if isinstance(records, list):
            records.reverse()
    question = Question(profile="migration", target="2016")
    turned = assess(patched(document, {}), judge("migration"), question, "test").migration
    assert turned is not None
    assert turned.waves == found({}, name="article-b").waves
