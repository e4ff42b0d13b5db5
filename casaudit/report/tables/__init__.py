"""Tables of the CSV files and of the auditor pack: each is declared once, column by column.

A column says what it means, how its cells look and how one is made of what a line is about; the
CSV file, the sheet of the workbook and the data dictionary all come from that one declaration.
Columns are only ever added at the end of a table while ``VERSION`` stays.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from operator import itemgetter
from typing import Any, Generic, TypeVar

from casaudit.findings import Value
from casaudit.i18n.languages import marked
from casaudit.report.labels import plain_value
from casaudit.report.roles import code_words

# Sheets and scripts of readers count on names and places. 2: the requirement stands behind the
# title, since a pass is read by it.
VERSION = 2

T = TypeVar("T")
W = TypeVar("W")
Row = Mapping[str, Value]
_NO_FORMS: Mapping["CellForm", str] = {}


class CellForm(StrEnum):
    """What a cell of a column looks like; an empty one means: not known, or nothing to say."""

    TEXT = "text"
    NUMBER = "number with a decimal point"
    TRUTH = "yes or no"
    TIME = "time in UTC, ISO 8601"
    DAY = "day, ISO 8601"
    LIST = "texts, sorted and joined by '; '; 'none' when there are none"


@dataclass(frozen=True, slots=True)
class TableColumn(Generic[T]):
    """One column of a table whose lines are about items of one type.

    Attributes:
        meaning: what its cells say, as in the data dictionary.
        value: gives the cell of an item.
        is_to_fill_in: whether its cells are left to whoever reads the table.
    """

    name: str
    form: CellForm
    meaning: str
    value: Callable[[T], Value]
    is_to_fill_in: bool = False

    def of(self, part: Callable[[W], T | None]) -> "TableColumn[W]":
        """Return the same column for items that have its own as a part; empty where it lacks."""
        value = self.value

        def of_part(whole: W) -> Value:
            found = part(whole)
            return None if found is None else value(found)

        return TableColumn(self.name, self.form, self.meaning, of_part)


def stored(name: str, form: CellForm, meaning: str) -> TableColumn[Row]:
    """Return a column of lines that hold their cells by name, such as rows of a view."""
    # itemgetter raises for a misspelt name, where get() would leave a column of empty cells.
    return TableColumn(name, form, meaning, itemgetter(name))


def by_name(columns: Sequence[TableColumn[Any]]) -> tuple[TableColumn[Row], ...]:
    """Return the same columns for lines that hold their cells by name."""
    return tuple(replace(column, value=itemgetter(column.name)) for column in columns)


@dataclass(frozen=True, slots=True)
class DataTable(Generic[T]):
    """One table: a CSV file, and in the pack a sheet of the workbook too, line for line.

    Attributes:
        about: what one line is.
        items: what the lines are about, one each; their cells are made anew whenever they are
            asked for, so that the cells of no more than one line are held at once.
    """

    name: str
    about: str
    columns: tuple[TableColumn[T], ...]
    items: Sequence[T]

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.csv"

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, in their order."""
        return tuple(column.name for column in self.columns)

    @property
    def moments(self) -> frozenset[str]:
        """The names of its columns of times and days."""
        return frozenset(c.name for c in self.columns if c.form in (CellForm.TIME, CellForm.DAY))

    def rows(self) -> Iterator[list[Value]]:
        """Yield the cells of each line."""
        values = [column.value for column in self.columns]
        for item in self.items:
            yield [value(item) for value in values]


def dictionary_table(
    described: Sequence[DataTable[Any]], forms: Mapping[CellForm, str] = _NO_FORMS
) -> DataTable[Row]:
    """Return the table that describes every column of some tables and of itself.

    Args:
        described: the tables.
        forms: words for what cells look like, where the usual ones do not hold.
    """
    # It describes itself too, so its columns are needed before its lines are there.
    name = "data-dictionary"
    own = (
        stored("file", CellForm.TEXT, "file of this pack, and sheet of the workbook without its"
               " ending"),
        stored("position", CellForm.NUMBER, "place of the column, from 1"),
        stored("column", CellForm.TEXT, "its name"),
        stored("form", CellForm.TEXT, "what its cells look like"),
        stored("meaning", CellForm.TEXT, "what it says"),
    )  # fmt: skip
    tables = (*described, DataTable(name, marked("a column"), own, ()))
    lines: list[Row] = [
        {
            "file": table.file,
            "position": at,
            "column": column.name,
            "form": forms.get(column.form, column.form.value),
            "meaning": column.meaning,
        }
        for table in tables
        for at, column in enumerate(table.columns, start=1)
    ]
    return DataTable(name, marked("a column"), own, lines)


def named_values(values: Mapping[str, Value]) -> str:
    """Write values in one cell, each behind its name; lists sorted as in cells of their own."""
    return "; ".join(f"{name}={_inline(name, values[name])}" for name in sorted(values))


def _inline(name: str, value: Value) -> str:
    if isinstance(value, list):
        return ", ".join(sorted(value)) or "none"
    if words := code_words(name, value):
        return f"{value} ({words})"
    return value if isinstance(value, str) else plain_value(value)
