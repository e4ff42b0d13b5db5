"""Sheets: each site and server on a page of its own, with its objects, failures and commands."""

import re
from functools import cache
from itertools import pairwise

import pytest

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.findings import Assessment
from casaudit.report.html.sheets import files
from casaudit.report.sheets import sheets
from tests.support import scale
from tests.support.assessments import sample, twin
from tests.support.page import Page
from tests.support.shipped_rules import judge
from tests.test_report_html import HOSTILE


@cache
def scattered() -> Assessment:
    """Twelve sites with three databases each."""
    return assess(scale.large_snapshot(36, per_site=3), judge(), Question(), sha256="0" * 64)


@pytest.mark.parametrize("make", [lambda: sample("article-a"), scattered])
def test_every_object_stands_on_the_sheet_of_its_site_and_no_other(make: object) -> None:
    assert callable(make)
    assessment = make()
    of_site = {each.name: each for each in sheets(assessment) if each.kind == "site"}
    for view, part, column in (
        ("v_databases", "databases", "home_site"),
        ("v_servers", "servers", "site"),
        ("v_arrays", "arrays", "site"),
        ("v_virtual_directories", "urls", "site"),
    ):
        found = sorted(str(r["id"]) for s in of_site.values() for r in s.tables[part])
        assert found == sorted(str(row["id"]) for row in assessment.inventory[view])
        for name, sheet in of_site.items():
            assert {row[column] or "" for row in sheet.tables[part]} <= {name}


def test_every_failure_of_a_site_stands_on_its_sheet_once() -> None:
    of_site = {each.name: each for each in sheets(scattered()) if each.kind == "site"}
    for failure in scattered().failures:
        if failure.subject.site in of_site:
            told = [f.fingerprint for f in of_site[failure.subject.site].failures]
            assert told.count(failure.fingerprint) == 1, failure


def test_a_server_has_its_copies_certificates_and_addresses() -> None:
    (sheet,) = (e for e in sheets(sample("article-a")) if e.name == "HO-EX2010-MB1")
    assert sheet.kind == "server"
    assert {row["name"] for row in sheet.tables["servers"]} == {"HO-EX2010-MB1"}
    assert {row["server"] for row in sheet.tables["urls"]} == {"HO-EX2010-MB1"}
    copies = sample("article-a").inventory["v_database_copies"]
    keys = {row["database_key"] for row in copies if row["server"] == "HO-EX2010-MB1"}
    assert {row["database_key"] for row in sheet.tables["databases"]} == keys != set()
    for row in sheet.tables["certificates"]:
        assert isinstance(row["servers"], list) and "HO-EX2010-MB1" in row["servers"]


def test_the_commands_are_those_of_the_object_alone() -> None:
    written = files(sample("article-a"))
    for sheet in sheets(sample("article-a")):
        codes = [
            "".join(e.inside)
            for e in Page(written[f"sheets/{sheet.file}"].decode()).elements
            if e.tag == "code"
        ]
        for failure in sheet.failures:
            if failure.remediation and failure.remediation.fix:
                assert failure.remediation.fix in codes


def test_the_index_leads_to_every_sheet() -> None:
    written = files(scattered())
    index = Page(written["sheets/index.html"].decode())
    links = [e.attributes["href"] for e in index.all("a")]
    assert sorted(f"sheets/{link}" for link in links) == sorted(
        set(written) - {"sheets/index.html"}
    )
    assert len(links) == len(set(links)) > 12


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_names_are_text_and_safe_file_names(kind: str) -> None:
    hostile = files(twin(sample("article-a"), lambda text: f"{HOSTILE[kind]}{text}"))
    plain = files(sample("article-a"))
    assert len(hostile) == len(plain)
    for name, content in hostile.items():
        assert re.fullmatch(r"sheets/(index|(site|server)-[A-Za-z0-9-]+)\.html", name)
        found = Page(content.decode())
        assert found.all("script") == [] and found.all("img") == []
        assert len(found.ids()) == len(set(found.ids()))


def test_every_table_has_a_caption_and_headings_go_down() -> None:
    for content in files(sample("article-a")).values():
        found = Page(content.decode())
        assert len(found.all("caption")) == len(found.all("table"))
        levels = [int(e.tag[1]) for e in found.elements if re.fullmatch(r"h[1-6]", e.tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(b <= a + 1 for a, b in pairwise(levels))
