"""Finding and judging the snapshots of the past that lie in a folder."""

from pathlib import Path

from casaudit.assess import VERDICTS, assess, judge_of
from casaudit.cli import console, files, inputs
from casaudit.cli.assessing import Prepared
from casaudit.cli.baselines import hashes, sha256
from casaudit.errors import CasauditError, SourceError
from casaudit.history import Judgement, read_findings
from casaudit.history.baseline import Baseline, is_other
from casaudit.history.trend import Run
from casaudit.snapshot import Snapshot


def runs(folder: Path, prepared: Prepared) -> list[Run]:
    """Judge every snapshot in a folder and in the folders below it, each by itself.

    What cannot be read or judged, and what is of another organisation than the newest snapshot,
    is told and left out.

    Raises:
        SourceError: there is no snapshot at all.
    """
    found = dict(inputs.snapshots_in(folder))
    if not found:
        with inputs.expecting(folder, "snapshots", "folder"):
            problem = "has no snapshot that can be read"
            raise SourceError(str(folder), problem, "name another folder")
    # A folder may hold several organisations; the newest snapshot decides whose trend it is.
    newest = max(found.values(), key=lambda each: each.collected_at)
    # One judge for all: its tables and statements cost more than a small organisation does.
    judge = judge_of(prepared.book, prepared.question.profile, VERDICTS)
    judged: dict[str, Run] = {}
    for path, snapshot in found.items():
        name = str(path.relative_to(folder))
        if is_other(Baseline(name, None, snapshot), newest):
            console.note(f"left out: {name}: is of another organisation")
            continue
        # A point without failures would read as repaired.
        if not snapshot.is_auditable:
            console.note(f"left out: {name}: holds no Exchange server and no database")
            continue
        digest = sha256(snapshot)
        # The same run lies often in a folder of its own and beside the others, packed.
        if digest in judged:
            console.note(f"left out: {name}: is the same as {judged[digest].name}")
            continue
        try:
            # The question names no time here, so each snapshot is judged at its own.
            with console.working(f"judging {name}"):
                assessment = assess(
                    snapshot,
                    judge,
                    prepared.question,
                    digest,
                    waivers=prepared.waivers,
                    wanted=VERDICTS,
                )
        except CasauditError as error:
            console.note(f"left out: {error}")
            continue
        judged[digest] = Run(name, assessment, _reported(path, snapshot))
    if not judged:
        raise SourceError(str(folder), "has no snapshot that can be audited", "name another folder")
    return list(judged.values())


def _reported(path: Path, snapshot: Snapshot) -> Judgement | None:
    """What the run that left a snapshot reported, when its findings.json still lies beside it."""
    beside = _beside(path)
    if not beside.is_file():
        return None
    try:
        reported = read_findings(files.read_file(beside), str(beside))
        known = hashes(files.read_file(path), snapshot)
    except CasauditError as error:
        console.note(f"left out: {error}")
        return None
    return reported if reported.snapshot_sha256 in known else None


def _beside(path: Path) -> Path:
    return path.parent / "findings.json"
