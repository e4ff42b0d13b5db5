"""A rule pack is checked in full before use; what could not run is refused with file and line."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from casaudit import shipped
from casaudit.engine.check import load_rulebook
from casaudit.engine.tables import Tables
from casaudit.errors import RuleError

RULE = """\
id: ACME-SITE-001
revision: 1
title: Site has no Client Access server
requirement: Every site has a Client Access server.
severity: high
adjust:
  - {when: mailbox_count = 0, severity: low, because: nobody is there}
profiles: [health]
subject: site
needs: [servers]
each: v_sites
not_applicable:
  - {when: server_count_2010 = 0, because: "{{ name }} has no Exchange 2010 server"}
must: client_access_count > 0
unknown:
  - {when: client_access_count IS NULL, because: not all servers were seen}
evidence: [client_access_count, mailbox_servers]
message: "{{ name }} has {{ mailbox_servers }}."
cause: [name]
under:
  - {rule: CAS-SITE-001, on: id}
remediation:
  fix: Get-ExchangeServer | Where-Object { $_.Site -eq {{ name }} }
  impact: sessions-drop
why: Clients need one.
confidence: judgement
examples:
  - name: none
    expect: {pass: []}
"""


def _pack(folder: Path, text: str = RULE, name: str = "ACME-SITE-001.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def _refusal(pack: Path) -> RuleError:
    with pytest.raises(RuleError) as caught:
        load_rulebook(shipped.RULES, [pack])
    return caught.value


def test_a_rule_without_a_requirement_is_headed_by_its_title(tmp_path: Path) -> None:
    text = re.sub(r"requirement: .*\n", "", RULE)
    book = load_rulebook(shipped.RULES, [_pack(tmp_path / "pack", text)])
    rule = next(rule for rule in book.rules if rule.id == "ACME-SITE-001")
    assert rule.info.requirement == rule.title


def test_a_pack_of_ones_own_stands_beside_the_shipped_rules(tmp_path: Path) -> None:
    book = load_rulebook(shipped.RULES, [_pack(tmp_path)])
    assert book.rule("ACME-SITE-001") is not None
    assert book.rule("CAS-SITE-001") is not None
    assert book.sha256 != load_rulebook(shipped.RULES).sha256


REFUSED = {
    "a gate that no migration has": (
        "subject: site",
        "subject: site\ngate: {name: mailboxes}",
        "gate.name",
    ),
    "a stage of no order": ("subject: site", "subject: site\nstage: soon", "stage"),
    "a headline that counts nothing": (
        "subject: site",
        "subject: site\nheadline: {one: a site is bare, many: sites are bare}",
        "many needs %(number)s",
    ),
    "a headline with an unknown placeholder": (
        "subject: site",
        'subject: site\nheadline: {one: "%(count)s is", many: "%(number)s are"}',
        "may hold %(number)s and %(all)s",
    ),
    "an endpoint without words": (
        "subject: site",
        'subject: site\nendpoint: {phrase: " ", short: somewhere}',
        "is empty",
    ),
    "an unknown column in must": (
        "must: client_access_count",
        "must: client_acces_count",
        "must: no such column: client_acces_count: did you mean 'client_access_count'?",
    ),
    "an unknown column in an adjustment": ("mailbox_count = 0", "mailboxes = 0", "adjust: no such"),
    "an unknown column in an exclusion": (
        "server_count_2010 = 0",
        "servers = 0",
        "not_applicable: no such column",
    ),
    "an unknown column in an explanation": (
        "when: client_access_count IS NULL",
        "when: cas_count IS NULL",
        "unknown: no such column",
    ),
    "an unknown view": (
        "each: v_sites",
        "each: v_site",
        "each: no such table: v_site: did you mean 'v_sites'?",
    ),
    "a work table": ("each: v_sites", "each: s_sites", "each: access to s_sites"),
    "objects without an id": (
        "each: v_sites",
        "each: SELECT name, site, client_access_count, mailbox_count, server_count_2010,"
        " mailbox_servers FROM v_sites",
        "each: there is no column 'id'",
    ),
    "an unknown column as evidence": (
        "evidence: [client_access_count",
        "evidence: [cas_count",
        "evidence: there is no column 'cas_count'",
    ),
    "an unknown column as cause": ("cause: [name]", "cause: [nmae]", "cause: there is no column"),
    "an unknown column for the parent": ("on: id", "on: site_id", "under: there is no column"),
    "an unknown parent": ("rule: CAS-SITE-001", "rule: CAS-SITE-099", "under: there is no other"),
    "itself as parent": ("rule: CAS-SITE-001", "rule: ACME-SITE-001", "under: there is no other"),
    "an unknown rule to come first": (
        "  impact: sessions-drop",
        "  after: CAS-SITE-099",
        "remediation: there is no other rule 'CAS-SITE-099'",
    ),
    "an unknown shared block": (
        "  impact: sessions-drop",
        "  like: repoint-everything",
        "remediation: there is no shared block 'repoint-everything'",
    ),
    "a shared block that needs a column which is not there": (
        "  impact: sessions-drop",
        "  like: dns-record",
        "remediation: template names unknown column",
    ),
    "an unknown column in the message": (
        "{{ name }} has {{",
        "{{ nmae }} has {{",
        "message: templ",
    ),
    "an unknown column in a reason": (
        '"{{ name }} has no Exch',
        '"{{ nmae }} has no Exch',
        "not_applicable: template names unknown column 'nmae'",
    ),
    "an unknown column in a command": ("-eq {{ name }}", "-eq {{ nmae }}", "remediation: template"),
    "a loop in a command": ("-eq {{ name }}", "-eq {% for a in name %}", "remediation: template"),
    "a call in the message": (
        "{{ name }} has {{",
        "{{ name() }} has {{",
        "message: template: Call",
    ),
    "a quoted name in SQL": (
        "must: client_access_count > 0",
        "must: client_access_count > 0 OR `nmae` = 1",
        "must: '`' is not allowed",
    ),
    "a function that is not listed": (
        "must: client_access_count > 0",
        "must: random() > 0",
        "must: not authorized to use function: random",
    ),
    "an aggregate over all objects": (
        "must: client_access_count > 0",
        "must: count(*) > 0",
        "must: an aggregate makes one row of all objects",
    ),
    "a misspelt key": (
        "why: Clients need one.",
        "why: x\nreferneces: []",
        "unknown key 'referneces': did you mean 'references'?",
    ),
    "a misspelt key below": ("  fix: Get", "  fxi: Get", "unknown key 'fxi': did you mean 'fix'?"),
    "a misspelt severity": ("severity: high", "severity: hihg", "severity: must be 'critical', "),
    "a misspelt section": ("needs: [servers]", "needs: [server]", "needs.0: must be "),
    "a misspelt profile": (
        "profiles: [health]",
        "profiles: [healthy]",
        "profiles.0: must be",
    ),
    "a misspelt verdict in an example": (
        "expect: {pass",
        "expect: {passed",
        "examples.0.expect: unknown key 'passed': did you mean 'pass'?",
    ),
    "an id of another form": ("id: ACME-SITE-001", "id: acme_1", "id: must have the form ^[A-Z]"),
    "the wrong id for the file": (
        "id: ACME-SITE-001",
        "id: ACME-SITE-002",
        "the file of rule ACME-SITE-002 must be named ACME-SITE-002.yaml",
    ),
    "revision 0": ("revision: 1", "revision: 0", "revision: must be at least 1"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_rule_is_refused_with_file_and_line(what: str, tmp_path: Path) -> None:
    old, new, problem = REFUSED[what]
    assert RULE.count(old) == 1
    text = RULE.replace(old, new)
    error = _refusal(_pack(tmp_path, text))
    assert problem in error.problem
    assert error.path == str(tmp_path / "ACME-SITE-001.yaml")
    assert error.line is not None
    _assert_near(text, error.line, new)


def test_a_rule_whose_objects_do_not_end_is_refused_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tables.describe, "__kwdefaults__", {"seconds": 0.3})
    # The reference data is there even where the organisation is empty.
    crossed = ", ".join(f"v_products p{number}" for number in range(30))
    each = f"SELECT p0.product AS id FROM {crossed} WHERE p0.product || p29.product = 'q'"
    error = _refusal(_pack(tmp_path, RULE.replace("each: v_sites", f'each: "{each}"')))
    assert error.problem == "each: took too long"
    assert error.path == str(tmp_path / "ACME-SITE-001.yaml")
    assert error.line == 1 + RULE[: RULE.index("each:")].count("\n")


def _assert_near(text: str, line: int, new: str) -> None:
    """The line is that of the change, or of the key that stands above it."""
    wanted = next(
        n for n, each in enumerate(text.split("\n"), 1) if new.split("\n")[-1].strip() in each
    )
    key = next(n for n in range(wanted, 0, -1) if re.match(r"\w", text.split("\n")[n - 1]))
    assert line in {wanted, key, 1}


def test_a_rule_without_a_key_that_it_needs(tmp_path: Path) -> None:
    error = _refusal(_pack(tmp_path, RULE.replace("must: client_access_count > 0\n", "")))
    assert error.problem == "must: is missing"


def test_an_id_that_a_shipped_rule_has(tmp_path: Path) -> None:
    copied = tmp_path / "CAS-SITE-001.yaml"
    shutil.copy(shipped.RULES / "site" / copied.name, copied)
    error = _refusal(tmp_path)
    assert error.subject == f"{copied}:1"
    assert "rule CAS-SITE-001 exists already in" in error.problem


def test_one_id_twice_in_a_pack(tmp_path: Path) -> None:
    _pack(tmp_path / "a")
    _pack(tmp_path / "b")
    assert "exists already in" in _refusal(tmp_path).problem


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "ACME-SITE-001.yaml").write_bytes(b"id: \xff\n")
    assert "cannot be read" in _refusal(tmp_path).problem


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert _refusal(tmp_path / "nowhere").problem == "no such folder of rules"


VIEWS: dict[str, tuple[Callable[[str], str], str]] = {
    "a view without a description": (
        lambda text: text.replace("-- v_sites: one row", "-- one row"),
        "view v_sites lacks its description",
    ),
    "a statement that is no view": (
        lambda text: text + "\nDROP TABLE x; -- CREATE VIEW\n",
        "not a CREATE VIEW statement",
    ),
}


def test_views_that_read_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(shipped.RULES, folder)
    circle = "-- w_{0}: a circle.\nCREATE VIEW w_{0} AS SELECT\n  a AS a -- text: a\nFROM w_{1};\n"
    text = circle.format("left", "right") + circle.format("right", "left")
    (folder / "views" / "intermediate" / "circle.sql").write_text(text, encoding="utf-8")
    with pytest.raises(RuleError, match=r"read each other in a circle: w_\w+ -> w_\w+ -> w_\w+"):
        load_rulebook(folder)


@pytest.mark.parametrize("what", VIEWS)
def test_a_file_of_views_is_refused(what: str, tmp_path: Path) -> None:
    change, problem = VIEWS[what]
    folder = tmp_path / "rules"
    shutil.copytree(shipped.RULES, folder)
    views = folder / "views" / "published" / "v_sites.sql"
    views.write_text(change(views.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(RuleError, match=problem) as caught:
        load_rulebook(folder)
    assert caught.value.path == str(views)
