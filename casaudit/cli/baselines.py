"""Reading what a judgement is compared with: the folder of an earlier run, or one of its files."""

import hashlib
from pathlib import Path

from casaudit.cli import files, inputs
from casaudit.errors import SourceError
from casaudit.findings.document import is_findings
from casaudit.history import Baseline, read_findings
from casaudit.snapshot import Snapshot, decompressed, dumps

_FINDINGS = "findings.json"


def read_baseline(path: Path) -> Baseline:
    """Read a snapshot, a findings.json, or a folder: its newest snapshot, and its findings.json.

    Raises:
        SourceError: there is none, it cannot be read, or the two are not of one run.
        UsageError: a folder with snapshots of several organisations.
    """
    if path.is_file() and is_findings(data := files.read_file(path)):
        # Both are JSON; what a file is stands in it, since people rename files.
        return Baseline(str(path), read_findings(data, str(path)), None)
    if not path.is_dir():
        return Baseline(str(path), None, inputs.read_snapshot(path))
    found = inputs.find_snapshot(path) if inputs.kind_of(path) == "snapshots" else None
    findings = (found[0].parent if found else path) / _FINDINGS
    reported = None
    if findings.is_file():
        reported = read_findings(files.read_file(findings), str(findings))
    if found is None:
        if reported is None:
            with inputs.expecting(path, *inputs.SNAPSHOT):
                raise SourceError(str(path), "has neither a snapshot nor a findings.json")
        return Baseline(str(path), reported, None)
    file, snapshot = found
    if reported and reported.snapshot_sha256 not in hashes(files.read_file(file), snapshot):
        # A folder written into twice has the snapshot of one run and the report of another.
        raise SourceError(
            str(path),
            f"findings.json was not made from the {file.name} beside it",
            "name one of the two files",
        )
    return Baseline(str(path), reported, snapshot)


def sha256(snapshot: Snapshot) -> str:
    """Return the hash of a snapshot's canonical form, as reports name it."""
    return hashlib.sha256(dumps(snapshot)).hexdigest()


def hashes(data: bytes, snapshot: Snapshot) -> frozenset[str]:
    """Return the hashes by which reports may name a snapshot that was read from a file.

    An earlier version of casaudit took that of its own canonical form, which is the file.
    """
    return frozenset((sha256(snapshot), hashlib.sha256(decompressed(data, "snapshot")).hexdigest()))
