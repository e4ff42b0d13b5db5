"""Waivers in the papers: the failure stays, marked, with both totals and every entry's state."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.example_world import patched
from casaudit.findings import Assessment, Severity, Waiver, WaiverState
from casaudit.report.csv import files as csv_files
from casaudit.report.html.page import files as html_files
from casaudit.report.json import files as json_files
from casaudit.report.summary import summarize
from casaudit.report.terminal import run_summary
from casaudit.report.waived import waiver_lines
from casaudit.waivers import Waivers
from tests.support.page import Page
from tests.support.shipped_rules import judge, sample

SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "findings.schema.json"
SERVER = "HO-EX2010-MB1.exchangeserverpro.net"
HELD = Waiver(
    rule="CAS-DB-001",
    object="MB-HO-01",
    value={"rpc_client_access_server": SERVER},
    owner="messaging team",
    approver="J. Doe",
    reason="pinned for the load test",
    ticket="CHG-1234",
    until=date(2026, 12, 31),
    line=3,
)
ENTRIES = (
    HELD,
    replace(HELD, object="MB-HO-02", value={"rpc_client_access_server": "EX3"}, line=11),
    replace(HELD, object="MB-HO-03", until=date(2026, 11, 14), line=19),
    replace(HELD, object="MB-XX", line=27),
    replace(HELD, rule="CAS-ARRAY-001", object="BranchOffice", value={"array_count": 0}, line=35,
            until=date(2026, 12, 15)),
    replace(HELD, rule="CAS-MIGRATE-001", object="ESP", value={"name": "x"}, line=43),
)  # fmt: skip


@cache
def judged(entries: tuple[int, ...] = tuple(range(6))) -> Assessment:
    """Article A with some of the entries."""
    chosen = Waivers("waivers.yaml", tuple(ENTRIES[number] for number in entries))
    snapshot = patched(sample("article-a"), {})
    return assess(snapshot, judge(), Question(), "0" * 64, waivers=chosen)


def all_waived(worse_than: Severity) -> Assessment:
    """Article A where everything worse than a severity is waived."""
    found = judged(())
    findings = tuple(
        replace(f, waiver=HELD) if f in found.failures and f.severity.rank < worse_than.rank else f
        for f in found.findings
    )
    return replace(found, findings=findings)


def printed(assessment: Assessment) -> str:
    stream = io.StringIO()
    Console(file=stream, width=300).print(run_summary(assessment))
    return stream.getvalue()


def test_the_terminal_tells_both_totals_and_who_has_to_act() -> None:
    assert waiver_lines(judged()) == [
        f"2 of {len(judged().failures)} failures waived, {len(judged().open_failures)} open;"
        " 6 waivers in the file.",
        "ended: CAS-DB-001 MB-HO-03 (messaging team): it ended with 2026-11-14, and the failure"
        " is open again",
        "void: CAS-DB-001 MB-HO-02 (messaging team): rpc_client_access_server is"
        f' "{SERVER}", accepted was "EX3"',
        "unused: CAS-DB-001 MB-XX (messaging team): CAS-DB-001 judges nothing of that name",
        "ends in 30 days: CAS-ARRAY-001 BranchOffice (messaging team): it holds to the end of"
        " 2026-12-15, UTC",
        "Whether 1 waiver holds could not be seen.",
    ]
    assert "void: CAS-DB-001 MB-HO-02" in printed(judged())


def test_without_a_waiver_file_nothing_is_said_of_waivers() -> None:
    assert waiver_lines(judged(())) == []
    assert "aiver" not in printed(judged(()))
    assert 'id="waivers"' not in html_files(judged(()))["report.html"].decode()


def test_the_first_sentence_is_about_what_is_open() -> None:
    found = summarize(judged((0, 4)))
    assert found.sentence == (
        "2 of 4 mailbox databases point at an individual server although the site has an array."
    )
    assert "4 high" in found.counted
    assert "2 of them waived)" in found.counted
    assert "CAS-ARRAY-001" not in {rule.first.rule.id for rule in found.failed_rules}
    pinned = next(rule for rule in found.failed_rules if rule.first.rule.id == "CAS-DB-001")
    assert pinned.failures == 2


@pytest.mark.parametrize(
    ("worse_than", "verdict", "sentence"),
    [
        (Severity.CRITICAL, "Not fine", "3 of 4 mailbox databases"),
        (Severity.MEDIUM, "Nothing critical or high seen", "2 medium"),
        (Severity.INFO, "Nothing wrong seen", "could not be judged"),
    ],
)
def test_the_verdict_is_about_what_is_open(
    worse_than: Severity, verdict: str, sentence: str
) -> None:
    found = summarize(all_waived(worse_than))
    assert found.verdict == verdict
    assert sentence in found.sentence


def test_what_is_fine_by_waiver_only_is_not_called_passed() -> None:
    found = all_waived(Severity.INFO)
    seen = [f for f in found.findings if f.verdict.value != "not_evaluated"]
    complete = {
        **found.inventory,
        "v_sections": tuple({**row, "status": "complete"} for row in found.inventory["v_sections"]),
    }
    told_first = summarize(replace(found, findings=tuple(seen), inventory=complete))
    assert told_first.verdict == "Fine"
    assert told_first.sentence.endswith("2 observations and 10 waived beside.")


def rows(assessment: Assessment) -> dict[tuple[str, str], dict[str, str]]:
    text = csv_files(assessment)["findings.csv"].decode("utf-8-sig")
    found = csv.DictReader(io.StringIO(text, newline=""))
    return {(row["rule_id"], row["object"]): row for row in found}


@pytest.mark.parametrize(
    ("rule", "name", "cells"),
    [
        ("CAS-DB-001", "MB-HO-01", ["holds", "messaging team", "CHG-1234", "2026-12-31"]),
        ("CAS-DB-001", "MB-HO-02", ["void", "messaging team", "CHG-1234", "2026-12-31"]),
        ("CAS-DB-001", "MB-HO-03", ["ended", "messaging team", "CHG-1234", "2026-11-14"]),
        ("CAS-DB-001", "MB-BR-01", ["", "", "", ""]),
    ],
)
def test_the_csv_tells_the_waiver_of_each_verdict(rule: str, name: str, cells: list[str]) -> None:
    row = rows(judged())[rule, name]
    columns = ("waiver_state", "waiver_owner", "waiver_ticket", "waiver_until")
    assert [row[column] for column in columns] == cells
    assert row["verdict"] == rows(judged(()))[rule, name]["verdict"]


def test_a_formula_in_a_reason_is_no_formula_in_the_csv() -> None:
    use = replace(judged().waivers[0], waiver=replace(HELD, reason="=HYPERLINK(1)"))
    row = rows(replace(judged(), waivers=(use,)))["CAS-DB-001", "MB-HO-01"]
    assert row["waiver_reason"] == "'=HYPERLINK(1)"


def test_the_json_has_the_waiver_that_holds_and_every_entry() -> None:
    document = json.loads(json_files(judged())["findings.json"])
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert [e.message for e in Draft202012Validator(schema).iter_errors(document)] == []
    held = {(r["rule_id"], r["subject"]["name"]): r["waiver"] for r in document["results"]}
    assert held["CAS-DB-001", "MB-HO-01"] == {
        "owner": "messaging team",
        "approver": "J. Doe",
        "reason": "pinned for the load test",
        "ticket": "CHG-1234",
        "until": "2026-12-31",
        "value": {"rpc_client_access_server": SERVER},
    }
    assert held["CAS-DB-001", "MB-HO-02"] is None
    assert [use["state"] for use in document["waivers"]] == [
        "holds", "void", "ended", "unused", "holds", "unseen",
    ]  # fmt: skip
    assert document["summary"]["waived"] == 2


def test_the_page_marks_what_is_waived_and_lists_every_entry() -> None:
    page = Page(html_files(judged())["report.html"].decode())
    ids = set(page.ids())
    links = [each.attributes.get("href") or "" for each in page.all("a")]
    assert "waivers" in ids
    assert not [link for link in links if link.startswith("#") and link[1:] not in ids]
    marks = [each.text.strip() for each in page.all("span") if each.has_class("mark")]
    assert marks.count("Waived until 2026-12-31") == 1
    assert marks.count("Waived until 2026-12-15") == 1
    assert {"holds", "ended", "void", "unused", "cannot tell"} <= set(marks)


@pytest.mark.parametrize("render", [html_files, csv_files, json_files])
def test_hostile_texts_of_a_waiver_change_no_shape(
    render: Callable[[Assessment], dict[str, bytes]],
) -> None:
    hostile = "\u202e</td><script>alert(1)</script>'\",\r\n\x00"
    uses = tuple(
        replace(
            use,
            because=hostile,
            waiver=replace(use.waiver, owner=hostile, reason=hostile, ticket=hostile),
        )
        for use in judged().waivers
    )
    files = render(replace(judged(), waivers=uses))
    for name, content in files.items():
        text = content.decode("utf-8-sig")
        assert name.endswith(".json") or "\u202e" not in text
        if name == "report.html":
            assert "<script>alert" not in text
            assert len(Page(text).elements) == len(
                Page(html_files(judged())["report.html"].decode()).elements
            )


def test_states_of_waivers_all_have_a_word() -> None:
    from casaudit.report.waived import STATES

    assert set(STATES) == set(WaiverState)
