"""``casaudit whatif``: what a remediation plan, or a single value, would change of the verdicts."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from casaudit.cli.options import (
    AsOfOption,
    Profile,
    ProfileOption,
    RulesOption,
    SettingsOption,
    SnapshotArgument,
    Target,
    TargetOption,
)

if TYPE_CHECKING:
    from casaudit.findings import Outlook
    from casaudit.remediation.plan import PlanDocument
    from casaudit.remediation.whatif import Trial


def whatif(
    snapshot: SnapshotArgument,
    plan: Annotated[
        Path | None,
        typer.Argument(metavar="[PLAN]", help="plan.json; else the plan of this snapshot."),
    ] = None,
    step: Annotated[
        list[int] | None,
        typer.Option("--step", metavar="N", help="Only this step of the plan; repeatable."),
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="OBJECT:SETTING=VALUE",
            help="Instead of a plan: one value, such as "
            "MB-HO-01:rpc_client_access_server=outlook.corp.example; repeatable.",
        ),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option(
            "--answers", metavar="FILE", help="answers.txt with your answers to the plan."
        ),
    ] = None,
    profile: ProfileOption = None,
    target: TargetOption = None,
    rules: RulesOption = None,
    settings: SettingsOption = None,
    as_of: AsOfOption = None,
) -> None:
    """Try a plan on the evidence: which failures go, which stay, which appear.

    Nothing is changed anywhere: the values are set in the snapshot in memory, and the rules judge
    it again. What DNS and endpoints say of new names is known only when it is collected.

    Exit codes: 0 nothing new fails, 1 something does.
    """
    from casaudit.cli.exits import ExitCode
    from casaudit.errors import UsageError

    if values and (plan or step or answers):
        raise UsageError(
            "--set", "stands instead of a plan", "leave out PLAN, --step and --answers"
        )
    document = _plan(plan)
    if document is not None:
        # Judged as it was made, so that its failures are found again.
        profile = Profile(document.profile)
        target = Target(document.target) if document.target else None
    assessed = _Assessed(snapshot, profile, target, rules, settings, as_of)
    outlook = assessed.outlook(document, values or (), step or (), answers)
    raise typer.Exit(ExitCode.FAILED if outlook.appears else ExitCode.OK)


def _plan(path: Path | None) -> "PlanDocument | None":
    from casaudit.cli import inputs

    return None if path is None else inputs.read_plan_file(path)


class _Assessed:
    """The evidence as it is, judged."""

    def __init__(
        self,
        snapshot: Path,
        profile: Profile | None,
        target: Target | None,
        rules: list[Path] | None,
        settings: Path | None,
        as_of: str | None,
    ) -> None:
        from casaudit import shipped
        from casaudit.assess import Extras, assess
        from casaudit.cli import assessing, inputs
        from casaudit.engine.check import load_rulebook

        self._evidence = inputs.read_snapshot(snapshot)
        self._question = assessing.question(profile, target, settings, as_of)
        self._book = load_rulebook(shipped.RULES, rules or ())
        wanted = Extras(inventory=False)
        self._before = assess(self._evidence, self._book, self._question, wanted=wanted)

    def outlook(
        self,
        plan: "PlanDocument | None",
        values: Sequence[str],
        steps: Sequence[int],
        answers: Path | None,
    ) -> "Outlook":
        """Try values, or else a plan, judge again, and print what becomes of the failures."""
        from casaudit.assess import VERDICTS, assess
        from casaudit.cli import files
        from casaudit.remediation.planner import plan_of
        from casaudit.remediation.whatif import compare_failures, read_answers, try_plan, try_values

        if values:
            trial = try_values(self._evidence, values, self._before.repairs.cells)
        else:
            document = plan or plan_of(self._before).document(self._before)
            text = files.read_file(answers).decode("utf-8", "replace") if answers else ""
            given = read_answers(text, str(answers), document)
            trial = try_plan(self._evidence, document, self._book.shared.settings, given, steps)
        after = assess(trial.snapshot, self._book, self._question, wanted=VERDICTS)
        found = compare_failures(self._before.failures, after.findings)
        _show(trial, found)
        return found


def _show(trial: "Trial", outlook: "Outlook") -> None:
    from casaudit.cli import console
    from casaudit.remediation.whatif import lines
    from casaudit.text import count, visible

    for line in lines(outlook):
        console.show_data(visible(line))
    for line in trial.left:
        console.show_data(visible(f"{'not tried':<10} {line}"))
    console.note(f"{count(trial.applied, 'value', 'values')} set: {outlook.sentence()}")
