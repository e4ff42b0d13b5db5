"""The first sheet of the workbook: what was audited, what came of it, and how to read the rest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from casaudit.findings import Assessment, Counts, Letterhead, Severity, Verdict
from casaudit.i18n.languages import Language, marked
from casaudit.report.csv import cell
from casaudit.report.labels import is_counted
from casaudit.report.pack.sheet_look import A4, COLOURS, row_height
from casaudit.report.phrases import Phrases
from casaudit.report.tables import DataTable

_WIDTHS = (27, 14, *[11] * 5)
_TEXT = sum(_WIDTHS)
_LAST = len(_WIDTHS) - 1
_MOST_SOURCES = 8
_LOOKS = {
    Verdict.FAIL: "bad",
    Verdict.PASS: "good",
    Verdict.NOT_EVALUATED: "open",
    Verdict.NOT_APPLICABLE: "idle",
}

_MEANINGS = {
    Verdict.FAIL: marked("The object was seen, and it is not in order."),
    Verdict.PASS: marked("The object was seen, and it is in order."),
    Verdict.NOT_EVALUATED: marked(
        "Evidence is missing; the reason says which. What was not seen never passes."
    ),
    Verdict.NOT_APPLICABLE: marked("The rule does not apply to the object; the reason says why."),
}
_NOTES = (
    marked(
        "Start with the sheet population: for each rule it says how many objects were judged, and"
        " with which result. The sheet findings has a line for each verdict, evidence the values"
        " behind it, and controls the way from a control to its rules."
    ),
    marked(
        "Some columns are folded away: hashes, ids, where and when an object was read. Click the"
        " 2 at the top left of a sheet to see them, and the 1 to fold them again. The sheet"
        " data-dictionary says what each column means, and evidence-dictionary what each value of"
        " evidence means."
    ),
    marked(
        "Times are UTC. An empty cell means: not known, or nothing to say. A list without entries"
        " reads none. An apostrophe before a text keeps a spreadsheet from reading it as a formula."
    ),
    marked(
        "The sheet sample holds verdicts to test by hand. Fill in its yellow columns, save the"
        " workbook, and give it back as it is: --attestations FILE puts the results into the next"
        " pack, beside the verdicts of that time."
    ),
)


@dataclass(frozen=True, slots=True)
class CoverSheet:
    """Writes the cover of one pack.

    Attributes:
        tables: the sheets behind it.
        language: of its readers; the tables are English.
    """

    assessment: Assessment
    tables: Sequence[DataTable[Any]]
    language: Language
    letterhead: Letterhead

    def __call__(self, book: Workbook, sheet: Worksheet) -> None:
        """Write the cover into an empty sheet."""
        for at, width in enumerate(_WIDTHS):
            sheet.set_column(at, at, width)
        lines = _CoverLines(book, sheet)
        say = self.language.say
        lines.title(self.letterhead.title or say("Audit of the Client Access arrays"))
        lines.text(self.assessment.organization)
        lines.heading(say("What was audited"))
        self._scope(lines)
        lines.heading(say("What came of it"))
        self._results(lines)
        lines.heading(say("How to read it"))
        words = Phrases(self.language).verdicts
        for verdict, meaning in _MEANINGS.items():
            lines.pair(words[verdict], say(meaning), lines.looks[_LOOKS[verdict]])
        for note in _NOTES:
            lines.text(say(note))
        lines.heading(say("Sheets"))
        for table in self.tables:
            lines.link(table.name, say(table.about), len(table.items))
        # On the screen too: only tables have lines here.
        sheet.hide_gridlines(2)
        sheet.set_paper(A4)
        sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&R&8&P / &N")

    def _scope(self, lines: "_CoverLines") -> None:
        a, words = self.assessment, Phrases(self.language)
        say, number = words.say, words.number
        counted = [each for each in a.coverage if is_counted(each.name.value, each.status.value)]
        complete = sum(each.status.value == "complete" for each in counted)
        # An audit of thirty controllers or of a hundred exports would fill the page.
        origins = [each.origin for each in a.controllers]
        more = len(origins) - _MOST_SOURCES
        profile = words.profile(a.profile)
        objects = ("site", "server", "array", "database")
        for label, value in (
            (say("Organisation"), a.organization),
            (say("Profile"), profile if a.target is None else f"{profile}, {a.target}"),
            (say("Collected (UTC)"), a.collected_at),
            (say("Judged as of (UTC)"), a.as_of),
            (
                say("Objects"),
                ", ".join(words.objects(len(a.inventory[f"v_{kind}s"]), kind) for kind in objects),
            ),
            (
                say("Read from"),
                "; ".join(origins[:_MOST_SOURCES]) + (f"; + {number(more)}" if more > 0 else ""),
            ),
            (
                say("Evidence"),
                words.many(
                    "%(complete)s of %(number)s kind of evidence seen in full",
                    "%(complete)s of %(number)s kinds of evidence seen in full",
                    len(counted),
                    complete=number(complete),
                ),
            ),
            (
                say("Rules"),
                say("%(number)s judged, see the sheet rules", number=number(len(a.rules))),
            ),
            ("casaudit", a.tool_version),
            (say("SHA-256 of the snapshot"), a.snapshot_sha256),
            (say("SHA-256 of the rules"), a.rules_sha256),
        ):
            lines.pair(label, value)

    def _results(self, lines: "_CoverLines") -> None:
        words, tally = Phrases(self.language), self.assessment.tally
        say, here, apart = words.say, tally.organization, tally.collection
        heads = [words.severities[severity] for severity in Severity]
        lines.row(["", say("Verdicts"), *heads], lines.head)
        # Waived failures are failures still; the line below the failures says how many of them.
        waived = Counts(failed=here.failed - here.open)
        lines.row([words.verdicts[Verdict.FAIL], *_by_severity(here)], lines.looks["bad"])
        lines.row([say("of them accepted by a waiver"), *_by_severity(waived)])
        for verdict in (Verdict.PASS, Verdict.NOT_EVALUATED, Verdict.NOT_APPLICABLE):
            lines.row(
                [words.verdicts[verdict], here.verdicts[verdict]], lines.looks[_LOOKS[verdict]]
            )
        lines.row([say("Standing notices"), *_by_severity(tally.standing)])
        lines.text(
            say(
                "About the collection itself, and no part of these numbers: %(failed)s failed,"
                " %(passed)s passed, %(open)s could not be judged.",
                failed=words.number(apart.failed.total()),
                passed=words.number(apart.verdicts[Verdict.PASS]),
                open=words.number(apart.verdicts[Verdict.NOT_EVALUATED]),
            )
        )


def _by_severity(counts: Counts) -> list[int]:
    return [counts.failed.total(), *(counts.failed[severity] for severity in Severity)]


class _CoverLines:
    """Rows of the cover, one after the other."""

    def __init__(self, book: Workbook, sheet: Worksheet) -> None:
        self._sheet, self._at = sheet, 0
        edge = {"border": 1, "border_color": "#BFBFBF"}
        body = {"valign": "top", "text_wrap": True, "align": "left"}
        self._title = book.add_format({"bold": True, "font_size": 20})
        self._heading = book.add_format({"bold": True, "font_size": 13, "bottom": 1})
        self._body = book.add_format(body)
        self._label = book.add_format(body | {"font_color": "#595959"})
        self._time = book.add_format(body | {"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._link = book.add_format(body | {"font_color": "#0B57A4", "underline": 1})
        self._cell = book.add_format(edge)
        self.head = book.add_format(edge | {"bold": True, "bg_color": "#DDE6F0"})
        self.looks = {
            look: book.add_format(edge | {"valign": "top", "bg_color": ground, "font_color": ink})
            for look, (ground, ink) in COLOURS.items()
        }

    def title(self, text: str) -> None:
        self._sheet.write_string(self._at, 0, cell(text), self._title)
        self._at += 1

    def heading(self, text: str) -> None:
        self._at += 1
        for column in range(_LAST + 1):
            self._sheet.write_string(self._at, column, "" if column else text, self._heading)
        self._at += 1

    def text(self, text: str) -> None:
        self._across(0, cell(text), self._body, _TEXT)
        self._at += 1

    def pair(self, label: str, value: str | datetime, look: Format | None = None) -> None:
        self._sheet.write_string(self._at, 0, label, look or self._label)
        if isinstance(value, datetime):
            moment = value.astimezone(UTC).replace(tzinfo=None, microsecond=0)
            # A time that is wider than its cell is shown as a row of number signs.
            self._sheet.merge_range(self._at, 1, self._at, 2, "", self._time)
            self._sheet.write_datetime(self._at, 1, moment, self._time)
        else:
            self._across(1, cell(value), self._body, _TEXT - _WIDTHS[0])
        self._at += 1

    def row(self, values: Sequence[str | int], look: Format | None = None) -> None:
        # Numbers and words of ours only: write would take a name for a formula or a link.
        for column, value in enumerate(values):
            self._sheet.write(self._at, column, value, look or self._cell)
        self._at += 1

    def link(self, sheet: str, about: str, lines: int) -> None:
        # The names of tables are ours and need no quoting within the quotes.
        self._sheet.write_url(self._at, 0, f"internal:'{sheet}'!A1", self._link, sheet)
        self._sheet.write_number(self._at, 1, lines, self._body)
        self._sheet.merge_range(self._at, 2, self._at, _LAST, about, self._body)
        self._at += 1

    def _across(self, first: int, text: str, look: Format, width: int) -> None:
        self._sheet.merge_range(self._at, first, self._at, _LAST, "", look)
        # Never through merge_range: it would take a text for a number, a formula or a link.
        self._sheet.write_string(self._at, first, text, look)
        # No program fits the height of merged cells.
        if height := row_height([width], [text]):
            self._sheet.set_row(self._at, height)
