"""Readiness for a migration as reports show it: terminal, page and findings document."""

import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from casaudit import shipped
from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.findings import Assessment, Blocker, Migration, Readiness
from casaudit.report import json as findings_json
from casaudit.report.html import page as html_report
from casaudit.report.terminal import run_summary
from casaudit.snapshot import loads
from tests.support.assessments import sample, twin
from tests.support.page import Element, Page
from tests.support.shipped_rules import book

SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "findings.schema.json"
TARGETS = ("2016", "se", "exo", None)
UNASKED = "cannot tell, none of its rules gave a verdict"
EVERY_GATE = (
    "it is not known whether gates Versions and updates, Sites, arrays and their DNS names,"
    " Databases lead to a server that serves them, HTTPS names and Autodiscover, Certificates,"
    " Outlook Anywhere, Offline address book are open"
)
LAST_GATES = (
    f"Certificates: {UNASKED}",
    f"Outlook Anywhere: {UNASKED}; before all waves",
    f"Offline address book: {UNASKED}; before all waves",
)


@cache
def judged(target: str | None, *rules: str) -> Assessment:
    """Article A on the way to a target, by some rules, so that other rules may change."""
    path = shipped.SAMPLES / "article-a" / "snapshot.json"
    asked = rules or ("CAS-MIGRATE-001", "CAS-MIGRATE-002", "CAS-ARRAY-001", "CAS-SERVER-004")
    pack = replace(book(), rules=tuple(rule for rule in book().rules if rule.id in asked))
    question = Question(profile="migration", target=target)
    return assess(loads(path.read_bytes(), path.name), pack, question)


def changed(assessment: Assessment, **fields: object) -> Assessment:
    assert assessment.migration is not None
    migration: Migration = replace(assessment.migration, **fields)  # type: ignore[arg-type]
    return replace(assessment, migration=migration)


def section(assessment: Assessment) -> list[str]:
    """The lines on the migration behind its road, up to the next heading."""
    stream = io.StringIO()
    Console(file=stream, width=400).print(run_summary(assessment))
    lines = [line.rstrip() for line in stream.getvalue().split("\n")]
    first = lines.index("") + 1
    told = lines[first : lines.index("", first)]
    # The road is told by the reference data: the golden texts hold it, whole.
    road = slice(told.index("Road:"), told.index("Gates:")) if "Road:" in told else slice(0)
    return [line for line in told if line not in told[road]]


def page(assessment: Assessment) -> Page:
    return Page(html_report.files(assessment)["report.html"].decode("utf-8"))


def readiness(found: Page) -> tuple[list[Element], str]:
    """The elements of the section on readiness, and its text."""
    is_it = [e for e in found.all("section") if e.attributes.get("aria-labelledby") == "readiness"]
    (whole,) = is_it
    inside = [e for e in found.elements if any(each is whole for each in e.path)]
    return inside, " ".join("".join(whole.inside).split())


def test_the_terminal_tells_what_article_a_needs_for_2016() -> None:
    assert section(judged("2016")) == [
        "Exchange 2016: NOT READY - 1 cause of failure in the way",
        "  note: support of Exchange 2016 ended on 2025-10-14",
        "  note: updates of Exchange 2016 that are paid for: until 2026-10",
        "Gates:",
        "  Versions and updates: cannot tell, 3 of 3 checks could not be judged (CAS-MIGRATE-002);"
        " before all waves",
        f"  Sites, arrays and their DNS names: {UNASKED}",
        f"  Databases lead to a server that serves them: {UNASKED}",
        "  HTTPS names and Autodiscover: failed, 1 of 3 checks failed (CAS-MIGRATE-001)",
        *(f"  {gate}" for gate in LAST_GATES),
        "  Evidence seen: cannot tell, 3 of 6 verdicts that decide could be given",
        "Remove first, in this order:",
        "  1. [critical] CAS-MIGRATE-001 Name of the MAPI endpoint is also an HTTPS name:"
        " br-ex2010-mb.exchangeserverpro.net (1 DNS name)",
        "Needed to tell:",
        "  CAS-MIGRATE-002 (3 servers): Exchange 2016 requires SP3 RU11 (14.3.266) or later; the"
        " directory shows 14.3.123 only, whichever update rollup is installed; collect the file"
        " version of ExSetup.exe on it, or collect with --http, which asks its Outlook Web App",
        "Waves, behind the gates before all:",
        "  Wave 1: HeadOffice: cannot tell, it is not known whether gates Versions and updates,"
        " Sites, arrays and their DNS names, Databases lead to a server that serves them,"
        " Certificates, Outlook Anywhere, Offline address book are open; 3 databases, mailboxes not"
        " known (MB-HO-01, MB-HO-02, MB-HO-03)",
        "  Wave 2: BranchOffice: blocked, 1 cause stands in its way; 1 database, mailboxes not"
        " known (MB-BR-01)",
        "Also not seen:",
        "  CAS-SERVER-004 (3 servers): the directory shows 14.3 (SP3) only, whichever update rollup"
        " is installed; collect the file version of ExSetup.exe on it, or collect with --http,"
        " which asks its Outlook Web App",
        "Also open: 1 cause",
    ]


def test_the_terminal_tells_over_which_version_article_a_reaches_se() -> None:
    assert section(judged("se", "CAS-MIGRATE-002")) == [
        "Exchange SE: NOT READY - Exchange SE does not stand beside Exchange 2010: the road leads"
        " over Exchange 2016",
        "Gates:",
        "  Versions and updates: cannot tell, for Exchange 2016, over which the road leads: 0 of 3"
        " servers lack their update, 3 are not known; before all waves",
        f"  Sites, arrays and their DNS names: {UNASKED}",
        f"  Databases lead to a server that serves them: {UNASKED}",
        f"  HTTPS names and Autodiscover: {UNASKED}",
        *(f"  {gate}" for gate in LAST_GATES),
        "  Evidence seen: passed, 3 of 3 verdicts that decide could be given",
        "Waves, behind the gates before all:",
        "  Gates and waves are those of the move to Exchange 2016, over which the road leads.",
        f"  Wave 1: HeadOffice: cannot tell, {EVERY_GATE}; 3 databases, mailboxes not known"
        " (MB-HO-01, MB-HO-02, MB-HO-03)",
        f"  Wave 2: BranchOffice: cannot tell, {EVERY_GATE}; 1 database, mailboxes not known"
        " (MB-BR-01)",
    ]


@pytest.mark.parametrize(
    ("target", "name"), [("2016", "2016"), ("se", "SE"), ("exo", "Online"), (None, None)]
)
def test_the_target_is_called_by_its_name(target: str | None, name: str | None) -> None:
    called = f"Exchange {name}" if name else "Migration"
    found = judged(target, "CAS-SERVER-004")
    assert section(found)[0].startswith(f"{called}: ")
    assert readiness(page(found))[1].startswith(f"Readiness {called}: ")


def test_a_cause_that_others_wait_for_says_so() -> None:
    found = judged("2016")
    blockers = (Blocker(found.causes[0].id, "versions", ("CAS-DB-001", "CAS-DB-004")),)
    waiting = changed(found, blockers=blockers)
    assert "(1 DNS name), before CAS-DB-001 and CAS-DB-004" in "\n".join(section(waiting))
    assert "versions; before CAS-DB-001, CAS-DB-004" in readiness(page(waiting))[1]


def test_where_nothing_is_in_the_way_no_empty_list_is_shown() -> None:
    ready = changed(
        judged("2016"),
        **{"verdict": Readiness.READY, "because": "nothing is in the way"},
        **dict.fromkeys(
            ("upgrade_path", "warnings", "blockers", "others", "missing", "gates", "waves"), ()
        ),
    )
    assert section(ready) == ["Exchange 2016: READY - nothing is in the way"]
    inside, text = readiness(page(ready))
    assert text == "Readiness Exchange 2016: ready. Nothing is in the way"
    assert {element.tag for element in inside} == {"h2", "p", "strong", "bdi"}


def test_the_terminal_cuts_a_long_list_and_says_how_much_is_left() -> None:
    found = judged("2016")
    assert found.migration is not None
    lines = section(changed(found, blockers=found.migration.blockers[:1] * 30))
    assert lines[lines.index("Remove first, in this order:") + 21] == "  and 10 more"


def test_the_terminal_gives_a_rule_one_line_however_many_reasons_it_has() -> None:
    found = judged("2016")
    assert found.migration is not None
    (missing,) = (each for each in found.migration.missing if each.decides)
    lines = section(changed(found, missing=(missing, replace(missing, reason="another"))))
    line = lines[lines.index("Needed to tell:") + 1]
    assert line.startswith(f"  CAS-MIGRATE-002 (6 servers): {missing.reason}")
    assert line.endswith(" (and 1 more reason)")


def test_a_narrow_terminal_loses_no_word() -> None:
    stream = io.StringIO()
    Console(file=stream, width=60, soft_wrap=True).print(run_summary(judged("se")))
    narrow = " ".join(stream.getvalue().split())
    assert "Move everything from Exchange 2010 to Exchange 2016, and remove Exchange 2010" in narrow


@pytest.mark.parametrize("target", ["2016", "se"])
def test_the_page_shows_verdict_road_and_blockers(target: str) -> None:
    assessment = judged(target)
    found = assessment.migration
    assert found is not None
    inside, text = readiness(page(assessment))
    causes = {cause.id: cause for cause in assessment.causes}
    told = [step.action for step in found.upgrade_path] + [
        f"{causes[each.cause].rule.title}: {causes[each.cause].label}" for each in found.blockers
    ]
    numbered = [e for e in inside if e.tag == "li" and e.path[-1].tag == "ol"]
    items = [" ".join("".join(e.inside).split()) for e in numbered]
    assert [line in item for line, item in zip(told, items, strict=True)] == [True] * len(told)
    assert all(each.reason in text for each in found.missing)


def test_the_first_screen_holds_verdict_reason_and_notes() -> None:
    found = page(judged("2016"))
    (box,) = [e for e in found.all("div") if e.has_class("verdict") and e.path[-1].tag == "div"]
    assert " ".join("".join(box.inside).split()) == (
        "Exchange 2016: not ready. 1 cause of failure in the way"
        " support of Exchange 2016 ended on 2025-10-14"
        " updates of Exchange 2016 that are paid for: until 2026-10"
        " The road, what stands in the way, and what is missing"
    )


@pytest.mark.parametrize("target", TARGETS)
def test_every_link_of_the_readiness_leads_to_its_cause(target: str | None) -> None:
    assessment = judged(target)
    found = page(assessment)
    inside, _ = readiness(found)
    links = [e.attributes["href"] or "" for e in inside if e.tag == "a"]
    assert assessment.migration is not None
    asked = [each.cause for each in assessment.migration.blockers] + list(
        assessment.migration.others
    )
    assert links == [f"#cause-{cause}" for cause in asked]
    assert {link.removeprefix("#") for link in links} <= set(found.ids())


def test_the_headings_of_the_section_are_in_order() -> None:
    inside, _ = readiness(page(judged("2016")))
    assert [(e.tag, e.text) for e in inside if e.tag in {"h2", "h3", "h4"}] == [
        ("h2", "Readiness"),
        ("h3", "Road"),
        ("h3", "Remove first, in this order"),
        ("h3", "Needed to tell"),
        ("h3", "Also open"),
        ("h3", "Also not seen"),
    ]


def test_hostile_text_changes_nothing_but_the_text() -> None:
    def hostile(text: str) -> str:
        return f"</section><img src=x onerror=alert(1)>\u202e[bold]{text}"

    plain = judged("2016")
    assert plain.migration is not None
    missing = tuple(
        replace(m, reason=hostile(m.reason), subjects=(replace(m.subjects[0], name=hostile("a")),))
        for m in plain.migration.missing
    )
    found = changed(twin(plain, hostile), missing=missing, because=hostile("because"))
    one = changed(
        plain,
        missing=tuple(replace(m, subjects=m.subjects[:1]) for m in plain.migration.missing),
    )
    tags = [[e.tag for e in readiness(page(each))[0] if e.tag != "wbr"] for each in (found, one)]
    assert tags[0] == tags[1]
    assert "\u202e" not in "".join(section(found))
    assert "[bold]because" in section(found)[0]


@pytest.mark.parametrize("target", TARGETS)
def test_the_document_holds_the_migration_in_the_documented_shape(target: str | None) -> None:
    document = json.loads(findings_json.files(judged(target))["findings.json"])
    validator = Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [error.message for error in validator.iter_errors(document)] == []
    assert document["migration"]["target"] == target
    document["migration"]["extra"] = 1
    assert not validator.is_valid(document)


def test_the_document_names_blockers_and_missing_verdicts() -> None:
    assessment = judged("2016")
    found = json.loads(findings_json.files(assessment)["findings.json"])["migration"]
    assert found["verdict"] == "not ready"
    assert found["blockers"] == [
        {
            "cause": assessment.causes[0].id,
            "stage": "shared names, before any name or address moves",
            "opens": [],
        }
    ]
    decided = {each["rule_id"]: each["decides"] for each in found["missing"]}
    assert decided == {"CAS-MIGRATE-002": True, "CAS-SERVER-004": False}


def test_other_profiles_show_nothing_of_a_migration() -> None:
    health = sample("article-a")
    assert json.loads(findings_json.files(health)["findings.json"])["migration"] is None
    assert "readiness" not in page(health).ids()
