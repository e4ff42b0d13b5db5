"""Waivers: strict to the line, bound to the value that was seen, and never a changed verdict."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casaudit.assess import assess
from casaudit.cli.waive import judged_twice
from casaudit.engine.evaluate import Question
from casaudit.engine.example_exports import Patch
from casaudit.engine.example_world import patched
from casaudit.errors import RuleError, UsageError
from casaudit.findings import (
    Assessment,
    Finding,
    Severity,
    Verdict,
    Waiver,
    WaiverState,
    WaiverUse,
)
from casaudit.waivers import MAX_DAYS, Waivers, apply, is_same, read_waivers
from casaudit.waivers.accept import Acceptance, accept, check_day, with_entry
from casaudit.waivers.file import WaiverEntry
from tests.support.shipped_rules import book, judge, sample

PATH = "waivers.yaml"
EVIDENCE = {
    "CAS-DB-001": ("rpc_client_access_server", "mailbox_count"),
    "CAS-CERT-002": ("not_after", "endpoints"),
}
SERVER = "HO-EX2010-MB1.exchangeserverpro.net"
COLLECTED = datetime(2026, 11, 15, 6, tzinfo=UTC)
HEAD = "schema: casaudit/waivers/1\nwaivers:\n"
ENTRY = """\
  - rule: CAS-DB-001
    object: MB-HO-01
    value: {rpc_client_access_server: ex3.corp.example}
    owner: messaging team
    approver: J. Doe
    reason: pinned for the load test
    ticket: CHG-1234
    until: 2026-12-31
"""


def without(key: str) -> str:
    return HEAD + "".join(
        line for line in ENTRY.splitlines(keepends=True) if f" {key}:" not in line
    )


def changed(old: str, new: str) -> str:
    assert old in ENTRY
    return HEAD + ENTRY.replace(old, new)


REFUSED = {
    "an unknown key": (
        changed("ticket:", "tickets:"),
        9,
        "unknown key 'tickets': did you mean 'ticket'?",
    ),
    "a misspelt key": (changed("owner:", "ower:"), 6, "unknown key 'ower': did you mean 'owner'?"),
    "a duplicate key": (changed("ticket:", "owner:"), 9, "duplicate key"),
    "no schema": ("waivers: []\n", None, "schema: is missing"),
    "another schema": ("schema: casaudit/waivers/2\nwaivers: []\n", 1, "casaudit/waivers/1"),
    "a key beside the list": (HEAD + ENTRY + "waiver: []\n", 11, "unknown key 'waiver': did"),
    "no owner": (without("owner"), 3, "waivers.0.owner: is missing"),
    "no approver": (without("approver"), 3, "waivers.0.approver: is missing"),
    "no reason": (without("reason"), 3, "waivers.0.reason: is missing"),
    "no end": (without("until"), 3, "waivers.0.until: is missing"),
    "no value": (without("value"), 3, "waivers.0.value: is missing"),
    "no object": (without("object"), 3, "name one object, by 'object' or"),
    "an object and an id": (changed("object:", "id: x\n    object:"), 3, "name one object"),
    "an empty owner": (
        changed("messaging team", "' '"),
        6,
        "owner: must not be empty",
    ),
    "an empty approver": (changed("J. Doe", "''"), 7, "approver: must not be empty"),
    "an empty reason": (
        changed("pinned for the load test", "''"),
        8,
        "reason: must not be empty",
    ),
    "an empty value": (changed("{rpc_client_access_server: ex3.corp.example}", "{}"), 5, "value"),
    "a value within a value": (changed("ex3.corp.example", "{a: b}"), 5, "a list of texts belongs"),
    "a list of numbers": (changed("ex3.corp.example", "[1, 2]"), 5, "a list of texts belongs"),
    "a ticket that is a number": (
        changed("CHG-1234", "0042"),
        9,
        "ticket: must be text",
    ),
    "a day that no month has": (
        changed("2026-12-31", "2026-02-30"),
        10,
        "'2026-02-30' is not a day",
    ),
    "a day in words": (changed("2026-12-31", "end of the year"), 10, "'end of the year' is not a"),
    "a time instead of a day": (changed("2026-12-31", "2026-12-31T10:00"), 10, "is not a day such"),
    "a number instead of a day": (changed("2026-12-31", "20261231"), 10, "20261231 is not a day"),
    "an unknown rule": (changed("CAS-DB-001", "CAS-DB-999"), 3, "there is no rule 'CAS-DB-999'"),
    "a column that is no evidence": (
        changed("{rpc_client_access_server:", "{\n      endpoint:"),
        6,
        "'endpoint' is not among the evidence of CAS-DB-001",
    ),
    "one object twice": (
        HEAD + ENTRY + ENTRY,
        11,
        "line 3 waives the same object of CAS-DB-001 already",
    ),
    "a list of nothing": ("schema: casaudit/waivers/1\nwaivers:\n", 2, "waivers: must be a list"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused_with_file_and_line(what: str) -> None:
    text, line, problem = REFUSED[what]
    with pytest.raises(RuleError) as caught:
        read_waivers(text, PATH, EVIDENCE)
    assert caught.value.subject == (f"{PATH}:{line}" if line else PATH)
    assert problem in caught.value.problem


def test_an_entry_is_read_as_it_is_written() -> None:
    text = HEAD + ENTRY + ENTRY.replace("object: MB-HO-01", "id: MB-HO-01")
    by_name, by_id = read_waivers(text, PATH, EVIDENCE).entries
    assert by_name == Waiver(
        rule="CAS-DB-001",
        object="MB-HO-01",
        value={"rpc_client_access_server": "ex3.corp.example"},
        owner="messaging team",
        approver="J. Doe",
        reason="pinned for the load test",
        ticket="CHG-1234",
        until=date(2026, 12, 31),
        line=3,
    )
    assert by_id == replace(by_name, by_id=True, line=11)


@pytest.mark.parametrize(
    ("value", "other", "same"),
    [
        ("a", "a", True),
        ("a", "A", False),
        (3, 3.0, True),
        (1, True, False),
        (0, False, False),
        (0, None, False),
        ("1", 1, False),
        (["a", "b"], ["b", "a"], True),
        (["a"], ["a", "a"], False),
        (["a"], "a", False),
        ([], None, False),
        (None, None, True),
    ],
)
def test_a_value_is_the_accepted_one_when_kind_and_content_are(
    value: Any, other: Any, same: bool
) -> None:
    assert is_same(value, other) is same
    assert is_same(other, value) is same


def waiver(
    until: date = date(2026, 12, 31), name: str = "MB-HO-01", rule: str = "CAS-DB-001", **more: Any
) -> Waiver:
    value = more.pop("value", {"rpc_client_access_server": SERVER})
    terms: dict[str, Any] = {"owner": "o", "approver": "a", "reason": "r", "ticket": None}
    return Waiver(rule=rule, object=name, value=value, until=until, line=3, **terms | more)


@cache
def judged() -> Assessment:
    """Article A as it is, without waivers."""
    return assess(patched(sample("article-a"), {}), judge(), Question(), "sample")


def waived(*entries: Waiver, given: Patch | None = None) -> Assessment:
    snapshot = patched(sample("article-a"), given or {})
    return assess(snapshot, judge(), Question(), "sample", waivers=Waivers(PATH, entries))


def use_of(entry: Waiver, as_of: datetime = COLLECTED) -> WaiverUse:
    findings = judged().findings
    _, (use,) = apply(findings, Waivers(PATH, (entry,)), as_of, {f.rule.id for f in findings})
    return use


def marked(assessment: Assessment) -> set[tuple[str, str]]:
    return {(f.rule.id, f.subject.name) for f in assessment.findings if f.waiver}


@pytest.mark.parametrize(
    ("as_of", "state", "days_left"),
    [
        ("2026-11-15T06:00:00Z", WaiverState.HOLDS, 46),
        ("2026-12-31T00:00:00Z", WaiverState.HOLDS, 0),
        ("2026-12-31T23:59:59Z", WaiverState.HOLDS, 0),
        ("2027-01-01T00:00:00Z", WaiverState.ENDED, -1),
        ("2027-01-01T00:30:00+01:00", WaiverState.HOLDS, 0),
        ("2026-12-31T23:30:00-01:00", WaiverState.ENDED, -1),
    ],
)
def test_it_holds_to_the_last_second_of_its_last_day_in_utc(
    as_of: str, state: WaiverState, days_left: int
) -> None:
    use = use_of(waiver(), datetime.fromisoformat(as_of))
    assert (use.state, use.days_left) == (state, days_left)


STATES = {
    "the accepted value is there": (waiver(), WaiverState.HOLDS, "to the end of 2026-12-31, UTC"),
    "another value is there": (
        waiver(value={"rpc_client_access_server": "ex3.corp.example"}),
        WaiverState.VOID,
        f'rpc_client_access_server is "{SERVER}", accepted was "ex3.corp.example"',
    ),
    "one of two values is another": (
        waiver(value={"rpc_client_access_server": SERVER, "mailbox_count": 0}),
        WaiverState.VOID,
        "mailbox_count is null, accepted was 0",
    ),
    "the value in other letters": (
        waiver(value={"rpc_client_access_server": SERVER.lower()}),
        WaiverState.VOID,
        "rpc_client_access_server is",
    ),
    "it is over and open again": (
        waiver(date(2026, 11, 14)),
        WaiverState.ENDED,
        "it ended with 2026-11-14, and the failure is open again",
    ),
    "it is over, nothing fails": (
        waiver(date(2026, 11, 14), "RDB-HO-01"),
        WaiverState.ENDED,
        "it ended with 2026-11-14",
    ),
    "the rule does not apply": (
        waiver(name="RDB-HO-01"),
        WaiverState.UNUSED,
        "the rule does not apply: recovery database",
    ),
    "the object passes": (
        waiver(name="MB-HO-01", rule="CAS-DB-003", value={"endpoint_kind": "unknown"}),
        WaiverState.UNUSED,
        "the object passes",
    ),
    "no such object": (
        waiver(name="MB-HO-1"),
        WaiverState.UNUSED,
        "CAS-DB-001 judges nothing of that name",
    ),
    "a name in other letters": (waiver(name="mb-ho-01"), WaiverState.UNUSED, "of that name"),
    "no such id": (waiver(by_id=True), WaiverState.UNUSED, "CAS-DB-001 judges nothing of that id"),
    "it was not judged": (
        waiver(rule="CAS-MIGRATE-001", name="ESP"),
        WaiverState.UNSEEN,
        "this profile does not judge CAS-MIGRATE-001",
    ),
}


@pytest.mark.parametrize("what", STATES)
def test_every_entry_says_what_became_of_it(what: str) -> None:
    entry, state, because = STATES[what]
    use = use_of(entry)
    assert use.state is state
    assert because in use.because


def test_an_object_that_could_not_be_judged_makes_no_waiver_unused() -> None:
    found = waived(waiver(), waiver(name="MB-XX"), given={"sections": {"arrays": "partial"}})
    assert [use.state for use in found.waivers] == [WaiverState.UNSEEN, WaiverState.UNUSED]
    assert "section arrays is partial" in found.waivers[0].because
    gone = waived(waiver(name="MB-XX"), given={"sections": {"databases": "partial"}})
    assert gone.waivers[0].state is WaiverState.UNSEEN
    assert "section databases is partial" in gone.waivers[0].because


def test_a_waiver_by_id_holds_as_one_by_name_does() -> None:
    finding = next(f for f in judged().failures if f.subject.name == "MB-HO-01")
    by_id = waiver(name=finding.subject.id, by_id=True)
    assert marked(waived(by_id)) == {("CAS-DB-001", "MB-HO-01")}
    with pytest.raises(RuleError, match="line 3 waives the same object of CAS-DB-001 already"):
        waived(by_id, waiver())


def test_a_shared_name_is_refused_with_the_ids_to_choose_from() -> None:
    shared = {"change": {"databases": {"MB-HO-02": {"name": "MB-HO-01"}}}}
    ids = [f.subject.id for f in judged().findings if f.rule.id == "CAS-DB-001"]
    with pytest.raises(RuleError) as caught:
        waived(waiver(), given=shared)
    assert caught.value.subject == f"{PATH}:3"
    assert "CAS-DB-001 judges 2 objects of the name 'MB-HO-01'" in caught.value.problem
    named = [each for each in ids if f"{each} (HeadOffice)" in caught.value.hint]
    assert len(named) == 2
    one = waived(waiver(name=named[0], by_id=True), given=shared)
    assert [f.subject.id for f in one.findings if f.waiver] == [named[0]]


def test_a_waived_failure_stays_and_both_totals_are_told() -> None:
    found = waived(waiver(), waiver(name="MB-HO-03"))
    assert marked(found) == {("CAS-DB-001", "MB-HO-01"), ("CAS-DB-001", "MB-HO-03")}
    assert {f.subject.name for f in found.open_failures if f.rule.id == "CAS-DB-001"} == {
        "MB-HO-02"
    }
    before = judged().summary()
    own = {**before["organization"], "waived": 2}
    assert found.summary() == {**before, "waived": 2, "organization": own}


def test_the_accepted_value_changes_and_the_failure_is_open_again() -> None:
    moved = {"change": {"databases": {"MB-HO-01": {"endpoint": "HO-EX2010-MB2"}}}}
    assert marked(waived(waiver())) == {("CAS-DB-001", "MB-HO-01")}
    found = waived(waiver(), given=moved)
    assert marked(found) == set()
    assert found.waivers[0].state is WaiverState.VOID
    assert "MB-HO-01" in {f.subject.name for f in found.open_failures}


def test_no_card_repairs_what_is_waived() -> None:
    found = waived(waiver())
    cause = next(cause for cause in found.causes if cause.rule.id == "CAS-DB-001")
    assert [f.subject.name for f in cause.findings] == ["MB-HO-01", "MB-HO-02", "MB-HO-03"]
    assert [f.subject.name for f in cause.open] == ["MB-HO-02", "MB-HO-03"]
    assert "'MB-HO-02','MB-HO-03'" in (cause.remediation.fix or "")
    assert "MB-HO-01" not in (cause.remediation.fix or "")


def test_a_cause_that_is_waived_as_a_whole_comes_last_and_keeps_its_card() -> None:
    found = waived(*(waiver(name=f"MB-HO-0{n}") for n in (1, 2, 3)))
    assert [cause.rule.id for cause in found.causes if cause.is_waived] == ["CAS-DB-001"]
    assert found.causes[-1].is_waived
    assert found.causes[-1].severity is Severity.HIGH
    assert "'MB-HO-01','MB-HO-02','MB-HO-03'" in (found.causes[-1].remediation.fix or "")


def test_nothing_folds_under_a_waived_cause() -> None:
    found = judged()
    child = next(cause for cause in found.causes if cause.parent)
    parent = next(cause for cause in found.causes if cause.id == child.parent)
    entries = [
        waiver(name=f.subject.id, by_id=True, rule=f.rule.id, value=dict(f.evidence))
        for f in parent.findings
    ]
    causes = {cause.id: cause for cause in waived(*entries).causes}
    assert causes[parent.id].is_waived
    assert causes[child.id].parent is None


def test_a_term_of_more_than_a_year_is_refused_with_its_line() -> None:
    last = COLLECTED.date() + timedelta(days=MAX_DAYS)
    Waivers(PATH, (waiver(last),)).check_terms(COLLECTED)
    with pytest.raises(RuleError, match=r"waivers\.yaml:3: until: 2027-11-17 is more than 366"):
        Waivers(PATH, (waiver(last + timedelta(days=1)),)).check_terms(COLLECTED)


def _entries(findings: Iterable[Finding]) -> st.SearchStrategy[list[Waiver]]:
    """Entries about real and invented objects, with accepted and other values, over and not."""
    picked = st.sampled_from(sorted(findings, key=lambda f: f.fingerprint))
    days = st.dates(date(2026, 11, 1), date(2027, 1, 31))
    return st.lists(
        st.builds(
            lambda f, value, until, name: waiver(
                until, name or f.subject.id, f.rule.id, by_id=True, value=value or {**f.evidence}
            ),
            picked,
            st.one_of(st.none(), st.just({"name": "other"})),
            days,
            st.sampled_from(["", "", "", "nothing"]),
        ),
        max_size=30,
        unique_by=lambda each: (each.rule, each.object),
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_waivers_change_a_verdict_and_failures_are_open_or_waived(data: st.DataObject) -> None:
    before = judged().findings
    entries = tuple(data.draw(_entries(before)))
    rules = {f.rule.id for f in before}
    after, uses = apply(before, Waivers(PATH, entries), COLLECTED, rules)
    assert [replace(f, waiver=None) for f in after] == list(before)
    assert all(f.verdict is Verdict.FAIL for f in after if f.waiver)
    holding = [use.fingerprint for use in uses if use.state is WaiverState.HOLDS]
    assert sorted(f.fingerprint for f in after if f.waiver) == sorted(map(str, holding))
    found = replace(judged(), findings=after)
    assert len(found.failures) == len(found.open_failures) + found.summary()["waived"]
    assert [use.waiver for use in uses] == list(entries)


TERMS: dict[str, str | date | None] = {
    "owner": "messaging team",
    "approver": "J. Doe",
    "reason": "pinned: # for now",
    "ticket": "0042",
    "until": date(2026, 12, 31),
}


def accepted(
    rule_id: str, wanted: str, given: Patch | None = None, name: str = "article-a"
) -> Acceptance:
    rule = book().rule(rule_id)
    assert rule is not None
    snapshot = patched(sample(name), given or {})
    return accept(rule_id, wanted, *judged_twice(rule, snapshot, book(), Question()), TERMS)


def entry_of(waiver: Waiver) -> WaiverEntry:
    """The entry from which a waiver is read."""
    key = "id" if waiver.by_id else "object"
    keys = {each: getattr(waiver, each) for each in ("rule", "value", *TERMS)}
    return WaiverEntry.model_validate({key: waiver.object, **keys})


def read_back(text: str) -> tuple[Waiver, ...]:
    return read_waivers(text, PATH, {rule.id: rule.evidence for rule in book().rules}).entries


def test_an_accepted_failure_is_waived_by_its_own_entry() -> None:
    for finding in judged().failures:
        entry = accepted(finding.rule.id, finding.subject.id).entry
        (again,) = read_back(with_entry(entry))
        assert again == entry.waiver(again.line)
        assert use_of(again).state is WaiverState.HOLDS


def test_numbers_that_change_by_themselves_are_left_out() -> None:
    term = {"not_before": "2026-11-01T00:00:00Z", "not_after": "2026-11-20T23:59:59Z"}
    short = {"change": {"certificates": {"mail.corp.example": term}}}
    found = accepted("CAS-CERT-002", "mail.corp.example (5FBF56EC)", short, "healthy")
    assert found.left_out == ("days_left",)
    assert found.entry.value["not_after"] == "2026-11-20T23:59:59Z"


def test_an_export_that_comes_later_does_not_void_a_waiver() -> None:
    found = accepted("CAS-DB-001", "MB-HO-01")
    assert "mailbox_count" in found.unknown
    (again,) = read_back(with_entry(found.entry))
    assert None not in again.value.values()
    counted: Patch = {"mailboxes": {"MB-HO-01": 12}}
    uses = waived(again, given=counted).waivers
    assert [use.state for use in uses] == [WaiverState.HOLDS]


@pytest.mark.parametrize(
    ("rule", "name", "problem", "hint"),
    [
        ("CAS-DB-001", "RDB-HO-01", "does not fail CAS-DB-001: not applicable", "recovery"),
        ("CAS-DB-003", "MB-HO-01", "does not fail CAS-DB-003: pass", ""),
        ("CAS-DB-001", "MB-XX", "CAS-DB-001 does not judge it", "it judges MB-BR-01, MB-HO-01"),
    ],
)
def test_only_a_failure_can_be_accepted(rule: str, name: str, problem: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        accepted(rule, name)
    assert caught.value.problem == problem
    assert hint in caught.value.hint


def test_a_shared_name_is_accepted_by_id_only() -> None:
    shared = {"change": {"databases": {"MB-HO-02": {"name": "MB-HO-01"}}}}
    with pytest.raises(UsageError, match="CAS-DB-001 judges 2 objects of that name") as caught:
        accepted("CAS-DB-001", "MB-HO-01", shared)
    one = caught.value.hint.split()[5]
    entry = accepted("CAS-DB-001", one, shared).entry
    assert (entry.object, entry.id) == (None, one)
    assert f"id: {one}" in with_entry(entry)


@pytest.mark.parametrize("until", [date(2026, 11, 14), date(2027, 11, 17)])
def test_a_day_that_is_over_or_too_far_is_refused(until: date) -> None:
    with pytest.raises(UsageError, match="is not between 2026-11-15 and 2027-11-16"):
        check_day(until, COLLECTED, COLLECTED)


def test_terms_without_a_word_are_refused_by_the_name_of_their_option() -> None:
    finding = judged().failures[0]
    terms = {**TERMS, "reason": " "}
    with pytest.raises(UsageError, match="--reason: must not be empty"):
        accept(finding.rule.id, finding.subject.id, [finding], [finding], terms)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_an_entry_is_added_and_what_the_file_has_is_kept(end: str) -> None:
    text = f"# ours\n{HEAD}# first\n{ENTRY}    # look again in spring\n\n# the end\n"
    added = with_entry(entry_of(waiver(name="MB-HO-02")), text.replace("\n", end))
    assert added.startswith(text.replace("\n", end))
    assert added.count("\n") == added.count(end)
    assert [entry.object for entry in read_back(added)] == ["MB-HO-01", "MB-HO-02"]


@pytest.mark.parametrize("indent", ["", "  ", "    "])
def test_the_indentation_of_the_file_is_kept(indent: str) -> None:
    lines = [f"{indent}{line[2:]}" for line in ENTRY.splitlines(keepends=True)]
    text = HEAD + "".join(lines)
    added = with_entry(entry_of(waiver(name="MB-HO-02")), text)
    assert added.startswith(text)
    assert f"\n{indent}- rule: CAS-DB-001\n{indent}  object: MB-HO-02\n" in added


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text(),
    st.lists(st.text(), max_size=3),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(VALUES, st.text(min_size=1))
def test_any_evidence_comes_back_as_it_was_written(value: Any, name: str) -> None:
    entry = waiver(name=name, value={"rpc_client_access_server": value})
    (again,) = read_waivers(with_entry(entry_of(entry)), PATH, EVIDENCE).entries
    assert is_same(again.value["rpc_client_access_server"], value)
    assert again.object == name
