"""What could not be seen: coverage by kind of evidence, gaps, and verdicts without evidence."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from casaudit.findings import Assessment, Finding, RuleInfo, Verdict
from casaudit.report.labels import SECTIONS, explained
from casaudit.report.phrases import Speech, speech_of
from casaudit.snapshot import Gap


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
    speech, order = speech_of(assessment), list(SECTIONS)
    rows = {str(row["name"]): row for row in assessment.inventory["v_sections"]}
    names = [name for name, row in rows.items() if row["collect"] is not None]
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    return tuple(
        Seen(
            title=speech.sections.get(name) or speech.label(name),
            status=str(rows[name]["status"]),
            asked=cast("int", rows[name]["asked"]),
            answered=cast("int", rows[name]["answered"]),
            rests=speech.phrase("rests_on_it", str(rows[name]["rests_on_it"] or "")),
            advice=_advice(speech, str(rows[name]["collect"])),
        )
        for name in names
    )


def _advice(speech: Speech, collect: str) -> str:
    return speech.say("Collect %(what)s.", what=speech.phrase("collect", collect))


def told(seen: Iterable[Seen], speech: Speech) -> list[str]:
    """Say in a sentence each what was asked for and not seen in full, and what was not asked."""
    lines = [
        speech.many(
            "%(title)s: %(status)s, %(answered)s of %(number)s question answered.",
            "%(title)s: %(status)s, %(answered)s of %(number)s questions answered.",
            each.asked,
            title=each.title,
            status=speech.statuses[each.status],
            answered=speech.number(each.answered),
        )
        for each in seen
        if each.status in ("partial", "failed")
    ]
    not_asked = [each.title for each in seen if each.status == "not_collected"]
    if not_asked:
        lines.append(speech.say("Not asked for: %(kinds)s.", kinds=speech.listed(not_asked)))
    return lines


def missed(assessment: Assessment) -> tuple[Missed, ...]:
    """Return the gaps in words, in the order of the snapshot."""
    speech = speech_of(assessment)
    return tuple(_missed(gap, speech) for gap in assessment.gaps)


def _missed(gap: Gap, speech: Speech) -> Missed:
    meaning, advice = explained(gap)
    section = speech.sections[gap.section]
    return Missed(section, gap.subject, speech.say(meaning), gap.detail, speech.say(advice))


def alike(findings: Iterable[Finding], verdict: Verdict) -> tuple[Alike, ...]:
    """Group the verdicts of one kind by rule and reason, in the order of the findings."""
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        if finding.verdict is verdict:
            groups.setdefault((finding.rule.id, finding.reason or ""), []).append(finding)
    return tuple(
        Alike(found[0].rule, reason, tuple(found)) for (_, reason), found in groups.items()
    )
