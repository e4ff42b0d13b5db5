"""Reading what a judgement is compared with: the folder of an earlier run, or one of its files."""

import hashlib
from pathlib import Path

from casaudit.cli import files
from casaudit.errors import SourceError
from casaudit.findings.document import is_findings
from casaudit.history import Baseline, read_findings
from casaudit.snapshot import Snapshot, decompressed, dumps, loads

# The plain one first: that is what audit and demo write.
_SNAPSHOTS = ("snapshot.json", "snapshot.json.gz")
_FINDINGS = "findings.json"


def read_baseline(path: Path) -> Baseline:
    """Read a snapshot, a findings.json, or a folder that has one of them or both.

    Raises:
        SourceError: there is none, it cannot be read, or the two are not of one run.
    """
    if not path.is_dir():
        data = files.read_file(path)
        # Both are JSON; what a file is stands in it, since people rename files.
        if is_findings(data):
            return Baseline(str(path), read_findings(data, str(path)), None)
        return Baseline(str(path), None, loads(data, str(path)))
    found, findings = _snapshot_file(path), path / _FINDINGS
    data = files.read_file(found) if found else b""
    snapshot = loads(data, str(found)) if found else None
    reported = None
    if findings.is_file():
        reported = read_findings(files.read_file(findings), str(findings))
    if snapshot is None and reported is None:
        raise SourceError(str(path), "has neither snapshot.json nor findings.json")
    # A folder that was written into twice has the snapshot of one run and the report of another.
    if snapshot and reported and reported.snapshot_sha256 not in hashes(data, snapshot):
        raise SourceError(
            str(path),
            "findings.json was not made from the snapshot.json beside it",
            "name one of the two files",
        )
    return Baseline(str(path), reported, snapshot)


def snapshot_in(folder: Path) -> Snapshot | None:
    """Read the snapshot that a run left in its folder, if there is one.

    Raises:
        SourceError: it cannot be read or is none.
    """
    found = _snapshot_file(folder)
    return loads(files.read_file(found), str(found)) if found else None


def _snapshot_file(folder: Path) -> Path | None:
    return next((path for name in _SNAPSHOTS if (path := folder / name).is_file()), None)


def read_run(path: Path) -> Snapshot:
    """Read a snapshot, given as its file or as the folder of the run that left it.

    Raises:
        SourceError: there is none, or it cannot be read.
    """
    if not path.is_dir():
        return loads(files.read_file(path), str(path))
    snapshot = snapshot_in(path)
    if snapshot is None:
        raise SourceError(str(path), "has no snapshot.json")
    return snapshot


def sha256(snapshot: Snapshot) -> str:
    """Return the hash of a snapshot's canonical form, as reports name it."""
    return hashlib.sha256(dumps(snapshot)).hexdigest()


def hashes(data: bytes, snapshot: Snapshot) -> frozenset[str]:
    """Return the hashes by which reports may name a snapshot that was read from a file.

    An earlier version of casaudit took that of its own canonical form, which is the file.
    """
    return frozenset((sha256(snapshot), hashlib.sha256(decompressed(data, "snapshot")).hexdigest()))
