"""A domain as host, and the binds beside a password, against the lab's controller and its KDC."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from casaudit.snapshot import loads
from tests.lab import addresses
from tests.lab.accounts import AUDITOR
from tests.lab.addresses import CONTROLLER_NAME, DOMAIN
from tests.lab.directory import LDAPS_PORT
from tests.lab.dns import NameServer
from tests.lab.faults import Fault, FaultProxy
from tests.lab.packages import EXTRAS
from tests.lab.recorder import Recorder
from tests.lab.whole import Lab
from tests.support.running import casaudit_process

pytestmark = pytest.mark.lab

LDAPS, STARTTLS = f"ldaps://{DOMAIN}", f"ldap://{DOMAIN}"
REALM = DOMAIN.upper()


def zone(*controllers: tuple[str, str]) -> Mapping[str, str]:
    """Return the domain's zone with controllers in the order in which they are to be tried."""
    hosts = "".join(f"{name} A {address}\n" for name, address in controllers)
    records = "".join(
        f"_ldap._tcp.dc._msdcs SRV {priority} 100 389 {name}\n"
        for priority, (name, _) in enumerate(controllers)
    )
    return {DOMAIN: hosts + records}


def collect(lab: Lab, url: str, out: Path, *options: object, **environment: str) -> Any:
    resolver = f"internal={addresses.DOMAIN_DNS}:{addresses.DNS_PORT}"
    return casaudit_process(
        *("collect", url, "--ca-file", lab.ca_file, "-o", out),
        *("--resolver", resolver, "--no-tls", *options),
        **environment,
    )


def as_auditor(lab: Lab, url: str, out: Path) -> Any:
    return collect(lab, url, out, "--user", AUDITOR.user, CASAUDIT_PASSWORD=AUDITOR.password)


DEAD = "dc0", addresses.DEAD_CONTROLLER
GOOD = "dc1", addresses.DIRECTORY


@pytest.mark.parametrize("url", [LDAPS, STARTTLS], ids=["LDAPS", "StartTLS"])
def test_the_second_controller_is_asked_when_the_first_is_dead(
    lab: Lab, url: str, tmp_path: Path
) -> None:
    out = tmp_path / "snapshot.json"
    with NameServer(addresses.DOMAIN_DNS, zone(DEAD, GOOD)):
        ended = as_auditor(lab, url, out)
    assert ended.returncode == 0, ended.stderr
    scheme = url.partition(":")[0]
    used = f"{scheme}://{CONTROLLER_NAME}"
    assert f"{scheme}://dc0.{DOMAIN}: cannot be reached: " in ended.stderr
    assert f"; going on with {used}" in ended.stderr
    snapshot = loads(out.read_bytes(), out.name)
    (controller,) = snapshot.controllers
    assert (controller.origin, controller.address) == (used, addresses.DIRECTORY)
    assert {each.source.origin for each in snapshot.databases} == {used}


def test_a_check_names_the_controller_that_was_passed_over(lab: Lab) -> None:
    resolver = f"internal={addresses.DOMAIN_DNS}:{addresses.DNS_PORT}"
    options = ("--ca-file", lab.ca_file, "--resolver", resolver, "--no-tls", "--user", AUDITOR.user)
    with NameServer(addresses.DOMAIN_DNS, zone(DEAD, GOOD)):
        ended = casaudit_process("check", LDAPS, *options, CASAUDIT_PASSWORD=AUDITOR.password)
    assert ended.returncode == 0, ended.stdout
    assert ended.stdout.splitlines()[:4] == [
        LDAPS,
        f"  passed over        ok        ldaps://dc0.{DOMAIN}: cannot be reached: [Errno 111] "
        "Connection refused",
        f"  name               ok        {CONTROLLER_NAME} at {addresses.DIRECTORY}",
        f"  port               ok        {addresses.DIRECTORY}:636",
    ]


def test_a_controller_that_fails_in_tls_is_left_for_the_next_one(lab: Lab, tmp_path: Path) -> None:
    broken = FaultProxy(
        addresses.FAULTS, LDAPS_PORT, addresses.DIRECTORY, after=1, fault=Fault.GARBAGE
    )
    with NameServer(addresses.DOMAIN_DNS, zone(("dc0", addresses.FAULTS), GOOD)), broken:
        ended = as_auditor(lab, LDAPS, tmp_path / "snapshot.json")
    assert ended.returncode == 0, ended.stderr
    assert f"ldaps://dc0.{DOMAIN}: no TLS: " in ended.stderr


def test_a_controller_of_another_name_ends_the_search_before_any_bind(
    lab: Lab, recorder: Recorder, tmp_path: Path
) -> None:
    """The recorder shows dc1's certificate, whose authority is the right one."""
    out = tmp_path / "snapshot.json"
    false = ("dc2", addresses.RECORDER)
    with NameServer(addresses.DOMAIN_DNS, zone(false, GOOD)):
        ended = as_auditor(lab, LDAPS, out)
    assert ended.returncode == 4
    assert (
        f"ldaps://dc2.{DOMAIN}: its certificate is not trusted: Hostname mismatch" in ended.stderr
    )
    assert not recorder.operations
    assert not out.exists()


def test_where_dns_knows_no_controllers_the_domain_has_to_be_one_itself(
    lab: Lab, tmp_path: Path
) -> None:
    with NameServer(addresses.DOMAIN_DNS, {DOMAIN: ""}):
        url = f"ldaps://nowhere.{DOMAIN}"
        ended = as_auditor(lab, url, tmp_path / "snapshot.json")
    assert ended.returncode == 4
    assert f"{url}: the name cannot be resolved" in ended.stderr


@pytest.fixture
def ticket(lab: Lab, tmp_path: Path) -> dict[str, str]:
    """The environment of a user who has logged on at the lab's KDC."""
    if lacking := [each for each in EXTRAS if not find_spec(each)]:
        reason = f"{', '.join(lacking)} not installed; run: python -m tests.lab install"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)
    environment = without_ticket(tmp_path)
    subprocess.run(
        [shutil.which("kinit") or "kinit", AUDITOR.name],
        input=f"{AUDITOR.password}\n".encode(),
        env={**os.environ, **environment},
        capture_output=True,
        check=True,
    )
    return environment


def without_ticket(folder: Path) -> dict[str, str]:
    settings = folder / "krb5.conf"
    settings.write_text(
        f"[libdefaults]\n default_realm = {REALM}\n dns_lookup_kdc = false\n"
        # Else the name of the lab's controller would be asked for in the real Internet.
        " dns_canonicalize_hostname = false\n"
        f"[realms]\n {REALM} = {{\n  kdc = {addresses.DIRECTORY}\n }}\n"
    )
    return {"KRB5_CONFIG": str(settings), "KRB5CCNAME": f"FILE:{folder / 'tickets'}"}


@pytest.mark.parametrize("url", [LDAPS, STARTTLS], ids=["LDAPS", "StartTLS"])
def test_a_ticket_of_the_kdc_binds_without_a_password(
    lab: Lab, ticket: dict[str, str], url: str, tmp_path: Path
) -> None:
    out = tmp_path / "snapshot.json"
    with NameServer(addresses.DOMAIN_DNS, zone(GOOD)):
        ended = collect(lab, url, out, "--auth", "kerberos", **ticket)
    assert ended.returncode == 0, ended.stderr
    snapshot = loads(out.read_bytes(), out.name)
    assert [each.bind for each in snapshot.controllers] == ["kerberos"]
    assert {each.name for each in snapshot.arrays} == {"cas-headoffice"}


def test_a_ticket_does_not_fit_an_address(lab: Lab, ticket: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "snapshot.json"
    url = f"ldaps://{addresses.DIRECTORY}"
    ended = collect(lab, url, out, "--auth", "kerberos", "--no-dns", **ticket)
    assert ended.returncode == 4
    assert "Server not found in Kerberos database" in ended.stderr
    assert "name the controller by its full name" in ended.stderr


def test_without_a_ticket_kinit_is_named(lab: Lab, ticket: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    environment = without_ticket(tmp_path / "empty")
    with NameServer(addresses.DOMAIN_DNS, zone(GOOD)):
        ended = collect(lab, LDAPS, tmp_path / "s.json", "--auth", "kerberos", **environment)
    assert ended.returncode == 4
    assert "there is no ticket: run kinit" in ended.stderr


def test_an_anonymous_bind_is_told_what_the_controller_answered_and_what_to_do(
    lab: Lab, tmp_path: Path
) -> None:
    out = tmp_path / "snapshot.json"
    with NameServer(addresses.DOMAIN_DNS, zone(GOOD)):
        ended = collect(lab, LDAPS, out, "--auth", "anonymous")
    assert ended.returncode == 4
    assert "nothing of Exchange could be read: result 1 (operationsError)" in ended.stderr
    assert "give --user, or --auth kerberos with a ticket" in ended.stderr
    assert not out.exists()


def test_the_plan_names_the_questions_for_controllers(lab: Lab, tmp_path: Path) -> None:
    ended = collect(lab, LDAPS, tmp_path / "s.json", "--plan")
    asked = [line for line in ended.stdout.splitlines() if " SRV " in line]
    where = f"SRV  at internal {addresses.DOMAIN_DNS}:{addresses.DNS_PORT}"
    assert asked == [
        f"DNS   _ldap._tcp.dc._msdcs.{DOMAIN}.  {where}",
        f"DNS   _ldap._tcp.{DOMAIN}.  {where}",
    ]
