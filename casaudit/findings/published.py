"""Published views and evidence in little room: rows as tuples, decoded when they are read."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from casaudit.findings.finding import Value

Cells = tuple[Any, ...]
"""One row as SQLite holds it: texts, numbers, lists as JSON, truth values as 0 and 1."""


def decoded(value: Any, kind: str) -> Value:
    """Return a cell as evidence shows it: lists and truth values instead of SQLite's forms.

    Args:
        value: the cell.
        kind: the documented type of its column: ``bool``, ``list``, ``identities``, or any other.
    """
    if value is None:
        return None
    match kind:
        case "bool":
            return bool(value)
        case "list":
            return [str(each) for each in json.loads(value)]
        case "identities":
            # The ids are for commands; people read names.
            return [name for name, _ in json.loads(value)]
    return value  # type: ignore[no-any-return]


@dataclass(frozen=True, slots=True)
class ViewRows:
    """The rows of one published view.

    Attributes:
        names: of its columns; ``kinds`` their documented types.
        rows: one tuple of cells each.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    rows: tuple[Cells, ...]

    def decoded(self) -> tuple[Mapping[str, Value], ...]:
        """Return the rows with column names, lists and truth values as such."""
        columns = tuple(zip(self.names, self.kinds, strict=True))
        return tuple(
            {name: decoded(cell, kind) for (name, kind), cell in zip(columns, row, strict=True)}
            for row in self.rows
        )


@dataclass(frozen=True, slots=True)
class PublishedViews(Mapping[str, tuple[Mapping[str, Value], ...]]):
    """Published views by name; a view is decoded whenever it is asked for, and not kept so."""

    views: Mapping[str, ViewRows] = field(default_factory=dict)

    def __getitem__(self, name: str) -> tuple[Mapping[str, Value], ...]:
        return self.views[name].decoded()

    def __iter__(self) -> Iterator[str]:
        return iter(self.views)

    def __len__(self) -> int:
        return len(self.views)
