"""``casaudit waive`` and ``--waivers`` as an operator uses them."""

import json
from pathlib import Path

import pytest

from casaudit.shipped import SAMPLES
from tests.support.running import casaudit, failures

ARTICLE_A = SAMPLES / "article-a" / "snapshot.json"
TERMS = ("--owner", "messaging team", "--approver", "J. Doe", "--reason", "pinned: for now")
UNTIL = ("--until", "2026-12-31")
HEALTHY = SAMPLES / "healthy" / "snapshot.json"
OLD = ("CAS-SERVER-003", "Example Corp")
"""All that is critical or high in the healthy organisation: Exchange 2010 itself."""


def test_an_entry_is_printed_ready_to_paste() -> None:
    run = casaudit("waive", "cas-db-001", "mb-ho-01", ARTICLE_A, *TERMS, *UNTIL)
    assert run.returncode == 0, run.stderr
    left = "left out, since it has no value: mailbox_count\n"
    assert run.stderr == left
    assert run.stdout.startswith("  - rule: CAS-DB-001\n    object: MB-HO-01\n    value:\n")
    assert "      rpc_client_access_server: HO-EX2010-MB1.exchangeserverpro.net\n" in run.stdout
    assert run.stdout.endswith("    reason: 'pinned: for now'\n    until: 2026-12-31\n")


def test_waived_failures_do_not_count_for_the_exit_code_until_they_end(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    run = casaudit("waive", *OLD, HEALTHY, *TERMS, *UNTIL, "--file", file)
    assert run.returncode == 0, run.stderr
    asked = (
        "report",
        HEALTHY,
        "-o",
        tmp_path,
        "--format",
        "json",
        "--waivers",
        file,
        "--fail-on-standing",
    )
    run = casaudit(*asked)
    assert run.returncode == 0, run.stderr
    assert "1 of them waived" in run.stdout
    assert OLD in failures(tmp_path)
    over = casaudit(*asked, "--as-of", "2027-01-01")
    assert over.returncode == 1
    assert "ended: CAS-SERVER-003 Example Corp (messaging team)" in over.stdout


def test_a_second_entry_for_an_object_is_refused_and_the_file_stays(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    asked = ("waive", "CAS-DB-001", "MB-HO-01", ARTICLE_A, *TERMS, *UNTIL, "--file", file)
    casaudit(*asked)
    before = file.read_bytes()
    run = casaudit(*asked)
    assert run.returncode == 2
    assert "waivers.yaml:3: CAS-DB-001 is waived for MB-HO-01 already" in run.stderr
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("CAS-DB-001", "RDB-HO-01", *TERMS, *UNTIL), "does not fail CAS-DB-001"),
        (("CAS-DB-999", "MB-HO-01", *TERMS, *UNTIL), "there is no such rule"),
        (("CAS-DB-001", "MB-HO-01", *TERMS, "--until", "2026-02-30"), "2026-02-30"),
        (("CAS-DB-001", "MB-HO-01", *TERMS, "--until", "2027-12-31"), "is not between"),
        (
            ("CAS-DB-001", "MB-HO-01", *TERMS[:4], "--reason", " ", *UNTIL),
            "reason: must not be empty",
        ),
    ],
    ids=["passing", "no rule", "no day", "too far", "no reason"],
)
def test_what_cannot_be_accepted_is_refused(
    asked: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "waivers.yaml"
    run = casaudit("waive", *asked[:2], ARTICLE_A, *asked[2:], "--file", file)
    assert run.returncode == 2
    assert said in run.stderr
    assert not file.exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema: casaudit/waivers/1\nwaiver: []\n", "waivers.yaml:2: unknown key 'waiver'"),
        ("{entry}    until: 2026-12-32\n", "waivers.yaml:9: waivers.0.until"),
        ("{entry}    until: 2027-12-31\n", "waivers.yaml:3: until: 2027-12-31 is more than 366"),
    ],
    ids=["a slip of the pen", "no day", "too far"],
)
def test_a_wrong_file_is_an_error_with_its_line_and_no_report(
    text: str, said: str, tmp_path: Path
) -> None:
    entry = "schema: casaudit/waivers/1\nwaivers:\n  - rule: CAS-DB-001\n    object: MB-HO-01\n"
    entry += "    value: {endpoint_kind: x}\n    owner: o\n    approver: a\n    reason: r\n"
    (tmp_path / "waivers.yaml").write_text(text.replace("{entry}", entry), encoding="utf-8")
    given = ("--waivers", tmp_path / "waivers.yaml")
    run = casaudit("report", ARTICLE_A, "-o", tmp_path / "out", *given)
    assert run.returncode == 2
    assert said in run.stderr
    assert not list(tmp_path.glob("out/*"))


def test_audit_takes_waivers_too(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    casaudit("waive", *OLD, HEALTHY, *TERMS, *UNTIL, "--file", file)
    casaudit("audit", HEALTHY, "-o", tmp_path, "--format", "json", "--waivers", file)
    document = json.loads((tmp_path / "findings.json").read_bytes())
    assert document["summary"]["waived"] == 1
