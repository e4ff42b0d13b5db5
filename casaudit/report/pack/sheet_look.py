"""How the sheets of the workbook look on a screen and on paper.

What people read first is wide and wrapped, what only other tables and programs need is folded
away; verdicts have colours beside their words; each sheet prints one page wide.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from casaudit.report.csv import cell
from casaudit.report.pack.attestations import RESULTS
from casaudit.report.tables import CellForm, DataTable, TableColumn
from casaudit.text import visible

_MEASURED = 200
_NARROW, _LONGEST_NAME, _UNFOLDED = 8, 28, 28
_LONG = 90
"""Characters from which a column is one of sentences."""
_WIDEST = ((60, 80), (40, 60), (28, 42))
"""How wide a column may be, and one of sentences: the first pair with which a page is legible."""
_PAGE = 150
"""Characters beside each other on a page that reads without a lens."""
A4 = 9
_LINE, _TALLEST = 15.0, 409.0

COLOURS = {
    "bad": ("#FFC7CE", "#9C0006"),
    "good": ("#C6EFCE", "#006100"),
    "open": ("#FFEB9C", "#7F4F00"),
    "idle": ("#E2E2E2", "#404040"),
}
"""Background and letters; each pair has a contrast of more than 4.5 to 1."""
_WORDS = {
    "bad": ("fail", "failed", "differs", "void"),
    "good": ("pass", "passed", "agrees", "complete", "holds", "current"),
    "open": ("not_evaluated", "not evaluated", "partial", "other verdict", "ended", "unseen"),
    "idle": ("not_applicable", "not applicable", "waived", "no object", "not tested",
             "not_collected", "unused", "unknown"),
}  # fmt: skip
_COLOURED = frozenset(
    {"verdict", "verdict_before", "tested_verdict", "result", "status", "state", "waiver_state"}
)

# What joins a line to other tables and to the snapshot: for programs, and for who doubts a value.
_KEYS = {"fingerprint", "object_id", "id", "revision", "usn_changed", "when_changed", "read_at"}
_KEYS |= {"read_from", "source_origin", "source_at", "source_when_changed", "source_usn_changed"}
_FOLDED = {
    "findings": {
        "title",
        "base_severity",
        "severity_reason",
        "object_kind",
        "evidence",
        "confidence",
    }
    | {"controls", "cause", "waiver_owner", "waiver_approver", "waiver_reason", "waiver_ticket"}
    | {"waiver_until", "standing"},
    "evidence": {"evidence_id", "column", "value", "names_records"},
    "sample": {"title", "stratum", "stratum_size", "object_kind"},
    "population": {"title"},
    "controls": {"framework", "title"},
    "waivers": {"line"},
    "rules": {"confidence", "profiles", "after", "standing"},
    "databases": {"endpoint_name", "endpoint_product", "site_array_count", "site_array_name"}
    | {"is_recovery", "is_public_folder", "on_exchange_2010", "created"}
    | {"passed", "not_applicable"},
    "arrays": {"site_exists", "members", "databases", "alias_target", "external_addresses"}
    | {"https_urls", "is_replication_conflict", "created", "passed", "not_applicable"},
    "servers": {"has_rpc_client_access", "passed", "not_applicable"},
    "sites": {"passed", "not_applicable"},
    "certificates": {"subject", "issuer", "key", "signature_hash", "servers", "serial"}
    | {"not_before", "passed", "not_applicable"},
    "dns": {"passed", "not_applicable"},
}
"""Columns beside the keys that a sheet folds away: a click on the 2 at its top left shows them."""
_OWN_KEYS = {"rules": {"id"}, "causes": {"id"}}


@dataclass(frozen=True, slots=True)
class Palette:
    """The formats that the sheets of one workbook share."""

    head: Format
    text: Format
    number: Format
    time: Format
    day: Format
    empty: Format
    empty_day: Format
    words: dict[str, Format]

    @classmethod
    def of(cls, book: Workbook) -> "Palette":
        """Make the formats of a workbook."""
        body: dict[str, Any] = {"valign": "top", "text_wrap": True}
        form = {"bg_color": "#FFFBE6", "border": 1, "border_color": "#BFBFBF"}
        head = {"bold": True, "bottom": 1, "bg_color": "#DDE6F0", "text_wrap": True}
        return cls(
            head=book.add_format(head | {"valign": "top"}),
            text=book.add_format(body),
            # Else a number touches the text of the next column.
            number=book.add_format(body | {"align": "right", "indent": 1}),
            time=book.add_format(body | {"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"}),
            day=book.add_format(body | {"num_format": "yyyy-mm-dd", "align": "left"}),
            empty=book.add_format(body | form),
            empty_day=book.add_format(body | form | {"num_format": "yyyy-mm-dd", "align": "left"}),
            words={
                look: book.add_format({"bg_color": ground, "font_color": letters})
                for look, (ground, letters) in COLOURS.items()
            },
        )

    def of_column(self, form: CellForm, is_to_fill_in: bool) -> Format:
        """Return the format of a column's cells."""
        if is_to_fill_in:
            return self.empty_day if form is CellForm.DAY else self.empty
        own = {CellForm.NUMBER: self.number, CellForm.TIME: self.time, CellForm.DAY: self.day}
        return own.get(form, self.text)


def draw(
    sheet: Worksheet, palette: Palette, table: DataTable[Any], last: int, footer: str
) -> list[int]:
    """Write the header of a table, and below it one row that shows how its cells look.

    Return the widths of its columns in characters, 0 for those that are folded away.

    Args:
        sheet: an empty sheet.
        palette: the formats of its workbook.
        table: what it will hold.
        last: its last row, from 0.
        footer: what the bottom of each page says at its left.
    """
    folded = (_KEYS | _FOLDED.get(table.name, set())) - _OWN_KEYS.get(table.name, set())
    was_folded = False
    widths = _widths(table, folded)
    for at, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        sheet.write_string(0, at, column.name, palette.head)
        sheet.write_blank(1, at, None, palette.of_column(column.form, column.is_to_fill_in))
        is_folded = column.name in folded
        fold = {"level": 1, "hidden": True} if is_folded else {"collapsed": was_folded}
        sheet.set_column(at, at, width or _UNFOLDED, None, fold)
        was_folded = is_folded
        # A table without lines has no cell to colour, and XlsxWriter refuses an empty range.
        if last:
            _help_with(sheet, palette, column.name, (1, at, last, at), column.is_to_fill_in)
    if was_folded:
        # The sign that unfolds stands behind the last folded column.
        behind = len(table.columns)
        sheet.set_column(behind, behind, _NARROW, None, {"collapsed": True})
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, last, len(table.columns) - 1)
    _for_paper(sheet, footer)
    return widths


def _widths(table: DataTable[Any], folded: Collection[str]) -> list[int]:
    """Return the widths of columns in characters, 0 for those that are folded away."""
    first = [[cell(value) for value in values] for values in islice(table.rows(), _MEASURED)]
    widest = [max((len(cells[at]) for cells in first), default=0) for at in range(len(table.names))]
    widths: list[int] = []
    for usual, most in _WIDEST:
        widths = [
            0
            if column.name in folded
            else max(_least(column), min(most if wide > _LONG else usual, wide + 1))
            for column, wide in zip(table.columns, widest, strict=True)
        ]
        if sum(widths) <= _PAGE:
            break
    return widths


def _least(column: TableColumn[Any]) -> int:
    # The arrow of the filter covers two characters of the header.
    named = min(len(column.name) + 2, _LONGEST_NAME)
    return max(_NARROW, named, 12 if column.is_to_fill_in else 0)


def row_height(widths: Sequence[int], texts: Sequence[str]) -> float | None:
    """Return the height in points that a row needs for its wrapped texts; ``None`` for one line.

    Excel fits rows itself, other programs do not.
    """
    cells = zip(widths, texts, strict=False)
    lines = max((_lines(text, width) for width, text in cells if width), default=1)
    return min(lines * _LINE, _TALLEST) if lines > 1 else None


def _lines(text: str, width: int) -> int:
    if len(text) < width:
        return 1
    # Words that do not fit go to the next line as a whole, which leaves a part of each empty; a
    # word that is longer than a line is broken where nobody foresees it.
    is_broken = max(map(len, text.split()), default=0) > width
    return -(-len(text) * 11 // (width * 10)) + is_broken


def _help_with(
    sheet: Worksheet,
    palette: Palette,
    name: str,
    cells: tuple[int, int, int, int],
    is_to_fill_in: bool,
) -> None:
    """Colour the words of a column, and offer what may be filled in."""
    # By rules and not cell by cell: they follow a cell that somebody sorts, moves or fills in.
    if name in _COLOURED:
        for look, words in _WORDS.items():
            for word in words:
                rule = {"type": "cell", "criteria": "==", "value": f'"{word}"'}
                sheet.conditional_format(*cells, rule | {"format": palette.words[look]})
    if is_to_fill_in and name == "result":
        sheet.data_validation(*cells, {"validate": "list", "source": list(RESULTS)})
    # A warning only: "week 48" is better than nothing.
    if is_to_fill_in and name == "tested_on":
        sheet.data_validation(
            *cells,
            {
                "validate": "date", "criteria": ">=", "value": date(2000, 1, 1),
                "error_type": "warning", "error_title": "tested_on",
                "error_message": "A day is expected, such as 2026-12-01.",
            },
        )  # fmt: skip


def _for_paper(sheet: Worksheet, footer: str) -> None:
    # The tables are wider than high, apart from the longest.
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.3, right=0.3, top=0.4, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.hide_gridlines(0)  # which prints them
    sheet.set_footer(f"&L&8{footer}&C&8&A&R&8&P / &N")


def footer_text(parts: Sequence[str]) -> str:
    """Return the left part of a footer; a name in it gives no orders to the printer."""
    # Excel takes "&" for the beginning of a code, and 255 characters for the whole footer.
    return visible(" · ".join(parts))[:100].replace("&", "&&")
