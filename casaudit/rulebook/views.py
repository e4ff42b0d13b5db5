"""Reading the files of views: the statements, and the columns with their types and meanings."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from casaudit.errors import RuleError

_SQL_TYPES = {"int": "INTEGER", "bool": "INTEGER", "real": "REAL"}
# "... AS name, -- identity(id): the database", with the column of the id in parentheses. A comment
# goes on in lines of its own, and may begin in one.
_COLUMN = re.compile(r"\bAS (\w+),?\s+-- (\w+)(?:\((\w+)\))?: (.+(?:\n\s+-- .+)*)$", re.MULTILINE)
_HEADER = re.compile(r"^-- (\w+): (.+(?:\n--   .+)*)$", re.MULTILINE)
_GOES_ON = re.compile(r"\s*\n\s*-- +")
_COMMENT = re.compile(r"\s*-- .*$", re.MULTILINE)
# "yes, no or unknown; what follows a semicolon explains".
_CHOICES = re.compile(r"(\w+(?:, \w+)*(?:,? or \w+))(?:;.*)?")
_INDEX = re.compile(r"^-- index: (.+)$", re.MULTILINE)
_WORD = re.compile(r"\w+")
_CREATE = re.compile(r"^CREATE VIEW (\w+) AS (.*)\Z", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Column:
    """A published column.

    Attributes:
        type: text, int, real, bool, list, identities or identity.
        id_column: for an identity, the column with the id of the same object.
    """

    name: str
    type: str
    id_column: str | None
    meaning: str

    @property
    def sql_type(self) -> str:
        """The type of the SQLite column that holds it."""
        return _SQL_TYPES.get(self.type, "TEXT")

    @property
    def choices(self) -> tuple[str, ...]:
        """The values that its meaning lists; nothing when it is not a list of words."""
        found = _CHOICES.fullmatch(self.meaning)
        return tuple(re.split(r",? or |, ", found.group(1))) if found else ()


@dataclass(frozen=True, slots=True)
class View:
    """One statement of a file of views."""

    name: str
    meaning: str
    select: str
    columns: tuple[Column, ...]
    indexes: tuple[str, ...]

    @property
    def is_published(self) -> bool:
        """Whether rules may read it; work tables are emptied before any rule runs."""
        return self.name.startswith("v_")


def parse_views(text: str, path: str) -> tuple[View, ...]:
    """Read the statements of a views file.

    Raises:
        RuleError: a statement without header, or a view without documented columns.
    """
    # No text literal of a view holds a semicolon at the end of a line.
    return tuple(_view(part, path) for part in text.split(";\n") if "CREATE VIEW" in part)


def in_order(views: Iterable[View]) -> tuple[View, ...]:
    """Return the views so that each comes after those that it reads.

    Raises:
        RuleError: views that read each other in a circle; ``path`` is the name of one.
    """
    named = {view.name: view for view in views}
    # Without itself: a view may have a column that is called like it.
    read = {name: set(_WORD.findall(view.select)) - {name} for name, view in named.items()}
    # Lists in the order of the files, so that the sorter's choice is the same in every process.
    needs = {name: [other for other in named if other in read[name]] for name in named}
    try:
        return tuple(named[name] for name in TopologicalSorter(needs).static_order())
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise RuleError(error.args[1][0], f"views read each other in a circle: {circle}") from None


def _view(part: str, path: str) -> View:
    created = _CREATE.search(part)
    if created is None:
        raise RuleError(path, f"not a CREATE VIEW statement: {part.strip()[:60]!r}")
    name, select = created.groups()
    meanings = {key: _GOES_ON.sub(" ", meaning) for key, meaning in _HEADER.findall(part)}
    columns = tuple(
        Column(column, kind, key or None, _GOES_ON.sub(" ", meaning))
        for column, kind, key, meaning in _COLUMN.findall(select)
    )
    if name not in meanings or not columns:
        raise RuleError(path, f"view {name} lacks its description or its column comments")
    # The engine takes words of a statement for names of tables; comments are full of words.
    select = _COMMENT.sub("", select)
    return View(name, meanings[name], select, columns, tuple(_INDEX.findall(part)))
