"""The first screen and the terminal: one honest sentence, counts with denominators."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from casaudit.findings import Assessment, Severity, Verdict, is_about_collection, is_of_answer
from casaudit.i18n.languages import Language
from casaudit.report.labels import (
    REASONS,
    SECTIONS,
    STATUSES,
    explained,
    plain_value,
    when,
)
from casaudit.report.phrases import Phrases
from casaudit.report.summary import roots, summarize
from casaudit.report.terminal import run_summary
from casaudit.report.unseen import by_reason, coverage, coverage_sentences, gap_texts
from casaudit.snapshot import Gap, Reason, SectionName, Status
from casaudit.text import count, join
from tests.support.assessments import judged_by, many, sample, twin, with_gaps


def milder(assessment: Assessment, severity: Severity) -> Assessment:
    findings = tuple(replace(f, severity=severity) for f in assessment.findings)
    return replace(assessment, findings=findings)


def verdicts(assessment: Assessment, verdict: Verdict) -> Assessment:
    findings = tuple(replace(f, verdict=verdict) for f in assessment.findings)
    return replace(assessment, findings=findings, causes=())


def printed(assessment: Assessment, *written: str) -> str:
    stream = io.StringIO()
    Console(file=stream, width=100).print(run_summary(assessment, written))
    return stream.getvalue()


def test_article_a_is_told_with_denominators() -> None:
    found = summarize(sample("article-a"))
    assert (found.verdict, found.sentence) == (
        "Not fine",
        "3 of 4 mailbox databases point at an individual server although the site has an array;"
        " 1 of 2 sites with mailbox databases has no array.",
    )


def test_article_b_is_told_with_denominators() -> None:
    sentence = summarize(sample("article-b")).sentence
    assert sentence == "2 of 4 mailbox databases point at the array of another site."


def test_several_kinds_of_wrong_pointers_are_told_apart() -> None:
    assessment = sample("article-a")
    rule = next(c for c in assessment.causes if c.rule.id == "CAS-DB-001").rule
    findings = tuple(
        replace(f, rule=replace(rule, id="CAS-DB-003")) if f.subject.name == "MB-HO-02" else f
        for f in assessment.findings
    )
    assert (
        "3 of 4 mailbox databases point at the wrong place (2 at an individual server although"
        " the site has an array and 1 at a name that nothing bears)"
    ) in summarize(replace(assessment, findings=findings)).sentence


def test_a_healthy_organisation_is_fine() -> None:
    found = summarize(judged_by(sample("healthy"), "CAS-DB-001", "CAS-ARRAY-001"))
    assert (found.verdict, found.sentence) == ("Fine", "all 6 checks that apply passed.")


def test_observations_leave_it_fine() -> None:
    first, *others = judged_by(sample("healthy"), "CAS-ARRAY-001").findings
    noted = replace(first, verdict=Verdict.FAIL, severity=Severity.INFO)
    found = summarize(replace(sample("healthy"), findings=(noted, *others)))
    assert (found.verdict, found.sentence) == (
        "Fine",
        "1 of 2 checks that apply passed, 1 observation beside.",
    )


def test_lesser_findings_leave_it_mostly_fine() -> None:
    found = summarize(milder(judged_by(sample("article-a"), "CAS-DB-001"), Severity.LOW))
    assert (found.verdict, found.sentence) == (
        "Mostly fine",
        "nothing critical or high, but 3 low findings.",
    )


def test_lesser_findings_are_not_mostly_fine_where_not_all_was_judged() -> None:
    found = summarize(milder(sample("article-a"), Severity.LOW))
    number, unjudged = found.counts[Verdict.FAIL], found.counts[Verdict.NOT_EVALUATED]
    assert (found.state, found.verdict) == ("unseen", "Nothing critical or high seen")
    assert found.sentence == (
        f"{number} low findings. {unjudged} of {found.total} checks could not be judged."
    )


def test_failures_without_a_sentence_of_their_own_are_counted() -> None:
    healthy = sample("healthy")
    first, *others = (f for f in healthy.findings if f.rule.id == "CAS-SITE-001")
    failed = replace(first, verdict=Verdict.FAIL, severity=Severity.CRITICAL)
    found = summarize(replace(healthy, findings=(failed, *others)))
    assert (found.verdict, found.sentence) == ("Not fine", "1 critical or high finding.")


def test_what_has_no_sentence_of_its_own_is_counted_beside_what_has() -> None:
    assessment = sample("article-a")
    found = tuple(
        replace(f, severity=Severity.HIGH) if f.rule.id == "CAS-DNS-004" else f
        for f in assessment.findings
    )
    sentence = summarize(replace(assessment, findings=found)).sentence
    assert sentence.endswith("has no array; 1 other critical or high finding.")


def test_what_could_not_be_judged_is_never_fine() -> None:
    whole = verdicts(sample("healthy"), Verdict.NOT_EVALUATED)
    found = summarize(
        replace(whole, findings=tuple(f for f in whole.findings if not is_about_collection(f)))
    )
    assert (found.verdict, found.sentence) == (
        "Nothing wrong seen",
        f"{found.total} of {found.total} checks could not be judged.",
    )


def test_incomplete_evidence_is_never_fine() -> None:
    found = summarize(judged_by(with_gaps(sample("healthy")), "CAS-ARRAY-001"))
    assert (found.verdict, found.sentence) == ("Nothing wrong seen", "the evidence is incomplete.")


def test_the_counts_add_up() -> None:
    found = summarize(sample("article-a"))
    every = sample("article-a").findings
    assert found.counts.total() == found.total
    assert found.total == sum(is_of_answer(each) for each in every)
    assert found.every.total == len(every)
    assert found.failed.total() == found.counts[Verdict.FAIL]
    assert f"of {found.total} checks on {found.objects} objects." in found.counted


def test_causes_fold_under_their_topmost_parent() -> None:
    one, two, three, four = many(sample("article-a"), 4, 2).causes
    chain = (one, replace(two, parent=one.id), replace(three, parent=two.id), four)
    found = roots(chain)
    assert [(root.cause.id, [c.id for c in root.children]) for root in found] == [
        (one.id, [two.id, three.id]),
        (four.id, []),
    ]
    assert [root.following for root in found] == [4, 0]


def test_causes_that_name_each_other_as_parent_are_not_lost() -> None:
    one, two = many(sample("article-a"), 2, 1).causes
    found = roots((replace(one, parent=two.id), replace(two, parent=one.id)))
    assert [c.id for root in found for c in (root.cause, *root.children)] == [one.id, two.id]


def test_causes_of_one_rule_are_one_topic() -> None:
    found = summarize(many(sample("article-a"), 7, 3)).failed_rules
    assert [(len(topic.roots), topic.failures) for topic in found] == [(7, 21)]


def test_coverage_tells_what_was_not_seen_in_full() -> None:
    seen = {each.title: each for each in coverage(with_gaps(sample("healthy")))}
    assert seen["Client Access arrays"].status == "partial"
    assert seen["TLS endpoints"].status == "failed"
    assert coverage_sentences(seen.values(), Phrases(Language()))[:2] == [
        "Client Access arrays: seen in part, 2 of 5 questions answered.",
        "TLS endpoints: not seen, 2 of 5 questions answered.",
    ]


def test_coverage_names_what_nobody_asked_for() -> None:
    seen = {each.title: each for each in coverage(sample("healthy"))}
    names = seen["Service principal names"]
    assert (names.status, names.advice) == (
        "not_collected",
        "Collect the domain partitions, with --domain-partitions.",
    )


def test_closed_lists_have_words_for_everything() -> None:
    assert set(SECTIONS) >= {name.value for name in SectionName}
    assert set(REASONS) == {reason.value for reason in Reason}
    assert set(STATUSES) == {status.value for status in Status}


def test_a_gap_says_why_and_what_to_do() -> None:
    gap = gap_texts(with_gaps(sample("healthy")))[0]
    assert (gap.section, gap.subject, gap.reason) == (
        "TLS endpoints",
        "mail:443",
        "No answer in time",
    )
    assert "--timeout" in gap.advice


def test_verdicts_with_one_reason_stand_together() -> None:
    assessment = sample("article-a")
    found = by_reason(assessment.findings, Verdict.NOT_APPLICABLE)
    group = next(g for g in found if g.rule.id == "CAS-DB-001" and "recovery" in g.reason)
    assert [f.subject.name for f in group.findings] == ["RDB-HO-01"]
    assert (
        sum(len(g.findings) for g in found) == summarize(assessment).counts[Verdict.NOT_APPLICABLE]
    )


def test_the_terminal_shows_verdict_causes_gaps_and_files() -> None:
    text = " ".join(printed(with_gaps(sample("article-a")), "out/report.html").split())
    assert text.startswith("ESP Not fine: 3 of 4 mailbox databases point at")
    assert "CAS-DB-001" in text and "(3 databases" in text
    assert "TLS endpoints: not seen" in text
    assert text.endswith("Written out/report.html")


@pytest.mark.parametrize(
    "payload", ["[red]x[/red]", "[/]", "\x1b[31m", "\u202e", "\x07\r\n", "\ud800"]
)
def test_the_terminal_takes_names_for_text(payload: str) -> None:
    text = printed(twin(sample("article-a"), lambda name: f"{payload}{name}"), f"{payload}.html")
    lines = text.replace("\n", "")
    assert lines.isprintable()
    assert "[red]x[/red]ESP" in text or payload != "[red]x[/red]"


def test_words_read_as_english() -> None:
    assert [count(n, "cause") for n in (0, 1, 2, 10_000)] == [
        *("0 causes", "1 cause", "2 causes", "10,000 causes"),
    ]
    assert [join(["a"]), join(["a", "b"]), join(["a", "b", "c"])] == [
        *("a", "a and b", "a, b and c"),
    ]
    assert [plain_value(v) for v in (None, True, 1.0, 1.25, [], ["b", "a"], "x\x00")] == [
        *("not known", "yes", "1", "1.2", "none", "a; b", "x⟦U+0000⟧"),
    ]
    assert [when("2026-11-15T06:00:00Z"), when("soon")] == ["2026-11-15 06:00 UTC", "soon"]


@pytest.mark.parametrize("reason", [Reason.MALFORMED, Reason.LIMIT, Reason.CONFLICT])
def test_what_a_file_lacks_is_exported_again_and_not_asked_for_again(reason: Reason) -> None:
    asked = Gap(section=SectionName.SERVERS, subject="dc1", reason=reason, detail="")
    exported = Gap(section=SectionName.MAILBOXES, subject="file:m.xml", reason=reason, detail="")
    assert explained(asked) == REASONS[reason.value]
    assert explained(exported)[0] == REASONS[reason.value][0]
    assert "xport" in explained(exported)[1] and "controller" not in explained(exported)[1]


def shares(passed: int, failed: int, unjudged: int) -> str:
    """What is said of a number of verdicts."""
    each = sample("healthy").findings[0]
    numbers = {Verdict.PASS: passed, Verdict.FAIL: failed, Verdict.NOT_EVALUATED: unjudged}
    findings = tuple(
        replace(each, verdict=v) for v, number in numbers.items() for _ in range(number)
    )
    return summarize(replace(sample("healthy"), findings=findings, causes=())).passing


def test_the_share_that_passes_is_an_interval_where_evidence_is_missing() -> None:
    assert shares(61, 22, 17) == (
        "Of 100 checks that may apply, between 61% and 78% pass, depending on 17 that could not"
        " be judged."
    )
    assert shares(3, 1, 0) == "3 of 4 checks that apply pass (75%)."
    assert shares(0, 0, 0) == ""


def test_no_share_is_rounded_to_all_while_something_fails() -> None:
    assert "between 0% and 99% pass" in shares(0, 1, 999)
    assert "(99%)" in shares(999, 1, 0)
    assert "between 0% and 100% pass" in shares(0, 0, 9)


@pytest.mark.parametrize("width", [20, 80])
def test_a_path_is_printed_in_one_piece_at_any_width(width: int) -> None:
    """By a console as that of the commands, which leaves wrapping to the terminal."""
    stream, path = io.StringIO(), f"/srv/{'audits of the year/' * 8}report.html"
    console = Console(file=stream, width=width, markup=False, highlight=False, soft_wrap=True)
    console.print(run_summary(sample("article-a"), [path]))
    assert f"\n  {path}\n" in stream.getvalue()
