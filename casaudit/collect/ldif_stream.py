"""The bytes of an LDIF file, plain or packed, up to a limit."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from casaudit.errors import SourceError

MAX_FILES = 256 * 2**20
"""Bytes of all files together, unpacked."""
_GZIP = b"\x1f\x8b"


@contextmanager
def opened_export(path: Path, limit: int) -> Iterator["CountedStream"]:
    """Open a file of which at most so many bytes are read, unpacked.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as plain:
        # By its content: a packed file may have kept its name.
        is_packed = plain.read(len(_GZIP)) == _GZIP
        plain.seek(0)
        # One piece at a time: read() of a file that breaks off would lose the last ones.
        read = gzip.GzipFile(fileobj=plain).read1 if is_packed else plain.read
        yield CountedStream(read, limit, path)


def written_at(path: Path) -> datetime:
    """Return when a file was written: an export is as old as its file.

    Raises:
        OSError: its status cannot be read.
    """
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


class CountedStream:
    """A stream that ends with an error at a limit.

    Attributes:
        size: the bytes that were read.
    """

    def __init__(self, read: Callable[[int], bytes], limit: int, path: Path) -> None:
        self.size = 0
        self._read, self._limit, self._path = read, limit, path

    def read(self, size: int, /) -> bytes:
        """Return the next bytes; of a packed file that breaks off, at last a line that says so.

        Raises:
            SourceError: there are more than allowed.
        """
        try:
            data = self._read(size)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            # No line of LDIF: what came before it stays, and it becomes a problem with a line.
            data, self._read = f"\n\ncannot be unpacked: {error}\n".encode(), lambda _: b""
        self.size += len(data)
        if self.size > self._limit:
            problem = f"is larger than {MAX_FILES // 2**20} MiB, together with files beside it"
            raise SourceError(str(self._path), problem, "export the configuration partition only")
        return data
