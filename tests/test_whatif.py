"""A plan tried on the evidence: its values are set, and no repair of one rule breaks another."""

from pathlib import Path
from typing import Any

import pytest

from casaudit.assess import Extras, assess
from casaudit.engine.evaluate import Question, tables_of
from casaudit.engine.example_world import patched
from casaudit.engine.settings import SCHEMA, Settings
from casaudit.errors import UsageError
from casaudit.findings import Cell, Value
from casaudit.remediation.plan import PlanOutlook, read_plan
from casaudit.remediation.planner import plan_of
from casaudit.remediation.repairs import cells
from casaudit.remediation.settable import Assignment, with_assignments
from casaudit.remediation.verify import StepState, verify_plan
from casaudit.remediation.whatif import compare_failures, read_answers, try_plan, try_values
from casaudit.report.html.page import files as html_files
from casaudit.shipped import SAMPLES
from casaudit.snapshot import Snapshot
from tests.support.planning import judged
from tests.support.running import casaudit
from tests.support.shipped_rules import book, judge, sample

ARRAY = "outlook-ho.exchangeserverpro.net"
OTHER: dict[str, Value] = {
    "anywhere-iis-methods": ["Basic", "Kerberos"],
    "anywhere-client-method": "Digest",
    "rpc-encryption": False,
    "database-endpoint": "EX3.corp.example",
}
UNSEEN = {
    *("certificate-principal", "offline-address-book"),
    *("pop-certificate-name", "imap-certificate-name", "site-array"),
}
"""Settings of which the healthy organisation shows no value, or no place for another one."""


def article() -> Snapshot:
    return patched(sample("article-a"), {})


def known(snapshot: Snapshot) -> dict[tuple[str, str], Cell]:
    found = cells(tables_of(snapshot, book(), Question()), book().shared.settings)
    return {(cell.setting, cell.subject.id): cell for cell in found}


@pytest.mark.parametrize("setting", [name for name in book().shared.settings if name not in UNSEEN])
def test_a_value_that_is_set_is_the_one_that_rules_see(setting: str) -> None:
    snapshot = patched(sample("healthy"), {})
    before = known(snapshot)
    cell = next(cell for (name, _), cell in before.items() if name == setting)
    shape = book().shared.settings[setting].shape
    value = OTHER.get(setting, shape.replace("{}", "other.corp.example"))
    assert cell.value != value
    after = known(with_assignments(snapshot, [Assignment(setting, cell.subject.id, value)]))
    changed = {key: each.value for key, each in after.items() if each.value != before[key].value}
    assert changed.pop((setting, cell.subject.id)) == value
    # Databases and sites name their array by the array's own entry, so they show its new name.
    follow = {"array-fqdn": {"database-endpoint", "site-array"}}.get(setting, set())
    assert {name for name, _ in changed} == follow
    assert all(each == value for each in changed.values())


def test_the_plan_of_the_article_takes_its_databases_to_the_array() -> None:
    before = judged(article())
    document = plan_of(before).document(before)
    trial = try_plan(article(), document, book().shared.settings, {})
    outlook = compare_failures(before.failures, judged(trial.snapshot).findings)
    assert [(f.rule.id, f.subject.name) for f in outlook.gone] == [
        ("CAS-ARRAY-004", "cas-headoffice"),
        ("CAS-DB-001", "MB-HO-01"),
        ("CAS-DB-001", "MB-HO-02"),
        ("CAS-DB-001", "MB-HO-03"),
    ]
    assert outlook.appears == ()
    assert trial.applied == 3
    assert [text for text in trial.left if "answer" in text] == [
        rf"step {number}, BR-EX2010-MB\{name} (Default Web Site): it waits for answer A1"
        for number, name in enumerate(("EWS", "Microsoft-Server-ActiveSync", "OAB"), 5)
    ]


def test_an_answer_is_tried_and_the_certificate_that_lacks_the_name_appears() -> None:
    before = judged(article())
    document = plan_of(before).document(before)
    given = read_answers(
        f"plan = {document.id}\nA1 = mail.exchangeserverpro.net\nC1 =\n", "a", document
    )
    trial = try_plan(article(), document, book().shared.settings, given, [5])
    outlook = compare_failures(before.failures, judged(trial.snapshot).findings)
    assert [f.rule.id for f in outlook.appears] == ["CAS-CERT-004"]
    assert trial.applied == 1


def test_one_value_alone_can_be_tried() -> None:
    before = judged(article())
    text = f"MB-HO-01:rpc_client_access_server={ARRAY}"
    trial = try_values(article(), [text], before.repairs.cells)
    outlook = compare_failures(before.failures, judged(trial.snapshot).findings)
    assert ("CAS-DB-001", "MB-HO-01") in [(f.rule.id, f.subject.name) for f in outlook.gone]
    assert [f.rule.id for f in outlook.appears] == ["CAS-DB-006"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("MB-HO-01", "OBJECT:SETTING=VALUE"),
        ("MB-HO-01:colour=red", "is not an object with this setting"),
        ("nobody:database-endpoint=x", "is not an object with this setting"),
    ],
)
def test_a_value_for_nothing_is_refused(text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        try_values(article(), [text], judged(article()).repairs.cells)


@pytest.mark.parametrize("text", ["A1 mail.example.com", "plan = 000000000000"])
def test_answers_that_are_none_or_of_another_plan_are_refused(text: str) -> None:
    before = judged(article())
    with pytest.raises(UsageError, match=r"answers\.txt, line 1"):
        read_answers(text, "answers.txt", plan_of(before).document(before))


def test_the_command_says_what_goes_what_appears_and_how_it_ends() -> None:
    path = str(SAMPLES / "article-a" / "snapshot.json")
    fine = casaudit("whatif", path)
    assert "goes       CAS-DB-001       MB-HO-01" in fine.stdout
    assert fine.returncode == 0
    worse = casaudit("whatif", path, "--set", f"MB-HO-01:rpc_client_access_server={ARRAY}")
    assert "appears    CAS-DB-006       HeadOffice" in worse.stdout
    assert worse.returncode == 1


def test_a_planned_array_is_made_before_the_databases_go_to_it() -> None:
    snapshot, asked = planned_array()
    before = judged(snapshot, asked)
    document = plan_of(before).document(before)
    assert [(s.setting, s.object.name, s.to) for s in document.steps] == [
        ("site-array", "HeadOffice", "outlook-new.corp.example"),
        ("database-endpoint", "DB-HO-01", "outlook-new.corp.example"),
        ("database-endpoint", "DB-HO-02", "outlook-new.corp.example"),
    ]
    trial = try_plan(snapshot, document, book().shared.settings, {})
    after = judged(trial.snapshot, asked)
    outlook = compare_failures(before.failures, after.findings)
    assert ("CAS-ARRAY-001", "HeadOffice") in [(f.rule.id, f.subject.name) for f in outlook.gone]
    # Some guides advise to have the name on the certificate, where a new one cannot be yet.
    assert [f.rule.id for f in outlook.appears] == ["CAS-CERT-014"]
    # Read back, the values are those of the plan.
    states = verify_plan(document, trial.snapshot, book(), asked).outcomes
    assert {each.state for each in states if not each.what.startswith("by hand")} == {
        StepState.APPLIED
    }


def planned_array() -> tuple[Snapshot, Question]:
    """A site without an array, for which the settings state the name of one."""
    given: dict[str, Any] = {
        "remove": {"arrays": ["outlook-ho"]},
        "change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}, "DB-HO-02": {"endpoint": "EX2"}}},
    }
    stated = {"planned_arrays": {"HeadOffice": "outlook-new.corp.example"}}
    asked = Question(settings=Settings.model_validate({"schema": SCHEMA, **stated}))
    return patched(sample(), given), asked


def test_the_plan_says_in_every_paper_what_becomes_of_the_failures(tmp_path: Path) -> None:
    path = str(SAMPLES / "article-a" / "snapshot.json")
    told = "17 failures -> 13; 4 go, 0 appear, 0 cannot be told before a new collection"
    assert casaudit("report", path, "--format", "html,ps1", "-o", str(tmp_path)).returncode == 1
    script = (tmp_path / "remediation.ps1").read_text(encoding="utf-8-sig")
    assert told in " ".join(script.replace("\n#  ", "").split())
    plan = read_plan((tmp_path / "plan.json").read_bytes(), "plan.json")
    assert plan.outlook == PlanOutlook(failures=17, after=13, goes=4, appears=(), unseen=0)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert (
        "Now 17 failures, 13 after the steps of remediation.ps1 that need no answer: 4 go, 0 appear"
    ) in page
    # The command says the same, of this plan as of one that it makes by itself.
    for given in ((path,), (path, str(tmp_path / "plan.json"))):
        assert told in " ".join(casaudit("whatif", *given).stderr.split())


def test_a_report_without_a_plan_says_nothing_of_one(tmp_path: Path) -> None:
    path = str(SAMPLES / "article-a" / "snapshot.json")
    assert casaudit("report", path, "--format", "html", "-o", str(tmp_path)).returncode == 1
    assert "After this plan" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_what_appears_is_named_in_the_page_and_in_the_plan() -> None:
    snapshot, asked = planned_array()
    tried = assess(snapshot, judge(), asked, "", wanted=Extras(outlook=True))
    assert tried.outlook is not None
    (appears,) = tried.outlook.appears
    assert appears.rule.id == "CAS-CERT-014"
    document = plan_of(tried).document(tried)
    assert document.outlook is not None
    assert [f.fingerprint for f in document.outlook.appears] == [appears.fingerprint]
    page = html_files(tried)["report.html"].decode()
    section = page[page.index('<h2 id="plan">') :].partition("</section>")[0]
    assert "1 appears" in section
    assert f"CAS-CERT-014 <bdi>{appears.subject.name}</bdi>" in section


def test_values_are_set_in_their_order_and_one_that_cannot_be_costs_itself_alone() -> None:
    texts = [
        f"MB-HO-01:rpc_client_access_server={ARRAY}",
        "MB-HO-02:rpc_client_access_server=nobody.example",
        "MB-HO-03:rpc_client_access_server=new.example",
        "cas-headoffice:array-fqdn=new.example",
        "MB-HO-03:rpc_client_access_server=new.example",
    ]
    trial = try_values(article(), texts, judged(article()).repairs.cells)
    refused = "no array and no server of the name %s was seen"
    assert trial.left == (
        f"{texts[1]}: {refused % 'nobody.example'}",
        f"{texts[2]}: {refused % 'new.example'}",
    )
    assert trial.applied == 3
