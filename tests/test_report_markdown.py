"""The summary as a message: the answer with its denominators, and names that stay names."""

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from casaudit import shipped
from casaudit.cli import app
from casaudit.errors import SourceError
from casaudit.findings.document import Overview, is_findings, read_document
from casaudit.report.json import files
from casaudit.report.message.markdown import LIMIT, Style, message
from casaudit.text import UNSAFE
from tests.support.assessments import many, sample
from tests.support.running import casaudit, casaudit_process
from tests.support.situations import HOSTILE, SITUATIONS, compared, hostile_twin, unseen

MARKDOWN, TEXT = Style(), Style(is_plain=True)
SNAPSHOT = shipped.SAMPLES / "article-a" / "snapshot.json"


@cache
def overview(situation: str) -> Overview:
    return read_document(files(SITUATIONS[situation]())["findings.json"], "findings.json", Overview)


def told(situation: str, style: Style = TEXT, link: str | None = None) -> str:
    return message(overview(situation), style, link)


def kinds(text: str) -> list[str]:
    """What a reader of Markdown makes of a text, in its order, without the words."""
    tokens = MarkdownIt("commonmark").parse(text)
    inner = [child.type for token in tokens for child in token.children or []]
    return [token.type for token in tokens] + [kind for kind in inner if kind != "text"]


def data_of(text: str) -> str:
    _, paragraph, _ = MarkdownIt("commonmark").parse(text)
    (code,) = paragraph.children or []
    assert code.type == "code_inline"
    return code.content


def test_the_answer_comes_first_with_its_denominators() -> None:
    first, _, whose, counts, apart, notice, *_ = told("article-a").splitlines()
    assert first.startswith("Not fine: 3 of 4 mailbox databases point at an individual server")
    assert whose == "Organisation ESP, as of 2026-11-15 06:00:00 UTC."
    assert counts == (
        "12 failed (4 high, 2 medium, 4 low, 2 info), 127 passed, 20 could not be judged,"
        " 41 not applicable: 200 checks."
    )
    assert apart == (
        "Apart from these, about the collection itself: 4 failed, 16 passed, 0 could not be judged."
    )
    assert notice == (
        "1 standing notice, which is not part of the answer: Exchange 2010 is out of support."
    )


def test_the_worst_causes_are_named_and_the_others_counted() -> None:
    text = told("article-a")
    assert "2. high, CAS-DB-001 Database points at an individual server" in text
    assert "outlook-ho.exchangeserverpro.net, HeadOffice (3 failures)" in text
    assert "6. and 4 more causes" in text


def test_what_was_not_seen_is_said() -> None:
    text = told("unseen")
    assert "- TLS endpoints: not seen, 2 of 5 questions answered" in text
    assert "- Client Access arrays: seen in part, 2 of 5 questions answered" in text
    assert "- 20 of 200 checks could not be judged" in text
    assert "- not asked for: 3 of 18 kinds of evidence" in text


def test_a_waived_cause_is_not_what_to_do_first_but_counted() -> None:
    text = told("waived")
    assert "12 failed (4 high, 2 medium, 4 low, 2 info, 1 of them waived)" in text
    assert "CAS-ARRAY-001" not in text


def test_with_a_baseline_changes_are_counted_and_the_new_ones_named() -> None:
    text = told("compared")
    assert "Since 2026-10-15: 1 new, 1 still open, 1 changed, 2 fixed, 2 not seen any more." in text
    assert "- fixed: CAS-ARRAY-001 on database MB-GONE (configuration)" not in text
    assert re.search(r"^- new: CAS-[A-Z]+-\d+ on .+ \(configuration\)$", text, re.MULTILINE)
    assert re.search(r"^- fixed: CAS-[A-Z]+-\d+ on \w+ MB-GONE", text, re.MULTILINE)


def test_what_turns_red_by_itself_is_told_with_its_day() -> None:
    text = told("ahead")
    assert "What turns red by itself" in text
    assert "- 2027-01-15: high, CAS-ARRAY-001 on site BranchOffice" in text


def test_a_migration_is_told_with_its_reason() -> None:
    text = told("migration")
    assert "Migration to 2016: not ready, 1 blocker." in text


@pytest.mark.parametrize(
    ("place", "written"),
    [
        ("https://intranet.example/r/report.html", "<https://intranet.example/r/report.html>"),
        ("\\\\files\\audit\\report.html", "`\\\\files\\audit\\report.html`"),
        ("https://x.example/>[a](b)", "`https://x.example/>[a](b)`"),
    ],
)
def test_the_report_is_where_the_operator_says(place: str, written: str) -> None:
    assert told("healthy", MARKDOWN, place).endswith(f"\n\nReport: {written}\n")


@pytest.mark.parametrize("style", [MARKDOWN, TEXT], ids=["markdown", "text"])
@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_fits_into_a_message(name: str, style: Style) -> None:
    text = told(name, style, "https://intranet.example/report.html")
    assert len(text) <= LIMIT
    assert not UNSAFE.search(text.replace("\n", ""))


def test_what_is_left_out_is_said() -> None:
    assessment = many(compared(unseen(sample("article-a"))), causes=9, of_each=2)
    wide = tuple(replace(cause, label="x" * 900) for cause in assessment.causes)
    rules = tuple(replace(rule, title="t" * 900) for rule in assessment.rules)
    raw = files(replace(assessment, causes=wide, rules=rules))["findings.json"]
    text = message(read_document(raw, "findings.json", Overview), TEXT, "\\\\files\\report.html")
    assert len(text) <= LIMIT
    assert re.search(r"^Shortened: \d+ lines more in the report\.$", text, re.MULTILINE)
    assert text.endswith("Report: \\\\files\\report.html\n")
    assert "x" * 159 + "…" in text
    assert "- TLS endpoints: not seen" in text


def test_the_hostile_twin_reads_as_the_harmless_one() -> None:
    assert kinds(told("hostile", MARKDOWN)) == kinds(told("everything", MARKDOWN))


def test_a_hostile_name_stands_in_code_and_nowhere_else() -> None:
    text = told("hostile", MARKDOWN)
    outside = re.sub(r"`[^`\n]*`", "", re.sub(r"\\.", "", text))
    assert "evil" in text
    assert not re.search(r"[<\[|@]|://", outside)


@given(st.text(max_size=40))
def test_data_is_one_code_span_with_the_same_words(text: str) -> None:
    shown = UNSAFE.sub("", text)
    found = data_of(MARKDOWN.data(shown))
    assert found.strip() == shown.replace("`", "⟦U+0060⟧").strip()


@given(st.text(alphabet=r"ab.:/\`*_[](){}<>#|~&!@w-", max_size=30))
def test_words_are_words_for_every_reader(text: str) -> None:
    assert set(kinds(f"x {MARKDOWN.words(text)} x")) <= {
        "paragraph_open",
        "inline",
        "paragraph_close",
    }


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(sample("healthy"))["findings.json"])
    return found


BAD: dict[str, dict[str, Any]] = {
    "newer version": {"schema": "casaudit/findings/2"},
    "no summary": {"summary": None},
    "causes that are none": {"causes": [1]},
    "a verdict nobody knows": {"coverage": [{"section": "tls", "status": "fine"}]},
    "a time that is none": {"as_of": "`<b>`"},
}


@pytest.mark.parametrize("name", BAD)
def test_a_document_of_another_shape_is_refused(name: str) -> None:
    with pytest.raises(SourceError, match=r"^f\.json: "):
        read_document(json.dumps(document() | BAD[name]).encode(), "f.json", Overview)


def test_a_cut_document_is_refused() -> None:
    raw = files(sample("healthy"))["findings.json"]
    with pytest.raises(SourceError, match="not JSON"):
        read_document(raw[:-20], "f.json", Overview)


def test_a_document_that_is_nested_without_end_is_refused() -> None:
    deep = b'{"schema": "casaudit/findings/1", "a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    with pytest.raises(SourceError, match="not JSON"):
        read_document(deep, "f.json", Overview)


def test_a_snapshot_is_no_findings_document() -> None:
    assert not is_findings(SNAPSHOT.read_bytes())
    assert is_findings(files(sample("healthy"))["findings.json"])


def test_a_name_that_looks_like_a_document_makes_none() -> None:
    assert not is_findings(json.dumps({"name": '"schema": "casaudit/findings/1"'}).encode())


def test_the_command_tells_the_same_of_findings_and_snapshot(tmp_path: Path) -> None:
    casaudit("report", SNAPSHOT, "-o", tmp_path, "--format", "json")
    of_findings = casaudit("summary", tmp_path / "findings.json", "--link", "\\\\s\\r.html")
    of_snapshot = casaudit("summary", SNAPSHOT, "--link", "\\\\s\\r.html")
    assert of_findings.returncode == 0, of_findings.stderr
    assert of_findings.stdout == of_snapshot.stdout
    assert of_findings.stdout.startswith("**Not fine**: 3 of 4 mailbox databases")


def test_a_stream_of_a_small_code_page_takes_every_character(tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    path.write_bytes(files(hostile_twin())["findings.json"])
    found = casaudit_process("summary", path, PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert found.returncode == 0, found.stderr
    assert "\\u27e6U+202E\\u27e7" in found.stdout


def test_a_file_is_utf_8_on_every_machine(tmp_path: Path) -> None:
    path, message_ = tmp_path / "findings.json", tmp_path / "message.md"
    path.write_bytes(files(hostile_twin())["findings.json"])
    casaudit_process("summary", path, "-o", message_, PYTHONIOENCODING="cp1252", PYTHONUTF8="0")
    assert "⟦U+202E⟧" in message_.read_text(encoding="utf-8")


def test_a_snapshot_is_compared_and_looked_ahead_from() -> None:
    found = casaudit("summary", SNAPSHOT, "--baseline", SNAPSHOT, "--forecast", "3")
    assert found.returncode == 0, found.stderr
    assert "**Since 2026-11-15**: 17 still open." in found.stdout


def test_findings_are_not_judged_again(tmp_path: Path) -> None:
    path = tmp_path / "findings.json"
    path.write_bytes(files(sample("healthy"))["findings.json"])
    found = CliRunner().invoke(app, ["summary", str(path), "--profile", "migration"])
    assert "is judged already" in str(found.exception)


def test_hostile_text_is_hostile() -> None:
    assert UNSAFE.search(HOSTILE)
    assert {"link_open", "html_inline"} <= set(kinds(HOSTILE.replace("`", "")))
