"""What could not be seen: coverage by kind of evidence, gaps, and verdicts without evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from casaudit.findings import Assessment, Finding, RuleInfo, Verdict
from casaudit.report.labels import SECTIONS, explained
from casaudit.report.phrases import Phrases, phrases_of
from casaudit.snapshot import SectionName, Status


@dataclass(frozen=True, slots=True)
class SectionCoverage:
    """How much of one kind of evidence was seen, what rests on it, and how to see the rest."""

    title: str
    status: str
    asked: int
    answered: int
    rests: str
    advice: str


@dataclass(frozen=True, slots=True)
class GapText:
    """A gap in words."""

    section: str
    subject: str
    reason: str
    detail: str
    advice: str


@dataclass(frozen=True, slots=True)
class SameReason:
    """Verdicts of one rule with one reason."""

    rule: RuleInfo
    reason: str
    findings: tuple[Finding, ...]


def coverage(assessment: Assessment) -> tuple[SectionCoverage, ...]:
    """Return the kinds of evidence that count here, also those that nobody asked for."""
    phrases, order = phrases_of(assessment), list(SECTIONS)
    rows = {str(row["name"]): row for row in assessment.inventory["v_sections"]}
    # What the reference table of sections does not know has no advice, and no reader misses it.
    names = [name for name, row in rows.items() if row["collect"] is not None]
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    return tuple(
        SectionCoverage(
            title=phrases.sections.get(name) or phrases.label(name),
            status=str(rows[name]["status"]),
            asked=cast("int", rows[name]["asked"]),
            answered=cast("int", rows[name]["answered"]),
            rests=phrases.phrase("rests_on_it", str(rows[name]["rests_on_it"] or "")),
            advice=phrases.say(
                "Collect %(what)s.", what=phrases.phrase("collect", str(rows[name]["collect"]))
            ),
        )
        for name in names
    )


def coverage_sentences(seen: Iterable[SectionCoverage], phrases: Phrases) -> list[str]:
    """Say in a sentence each what was asked for and not seen in full, and what was not asked."""
    lines = [
        phrases.many(
            "%(title)s: %(status)s, %(answered)s of %(number)s question answered.",
            "%(title)s: %(status)s, %(answered)s of %(number)s questions answered.",
            each.asked,
            title=each.title,
            status=phrases.statuses[each.status],
            answered=phrases.number(each.answered),
        )
        for each in seen
        if each.status in ("partial", "failed")
    ]
    not_asked = [each.title for each in seen if each.status == "not_collected"]
    if not_asked:
        lines.append(phrases.say("Not asked for: %(kinds)s.", kinds=phrases.listed(not_asked)))
    return lines


def nothing_sentences(assessment: Assessment) -> list[str]:
    """Say why nothing could be audited: what was read, what is missing, which source gives it."""
    if assessment.is_auditable:
        return []
    phrases = phrases_of(assessment)
    status = {each.name: each.status for each in assessment.coverage}
    read = [
        phrases.sections[name]
        for name, each in status.items()
        if each in (Status.COMPLETE, Status.PARTIAL)
    ]
    lines = [phrases.say("Read: %(kinds)s.", kinds=phrases.listed(read))] if read else []
    wanted = (SectionName.SERVERS, SectionName.DATABASES)
    if all(status.get(name) is Status.COMPLETE for name in wanted):
        lines.append(phrases.say("Servers and databases were read in full: there are none."))
    lines += [
        f"{phrases.sections[name]}: {phrases.statuses[status.get(name, Status.NOT_COLLECTED)]}."
        for name in wanted
        if status.get(name) is not Status.COMPLETE
    ]
    lines += [
        f"{gap.subject}: {phrases.say(explained(gap)[0])}."
        for gap in assessment.gaps
        if gap.section in (*wanted, SectionName.ORGANIZATION)
    ][:_MOST_GAPS]
    lines.append(
        phrases.say(
            "Give a domain controller of the organisation (ldaps://HOST), or an LDIF export of its"
            " configuration partition; exports of the shell add to these."
        )
    )
    return lines


_MOST_GAPS = 5


def gap_texts(assessment: Assessment) -> tuple[GapText, ...]:
    """Return the gaps in words, in the order of the snapshot."""
    phrases = phrases_of(assessment)
    return tuple(
        GapText(
            section=phrases.sections[gap.section],
            subject=gap.subject,
            reason=phrases.say(meaning),
            detail=gap.detail,
            advice=phrases.say(advice),
        )
        for gap in assessment.gaps
        for meaning, advice in [explained(gap)]
    )


def by_reason(findings: Iterable[Finding], verdict: Verdict) -> tuple[SameReason, ...]:
    """Group the verdicts of one kind by rule and reason, in the order of the findings."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.verdict is verdict:
            groups.setdefault((finding.rule.id, finding.reason or ""), []).append(finding)
    return tuple(
        SameReason(found[0].rule, reason, tuple(found)) for (_, reason), found in groups.items()
    )
