"""``diff``, ``--baseline``, ``--forecast`` and ``trend`` as operators use them."""

import json
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from casaudit.assess import assess
from casaudit.cli.baselines import read_baseline
from casaudit.engine.evaluate import Question
from casaudit.engine.example_exports import Patch
from casaudit.engine.example_world import patched
from casaudit.errors import SourceError
from casaudit.report.json import files
from casaudit.shipped import SAMPLES
from casaudit.snapshot import dumps
from tests.support.running import casaudit
from tests.support.shipped_rules import judge, sample

PINNED: Patch = {"change": {"databases": {"DB-HO-01": {"endpoint": "EX1"}}}}
NEW = "new, configuration: [high] CAS-DB-001 DB-HO-01"


def taken(folder: Path, name: str, given: Patch, month: int) -> Path:
    """Leave a snapshot of the healthy organisation, edited, so many months later."""
    snapshot = patched(sample(), given)
    moment = snapshot.collected_at + timedelta(days=30 * month)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(dumps(snapshot.model_copy(update={"collected_at": moment})))
    return path


@cache
def report() -> bytes:
    """The findings.json of the healthy organisation."""
    return files(assess(patched(sample(), {}), judge(), Question()))["findings.json"]


@pytest.fixture
def months(tmp_path: Path) -> Path:
    """Two runs: the healthy organisation with its report, then one with a mistake."""
    first = taken(tmp_path, "first/snapshot.json", {}, 0)
    (first.parent / "findings.json").write_bytes(report())
    taken(tmp_path, "second/snapshot.json", PINNED, 1)
    return tmp_path


def test_diff_tells_changes_with_their_cause(months: Path) -> None:
    run = casaudit("diff", months / "first" / "snapshot.json", months / "second")
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("Example Corp: 2026-11-15 06:00 to 2026-12-15 06:00 UTC\n")
    assert NEW in run.stdout


@pytest.mark.parametrize(
    ("path", "reported", "kept"),
    [
        ("first", True, True),
        ("first/findings.json", True, False),
        ("first/snapshot.json", False, True),
        ("second", False, True),
    ],
)
def test_a_baseline_is_a_folder_a_report_or_a_snapshot(
    path: str, reported: bool, kept: bool, months: Path
) -> None:
    found = read_baseline(months / path)
    assert (found.reported is not None, found.snapshot is not None) == (reported, kept)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere", "cannot be read"),
        ("empty", "has neither a snapshot nor a findings.json"),
        ("mixed", "findings.json was not made from the snapshot.json beside it"),
        ("broken.json", "not valid JSON"),
    ],
)
def test_a_baseline_that_is_none_is_refused(path: str, said: str, months: Path) -> None:
    (months / "empty").mkdir()
    (months / "broken.json").write_text("{", encoding="utf-8")
    mixed = taken(months, "mixed/snapshot.json", PINNED, 0)
    (mixed.parent / "findings.json").write_bytes(report())
    with pytest.raises(SourceError, match=said):
        read_baseline(months / path)


def test_another_organisation_is_wrong_usage(months: Path) -> None:
    run = casaudit("diff", SAMPLES / "article-a" / "snapshot.json", months / "second")
    assert run.returncode == 2
    assert "is of another organisation (ESP, not Example Corp)" in run.stderr


def test_report_compares_and_looks_ahead(months: Path) -> None:
    second = months / "second" / "snapshot.json"
    asked = ("--baseline", months / "first", "--as-of", "2027-11-20", "--forecast", "3")
    run = casaudit("report", second, "-o", months / "out", "--format", "json", *asked)
    assert run.returncode == 1, run.stderr
    assert NEW in run.stdout
    assert "2028-01-03 [medium] CAS-CERT-002 mail.corp.example (5FBF56EC)" in run.stdout
    document = json.loads((months / "out" / "findings.json").read_bytes())
    kinds = {(c["rule_id"], c["kind"], c["cause"]) for c in document["comparison"]["changes"]}
    assert ("CAS-DB-001", "new", "configuration") in kinds
    assert len(document["forecast"]["runs"]) == 3


def test_audit_compares_with_the_folder_that_it_writes_into(months: Path) -> None:
    second, folder = months / "second" / "snapshot.json", months / "first"
    run = casaudit("audit", second, "-o", folder, "--format", "json", "--baseline", folder)
    assert NEW in run.stdout, run.stderr
    assert '"collected_at": "2026-12-15' in (folder / "snapshot.json").read_text(encoding="utf-8")


def test_diff_writes_a_file_for_programs(months: Path) -> None:
    target = months / "changes.csv"
    given = ("--format", "csv", "-o", target)
    run = casaudit("diff", months / "first", months / "second", *given)
    assert run.returncode == 0, run.stderr
    assert b'"new","configuration","CAS-DB-001"' in target.read_bytes()


def test_trend_reads_what_it_can_and_tells_the_rest(months: Path) -> None:
    (months / "broken.json").write_text("{", encoding="utf-8")
    (months / "other.json").write_bytes((SAMPLES / "article-a/snapshot.json").read_bytes())
    taken(months, "copy.json", {}, 0)
    run = casaudit("trend", months, "-o", months / "trend")
    assert run.returncode == 0, run.stderr
    assert "Example Corp: 2 snapshots" in run.stdout
    assert "broken.json: not valid JSON" in run.stderr
    assert "left out: other.json: is of another organisation" in run.stderr
    assert "left out: copy.json: is the same as first" in run.stderr
    assert {path.name for path in (months / "trend").iterdir()} == {"trend.csv", "trend.html"}


def test_trend_needs_a_snapshot(tmp_path: Path) -> None:
    run = casaudit("trend", tmp_path, "-o", tmp_path / "trend")
    assert run.returncode == 4
    assert "has no snapshot that can be read" in run.stderr
