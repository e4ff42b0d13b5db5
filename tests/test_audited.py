"""What a run says of what it saw: headline, exit code and counts, world by world."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest
from typer.testing import CliRunner

from casaudit import shipped
from casaudit.assess import assess
from casaudit.cli import app
from casaudit.cli.exits import ExitCode, of_assessment
from casaudit.engine.evaluate import Question
from casaudit.errors import SourceError
from casaudit.findings import Assessment, Severity, Verdict, is_about_collection
from casaudit.report import FORMATS
from casaudit.report.summary import summarize
from casaudit.report.tables.rules import control_table
from casaudit.rulebook.rule import Rulebook
from casaudit.snapshot import Gap, Reason, SectionName, Snapshot, Status, dumps, loads
from casaudit.snapshot.document import record_kinds, sections_of
from tests.support.running import casaudit
from tests.support.shipped_rules import book

NOTHING = "Nothing could be audited"


@cache
def sample(name: str = "healthy") -> Snapshot:
    path = shipped.SAMPLES / name / "snapshot.json"
    return loads(path.read_bytes(), path.name)


def sections(snapshot: Snapshot, status: Status, *names: str) -> Snapshot:
    """The same where some sections, or all, have another status."""
    found = tuple(
        each.model_copy(update={"status": status}) if not names or each.name in names else each
        for each in snapshot.sections
    )
    return snapshot.model_copy(update={"sections": found})


def exports_alone() -> Snapshot:
    """Sites, exports of the shell, DNS and TLS were read, the directory's Exchange objects not."""
    kept = {"sites", "dns_answers", "tls_endpoints", "certificates"}
    seen = without(*(kind for kind in record_kinds() if sections_of(kind) and kind not in kept))
    return sections(seen, Status.NOT_COLLECTED, "servers", "databases", "arrays")


def without(*kinds: str) -> Snapshot:
    return sample().model_copy(update=dict.fromkeys(kinds, ()))


@dataclass(frozen=True, slots=True)
class World:
    """Evidence, and what the first line and the exit code have to be."""

    made: Callable[[], Snapshot]
    verdict: str
    code: ExitCode


WORLDS = {
    "a healthy organisation, all of it asked for": World(
        lambda: sections(sample(), Status.COMPLETE), "Nothing wrong seen", ExitCode.OK
    ),
    "three databases at a server": World(lambda: sample("article-a"), "Not fine", ExitCode.FAILED),
    "an empty document": World(
        lambda: Snapshot(tool_version="1", collected_at=sample().collected_at),
        NOTHING,
        ExitCode.NO_AUDIT,
    ),
    "a forest that was prepared, without servers": World(
        lambda: without("servers", "databases", "database_copies", "arrays"),
        NOTHING,
        ExitCode.NO_AUDIT,
    ),
    "arrays, of which no server and no database is seen": World(
        lambda: without("servers", "databases", "database_copies"), NOTHING, ExitCode.NO_AUDIT
    ),
    "all but the directory": World(exports_alone, NOTHING, ExitCode.NO_AUDIT),
    "servers and databases that the account may not see": World(
        lambda: sections(
            without("servers", "databases", "database_copies"),
            Status.FAILED,
            "servers",
            "databases",
        ),
        NOTHING,
        ExitCode.NO_AUDIT,
    ),
}


def judged(snapshot: Snapshot, rules: Rulebook | None = None) -> Assessment:
    return assess(snapshot, rules or book(), Question(), "0" * 64)


@pytest.mark.parametrize("name", WORLDS)
def test_headline_and_exit_code_of_a_world(name: str) -> None:
    world = WORLDS[name]
    found = judged(world.made())
    code = of_assessment(found, Severity.HIGH, strict=False)
    assert (summarize(found).verdict, code) == (world.verdict, world.code)


@pytest.mark.parametrize("kind", ["servers", "databases"])
def test_servers_alone_or_databases_alone_are_an_audit(kind: str) -> None:
    others = {"servers", "databases"} - {kind}
    assert judged(without(*others)).is_auditable


def test_nothing_wins_over_every_severity_that_could_fail() -> None:
    found = judged(without("servers", "databases", "database_copies"))
    codes = {of_assessment(found, each, strict=True) for each in [*Severity, None]}
    assert codes == {ExitCode.NO_AUDIT}


def test_reports_of_nothing_say_what_was_read_what_lacks_and_what_gives_it(tmp_path: Path) -> None:
    path, out = tmp_path / "nothing.json", tmp_path / "out"
    path.write_bytes(dumps(exports_alone()))
    ran = CliRunner().invoke(app, ["report", str(path), "-o", str(out)], terminal_width=200)
    told = " ".join(ran.stdout.split())
    assert ran.exit_code == ExitCode.NO_AUDIT
    assert f"{NOTHING}: the evidence holds no Exchange server and no database." in told
    assert "Read: " in told and "Sites and subnets" in told
    assert "Exchange servers: not asked for. Databases: not asked for." in told
    assert "Give a domain controller of the organisation (ldaps://HOST), or an LDIF export" in told
    written = json.loads((out / "findings.json").read_text("utf-8"))
    assert written["judgement"]["state"] == "nothing"
    assert NOTHING in (out / "report.html").read_text("utf-8")


def test_a_comparison_with_nothing_is_no_list_of_repairs(tmp_path: Path) -> None:
    path = tmp_path / "nothing.json"
    path.write_bytes(dumps(exports_alone()))
    old = str(shipped.SAMPLES / "article-a" / "snapshot.json")
    assert CliRunner().invoke(app, ["diff", old, str(path)]).exit_code == ExitCode.NO_AUDIT
    ran = CliRunner().invoke(app, ["trend", str(tmp_path), "-o", str(tmp_path / "trend")])
    assert isinstance(ran.exception, SourceError)


def test_a_migration_of_nothing_is_not_ready() -> None:
    asked = Question(profile="migration", target="2016")
    found = assess(exports_alone(), book(), asked, "0" * 64).migration
    assert found is not None
    assert (found.verdict, found.because) == (
        "cannot tell",
        "the evidence holds no Exchange server and no database",
    )


def test_what_is_said_of_the_collection_is_counted_apart() -> None:
    found = judged(sample())
    summary = found.summary()
    own, apart = summary["organization"], summary["collection"]
    assert apart["fail"] == {"info": 4}
    assert sum(is_about_collection(each) for each in found.failures) == 4
    for verdict in ("pass", "not_evaluated", "not_applicable", "waived"):
        assert own[verdict] + apart[verdict] == summary[verdict]
    assert "collection" in summarize(found).apart
    assert summary["rules_without_objects"] == sum(
        not any(f.rule.id == rule.id for f in found.findings) for rule in found.rules
    )


def test_a_rule_without_objects_says_so_and_counts_in_no_share() -> None:
    found = judged(sample())
    empty = {rule.id for rule in found.rules} - {finding.rule.id for finding in found.findings}
    assert empty
    rows = {row.rule.id: row.counts for row in control_table(found).items if row.rule.id in empty}
    assert {counts.result for counts in rows.values()} <= {"no object"}
    assert f"{len(empty)} rule" in summarize(found).apart
    assert "no object of this kind" in FORMATS["html"](found)["report.html"].decode()
    without_them = replace(found, rules=tuple(r for r in found.rules if r.id not in empty))
    assert summarize(without_them).passing == summarize(found).passing


def test_a_failure_about_the_collection_is_incomplete_evidence_and_no_failure() -> None:
    found = judged(sample())
    findings = tuple(
        replace(f, severity=Severity.HIGH, verdict=Verdict.FAIL) if is_about_collection(f) else f
        for f in found.findings
        if is_about_collection(f) or f.verdict is Verdict.PASS
    )
    worse = replace(found, findings=findings)
    assert of_assessment(worse, Severity.HIGH, strict=False) is ExitCode.INCOMPLETE
    assert summarize(worse).state != "bad"


def failing(rule_id: str) -> Rulebook:
    """The rules, of which one gives two verdicts for each object, and so is refused."""
    return replace(
        book(),
        rules=tuple(
            rule.model_copy(update={"each": f"SELECT a.* FROM {rule.each} a JOIN {rule.each} b"})
            if rule.id == rule_id
            else rule
            for rule in book().rules
        ),
    )


@pytest.mark.parametrize("fail_on", [*Severity, None])
def test_a_rule_that_fails_is_never_silent(fail_on: Severity | None) -> None:
    found = judged(sample(), failing("CAS-DB-001"))
    passing = replace(found, findings=tuple(f for f in found.findings if f.verdict != "fail"))
    assert list(found.problems) == ["CAS-DB-001"]
    assert of_assessment(passing, fail_on, strict=False) is ExitCode.INCOMPLETE
    answer = summarize(passing)
    assert answer.state == "unseen"
    assert answer.sentence.endswith("1 rule failed and judged nothing.")
    assert found.summary()["rules_failed"] == 1
    sarif = json.loads(FORMATS["sarif"](found)["findings.sarif"])["runs"][0]["invocations"][0]
    assert sarif["executionSuccessful"] is False
    assert "CAS-DB-001 failed" in sarif["toolExecutionNotifications"][-1]["message"]["text"]
    assert b'name="rule CAS-DB-001"' in FORMATS["junit"](found)["junit.xml"]
    assert "CAS-DB-001 failed and judged nothing:" in FORMATS["html"](found)["report.html"].decode()


def test_evidence_that_contradicts_itself_is_incomplete() -> None:
    gap = Gap(section=SectionName.DATABASES, subject="CN=DB", reason=Reason.CONFLICT)
    found = judged(sample())
    passing = replace(
        found, gaps=(gap,), findings=tuple(f for f in found.findings if f.verdict == "pass")
    )
    assert of_assessment(passing, Severity.LOW, strict=False) is ExitCode.INCOMPLETE
    assert summarize(passing).state == "unseen"


def test_a_source_that_cannot_be_used_is_told_and_never_exit_0(tmp_path: Path) -> None:
    # The other source is whole, so no section tells of it.
    broken = tmp_path / "broken.ldf"
    broken.write_text("garbage\n", encoding="utf-8")
    found = casaudit(
        "audit", shipped.SAMPLES / "healthy" / "snapshot.json", broken, "--no-dns", "--no-tls",
        "--fail-on", "never", "-o", tmp_path / "out",
    )  # fmt: skip
    assert found.returncode == 3
    assert f"{broken}: holds no record of LDIF that can be read." in found.stdout
