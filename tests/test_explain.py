"""Explanations: what decided, what would turn the verdict, what is missing, line by line."""

from typing import Any

import pytest

from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.explain.verdict import explain_verdict
from casaudit.snapshot import Snapshot
from tests.support.shipped_rules import book, sample


def _lines(rule_id: str, name: str, snapshot: Snapshot) -> list[str]:
    rule = book().rule(rule_id)
    assert rule is not None
    return list(explain_verdict(rule, name, snapshot, book(), Question()))


def _sampled(organisation: str, rule_id: str, name: str) -> list[str]:
    return _lines(rule_id, name, patched(sample(organisation), {}))


def _edited(given: dict[str, Any], rule_id: str, name: str) -> list[str]:
    return _lines(rule_id, name, patched(sample(), given))


def _starting(lines: list[str], *starts: str) -> list[str]:
    return [line for line in lines if line.startswith(starts)]


def test_a_failure_is_explained_part_by_part() -> None:
    lines = _sampled("article-a", "CAS-DB-001", "mb-ho-01")
    assert lines[: lines.index("row:")] == [
        "CAS-DB-001 revision 3: Database points at an individual server"
        " although its site has an array",
        "database MB-HO-01: fail",
        "severity: high",
        "because: MB-HO-01 (home site HeadOffice) uses HO-EX2010-MB1.exchangeserverpro.net;"
        " the site's array is outlook-ho.exchangeserverpro.net.",
        "read from: file:directory.ldf at 2026-11-15T06:00:00Z,"
        " changed there 2011-02-07T09:00:00Z, uSNChanged 20832",
        "not applicable if is_recovery is yes: false",
        "not applicable if is_public_folder is yes: false",
        "not applicable if is_public_folder_pin is yes: false",
        "not applicable if on_exchange_2010 is no: false",
        "not applicable if site_array_count is 0: false",
        "not applicable if site_array_count is more than 1: false",
        "must hold: the first of these that applies: false",
        "  if all of these: true",
        "    in_scope is yes: true",
        "    one of these: true",
        "      is_public_folder_pin is 0: true",
        "      mailbox_count is more than 1: not known",
        "    then not all of these: false",
        "      endpoint_kind is 'client_access_server': true",
        "      endpoint_in_home_site is yes: true",
        "      site_array_count is 1: true",
        "severity medium if listed_endpoint_kind is 'server': false",
        "severity medium if mailbox_count is 0: not known",
        "severity low if in_migration_batch is yes: false",
        "decided by: endpoint_kind is 'client_access_server'; endpoint_in_home_site is yes;"
        " site_array_count is 1",
        'would pass if endpoint_kind were "array"',
    ]


def test_the_row_is_shown_whole_and_begins_with_what_the_condition_names() -> None:
    lines = _sampled("article-a", "CAS-DB-001", "MB-HO-01")
    first = lines.index("revision 1: first version")
    row = lines[lines.index("row:") + 1 : first]
    assert row[3] == (
        '  endpoint_kind = "client_access_server"'
        "    array, client_access_server, other_server, unknown or none"
    )
    assert "  mailbox_count = not known    mailboxes, from an export" in row
    assert {line.split()[0] for line in row} == {c.name for c in _columns("v_databases")}
    assert [line.partition(":")[0] for line in lines[first:]] == [
        "revision 1",
        "revision 2",
        "revision 3",
    ]


def _columns(view: str) -> Any:
    return next(each.columns for each in book().views if each.name == view)


def test_an_excluded_object_shows_the_exclusion_and_no_condition() -> None:
    lines = _sampled("article-a", "CAS-DB-001", "RDB-HO-01")
    assert lines[1] == "database RDB-HO-01: not_applicable"
    assert "not applicable if is_recovery is yes: true" in lines
    assert _starting(lines, "must", "decided", "would", "severity") == []


TURNS: dict[str, tuple[dict[str, Any], str, str, list[str]]] = {
    "a value that passing objects have": (
        {"change": {"databases": {"DB-HO-01": {"endpoint": "outlook-br.corp.example"}}}},
        "CAS-DB-002",
        "DB-HO-01",
        ["would pass if endpoint_in_home_site were yes"],
    ),
    "a number one above the bound": (
        {"remove": {"servers": ["EX2", "EX4"]}},
        "CAS-ARRAY-005",
        "outlook-ho",
        ["would pass if seen_live_count were 2"],
    ),
    "two values that must change together": (
        {"change": {"arrays": {"outlook-ho": {"fqdn": "outlook-ho"}}}},
        "CAS-ARRAY-008",
        "outlook-ho",
        ["would pass if fqdn_problem had no value and legacy_name_differs were no"],
    ),
    "three values": (
        {"change": {"arrays": {"outlook-br": {"site": None}}}},
        "CAS-ARRAY-003",
        "outlook-br",
        ["would pass if has_site were yes and site_exists were yes and client_access_count were 2"],
    ),
    "what would break an object that is in order": (
        {},
        "CAS-DB-001",
        "DB-HO-01",
        ['would fail if endpoint_kind were "client_access_server"'],
    ),
    "nothing that is in the row": (
        {
            "change": {"arrays": {"outlook-br": {"fqdn": "outlook-ho.corp.example"}}},
            "sections": {"arrays": "partial"},
        },
        "CAS-ARRAY-006",
        "outlook-ho.corp.example",
        ["no change of up to three of these values would make it pass"],
    ),
}


@pytest.mark.parametrize("what", TURNS)
def test_the_smallest_change_that_turns_a_verdict(what: str) -> None:
    given, rule_id, name, expected = TURNS[what]
    assert _starting(_edited(given, rule_id, name), "would", "no change") == expected


def test_a_missing_value_is_named_with_what_it_would_decide() -> None:
    change = {"servers": {"EX4": {"site": None}}, "databases": {"DB-HO-01": {"endpoint": "EX4"}}}
    lines = _edited({"change": change}, "CAS-DB-001", "DB-HO-01")
    assert lines[2] == "because: EX4.corp.example has no known site"
    assert _starting(lines, "decided", "would", "not known") == [
        "decided by: endpoint_in_home_site not known",
        "would pass if endpoint_in_home_site were no",
        "would fail if endpoint_in_home_site were yes",
        "not known: mailbox_count (mailboxes, from an export)",
        "not known: endpoint_in_home_site (that object belongs to the home site)",
    ]


@pytest.mark.parametrize("name", ["DB-HO-01", "arrays"])
def test_a_section_that_was_not_seen_is_named_with_how_to_get_it(name: str) -> None:
    rule = "CAS-DB-001" if name == "DB-HO-01" else "CAS-ARRAY-003"
    lines = _edited({"sections": {"arrays": "partial"}}, rule, name)
    assert lines[1].endswith(": not_evaluated")
    assert _starting(lines, "section") == [
        "section arrays is partial: with an account that may read CN=Arrays,"
        " or an export of Get-ClientAccessArray beside it"
    ]
    assert _starting(lines, "decided", "would") == []


def test_names_from_outside_cannot_move_the_cursor() -> None:
    given = {"change": {"databases": {"DB-HO-01": {"name": "DB\x1b[2J\u202e"}}}}
    lines = _edited(given, "CAS-DB-001", "DB\x1b[2J\u202e")
    assert lines[1] == "database DB⟦U+001B⟧[2J⟦U+202E⟧: pass"
    assert not any("\x1b" in line or "\u202e" in line for line in lines)
