"""The lines of a sample that came back: from the workbook as it is, or from a table saved as CSV.

Excel saves a table with the separator of its country, and not always as UTF-8; both are taken.
"""

import csv
import io
import warnings
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from zipfile import ZipFile

from casaudit.errors import UsageError

Line = tuple[str, dict[str, str]]
"""Where a line stands in its file, and its cells by column."""

SHEET = "sample"
_MOST_ROWS = 1_048_576
_MOST_BYTES = 128 * 2**20
"""Of the parts of a workbook that are held in memory: texts and formats, but not its sheets."""
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SAVE = f"save the workbook as .xlsx, or its sheet {SHEET} as CSV"


def sample_lines(data: bytes, name: str) -> Iterator[Line]:
    """Yield the lines of a sample that was filled in.

    Args:
        data: the content of a workbook (.xlsx), or of a table with commas, semicolons or tabs.
        name: of its file, for errors.

    Raises:
        UsageError: it is neither, or has no such sheet.
    """
    if data.startswith(_OLE):
        # The container of .xls, and of an .xlsx that is locked by a password.
        raise UsageError(name, "is an old workbook, or one with a password", _SAVE)
    return _of_workbook(data, name) if data.startswith(_ZIP) else _of_table(data, name)


def _of_table(data: bytes, name: str) -> Iterator[Line]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        # Excel of Western Europe saves CSV in the ANSI code page unless "CSV UTF-8" is chosen.
        text = data.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    # Excel takes the list separator of the country: a semicolon where the comma is decimal.
    separator = max(",;\t", key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            # DictReader puts surplus cells under None, and gives None for cells that a line lacks.
            cells = {column: row[column] or "" for column in row if isinstance(column, str)}
            yield f"{name}:{reader.line_num}", cells
    except csv.Error as error:
        raise UsageError(name, f"cannot be read as CSV: {error}") from None


def _of_workbook(data: bytes, name: str) -> Iterator[Line]:
    rows = _rows_of_sheet(data, name)
    head = [_text(value) for value in next(rows, ())]
    for number, row in enumerate(rows, start=2):
        cells = dict(zip(head, map(_text, row), strict=False))
        yield f"{name}: sheet {SHEET}, row {number}", dict.fromkeys(head, "") | cells


def _rows_of_sheet(data: bytes, name: str) -> Iterator[tuple[object, ...]]:
    from openpyxl import load_workbook

    try:
        _require_small(data, name)
        with warnings.catch_warnings():
            # It warns of what it leaves out, such as the drop-downs; values are all that counts.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            if SHEET not in book.sheetnames:
                raise UsageError(name, f"has no sheet {SHEET!r}", "give a workbook of a pack")
            sheet = book[SHEET]
            # Some programs write a size that is not that of the sheet, and rows would be lost.
            sheet.reset_dimensions()
            yield from islice(sheet.iter_rows(values_only=True), _MOST_ROWS)
    except UsageError:
        raise
    # A damaged workbook makes it raise whatever its parts raise: KeyError, ValueError, zlib.error.
    except Exception as error:
        problem = f"is not a workbook that can be read: {error or type(error).__name__}"
        raise UsageError(name, problem, _SAVE) from None


def _require_small(data: bytes, name: str) -> None:
    with ZipFile(io.BytesIO(data)) as archive:
        # zipfile unpacks no more than the directory of the archive says.
        held = sum(
            each.file_size
            for each in archive.infolist()
            if not each.filename.startswith("xl/worksheets/")
        )
    if held > _MOST_BYTES:
        problem = f"holds more than {_MOST_BYTES // 2**20} MiB beside its sheets"
        raise UsageError(name, problem, f"save its sheet {SHEET} as CSV")


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        # Excel knows no whole numbers.
        case float() if value.is_integer():
            return str(int(value))
    return str(value)
