"""Reports are a set: a run leaves all of its files or all of the earlier ones, no mixture."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from casaudit.cli import files
from casaudit.cli.file_set import FileSet
from casaudit.errors import UsageError
from casaudit.report import FORMATS, NAMES
from casaudit.shipped import SAMPLES
from tests.support.running import WATCHDOG, casaudit

OLD = {"report.html": b"old page", "findings.json": b"old", "pack/README.txt": b"old pack"}
NEW = {name: content.replace(b"old", b"new") for name, content in OLD.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the reports of an earlier run."""
    write(tmp_path, OLD)
    return tmp_path


def write(folder: Path, contents: dict[str, bytes]) -> None:
    with FileSet(folder) as reports:
        reports.add(contents)
        reports.place()


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder, temporary ones too."""
    every = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in every}


def test_a_set_replaces_an_earlier_one_whole(folder: Path) -> None:
    write(folder, NEW)
    assert content(folder) == NEW


def test_what_is_dropped_goes_with_the_earlier_set(folder: Path) -> None:
    with FileSet(folder) as reports:
        reports.add({"report.html": b"new"})
        reports.drop({"pack/README.txt", "pack/never-there"})
        reports.place()
    assert content(folder) == {"report.html": b"new", "findings.json": b"old"}


def test_an_error_before_the_end_leaves_the_earlier_set(folder: Path) -> None:
    with pytest.raises(KeyError), FileSet(folder) as reports:
        reports.add(NEW)
        raise KeyError
    assert content(folder) == OLD


@pytest.mark.parametrize("name", OLD)
def test_a_file_that_is_open_elsewhere_leaves_the_earlier_set(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As Windows refuses to rename what Excel has open.
    def locked(source: Path, target: Path) -> None:
        if source == folder / name:
            raise PermissionError(errno.EACCES, "The process cannot access the file", str(source))
        source.replace(target)

    monkeypatch.setattr(files, "move", locked)
    with pytest.raises(UsageError, match="no file of the report was changed") as caught:
        write(folder, NEW)
    assert "close the program that has it open" in caught.value.hint
    assert content(folder) == OLD


@pytest.mark.parametrize("number", range(len(NEW)))
def test_a_move_that_fails_is_taken_back(
    number: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves = []

    def failing(source: Path, target: Path) -> None:
        moves.append(target)
        if len(moves) == len(OLD) + number + 1:
            raise OSError(errno.EIO, "Input/output error")
        source.replace(target)

    monkeypatch.setattr(files, "move", failing)
    with pytest.raises(UsageError, match="Input/output error; no file"):
        write(folder, NEW)
    assert content(folder) == OLD


def test_a_full_disk_leaves_the_earlier_set_and_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = []

    def full(descriptor: int) -> None:
        written.append(descriptor)
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(UsageError, match="No space left on device") as caught:
        write(folder, NEW)
    assert "make room on the disk" in caught.value.hint
    assert content(folder) == OLD


def test_a_folder_in_the_place_of_a_report_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "report.html").mkdir()
    (tmp_path / "findings.csv").write_bytes(b"old")
    run = casaudit("report", SAMPLES / "healthy" / "snapshot.json", "-o", tmp_path)
    assert run.returncode == 2
    assert f"{tmp_path / 'report.html'}: cannot be written" in run.stderr
    assert content(tmp_path) == {"findings.csv": b"old"}


def test_what_an_earlier_run_left_is_named_and_kept(tmp_path: Path) -> None:
    asked = ("report", SAMPLES / "healthy" / "snapshot.json", "-o", tmp_path, "--format")
    assert "earlier" not in casaudit(*asked, "json,ps1,junit").stderr
    (tmp_path / "notes.txt").write_text("mine")
    run = casaudit(*asked, "json")
    left = "junit.xml, remediation.ps1, rollback.ps1, answers.txt, plan.json"
    assert f"of an earlier run, not of this one: {left}\n" in run.stderr
    assert (tmp_path / "remediation.ps1").exists()


def test_every_file_that_a_format_writes_is_known(tmp_path: Path) -> None:
    run = casaudit("demo", "-o", tmp_path)
    assert run.returncode == 0, run.stderr
    # Some are written before a migration only.
    asked = ("report", tmp_path / "snapshot.json", "-o", tmp_path, "--format", "html,csv")
    run = casaudit(*asked, "--target", "2016", "--fail-on", "never")
    assert "earlier run" in run.stderr and "migration" not in run.stderr
    assert {path.name for path in tmp_path.iterdir()} == {*NAMES, "snapshot.json"}
    assert len(FORMATS) > 5


def interrupted(number: int, folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Judge into a folder, interrupted at a call's number."""
    command = [
        *(sys.executable, "-m", "tests.support.interrupting", str(number), "report"),
        *(str(SAMPLES / "healthy" / "snapshot.json"), "-o", str(folder)),
        *("--format", "json,junit,csv", "--fail-on", "never"),
    ]
    environment = {**os.environ, **more}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, timeout=WATCHDOG
    )


MOMENTS = {
    ("FileSet.add", 1): False,
    ("FileSet.add", 50): False,
    ("FileSet.place", 1): False,
    # From here on the files are moved, and the interrupt waits until all are.
    ("FileSet.place", 10): True,
    ("FileSet.place", 40): True,
    ("FileSet.place", 90): True,
    ("run_summary", 10): True,
}


@pytest.mark.skipif(os.name == "nt", reason="signals are sent the POSIX way here")
@pytest.mark.parametrize(
    ("since", "number"),
    [
        each if each[1] in {10, 50} else pytest.param(*each, marks=pytest.mark.slow)
        for each in MOMENTS
    ],
)
def test_an_interrupt_leaves_the_earlier_set_or_the_new_one(
    since: str, number: int, whole: dict[str, bytes], tmp_path: Path
) -> None:
    earlier = dict.fromkeys(whole, b"earlier")
    write(tmp_path, earlier)
    run = interrupted(number, tmp_path, SINCE=since)
    assert (run.returncode, run.stderr) == (130, "")
    assert content(tmp_path) == (whole if MOMENTS[since, number] else earlier)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What a judgement leaves that nobody interrupts."""
    folder = tmp_path_factory.mktemp("whole")
    assert interrupted(0, folder).returncode == 0
    return content(folder)
