"""Reading what people give: a snapshot, a folder of them, a plan; else saying what it is."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from casaudit.cli import console, files
from casaudit.collect.clixml.source_files import find_files
from casaudit.collect.clixml.tables import HEAD, beginning, is_table
from casaudit.collect.other_files import refusal
from casaudit.errors import CasauditError, SourceError, UsageError
from casaudit.history.baseline import Baseline, is_other
from casaudit.remediation.plan import PlanDocument, read_plan
from casaudit.snapshot import Snapshot, decompressed, loads, newer_sentence

# Searched in the bytes, in JSON and YAML alike: in a snapshot the key stands near the end.
_SCHEMA = re.compile(rb'(?:"schema": *"|^schema: *)casaudit/([a-z-]+)/\d', re.MULTILINE)
_AUDIT = 'audit it: casaudit audit "{path}"'

KINDS = {
    "snapshot": ("a snapshot", 'judge it: casaudit report "{path}"'),
    "snapshots": ("a folder of snapshots", 'judge the newest one: casaudit report "{path}"'),
    "findings": (
        "a findings.json: it says how a snapshot was judged",
        'give the snapshot.json beside it, or read it: casaudit summary "{path}"',
    ),
    "plan": ("a remediation plan", 'try it on its snapshot: casaudit whatif SNAPSHOT "{path}"'),
    "pack": ("the manifest of an auditor pack", 'check the pack: casaudit verify "{folder}"'),
    "packed": ("an auditor pack", 'check it: casaudit verify "{path}"'),
    "diff": ("a list of changes", "give the two snapshots to casaudit diff"),
    "notification": (
        "a message of casaudit notify to a webhook",
        "give the findings.json that it was made from",
    ),
    "mask-key": ("the key of a mask", "keep it to yourself; only casaudit mask --use-key takes it"),
    "waivers": ("a waiver file", 'give it to casaudit report with --waivers "{path}"'),
    "settings": ("a settings file", 'give it to casaudit report with --settings "{path}"'),
    "ldif": ("an LDIF export", _AUDIT),
    "clixml": ("an export of Export-Clixml", _AUDIT),
    "table": ("a table of the Exchange Management Shell", _AUDIT),
    "exports": ("a folder of exports", _AUDIT),
    "archive": ("a zip archive", 'if it holds exports, audit them: casaudit audit "{path}"'),
    "folder": ("a folder", "name the file in it"),
}
"""By kind of file: what it is, to follow "is", and what to do with it."""

SNAPSHOT = ("snapshot", "snapshots", "folder")
SOURCES = (*SNAPSHOT, "ldif", "clixml", "table", "exports", "archive")


@contextmanager
def expecting(path: Path, *kinds: str) -> Iterator[None]:
    """Read a file that should be of some kind; what fails because it is of another says which.

    Raises:
        SourceError: as the block does, or what the file is and the command that takes it.
    """
    try:
        yield
    except SourceError:
        kind = kind_of(path)
        if kind is None and path.is_file() and "snapshot" in kinds and not _is_json(path):
            raise refusal(path) from None
        if kind is None or kind in kinds:
            raise
        name, instead = KINDS[kind]
        hint = instead.format(path=path, folder=path.parent)
        raise SourceError(str(path), f"is {name}", hint) from None


def kind_of(path: Path) -> str | None:
    """Return which of ``KINDS`` a file or folder is, by its content; ``None`` for anything else."""
    try:
        if path.is_dir():
            return _kind_of_folder(path)
        data = files.read_file(path)
    except (SourceError, OSError):
        return None
    if data.startswith(b"PK\x03\x04"):
        return "archive" if path.suffix.lower() == ".zip" else None
    try:
        data = decompressed(data, str(path))
    except SourceError:
        return None
    return _document(data) or _kind_of_export(data[:HEAD])


def _document(data: bytes) -> str | None:
    found = _SCHEMA.search(data)
    return found[1].decode() if found and found[1].decode() in KINDS else None


def _kind_of_export(head: bytes) -> str | None:
    text = beginning(head)
    if "schemas.microsoft.com/powershell" in text:
        return "clixml"
    if re.match(r"\s*(#[^\n]*\n\s*)*(version: 1\b|dn::? )", text, re.IGNORECASE):
        return "ldif"
    return "table" if is_table(head) else None


def _kind_of_folder(folder: Path) -> str:
    if (folder / "manifest.json").is_file():
        return "packed"
    if any(kind_of(path) == "snapshot" for path in _json_files(folder)):
        return "snapshots"
    try:
        return "exports" if find_files([folder]) else "folder"
    except SourceError:
        return "folder"


def _is_json(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(HEAD).lstrip().startswith((b"{", b"[", b"\x1f\x8b"))


def read_snapshot(path: Path) -> Snapshot:
    """Read a snapshot file, or the newest snapshot in a folder.

    Raises:
        SourceError: it cannot be read or is none.
        UsageError: a folder with snapshots of several organisations.
    """
    return find_snapshot(path)[1]


def find_snapshot(path: Path) -> tuple[Path, Snapshot]:
    """Read a snapshot as ``read_snapshot`` does; return its file too."""
    with expecting(path, *SNAPSHOT):
        if path.is_dir():
            path, snapshot = _newest(path)
        else:
            snapshot = loads(files.read_file(path), str(path))
    if sentence := newer_sentence(snapshot):
        console.note(f"{path}: {sentence}")
    return path, snapshot


def read_plan_file(path: Path) -> PlanDocument:
    """Read a remediation plan, or that in the folder of a report.

    Raises:
        SourceError: it cannot be read or is none.
    """
    if (path / "plan.json").is_file():
        path /= "plan.json"
    with expecting(path, "plan"):
        return read_plan(files.read_file(path), str(path))


def _newest(folder: Path) -> tuple[Path, Snapshot]:
    newest: tuple[Path, Snapshot] | None = None
    number = 0
    for path, snapshot in snapshots_in(folder):
        number += 1
        if newest and is_other(Baseline("", None, snapshot), newest[1]):
            raise UsageError(
                str(folder),
                f"has snapshots of several organisations: {_named(*newest)} and "
                f"{_named(path, snapshot)}",
                "name one of the files",
            )
        if newest is None or snapshot.collected_at > newest[1].collected_at:
            newest = path, snapshot
    if newest is None:
        raise SourceError(str(folder), "has no snapshot that can be read", "name another folder")
    path, snapshot = newest
    of = f"the newest of {number}, " if number > 1 else ""
    console.note(f"snapshot: {path}, {of}collected {snapshot.collected_at:%Y-%m-%d %H:%M} UTC")
    return newest


def _named(path: Path, snapshot: Snapshot) -> str:
    return f"{', '.join(each.name for each in snapshot.organization)} ({path})"


def snapshots_in(folder: Path) -> Iterator[tuple[Path, Snapshot]]:
    """Read every snapshot in a folder and in the folders below it; say what cannot be read."""
    # Those with a report beside them first, so that of equal ones the told one is kept.
    for path in sorted(
        _json_files(folder), key=lambda path: (not (path.parent / "findings.json").is_file(), path)
    ):
        try:
            data = decompressed(files.read_file(path), str(path))
            # A report leaves other documents of casaudit beside its snapshot.
            if _document(data) in (None, "snapshot"):
                yield path, loads(data, str(path))
        except CasauditError as error:
            console.note(f"left out: {error}")


def _json_files(folder: Path) -> list[Path]:
    return [path for pattern in ("*.json", "*.json.gz") for path in folder.rglob(pattern)]


def sources(given: list[str]) -> tuple[str, ...]:
    """Return sources, a folder that has snapshots and no exports replaced by its newest one.

    Raises:
        SourceError: an auditor pack, of which some tables look like those of the shell.
    """
    return tuple(_source(each) for each in given)


def _source(given: str) -> str:
    path = Path(given)
    kind = kind_of(path) if "://" not in given and path.is_dir() else None
    if kind == "packed":
        with expecting(path, *SOURCES):
            raise SourceError(given, "holds no evidence")
    if kind != "snapshots":
        return given
    try:
        find_files([path])
    except SourceError:
        return str(_newest(path)[0])
    return given
