"""Finding the files of exports: named one by one, in folders, and in zip archives.

Nothing is unpacked to disk, and no name inside an archive leads anywhere. An entry gives as many
bytes as the archive's own directory says, so that its size is known before it is read.
"""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

from casaudit.collect.clixml.reader import DAMAGED
from casaudit.collect.clixml.tables import HEAD, is_table
from casaudit.errors import SourceError

ARCHIVE = ".zip"
HINT = "docs/exports.md lists the commands whose exports are read"
MAX_ENTRIES = 100_000
MAX_UNPACKED = 4 * 2**30
CLIXML = ".xml"
TABLE = ".csv"
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to be read.

    Attributes:
        name: without folders.
        place: with them; also gives an order that does not depend on the file system.
        written: when it was, of an entry the archive; ``None`` where that cannot be seen.
        size: in bytes.
        opened: opens it, or raises ``OSError``.
    """

    name: str
    place: str
    written: datetime | None
    size: int
    opened: Callable[[], IO[bytes]]


def find_files(paths: list[Path]) -> list[SourceFile]:
    """Return the files, each once; of folders and archives every ``.xml`` file and table.

    Raises:
        SourceError: there is no such file, folder or archive, or no export in it.
    """
    found: dict[str, SourceFile] = {}
    for path in paths:
        try:
            inside = _inside(path)
        except OSError as error:
            problem = f"cannot be read: {error.strerror or error}"
            raise SourceError(str(path), problem) from None
        if not inside:
            raise SourceError(str(path), "holds no .xml file and no table that is read", HINT)
        found |= {each.place: each for each in inside}
    # The order decides which of two files counts.
    return sorted(found.values(), key=lambda each: (each.name, each.place))


def _inside(path: Path) -> list[SourceFile]:
    if path.is_dir():
        files = [each for each in path.iterdir() if each.is_file()]
        return [each for each in map(_on_disk, files) if _is_export(each)]
    path.stat()
    return _archived(path) if path.suffix.lower() == ARCHIVE else [_on_disk(path)]


def _is_export(file: SourceFile) -> bool:
    # A Mac leaves ._NAME.xml beside NAME.xml on shares and in archives, with no XML in it.
    if file.name.startswith("._"):
        return False
    if not file.name.lower().endswith(TABLE):
        return file.name.lower().endswith(CLIXML)
    try:
        with file.opened() as stream:
            return is_table(stream.read(HEAD))
    except DAMAGED:
        return True  # by its name, so that what is wrong with it is told


def _on_disk(path: Path) -> SourceFile:
    written, size = None, 0
    try:
        status = path.stat()
        written, size = datetime.fromtimestamp(status.st_mtime, UTC), status.st_size
    except OSError:
        pass  # to open it fails as well, and that costs this file only
    return SourceFile(path.name, str(path), written, size, lambda: path.open("rb"))


def _archived(path: Path) -> list[SourceFile]:
    # The times of entries are in the zone of the machine that made the archive, which no one knows.
    written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise SourceError(str(path), f"is not a zip archive that can be read: {error}") from None
    if len(entries) > MAX_ENTRIES or sum(each.file_size for each in entries) > MAX_UNPACKED:
        limit = f"{MAX_ENTRIES:,} files or {MAX_UNPACKED // 2**30} GiB"
        raise SourceError(str(path), f"holds more than {limit}", HINT)
    files = (
        SourceFile(
            # Windows before .NET 4.6.1 parts folders in archives with a backslash.
            entry.filename.replace("\\", "/").rpartition("/")[2],
            f"{path}/{entry.filename}",
            written,
            entry.file_size,
            partial(_entry, path, entry),
        )
        for entry in entries
    )
    return [each for each in files if _is_export(each)]


def _entry(path: Path, entry: zipfile.ZipInfo) -> IO[bytes]:
    if entry.flag_bits & _ENCRYPTED:
        raise OSError(0, "it is encrypted; unpack the archive and give the folder")
    try:
        with zipfile.ZipFile(path) as archive:
            # Stays open without its archive: ZipFile counts who still reads.
            return archive.open(entry)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, RuntimeError):
        raise OSError(0, "its archive is damaged, or packed in a way that is not known") from None
