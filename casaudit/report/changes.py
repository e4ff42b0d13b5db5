"""What the reports say of changes since a baseline, and of what turns red by itself."""

from collections import Counter
from collections.abc import Iterator, Sequence

from casaudit.canonical_json import canonical
from casaudit.findings import (
    Assessment,
    Change,
    ChangeCause,
    ChangeKind,
    Comparison,
    Finding,
    Forecast,
    Turn,
    Value,
    Verdict,
)
from casaudit.findings.document_changes import DiffDocument
from casaudit.i18n.languages import Language, marked
from casaudit.report.csv import table
from casaudit.report.csv_locale import FOR_PROGRAMS, CsvLocale
from casaudit.report.json import comparison_values
from casaudit.text import join, visible

SCHEMA = "casaudit/diff/1"

KINDS = {
    ChangeKind.NEW: marked("new"),
    ChangeKind.CHANGED: marked("changed"),
    ChangeKind.UNSEEN: marked("not seen any more"),
    ChangeKind.FIXED: marked("fixed"),
    ChangeKind.STILL_OPEN: marked("still open"),
}
# Not marked for translation: they stand in CSV files and on the terminal, which are English.
CAUSES = {
    ChangeCause.CONFIGURATION: "configuration",
    ChangeCause.RULE: "rule",
    ChangeCause.COVERAGE: "coverage",
    ChangeCause.WAIVER: "waiver",
    ChangeCause.TIME: "time",
}

COLUMNS = (
    "change", "cause", "rule_id", "title", "severity_before", "severity", "object_kind", "object",
    "site", "verdict_before", "verdict", "waived", "detail", "object_id", "fingerprint",
)  # fmt: skip


def finding_of(change: Change) -> Finding:
    """Return the failure that a change is about: as it is, or as it was when it is over."""
    # What is over has its severity and name from then: now there is a pass, or nothing.
    is_over = change.kind in (ChangeKind.FIXED, ChangeKind.UNSEEN)
    finding = change.before if is_over else change.after
    if finding is None:
        raise ValueError("a change without a finding")
    return finding


def change_counts(comparison: Comparison) -> str:
    """Count the changes by kind, each kind with its causes: one sentence."""
    told = []
    # The order of KINDS is the order of the sentence: what is new comes first.
    for kind, word in KINDS.items():
        causes = Counter(c.cause for c in comparison.changes if c.kind is kind)
        if not causes:
            continue
        why = [f"{causes[cause]:,} {name}" for cause, name in CAUSES.items() if causes[cause]]
        told.append(f"{causes.total():,} {word}" + (f" ({', '.join(why)})" if why else ""))
    return f"{join(told)}." if told else "Nothing failed then, and nothing fails now."


def from_rules(comparison: Comparison, language: Language | None = None) -> str | None:
    """Say how many of the new failures come from rules that are new or were revised."""
    new = [
        finding_of(change).rule.id
        for change in comparison.changes
        if change.kind is ChangeKind.NEW and change.cause is ChangeCause.RULE
    ]
    if not new:
        return None
    many = (language or Language()).many
    rules = many("%(number)s new or changed rule", "%(number)s new or changed rules", len(set(new)))
    return many(
        "%(number)s new failure comes from %(rules)s, not from the organisation.",
        "%(number)s new failures come from %(rules)s, not from the organisation.",
        len(new),
        rules=rules,
    )


def moved(comparison: Comparison) -> list[Change]:
    """Return all changes but what is still open."""
    return [each for each in comparison.changes if each.kind is not ChangeKind.STILL_OPEN]


def change_lines(comparison: Comparison) -> list[str]:
    """Say what changed: the counts, then a line for each change."""
    lines = [change_counts(comparison)]
    if rules := from_rules(comparison):
        lines.append(rules)
    return [*lines, *(_line(change) for change in moved(comparison))]


def change_text(assessment: Assessment) -> str:
    """Write the comparison of an assessment for people: a line a change."""
    if assessment.comparison is None:
        raise ValueError("an assessment without a comparison")
    then, now = assessment.comparison.baseline_as_of, assessment.as_of
    lines = [
        f"{assessment.organization}: {then:%Y-%m-%d %H:%M} to {now:%Y-%m-%d %H:%M} UTC",
        *change_lines(assessment.comparison),
    ]
    return "".join(f"{visible(line)}\n" for line in lines)


def _line(change: Change) -> str:
    finding = finding_of(change)
    cause = f", {CAUSES[change.cause]}" if change.cause else ""
    waived = " (waived)" if finding.waiver else ""
    return (
        f"{KINDS[change.kind]}{cause}: [{finding.severity.value}] {finding.rule.id}"
        f" {finding.subject.name}{waived}: {change.detail}"
    )


def forecast_lines(forecast: Forecast) -> list[str]:
    """Say what turns red before the coming runs, a line for each."""
    # With --forecast 0 there are no coming runs, and no forecast either.
    last = f"{forecast.runs[-1]:%Y-%m-%d}" if forecast.runs else ""
    if not forecast.turns:
        return [f"Nothing turns red by itself up to {last}."]
    return [_turn(turn) for turn in forecast.turns]


def _turn(turn: Turn) -> str:
    found = turn.finding
    was = (
        f"[{turn.was.value} to {found.severity.value}]" if turn.was else f"[{found.severity.value}]"
    )
    why = "its waiver ends" if turn.waiver_ends else found.message or found.rule.title
    return f"{turn.on} {was} {found.rule.id} {found.subject.name}: {why}"


def change_rows(changes: Sequence[Change]) -> Iterator[dict[str, Value]]:
    """Yield the lines of the CSV file."""
    for change in changes:
        finding, before, after = finding_of(change), change.before, change.after
        yield {
            "change": change.kind.value,
            "cause": change.cause.value if change.cause else "",
            "rule_id": finding.rule.id,
            "title": finding.rule.title,
            "severity_before": _severity(before),
            "severity": _severity(after),
            "object_kind": finding.subject.kind,
            "object": finding.subject.name,
            "site": finding.subject.site,
            "verdict_before": before.verdict.value if before else "",
            "verdict": after.verdict.value if after else "",
            # As it is now; that a waiver came or went is told in the detail.
            "waived": bool(after and after.waiver),
            "detail": change.detail,
            "object_id": finding.subject.id,
            "fingerprint": finding.fingerprint,
        }


def _severity(finding: Finding | None) -> str:
    # A pass bears the severity of its rule, which would read as a failure in this column.
    fails = finding is not None and finding.verdict is Verdict.FAIL
    return finding.severity.value if finding and fails else ""


def as_json(assessment: Assessment) -> bytes:
    """Return the comparison of an assessment as a document of its own."""
    if assessment.comparison is None:
        raise ValueError("an assessment without a comparison")
    document = DiffDocument.model_validate(
        {
            "schema": SCHEMA,
            "organization": assessment.organization,
            "snapshot_sha256": assessment.snapshot_sha256,
            "rules_sha256": assessment.rules_sha256,
            "collected_at": assessment.collected_at,
            "as_of": assessment.as_of,
            **comparison_values(assessment.comparison),
        }
    )
    return canonical(document.model_dump(mode="json", by_alias=True))


def as_csv(assessment: Assessment, locale: CsvLocale = FOR_PROGRAMS) -> bytes:
    """Return all changes, what is still open too, as a CSV file for spreadsheets."""
    comparison = assessment.comparison
    return table(COLUMNS, change_rows(comparison.changes if comparison else ()), locale)
