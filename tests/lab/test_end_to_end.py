"""The whole tool against real servers: what an operator would see at a customer's."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from casaudit.snapshot import Reason, SectionName, Snapshot, Status, loads
from tests.lab import addresses
from tests.lab.accounts import AUDITOR, BLIND, EXCLUDED, Account
from tests.lab.computers import ARRAY, SHARED_ACCOUNT
from tests.lab.directory import LDAPS_PORT, Directory
from tests.lab.faults import Fault, FaultProxy
from tests.lab.recorder import READ_ONLY, Recorder
from tests.lab.whole import Lab
from tests.support.running import casaudit_process, failures, results

pytestmark = pytest.mark.lab

LDAPS = f"ldaps://{addresses.DIRECTORY}"
LDAP = f"ldap://{addresses.DIRECTORY}"
INSIDE = f"internal={addresses.INTERNAL_DNS}:{addresses.DNS_PORT}"
OUTSIDE = f"external={addresses.EXTERNAL_DNS}:{addresses.DNS_PORT}"
NETWORK = ("--resolver", INSIDE, "--resolver", OUTSIDE, "--local-addresses")
DIRECTORY_ONLY = ("--no-dns", "--no-tls")
DIRECTORY_SECTIONS = {
    SectionName.ORGANIZATION, SectionName.SITES, SectionName.SERVERS, SectionName.ARRAYS,
    SectionName.DATABASES, SectionName.DATABASE_COPIES, SectionName.VIRTUAL_DIRECTORIES,
}  # fmt: skip
CA = object()


def run(lab: Lab, *arguments: object, account: Account = AUDITOR) -> Any:
    """Run casaudit as a user of the lab's domain; ``CA`` stands for the lab's authority."""
    words = [lab.ca_file if each is CA else each for each in arguments]
    return casaudit_process(*words, "--user", account.user, CASAUDIT_PASSWORD=account.password)


def collected(path: Path) -> Snapshot:
    return loads(path.read_bytes(), path.name)


def judged(folder: Path) -> set[tuple[str, str, str, str | None]]:
    return {
        (r["rule_id"], r["subject"]["name"], r["verdict"], r["message"]) for r in results(folder)
    }


@pytest.mark.parametrize("url", [LDAPS, LDAP], ids=["LDAPS", "StartTLS"])
def test_an_ordinary_account_sees_every_section(lab: Lab, url: str, tmp_path: Path) -> None:
    out = tmp_path / "snapshot.json"
    ended = run(lab, "collect", url, "--ca-file", CA, "-o", out, *DIRECTORY_ONLY)
    assert ended.returncode == 0, ended.stderr
    snapshot = collected(out)
    assert {each.name for each in snapshot.arrays} == {"cas-headoffice"}
    for section in DIRECTORY_SECTIONS:
        assert snapshot.status(section) is Status.COMPLETE, section


def test_a_plain_bind_is_refused_where_signing_is_required(lab: Lab, tmp_path: Path) -> None:
    out = tmp_path / "snapshot.json"
    ended = run(lab, "collect", LDAP, "--allow-plaintext", "-o", out)
    assert ended.returncode == 4
    assert "ldaps://" in ended.stderr
    assert not out.exists()


@pytest.mark.parametrize("url", [LDAPS, LDAP], ids=["LDAPS", "StartTLS"])
def test_a_controller_of_another_authority_is_not_trusted(
    lab: Lab, url: str, tmp_path: Path
) -> None:
    out = tmp_path / "snapshot.json"
    ended = run(lab, "collect", url, "--ca-file", lab.wrong_ca_file, "-o", out)
    assert ended.returncode == 4
    assert "not trusted" in ended.stderr
    assert "--ca-file" in ended.stderr


def test_a_wrong_password_is_told_and_not_shown(lab: Lab, tmp_path: Path) -> None:
    wrong = Account(AUDITOR.name, "canary-secret")
    out = tmp_path / "snapshot.json"
    ended = run(lab, "collect", LDAPS, "--ca-file", CA, "-o", out, account=wrong)
    assert ended.returncode == 4
    assert "refused the simple bind" in ended.stderr
    assert "canary-secret" not in ended.stdout + ended.stderr


def test_more_than_a_thousand_databases_come_page_by_page(
    lab: Lab, crowded: Directory, tmp_path: Path
) -> None:
    out = tmp_path / "snapshot.json"
    with lab.windows_limits(crowded.address) as limited:
        url = f"ldaps://{limited.address}"
        ended = run(lab, "collect", url, "--ca-file", CA, "-o", out, *DIRECTORY_ONLY)
    assert ended.returncode == 0, ended.stderr
    snapshot = collected(out)
    assert len(snapshot.databases) > 1000
    assert len({each.id for each in snapshot.databases}) == len(snapshot.databases)
    assert snapshot.status(SectionName.DATABASES) is Status.COMPLETE


@pytest.mark.parametrize("account", [BLIND, EXCLUDED], ids=lambda account: account.name)
def test_arrays_that_the_account_may_not_read_are_not_taken_for_absent(
    lab: Lab, account: Account, tmp_path: Path
) -> None:
    options = ("--ca-file", CA, "-o", tmp_path, "--fail-on", "critical", *DIRECTORY_ONLY)
    ended = run(lab, "audit", LDAPS, *options, account=account)
    assert ended.returncode == 3, ended.stderr
    snapshot = collected(tmp_path / "snapshot.json")
    assert snapshot.arrays == ()
    assert snapshot.status(SectionName.ARRAYS) is Status.PARTIAL
    blind = {r["subject"]["name"]: r for r in results(tmp_path) if r["rule_id"] == "CAS-ARRAY-001"}
    assert {name: r["verdict"] for name, r in blind.items()} == {
        "HeadOffice": "not_evaluated",
        "BranchOffice": "not_evaluated",
    }
    assert all("arrays" in r["reason"] for r in blind.values())


def test_live_and_exported_directory_give_the_same_findings(lab: Lab, tmp_path: Path) -> None:
    live, exported = tmp_path / "live", tmp_path / "exported"
    run(lab, "audit", LDAPS, "--ca-file", CA, "-o", live, *NETWORK)
    run(lab, "audit", lab.export, "-o", exported, *NETWORK)
    assert judged(live) == judged(exported)
    assert ("CAS-DB-001", "MB-HO-01") in failures(live)


def test_live_and_exported_directory_give_the_same_records(lab: Lab, tmp_path: Path) -> None:
    live, exported = tmp_path / "live.json", tmp_path / "exported.json"
    run(lab, "collect", LDAPS, "--ca-file", CA, "-o", live, *DIRECTORY_ONLY)
    run(lab, "collect", lab.export, "-o", exported, *DIRECTORY_ONLY)
    one, other = collected(live), collected(exported)
    for kind in ("sites", "servers", "arrays", "databases", "database_copies"):
        assert comparable(one, kind) == comparable(other, kind), kind


def comparable(snapshot: Snapshot, kind: str) -> dict[str, dict[str, Any]]:
    """The records of a kind by name, without what every directory gives by itself."""
    own = {"source", "id", "created"}
    return {r.dn: r.model_dump(exclude=own) for r in getattr(snapshot, kind)}


def test_a_controller_that_dies_leaves_what_was_seen_and_says_what_was_not(
    lab: Lab, tmp_path: Path
) -> None:
    out = tmp_path / "snapshot.json"
    proxy = FaultProxy(
        addresses.FAULTS, LDAPS_PORT, addresses.DIRECTORY, after=14_000, fault=Fault.RESET
    )
    with proxy:
        url = f"ldaps://{addresses.FAULTS}"
        ended = run(lab, "collect", url, "--ca-file", CA, "-o", out, *DIRECTORY_ONLY)
    assert proxy.faults
    assert ended.returncode == 3, ended.stderr
    snapshot = collected(out)
    assert snapshot.sites
    lost = {s.name for s in snapshot.sections if s.status in (Status.PARTIAL, Status.FAILED)}
    assert lost
    assert lost <= {gap.section for gap in snapshot.gaps}


def test_a_frozen_controller_is_given_up(lab: Lab, tmp_path: Path) -> None:
    out = tmp_path / "snapshot.json"
    with lab.directory.frozen():
        ended = run(lab, "collect", LDAPS, "--ca-file", CA, "-o", out, *DIRECTORY_ONLY)
    assert ended.returncode == 4


def test_a_dead_endpoint_and_a_dead_resolver_cost_only_themselves(lab: Lab, tmp_path: Path) -> None:
    silent = lab.zoo["silent"]
    dead = f"external={addresses.SILENT_DNS}:{addresses.DNS_PORT}"
    ended = run(
        lab, "audit", LDAPS, "--ca-file", CA, "-o", tmp_path, "--timeout", "2",
        *("--resolver", INSIDE, "--resolver", dead, "--local-addresses"),
        *("--connect", f"ho-ex2010-mb2.{addresses.DOMAIN}:443={silent.address}:{silent.port}"),
    )  # fmt: skip
    assert ended.returncode == 1, ended.stderr
    snapshot = collected(tmp_path / "snapshot.json")
    subjects = {(gap.section, gap.subject, gap.reason) for gap in snapshot.gaps}
    host = f"ho-ex2010-mb2.{addresses.DOMAIN}"
    assert (SectionName.TLS, f"{host}:443", Reason.TIMEOUT) in subjects
    assert snapshot.status(SectionName.DNS_EXTERNAL) is Status.FAILED
    assert {e.host for e in snapshot.tls_endpoints} >= {host, f"ho-ex2010-mb1.{addresses.DOMAIN}"}
    assert ("CAS-DB-001", "MB-HO-01") in failures(tmp_path)


def test_certificates_are_those_that_the_servers_and_balancers_show(
    lab: Lab, tmp_path: Path
) -> None:
    out = tmp_path / "snapshot.json"
    ended = run(lab, "collect", LDAPS, "--ca-file", CA, "-o", out, *NETWORK)
    assert ended.returncode == 0, ended.stderr
    leaf = {each.host: each.chain[0] for each in collected(out).tls_endpoints}
    assert leaf[f"mail.{addresses.DOMAIN}"] == lab.clients.terminating.sha256
    assert leaf[f"outlook-ho.{addresses.DOMAIN}"] == lab.clients.pass_through.sha256
    server = lab.clients.servers["BR-EX2010-MB"].endpoint
    assert leaf[f"br-ex2010-mb.{addresses.DOMAIN}"] == server.sha256


Command = Callable[[Path], tuple[object, ...]]
RECORDED = f"ldaps://{addresses.RECORDER}"
STARTTLS = f"ldap://{addresses.RECORDER}"
COMMANDS: dict[str, Command] = {
    "collect": lambda p: ("collect", RECORDED, "--ca-file", CA, "-o", p / "s.json", *NETWORK),
    "collect with StartTLS": lambda p: (
        *("collect", STARTTLS, "--ca-file", CA, "-o", p / "s.json.gz", *DIRECTORY_ONLY),
    ),
    "collect of two sources": lambda p: (
        *("collect", RECORDED, STARTTLS, "--ca-file", CA, "-o", p / "s.json", *DIRECTORY_ONLY),
    ),
    "collect with the domain's accounts": lambda p: (
        *("collect", RECORDED, "--ca-file", CA, "-o", p / "s.json", "--domain-partitions"),
        *DIRECTORY_ONLY,
    ),
    "check": lambda p: ("check", RECORDED, "--ca-file", CA, *NETWORK),
    "audit": lambda p: ("audit", RECORDED, "--ca-file", CA, "-o", p, *NETWORK),
    "audit for a migration": lambda p: (
        *("audit", RECORDED, "--ca-file", CA, "-o", p, "--profile", "migration"),
        *("--target", "2016", *DIRECTORY_ONLY),
    ),
    "audit for auditors": lambda p: (
        *("audit", RECORDED, "--ca-file", CA, "-o", p, "--profile", "audit"),
        *("--domain-partitions", *DIRECTORY_ONLY),
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_sends_anything_but_questions(
    lab: Lab, recorder: Recorder, command: str, tmp_path: Path
) -> None:
    ended = run(lab, *COMMANDS[command](tmp_path))
    assert ended.returncode in (0, 1, 3), ended.stderr
    assert set(recorder.operations) <= READ_ONLY
    assert recorder.operations["search"] > 5


def test_the_domain_s_accounts_are_read_when_asked_for(
    lab: Lab, recorder: Recorder, tmp_path: Path
) -> None:
    out = tmp_path / "snapshot.json"
    options = ("--ca-file", CA, "-o", out, "--domain-partitions", *DIRECTORY_ONLY)
    ended = run(lab, "collect", RECORDED, *options)
    assert ended.returncode == 0, ended.stderr
    assert recorder.forbidden == Counter()
    snapshot = collected(out)
    assert snapshot.status(SectionName.PRINCIPALS) is Status.COMPLETE
    assert {each.account_name: each.disabled for each in snapshot.principals} == {
        "HO-EX2010-MB1$": False,
        "HO-EX2010-MB2$": False,
        "BR-EX2010-MB$": True,
        SHARED_ACCOUNT: False,
        "DC1$": False,
    }
    shared = next(each for each in snapshot.principals if each.account_name == SHARED_ACCOUNT)
    array = f"{ARRAY}.{addresses.DOMAIN}"
    assert shared.service_principal_names == tuple(
        f"{kind}/{array}" for kind in ("exchangeAB", "exchangeMDB", "exchangeRFR")
    )
    assert b"canary" not in out.read_bytes()


def test_the_domain_s_accounts_are_not_read_unasked(
    lab: Lab, recorder: Recorder, tmp_path: Path
) -> None:
    out = tmp_path / "snapshot.json"
    run(lab, "collect", RECORDED, "--ca-file", CA, "-o", out, *DIRECTORY_ONLY)
    assert collected(out).principals == ()
    assert collected(out).status(SectionName.PRINCIPALS) is Status.NOT_COLLECTED


def test_the_plan_names_the_domain_s_accounts_when_asked_for(lab: Lab, recorder: Recorder) -> None:
    ended = run(lab, "collect", RECORDED, "--plan", "--domain-partitions")
    assert "<DomainNC>  subtree  (|(servicePrincipalName=exchangeMDB/<ArrayFQDN>)" in ended.stdout
    assert not recorder.operations


def test_the_plan_asks_nothing(lab: Lab, recorder: Recorder) -> None:
    ended = run(lab, "collect", RECORDED, "--plan")
    assert ended.returncode == 0, ended.stderr
    assert "CN=Arrays" in ended.stdout
    assert not recorder.operations


def test_the_snapshot_counts_the_operations_that_were_really_sent(
    lab: Lab, recorder: Recorder, tmp_path: Path
) -> None:
    out = tmp_path / "snapshot.json"
    run(lab, "collect", RECORDED, "--ca-file", CA, "-o", out, *DIRECTORY_ONLY)
    (controller,) = collected(out).controllers
    assert controller.operations["search"] == recorder.operations["search"]
    assert controller.operations["bind"] == recorder.operations["bind"] == 1
