"""Two judgements side by side: what became of every failure, each change with its one cause."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from casaudit.assess import Extras, assess, judge_of
from casaudit.engine.evaluate import Judge, Question, part_of
from casaudit.engine.example_exports import Patch
from casaudit.engine.example_world import patched
from casaudit.engine.settings import Settings
from casaudit.errors import SourceError, UsageError
from casaudit.findings import (
    Assessment,
    Change,
    ChangeCause,
    ChangeKind,
    Comparison,
    Verdict,
    Waiver,
)
from casaudit.history import Baseline, compare, judgement, read_findings
from casaudit.report.json import files as json_files
from casaudit.rulebook.rule import Rulebook
from casaudit.snapshot import Snapshot
from casaudit.waivers import NO_WAIVERS, Waivers
from tests.support.shipped_rules import book as whole_book
from tests.support.shipped_rules import sample

HEALTHY: Patch = {}
PINNED: Patch = {"change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}}}}
PINNED_ELSEWHERE: Patch = {"change": {"databases": {"DB-HO-01": {"endpoint": "EX2"}}}}
DB_001 = ("CAS-DB-001", "DB-HO-01")
DB_006 = ("CAS-DB-006", "HeadOffice")
"""Databases of one site that point at different names: fails beside the other."""
WITHOUT_PLAN = Extras(repairs=False)
LATER = datetime(2028, 2, 10, 6, tzinfo=UTC)
RULES = ("CAS-DB-", "CAS-CERT-002", "CAS-CERT-014", "CAS-META-001", "CAS-SERVER-003")
Told = dict[tuple[str, str], tuple[ChangeKind, ChangeCause | None]]


@cache
def book() -> Rulebook:
    """A part of the book, with the views behind it."""
    return part_of(whole_book(), {r.id for r in whole_book().rules if r.id.startswith(RULES)})


@cache
def judge(profile: str) -> Judge:
    return judge_of(book(), profile, WITHOUT_PLAN)


@cache
def _snapshot(given: str) -> Snapshot:
    return patched(sample(), json.loads(given))


def snapshot(given: Patch) -> Snapshot:
    return _snapshot(json.dumps(given))


def judged(
    given: Patch,
    question: Question,
    rules: Rulebook | None = None,
    waivers: Waivers = NO_WAIVERS,
) -> Assessment:
    asked = rules or judge(question.profile)
    return assess(snapshot(given), asked, question, waivers=waivers, wanted=WITHOUT_PLAN)


def compared(
    then: Patch,
    now: Patch,
    question: Question | None = None,
    reported: Assessment | None = None,
    waivers: Waivers = NO_WAIVERS,
) -> Comparison:
    """Compare two edits of the healthy organisation, with what was reported then if anything."""
    asked = question or Question()
    told = judgement(reported) if reported else None
    baseline = Baseline("then", told, snapshot(then))
    found = judged(now, asked, waivers=waivers)
    return compare(baseline, snapshot(now), found, book(), asked, waivers)


def without_snapshot(
    reported: Assessment, now: Patch, question: Question, waivers: Waivers = NO_WAIVERS
) -> Comparison:
    """Compare with a findings.json alone, as it is written and read again."""
    told = read_findings(json_files(reported)["findings.json"], "then")
    baseline = Baseline("then", told, None)
    found = judged(now, question, waivers=waivers)
    return compare(baseline, snapshot(now), found, book(), question, waivers)


def changes(comparison: Comparison) -> dict[tuple[str, str], Change]:
    """Return what is not just still open, by rule and object."""
    found = {}
    for change in comparison.changes:
        finding = change.after or change.before
        assert finding is not None
        if change.kind is not ChangeKind.STILL_OPEN:
            found[finding.rule.id, finding.subject.name] = change
    return found


def told(comparison: Comparison) -> Told:
    return {key: (each.kind, each.cause) for key, each in changes(comparison).items()}


def test_nothing_changed_is_still_open_without_a_cause() -> None:
    found = compared(PINNED, PINNED)
    assert told(found) == {}
    still = [change for change in found.changes if change.kind is ChangeKind.STILL_OPEN]
    assert {change.cause for change in still} == {None}
    assert DB_001 in {(c.after.rule.id, c.after.subject.name) for c in still if c.after}


def test_an_edit_is_new_by_configuration_and_says_what_was_changed() -> None:
    found = compared(HEALTHY, PINNED)
    new = (ChangeKind.NEW, ChangeCause.CONFIGURATION)
    assert told(found) == {DB_001: new, DB_006: new}
    assert changes(found)[DB_001].detail.startswith(
        'rpc_client_access_server was "outlook-ho.corp.example", is "EX1.corp.example"'
    )


def test_a_repair_is_fixed_by_configuration() -> None:
    fixed = (ChangeKind.FIXED, ChangeCause.CONFIGURATION)
    assert told(compared(PINNED, HEALTHY)) == {DB_001: fixed, DB_006: fixed}


def test_another_wrong_value_is_a_change_by_configuration() -> None:
    found = compared(PINNED, PINNED_ELSEWHERE)
    other = (ChangeKind.CHANGED, ChangeCause.CONFIGURATION)
    assert told(found) == {DB_001: other, DB_006: other}
    assert 'was "EX1.corp.example", is "EX2.corp.example"' in changes(found)[DB_001].detail


def test_a_certificate_that_crossed_a_threshold_is_time() -> None:
    found = compared(HEALTHY, HEALTHY, Question(as_of=LATER))
    expiring = {key: each for key, each in told(found).items() if key[0] == "CAS-CERT-002"}
    names = ("mail-br.corp.example (80F058AE)", "mail.corp.example (5FBF56EC)")
    new = (ChangeKind.NEW, ChangeCause.TIME)
    assert expiring == {("CAS-CERT-002", name): new for name in names}
    assert {each.cause for each in changes(found).values()} == {ChangeCause.TIME}
    detail = changes(found)["CAS-CERT-002", names[0]].detail
    assert detail.startswith("only time went by: days_left was ")


def test_a_worse_severity_by_time_is_a_change_by_time() -> None:
    soon = datetime(2028, 1, 15, tzinfo=UTC)
    reported = judged(HEALTHY, Question(as_of=soon))
    found = compared(HEALTHY, HEALTHY, Question(as_of=LATER), reported)
    change = changes(found)["CAS-CERT-002", "mail.corp.example (5FBF56EC)"]
    assert (change.kind, change.cause) == (ChangeKind.CHANGED, ChangeCause.TIME)
    assert change.detail.startswith("severity was medium, is high")


def test_days_that_pass_are_no_change() -> None:
    soon = datetime(2028, 1, 15, tzinfo=UTC)
    reported = judged(HEALTHY, Question(as_of=soon))
    found = compared(HEALTHY, HEALTHY, Question(as_of=soon + timedelta(days=2)), reported)
    assert "CAS-CERT-002" not in {rule for rule, _ in told(found)}


def test_what_could_not_be_judged_before_is_new_by_coverage() -> None:
    blind: Patch = {**PINNED, "sections": {"arrays": "partial"}}
    found = compared(blind, PINNED)
    assert told(found)[DB_001] == (ChangeKind.NEW, ChangeCause.COVERAGE)
    assert "could not be judged before: section arrays is partial" in changes(found)[DB_001].detail


def test_what_cannot_be_judged_any_more_is_not_fixed() -> None:
    blind: Patch = {**PINNED, "sections": {"arrays": "partial"}}
    found = compared(PINNED, blind)
    assert told(found)[DB_001] == (ChangeKind.UNSEEN, ChangeCause.COVERAGE)
    assert "section arrays is partial" in changes(found)[DB_001].detail


def test_an_object_that_is_gone_is_fixed_only_when_all_of_its_kind_were_seen() -> None:
    gone: Patch = {"remove": {"databases": ["DB-HO-01"]}}
    found = compared(PINNED, gone)
    assert told(found)[DB_001] == (ChangeKind.FIXED, ChangeCause.CONFIGURATION)
    assert changes(found)[DB_001].detail == "the object is not there any more"
    hidden = compared(PINNED, {**gone, "sections": {"databases": "partial"}})
    assert told(hidden)[DB_001] == (ChangeKind.UNSEEN, ChangeCause.COVERAGE)


def test_an_object_that_was_not_seen_before_is_new_by_coverage() -> None:
    gone: Patch = {"remove": {"databases": ["DB-HO-01"]}}
    found = compared({**gone, "sections": {"databases": "partial"}}, PINNED)
    assert told(found)[DB_001] == (ChangeKind.NEW, ChangeCause.COVERAGE)
    made = compared(gone, PINNED)
    assert told(made)[DB_001] == (ChangeKind.NEW, ChangeCause.CONFIGURATION)
    assert changes(made)[DB_001].detail == "the object was not there"


def test_a_section_that_was_not_seen_in_full_is_coverage() -> None:
    found = compared(HEALTHY, {"sections": {"arrays": "partial"}})
    assert told(found)["CAS-META-001", "arrays"] == (ChangeKind.NEW, ChangeCause.COVERAGE)


def test_an_object_that_the_rule_leaves_out_now_is_fixed_with_the_reason() -> None:
    recovery: Patch = {"change": {"databases": {"DB-HO-01": {"endpoint": "EX1", "recovery": True}}}}
    found = compared(PINNED, recovery)
    assert told(found)[DB_001] == (ChangeKind.FIXED, ChangeCause.CONFIGURATION)
    assert "the rule does not apply any more: recovery database" in changes(found)[DB_001].detail


def other_book(**changed: Any) -> Rulebook:
    """The book as it was: other rules, another digest."""
    return replace(book(), sha256="1" * 64, **changed)


def test_a_new_rule_is_rule() -> None:
    rules = tuple(rule for rule in book().rules if rule.id != "CAS-DB-001")
    reported = judged(PINNED, Question(), other_book(rules=rules))
    for found in (
        compared(PINNED, PINNED, None, reported),
        without_snapshot(reported, PINNED, Question()),
    ):
        assert told(found) == {DB_001: (ChangeKind.NEW, ChangeCause.RULE)}
        assert changes(found)[DB_001].detail == "the rule is new"


def with_rule(**changed: Any) -> Rulebook:
    rules = [
        rule.model_copy(update=changed) if rule.id == "CAS-DB-001" else rule
        for rule in book().rules
    ]
    return other_book(rules=tuple(rules))


def test_a_revised_rule_is_rule_and_no_repair() -> None:
    always = with_rule(must="0", revision=99)
    reported = judged(HEALTHY, Question(), always)
    found = compared(HEALTHY, HEALTHY, None, reported)
    assert told(found)[DB_001] == (ChangeKind.FIXED, ChangeCause.RULE)
    assert changes(found)[DB_001].detail == (
        "the rule had revision 99, it has 3 now; nothing was repaired"
    )
    alone = without_snapshot(reported, HEALTHY, Question())
    assert told(alone)[DB_001] == (ChangeKind.FIXED, ChangeCause.RULE)


def test_views_or_data_that_changed_are_rule_too() -> None:
    reported = judged(PINNED, Question(), with_rule(must="1"))
    found = compared(PINNED, PINNED, None, reported)
    assert told(found) == {DB_001: (ChangeKind.NEW, ChangeCause.RULE)}
    assert "the views or the reference data" in changes(found)[DB_001].detail


def test_a_rule_that_is_gone_repairs_nothing() -> None:
    one = with_rule(id="CAS-DB-999", must="0").rules
    more = tuple(rule for rule in one if rule.id == "CAS-DB-999")
    reported = judged(HEALTHY, Question(), other_book(rules=(*book().rules, *more)))
    found = compared(HEALTHY, HEALTHY, None, reported)
    assert {(key[0], each) for key, each in told(found).items()} == {
        ("CAS-DB-999", (ChangeKind.UNSEEN, ChangeCause.RULE))
    }


def test_a_rule_and_an_edit_at_once_give_the_cause_that_came_last() -> None:
    reported = judged(HEALTHY, Question(), with_rule(must="0", revision=99))
    found = compared(HEALTHY, PINNED, None, reported)
    assert told(found)[DB_001] == (ChangeKind.CHANGED, ChangeCause.CONFIGURATION)
    stricter = judged(HEALTHY, Question(), with_rule(must="1", revision=99))
    changed = compared(HEALTHY, PINNED, None, stricter)
    assert told(changed)[DB_001] == (ChangeKind.NEW, ChangeCause.CONFIGURATION)


def test_other_settings_are_configuration() -> None:
    deliberate = Settings.model_validate(
        {"schema": "casaudit/settings/1", "certificates": {"array_name_on_certificate": "ignore"}}
    )
    bare: Patch = {
        "change": {"certificates": {"mail.corp.example": {"dns_names": ["mail.corp.example"]}}}
    }
    reported = judged(bare, Question(settings=deliberate))
    found = compared(bare, bare, None, reported)
    key = ("CAS-CERT-014", "outlook-ho")
    assert told(found)[key] == (ChangeKind.NEW, ChangeCause.CONFIGURATION)
    assert changes(found)[key].detail == "the settings are other ones"


def waiver(until: date, **value: Any) -> Waivers:
    accepted = value or {"rpc_client_access_server": "EX1.corp.example"}
    entry = Waiver("CAS-DB-001", "DB-HO-01", accepted, "o", "a", "r", None, until, 3)
    return Waivers("waivers.yaml", (entry,))


def test_an_accepted_failure_is_a_change_by_waiver() -> None:
    reported = judged(PINNED, Question())
    held = waiver(date(2026, 12, 31))
    for found in (
        compared(PINNED, PINNED, None, reported, held),
        without_snapshot(reported, PINNED, Question(), held),
    ):
        assert told(found) == {DB_001: (ChangeKind.CHANGED, ChangeCause.WAIVER)}
        assert changes(found)[DB_001].detail == "waived until 2026-12-31"


def test_a_waiver_that_ended_is_a_change_by_waiver() -> None:
    asked = Question(as_of=datetime(2026, 11, 21, tzinfo=UTC))
    found = compared(PINNED, PINNED, asked, waivers=waiver(date(2026, 11, 20)))
    assert told(found) == {DB_001: (ChangeKind.CHANGED, ChangeCause.WAIVER)}
    assert changes(found)[DB_001].detail == "no longer waived"


def test_a_waiver_that_is_void_is_a_change_by_configuration() -> None:
    found = compared(PINNED, PINNED_ELSEWHERE, waivers=waiver(date(2026, 12, 31)))
    assert told(found)[DB_001] == (ChangeKind.CHANGED, ChangeCause.CONFIGURATION)
    assert changes(found)[DB_001].detail == (
        'no longer waived, since rpc_client_access_server was "EX1.corp.example",'
        ' is "EX2.corp.example"'
    )


def test_counts_that_become_known_change_severity_by_coverage() -> None:
    found = compared(PINNED, {**PINNED, "mailboxes": {"DB-HO-02": 5}})
    change = changes(found)[DB_001]
    assert (change.kind, change.cause) == (ChangeKind.CHANGED, ChangeCause.COVERAGE)
    assert change.detail.startswith("severity was high, is medium")


def test_a_count_that_rises_is_still_open_and_told() -> None:
    few: Patch = {**PINNED, "mailboxes": {"DB-HO-01": 5}}
    many: Patch = {**PINNED, "mailboxes": {"DB-HO-01": 7}}
    found = compared(few, many)
    assert DB_001 not in told(found)
    still = [c for c in found.changes if c.after and c.after.rule.id == "CAS-DB-001"]
    assert [change.detail for change in still] == ["mailbox_count was 5, is 7"]


def test_a_report_alone_tells_time_and_configuration_apart() -> None:
    reported = judged(HEALTHY, Question())
    found = without_snapshot(reported, PINNED, Question(as_of=LATER))
    assert told(found)[DB_001] == (ChangeKind.NEW, ChangeCause.CONFIGURATION)
    expiring = {cause for (rule, _), (_, cause) in told(found).items() if rule == "CAS-CERT-002"}
    assert expiring == {ChangeCause.TIME}


@pytest.mark.parametrize("reported", [False, True], ids=["snapshot", "findings.json"])
def test_another_organisation_is_refused(reported: bool) -> None:
    other = patched(sample("article-a"), {})
    then = judgement(assess(other, book(), Question(), wanted=WITHOUT_PLAN)) if reported else None
    baseline = Baseline("old.json", then, None if reported else other)
    with pytest.raises(UsageError, match=r"old\.json: is of another organisation \(ESP, not Exam"):
        compare(baseline, snapshot(HEALTHY), judged(HEALTHY, Question()), book(), Question())


def test_an_organisation_of_the_same_name_is_another_one() -> None:
    named = {"change": {"organization": {"ESP": {"name": "Example Corp"}}}}
    other = Baseline("old.json", None, patched(sample("article-a"), named))
    with pytest.raises(UsageError, match="another organisation"):
        compare(other, snapshot(HEALTHY), judged(HEALTHY, Question()), book(), Question())


def test_a_report_for_another_purpose_is_refused() -> None:
    asked = Question(profile="audit")
    reported = judgement(judged(HEALTHY, asked))
    with pytest.raises(UsageError, match="was judged for profile audit, not for profile health"):
        compare(
            Baseline("old", reported, None), snapshot(HEALTHY), judged(HEALTHY, Question()),
            book(), Question(),
        )  # fmt: skip


EDITS: dict[str, Patch] = {
    "healthy": HEALTHY,
    "pinned": PINNED,
    "no arrays": {"remove": {"arrays": ["outlook-ho"]}},
    "arrays in part": {"sections": {"arrays": "partial", "dns_internal": "failed"}},
    "no name": {"dns": {"internal": {"outlook-ho.corp.example": "nxdomain"}}},
    "no endpoint": {"tls": {"ex1.corp.example": "timeout"}},
}


@pytest.mark.parametrize(
    ("then", "now"),
    [*pairwise([*EDITS, "healthy"]), ("no arrays", "pinned"), ("pinned", "no arrays")],
)
def test_every_failure_is_told_once_and_every_change_has_one_cause(then: str, now: str) -> None:
    before, after = judged(EDITS[then], Question()), judged(EDITS[now], Question())
    found = compared(EDITS[then], EDITS[now]).changes
    keys = [(c.after or c.before).fingerprint for c in found]  # type: ignore[union-attr]
    failed = {f.fingerprint for f in (*before.failures, *after.failures)}
    assert Counter(keys) == Counter(failed)
    for change in found:
        assert (change.cause is None) == (change.kind is ChangeKind.STILL_OPEN)
        assert (
            change.kind is not ChangeKind.FIXED
            or change.after is None
            or (change.after.verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE))
        )


def test_a_findings_document_is_read_back_as_it_was_judged() -> None:
    reported = judged(PINNED, Question(), waivers=waiver(date(2026, 12, 31)))
    found = read_findings(json_files(reported)["findings.json"], "then")
    assert [(f.rule.id, f.subject, f.verdict, f.severity) for f in found.findings] == [
        (f.rule.id, f.subject, f.verdict, f.severity) for f in reported.findings
    ]
    assert [dict(f.evidence) for f in found.findings] == [
        dict(f.evidence) for f in reported.findings
    ]
    assert [f.waiver is not None for f in found.findings] == [
        f.waiver is not None for f in reported.findings
    ]
    assert found.rules.keys() == {rule.id for rule in reported.rules}
    assert (found.as_of, found.coverage[0].status) == (
        reported.as_of,
        sorted(reported.coverage, key=lambda s: s.name)[0].status,
    )


BROKEN = {
    "nothing": (b"", "not JSON: Expecting value"),
    "half an object": (b"{", "not JSON: Expecting property name"),
    "a list": (b"[]", "not a findings document: document: "),
    "a newer version": (
        b'{"schema": "casaudit/findings/2"}',
        "written in format casaudit/findings/2, this casaudit reads casaudit/findings/1",
    ),
    "another document": (b'{"schema": "casaudit/plan/1"}', "not a findings document: schema: "),
    "no more than its name": (
        b'{"schema": "casaudit/findings/1"}',
        "not a findings document: organization: is missing",
    ),
    "nested without end": (b'{"schema":' + b"[" * 200_000, "not JSON that can be read: nested"),
    "a number of 5,000 digits": (b'{"schema": ' + b"1" * 5_000 + b"}", "not JSON: "),
    "another encoding": ("{}".encode("utf-16")[:-1], "not JSON: "),
}
HOSTILE: dict[str, tuple[tuple[str | int, ...], str]] = {
    "more than a number holds": (("evidence", "x"), "1e400"),
    "no number": (("evidence", "x"), "NaN"),
    "an object as a value": (("evidence", "x"), "{}"),
    "a time without a form": (("waiver",), '{"until": "2026-1-1"}'),
    "another verdict": (("verdict",), '"fine"'),
    "a truth as a number": (("revision",), "true"),
    "a number that no counter has": (("revision",), "1" * 400),
    "an id of another kind": (("subject", "id"), "[]"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_findings_document_is_refused(name: str) -> None:
    data, said = BROKEN[name]
    with pytest.raises(SourceError) as caught:
        read_findings(data, "old")
    assert str(caught.value).startswith(f"old: {said}")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_verdict_of_another_shape_is_refused_with_its_place(name: str) -> None:
    path, value = HOSTILE[name]
    document = json.loads(json_files(judged(PINNED, Question()))["findings.json"])
    part = document["results"][1]
    for key in path[:-1]:
        part = part[key]
    part[path[-1]] = "HERE"
    raw = json.dumps(document).replace('"HERE"', value).encode()
    with pytest.raises(SourceError, match=rf"^old: not a findings document: results\.1\.{path[0]}"):
        read_findings(raw, "old")


def test_what_a_newer_minor_version_adds_is_passed_over() -> None:
    reported = judged(PINNED, Question())
    document = json.loads(json_files(reported)["findings.json"])
    document["later"] = document["results"][0]["later"] = {"more": [1]}
    document["coverage"].append(
        {"section": "later", "status": "complete", "asked": 1, "answered": 1}
    )
    assert read_findings(json.dumps(document).encode(), "old") == read_findings(
        json_files(reported)["findings.json"], "old"
    )
