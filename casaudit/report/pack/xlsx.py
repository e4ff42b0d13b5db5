"""A workbook for Excel: tables as sheets, every text a text, the same bytes for the same tables.

Texts are texts, whatever their digits look like; numbers are numbers, times and days real ones.

XlsxWriter makes a workbook that holds the headers, and the rows are written into its sheets while
they are packed. Its own mode for large tables, ``constant_memory``, was measured: five times the
time for a cell, and a temporary file with the evidence of every sheet outside the folder.
"""

import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from casaudit.findings import Value
from casaudit.report.csv import cell
from casaudit.report.csv_locale import MOMENT
from casaudit.report.pack.sheet_look import Palette, draw, footer_text, row_height
from casaudit.report.tables import CellForm, DataTable

MAX_ROWS = 1_048_576
"""Rows of a sheet of Excel, its header included; a sheet that is cut says so in its last row."""

_MAX_DIGITS = 11
"""Longer numbers are texts: Excel would show them with an exponent, and round the longest."""
_AT_ONCE = 1_000
# A ZIP archive knows no time before 1980; one time for all entries keeps the bytes the same.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
# Excel reads _x0041_ in a text as the letter A.
_CODE = re.compile(r"(_x[0-9a-fA-F]{4}_)")
_DIMENSION = re.compile(r'<dimension ref="[^"]*"/>')
# The row that shows the formats: they have numbers that only XlsxWriter knows.
_MODEL = re.compile(r'<row r="2"[^>]*>.*?</row>')
_STYLE = re.compile(r'<c r="([A-Z]+)2" s="(\d+)"/>')
_MOMENTS = (CellForm.TIME, CellForm.DAY)
_FIRST_YEAR = 1901

Line = tuple[Sequence[Value], Sequence[str]]
"""The values of one line, and its cells as they are written."""
Cover = Callable[[xlsxwriter.Workbook, xlsxwriter.workbook.Worksheet], None]
"""Writes what stands before the tables into an empty sheet."""


def lines_of(table: DataTable[Any]) -> Iterator[Line]:
    """Yield the lines of a table."""
    for values in table.rows():
        yield values, [cell(value) for value in values]


def workbook(
    tables: Sequence[DataTable[Any]],
    title: str,
    created: datetime,
    lines: Callable[[DataTable[Any]], Iterator[Line]] = lines_of,
    cover: Cover | None = None,
) -> bytes:
    """Write tables as a workbook, with frozen headers and filters.

    Args:
        tables: one sheet each.
        title: of the document.
        created: time of the document; the clock has no part in its bytes.
        lines: gives the lines of a table; it is called once for each, in their order, and read
            to its end, also where the sheet is cut.
        cover: writes the first sheet, where there is to be one before the tables.
    """
    written = io.BytesIO()
    first = 1 if cover is None else 2
    sheets = {f"xl/worksheets/sheet{at}.xml": each for at, each in enumerate(tables, first)}
    made, widths = _frame(tables, title, created, cover)
    with (
        ZipFile(made) as frame,
        ZipFile(written, "w", ZIP_DEFLATED) as packed,
    ):
        for name in frame.namelist():
            entry = ZipInfo(name, _EPOCH)
            # zipfile names the system it runs on, so that Windows would write other bytes.
            entry.compress_type, entry.create_system = ZIP_DEFLATED, _UNIX
            with packed.open(entry, "w") as part:
                text = frame.read(name).decode()
                found = sheets.get(name)
                for piece in (
                    [text]
                    if found is None
                    else _filled(text, found, widths[found.name], lines(found))
                ):
                    part.write(piece.encode())
    return written.getvalue()


def _frame(
    tables: Iterable[DataTable[Any]], title: str, created: datetime, cover: Cover | None
) -> tuple[io.BytesIO, dict[str, list[int]]]:
    """Make the workbook with the headers, as wide and as long as the tables are.

    Return it with the widths of the columns of each table.
    """
    frame = io.BytesIO()
    # In memory: else XlsxWriter leaves the evidence in the temporary folder for a while.
    book = xlsxwriter.Workbook(frame, {"in_memory": True})
    book.set_properties(
        # XlsxWriter puts a Z behind the time as it is, so it has to be UTC and without a zone.
        {"title": cell(title), "created": created.astimezone(UTC).replace(tzinfo=None)}
    )
    palette = Palette.of(book)
    if cover is not None:
        cover(book, book.add_worksheet("cover"))
    widths: dict[str, list[int]] = {}
    footer = footer_text([title, f"{created:%Y-%m-%d}"])
    for table in tables:
        # Excel allows 31 characters for it; the names of our tables are shorter.
        sheet = book.add_worksheet(table.name)
        widths[table.name] = draw(sheet, palette, table, _length(table) - 1, footer)
        # Without this Excel puts a green triangle on every hash and id that consists of digits.
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS}"})
    book.close()
    return frame, widths


def _length(table: DataTable[Any]) -> int:
    return min(MAX_ROWS, 1 + len(table.items))


def _filled(
    sheet: str, table: DataTable[Any], widths: Sequence[int], lines: Iterator[Line]
) -> Iterator[str]:
    """Yield a sheet with the rows behind its header, each cell as the row below it shows."""
    model = _MODEL.search(sheet)
    styles = dict(_STYLE.findall(model[0])) if model else {}
    before, end, after = _MODEL.sub("", sheet).partition("</sheetData>")
    last = f"{xl_col_to_name(len(table.columns) - 1)}{_length(table)}"
    # The frame knew the headers only, and some readers go by the dimension.
    yield _DIMENSION.sub(f'<dimension ref="A1:{last}"/>', before)
    rows = _rows(table, lines, styles, widths)
    while part := "".join(islice(rows, _AT_ONCE)):
        yield part
    yield f"{end}{after}"


@dataclass(frozen=True, slots=True)
class _CellPlace:
    """Where the cells of a column stand, and what they are."""

    letter: str
    style: str
    is_moment: bool
    is_to_fill_in: bool


def _rows(
    table: DataTable[Any],
    lines: Iterator[Line],
    styles: Mapping[str, str],
    widths: Sequence[int],
) -> Iterator[str]:
    places = [
        _CellPlace(letter, f' s="{styles[letter]}"', column.form in _MOMENTS, column.is_to_fill_in)
        for at, column in enumerate(table.columns)
        for letter in [xl_col_to_name(at)]
    ]
    missing = len(table.items) + 1 - MAX_ROWS
    # The header and the note take a row each.
    whole = len(table.items) if missing <= 0 else MAX_ROWS - 2
    for at, (values, texts) in enumerate(islice(lines, whole), start=2):
        yield _row(at, places, values, texts, row_height(widths, texts))
    if missing > 0:
        note = f"… {missing + 1:,} lines more: see {table.file}"
        yield _row(MAX_ROWS, places, [note], [note])
    # The CSV file is written from the same lines, and is whole.
    for _ in lines:
        pass


def _row(
    at: int,
    places: Sequence[_CellPlace],
    values: Sequence[Value],
    texts: Sequence[str],
    height: float | None = None,
) -> str:
    cells = []
    # Not strict: the note of a sheet that is cut has one cell only.
    for place, value, text in zip(places, values, texts, strict=False):
        if text or place.is_to_fill_in:
            body = _body(value, text, place.is_moment) if text else "/>"
            cells.append(f'<c r="{place.letter}{at}"{place.style}{body}')
    tall = "" if height is None else f' ht="{height}"'
    return f'<row r="{at}"{tall}>{"".join(cells)}</row>'


def _body(value: Value, text: str, is_moment: bool) -> str:
    # Digits that are a text stay one: as a number an id would lose the zeros before it.
    if not isinstance(value, str) and _fits(value, text):
        return f"><v>{text}</v></c>"
    number = serial(text) if is_moment else None
    return _text(text) if number is None else f"><v>{number}</v></c>"


@lru_cache(maxsize=1 << 14)
def serial(text: str) -> float | None:
    """Return a time or a day of ISO 8601 as Excel counts it: days since the end of 1899."""
    try:
        moment = datetime.fromisoformat(text) if MOMENT.fullmatch(text) else None
    except ValueError:
        return None
    # Excel knows no day before 1900, and takes that year for a leap year.
    if moment is None or moment.year < _FIRST_YEAR:
        return None
    return (moment.replace(tzinfo=None) - datetime(1899, 12, 30)) / timedelta(days=1)


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
