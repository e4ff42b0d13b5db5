"""Reference tables: facts that a vendor publishes, each with its source and the day it was checked.

What they say ages without anybody touching this project, so each row tells how old it is.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from casaudit.days import Day

RECALLED = "recalled"
COLUMN = "sources"
"""The column in which a row names its sources, where the table has more than one."""

Rows = tuple[dict[str, str], ...]


def _alike(rows: Rows) -> Rows:
    for number, row in enumerate(rows, 1):
        # The first row makes the columns: a misspelt cell would show only while judging.
        if row.keys() != rows[0].keys():
            raise ValueError(f"row {number} has other columns than the first")
    return rows


def _day_or_recalled(text: str) -> str:
    if text != RECALLED:
        _as_day(text)
    return text


def _as_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is neither a day such as 2026-12-31 nor {RECALLED!r}") from None


class CheckedSource(BaseModel):
    """Where rows come from.

    Attributes:
        url: where that can be read, where it is on the web.
        checked: the day on which the rows were last compared with it; ``recalled`` where it
            could not be had, so that the rows rest on what was known of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str = Field(min_length=1)
    url: str = ""
    checked: Annotated[str, AfterValidator(_day_or_recalled)]

    @property
    def day(self) -> date | None:
        """The day on which it was checked; ``None`` where it is recalled."""
        return None if self.checked == RECALLED else _as_day(self.checked)


class Table(BaseModel):
    """A table under ``data/``, readable by the views as ``data_NAME``.

    Attributes:
        about: what a row is, and what a reader has to know of its cells.
        as_of: the day up to which the rows are complete.
        sources: by the name under which rows cite them in the column ``sources``, separated by
            commas; of the only one all rows are without saying so.
        rows: cells by column, all of them texts; each row has the columns of the first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str = Field(min_length=1)
    as_of: Day
    sources: Mapping[str, CheckedSource] = Field(min_length=1)
    rows: Annotated[Rows, AfterValidator(_alike)] = Field(min_length=1)

    @model_validator(mode="after")
    def _cites(self) -> Self:
        cited = {name for row in self.rows for name in self._names(row)}
        if strange := cited - self.sources.keys():
            raise ValueError(f"rows cite {min(strange)!r}, which is not among the sources")
        if unused := self.sources.keys() - cited:
            raise ValueError(f"no row cites the source {min(unused)!r}")
        return self

    def _names(self, row: Mapping[str, str]) -> list[str]:
        if COLUMN not in row and len(self.sources) == 1:
            return list(self.sources)
        return [name.strip() for name in row.get(COLUMN, "").split(",")]

    def sources_of(self, row: Mapping[str, str]) -> list[CheckedSource]:
        """Return what a row rests on."""
        return [self.sources[name] for name in self._names(row)]

    @property
    def recalled(self) -> int:
        """The number of rows of which some source could not be had."""
        return sum(any(s.day is None for s in self.sources_of(row)) for row in self.rows)

    @property
    def checked(self) -> date:
        """The day since which nothing in it is older; recalled rows were never checked."""
        days = [source.day for source in self.sources.values() if source.day is not None]
        return min(days, default=self.as_of)
