"""Standing notices: every paper tells them apart; no answer, share or exit code rests on them."""

import io
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from casaudit.cli.exits import ExitCode, of_assessment
from casaudit.findings import Assessment, Severity, Verdict, is_standing
from casaudit.findings.document import Overview, read_document
from casaudit.findings.purpose import Purpose
from casaudit.report import FORMATS
from casaudit.report.message.markdown import Style, message
from casaudit.report.summary import summarize
from casaudit.report.terminal import run_summary
from tests.support.assessments import judged_by, sample
from tests.support.running import casaudit
from tests.support.shipped_rules import book
from tests.support.situations import waived

HEALTHY = Path(__file__).parent.parent / "samples" / "healthy" / "snapshot.json"
TOLD = "1 standing notice, which is not part of the answer: Exchange 2010 is out of support."


@cache
def seen_in_full() -> Assessment:
    """The healthy organisation, of whose verdicts those that could not be given are left out."""
    assessment = sample("healthy")
    given = (f for f in assessment.findings if f.verdict is not Verdict.NOT_EVALUATED)
    return replace(assessment, findings=tuple(given))


def test_two_shipped_rules_are_standing() -> None:
    assert [rule.id for rule in book().rules if rule.standing] == [
        "CAS-SERVER-003",
        "CAS-SERVER-012",
    ]


def test_a_healthy_organisation_is_fine_with_its_standing_notice() -> None:
    found = summarize(seen_in_full())
    assert (found.verdict, found.sentence) == ("Fine", "all 192 checks that apply passed.")
    assert found.passing == "192 of 192 checks that applies pass (100%).".replace(
        "applies", "apply"
    )
    assert found.standing == TOLD


@pytest.mark.parametrize(
    ("options", "code"),
    [([], 0), (["--fail-on", "low"], 0), (["--fail-on-standing"], 1)],
    ids=str,
)
@pytest.mark.parametrize("profile", ["health", "audit", "migration"])
def test_the_healthy_sample_is_in_order_unless_the_notice_is_asked_for(
    profile: str, options: list[str], code: int, tmp_path: Path
) -> None:
    run = casaudit("report", HEALTHY, "-o", tmp_path, "--profile", profile, *options)
    assert run.returncode == code, run.stderr
    assert TOLD in run.stdout
    summary = json.loads((tmp_path / "findings.json").read_text("utf-8"))["summary"]
    assert summary["organization"]["fail"] == {}
    assert sum(summary["standing"]["fail"].values()) == 1


def test_a_waived_notice_is_told_as_waived_and_fails_nothing() -> None:
    assessment = sample("healthy")
    waiver = next(f.waiver for f in waived(sample("article-a")).failures if f.waiver)
    findings = tuple(
        replace(f, waiver=waiver) if is_standing(f) else f for f in assessment.findings
    )
    accepted = replace(assessment, findings=findings)
    assert summarize(accepted).standing == TOLD.replace(".", " (1 of them waived).")
    assert of_assessment(accepted, Severity.LOW, strict=False, standing=True) is ExitCode.OK


def test_the_parts_of_the_tally_add_up_to_every_verdict() -> None:
    for name in ("healthy", "article-a", "article-b"):
        tally, every = sample(name).tally, sample(name).findings
        assert tally.every.total == len(every)
        assert tally.standing.total == sum(map(is_standing, every)) == 1
        assert tally.every.failed.total() == len(sample(name).failures)


def test_what_could_not_be_judged_of_a_standing_rule_is_missing_like_anything_else() -> None:
    blind = judged_by(sample("healthy"), "CAS-SERVER-003")
    unseen = tuple(replace(f, verdict=Verdict.NOT_EVALUATED) for f in blind.findings)
    found = summarize(replace(blind, findings=unseen, causes=()))
    assert (found.state, found.standing) == ("unseen", "")
    assert found.sentence == "1 of 1 check could not be judged."


@pytest.mark.parametrize(
    "key",
    [
        {"headline": {"one": "%(number)s is old", "many": "%(number)s are old"}},
        {"endpoint": {"phrase": "at an old server", "short": "old"}},
    ],
    ids=["headline", "endpoint"],
)
def test_a_standing_rule_says_nothing_in_the_headline(key: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="not part of the answer"):
        Purpose.model_validate({"standing": True, **key})


def text_of(name: str) -> Callable[[Assessment], str]:
    return lambda found: "\n".join(
        each.decode("utf-8-sig") for file, each in FORMATS[name](found).items()
        if not file.endswith(".xlsx")
    )  # fmt: skip


def terminal(assessment: Assessment) -> str:
    stream = io.StringIO()
    Console(file=stream, width=200).print(run_summary(assessment))
    return stream.getvalue()


def markdown(assessment: Assessment) -> str:
    document = FORMATS["json"](assessment)["findings.json"]
    return message(read_document(document, "findings.json", Overview), Style())


@pytest.mark.parametrize(
    ("paper", "told"),
    [
        (terminal, TOLD),
        (markdown, TOLD),
        (text_of("html"), TOLD),
        (text_of("json"), TOLD),
        (text_of("csv"), ',"yes"\r\n'),
        (text_of("junit"), 'type="standing"'),
        (text_of("sarif"), '"standing": true'),
        (text_of("ocsf"), '"standing": true'),
        (text_of("pack"), "standing notices: 1 (0 of them waived)"),
    ],
    ids=["terminal", "markdown", "html", "json", "csv", "junit", "sarif", "ocsf", "pack"],
)
def test_every_paper_tells_the_notice(paper: Callable[[Assessment], str], told: str) -> None:
    text = paper(sample("healthy"))
    assert told in text


def test_no_paper_for_programs_fails_or_alarms_for_it() -> None:
    assessment = judged_by(sample("healthy"), "CAS-SERVER-003")
    cases = ElementTree.fromstring(FORMATS["junit"](assessment)["junit.xml"])
    assert (cases.get("failures"), cases.get("errors")) == ("0", "0")
    (run,) = json.loads(FORMATS["sarif"](assessment)["findings.sarif"])["runs"]
    assert [(r["kind"], r["level"]) for r in run["results"]] == [("fail", "note")]
    assert [r["defaultConfiguration"]["level"] for r in run["tool"]["driver"]["rules"]] == ["note"]
    (event,) = map(json.loads, FORMATS["ocsf"](assessment)["findings.ocsf.jsonl"].splitlines())
    assert (event["severity"], event["compliance"]["status"]) == ("Informational", "Fail")
    assert event["unmapped"]["standing"] is True
