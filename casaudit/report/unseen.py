"""What could not be seen: coverage by kind of evidence, gaps, and verdicts without evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from casaudit.judge.findings import Assessment, Finding, RuleInfo, Verdict
from casaudit.report.words import REASONS, SECTIONS, STATUSES, count, label, listed


@dataclass(frozen=True, slots=True)
class Seen:
    """How much of one kind of evidence was seen, what rests on it, and how to see the rest."""

    title: str
    status: str
    asked: int
    answered: int
    rests: str
    advice: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A gap in words."""

    section: str
    subject: str
    reason: str
    detail: str
    advice: str


@dataclass(frozen=True, slots=True)
class Alike:
    """Verdicts of one rule with one reason."""

    rule: RuleInfo
    reason: str
    findings: tuple[Finding, ...]


def coverage(assessment: Assessment) -> tuple[Seen, ...]:
    """Return the kinds of evidence that count here, also those that nobody asked for."""
    order = list(SECTIONS)
    rows = {str(row["name"]): row for row in assessment.inventory["v_sections"]}
    names = [name for name, row in rows.items() if row["collect"] is not None]
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    return tuple(
        Seen(
            title=SECTIONS.get(name, label(name)),
            status=str(rows[name]["status"]),
            asked=cast("int", rows[name]["asked"]),
            answered=cast("int", rows[name]["answered"]),
            rests=str(rows[name]["rests_on_it"] or ""),
            advice=f"Collect {rows[name]['collect']}.",
        )
        for name in names
    )


def told(seen: Iterable[Seen]) -> list[str]:
    """Say in a sentence each what was asked for and not seen in full, and what was not asked."""
    lines = [
        f"{each.title}: {STATUSES[each.status]},"
        f" {each.answered:,} of {count(each.asked, 'question')} answered."
        for each in seen
        if each.status in ("partial", "failed")
    ]
    not_asked = [each.title for each in seen if each.status == "not_collected"]
    return lines + ([f"Not asked for: {listed(not_asked)}."] if not_asked else [])


def missed(assessment: Assessment) -> tuple[Missed, ...]:
    """Return the gaps in words, in the order of the snapshot."""
    return tuple(
        Missed(SECTIONS[gap.section], gap.subject, *_reason(gap.reason.value, gap.detail))
        for gap in assessment.gaps
    )


def _reason(reason: str, detail: str) -> tuple[str, str, str]:
    meaning, advice = REASONS[reason]
    return meaning, detail, advice


def alike(findings: Iterable[Finding], verdict: Verdict) -> tuple[Alike, ...]:
    """Group the verdicts of one kind by rule and reason, in the order of the findings."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.verdict is verdict:
            groups.setdefault((finding.rule.id, finding.reason or ""), []).append(finding)
    return tuple(
        Alike(found[0].rule, reason, tuple(found)) for (_, reason), found in groups.items()
    )
