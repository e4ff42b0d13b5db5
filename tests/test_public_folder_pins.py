"""The database that Microsoft asks for on each public folder server is no fault, whatever shows it.

Mailboxes on Exchange 2013 and later, or in Exchange Online, reach public folders of Exchange 2010
by a mailbox database on the same server that is excluded from provisioning and points at it.
"""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from casaudit.assess import VERDICTS, assess
from casaudit.collect.exchange import ATTRIBUTES
from casaudit.collect.ldif import records
from casaudit.collect.ldif_directory import ExportReader
from casaudit.engine.evaluate import Question
from casaudit.findings import Verdict
from casaudit.snapshot import Snapshot
from tests.forest import COLLECTED_AT, Copy, Database, Forest, entries, ldif, snapshot
from tests.support.organisations import healthy
from tests.support.planning import assessed, planned, steps, written
from tests.support.shipped_rules import judge_of_all
from tests.test_exports import exported, given_files

PIN = "Öffentliche Ordner (EX1)"


def coexisting(excluded: bool = True) -> Forest:
    """The healthy organisation after public folders were made known to newer mailboxes."""
    forest = healthy()
    pin = Database(PIN, "EX1", [Copy("EX1")], excluded=excluded, public_folder_database="PF-HO-01")
    forest.databases.append(pin)
    return forest


def by_controller(forest: Forest) -> Snapshot:
    return snapshot(forest)


def by_ldif(forest: Forest) -> Snapshot:
    reader = ExportReader()
    reader.add(
        "directory.ldf", COLLECTED_AT, records(io.BytesIO(ldif(entries(forest))), ATTRIBUTES)
    )
    return snapshot(forest, reader.directory())


def verdicts(found: Snapshot) -> dict[tuple[str, str], Verdict]:
    judged = assess(found, judge_of_all(), Question(), sha256="pins", wanted=VERDICTS)
    return {(each.rule.id, each.subject.name): each.verdict for each in judged.findings}


@pytest.mark.parametrize("collected", [by_controller, by_ldif])
def test_no_rule_fails_by_it(collected: Callable[[Forest], Snapshot]) -> None:
    before, after = verdicts(collected(healthy())), verdicts(collected(coexisting()))
    failed = {key for key, verdict in after.items() if verdict is Verdict.FAIL}
    # What is left out by design is listed, as ever.
    assert failed == {key for key, verdict in before.items() if verdict is Verdict.FAIL}
    of_it = {rule: verdict for (rule, name), verdict in after.items() if name == PIN}
    assert of_it["CAS-DB-001"] is Verdict.NOT_APPLICABLE
    assert Verdict.NOT_EVALUATED not in of_it.values()
    assert after["CAS-DB-006", "HeadOffice"] is Verdict.PASS


@pytest.mark.parametrize("collected", [by_controller, by_ldif])
def test_the_same_database_without_the_mark_is_a_fault(
    collected: Callable[[Forest], Snapshot],
) -> None:
    found = verdicts(collected(coexisting(excluded=False)))
    assert found["CAS-DB-001", PIN] is Verdict.FAIL
    assert found["CAS-DB-006", "HeadOffice"] is Verdict.FAIL


@pytest.mark.parametrize(
    ("shown", "verdict"),
    [
        ("True", Verdict.NOT_APPLICABLE),
        ("False", Verdict.FAIL),
        ("", Verdict.NOT_EVALUATED),
        (None, Verdict.NOT_EVALUATED),
    ],
)
def test_an_export_of_the_shell_tells_what_the_account_may_not_read(
    shown: str | None, verdict: Verdict, tmp_path: Path
) -> None:
    forest = coexisting()
    hidden = by_controller(forest)
    unread = {"excluded_from_provisioning": None, "unread": ("excluded_from_provisioning",)}
    hidden = hidden.model_copy(
        update={"databases": tuple(each.model_copy(update=unread) for each in hidden.databases)}
    )
    row = {"Name": PIN, "RpcClientAccessServer": "ex1.corp.example"}
    row |= {} if shown is None else {"IsExcludedFromProvisioning": shown}
    listed = given_files(tmp_path, databases=exported(row)).listed_databases
    assert [each.name for each in listed] == [PIN]
    found = verdicts(hidden.model_copy(update={"listed_databases": listed}))
    assert found["CAS-DB-001", PIN] is verdict


@pytest.mark.parametrize("excluded", [True, None])
@pytest.mark.parametrize("array", [True, False], ids=["with its array", "to get an array"])
def test_no_plan_points_it_elsewhere(excluded: bool | None, array: bool) -> None:
    """Whether all is known of it or not, with people in it or not."""
    unread = [] if excluded else ["excluded_from_provisioning"]
    pin = {"like": "DB-HO-01", "endpoint": "EX1", "copies": {"EX1": 1}, "unread": unread}
    given = {
        "add": {"databases": {PIN: pin | {"excluded_from_provisioning": excluded}}},
        "change": {"databases": {"DB-HO-02": {"endpoint": "EX2"}}},
        "mailboxes": {PIN: 5, "DB-HO-02": 7},
    }
    if not array:
        given |= {
            "remove": {"arrays": ["outlook-ho"]},
            "settings": {"planned_arrays": {"HeadOffice": "outlook-new.corp.example"}},
        }
    for mailboxes in (0, 1, 5):
        given["mailboxes"] = {PIN: mailboxes, "DB-HO-02": 7}
        pointed = steps(planned(given), "database-endpoint")
        assert "DB-HO-02" in pointed
        assert PIN not in pointed
        text = written(assessed(given))["remediation.ps1"]
        assert not [
            line for line in text.splitlines() if "Set-MailboxDatabase" in line and PIN in line
        ]
