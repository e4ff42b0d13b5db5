"""answers.txt: what no snapshot knows, asked of the operator beside the script that needs it."""

from collections.abc import Iterator, Sequence

from casaudit.remediation.lines import comment, numbers
from casaudit.remediation.steps import AskedAnswer, RemediationPlan
from casaudit.text import visible


def checks(plan: RemediationPlan) -> list[str]:
    """Return the keys of the confirmations on which steps wait."""
    asked = [each.check for each in plan.answers] + [each.check for each in plan.by_hand]
    return [check for check in asked if check is not None]


def answers(plan: RemediationPlan) -> Iterator[str]:
    """Say what the plan asks, each with an empty place for the answer."""
    yield from comment(
        f"Answers to plan {plan.id}; remediation.ps1 reads this file from its own folder. Write an"
        " answer behind its equals sign. What stays empty makes its own steps refuse, and no"
        " others. The next report in this folder writes the file anew: work in a copy."
    )
    yield f"plan = {plan.id}"
    if not plan.answers and not checks(plan):
        yield from ("", "# This plan asks nothing.")
    for answer in plan.answers:
        yield from _question(
            answer, [s.number for s in plan.steps if s.planned.answer == answer.planned.key]
        )
    for entry in plan.by_hand:
        if entry.check is not None:
            waiting = [step.number for step in plan.steps if entry.check in step.waits]
            yield ""
            yield from comment(
                f"{entry.check}: yes when step {entry.number} is done by hand "
                f"({visible(entry.rule.title)}); {numbers(waiting)} "
                f"{'wait' if len(waiting) > 1 else 'waits'} for it"
            )
            yield f"{entry.check} ="


def _question(answer: AskedAnswer, steps: Sequence[int]) -> Iterator[str]:
    planned = answer.planned
    scope = f", {visible(planned.scope)}" if planned.scope else ""
    yield ""
    yield from comment(f"{planned.key}: {planned.question}{scope} ({numbers(steps)})")
    if answer.used:
        yield from comment(f"  in use there now: {visible(', '.join(answer.used))}")
    # Empty and never a guess: the script refuses a step whose answer was not given.
    yield f"{planned.key} ="
    if answer.check is not None:
        yield from comment(f"{answer.check}: yes when {answer.confirms}")
        yield f"{answer.check} ="
