"""From records to raw tables: one table a kind of record, one column a field that views read."""

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from casaudit.engine import certificate_chains
from casaudit.engine.settings import Settings
from casaudit.snapshot import Record, Snapshot, Source

_RAW_INDEXES = {
    "dns_answers": ("name",),
    "certificates": ("sha256", "sha1"),
    "tls_endpoints": ("host",),
}

_PLAIN = {str, int, bool, type(None)}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of a judgement, as rules can read them in ``v_context``."""

    as_of: str
    collected_at: str
    profile: str
    target: str | None
    settings: Settings = field(default_factory=Settings)


def load(
    db: sqlite3.Connection,
    snapshot: Snapshot,
    data: Mapping[str, Sequence[Mapping[str, Any]]],
    context: Context,
    wanted: Mapping[str, Set[str]],
) -> None:
    """Fill the raw tables.

    Args:
        db: an empty database.
        snapshot: the records.
        data: the reference tables of the rule book.
        context: circumstances and settings.
        wanted: the tables that views name, each with every word of those views: other tables
            and columns are left out.
    """
    for name, info in type(snapshot).model_fields.items():
        record = _record_type(info)
        if record is not None and name in wanted:
            columns = {c: kind for c, kind in _columns(record).items() if c in wanted[name]}
            _fill(db, name, columns, _rows(getattr(snapshot, name), columns))
    for name in _RAW_INDEXES.keys() & wanted.keys():
        for column in _RAW_INDEXES[name]:
            db.execute(f"CREATE INDEX raw_{name}_{column} ON {name} ({column})")
    if "certificate_chains" in wanted:
        _fill(db, "certificate_chains", certificate_chains.COLUMNS, _chains(snapshot, data))
    for name, rows in data.items():
        if f"data_{name}" in wanted:
            columns = dict.fromkeys(rows[0], "TEXT")
            _fill(db, f"data_{name}", columns, ([row[each] for each in columns] for row in rows))
    fields = dict.fromkeys(("as_of", "collected_at", "profile", "target"), "TEXT")
    _fill(db, "context", fields, [[getattr(context, name) for name in fields]])
    for name, (columns, values) in context.settings.tables(context.as_of).items():
        if name in wanted:
            _fill(db, name, columns, values)


def _chains(
    snapshot: Snapshot, data: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterable[certificate_chains.Row]:
    ends = snapshot.tls_endpoints
    sent = [chain for each in ends for chain in (each.chain, each.chain_without_sni)]
    roots = [row["subject"] for row in data["public_roots"]]
    return certificate_chains.rows(sent, snapshot.certificates, roots)


def _record_type(info: FieldInfo) -> type[Record] | None:
    arguments = getattr(info.annotation, "__args__", ())
    first = arguments[0] if arguments else None
    return first if isinstance(first, type) and issubclass(first, Record) else None


def _columns(record: type[Record]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for name, info in record.model_fields.items():
        if info.annotation is Source:
            columns |= {f"source_{part}": _sql_type(f) for part, f in Source.model_fields.items()}
        else:
            columns[name] = _sql_type(info)
    return columns


def _sql_type(info: FieldInfo) -> str:
    kinds = {info.annotation, *getattr(info.annotation, "__args__", ())}
    return "INTEGER" if kinds & {int, bool} and not kinds & {str} else "TEXT"


def _rows(records: Iterable[Record], columns: Iterable[str]) -> Iterator[list[str | int | None]]:
    fields = [re.sub("^source_", "source.", column) for column in columns]
    cells = attrgetter(*fields, fields[0])  # two at least, so that it always gives a tuple
    for record in records:
        *values, _ = cells(record)
        yield [each if type(each) in _PLAIN else _cell(each) for each in values]


def _cell(value: Any) -> str | int | None:
    match value:
        case None | int():
            return value
        case str():
            return str(value)
        case datetime():
            return _moment(value)
    return json.dumps(to_jsonable_python(value), ensure_ascii=False)


@lru_cache(maxsize=4096)
def _moment(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def _fill(
    db: sqlite3.Connection, name: str, columns: Mapping[str, str], rows: Iterable[Sequence[Any]]
) -> None:
    described = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    db.execute(f"CREATE TABLE {name} ({described}) STRICT")
    marks = ", ".join("?" * len(columns))
    db.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
