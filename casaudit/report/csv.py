"""The CSV files: one line per verdict and one per object, for spreadsheets and auditors.

RFC 4180 with a comma (or as Excel of a country wants it), every field quoted, UTF-8 with BOM,
columns in a fixed order. An empty cell means: not known. A list is sorted and joined by ``; ``,
an empty one reads ``none``.
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from casaudit.findings import Assessment, Value
from casaudit.report import waves
from casaudit.report.csv_locale import FOR_PROGRAMS, CsvLocale
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


def files(assessment: Assessment, locale: CsvLocale = FOR_PROGRAMS) -> dict[str, bytes]:
    """Return findings.csv, one file per kind of object, and the waves of a migration."""
    tables: list[DataTable[Any]] = [findings_table(assessment)]
    tables += [each for each in object_tables(assessment) if each.name != "sites"]
    found = {each.file: _of_table(each, locale) for each in tables}
    if assessment.migration is not None:
        found["waves.csv"] = table(waves.COLUMNS, waves.wave_rows(assessment), locale)
    return found


def _of_table(described: DataTable[Any], locale: CsvLocale) -> bytes:
    lines = CsvLines(described.names, described.moments, locale)
    for values in described.rows():
        lines.add(values, [cell(value) for value in values])
    return lines.content()


def table(
    columns: Sequence[str],
    rows: Iterable[Mapping[str, Value]],
    locale: CsvLocale = FOR_PROGRAMS,
    moments: Collection[str] = (),
) -> bytes:
    """Write rows that hold their cells by name as one CSV file.

    Args:
        columns: their names, in order.
        rows: the lines.
        locale: whose spreadsheet it is for.
        moments: the columns of times and days.
    """
    lines = CsvLines(columns, moments, locale)
    for row in rows:
        values = [row[column] for column in columns]
        lines.add(values, [cell(value) for value in values])
    return lines.content()


class CsvLines:
    """A CSV file in the making, from cells that ``cell`` has made safe."""

    def __init__(
        self,
        columns: Sequence[str],
        moments: Collection[str] = (),
        locale: CsvLocale = FOR_PROGRAMS,
    ) -> None:
        self._locale = locale
        self._moments = [name in moments for name in columns]
        self._written = io.BytesIO()
        # Excel takes a file for UTF-8 only when it begins with a byte order mark.
        # newline="" leaves CR LF alone; by default Windows would make CR CR LF of it.
        self._text = io.TextIOWrapper(self._written, encoding="utf-8-sig", newline="")
        # Quotes stop no formula: a spreadsheet takes them off before it looks at the cell.
        self._lines = csv.writer(
            self._text, delimiter=locale.separator, quoting=csv.QUOTE_ALL, lineterminator="\r\n"
        )
        self._lines.writerow(columns)

    def add(self, values: Sequence[Value], texts: Sequence[str]) -> None:
        """Add a line: its values, and its cells as files for programs have them."""
        if self._locale.is_for_excel:
            cells = zip(values, texts, self._moments, strict=True)
            texts = [self._locale.cell(*each) for each in cells]
        self._lines.writerow(texts)

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
