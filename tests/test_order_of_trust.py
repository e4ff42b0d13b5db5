"""Which of two sources of one fact counts, as docs/exports.md says it, fact by fact."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.shipped_rules import viewed

DOC = Path(__file__).resolve().parent.parent / "docs" / "exports.md"
MEMBER = "EX3"
HOST = "ex3.corp.example"

Given = dict[str, Any]
Case = tuple[Given, Any]
"""An edit of the healthy organisation, and the value of the fact in it."""


def _excluded(directory: bool | None, *exports: bool) -> Given:
    read = {} if directory is not None else {"unread": ["excluded_from_provisioning"]}
    changed = {"endpoint": "EX1", "excluded_from_provisioning": directory} | read
    listed = [{"name": "db-ho-01", "excluded_from_provisioning": each} for each in exports]
    return {
        "change": {"databases": {"DB-HO-01": changed}},
        "records": {"listed_databases": listed},
    }


def _encrypted(directory: bool | None, *exports: bool) -> Given:
    exported = [{"server": MEMBER, "encryption_required": each} for each in exports]
    return {
        "change": {"servers": {MEMBER: {"encryption_required": directory}}},
        "records": {"rpc_client_access": exported},
    }


def _built(*, exported: tuple[str, ...] = (), shown: tuple[str, ...] = ()) -> Given:
    builds = [{"server": MEMBER, "file_version": each, "build": each} for each in exported]
    pages = [{"host": HOST, "port": 443, "owa_version": each} for each in shown]
    return {"records": {"server_builds": builds, "http_banners": pages}}


def _balanced(*, nodes: bool | None, feature: bool | None, stated: bool | None) -> Given:
    exports: dict[str, Any] = {}
    if nodes is not None:
        found = [{"server": MEMBER, "cluster": "nlb"}] if nodes else []
        exports["nlb_nodes"] = found
    if feature is not None:
        exports["nlb_features"] = [{"installed": feature}]
    said = {} if stated is None else {"settings": {"servers": {MEMBER: {"nlb": stated}}}}
    return {"exports": {MEMBER: exports}} | said


FACTS: dict[str, tuple[str, str, str, list[Case]]] = {
    "whether a database is excluded from provisioning": (
        *("v_databases", "DB-HO-01", "is_excluded_from_provisioning"),
        [
            (_excluded(False, True), False),
            (_excluded(True, False), True),
            (_excluded(None, True), True),
            (_excluded(None, True, False), None),
        ],
    ),
    "whether RPC encryption is required": (
        *("v_servers", MEMBER, "encryption_required"),
        [
            (_encrypted(False, True), False),
            (_encrypted(True, False), True),
            (_encrypted(None, False), False),
            (_encrypted(None, True, False), None),
        ],
    ),
    "exact build of a server": (
        *("v_servers", MEMBER, "build"),
        [
            (_built(exported=("14.3.513.0",), shown=("14.3.496.0",)), "14.3.513.0"),
            (_built(shown=("14.3.496.0",)), "14.3.496.0"),
            (_built(exported=("14.3.513.0", "14.3.496.0"), shown=("14.3.496.0",)), None),
            (_built(exported=("15.1.2507.6",)), None),
        ],
    ),
    "whether a server is a node of Windows NLB": (
        *("v_nlb_servers", MEMBER, "is_nlb_bound"),
        [
            (_balanced(nodes=True, feature=False, stated=False), True),
            (_balanced(nodes=False, feature=False, stated=True), True),
            (_balanced(nodes=None, feature=True, stated=False), False),
            (_balanced(nodes=None, feature=False, stated=None), False),
            (_balanced(nodes=None, feature=True, stated=None), None),
        ],
    ),
    "mail domains in use": (
        *("v_mail_domains", "corp.example", "in_use_source"),
        [
            ({}, "default domain"),
            ({"records": {"mail_domains": [{"domain": "corp.example", "count": 3}]}}, "export"),
        ],
    ),
    "what the [settings](settings.md) state of sites, pools and maintenance": (
        *("v_sites", "BranchOffice", "internet_facing"),
        [
            ({}, True),
            ({"settings": {"sites": {"BranchOffice": {"internet_facing": False}}}}, False),
        ],
    ),
}
ELSEWHERE = {
    "certificate of port 443",
    "Windows of a server",
    "which arrays, servers and databases there are",
    "the same object from two directory sources",
}
"""Facts that the examples of CAS-CERT-001, CAS-SERVER-003, CAS-META-001 and test_merge.py show."""


@pytest.mark.parametrize("fact", FACTS)
def test_of_two_sources_the_one_counts_that_the_page_names(fact: str) -> None:
    view, name, column, cases = FACTS[fact]
    for given, value in cases:
        found = [row for row in viewed(given).inventory(view) if name in row.values()]
        assert [row[column] for row in found] == [value], given


def test_the_page_names_every_fact_that_has_two_sources() -> None:
    section = DOC.read_text(encoding="utf-8").partition("## Two sources of one fact")[2]
    table = section.partition("\n## ")[0]
    facts = re.findall(r"^\| (.+?) \|", table, re.MULTILINE)[1:]
    assert facts == [*dict.fromkeys(facts)]
    assert set(facts) == FACTS.keys() | ELSEWHERE
