"""CSV files for a double click: how Excel of a country wants them.

Without a country a file is for programs: comma, decimal point, times of ISO 8601. Excel splits a
line at the list separator of Windows, reads numbers with its decimal sign, and makes a day of a
version such as 14.3 where days are written with full stops.
"""

import re
from dataclasses import dataclass

from casaudit.findings import Value
from casaudit.report.tables import CellForm


@dataclass(frozen=True, slots=True)
class CsvLocale:
    """How CSV files are written.

    Attributes:
        separator: between cells.
        decimal: sign of numbers.
        is_for_excel: times are written as Excel reads them, and texts that it would take for a
            number, a day or a truth value bear an apostrophe.
    """

    separator: str
    decimal: str
    is_for_excel: bool = False

    @property
    def forms(self) -> dict[CellForm, str]:
        """What the data dictionary says of cells that are written in another way."""
        if not self.is_for_excel:
            return {}
        return {
            CellForm.NUMBER: f"number with the decimal sign {self.decimal}",
            CellForm.TIME: "time in UTC, as 2026-11-15 06:00:00",
        }

    def cell(self, value: Value, text: str, is_moment: bool) -> str:
        """Write a cell.

        Args:
            value: what it holds.
            text: the same as files without a country have it.
            is_moment: whether its column is one of times or days.
        """
        if not self.is_for_excel or not text or isinstance(value, bool):
            return text
        if isinstance(value, int | float):
            # Excel shows longer numbers with an exponent, and rounds the longest.
            return text.replace(".", self.decimal) if len(text) <= _MOST_DIGITS else f"'{text}"
        if is_moment and MOMENT.fullmatch(text):
            return text.replace("T", " ").removesuffix("Z")
        return f"'{text}" if is_converted(text) else text


LOCALES = {"en": CsvLocale(",", "."), "de": CsvLocale(";", ",", is_for_excel=True)}
"""By the name that the command line takes; ``en`` is the one of programs."""
FOR_PROGRAMS = LOCALES["en"]

_MOST_DIGITS = 11
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\dZ)?")
"""A day or a time as the tables write it."""
# Read as the number that it is, and shown alike.
_WHOLE = re.compile(r"0|[1-9]\d{0,10}")
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}([:/]\d+)?")
# Where the full stop parts thousands, 10.100.200.100 is a number.
_THOUSANDS = re.compile(r"\d{1,3}(\.\d{3})+")
# Never given back: a long row of digits would be tried anew from each of them.
_SIGNS = r"[-+()\d.,:/\s'%€$£]*+"
_MONTH = (
    r"(jan(ua(r|ry))?|feb(rua(r|ry))?|m[aäÄ]r(z|ch)?|mrz|apr(il)?|ma[iy]|jun[ie]?|jul[iy]?"
    r"|aug(ust)?|sept?(ember)?|o[kc]t(ober)?|nov(ember)?|de[zc](ember)?)"
)
_CONVERTED = re.compile(
    # 14.3, 007, 1e5, (5), 5 %, 1 1/2, 3.4.2010, 12:30, 8 am; then 1. März, MAR1, may-10
    rf"(?=.*\d)((?!e){_SIGNS}(e[-+]?\d+)?{_SIGNS}([ap]\.?m?\.?)?"
    rf"|(\d{{1,2}}[\s./-]*)?{_MONTH}\.?[\s./-]*\d{{0,4}})"
    r"|true|false|wahr|falsch",
    re.IGNORECASE,
)
"""Rather too much than too little: a mark that was not needed costs nothing but its sight."""


def is_converted(text: str) -> bool:
    """Tell whether Excel may take a text for a number, a day, a time or a truth value."""
    bare = text.strip()
    if _WHOLE.fullmatch(bare) or (_ADDRESS.fullmatch(bare) and not _THOUSANDS.fullmatch(bare)):
        return False
    return _CONVERTED.fullmatch(bare) is not None
