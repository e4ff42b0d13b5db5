"""The map: every database is drawn once, points at the right box, and nothing overlaps."""

from dataclasses import replace

import pytest

from casaudit.findings import Assessment, Value, Verdict
from casaudit.report.endpoints import (
    EndpointState,
    database_endpoints,
    endpoint_groups,
)
from casaudit.report.html.layout import MOST_DATABASES, MOST_ELSEWHERE, MOST_SERVERS, Box
from casaudit.report.html.map import WIDTH, Panel
from casaudit.report.html.map import panels as drawn
from casaudit.report.inventory import InventoryTables
from casaudit.report.phrases import phrases_of
from tests.support.assessments import sample, twin


def panels(assessment: Assessment) -> tuple[Panel, ...]:
    found, inventory = database_endpoints(assessment), InventoryTables(assessment)
    arrays, servers = inventory.rows("arrays"), inventory.rows("servers")
    return drawn(found, arrays, servers, phrases_of(assessment))


def panel(name: str, site: str) -> Panel:
    return next(each for each in panels(sample(name)) if each.site == site)


def names(found: Panel, kind: str) -> list[str]:
    return [box.lines[0].full for box in found.boxes if box.kind == kind]


def ends(found: Panel) -> dict[str, str]:
    """What each database box points at, by the names in the boxes."""
    targets = {key: box for box in found.boxes if box.kind != "database" for key in box.keys}
    sources = [box for box in found.boxes if box.kind == "database" and box.target]
    return {box.lines[0].full: targets[box.target or ""].lines[0].full for box in sources}


def grown(databases: int, targets: int = 1) -> Assessment:
    """Article A's head office with many databases, spread over endpoints outside the site."""
    assessment = sample("article-a")
    pattern = next(r for r in assessment.inventory["v_databases"] if r["name"] == "MB-HO-01")
    rows = [_database(dict(pattern), number, number % targets) for number in range(databases)]
    inventory = {**assessment.inventory, "v_databases": tuple(rows)}
    return replace(assessment, inventory=inventory, findings=())


def _database(row: dict[str, Value], number: int, target: int) -> dict[str, Value]:
    gone = {"endpoint_id": None, "endpoint_kind": "unknown", "endpoint_site": None}
    names = {"endpoint_dns_name": f"old{target}", "rpc_client_access_server": f"OLD{target}"}
    return {**row, **gone, **names, "id": f"{number}", "name": f"DB{number:04}"}


def test_head_office_points_at_a_server_beside_its_array() -> None:
    found = panel("article-a", "HeadOffice")
    assert names(found, "array") == ["cas-headoffice"]
    assert names(found, "member") == ["HO-EX2010-MB1", "HO-EX2010-MB2"]
    wrong = {box.lines[0].full for box in found.boxes if box.state is EndpointState.WRONG}
    assert wrong == {"MB-HO-01", "MB-HO-02", "MB-HO-03"}
    assert set(ends(found).values()) == {"HO-EX2010-MB1"}
    assert found.summary == "3 wrong, of 3 pointers"


def test_a_recovery_database_is_drawn_and_not_judged() -> None:
    found = panel("article-a", "HeadOffice")
    recovery = next(box for box in found.boxes if box.lines[0].full == "RDB-HO-01")
    assert (recovery.state, recovery.lines[1].text) == (EndpointState.OUTSIDE, "recovery database")


def test_a_branch_without_array_is_bound_to_its_server() -> None:
    found = panel("article-a", "BranchOffice")
    assert [box.state for box in found.boxes if box.kind == "database"] == [EndpointState.SERVER]
    assert found.summary == "1 bound to a server, of 1 pointer"


def test_a_pointer_to_another_site_ends_outside_the_border() -> None:
    found = panel("article-b", "SH")
    outside = [box for box in found.boxes if box.kind == "elsewhere"]
    assert [[line.text for line in box.lines] for box in outside] == [
        ["bj-cas.lab.net", "array of site BJ"]
    ]
    assert outside[0].y > found.border
    assert ends(found) == {"SH-DB01": "bj-cas.lab.net", "SH-DB02": "bj-cas.lab.net"}


def test_right_pointers_are_calm() -> None:
    found = panels(sample("healthy"))
    assert {each.worst for each in found} == {EndpointState.RIGHT}
    assert [each.summary for each in found] == ["all 2 pointers right"] * 2


def test_the_worst_site_comes_first() -> None:
    assert [each.site for each in panels(sample("article-a"))] == ["HeadOffice", "BranchOffice"]
    assert [each.site for each in panels(sample("article-b"))] == ["SH", "BJ"]


@pytest.mark.parametrize("databases", [1, MOST_DATABASES, MOST_DATABASES + 1, 500])
@pytest.mark.parametrize("targets", [1, MOST_ELSEWHERE, MOST_ELSEWHERE + 1, 40])
def test_every_database_is_in_one_box_with_an_arrow_to_its_endpoint(
    databases: int, targets: int
) -> None:
    assessment = grown(databases, targets)
    found = next(each for each in panels(assessment) if each.site == "HeadOffice")
    boxes = [box for box in found.boxes if box.kind == "database"]
    keys = [key for box in boxes for key in box.keys]
    assert sorted(keys) == sorted(pointer.id for pointer in database_endpoints(assessment))
    assert len(found.arrows) == len(boxes) <= max(MOST_DATABASES, MOST_ELSEWHERE)


@pytest.mark.parametrize("databases", [1, 30])
@pytest.mark.parametrize("name_length", [0, 60])
def test_boxes_stay_apart_and_inside_the_drawing(databases: int, name_length: int) -> None:
    assessment = twin(grown(databases, 12), lambda text: text + "w" * name_length)
    for found in [*panels(assessment), *panels(sample("article-b"))]:
        for box in found.boxes:
            assert box.x > 0 and box.x + box.width < WIDTH and box.y + box.height < found.height
            assert max(len(line.text) for line in box.lines) * 5 < box.width
        for one, two in pairs(found.boxes):
            assert apart(one, two), (one, two)


def pairs(boxes: tuple[Box, ...]) -> list[tuple[Box, Box]]:
    return [(one, two) for at, one in enumerate(boxes) for two in boxes[at + 1 :]]


def apart(one: Box, two: Box) -> bool:
    beside = one.x + one.width <= two.x or two.x + two.width <= one.x
    return beside or one.y + one.height <= two.y or two.y + two.height <= one.y


def test_many_servers_share_a_box_that_can_still_be_pointed_at() -> None:
    assessment = sample("article-a")
    pattern = next(r for r in assessment.inventory["v_servers"] if r["name"] == "HO-EX2010-MB2")
    more = tuple({**pattern, "id": f"{n}", "name": f"EX{n:02}"} for n in range(30))
    servers = (*assessment.inventory["v_servers"], *more)
    inventory = {**assessment.inventory, "v_servers": servers}
    found = next(
        p for p in panels(replace(assessment, inventory=inventory)) if p.site == "HeadOffice"
    )
    assert len(names(found, "member")) == MOST_SERVERS - 1
    assert names(found, "server") == ["25 more servers"]
    assert names(found, "member")[0] == "HO-EX2010-MB1"


def test_a_long_name_is_cut_in_the_drawing_and_whole_for_who_asks() -> None:
    found = panels(twin(sample("article-a"), lambda text: text + "\u6f22" * 70))[0]
    for box in found.boxes:
        assert all(line.full.startswith(line.text.rstrip("…")) for line in box.lines[:1])
        assert len(box.lines[0].text) < 40


def test_what_was_not_judged_is_not_drawn_as_right() -> None:
    assessment = sample("healthy")
    blind = tuple(replace(f, verdict=Verdict.NOT_EVALUATED) for f in assessment.findings)
    states = {each.state for each in database_endpoints(replace(assessment, findings=blind))}
    assert states == {EndpointState.UNKNOWN, EndpointState.OUTSIDE}


@pytest.mark.parametrize("missing", ["endpoint_kind", "home_site", "in_scope"])
def test_a_pointer_of_which_a_part_is_not_known_is_not_known(missing: str) -> None:
    assessment = sample("healthy")
    rows = tuple({**row, missing: None} for row in assessment.inventory["v_databases"])
    found = database_endpoints(
        replace(assessment, inventory={**assessment.inventory, "v_databases": rows})
    )
    assert {each.state for each in found if each.state is not EndpointState.OUTSIDE} == {
        EndpointState.UNKNOWN
    }


def test_databases_alike_are_one_row_of_the_table() -> None:
    found = [
        (g.state, g.databases, g.target_name)
        for g in endpoint_groups(database_endpoints(sample("article-b")))
    ]
    assert found == [
        (EndpointState.WRONG, ("SH-DB01", "SH-DB02"), "bj-cas.lab.net"),
        (EndpointState.RIGHT, ("BJ-DB01", "BJ-DB02"), "bj-cas.lab.net"),
        (EndpointState.OUTSIDE, ("BJ-RDB",), "bj-cas.lab.net"),
    ]


def test_without_a_verdict_of_a_rule_a_pointer_is_neither_right_nor_wrong() -> None:
    found = database_endpoints(replace(sample("article-a"), findings=()))
    assert {each.database: (each.state, each.note) for each in found} == {
        "MB-BR-01": (EndpointState.OUTSIDE, "no rule judged it"),
        "MB-HO-01": (EndpointState.OUTSIDE, "no rule judged it"),
        "MB-HO-02": (EndpointState.OUTSIDE, "no rule judged it"),
        "MB-HO-03": (EndpointState.OUTSIDE, "no rule judged it"),
        "RDB-HO-01": (EndpointState.OUTSIDE, "recovery database"),
    }


def addressed(*addresses: str, **servers: list[str]) -> list[str]:
    """What the array's box says of its addresses; the servers' own are changed."""
    assessment = sample("article-a")
    inventory = {
        **assessment.inventory,
        "v_arrays": tuple(
            {**r, "addresses": [*addresses]} for r in assessment.inventory["v_arrays"]
        ),
        "v_servers": tuple(
            {**row, "addresses": servers.get(str(row["name"]).replace("-", "_"), row["addresses"])}
            for row in assessment.inventory["v_servers"]
        ),
    }
    found = panels(replace(assessment, inventory=inventory))
    box = next(b for p in found if p.site == "HeadOffice" for b in p.boxes if b.kind == "array")
    return [line.full for line in box.lines[2:]]


def test_an_address_behind_an_array_is_a_servers_or_nobodys() -> None:
    assert addressed("10.1.1.21") == ["10.1.1.21 = HO-EX2010-MB1"]
    assert addressed("10.1.1.50") == ["10.1.1.50, no server's own"]
    assert addressed("10.1.1.50", HO_EX2010_MB2=[]) == ["10.1.1.50"]


def test_an_address_that_servers_share_is_told_as_such() -> None:
    shared = ["10.1.1.9"]
    found = addressed("10.1.1.9", HO_EX2010_MB1=shared, HO_EX2010_MB2=shared)
    assert found == ["10.1.1.9, shared by 2 servers"]


def test_several_addresses_are_shown_and_the_rest_is_counted() -> None:
    found = addressed("10.1.1.50", "10.1.1.51", "10.1.1.52", "10.1.1.53")
    assert found == ["10.1.1.50, no server's own", "10.1.1.51, no server's own", "2 more addresses"]
