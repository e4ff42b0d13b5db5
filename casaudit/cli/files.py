"""Reading and writing files on behalf of the commands: whole files, atomically, never by half."""

import os
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from casaudit.errors import SourceError, UsageError

_PREFIX = ".casaudit-"
_DAY = 86_400.0
_LINK = "is a symbolic link; casaudit does not write through links"
# Snapshots of 100,000 databases have some hundred MiB.
MAX_INPUT = 1024 * 1024 * 1024


def read_file(path: Path) -> bytes:
    """Return the content of an input file.

    Raises:
        SourceError: it cannot be read or is too large.
    """
    try:
        if path.stat().st_size > MAX_INPUT:
            raise SourceError(str(path), f"larger than {MAX_INPUT // 2**20} MiB")
        return path.read_bytes()
    except OSError as error:
        raise SourceError(str(path), f"cannot be read: {error.strerror or error}") from None


def ready_folder(folder: Path) -> Path:
    """Make sure that an output folder exists and can be written, before any work is done.

    Raises:
        UsageError: it cannot be created or written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # Tried, not asked: os.access knows nothing of Windows' access lists or of read-only shares.
        with tempfile.TemporaryFile(dir=folder, prefix=_PREFIX):
            pass
    except OSError as error:
        raise UsageError(
            str(folder), f"cannot be written: {error.strerror or error}", "choose another with -o"
        ) from None
    _sweep(folder)
    return folder


def write_files(folder: Path, files: Mapping[str, bytes]) -> list[Path]:
    """Write files into a folder and the folders below it, each complete or not at all.

    Args:
        folder: exists and can be written.
        files: content by name; a name may have folders before it, parted by slashes.

    Raises:
        UsageError: a file or folder cannot be written, or is a symbolic link.
        ValueError: a name leads out of the folder.
    """
    # All names first: a wrong one must not leave half of the files behind.
    paths = {name: _below(folder, name) for name in files}
    return [write_file(path, files[name]) for name, path in paths.items()]


def write_file(path: Path, content: bytes) -> Path:
    """Write one file: beside its target first, then moved into place.

    Raises:
        UsageError: it cannot be written, or is a symbolic link.
    """
    # Who may write into the folder could send a report to wherever its operator may write.
    if path.is_symlink():
        raise UsageError(str(path), _LINK)
    temporary: Path | None = None
    try:
        # In the same folder: a move is atomic within one file system only. Under POSIX it is its
        # owner's alone, since it names every server.
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=_PREFIX)
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            # Else a crash soon after the move can leave an empty file of the right name.
            os.fsync(stream.fileno())
        _replace(temporary, path)
        temporary = None
    except OSError as error:
        raise UsageError(str(path), f"cannot be written: {error.strerror or error}") from None
    finally:  # also after an interrupt
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return path


def _below(folder: Path, name: str) -> Path:
    """Return the path of a file below a folder, with the folders between made."""
    parts = PurePosixPath(name).parts
    # Backslash and colon part folders, drives and streams on Windows; refused everywhere, so that a
    # pack is the same everywhere.
    if not parts or any(part in {".", ".."} or set(part) & set("/\\:") for part in parts):
        raise ValueError(f"{name!r} is no name below a folder")
    path = folder
    for part in parts[:-1]:
        path = path / part
        if path.is_symlink():
            raise UsageError(str(path), _LINK)
        if not path.is_dir():
            ready_folder(path)
    return path / parts[-1]


def _replace(temporary: Path, path: Path) -> None:
    """Move a file into place; a scanner may hold the old one open on Windows for a moment."""
    for attempt in range(10):
        try:
            temporary.replace(path)
            return
        except PermissionError:
            # Elsewhere a refusal stays one.
            if os.name != "nt" or attempt == 9:
                raise
            time.sleep(0.1 * (attempt + 1))


def _sweep(folder: Path) -> None:
    """Remove what an interrupted run left behind more than a day ago."""
    for path in folder.glob(f"{_PREFIX}*"):
        # Younger ones may be those of a run beside this one.
        if time.time() - path.stat().st_mtime > _DAY:
            path.unlink(missing_ok=True)
