"""From a snapshot to fenced SQLite tables: what rules may read, and nothing else.

Records are loaded into raw tables and the views of ``rules/views`` are materialised one after
the other. Rules run behind a fence: an authorizer that allows reading the published tables, a
step limit by time, and small limits on what one statement can allocate. The database is kept:
the next snapshot finds its tables made and the statements prepared.
"""

import sqlite3
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from casaudit.engine.database import create, opened, own_statements
from casaudit.engine.functions import MAX_BYTES, RULE_FUNCTIONS
from casaudit.engine.loading import Context, Data, RawTables, Row
from casaudit.errors import RuleError
from casaudit.findings import PublishedViews, Value, ViewRows
from casaudit.rulebook.statements import words
from casaudit.rulebook.views import Column, View
from casaudit.snapshot import Snapshot

RULE_SECONDS = 20.0
MAX_ROWS = 1_000_000
# No printf, zeroblob, hex or group_concat: each makes a text of any size in one step. "like" is how
# the authorizer is asked about the operator LIKE.
_BUILT_IN = (
    "abs coalesce nullif ifnull length lower upper trim ltrim rtrim substr instr replace round"
    " sum count avg min max like row_number rank"
)
_FUNCTIONS = frozenset(_BUILT_IN.split()) | frozenset(RULE_FUNCTIONS)
# Nothing interrupts SQLite inside of LIKE or of an operator: the lengths of a text and of a pattern
# bound them. The first bounds whole rows too, where they are sorted. ATTACH would open files.
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: MAX_BYTES,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 20_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 20,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 50_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 16,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 200,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 100,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 0,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}


class Tables:
    """The published tables of one snapshot after another, behind the fence."""

    def __init__(self, views: Sequence[View], data: Data) -> None:
        self._views = tuple(views)
        self._data = data
        self._published = {view.name: view for view in self._views if view.is_published}
        self._deadline = float("inf")
        self._is_loading = False
        self._is_whole = False
        self._make()

    def load(self, snapshot: Snapshot, context: Context) -> None:
        """Replace what the tables hold by a snapshot and the circumstances of its judgement."""
        if not self._is_whole:
            self._close()
            self._make()
        self._is_whole = False  # without a journal an error leaves a database nobody can trust
        with self._fence_open():
            self._empty(self.names)  # all others were emptied when they were idle
            self._raw.fill(snapshot, context)
            for view, idle in zip(self._views, self._idle, strict=True):
                # Tables and no live views: for "count(*)" of a view SQLite asks the authorizer
                # about the table below it, which no rule may read.
                self._db.execute(self._own(f"INSERT INTO {view.name} {view.select}"))
                self._empty(idle)
        self._is_whole = True

    def columns(self, view: str) -> tuple[Column, ...]:
        """Return the columns of a published view; nothing for an unknown name."""
        return self._published[view].columns if view in self._published else ()

    @property
    def names(self) -> tuple[str, ...]:
        """The published views."""
        return tuple(self._published)

    def select(
        self,
        sql: str,
        *,
        values: Sequence[Any] = (),
        seconds: float = RULE_SECONDS,
        most: int = MAX_ROWS,
    ) -> list[Row]:
        """Run one reading statement inside the fence; its rows have their column names."""
        names, found = self.rows(sql, values=values, seconds=seconds, most=most)
        return [dict(zip(names, row, strict=True)) for row in found]

    def rows(
        self,
        sql: str,
        *,
        values: Sequence[Any] = (),
        seconds: float = RULE_SECONDS,
        most: int = MAX_ROWS,
    ) -> tuple[Sequence[str], list[tuple[Any, ...]]]:
        """Run one reading statement inside the fence.

        Args:
            sql: the statement.
            values: for its question marks, in their order.
            seconds: how long it may take.
            most: how many rows it may give.

        Returns:
            The names of the columns, and the rows.

        Raises:
            RuleError: what the fence or SQLite refuses; ``subject`` is the statement.
        """
        with self._within(seconds):
            cursor = self._db.execute(sql, values)
            # One more than allowed: that tells too many from just enough.
            found = cursor.fetchmany(most + 1)
            names = [each[0] for each in cursor.description or ()]
        if len(found) > most:
            raise RuleError("sql", f"more than {most} rows")
        return names, found

    def describe(self, sql: str, *, seconds: float = RULE_SECONDS) -> tuple[str, ...]:
        """Return the column names of a reading statement.

        Raises:
            RuleError: as for ``select``.
        """
        with self._within(seconds):
            # SQLite knows them before the first row, but Python's module looks for that row.
            return tuple(each[0] for each in self._db.execute(sql).description or ())

    def inventory(self, view: str) -> tuple[Mapping[str, Value], ...]:
        """Return all rows of a published view with lists and truth values as such."""
        return self._view_rows(view, {}).decoded()

    def published(self) -> PublishedViews:
        """Return all published views; equal texts are kept once."""
        texts: dict[str, str] = {}
        return PublishedViews({name: self._view_rows(name, texts) for name in self._published})

    def _view_rows(self, view: str, texts: dict[str, str]) -> ViewRows:
        keep = texts.setdefault
        # Of the engine's own statements none may fail, however wide a row has become.
        with self._fence_open():
            names, found = self.rows(
                self._own(f"SELECT * FROM {view} ORDER BY 1, 2"), seconds=float("inf")
            )
        kinds = {column.name: column.type for column in self.columns(view)}
        rows = [tuple([keep(c, c) if type(c) is str else c for c in row]) for row in found]
        return ViewRows(tuple(names), tuple(kinds[name] for name in names), tuple(rows))

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Give a statement so much time; what the fence or SQLite refuses is a ``RuleError``."""
        self._deadline = time.monotonic() + seconds
        try:
            yield
        # Warning: two statements, in Python 3.11. MemoryError: the heap limit. UnicodeError: a lone
        # surrogate in the text. OverflowError: a number beyond 64 bits.
        except (sqlite3.Error, sqlite3.Warning, MemoryError, UnicodeError, OverflowError) as error:
            raise RuleError("sql", _in_words(error)) from None
        finally:
            self._deadline = float("inf")

    def _make(self) -> None:
        """Open a database and make all its tables, empty but for the reference data."""
        self._own = own_statements()
        self._db = opened(self._own)
        # Nothing is ever rolled back: a database that saw an error is thrown away.
        self._db.execute(self._own("PRAGMA journal_mode=OFF"))
        # By its statements a connection holds itself: open, it would wait for the cycle collector,
        # which counts objects and not megabytes.
        self._close = weakref.finalize(self, self._db.close)
        # At the end of the process, perhaps in another thread, SQLite would refuse.
        self._close.atexit = False
        me = weakref.proxy(self)
        self._db.set_authorizer(lambda *about: me._allow(*about))
        # Asked every 1,000 steps: soon enough to end a cross join in time, too seldom to be felt.
        self._db.set_progress_handler(lambda: time.monotonic() > me._deadline, 1000)
        # As it was before the limits: SQLite tells the old value when it sets a new one.
        self._unlimited = {limit: self._db.getlimit(limit) for limit in _LIMITS}
        with self._fence_open():
            self._raw = RawTables(self._db, self._data, _wanted(self._views), self._own)
            for view in self._views:
                create(self._db, view, self._own)
        self._idle = _idle_after(self._raw.names, self._views)
        self._is_whole = True

    def _empty(self, names: Sequence[str]) -> None:
        for name in names:
            # Not DROP: tables, indexes and prepared statements are for the next snapshot.
            self._db.execute(self._own(f"DELETE FROM {name}"))

    @contextmanager
    def _fence_open(self) -> Iterator[None]:
        """Let the engine's own statements through.

        They stay prepared, and a statement is run from there by its exact text without asking
        the authorizer again: that is why each bears a comment that no rule can guess. The
        authorizer itself stays: to set it would throw all prepared statements away, as
        ``PRAGMA query_only`` does.
        """
        # Statements of views, and their values, may be larger than those of rules.
        self._set_limits(self._unlimited)
        self._is_loading = True
        try:
            yield
        finally:
            self._is_loading = False
            self._set_limits(_LIMITS)

    def _set_limits(self, limits: Mapping[int, int]) -> None:
        for limit, value in limits.items():
            self._db.setlimit(limit, value)

    def _allow(self, action: int, one: str | None, two: str | None, *_: str | None) -> int:
        # The last argument, which is not looked at, names an inner view or WITH: who writes a rule
        # chooses that name. SQLITE_RECURSIVE is not allowed: such a WITH need not end.
        allowed = (
            self._is_loading
            or action == sqlite3.SQLITE_SELECT
            or (action == sqlite3.SQLITE_READ and one in self._published)
            or (action == sqlite3.SQLITE_FUNCTION and (two or "").lower() in _FUNCTIONS)
        )
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


@lru_cache(maxsize=128)
def _wanted(views: tuple[View, ...]) -> Mapping[str, Set[str]]:
    """Return every name in the views, with all words of the views that have it."""
    wanted: dict[str, set[str]] = {}
    for view in views:
        for name in words(view.select):
            wanted.setdefault(name, set()).update(words(view.select))
    return wanted


@lru_cache(maxsize=128)
def _idle_after(raw: tuple[str, ...], views: tuple[View, ...]) -> list[list[str]]:
    """Return for each view the raw and work tables that no later view reads."""
    uses = {name: at for at, view in enumerate(views) for name in (view.name, *words(view.select))}
    idle: list[list[str]] = [[] for _ in views]
    for name in (*raw, *(view.name for view in views if not view.is_published)):
        if views:
            # What no view reads is emptied behind the first.
            idle[uses.get(name, 0)].append(name)
    return idle


def _in_words(error: Exception) -> str:
    text = str(error) or type(error).__name__
    # SQLite has several wordings, by what was refused: a column, a function, a statement.
    if any(word in text for word in ("prohibited", "not authorized", "authorization denied")):
        return f"{text}: rules may read the published views and call the listed functions only"
    if "interrupted" in text:
        return "took too long"
    return text
