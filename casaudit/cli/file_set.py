"""Files that are of use together only: all of them are put into place, or none is."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Self

from casaudit import interrupts
from casaudit.cli import files
from casaudit.errors import UsageError


class FileSet:
    """Files written beside their places first, and moved there at the end, all or none.

    Left without ``place``, by an error or an interrupt, what stood there before still stands.
    Only a machine that fails while the files are moved, some milliseconds, can leave fewer of them;
    it never leaves some of this set beside some of an earlier one.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._staged: dict[str, Path] = {}
        self._dropped: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for temporary in self._staged.values():
            temporary.unlink(missing_ok=True)

    def add(self, contents: Mapping[str, bytes]) -> list[Path]:
        """Write files that are part of the set; return where they will be.

        Args:
            contents: by name; a name may have folders before it, parted by slashes.

        Raises:
            UsageError: a file cannot be written, or its place is a symbolic link.
            ValueError: a name leads out of the folder.
        """
        # All names first: a wrong one is a mistake of the program, and costs the disk nothing.
        paths = [self._place_of(name) for name in contents]
        for name, content in contents.items():
            with interrupts.held():  # else one that comes now would leave the temporary file
                self._staged[name] = files.stage(self._folder, content)
        return paths

    def drop(self, names: Iterable[str]) -> None:
        """Take away what an earlier set had and this one must not have."""
        self._dropped.update(names)

    def place(self) -> list[Path]:
        """Put all files into place, and return them.

        Raises:
            UsageError: one cannot be; then what stood there before stands again.
        """
        aside: dict[Path, Path] = {}
        placed: list[Path] = []
        with interrupts.held():
            try:
                for path in map(self._place_of, {**self._staged, **dict.fromkeys(self._dropped)}):
                    if path.exists():
                        aside[path] = files.set_aside(path)
                for name, temporary in self._staged.items():
                    path = self._place_of(name)
                    path.parent.mkdir(parents=True, exist_ok=True)
                    files.move(temporary, path)
                    placed.append(path)
            except OSError as error:
                _undo(placed, aside)
                raise files.refused(path, error, "; no file of the report was changed") from None
            self._staged.clear()
            for old in aside.values():
                with suppress(OSError):  # swept away later; the set is in place
                    old.unlink()
        return placed

    def _place_of(self, name: str) -> Path:
        parts = PurePosixPath(name).parts
        # Backslash and colon part folders, drives and streams on Windows; refused everywhere, so
        # that a pack is the same everywhere.
        if not parts or any(part in {".", ".."} or set(part) & set("/\\:") for part in parts):
            raise ValueError(f"{name!r} is no name below a folder")
        path = self._folder
        for part in parts:
            path = path / part
            # Who may write into the folder could send a report to wherever its operator may write.
            if path.is_symlink():
                raise UsageError(str(path), files.LINK)
        return path

    def strangers(self, known: Iterable[str]) -> Iterator[str]:
        """Yield which files of an earlier set stand in the folder and are not of this one.

        Args:
            known: files and folders that some set may have; all in such a folder counts.
        """
        for name in known:
            path = self._folder / name
            inside = sorted(path.rglob("*")) if path.is_dir() else [path]
            for each in (each.relative_to(self._folder).as_posix() for each in inside):
                is_ours = each in self._staged or each in self._dropped
                if (self._folder / each).is_file() and not is_ours:
                    yield each


def _undo(placed: Iterable[Path], aside: Mapping[Path, Path]) -> None:
    for path in placed:
        with suppress(OSError):
            path.unlink()
    for path, old in aside.items():
        with suppress(OSError):
            files.move(old, path)
