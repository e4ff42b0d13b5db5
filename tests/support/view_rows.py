"""What is expected of single rows of views: ``tests/view_rows.yaml``.

Columns that reports show and no verdict rests on, and organisations in which views differ although
no finding does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import ruamel.yaml

_FILE = Path(__file__).parent.with_name("view_rows.yaml")

Cells = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What views hold in one organisation.

    Attributes:
        name: what the organisation is about.
        given: how it differs from the healthy one, as in the examples of rules.
        rows: by view the cells of rows that it has, as far as they are told.
        lacks: by view the cells of rows that it has not.
        counts: by view the number of its rows.
    """

    name: str
    given: dict[str, Any]
    rows: Mapping[str, Sequence[Cells]] = field(default_factory=dict)
    lacks: Mapping[str, Sequence[Cells]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def views(self) -> frozenset[str]:
        """The views that it is about."""
        return frozenset({*self.rows, *self.lacks, *self.counts})

    def problems(self, view: str, found: Sequence[Cells]) -> list[str]:
        """Say where the rows of a view are others than expected."""
        wanted = self.rows.get(view, ())
        problems = [
            f"{view} lacks {cells}; the nearest is {_nearest(cells, found)}"
            for cells in wanted
            if not any(cells.items() <= row.items() for row in found)
        ]
        for cells in self.lacks.get(view, ()):
            if any(cells.items() <= row.items() for row in found):
                problems.append(f"{view} has {cells}")
        if self.counts.get(view, len(found)) != len(found):
            problems.append(f"{view} has {len(found)} rows, not {self.counts[view]}")
        return problems


def _nearest(cells: Cells, found: Sequence[Cells]) -> Cells:
    alike = [{column: row.get(column) for column in cells} for row in found]
    return max(alike, key=lambda row: sum(row[c] == cells[c] for c in cells), default={})


@cache
def expectations() -> tuple[Expectation, ...]:
    """Return what ``tests/view_rows.yaml`` expects."""
    found = ruamel.yaml.YAML(typ="safe").load(_FILE)
    return tuple(Expectation(**{"given": {}, **each}) for each in found)
