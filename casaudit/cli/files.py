"""Reading and writing files on behalf of the commands: whole files, atomically, never by half."""

import errno
import os
import stat
import tempfile
import time
from pathlib import Path

from casaudit.errors import SourceError, UsageError

_PREFIX = ".casaudit-"
_DAY = 86_400.0
LINK = "is a symbolic link; casaudit does not write through links"
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


def read_secret(path: Path) -> str:
    """Return the first line of a file that, where the system can tell, nobody else may read.

    Raises:
        SourceError: it cannot be read.
        UsageError: others can read it, or it is no text.
    """
    data = read_file(path)
    # On Windows access is in lists that the mode does not show.
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRGRP | stat.S_IROTH):
        raise UsageError(str(path), "can be read by others", f"run: chmod 600 {path}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Windows PowerShell writes UTF-16 with > and Out-File: a secret with NULs in it would be
        # sent, and refused without a word of why.
        raise UsageError(
            str(path), "is not text in UTF-8", "write it with Set-Content -Encoding utf8"
        ) from None
    # Only the line's end is taken off: a password may begin or end with a space.
    return text.split("\n", 1)[0].rstrip("\r")


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
        problem = f"cannot be written: {error.strerror or error}"
        raise UsageError(str(folder), problem, "choose another with -o") from None
    _sweep(folder)
    return folder


def write_file(path: Path, content: bytes) -> Path:
    """Write one file: beside its target first, then moved into place.

    Raises:
        UsageError: it cannot be written, or is a symbolic link.
    """
    # Who may write into the folder could send a report to wherever its operator may write.
    if path.is_symlink():
        raise UsageError(str(path), LINK)
    temporary: Path | None = None
    try:
        temporary = stage(path.parent, content)
        move(temporary, path)
        temporary = None
    except OSError as error:
        raise refused(path, error) from None
    finally:  # also after an interrupt
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return path


def stage(folder: Path, content: bytes) -> Path:
    """Write a temporary file in the folder of its target, to be moved.

    Raises:
        UsageError: it cannot be written.
    """
    temporary: Path | None = None
    try:
        # In the same folder: a move is atomic within one file system only. Under POSIX it is its
        # owner's alone, since it names every server.
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=_PREFIX)
        temporary = Path(name)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            # Else a crash soon after the move can leave an empty file of the right name.
            os.fsync(stream.fileno())
        done, temporary = temporary, None
    except OSError as error:
        raise refused(folder, error) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
    return done


def set_aside(path: Path) -> Path:
    """Rename a file to a temporary name beside it, from which it can be moved back."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=_PREFIX)
    os.close(descriptor)
    try:
        move(path, Path(name))
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def refused(path: Path, error: OSError, effect: str = "") -> UsageError:
    """Return what an error of the system means for a file that was to be written."""
    elsewhere = "choose another folder with -o"
    hint = {
        errno.ENOSPC: f"make room on the disk, or {elsewhere}",
        errno.EROFS: elsewhere,
        # Windows says so of a file that Excel or a viewer has open.
        errno.EACCES: f"close the program that has it open, or {elsewhere}",
    }.get(error.errno or 0, "")
    return UsageError(str(path), f"cannot be written: {error.strerror or error}{effect}", hint)


def move(temporary: Path, path: Path) -> None:
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
