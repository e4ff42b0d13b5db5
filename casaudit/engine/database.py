"""SQLite databases in memory: opened for the engine, with the tables of the views."""

import secrets
import sqlite3

from casaudit.engine.functions import register
from casaudit.engine.loading import Own
from casaudit.rulebook.views import View

# SQLite before 3.41 does not ask the progress handler while it prepares a statement, where nested
# WITHs can double a text forty times: only the heap limit ends that.
_HEAP_LIMIT = 1 << 30
_STATEMENTS = 1024
"""How many prepared statements are kept: those of 150 tables and 70 rules, and room for more."""


def own_statements() -> Own:
    """Return what marks the statements of one database as the engine's own."""
    mark = secrets.token_hex(16)
    return lambda sql: f"{sql} -- {mark}"


def opened(own: Own, kept: int = _STATEMENTS) -> sqlite3.Connection:
    """Open an empty database in memory, without fence, that keeps so many statements prepared."""
    # Without isolation_level=None the module opens transactions by itself.
    db = sqlite3.connect(":memory:", isolation_level=None, cached_statements=kept)
    # Else a large sort writes evidence into a file of the temporary folder.
    db.execute(own("PRAGMA temp_store=MEMORY"))
    # SQLite's LIKE ignores letter case, and of ASCII letters only; DuckDB's does not.
    db.execute(own("PRAGMA case_sensitive_like=ON"))
    # For the whole process, and it can only be lowered.
    db.execute(own(f"PRAGMA hard_heap_limit={_HEAP_LIMIT}"))
    # Some builds of Python come without extensions, and so without this method.
    if hasattr(db, "enable_load_extension"):
        db.enable_load_extension(False)
    register(db)
    return db


def create(db: sqlite3.Connection, view: View, own: Own = str) -> None:
    """Make the empty table of a view, and its indexes."""
    described = ", ".join(f"{column.name} {column.sql_type}" for column in view.columns)
    # CREATE TABLE AS would do in one statement, but what it makes is never STRICT.
    db.execute(own(f"CREATE TABLE {view.name} ({described}) STRICT"))
    for number, columns in enumerate(view.indexes):
        db.execute(own(f"CREATE INDEX {view.name}_{number} ON {view.name} ({columns})"))
