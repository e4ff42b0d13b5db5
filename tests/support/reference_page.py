"""The page on the reference tables: sources, rows, and how to bring them up to date."""

from collections.abc import Iterable, Iterator

from casaudit import shipped
from casaudit.rulebook.reading import read_tables
from casaudit.rulebook.reference_table import CheckedSource, Table

TOO_LONG = 60
"""Rows from which on a table is for `casaudit rules data` and not for a page."""
HEAD = """\
# Reference data

What the rules know of versions, builds, dates and names that vendors publish stands in tables, one
YAML file each in `rules/data`; views read them as `data_NAME`. A row rests on its sources, each
with the day on which the rows were last compared with it. `recalled` means: the source could not
be had, and the row says what was known of it.

`casaudit rules data` prints the tables, their sources and how many days ago they were checked
(`--as-of DAY` tells ages on another day), `casaudit rules data NAME` the rows of one, `--json` all
of it. It warns of tables that were last checked more than a year ago. No verdict changes by that.

## Bring a table up to date

1. Open its sources. Is there a newer state (a cumulative update, an end of support, another
   minimum)? Change the rows; `about` says what a cell means. Never delete a row because its
   version is old: a directory may still hold it.
2. Set `checked` of each source that you compared with all rows that cite it, and `as_of`. A source
   that you could not open keeps its day, or becomes `recalled` where rows changed without it.
3. A row cites its sources in `sources`, several separated by commas. A table with one source has
   no such column.
4. `make docs samples`, a line in the CHANGELOG, `make check`. The tests hold the order of
   versions, a row of every generation for every target, and figures that were wrong once.
"""


def page() -> str:
    """Write the page."""
    parts = [HEAD]
    for name, table in read_tables(shipped.RULES).items():
        parts.append("\n".join(_section(name, table)))
    return "\n".join(parts)


def _section(name: str, table: Table) -> Iterator[str]:
    yield from (f"## {name}", "", f"{table.about} Complete up to {table.as_of}.", "")
    yield from (_source(key, each) for key, each in table.sources.items())
    yield ""
    if len(table.rows) >= TOO_LONG:
        yield from (f"{len(table.rows)} rows: `casaudit rules data {name}`.", "")
        return
    columns = list(table.rows[0])
    yield from (_row(columns), _row("---" for _ in columns))
    yield from (_row(row.values()) for row in table.rows)
    yield ""


def _source(key: str, source: CheckedSource) -> str:
    title = f"[{source.title}]({source.url})" if source.url else source.title
    when = "recalled" if source.day is None else f"checked {source.checked}"
    return f"- `{key}`: {title}, {when}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
