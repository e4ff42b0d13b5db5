"""From a snapshot to fenced SQLite tables: what rules may read, and nothing else.

Records are loaded into raw tables, the views of ``rules/views`` are materialised
one after the other, the raw tables are dropped, and only then the fence goes
up: an authorizer that allows reading the published tables, a step limit by
time, and small limits on what one statement can allocate.
"""

import sqlite3
import time
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from typing import Any

from casaudit.engine.functions import RULE_FUNCTIONS, register
from casaudit.engine.loading import Context, Row, load
from casaudit.errors import RuleError
from casaudit.findings import PublishedViews, Value, ViewRows
from casaudit.rulebook.statements import words
from casaudit.rulebook.views import Column, View
from casaudit.snapshot import Snapshot

RULE_SECONDS = 20.0
MAX_ROWS = 1_000_000
_HEAP_LIMIT = 1 << 30
_BUILT_IN = (
    "abs coalesce nullif ifnull length lower upper trim ltrim rtrim substr instr replace round"
    " sum count avg min max like row_number rank"
)
_FUNCTIONS = frozenset(_BUILT_IN.split()) | frozenset(RULE_FUNCTIONS)
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 262_144,
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
    """The published tables of one snapshot, behind the fence."""

    def __init__(
        self,
        snapshot: Snapshot,
        views: Sequence[View],
        data: Mapping[str, Sequence[Mapping[str, Any]]],
        context: Context,
    ) -> None:
        self._published = {view.name: view for view in views if view.is_published}
        self._deadline = float("inf")
        self._db = _opened()
        self._db.execute("PRAGMA journal_mode=OFF")
        load(self._db, snapshot, data, context, _wanted(tuple(views)))
        for view, idle in zip(views, _idle_after(self._db, tuple(views)), strict=True):
            _materialise(self._db, view)
            for name in idle:
                self._db.execute(f"DROP TABLE {name}")
        self._raise_fence()

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
        self._deadline = time.monotonic() + seconds
        try:
            cursor = self._db.execute(sql, values)
            found = cursor.fetchmany(most + 1)
            names = [each[0] for each in cursor.description or ()]
        except (sqlite3.Error, sqlite3.Warning, MemoryError, UnicodeError, OverflowError) as error:
            raise RuleError("sql", _in_words(error)) from None
        finally:
            self._deadline = float("inf")
        if len(found) > most:
            raise RuleError("sql", f"more than {most} rows")
        return names, found

    def describe(self, sql: str) -> tuple[str, ...]:
        """Return the column names of a reading statement.

        Raises:
            RuleError: as for ``select``.
        """
        try:
            return tuple(each[0] for each in self._db.execute(sql).description or ())
        except (sqlite3.Error, sqlite3.Warning, MemoryError, UnicodeError) as error:
            raise RuleError("sql", _in_words(error)) from None

    def inventory(self, view: str) -> tuple[Mapping[str, Value], ...]:
        """Return all rows of a published view with lists and truth values as such."""
        return self._view_rows(view, {}).decoded()

    def views(self) -> PublishedViews:
        """Return all published views; equal texts are kept once."""
        texts: dict[str, str] = {}
        return PublishedViews({name: self._view_rows(name, texts) for name in self._published})

    def _view_rows(self, view: str, texts: dict[str, str]) -> ViewRows:
        keep = texts.setdefault
        names, found = self.rows(f"SELECT * FROM {view} ORDER BY 1, 2")
        kinds = {column.name: column.type for column in self.columns(view)}
        rows = [tuple([keep(c, c) if type(c) is str else c for c in row]) for row in found]
        return ViewRows(tuple(names), tuple(kinds[name] for name in names), tuple(rows))

    def _raise_fence(self) -> None:
        for limit, value in _LIMITS.items():
            self._db.setlimit(limit, value)
        self._db.execute("PRAGMA query_only=ON")
        self._db.set_authorizer(self._allow)
        self._db.set_progress_handler(lambda: time.monotonic() > self._deadline, 1000)

    def _allow(self, action: int, one: str | None, two: str | None, *_: str | None) -> int:
        allowed = (
            action == sqlite3.SQLITE_SELECT
            or (action == sqlite3.SQLITE_READ and one in self._published)
            or (action == sqlite3.SQLITE_FUNCTION and (two or "").lower() in _FUNCTIONS)
        )
        return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _opened() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:", isolation_level=None, cached_statements=0)
    db.execute("PRAGMA temp_store=MEMORY")
    db.execute("PRAGMA case_sensitive_like=ON")
    db.execute(f"PRAGMA hard_heap_limit={_HEAP_LIMIT}")
    if hasattr(db, "enable_load_extension"):
        db.enable_load_extension(False)
    register(db)
    return db


@lru_cache(maxsize=128)
def _wanted(views: tuple[View, ...]) -> Mapping[str, Set[str]]:
    """Return every name in the views, with all words of the views that have it."""
    wanted: dict[str, set[str]] = {}
    for view in views:
        for name in words(view.select):
            wanted.setdefault(name, set()).update(words(view.select))
    return wanted


@lru_cache(maxsize=128)
def _last_uses(views: tuple[View, ...]) -> Mapping[str, int]:
    """Return every name in the views, with the place of the last one that has it."""
    named = (
        (at, name) for at, view in enumerate(views) for name in (view.name, *words(view.select))
    )
    return {name: at for at, name in named}


def _idle_after(db: sqlite3.Connection, views: tuple[View, ...]) -> list[list[str]]:
    """Return for each view the raw and work tables that no later view reads."""
    raw = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    work = [view.name for view in views if not view.is_published]
    uses = _last_uses(views)
    idle: list[list[str]] = [[] for _ in views]
    for name in (*raw, *work):
        idle[uses.get(name, 0)].append(name)
    return idle


def _materialise(db: sqlite3.Connection, view: View) -> None:
    described = ", ".join(f"{column.name} {column.sql_type}" for column in view.columns)
    db.execute(f"CREATE TABLE {view.name} ({described}) STRICT")
    db.execute(f"INSERT INTO {view.name} {view.select}")
    for number, columns in enumerate(view.indexes):
        db.execute(f"CREATE INDEX {view.name}_{number} ON {view.name} ({columns})")


def _in_words(error: Exception) -> str:
    text = str(error) or type(error).__name__
    if any(word in text for word in ("prohibited", "not authorized", "authorization denied")):
        return f"{text}: rules may read the published views and call the listed functions only"
    if "interrupted" in text:
        return "took too long"
    return text
