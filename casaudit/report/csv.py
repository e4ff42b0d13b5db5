"""The CSV files: one line per verdict and one per object, for spreadsheets and auditors.

RFC 4180 with a comma, every field quoted, UTF-8 with BOM, columns in a fixed order. An empty cell
means: not known. A list is sorted and joined by ``; ``, an empty one reads ``none``.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from casaudit.findings import Assessment, Value
from casaudit.report import waves
from casaudit.report.labels import plain_value
from casaudit.report.tables import DataTable
from casaudit.report.tables.objects import object_tables
from casaudit.report.tables.verdicts import findings_table
from casaudit.text import UNSAFE

MAX_CELL = 32_767
"""Characters that a cell of Excel holds, in UTF-16 units; a longer text is cut, and says so."""

# The second four are the full-width forms of the first four, which Excel takes alike. A text that
# begins with the mark itself gets another one, so that taking one mark away gives the text back.
# Blanks before are skipped here, since a spreadsheet may skip them too.
_MARKED = re.compile(r"'|[\s\ufeff\u200b]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|[\t\r\n]")


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return findings.csv, one file per kind of object, and the waves of a migration."""
    tables: list[DataTable[Any]] = [findings_table(assessment)]
    tables += [each for each in object_tables(assessment) if each.name != "sites"]
    found = {each.file: csv_file(each.names, each.rows()) for each in tables}
    if assessment.migration is not None:
        found["waves.csv"] = table(waves.COLUMNS, waves.wave_rows(assessment))
    return found


def table(columns: Sequence[str], rows: Iterable[Mapping[str, Value]]) -> bytes:
    """Write rows that hold their cells by name as one CSV file."""
    return csv_file(columns, ([row[column] for column in columns] for row in rows))


def csv_file(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """Write rows as one CSV file."""
    lines = CsvLines(columns)
    lines.extend([cell(value) for value in row] for row in rows)
    return lines.content()


class CsvLines:
    """A CSV file in the making, from cells that ``cell`` has made safe."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._written = io.BytesIO()
        # Excel takes a file for UTF-8 only when it begins with a byte order mark.
        # newline="" leaves CR LF alone; by default Windows would make CR CR LF of it.
        self._text = io.TextIOWrapper(self._written, encoding="utf-8-sig", newline="")
        # Quotes stop no formula: a spreadsheet takes them off before it looks at the cell.
        self._lines = csv.writer(self._text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
        self.append = self._lines.writerow
        self.extend = self._lines.writerows
        self.append(columns)

    def content(self) -> bytes:
        """Return the file."""
        self._text.flush()
        return self._written.getvalue()


def cell(value: Value) -> str:
    """Write a value so that no spreadsheet takes it for a formula and a record stays one line."""
    if isinstance(value, str):
        return _safe(value)
    if value is None:
        return ""
    if isinstance(value, list):
        return _safe("; ".join(sorted(value)) or "none")
    return plain_value(
        value
    )  # numbers keep their minus: a formula needs more than a number behind it


@lru_cache(maxsize=1 << 14)
def _safe(text: str) -> str:
    # The mark before the escapes: these would hide the TAB or line break at the beginning.
    marked = f"'{text}" if _MARKED.match(text) else text
    return _capped(UNSAFE.sub(lambda found: _escape(ord(found.group())), marked))


def _escape(code: int) -> str:
    if code <= 0xFF:
        return f"\\x{code:02X}"
    return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:08X}"


def _capped(text: str) -> str:
    # A character has two UTF-16 units at most, so that half the length is always short enough.
    if len(text) <= MAX_CELL // 2:
        return text
    encoded = text.encode("utf-16-le")
    if len(encoded) <= 2 * MAX_CELL:
        return text
    note = f"… [cut: {len(text):,} characters]"
    # A cut in the middle of a surrogate pair would leave half a character.
    return encoded[: 2 * (MAX_CELL - len(note))].decode("utf-16-le", "ignore") + note
