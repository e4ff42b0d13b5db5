"""The summary for a terminal: what a person reads who does not open the report."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from casaudit.findings import Assessment, Missing, Severity, Verdict
from casaudit.report import changes
from casaudit.report.labels import SEVERITIES, objects
from casaudit.report.phrases import phrases_of
from casaudit.report.readiness import ReadinessView, readiness_view
from casaudit.report.summary import FailedRule, Summary, summarize
from casaudit.report.unseen import coverage, coverage_sentences, nothing_sentences
from casaudit.report.waived import waiver_lines
from casaudit.report.waves import WavesView, gate_lines, wave_lines, waves_view
from casaudit.snapshot import is_of_source
from casaudit.text import count, join, visible

_MOST = 5
_MOST_LINES = 20
_STATES = {
    "nothing": "bold red",
    "bad": "bold red",
    "fair": "bold yellow",
    "unseen": "bold magenta",
    "good": "bold green",
}
_STYLES = {
    Severity.CRITICAL: "bold red",
    Severity.HIGH: "red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "blue",
    Severity.INFO: "dim",
}


def run_summary(assessment: Assessment, written: Sequence[str] = ()) -> RenderableType:
    """Return what to print after a run.

    Args:
        assessment: what was judged.
        written: the files that the run left, as the operator can open them.
    """
    answer = summarize(assessment)
    parts: list[RenderableType] = [_verdict(assessment, answer)]
    parts += _lines(nothing_sentences(assessment))
    migration, waves = readiness_view(assessment), waves_view(assessment)
    # Profile migration gives both; any other profile gives none.
    if migration and waves:
        parts += _readiness(migration, waves)
    if answer.failed_rules:
        parts += [_heading("What to do first"), _failed_rules(answer.failed_rules)]
    if compared := assessment.comparison:
        since = f"Since {compared.baseline_as_of:%Y-%m-%d %H:%M} UTC"
        parts += [_heading(since), *_lines(_most(changes.change_lines(compared)))]
    if coming := assessment.forecast:
        parts += [_heading("Turns red by itself"), *_lines(_most(changes.forecast_lines(coming)))]
    if accepted := waiver_lines(assessment):
        parts += [_heading("Waivers"), *_lines(_most(accepted))]
    if unseen := _unseen(assessment, answer):
        parts += [_heading("What could not be seen"), *_lines(unseen)]
    if written:
        parts += [_heading("Written"), *map(_path, written)]
    return Group(*parts)


def _verdict(assessment: Assessment, answer: Summary) -> Text:
    text = Text()
    text.append(f"{visible(assessment.organization)}\n", style="bold")
    text.append(f"{answer.verdict}: ", style=_STATES[answer.state])
    text.append(f"{visible(answer.sentence)}\n")
    text.append(answer.counted)
    if answer.apart:
        text.append(f"\n{answer.apart}")
    if answer.standing:
        text.append(f"\n{visible(answer.standing)}", style="bold")
    return text


def _readiness(migration: ReadinessView, waves: WavesView) -> list[RenderableType]:
    text = Text(f"\n{migration.target}: ", style="bold")
    text.append(migration.verdict.upper(), style=_STATES[migration.state])
    # rich takes the style of the first part for the whole text.
    text.append(f" - {visible(migration.because)}", style="not bold")
    parts: list[RenderableType] = [text, *_lines([f"note: {note}" for note in migration.notes])]
    path = [
        line
        for number, step in enumerate(migration.upgrade_path, 1)
        for line in (f"{number}. {step.action}", *(f"   - {note}" for note in step.notes))
    ]
    for heading, lines in (
        ("Road:", path),
        ("Gates:", gate_lines(waves)),
        ("Remove first, in this order:", _most(_obstacles(migration))),
        ("Needed to tell:", _most(_missing(migration.needed))),
        ("Waves, behind the gates before all:", _waves(waves)),
        ("Also not seen:", _most(_missing(migration.unseen))),
    ):
        if lines:
            parts += [Text(heading), *_lines(lines)]
    if migration.open_causes:
        parts.append(Text(f"Also open: {count(migration.open_causes, 'cause')}"))
    return parts


def _waves(waves: WavesView) -> list[str]:
    lines = _most(wave_lines(waves))
    return [waves.whose, *lines] if lines and waves.whose else lines


def _obstacles(migration: ReadinessView) -> list[str]:
    return [
        f"{number}. [{each.cause.severity.value}] {each.cause.rule.id} {each.cause.rule.title}:"
        f" {each.cause.label}"
        f" ({objects(len(each.cause.findings), each.cause.findings[0].subject.kind)})"
        + (f", before {join(list(each.before))}" if each.before else "")
        for number, each in enumerate(migration.obstacles, 1)
    ]


def _missing(missing: Sequence[Missing]) -> list[str]:
    """One line a rule, with the first of its reasons."""
    groups: dict[str, list[Missing]] = {}
    for each in missing:
        groups.setdefault(each.rule.id, []).append(each)
    lines = []
    for rule, alike in groups.items():
        subjects = [subject for each in alike for subject in each.subjects]
        number = objects(len(subjects), subjects[0].kind)
        more = f" (and {count(len(alike) - 1, 'more reason')})" if len(alike) > 1 else ""
        lines.append(f"{rule} ({number}): {alike[0].reason}{more}")
    return lines


def _most(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_LINES
    return lines if more <= 0 else [*lines[:_MOST_LINES], f"and {more:,} more"]


def _failed_rules(rules: Sequence[FailedRule]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for rule in rules[:_MOST]:
        severity = Text(SEVERITIES[rule.first.severity], style=_STYLES[rule.first.severity])
        table.add_row(severity, Text(rule.first.rule.id), _failed_rule(rule))
    if len(rules) > _MOST:
        table.add_row("", "", Text(f"and {count(len(rules) - _MOST, 'more rule')}", style="dim"))
    return Padding(table, (0, 0, 0, 2))


def _failed_rule(rule: FailedRule) -> Text:
    text = Text(visible(rule.first.rule.title))
    if len(rule.roots) == 1:
        text.append(f": {visible(rule.first.label)}")
    text.append(f" ({objects(rule.failures, rule.first.findings[0].subject.kind)}", style="dim")
    if rule.following:
        text.append(
            f", and {count(rule.following, 'failure that follows', 'failures that follow')}",
            style="dim",
        )
    return text.append(")", style="dim")


def _unseen(assessment: Assessment, answer: Summary) -> list[str]:
    unjudged = answer.counts[Verdict.NOT_EVALUATED]
    judged = f"{unjudged:,} of {count(answer.total, 'check')} could not be judged."
    lines = [judged] if unjudged else []
    lines += [answer.hidden] if answer.hidden else []
    lines += [f"{rule} failed: {problem}" for rule, problem in assessment.problems.items()]
    lines += [f"{gap.subject}: {gap.detail}." for gap in assessment.gaps if is_of_source(gap)]
    return lines + coverage_sentences(coverage(assessment), phrases_of(assessment))


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")


def _path(path: str) -> Text:
    """A path in one piece at any width, to be copied into the next command."""
    # No Padding around it, which would cut it off at the edge.
    return Text(f"  {visible(path)}", no_wrap=True, overflow="ignore")


def _lines(lines: Sequence[str]) -> list[RenderableType]:
    return [_line(visible(line)) for line in lines]


def _line(line: str) -> RenderableType:
    """A line that wraps behind its indent, on a console that does not wrap by itself too."""
    # Text takes names as they are; a plain str would be read as rich's markup.
    text = Text(line.lstrip(), no_wrap=False, overflow="fold")
    # Expanded, rich would fill each line with blanks to the width, and a file would keep them.
    return Padding(text, (0, 0, 0, 2 + len(line) - len(line.lstrip())), expand=False)
