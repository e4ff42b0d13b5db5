"""The commands as their users run them: files in, files out, sentences and exit codes."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from casaudit.shipped import SAMPLES
from casaudit.snapshot import Reason, SectionName, Status, loads
from tests.support.running import REPORTS, WATCHDOG, casaudit, casaudit_process, failures, results

ARTICLE_A = SAMPLES / "article-a" / "snapshot.json"
HEALTHY = SAMPLES / "healthy" / "snapshot.json"


def test_the_demo_writes_every_report_and_says_where(tmp_path: Path) -> None:
    run = casaudit("demo", "-o", tmp_path)
    assert run.returncode == 0, run.stderr
    others = {"findings.sarif", "junit.xml", "findings.ocsf.jsonl", "pack", "brief.html", "sheets"}
    plan = {"remediation.ps1", "rollback.ps1", "answers.txt", "plan.json"}
    assert {p.name for p in tmp_path.iterdir()} == REPORTS | others | plan | {"snapshot.json"}
    assert str(tmp_path / "report.html") in run.stdout
    assert "3 of 4 mailbox databases point at an individual server" in run.stdout


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the demo leaves."""
    folder = tmp_path_factory.mktemp("demo")
    casaudit("demo", "-o", folder)
    return folder


def test_the_demo_finds_what_the_article_describes(demo: Path) -> None:
    found = failures(demo)
    assert {("CAS-DB-001", f"MB-HO-0{n}") for n in (1, 2, 3)} <= found
    assert ("CAS-ARRAY-001", "BranchOffice") in found
    assert not {name for _, name in found} & {"RDB-HO-01", "MB-BR-01"}


def test_the_recovery_database_is_not_applicable_with_the_reason(demo: Path) -> None:
    recovery = [r for r in results(demo) if r["subject"]["name"] == "RDB-HO-01"]
    assert recovery
    assert {r["verdict"] for r in recovery} == {"not_applicable"}
    assert all("recovery database" in r["reason"] for r in recovery)


def test_no_command_touches_another_site_or_a_recovery_database(demo: Path) -> None:
    document = json.loads((demo / "findings.json").read_text(encoding="utf-8"))
    cards = [r["remediation"] for r in document["results"] if r["remediation"]]
    cards += [cause["remediation"] for cause in document["causes"]]
    commands = [text for card in cards for text in card.values() if text]
    assert any("Set-MailboxDatabase" in text for text in commands)
    for text in commands:
        assert "RDB-HO-01" not in text
        assert not ("outlook-ho" in text and "MB-BR-01" in text)


@pytest.mark.parametrize(
    ("snapshot", "options", "code"),
    [
        (ARTICLE_A, [], 1),
        (ARTICLE_A, ["--fail-on", "critical"], 0),
        (ARTICLE_A, ["--fail-on", "never"], 0),
        (ARTICLE_A, ["--fail-on", "critical", "--strict"], 3),
        (HEALTHY, [], 0),
        (HEALTHY, ["--fail-on-standing"], 1),
        (HEALTHY, ["--fail-on-standing", "--fail-on", "critical"], 0),
        (HEALTHY, ["--format", "html,docx"], 2),
        (HEALTHY, ["--format", ""], 2),
        (HEALTHY, ["--as-of", "yesterday"], 2),
        (HEALTHY, ["--rules", "/nowhere"], 2),
        (HEALTHY, ["--profile", "beauty"], 2),
        (SAMPLES / "README.md", [], 4),
        (SAMPLES / "missing.json", [], 4),
    ],
    ids=str,
)
def test_exit_codes_of_report(
    snapshot: Path, options: list[str], code: int, tmp_path: Path
) -> None:
    run = casaudit("report", snapshot, "-o", tmp_path, *options)
    assert run.returncode == code, run.stderr
    assert "Traceback" not in run.stderr


def test_incomplete_evidence_without_a_failure_exits_with_3(tmp_path: Path) -> None:
    document = json.loads(HEALTHY.read_text(encoding="utf-8"))
    for section in document["sections"]:
        if section["name"] == "tls":
            section["status"] = "partial"
    path = tmp_path / "partial.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    run = casaudit("report", path, "-o", tmp_path / "out", "--fail-on", "critical")
    assert run.returncode == 3, run.stderr


def test_a_folder_that_cannot_be_written_is_told_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    run = casaudit("report", HEALTHY, "-o", tmp_path / "taken")
    assert run.returncode == 2
    assert "choose another with -o" in run.stderr


def test_casaudit_does_not_write_through_a_symbolic_link(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere.txt"
    target.write_text("untouched")
    out = tmp_path / "out"
    out.mkdir()
    (out / "findings.json").symlink_to(target)
    run = casaudit("report", HEALTHY, "-o", out)
    assert run.returncode == 2
    assert target.read_text() == "untouched"


def test_a_directory_export_is_collected_without_a_network(tmp_path: Path) -> None:
    out = tmp_path / "snapshot.json.gz"
    run = casaudit(
        "collect", SAMPLES / "article-a/directory.ldf", "-o", out, "--no-dns", "--no-tls"
    )
    assert run.returncode == 0, run.stderr
    snapshot = loads(out.read_bytes(), "out")
    assert {each.name for each in snapshot.arrays} == {"cas-headoffice"}
    assert snapshot.status(SectionName.TLS) is Status.NOT_COLLECTED
    assert gzip.decompress(out.read_bytes()).startswith(b"{")


def test_audit_of_an_export_leaves_snapshot_and_reports(tmp_path: Path) -> None:
    source = SAMPLES / "article-a/directory.ldf"
    run = casaudit("audit", source, "-o", tmp_path, "--no-dns", "--no-tls")
    assert run.returncode == 1, run.stderr
    assert {path.name for path in tmp_path.iterdir()} == REPORTS | {"snapshot.json"}
    assert ("CAS-DB-001", "MB-HO-01") in failures(tmp_path)


def test_sources_are_merged_and_one_that_fails_is_a_gap(tmp_path: Path) -> None:
    out = tmp_path / "snapshot.json"
    good, bad = SAMPLES / "article-a/directory.ldf", tmp_path / "missing.ldf"
    run = casaudit("collect", good, bad, "-o", out, "--no-dns", "--no-tls")
    # It was asked for, and nothing of it was seen.
    assert run.returncode == 3, run.stderr
    snapshot = loads(out.read_bytes(), "out")
    (gap,) = snapshot.gaps
    assert (gap.subject, gap.detail) == (str(bad), "cannot be read: No such file or directory")
    # What the other one showed is as whole as before.
    assert snapshot.status(SectionName.ORGANIZATION) is Status.COMPLETE
    assert len(snapshot.servers) == 3


def test_sites_beside_a_snapshot_without_them_are_taken(tmp_path: Path) -> None:
    text = (SAMPLES / "article-a/directory.ldf").read_bytes()
    records = text.split(b"\r\n\r\n")
    # A long name stands folded on the lines below.
    of_sites = [each for each in records if b"CN=Sites,CN=Configuration" in each[:400]]
    rest, sites = tmp_path / "rest.ldf", tmp_path / "sites.ldf"
    rest.write_bytes(b"\r\n\r\n".join(each for each in records if each not in of_sites))
    sites.write_bytes(b"\r\n\r\n".join(of_sites))
    part, out = tmp_path / "part.json", tmp_path / "whole.json"
    assert casaudit("collect", rest, "-o", part, "--no-dns", "--no-tls").returncode in (0, 3)
    assert casaudit("collect", part, sites, "-o", out, "--no-dns", "--no-tls").returncode == 0
    snapshot = loads(out.read_bytes(), "out")
    assert {each.name for each in snapshot.sites} == {"HeadOffice", "BranchOffice"}
    assert (snapshot.status(SectionName.SITES), snapshot.gaps) == (Status.COMPLETE, ())


def test_a_process_of_its_own_says_and_leaves_the_same(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    asked = ("--profile", "audit", "--fail-on", "medium")
    alone = casaudit_process("report", ARTICLE_A, "-o", first, *asked)
    inside = casaudit("report", ARTICLE_A, "-o", second, *asked)
    assert alone.returncode == inside.returncode == 1
    assert alone.stdout == inside.stdout.replace(str(second), str(first))
    assert alone.stderr == inside.stderr
    assert {p.name: p.read_bytes() for p in first.iterdir()} == {
        p.name: p.read_bytes() for p in second.iterdir()
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["collect", "dc1.corp.example"], "is not a source"),
        (["collect", "ldaps://dc1:3269", "--user", "a@b"], "global catalog"),
        (["collect", "ldaps://user:secret@dc1", "--user", "a@b"], "never put a password there"),
        (["collect", "ldaps://dc1"], "--user"),
        (["collect", "x.ldf", "--resolver", "10.0.0.53"], "VIEW=ADDRESS"),
        (["collect", "x.ldf", "--connect", "a=b"], "HOST:PORT=ADDRESS:PORT"),
        (["demo", "--sample", "nobody"], "article-a"),
        (["explain", "CAS-XX-999", "x", str(HEALTHY)], "rules list"),
        (["explain", "CAS-DB-001", "nobody", str(HEALTHY)], "DB-HO-01"),
        (["query", str(HEALTHY), "DELETE FROM v_databases"], "only SELECT"),
        (["query", str(HEALTHY), "SELECT * FROM servers"], "v_servers"),
        (["rules", "show", "CAS-XX-999"], "rules list"),
    ],
    ids=str,
)
def test_wrong_usage_is_told_in_words_that_help(
    arguments: list[str], said: str, tmp_path: Path
) -> None:
    run = casaudit(*arguments, CASAUDIT_PASSWORD="canary-secret")
    assert run.returncode == 2, run.stderr
    assert said in run.stderr
    assert "Traceback" not in run.stderr
    assert "canary-secret" not in run.stdout + run.stderr


def test_without_a_terminal_the_password_is_asked_for_in_words() -> None:
    run = casaudit("collect", "ldaps://dc1.invalid", "--user", "auditor@corp.example")
    assert run.returncode == 2
    assert "CASAUDIT_PASSWORD" in run.stderr


@pytest.mark.skipif(os.name == "nt", reason="file modes are a POSIX matter")
def test_a_password_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "password"
    path.write_text("canary-secret\n")
    path.chmod(0o644)
    run = casaudit("collect", "ldaps://dc1.invalid", "--user", "a@b.c", "--password-file", path)
    assert run.returncode == 2
    assert "chmod 600" in run.stderr
    assert "canary-secret" not in run.stderr


def test_no_directory_exits_with_4_and_says_what_to_do(tmp_path: Path) -> None:
    run = casaudit(
        *("collect", "ldaps://dc1.invalid", "--user", "a@b.c", "-o", tmp_path / "s.json"),
        CASAUDIT_PASSWORD="canary-secret",
    )
    assert run.returncode == 4
    assert "dc1.invalid" in run.stderr
    assert "hint:" in run.stderr
    assert not (tmp_path / "s.json").exists()


def test_explain_names_the_row_the_condition_and_the_values() -> None:
    run = casaudit("explain", "cas-db-001", "mb-ho-01", ARTICLE_A)
    assert run.returncode == 0, run.stderr
    assert "MB-HO-01: fail" in run.stdout
    assert 'rpc_client_access_server = "HO-EX2010-MB1.exchangeserverpro.net"' in run.stdout
    assert "must hold:" in run.stdout


def test_query_answers_a_select_as_table_and_as_json() -> None:
    sql = "SELECT name, home_site FROM v_databases WHERE is_recovery ORDER BY name"
    assert "RDB-HO-01" in casaudit("query", ARTICLE_A, sql).stdout
    rows = json.loads(casaudit("query", ARTICLE_A, sql, "--json").stdout)
    assert rows == [{"home_site": "HeadOffice", "name": "RDB-HO-01"}]


@pytest.mark.slow
def test_the_rule_book_lists_shows_and_proves_itself() -> None:
    assert "CAS-DB-001" in casaudit("rules", "list").stdout
    assert casaudit("rules", "show", "cas-db-001").stdout.startswith("id: CAS-DB-001")
    tested = casaudit("rules", "test")
    assert tested.returncode == 0
    assert "0 failed" in tested.stderr


def test_a_pack_with_a_wrong_example_fails_by_name(tmp_path: Path) -> None:
    shown = casaudit("rules", "show", "CAS-DB-001").stdout.replace("CAS-DB-001", "MY-DB-001", 1)
    broken = shown.replace("fail: [DB-HO-01, DB-HO-02]", "fail: [DB-HO-01]", 1)
    assert broken != shown
    (tmp_path / "MY-DB-001.yaml").write_text(broken, encoding="utf-8")
    run = casaudit("rules", "test", tmp_path)
    assert run.returncode == 1
    assert "expected ['DB-HO-01'], found ['DB-HO-01', 'DB-HO-02']" in run.stdout


def test_help_starts_without_heavy_libraries() -> None:
    code = (
        # Older versions of typer bring rich with them: what counts is what casaudit adds.
        "import sys, typer; known = {*sys.modules}; sys.argv = ['casaudit', '--help']\n"
        "import casaudit.cli\n"
        "heavy = {'pandas', 'ldap3', 'pydantic', 'dns', 'jinja2', 'cryptography', 'rich'}\n"
        "print(sorted(heavy & (sys.modules.keys() - known)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.skipif(os.name == "nt", reason="signals are sent the POSIX way here")
def test_an_interrupt_leaves_a_valid_partial_snapshot(tmp_path: Path) -> None:
    out = tmp_path / "snapshot.json"
    command = [
        *(sys.executable, "-m", "casaudit", "collect", f"{SAMPLES / 'article-a/directory.ldf'}"),
        *("-o", str(out), "--resolver", "internal=127.0.0.1:9", "--timeout", "30"),
    ]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    while "DNS" not in running.stderr.readline():
        pass
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    assert running.wait(WATCHDOG) in (3, 130)
    running.stderr.close()
    snapshot = loads(out.read_bytes(), "out")
    assert snapshot.databases
    if running.returncode == 130:
        assert any(gap.reason is Reason.INTERRUPTED for gap in snapshot.gaps)
