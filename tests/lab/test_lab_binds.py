"""Binds with a name and a password: by NTLM as well, and what a refusal says for each reason."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from casaudit.collect.exchange import collect_directory
from casaudit.collect.ldap import Credentials, Password, Trust, open_directory
from casaudit.collect.ldap.credentials import Method
from casaudit.errors import SourceError
from casaudit.snapshot import Snapshot, loads
from tests.lab import addresses, client
from tests.lab.accounts import ADMINISTRATOR, AUDITOR
from tests.lab.directory import Directory
from tests.lab.ldif import Entry, record, replacements
from tests.lab.recorder import Recorder
from tests.lab.test_lab_collect import records
from tests.lab.whole import Lab
from tests.support.running import casaudit_process

pytestmark = pytest.mark.lab

LDAPS, STARTTLS = f"ldaps://{addresses.DIRECTORY}", f"ldap://{addresses.DIRECTORY}"
OTHER = f"ldaps://{addresses.OTHER_DIRECTORY}"
NETBIOS = f"LAB\\{AUDITOR.name}"
PASSWORD = "Some-Pass-1!"
METHODS: tuple[Method, ...] = ("simple", "ntlm")


def run(lab: Lab, command: str, url: str, *options: object, user: str = NETBIOS) -> Any:
    return casaudit_process(
        *(command, url, "--ca-file", lab.ca_file, "--no-dns", "--no-tls", *options),
        *("--auth", "ntlm", "--user", user),
        CASAUDIT_PASSWORD=AUDITOR.password,
    )


def collected(lab: Lab, url: str, credentials: Credentials) -> Snapshot:
    with open_directory(url, credentials, Trust(lab.ca_file)) as directory:
        return collect_directory(directory, url, datetime(2024, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("url", [LDAPS, STARTTLS], ids=["LDAPS", "StartTLS"])
@pytest.mark.parametrize("user", [NETBIOS, AUDITOR.user], ids=["NetBIOS name", "principal name"])
def test_an_ntlm_bind_sees_what_a_simple_one_sees(lab: Lab, url: str, user: str) -> None:
    password = Password(AUDITOR.password)
    by_ntlm = collected(lab, url, Credentials("ntlm", user, password))
    simple = collected(lab, url, Credentials("simple", AUDITOR.user, password))
    assert records(by_ntlm) == records(simple)
    assert {each.name for each in by_ntlm.arrays} == {"cas-headoffice"}


def test_a_snapshot_says_that_ntlm_was_used(lab: Lab, tmp_path: Path) -> None:
    out = tmp_path / "snapshot.json"
    ended = run(lab, "collect", LDAPS, "-o", out)
    assert ended.returncode == 0, ended.stderr
    (controller,) = loads(out.read_bytes(), out.name).controllers
    assert (controller.bind, controller.protection) == ("ntlm", "ldaps")
    assert controller.operations["bind"] == 2  # one for each of its messages


@pytest.mark.parametrize("url", [LDAPS, STARTTLS], ids=["LDAPS", "StartTLS"])
def test_a_check_shows_the_method(lab: Lab, url: str) -> None:
    ended = run(lab, "check", url)
    assert ended.returncode == 0, ended.stdout
    assert f"  bind               ok        ntlm as {NETBIOS}\n" in ended.stdout


def test_a_controller_of_another_name_gets_no_token(lab: Lab, recorder: Recorder) -> None:
    ended = run(lab, "check", f"ldaps://{addresses.RECORDER}", "--ca-file", lab.wrong_ca_file)
    assert ended.returncode == 4
    assert "its certificate is not trusted" in ended.stdout
    assert not recorder.operations


def change(lab: Lab, directory: Directory, ldif: str) -> None:
    administrator = ADMINISTRATOR.of(directory.where)
    answer = client.change(OTHER, administrator, lab.ca_file, ldif)
    assert answer.code == 0, answer.text


def user(directory: Directory, name: str, values: dict[str, bytes]) -> str:
    """Return the LDIF of a user, whose password never expires unless the values say otherwise."""
    given = {
        "objectClass": b"user",
        "sAMAccountName": name.encode(),
        "userPrincipalName": f"{name}@{directory.where.dns_name}".encode(),
        "unicodePwd": f'"{PASSWORD}"'.encode("utf-16-le"),
        "userAccountControl": b"66048",
        **values,
    }
    dn = f"CN={name},CN=Users,{directory.where.domain}"
    return record(dn, [("changetype", b"add"), *given.items()])


LONG_AGO = b"116444736000000000"  # 1970 as Windows counts
WITHOUT_PASSWORD_RULES = "local_oid:1.3.6.1.4.1.7165.4.3.12:0"
STATES: dict[str, tuple[dict[str, bytes], str, str]] = {
    "wrong": ({}, "52e", "the user or the password is wrong"),
    "disabled": ({"userAccountControl": b"66050"}, "533", "have it enabled"),
    "expired": ({"accountExpires": LONG_AGO}, "701", "end date"),
    "old": ({"userAccountControl": b"512"}, "532", "change it, then try again"),
    "new": ({"userAccountControl": b"512", "pwdLastSet": b"0"}, "773", "log on once"),
    "locked": ({}, "775", "have it unlocked"),
}
"""What an account is made of, the code that the controller gives, and what the operator reads."""


def refusal(lab: Lab, user: Credentials) -> tuple[str, str]:
    """Return the code and the hint of a bind that is refused."""
    with pytest.raises(SourceError) as caught:
        collected(lab, OTHER, user)
    found = re.search(r"data (\w+),", str(caught.value))
    return found[1] if found else str(caught.value), caught.value.hint


def test_a_refused_account_is_told_why_and_what_to_do(lab: Lab) -> None:
    def account(method: Method, state: str, password: str = PASSWORD) -> Credentials:
        # Samba has code 490 for a wrong password with NTLM and the other form.
        name = f"LAB\\{state}" if method == "ntlm" else f"{state}@{directory.where.dns_name}"
        return Credentials(
            method, name, Password("Wrong-Pass-1!" if state == "wrong" else password)
        )

    with lab.other_directory(lab.export) as directory:
        policy = Entry(directory.where.domain, {"lockoutThreshold": [b"3"]})
        change(lab, directory, replacements([policy]))
        for state, (values, _, _) in STATES.items():
            change(lab, directory, user(directory, state, values))
        old = Entry(f"CN=old,CN=Users,{directory.where.domain}", {"pwdLastSet": [LONG_AGO]})
        directory.database.modify(replacements([old]), WITHOUT_PASSWORD_RULES)
        for _ in range(3):
            refusal(lab, account("simple", "locked", "Wrong-Pass-1!"))
        wanted = {**STATES, "unknown": STATES["wrong"]}
        found = {
            (state, method): refusal(lab, account(method, state))
            for state in wanted
            for method in METHODS
        }
    assert {key: code for key, (code, _) in found.items()} == {
        (state, method): wanted[state][1] for state in wanted for method in METHODS
    }
    for (state, _), (_, hint) in found.items():
        assert wanted[state][2] in hint


POLICIES = {
    "NTLM switched off": ({"ntlm auth": "disabled"}, "data 418,", "forbids NTLM"),
    "signing although over TLS": (
        {"ldap server require strong auth": "yes"},
        "strongerAuthRequired",
        "--auth simple",
    ),
}


@pytest.mark.parametrize(("settings", "problem", "words"), POLICIES.values(), ids=POLICIES)
def test_a_policy_against_ntlm_is_told(
    lab: Lab, settings: dict[str, str], problem: str, words: str
) -> None:
    credentials = Credentials("ntlm", NETBIOS, Password(AUDITOR.password))
    with lab.other_directory(lab.export, settings):
        with pytest.raises(SourceError, match=problem) as caught:
            collected(lab, OTHER, credentials)
        assert words in caught.value.hint
