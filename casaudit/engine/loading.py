"""From records to raw tables: one table a kind of record, one column a field that views read."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, get_args

from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from casaudit.engine import certificate_chains
from casaudit.engine.settings import Settings
from casaudit.snapshot import Record, Snapshot, Source
from casaudit.snapshot.network import WHOLE_CERTIFICATE
from casaudit.text import iso

# What many views look up; SQLite would build an index of its own for each such statement.
_RAW_INDEXES = {
    "dns_answers": ("name",),
    "certificates": ("sha256", "sha1"),
    "tls_endpoints": ("host",),
}

_PLAIN = {str, int, bool, type(None)}
# Which columns settings have does not depend on the day, only which rows.
_ANY_DAY = "2000-01-01"
_JSON = json.JSONEncoder(ensure_ascii=False).encode
_QUOTED = json.encoder.encode_basestring
"""Writes a text as JSON as ``_JSON`` does, in C and at once."""
_CIRCUMSTANCES = ("as_of", "collected_at", "profile", "target")

Row = dict[str, Any]
Data = Mapping[str, Sequence[Mapping[str, Any]]]
"""The reference tables of a rule book, by name."""
Own = Callable[[str], str]
"""Marks a statement as the engine's own."""


@dataclass(frozen=True, slots=True)
class Context:
    """The circumstances of a judgement, as rules can read them in ``v_context``."""

    as_of: str
    collected_at: str
    profile: str
    target: str | None
    settings: Settings = field(default_factory=Settings)


class RawTables:
    """The tables that the views are made from: made once, emptied and filled for each snapshot.

    Attributes:
        names: those that depend on the snapshot or the question; reference tables stay filled.
    """

    def __init__(
        self,
        db: sqlite3.Connection,
        data: Data,
        wanted: Mapping[str, Set[str]],
        own: Own = str,
    ) -> None:
        """Make the tables, and fill those of the reference data.

        Args:
            db: an empty database.
            data: the reference tables of the rule book.
            wanted: the tables that views name, each with every word of those views: other tables
                and columns are left out.
            own: marks a statement as the engine's own.
        """
        self._db = db
        self._own = own
        self._inserts: dict[str, str] = {}
        self._records = {
            name: {c: kind for c, kind in _columns(record).items() if c in wanted[name]}
            for name, record in _record_types().items()
            if name in wanted
        }
        settings = Settings().tables(_ANY_DAY)
        self._settings = [name for name in settings if name in wanted]
        for name, columns in self._records.items():
            self._create(name, columns)
            for column in _RAW_INDEXES.get(name, ()):
                db.execute(own(f"CREATE INDEX raw_{name}_{column} ON {name} ({column})"))
        self._create("context", dict.fromkeys(_CIRCUMSTANCES, "TEXT"))
        for name in self._settings:
            self._create(name, settings[name][0])
        if "certificate_chains" in wanted:
            self._create("certificate_chains", certificate_chains.COLUMNS)
            self._roots = [row["subject"] for row in data["public_roots"]]
        self.names = tuple(self._inserts)  # before the reference tables, which stay filled
        for name, rows in data.items():
            if f"data_{name}" in wanted:
                columns = dict.fromkeys(rows[0], "TEXT")
                self._create(f"data_{name}", columns)
                self._fill(f"data_{name}", ([row[each] for each in columns] for row in rows))

    def fill(self, snapshot: Snapshot, context: Context) -> None:
        """Fill the tables, which must be empty."""
        for name, columns in self._records.items():
            if records := getattr(snapshot, name):
                # One in a thousand records has unread fields; only then is another one made.
                whole = [_told(each) if getattr(each, "unread", ()) else each for each in records]
                self._fill(name, _rows(whole, columns))
        if "certificate_chains" in self.names:
            ends = snapshot.tls_endpoints
            # A load balancer may show another chain where the client names no host (SNI, RFC 6066).
            sent = [chain for each in ends for chain in (each.chain, each.chain_without_sni)]
            found = certificate_chains.rows(sent, snapshot.certificates, self._roots)
            self._fill("certificate_chains", found)
        self._fill("context", [[getattr(context, name) for name in _CIRCUMSTANCES]])
        stated = context.settings.tables(context.as_of)
        for name in self._settings:
            self._fill(name, stated[name][1])

    def _create(self, name: str, columns: Mapping[str, str]) -> None:
        # STRICT, else SQLite keeps a text in a column of numbers, and compares it as a text.
        described = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        self._db.execute(self._own(f"CREATE TABLE {name} ({described}) STRICT"))
        marks = ", ".join("?" * len(columns))
        self._inserts[name] = self._own(f"INSERT INTO {name} VALUES ({marks})")

    def _fill(self, name: str, rows: Iterable[Sequence[Any]]) -> None:
        self._db.executemany(self._inserts[name], rows)


@lru_cache(maxsize=1)
def _record_types() -> Mapping[str, type[Record]]:
    """The fields of a snapshot that hold records."""
    found = {}
    for name, info in Snapshot.model_fields.items():
        arguments = getattr(info.annotation, "__args__", ())
        first = arguments[0] if arguments else None
        if isinstance(first, type) and issubclass(first, Record):
            found[name] = first
    return found


def _columns(record: type[Record]) -> dict[str, str]:
    columns: dict[str, str] = {}
    for name, info in record.model_fields.items():
        if info.annotation is Source:
            columns |= {f"source_{part}": _sql_type(f) for part, f in Source.model_fields.items()}
        else:
            columns[name] = _sql_type(info)
    return columns


def _sql_type(info: FieldInfo) -> str:
    # SQLite has no truth values; 0 and 1 take their place until the cells are decoded.
    kinds = {info.annotation, *getattr(info.annotation, "__args__", ())}
    return "INTEGER" if kinds & {int, bool} and not kinds & {str} else "TEXT"


def _told(record: Any) -> Record:
    """Return a record as views may trust it: every field that was not read is named, and is empty.

    A list keeps what of it could be read: what that is was seen.
    """
    fields = {
        name
        for name, info in type(record).model_fields.items()
        if type(None) in get_args(info.annotation)
    }
    whole = WHOLE_CERTIFICATE in record.unread
    unread = {*record.unread, *(fields if whole else ())}
    empty = dict.fromkeys(fields & unread)
    told: Record = record.model_copy(update={**empty, "unread": tuple(sorted(unread))})
    return told


def _rows(records: Iterable[Record], columns: Iterable[str]) -> Iterator[list[str | int | None]]:
    fields = [re.sub("^source_", "source.", column) for column in columns]
    cells = attrgetter(*fields, fields[0])  # two at least, so that it always gives a tuple
    for record in records:
        *values, _ = cells(record)
        yield [each if type(each) in _PLAIN else _cell(each) for each in values]


def _cell(value: Any) -> str | int | None:
    match value:
        # A bool is an int, and goes in as 0 or 1.
        case None | int():
            return value
        case str():
            return str(value)
        case datetime():
            return _moment(value)
        # Most lists are of plain texts: joined here they cost a fraction of json.dumps.
        case tuple() if all(type(each) is str for each in value):
            return f"[{', '.join(map(_QUOTED, value))}]"
    return _JSON(to_jsonable_python(value))


# A collection reads thousands of objects within the same few seconds.
_moment = lru_cache(maxsize=4096)(iso)
