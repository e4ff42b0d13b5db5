"""Speaking to people: data to standard output, progress and errors to standard error."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Self

import rich.markup
import rich.progress
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from casaudit.errors import CasauditError
from casaudit.text import count, visible

# rich takes "[red]" in a name for markup, colours what looks like a number, and breaks paths at the
# edge of the terminal.
_out = Console(highlight=False, markup=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def show(result: RenderableType) -> None:
    """Print a result for people."""
    _out.print(result)


def show_data(text: str) -> None:
    """Print a result for programs, as it is."""
    # Not through rich, which would break long lines and expand tabs.
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def show_error(error: CasauditError) -> None:
    """Print an error with its hint."""
    _err.print(Text.assemble(("error: ", "bold red"), visible(str(error))))
    if error.hint:
        _err.print(Text.assemble(("hint:  ", "bold"), visible(error.hint)))


def note(text: str) -> None:
    """Print a line of progress."""
    _err.print(Text(visible(text)))


def show_table(rows: Sequence[Mapping[str, object]]) -> None:
    """Print rows as a table, NULL as an empty cell."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in rows[0] if rows else ():
        # Fold, since rich cuts a long cell by default, and a name without its end is another name.
        table.add_column(Text(name), overflow="fold")
    for row in rows:
        cells = ("" if value is None else visible(str(value)) for value in row.values())
        table.add_row(*(Text(cell) for cell in cells))
    _out.print(table)
    note(count(len(rows), "row"))


class Progress:
    """Shows how far a long work has come: a bar on a terminal, a line per part elsewhere."""

    def __init__(self) -> None:
        self._bar = rich.progress.Progress(console=_err, transient=True, disable=not _shown())
        self._tasks: dict[str, rich.progress.TaskID] = {}

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Take note that so many of a part are done."""
        if what not in self._tasks:
            # The columns of a progress bar read markup, whatever the console is told.
            self._tasks[what] = self._bar.add_task(rich.markup.escape(visible(what)), total=total)
            if not _shown():
                note(f"{what} ({total})" if total > 1 else what)
        self._bar.update(self._tasks[what], completed=done, total=total)


def _shown() -> bool:
    return _err.is_terminal


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show that something is under way, on a terminal only."""
    if not _err.is_terminal:
        yield
        return
    with _err.status(visible(what)):
        yield
