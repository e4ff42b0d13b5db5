"""The check of sources that are files, and of how little of the network it asks about."""

from pathlib import Path

import pytest

from casaudit.collect.check import check_sample
from casaudit.collect.network import NetworkSettings, plan_network
from casaudit.shipped import SAMPLES
from casaudit.snapshot import DnsView, Snapshot, loads
from tests.support.running import casaudit

ARTICLE_A = SAMPLES / "article-a"
OFFLINE = ("--no-dns", "--no-tls")
NAMES = ("article-a", "article-b", "healthy")


def sample(name: str) -> Snapshot:
    return loads((SAMPLES / name / "snapshot.json").read_bytes(), name)


def outcomes(text: str) -> dict[str, str]:
    """Return the outcome of each step by its name."""
    return {
        line[2:20].strip(): line[21:30].strip()
        for line in text.splitlines()
        if line.startswith("  ") and not line.startswith("   ")
    }


@pytest.mark.parametrize("file", ["directory.ldf", "snapshot.json"])
def test_evidence_of_a_whole_organisation_is_all_well(file: str) -> None:
    ended = casaudit("check", ARTICLE_A / file, *OFFLINE)
    assert ended.returncode == 0, ended.stdout
    found = outcomes(ended.stdout)
    assert found.pop("resolvers") == "not tried"
    assert set(found.values()) == {"ok"}
    assert "arrays             ok        1: cas-headoffice" in ended.stdout


def test_an_export_of_another_partition_is_told_with_what_to_do(tmp_path: Path) -> None:
    export = tmp_path / "domain.ldf"
    export.write_text("dn: DC=corp,DC=example\nobjectClass: domainDNS\ndc: corp\n\n")
    ended = casaudit("check", export, *OFFLINE)
    assert ended.returncode == 4
    assert outcomes(ended.stdout) == {"file": "failed"}
    assert "-> " in ended.stdout


def test_a_file_that_is_not_there_is_a_step_that_failed(tmp_path: Path) -> None:
    ended = casaudit("check", tmp_path / "gone.ldf", *OFFLINE)
    assert ended.returncode == 4
    assert outcomes(ended.stdout) == {"file": "failed"}


def test_exports_of_the_shell_alone_are_not_enough() -> None:
    exports = Path(__file__).parent / "clixml" / "as-written" / "recipients.xml"
    ended = casaudit("check", exports)
    assert ended.returncode == 4
    assert outcomes(ended.stdout)["databases"] == "not tried"
    assert "add ldaps://HOST, or an LDIF export of CN=Configuration" in ended.stdout


def test_a_source_that_is_lost_beside_a_good_one_makes_the_audit_incomplete(
    tmp_path: Path,
) -> None:
    ended = casaudit("check", ARTICLE_A / "directory.ldf", tmp_path / "gone.ldf", *OFFLINE)
    assert ended.returncode == 3
    assert "  file               failed    " in ended.stdout
    assert "gone.ldf: cannot be read: No such file or directory" in ended.stdout


def test_an_organisation_without_servers_is_nothing_to_audit(tmp_path: Path) -> None:
    top = "CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=corp,DC=example"
    export = tmp_path / "empty.ldf"
    export.write_text(
        f"dn: CN=Corp,{top}\nobjectClass: msExchOrganizationContainer\ncn: Corp\n"
        "objectGUID:: AAECAwQFBgcICQoLDA0ODw==\n\n"
    )
    ended = casaudit("check", export, *OFFLINE)
    assert ended.returncode == 4, ended.stdout
    assert outcomes(ended.stdout)["servers"] != "ok"


def test_names_in_a_source_cannot_write_to_the_terminal(tmp_path: Path) -> None:
    ended = casaudit("check", tmp_path / "a\x1b[31m.ldf", *OFFLINE)
    assert "\x1b" not in ended.stdout + ended.stderr


@pytest.mark.parametrize("name", NAMES)
def test_the_network_is_asked_about_a_part_of_what_a_collection_asks(name: str) -> None:
    resolvers = ((DnsView.INTERNAL, "10.0.0.53:53"), (DnsView.EXTERNAL, "198.51.100.53:53"))
    settings = NetworkSettings(resolvers=resolvers)
    seen = sample(name)
    whole, part = plan_network(seen, settings), plan_network(check_sample(seen), settings)
    assert part.questions
    assert set(part.questions) <= set(whole.questions)
    assert set(part.targets) <= set(whole.targets)
    assert set(part.endpoints) <= set(whole.endpoints)


def test_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    casaudit("check", ARTICLE_A / "directory.ldf", *OFFLINE)
    assert list(tmp_path.iterdir()) == []


def test_the_help_teaches_the_exit_codes_and_an_example() -> None:
    text = " ".join(casaudit("check", "--help").stdout.split())
    assert "0 all well, 3 an audit would be incomplete, 4 nothing could be." in text
    assert "casaudit check ldaps://corp.example --user auditor@corp.example" in text
