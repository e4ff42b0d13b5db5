"""After a remediation: what of a plan a new snapshot shows as applied."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casaudit.cli.options import RulesOption, SettingsOption, SnapshotArgument

if TYPE_CHECKING:
    from casaudit.remediation.verify import Verification


def verify_fix(
    plan: Annotated[
        Path, typer.Argument(metavar="PLAN", help="plan.json, written beside remediation.ps1.")
    ],
    snapshot: SnapshotArgument,
    rules: RulesOption = None,
    settings: SettingsOption = None,
    script_only: Annotated[
        bool, typer.Option("--script-only", help="Leave out what is done by hand.")
    ] = False,
) -> None:
    """Compare a new snapshot with a remediation plan: what was applied, and what else changed.

    Exit codes: 0 nothing of the plan is open, 1 something is, 3 of something it cannot be counted.
    """
    from casaudit import shipped
    from casaudit.cli import assessing, inputs
    from casaudit.cli.options import Profile, Target
    from casaudit.engine.check import load_rulebook
    from casaudit.remediation.verify import verify_plan

    document = inputs.read_plan_file(plan)
    # The document without them: then neither lines nor exit code speak of work by hand.
    if script_only:
        document = document.model_copy(update={"by_hand": ()})
    target = Target(document.target) if document.target else None
    asked = assessing.question(Profile(document.profile), target, settings, None)
    book = load_rulebook(shipped.RULES, rules or ())
    found = verify_plan(document, inputs.read_snapshot(snapshot), book, asked)
    _show(found)
    raise typer.Exit(_exit_code(found))


def _show(found: "Verification") -> None:
    from casaudit.cli import console
    from casaudit.rulebook.templates import shown
    from casaudit.text import visible

    width = max((len(outcome.state.value) for outcome in found.outcomes), default=0)
    for each in found.outcomes:
        # Plan and snapshot may come from anywhere, and end on this terminal.
        line = f"step {each.number:<4} {each.state.value:<{width}}  {each.what}: {each.detail}"
        console.show_data(visible(line))
    for effect in found.side_effects:
        what = f"{effect.object.name}, {effect.setting}"
        change = f"{shown(effect.before)} -> {shown(effect.now)}"
        console.show_data(visible(f"not in the plan, but changed: {what}: {change}"))
    counts = Counter(outcome.state.value for outcome in found.outcomes)
    counted = ", ".join(f"{number} {state}" for state, number in counts.items()) or "no steps"
    console.note(f"{counted}; {len(found.side_effects)} other changes")


def _exit_code(found: "Verification") -> int:
    from casaudit.cli.exits import ExitCode

    if found.is_open:
        return ExitCode.FAILED
    return ExitCode.INCOMPLETE if found.is_unclear else ExitCode.OK
