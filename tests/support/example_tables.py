"""The tables of all examples in one database, for mistakes in views to be tried there.

What a table holds in the examples is kept once for all that have it so, and goes into the database
when a statement reads it.
"""

import sqlite3
import time
from collections import ChainMap, Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from casaudit.engine.database import create, opened
from casaudit.engine.evaluate import Question, context_of
from casaudit.engine.loading import RawTables
from casaudit.engine.tables import Tables
from casaudit.rulebook.statements import words
from casaudit.rulebook.views import View
from casaudit.snapshot import Snapshot
from tests.support.shipped_rules import book

_SECONDS = 5.0  # of the processor, so that a busy machine changes no outcome

Row = tuple[Any, ...]
Prints = Mapping[str, int]
"""What each table holds in an example: tables with the same rows have the same print."""


class ExampleTables(Tables):
    """The tables of one example after another without a fence, so that views can be mutated."""

    def __init__(self) -> None:
        self._views = book().views
        self._published = {view.name: view for view in self._views if view.is_published}
        self._own = str
        self._db = opened(str)
        wanted = frozenset[str]().union(*(words(view.select) for view in self._views))
        self._raw = RawTables(self._db, book().data, dict.fromkeys(wanted, wanted))
        for view in self._views:
            create(self._db, view)
        self._filled = frozenset({*self._raw.names, *(view.name for view in self._views)})
        self._held: dict[str, int] = {}
        self._row = ChainMap[Row, Row]()
        self._rows = ChainMap[tuple[str, int], list[Row]]()
        self._made = ChainMap[tuple[str, tuple[int, ...]], int]()
        self._deadline = float("inf")
        self._db.set_progress_handler(lambda: time.thread_time() > self._deadline, 1000)

    @contextmanager
    def _fence_open(self) -> Iterator[None]:
        yield  # there is no fence

    def close(self) -> None:
        """Give the memory back: SQLite's limit is one for all databases of a process."""
        self._db.close()

    def prints(self, snapshot: Snapshot, question: Question, views: Sequence[View]) -> Prints:
        """Load a snapshot, make some views of it, and return what the tables come to."""
        for name in self._raw.names:
            self._db.execute(f"DELETE FROM {name}")
        self._raw.fill(snapshot, context_of(snapshot, question))
        found: dict[str, int] = {}
        for name in self._raw.names:
            found[name] = self._kept(name, self._db.execute(f"SELECT * FROM {name}"))
        self._held |= found
        for view in views:
            found[view.name] = self._printed(view, found)
        return found

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """Forget behind the block what tables came to within it."""
        kept = self._row, self._rows, self._made
        self._row, self._rows, self._made = (
            kept[0].new_child(),
            kept[1].new_child(),
            kept[2].new_child(),
        )
        try:
            yield
        finally:
            self._row, self._rows, self._made = kept

    def altered(self, mutant: View, views: Sequence[View], prints: Prints) -> Prints:
        """Make a mutated view and what rests on it; return what the tables come to."""
        altered = dict(prints)
        for view in views:
            if view.name == mutant.name:
                altered[view.name] = self._printed(mutant, altered)
            elif any(altered[name] != prints[name] for name in self.read_by(view.select)):
                altered[view.name] = self._printed(view, altered)
        return altered

    def hold(self, names: Iterable[str], prints: Prints) -> None:
        """Fill tables with what they come to in an example."""
        for name in names:
            if self._held.get(name) != prints[name]:
                rows = self._rows[name, prints[name]]
                self._held.pop(name, None)  # should a row be refused, nobody knows what it holds
                self._db.execute(f"DELETE FROM {name}")
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    self._db.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
                self._held[name] = prints[name]

    def read_by(self, sql: str) -> tuple[str, ...]:
        """Return the raw tables and views that a statement reads."""
        return _named(sql, self._filled)

    def _printed(self, view: View, prints: Prints) -> int:
        read = self.read_by(view.select)
        key = view.select, tuple(prints[name] for name in read)
        if key not in self._made:
            self.hold(read, prints)
            self._deadline = time.thread_time() + _SECONDS
            try:
                self._made[key] = self._kept(view.name, self._db.execute(view.select))
            finally:
                self._deadline = float("inf")
        return self._made[key]

    def _kept(self, name: str, rows: Iterable[Row]) -> int:
        """Keep the rows of a table; most are those of other examples too."""
        kept = [self._row.setdefault(row, row) for row in rows]
        print_ = hash(frozenset(Counter(kept).items()))
        self._rows[name, print_] = kept
        return print_

    def understands(self, sql: str) -> bool:
        """Whether the engine can make sense of a statement."""
        try:
            self._db.execute(f"EXPLAIN {sql}")
        except sqlite3.Error:
            return False
        return True


@cache
def _named(sql: str, tables: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(words(sql) & tables))
