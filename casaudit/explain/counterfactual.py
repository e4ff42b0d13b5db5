"""Looking for the smallest change of a row that would turn its verdict.

Values are tried that other rows have, that the condition compares with, or that the data
dictionary lists; the engine judges each altered row behind the same guard as the rule.
"""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casaudit.engine.loading import Row
from casaudit.engine.tables import Tables
from casaudit.rulebook.rule import Rule
from casaudit.rulebook.statements import VERDICT, statement, words
from casaudit.rulebook.views import Column

# Combinations grow fast: with ten columns these bounds are 80, 2,880 and 3,240 statements.
_TRIED = {1: 8, 2: 8, 3: 3}
"""How many values of each column are tried, likely ones first, by the number that change."""

# Another name or id would be another object, and no change of this one.
_IDENTITY = frozenset({"id", "name"})
# SQL doubles a quote within a text.
_LITERAL = re.compile(r"'((?:[^']|'')*)'")
# Not the digits in a name such as is_2010, nor those of a version in quotes.
_NUMBER = re.compile(r"(?<![\w.'])\d+(?:\.\d+)?(?![\w.'])")

RowChange = Mapping[str, Any]
"""Other values for some columns of a row."""


@dataclass(frozen=True, slots=True)
class Population:
    """The rows that a rule judges, and how to judge one that is not among them.

    Attributes:
        columns: every column of the rows, with its description where there is one.
    """

    rule: Rule
    tables: Tables
    columns: Mapping[str, Column | None]

    def row(self, key: str) -> Row | None:
        """Return a row by its id, with all columns and the answers to the rule's conditions."""
        verdicts = statement(self.rule, self.rule.id)
        found = self.tables.select(f"SELECT * FROM ({verdicts}) WHERE id = ?", values=[key])
        return found[0] if found else None

    def smallest(self, row: Row, wanted: bool, only: Sequence[str] = ()) -> RowChange | None:
        """Return the change of fewest columns after which a row passes, or fails.

        Args:
            row: one of the rows.
            wanted: whether it is to pass.
            only: columns that may change, where not all of the condition may.
        """
        free = [c for c in self.named(self.rule.must) if c not in _IDENTITY]
        free = [c for c in free if not only or c in only]
        rows = self.tables.select(statement(self.rule, self.rule.id, free))
        alike = [each for each in rows if _verdict(each) is wanted]
        values = {column: self._values(column, row, alike, rows) for column in free}
        for size, most in _TRIED.items():
            changes = _changes({column: tried[:most] for column, tried in values.items()}, size)
            found = [change for change in changes if self._judged({**row, **change}) is wanted]
            if found:
                # The likeliest of them: what most rows of that verdict are already.
                return max(found, key=lambda c: sum(c.items() <= each.items() for each in alike))
        return None

    def named(self, sql: str) -> list[str]:
        """Return the columns of a row that a condition names, in its order."""
        named = words(sql)
        return sorted((name for name in self.columns if name in named), key=_place_in(sql))

    def _values(
        self, column: str, row: Row, alike: Sequence[Row], rows: Sequence[Row]
    ) -> list[Any]:
        possible = self._possible(self.columns[column])
        tried = [*_common(alike, column), *possible, *_common(rows, column)]
        # No value makes a condition unknown, unless the condition asks for just that.
        may_lack = re.search(rf"\b{column} IS NULL", self.rule.must) is not None
        return [
            value
            for value in dict.fromkeys(tried)
            if value != row[column] and (value is not None or may_lack)
        ]

    def _possible(self, column: Column | None) -> list[Any]:
        """Values of a column that no row needs to have, from its description or the condition."""
        match column.type if column else "":
            # SQLite has no type for truth.
            case "bool":
                return [1, 0]
            # Lists are stored as JSON; of these only the empty one needs no invented name.
            case "list" | "identities":
                return ["[]"]
            case "int" | "real":
                found = [float(n) if "." in n else int(n) for n in _NUMBER.findall(self.rule.must)]
                # A threshold and its neighbours: the condition may be strict or not.
                return [number + step for number in found for step in (0, 1, -1)]
        return [*(column.choices if column else ()), *_LITERAL.findall(self.rule.must)]

    def _judged(self, row: Row) -> bool | None:
        """Return whether a row passes; nothing when the rule gives it neither pass nor fail."""
        fragments = [self.rule.must, *(each.when for each in self.rule.not_applicable)]
        columns = self.named(" ".join(fragments))
        names = [VERDICT, *(f"_na{number}" for number in range(len(fragments) - 1))]
        # The line break ends a comment of SQL (--) with which a condition may end.
        asked = ", ".join(f"({f}\n) AS {n}" for f, n in zip(fragments, names, strict=True))
        given = ", ".join(f"? AS {column}" for column in columns)
        sql = f"SELECT {asked} FROM (SELECT {given}) AS e"
        # Values are bound and never written into the statement: they come from the directory.
        return _verdict(self.tables.select(sql, values=[row[column] for column in columns])[0])


def _place_in(sql: str) -> Callable[[str], int]:
    def place(name: str) -> int:
        found = re.search(rf"\b{name}\b", sql)
        return found.start() if found else len(sql)

    return place


def _verdict(row: Row) -> bool | None:
    if row[VERDICT] is None or any(row[name] for name in row if re.fullmatch(r"_na\d+", name)):
        return None
    return bool(row[VERDICT])


def _common(rows: Sequence[Row], column: str) -> list[Any]:
    return [value for value, _ in Counter(each[column] for each in rows).most_common()]


def _changes(values: Mapping[str, Sequence[Any]], size: int) -> Iterator[RowChange]:
    for columns in itertools.combinations(values, size):
        for chosen in itertools.product(*(values[column] for column in columns)):
            yield dict(zip(columns, chosen, strict=True))
