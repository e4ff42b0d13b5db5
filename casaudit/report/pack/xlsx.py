"""A workbook for Excel: tables as sheets, every text a text, the same bytes for the same tables.

XlsxWriter makes a workbook that holds the headers, and the rows are written into its sheets while
they are packed. Its own mode for large tables, ``constant_memory``, was measured: five times the
time for a cell, and a temporary file with the evidence of every sheet outside the folder.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from casaudit.findings import Value
from casaudit.report.csv import cell
from casaudit.report.tables import DataTable

MAX_ROWS = 1_048_576
"""Rows of a sheet of Excel, its header included; a sheet that is cut says so in its last row."""

_MAX_DIGITS = 11
"""Longer numbers are texts: Excel would show them with an exponent, and round the longest."""
_MEASURED = 200
_AT_ONCE = 1_000
_NARROW, _WIDE = 8, 60
# A ZIP archive knows no time before 1980; one time for all entries keeps the bytes the same.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# Excel reads _x0041_ in a text as the letter A.
_CODE = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_DIMENSION = re.compile(r'<dimension ref="[^"]*"/>')

Line = tuple[Sequence[Value], Sequence[str]]
"""The values of one line, and its cells as they are written."""


def lines_of(table: DataTable[Any]) -> Iterator[Line]:
    """Yield the lines of a table."""
    for values in table.rows():
        yield values, [cell(value) for value in values]


def workbook(
    tables: Sequence[DataTable[Any]],
    title: str,
    created: datetime,
    lines: Callable[[DataTable[Any]], Iterator[Line]] = lines_of,
) -> bytes:
    """Write tables as a workbook, with frozen headers and filters.

    Args:
        tables: one sheet each.
        title: of the document.
        created: time of the document; the clock has no part in its bytes.
        lines: gives the lines of a table; it is called once for each, in their order, and read
            to its end, also where the sheet is cut.
    """
    written = io.BytesIO()
    sheets = {f"xl/worksheets/sheet{at}.xml": each for at, each in enumerate(tables, start=1)}
    with (
        ZipFile(_frame(tables, title, created)) as frame,
        ZipFile(written, "w", ZIP_DEFLATED) as packed,
    ):
        for name in frame.namelist():
            entry = ZipInfo(name, _EPOCH)
            # zipfile names the system it runs on, so that Windows would write other bytes.
            entry.compress_type, entry.create_system = ZIP_DEFLATED, _UNIX
            with packed.open(entry, "w") as part:
                text = frame.read(name).decode()
                found = sheets.get(name)
                for piece in [text] if found is None else _filled(text, found, lines(found)):
                    part.write(piece.encode())
    return written.getvalue()


def _frame(tables: Iterable[DataTable[Any]], title: str, created: datetime) -> io.BytesIO:
    """Make the workbook with the headers, as wide and as long as the tables are."""
    frame = io.BytesIO()
    # In memory: else XlsxWriter leaves the evidence in the temporary folder for a while.
    book = xlsxwriter.Workbook(frame, {"in_memory": True})
    book.set_properties(
        # XlsxWriter puts a Z behind the time as it is, so it has to be UTC and without a zone.
        {"title": cell(title), "created": created.astimezone(UTC).replace(tzinfo=None)}
    )
    bold = book.add_format({"bold": True, "bottom": 1})
    for table in tables:
        # Excel allows 31 characters for it; the names of our tables are shorter.
        sheet = book.add_worksheet(table.name)
        first = [texts for _, texts in islice(lines_of(table), _MEASURED)]
        for at, name in enumerate(table.names):
            widest = max(len(name), *(len(texts[at]) for texts in first), _NARROW)
            sheet.set_column(at, at, min(_WIDE, widest))
            sheet.write_string(0, at, name, bold)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, _length(table) - 1, len(table.columns) - 1)
        # Without this Excel puts a green triangle on every hash and id that consists of digits.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS}"})
    book.close()
    return frame


def _length(table: DataTable[Any]) -> int:
    return min(MAX_ROWS, 1 + len(table.items))


def _filled(sheet: str, table: DataTable[Any], lines: Iterator[Line]) -> Iterator[str]:
    """Yield a sheet with the rows behind its header."""
    before, end, after = sheet.partition("</sheetData>")
    last = f"{xl_col_to_name(len(table.columns) - 1)}{_length(table)}"
    # The frame knew the headers only, and some readers go by the dimension.
    yield _DIMENSION.sub(f'<dimension ref="A1:{last}"/>', before)
    rows = _rows(table, lines)
    while part := "".join(islice(rows, _AT_ONCE)):
        yield part
    yield f"{end}{after}"


def _rows(table: DataTable[Any], lines: Iterator[Line]) -> Iterator[str]:
    letters = [xl_col_to_name(at) for at in range(len(table.columns))]
    missing = len(table.items) + 1 - MAX_ROWS
    # The header and the note take a row each.
    whole = len(table.items) if missing <= 0 else MAX_ROWS - 2
    for at, (values, texts) in enumerate(islice(lines, whole), start=2):
        yield _row(at, letters, values, texts)
    if missing > 0:
        note = f"… {missing + 1:,} lines more: see {table.file}"
        yield _row(MAX_ROWS, letters, [note], [note])
    # The CSV file is written from the same lines, and is whole.
    for _ in lines:
        pass


def _row(at: int, letters: Sequence[str], values: Sequence[Value], texts: Sequence[str]) -> str:
    cells = []
    # Not strict: the note of a sheet that is cut has one cell only.
    for letter, value, text in zip(letters, values, texts, strict=False):
        if text:
            # Digits that are a text stay one: as a number an id would lose the zeros before it.
            is_number = not isinstance(value, str) and _fits(value, text)
            cell_body = f"><v>{text}</v></c>" if is_number else _text(text)
            cells.append(f'<c r="{letter}{at}"{cell_body}')
    return f'<row r="{at}">{"".join(cells)}</row>'


def _fits(value: Value, text: str) -> bool:
    """Tell whether Excel shows a value as the same number; a truth is written as a word."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and len(text) <= _MAX_DIGITS and _NUMBER.fullmatch(text) is not None


@lru_cache(maxsize=1 << 14)
def _text(text: str) -> str:
    # XML readers may drop blank space at the ends of a text unless they are told not to.
    kept = ' xml:space="preserve"' if text != text.strip() else ""
    written = escape(_CODE.sub(r"_x005F\1", text))
    # In its own row: a table of shared strings would be held in memory to the end.
    return f' t="inlineStr"><is><t{kept}>{written}</t></is></c>'
