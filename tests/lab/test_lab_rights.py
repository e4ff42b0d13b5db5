"""The guide of the least rights, by its own lines: with them an account sees all, else it says so.

``dsacls`` runs on Windows alone. Its lines are read from the guide, and what each would add to an
object is added: an access control entry, here written in SDDL.
"""

import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casaudit.collect.exchange import collect_directory
from casaudit.collect.ldap import Credentials, Password, Trust, open_directory
from casaudit.engine.evaluate import Question
from casaudit.errors import SourceError
from casaudit.findings import Verdict
from casaudit.snapshot import Reason, SectionName, Snapshot, Status
from tests.lab import addresses, client
from tests.lab.accounts import ADMINISTRATOR, Account
from tests.lab.directory import Directory
from tests.lab.ldif import record
from tests.lab.test_lab_collect import incomplete, records
from tests.lab.whole import Lab
from tests.support.running import casaudit_process
from tests.support.shipped_rules import judge_of_all

pytestmark = pytest.mark.lab

OTHER = f"ldaps://{addresses.OTHER_DIRECTORY}"
GUIDE = Path(__file__).parents[2] / "docs" / "access.md"
LINE = re.compile(
    r'^dsacls "(CN=\w+),(.*,)?DC=corp,DC=example" /I:T /G "CORP\\auditor:(\w+)"$', re.M
)
ADMINISTRATORS_ONLY = b"D:(A;;GA;;;DA)(A;;GA;;;SY)"
DACL_ALONE = "sd_flags:1:4"
BOTH, ORGANISATION, SITES, NONE = (
    Account(name, "Some-Pass-1!") for name in ("both", "organisation", "sites", "none")
)
LINES = {
    BOTH.name: ("CN=Corp", "CN=Sites"),
    ORGANISATION.name: ("CN=Corp",),
    SITES.name: ("CN=Sites",),
}
"""The accounts, and the lines of the guide that were carried out for each."""


@pytest.fixture(scope="module")
def bare(lab: Lab) -> Iterator[Directory]:
    """A controller that shows organisation and sites to nobody but those whom a line was for."""
    with lab.other_directory(lab.export) as directory:
        organisation = take_away(directory)
        for account in (BOTH, ORGANISATION, SITES, NONE):
            sid = created(lab, directory, account)
            for where, rights in granted(organisation, directory, account):
                # /I:T, "this object and sub objects", is what SDDL calls container inherit.
                directory.database.add_rights(where, f"(A;CI;{rights};;;{sid})")
        yield directory


def take_away(directory: Directory) -> str:
    """Take everybody's rights off all of organisation and sites, and return the organisation."""
    database, where = directory.database, directory.where
    (found,) = database.search(
        where.configuration, "(objectClass=msExchOrganizationContainer)", "1.1"
    )
    value = base64.b64encode(ADMINISTRATORS_ONLY).decode()
    replaced = f"replace: nTSecurityDescriptor\nnTSecurityDescriptor:: {value}\n-\n"
    database.modify(
        "\n".join(
            record(entry.dn, [("changetype", b"modify")]) + replaced
            for base in (found.dn, where.sites)
            for entry in database.search(base, "(objectClass=*)", "1.1")
        ),
        DACL_ALONE,
    )
    return found.dn


def created(lab: Lab, directory: Directory, account: Account) -> str:
    """Add an account to the domain, and return its SID."""
    values = {
        "objectClass": b"user",
        "sAMAccountName": account.name.encode(),
        "userPrincipalName": account.of(directory.where).user.encode(),
        "unicodePwd": f'"{account.password}"'.encode("utf-16-le"),
        "userAccountControl": b"66048",
    }
    dn = f"CN={account.name},CN=Users,{directory.where.domain}"
    text = record(dn, [("changetype", b"add"), *values.items()])
    answer = client.change(OTHER, ADMINISTRATOR.of(directory.where), lab.ca_file, text)
    assert answer.code == 0, answer.text
    (found,) = directory.database.search(dn, "(objectClass=user)", "objectSid")
    return found.attributes["objectSid"][0].decode()


def granted(organisation: str, directory: Directory, account: Account) -> Iterator[tuple[str, str]]:
    """Yield objects and rights of the lines that were carried out for an account."""
    lines = LINE.findall(GUIDE.read_text(encoding="utf-8"))
    assert [first for first, _, _ in lines] == ["CN=Corp", "CN=Sites"]
    for first, rest, rights in lines:
        if first in LINES.get(account.name, ()):
            dn = f"{first},{rest}{directory.where.domain}"
            yield organisation if first == "CN=Corp" else dn, rights


def collected(lab: Lab, directory: Directory, account: Account) -> Snapshot:
    credentials = Credentials(
        "simple", account.of(directory.where).user, Password(account.password)
    )
    with open_directory(OTHER, credentials, Trust(lab.ca_file)) as found:
        return collect_directory(found, OTHER, datetime.now(UTC))


def test_both_lines_show_all_that_an_administrator_sees(lab: Lab, bare: Directory) -> None:
    found = collected(lab, bare, BOTH)
    assert incomplete(found) == {}
    assert found.gaps == ()
    assert records(found) == records(collected(lab, bare, ADMINISTRATOR))


def test_without_the_line_for_the_sites_what_stands_below_them_is_missing(
    lab: Lab, bare: Directory
) -> None:
    found, whole = (collected(lab, bare, account) for account in (ORGANISATION, BOTH))
    below = (SectionName.SITES, SectionName.DOMAIN_CONTROLLERS)
    assert incomplete(found) == dict.fromkeys(below, Status.PARTIAL)
    assert {(gap.section, gap.reason) for gap in found.gaps} == {
        (section, Reason.HIDDEN) for section in below
    }
    assert found.sites == ()
    seen, all_there_is = records(found), records(whole)
    assert {name for name in all_there_is if seen[name] != all_there_is[name]} == set(below)


def verdicts(snapshot: Snapshot) -> dict[tuple[str, str, str], Verdict]:
    findings = judge_of_all().verdicts(snapshot, Question())
    return {(each.rule.id, each.subject.id, each.subject.name): each.verdict for each in findings}


def test_what_is_missing_is_not_evaluated_and_never_passes(lab: Lab, bare: Directory) -> None:
    whole_snapshot = collected(lab, bare, BOTH)
    found, whole = verdicts(collected(lab, bare, ORGANISATION)), verdicts(whole_snapshot)
    changed = {key: verdict for key, verdict in found.items() if whole.get(key) != verdict}
    assert {rule for (rule, _, _), verdict in changed.items() if verdict is Verdict.FAIL} == {
        "CAS-META-001"  # which says that evidence is missing
    }
    assert set(changed.values()) == {Verdict.NOT_EVALUATED, Verdict.FAIL}
    assert sum(whole.get(key) is Verdict.PASS for key in changed) > 10
    assert {name for _, _, name in whole.keys() - found.keys()} == {
        site.name for site in whole_snapshot.sites
    }


@pytest.mark.parametrize("account", [SITES, NONE], ids=["only the sites", "nothing"])
def test_without_the_line_for_the_organisation_nothing_is_audited(
    lab: Lab, bare: Directory, account: Account, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="shows no Exchange organisation"):
        collected(lab, bare, account)
    ended = casaudit_process(
        *("audit", OTHER, "--ca-file", lab.ca_file, "--no-dns", "--no-tls", "-o", tmp_path),
        *("--user", account.of(bare.where).user),
        CASAUDIT_PASSWORD=account.password,
    )
    assert ended.returncode == 4
    assert "may read CN=Microsoft Exchange,CN=Services" in ended.stderr
