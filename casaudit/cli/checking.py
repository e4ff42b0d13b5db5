"""Printing what a check found."""

from datetime import UTC, datetime

from casaudit import interrupts
from casaudit.cli import console
from casaudit.cli.exits import ExitCode
from casaudit.collect import CollectRequest
from casaudit.collect.check import Checked, CheckStep, Outcome, check_sources
from casaudit.report.labels import explained
from casaudit.text import visible


def run_check(request: CollectRequest) -> ExitCode:
    """Try every step, print a line for each, and return how it ended."""
    with console.Progress() as progress, interrupts.left_to_python():
        checked = check_sources(request, datetime.now(UTC), progress)
    for block in checked.blocks:
        console.show_data(visible(block.title))
        for step in block.steps:
            console.show_data("\n".join(_lines(step)))
    return _exit_code(checked)


def _lines(step: CheckStep) -> list[str]:
    lines = [f"  {step.name:<18} {step.outcome:<9} {visible(step.seen)}"]
    advice = step.advice or (explained(step.gap)[1] if step.gap else "")
    if advice and step.outcome is Outcome.FAILED:
        lines.append(f"{'':31}-> {visible(advice)}")
    return lines


def _exit_code(checked: Checked) -> ExitCode:
    if checked.interrupted:
        return ExitCode.INTERRUPTED
    if not checked.usable:
        return ExitCode.NO_AUDIT
    return ExitCode.INCOMPLETE if checked.failed else ExitCode.OK
