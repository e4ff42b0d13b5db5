"""The forecast: what the coming runs find by the passage of time alone, to the day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest

from casaudit.assess import VERDICTS, assess, judge_of
from casaudit.engine.evaluate import Judge, Question, part_of
from casaudit.engine.example_exports import Patch
from casaudit.engine.example_world import patched
from casaudit.findings import Forecast, Severity, Verdict, Waiver
from casaudit.history.forecast import forecast
from casaudit.report.changes import forecast_lines
from casaudit.rulebook.rule import Rulebook
from casaudit.waivers import NO_WAIVERS, Waivers
from tests.support.shipped_rules import book as whole_book
from tests.support.shipped_rules import sample

MAIL, BRANCH = "mail.corp.example (5FBF56EC)", "mail-br.corp.example (80F058AE)"
RULES = ("CAS-CERT-001", "CAS-CERT-002", "CAS-DB-001", "CAS-META-001")
PINNED: Patch = {"change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}}}}


@cache
def book() -> Rulebook:
    return part_of(whole_book(), RULES)


@cache
def judge() -> Judge:
    return judge_of(book(), "health", VERDICTS)


def foreseen(
    as_of: str, months: int = 3, given: Patch | None = None, waivers: Waivers | None = None
) -> Forecast:
    snapshot = patched(sample(), given or {})
    asked = Question(as_of=datetime.fromisoformat(as_of))
    held = waivers or NO_WAIVERS
    found = assess(snapshot, judge(), asked, waivers=held, wanted=VERDICTS)
    return forecast(snapshot, found, book(), asked, months, held)


def told(found: Forecast) -> list[tuple[str, str, str, Severity | None, Severity]]:
    return [
        (str(t.on), t.finding.rule.id, t.finding.subject.name, t.was, t.finding.severity)
        for t in found.turns
    ]


def test_certificates_turn_on_their_days_once_for_each_severity() -> None:
    found = foreseen("2027-11-20T06:00:00+00:00", 4)
    assert [run.isoformat() for run in found.runs] == [
        f"{day}T06:00:00+00:00" for day in ("2027-12-20", "2028-01-20", "2028-02-20", "2028-03-20")
    ]
    medium, high, critical = Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL
    assert told(found) == [
        ("2028-01-03", "CAS-CERT-002", BRANCH, None, medium),
        ("2028-01-03", "CAS-CERT-002", MAIL, None, medium),
        ("2028-02-02", "CAS-CERT-002", BRANCH, medium, high),
        ("2028-02-02", "CAS-CERT-002", MAIL, medium, high),
        ("2028-03-03", "CAS-CERT-001", BRANCH, None, critical),
        ("2028-03-03", "CAS-CERT-001", MAIL, None, critical),
    ]
    assert {turn.run.date() for turn in found.turns[:2]} == {date(2028, 1, 20)}


@pytest.mark.parametrize("as_of", ["2027-11-20T06:00:00+00:00", "2028-01-31T23:59:59+00:00"])
def test_a_finding_turns_on_its_day_and_not_on_the_day_before(as_of: str) -> None:
    snapshot = patched(sample(), {})
    hour = datetime.fromisoformat(as_of).timetz()
    for turn in foreseen(as_of).turns:
        for day, expected in ((turn.on - timedelta(days=1), False), (turn.on, True)):
            asked = Question(as_of=datetime.combine(day, hour))
            found = assess(snapshot, judge(), asked, wanted=VERDICTS).findings
            assert expected == any(
                f.fingerprint == turn.finding.fingerprint
                and f.verdict is Verdict.FAIL
                and f.severity is turn.finding.severity
                for f in found
            )


def test_what_fails_now_is_not_foretold() -> None:
    found = foreseen("2026-11-15T06:00:00+00:00", given=PINNED)
    assert told(found) == []
    assert forecast_lines(found) == ["Nothing turns red by itself up to 2027-02-15."]


def test_a_waiver_that_ends_turns_its_failure_red() -> None:
    value = {"rpc_client_access_server": "EX1.corp.example"}
    entry = Waiver("CAS-DB-001", "DB-HO-01", value, "o", "a", "r", None, date(2027, 1, 10), 3)
    found = foreseen("2026-11-15T06:00:00+00:00", 3, PINNED, waivers=Waivers("w", (entry,)))
    assert told(found) == [("2027-01-11", "CAS-DB-001", "DB-HO-01", None, Severity.HIGH)]
    assert found.turns[0].waiver_ends
    assert forecast_lines(found) == ["2027-01-11 [high] CAS-DB-001 DB-HO-01: its waiver ends"]


def test_the_age_of_the_snapshot_is_no_forecast() -> None:
    snapshot = patched(sample(), {})
    asked = Question(as_of=datetime(2027, 2, 15, tzinfo=UTC))
    later = assess(snapshot, judge(), asked, wanted=VERDICTS)
    assert "snapshot" in {f.subject.name for f in later.failures}
    assert told(foreseen("2026-11-15T06:00:00+00:00")) == []


@pytest.mark.parametrize(
    ("begun", "runs"),
    [
        ("2027-01-31T06:00:00+00:00", ["2027-02-28", "2027-03-31", "2027-04-30"]),
        ("2027-11-30T06:00:00+00:00", ["2027-12-30", "2028-01-30", "2028-02-29"]),
    ],
)
def test_runs_are_calendar_months_apart(begun: str, runs: list[str]) -> None:
    snapshot, asked = patched(sample(), {}), Question(as_of=datetime.fromisoformat(begun))
    few = replace(book(), rules=book().rules[:1])
    found = forecast(snapshot, assess(snapshot, few, asked, wanted=VERDICTS), few, asked, 3)
    assert [f"{run:%Y-%m-%d}" for run in found.runs] == runs
