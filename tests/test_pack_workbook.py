"""The workbook of the pack as people see it: a cover, words, colours, real times, paper."""

import io
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from casaudit import shipped
from casaudit.findings import Assessment, Letterhead, Verdict
from casaudit.report.pack import Options, files
from casaudit.report.pack.sheet_look import COLOURS, row_height
from casaudit.report.pack.xlsx import serial
from casaudit.report.roles import code_words, role_names
from casaudit.report.tables import named_values
from casaudit.report.tables.verdicts import in_words
from casaudit.rulebook.translate import translated
from tests.support.assessments import judged_by, sample, twin
from tests.support.shipped_rules import book


def workbook(assessment: Assessment, options: Options | None = None) -> Workbook:
    return load_workbook(io.BytesIO(files(assessment, options)["pack/casaudit.xlsx"]))


@cache
def plain() -> Workbook:
    return workbook(sample("article-a"))


def texts(sheet: Any) -> list[str]:
    return [str(each.value) for row in sheet.iter_rows() for each in row if each.value is not None]


def column(sheet: Any, name: str) -> list[Any]:
    at = [each.value for each in sheet[1]].index(name)
    return [row[at] for row in sheet.iter_rows(min_row=2)]


def test_the_cover_says_scope_times_counts_and_where_to_go_on() -> None:
    cover = plain().worksheets[0]
    assert cover.title == "cover"
    told = texts(cover)
    assessment = sample("article-a")
    assert {"ESP", "2 sites, 3 servers, 1 array, 5 databases", "file:directory.ldf"} <= {*told}
    assert {assessment.snapshot_sha256, assessment.rules_sha256} <= {*told}
    assert [c.value for r in cover.iter_rows() for c in r if isinstance(c.value, datetime)] == [
        assessment.collected_at.replace(tzinfo=None),
        assessment.as_of.replace(tzinfo=None),
    ]
    rows = [[c.value for c in row] for row in cover.iter_rows()]
    numbers = {row[0]: row[1] for row in rows if isinstance(row[1], int)}
    here = assessment.tally.organization
    assert numbers["failed"] == here.failed.total() == 12
    assert numbers["passed"] == here.verdicts[Verdict.PASS]
    assert numbers["could not be judged"] == here.verdicts[Verdict.NOT_EVALUATED]
    assert numbers["not applicable"] == here.verdicts[Verdict.NOT_APPLICABLE]
    assert numbers["Standing notices"] == assessment.tally.standing.failed.total()
    sheets = [each.title for each in plain().worksheets[1:]]
    assert [row[0] for row in rows[-len(sheets) :]] == sheets


def test_only_the_cover_has_links_and_they_lead_to_sheets() -> None:
    hostile = workbook(twin(sample("article-a"), lambda t: f"=HYPERLINK({t}) https://x.example"))
    for book_ in (plain(), hostile):
        first, *others = book_.worksheets
        links = [each.hyperlink for row in first.iter_rows() for each in row if each.hyperlink]
        assert [each.location for each in links] == [f"'{each.title}'!A1" for each in others]
        assert {each.target for each in links} == {None}
        assert {each.data_type for row in first.iter_rows() for each in row} <= {"s", "n", "d"}


def test_the_cover_speaks_the_language_of_its_readers_and_bears_their_title() -> None:
    german = translated(book(), "de", [shipped.REPORT_TEMPLATES]).language
    asked = Options(language=german, letterhead=Letterhead(title="=Contoso AG"))
    few = judged_by(sample("article-a"), "CAS-DB-001")
    found = workbook(few, asked)
    told = texts(found.worksheets[0])
    assert told[0] == "'=Contoso AG"
    assert "2 Standorte, 3 Server, 1 Array, 5 Datenbanken" in told
    english = {t for t in texts(plain().worksheets[0]) if " " in t and t[0].isupper()}
    assert english & {*told} == set()
    assert texts(found["findings"]) == texts(workbook(few)["findings"])


def test_times_and_days_are_real_ones_and_versions_stay_texts() -> None:
    created = column(plain()["databases"], "created")
    assert {type(each.value) for each in created} == {datetime}
    assert {each.number_format for each in created} == {"yyyy-mm-dd hh:mm:ss"}
    assert {each.value for each in column(plain()["servers"], "version")} == {"14.3"}
    assert {each.value for each in column(plain()["servers"], "product")} == {"2010"}
    assert {type(each.value) for each in column(plain()["population"], "objects")} == {int}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1901-01-01", 367),
        ("2026-11-15T06:00:00Z", 46341.25),
        ("1899-12-31", None),
        ("2026-13-01", None),
        ("2026-11-15T06:00:00+01:00", None),
        ("EX-2026-11-15", None),
    ],
)
def test_a_time_that_excel_cannot_hold_stays_a_text(text: str, number: float | None) -> None:
    assert serial(text) == number


def coloured(sheet: Any) -> dict[str, set[str]]:
    """By column the words that have a colour of their own."""
    found: dict[str, set[str]] = {}
    for span in sheet.conditional_formatting:
        at = re.match(r"[A-Z]+", str(span.sqref))
        assert at
        words = {rule.formula[0].strip('"') for rule in span.rules}
        found.setdefault(str(sheet[f"{at[0]}1"].value), set()).update(words)
    return found


def test_every_verdict_and_result_has_a_colour_beside_its_word() -> None:
    checked = 0
    for sheet in plain().worksheets[1:]:
        for name, words in coloured(sheet).items():
            values = {each.value for each in column(sheet, name)} - {None, "answer", "nxdomain"}
            if sheet.title != "dns":
                assert values <= words, (sheet.title, name)
                checked += len(values)
    assert checked > 10


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("look", COLOURS)
def test_coloured_words_can_be_read(look: str) -> None:
    dark, light = sorted(luminance(each) for each in COLOURS[look])
    assert (light + 0.05) / (dark + 0.05) > 4.5


def test_the_sample_offers_its_answers_and_shows_what_to_fill_in() -> None:
    sheet = plain()["sample"]
    at = {each.value: re.sub(r"\d", "", each.coordinate) for each in sheet[1]}
    rules = {str(each.sqref): each for each in sheet.data_validations.dataValidation}
    answers, days = (f"{at[name]}2:{at[name]}26" for name in ("result", "tested_on"))
    assert {span: each.type for span, each in rules.items()} == {answers: "list", days: "date"}
    assert rules[answers].formula1 == '"agrees,differs,not tested"'
    fills = {each.fill.fgColor.rgb for each in column(sheet, "remarks")}
    assert fills == {"FFFFFBE6"}


def shapes(sheet: Any) -> Iterator[tuple[str, Any]]:
    """The columns of a sheet, each with its width; equal neighbours share an entry of the file."""
    for shape in sheet.column_dimensions.values():
        for at in range(shape.min, shape.max + 1):
            if name := sheet.cell(1, at).value:
                yield name, shape


def test_every_sheet_prints_one_page_wide_with_its_header_on_each_page() -> None:
    for sheet in plain().worksheets[1:]:
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
        on_paper = sheet.sheet_properties.pageSetUpPr
        assert on_paper and on_paper.fitToPage
        assert sheet.print_title_rows == "$1:$1"
        width = sum(shape.width for _, shape in shapes(sheet) if not shape.hidden)
        # At 300 characters a page of A4 still has letters of more than five points.
        assert width <= 300, sheet.title


def test_what_is_folded_away_can_be_unfolded_and_is_never_a_verdict() -> None:
    for sheet in plain().worksheets[1:]:
        folded = {name: shape for name, shape in shapes(sheet) if shape.hidden}
        assert {shape.outlineLevel for shape in folded.values()} <= {1}
        assert not folded.keys() & {"rule_id", "object", "verdict", "severity", "result"}
    assert "fingerprint" in dict(shapes(plain()["sample"]))


def test_a_footer_with_codes_in_a_name_gives_the_printer_no_orders() -> None:
    few = judged_by(sample("article-a"), "CAS-DB-001")
    hostile = workbook(twin(few, lambda text: f"&P&[Date]{text}"))
    for sheet in hostile.worksheets[1:]:
        assert sheet.oddFooter
        written = sheet.oddFooter.left.text or ""
        assert "&&P&&[Date]" in written
        assert len(written) < 255


def test_a_row_is_as_tall_as_its_longest_visible_text() -> None:
    assert row_height([10, 0], ["short", "x" * 500]) is None
    assert row_height([10], ["four words in it ok"]) == 45
    assert row_height([10], ["x" * 100_000]) == 409
    assert row_height([10], [" " * 50]) is not None


def test_roles_are_named_wherever_their_number_would_stand() -> None:
    assert role_names(38) == ["Client Access", "Mailbox", "Hub Transport"]
    assert named_values({"endpoint_roles": 38, "mailbox_count": 38}) == (
        "endpoint_roles=38 (Client Access, Mailbox, Hub Transport); mailbox_count=38"
    )
    assert in_words("endpoint_roles", 38) == "Client Access, Mailbox, Hub Transport"
    assert in_words("endpoint_kind", "client_access_server") == "Client Access server"
    assert (in_words("x", None), in_words("x", True), in_words("x", 38)) == (
        *("not known", "yes", "38"),
    )
    assert (code_words("roles", 0), code_words("roles", None)) == ("none", None)


def test_every_value_of_evidence_is_described_for_its_rule() -> None:
    for rule in book().rules:
        known = {**sample("article-a").meanings, **sample("healthy").meanings}.get(rule.id)
        if known is not None:
            assert {*rule.evidence} == {*known}, rule.id
    found = plain()["evidence-dictionary"]
    described = {
        (column_.value, rule)
        for column_, rules in zip(column(found, "column"), column(found, "rules"), strict=True)
        for rule in rules.value.split("; ")
    }
    used = {(name, f.rule.id) for f in sample("article-a").findings for name in f.evidence}
    assert used <= described
    assert len(described) == sum(len(each) for each in sample("article-a").meanings.values())
    assert all(each.value for each in column(found, "meaning"))
