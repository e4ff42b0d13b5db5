"""What ``casaudit rules data`` says of the reference tables: where they are from, and how old."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from casaudit.errors import UsageError, nearest
from casaudit.rulebook.reference_table import RECALLED, CheckedSource, Table
from casaudit.text import count

MAX_AGE = 365
"""Days after which a table is to be checked again: vendors publish and end something each year."""


def day_of_ages(text: str | None) -> date:
    """Return the day on which ages are told: today (UTC), or the one that is asked for.

    Raises:
        UsageError: it is no day.
    """
    try:
        return datetime.now(UTC).date() if text is None else date.fromisoformat(text)
    except ValueError:
        hint = "write it as 2026-12-31"
        raise UsageError("--as-of", f"{text!r} is not a day", hint) from None


def chosen_tables(tables: Mapping[str, Table], name: str | None) -> Mapping[str, Table]:
    """Return all tables, or the one that is named.

    Raises:
        UsageError: there is none of that name.
    """
    if name is None:
        return tables
    if name not in tables:
        raise UsageError(name, f"no such table{nearest(name, tables)}", "see 'casaudit rules data'")
    return {name: tables[name]}


def age_lines(name: str, table: Table, today: date) -> Iterator[str]:
    """Yield a table in short: its name and rows, its age, and the same of each source."""
    recalled = f", {table.recalled} of them recalled" if table.recalled else ""
    yield f"{name}: {count(len(table.rows), 'row')}{recalled}; {_age(table.checked, today)}"
    for source in table.sources.values():
        yield f"  {_checked(source, today)}: {source.title}"
        if source.url:
            yield f"    {source.url}"


def too_old(tables: Mapping[str, Table], today: date) -> Iterator[str]:
    """Yield a sentence for each table that was last checked too long ago."""
    for name, table in tables.items():
        if (age := (today - table.checked).days) > MAX_AGE:
            yield (
                f"{name}: last checked {age} days ago, more than a year;"
                " docs/reference-data.md says how to bring it up to date"
            )


def tables_json(tables: Mapping[str, Table], today: date) -> str:
    """Return the tables with their sources and ages; the age of what is recalled is null."""
    found = {
        name: {
            "about": table.about,
            "as_of": table.as_of.isoformat(),
            "age_days": (today - table.checked).days,
            "recalled_rows": table.recalled,
            "sources": {
                key: source.model_dump()
                | {"age_days": None if source.day is None else (today - source.day).days}
                for key, source in table.sources.items()
            },
            "rows": table.rows,
        }
        for name, table in tables.items()
    }
    return json.dumps(found, indent=1, ensure_ascii=False)


def _checked(source: CheckedSource, today: date) -> str:
    return RECALLED if source.day is None else _age(source.day, today)


def _age(checked: date, today: date) -> str:
    return f"checked {checked} ({count((today - checked).days, 'day')})"
