"""What a plan would do: its values in the evidence, and the rules' answer to that.

Judging is the caller's: remediation lies below the composition of assessments.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casaudit.errors import UsageError
from casaudit.findings import Cell, Finding, Outlook, Setting, Value, Verdict, with_verdict
from casaudit.remediation.plan import PlanDocument
from casaudit.remediation.settable import Assignment, NotSettableError, with_assignments
from casaudit.snapshot import Snapshot

_ANSWER = re.compile(r"(\w+)\s*=\s*(.*)")
# What a database shows is called so by the shell, by findings and by waivers.
_ALIASES = {"rpc_client_access_server": "database-endpoint"}


@dataclass(frozen=True, slots=True)
class Trial:
    """A snapshot with the values of a plan.

    Attributes:
        applied: how many values were set.
        left: what was not set, each with the reason; one line each.
    """

    snapshot: Snapshot
    applied: int
    left: tuple[str, ...]


def read_answers(text: str, name: str, plan: PlanDocument) -> dict[str, str]:
    """Read ``answers.txt`` as far as it states values.

    Raises:
        UsageError: a line that is none, or the answers to another plan.
    """
    answers: dict[str, str] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _ANSWER.fullmatch(line.strip())
        if found is None:
            raise UsageError(f"{name}, line {number}", "expected KEY = VALUE")
        if found[1] == "plan" and found[2] != plan.id:
            problem = f"these are the answers to plan {found[2]}, and this is plan {plan.id}"
            raise UsageError(f"{name}, line {number}", problem)
        if found[2]:
            answers[found[1]] = found[2]
    return answers


def try_plan(
    snapshot: Snapshot,
    plan: PlanDocument,
    settings: Mapping[str, Setting],
    answers: Mapping[str, str],
    steps: Iterable[int] = (),
) -> Trial:
    """Set the values of a plan's steps.

    Args:
        snapshot: the evidence.
        plan: its steps by script; what people do by hand is left out.
        settings: by name, of the rule book.
        answers: what the operator states, by the key of the plan.
        steps: numbers of the steps; none means all.

    Raises:
        UsageError: the plan has no step of that number.
    """
    chosen = set(steps)
    if unknown := sorted(chosen - {step.number for step in plan.steps}):
        raise UsageError("--step", f"the plan has no step by script with the number {unknown[0]}")
    wanted: list[tuple[str, Assignment]] = []
    left = [] if chosen else [f"step {e.number}, by hand: {e.rule_id}" for e in plan.by_hand]
    for step in plan.steps:
        what = f"step {step.number}, {step.object.name}"
        value: Value = step.to
        if chosen and step.number not in chosen:
            continue
        if step.answer is not None:
            if step.answer not in answers:
                left.append(f"{what}: it waits for answer {step.answer}")
                continue
            shape = settings[step.setting].shape if step.setting in settings else "{}"
            value = shape.replace("{}", answers[step.answer])
        wanted.append((what, Assignment(step.setting, step.object.id, value)))
    return _set(snapshot, wanted, left)


def try_values(snapshot: Snapshot, texts: Iterable[str], cells: Iterable[Cell]) -> Trial:
    """Set values that are stated as ``OBJECT:SETTING=VALUE``.

    Args:
        snapshot: the evidence.
        texts: the statements; no value takes the present one away.
        cells: every value that can be set.

    Raises:
        UsageError: a statement that is none, or an object or setting that is not there.
    """
    known = list(cells)
    wanted = []
    for text in texts:
        place, equals, value = text.partition("=")
        name, colon, setting = place.rpartition(":")
        setting = _ALIASES.get(setting, setting)
        if not equals or not colon:
            raise UsageError(text, "is not of the form OBJECT:SETTING=VALUE")
        found = [
            c for c in known if c.setting == setting and name in {c.subject.name, c.subject.id}
        ]
        if len(found) != 1:
            problem = "is not an object with this setting" if not found else "names several objects"
            names = ", ".join(sorted({c.setting for c in known if name == c.subject.name}))
            raise UsageError(text, problem, f"it has {names}" if names else "")
        wanted.append((text, Assignment(setting, found[0].subject.id, _value(value, found[0]))))
    return _set(snapshot, wanted, [])


def _value(text: str, cell: Cell) -> Value:
    if isinstance(cell.value, bool):
        return text.strip().lower() in {"true", "yes", "$true"}
    if isinstance(cell.value, list):
        return [each.strip() for each in text.split(",") if each.strip()]
    return text.strip() or None


def _set(snapshot: Snapshot, wanted: list[tuple[str, Assignment]], left: list[str]) -> Trial:
    snapshot, refused = _set_all(snapshot, wanted)
    return Trial(snapshot, len(wanted) - len(refused), (*left, *refused))


def _set_all(
    snapshot: Snapshot, wanted: Sequence[tuple[str, Assignment]]
) -> tuple[Snapshot, list[str]]:
    """Set all values at once, and by halves where one of them cannot be set."""
    # One at a time would copy every record of a kind for each of thousands of steps.
    try:
        return with_assignments(snapshot, [each for _, each in wanted]), []
    except NotSettableError as error:
        if len(wanted) == 1:
            return snapshot, [f"{wanted[0][0]}: {error}"]
    half = len(wanted) // 2
    snapshot, first = _set_all(snapshot, wanted[:half])
    snapshot, second = _set_all(snapshot, wanted[half:])
    return snapshot, first + second


def compare_failures(before: Iterable[Finding], after: Sequence[Finding]) -> Outlook:
    """Tell what becomes of failures.

    Args:
        before: the failures, in the order of the report.
        after: every verdict about the evidence with other values.
    """
    failing = tuple(with_verdict(after, Verdict.FAIL))
    fails = {f.fingerprint for f in failing}
    # Only what failed is looked for: findings of all that pass would be made by the million.
    unseen = {f.fingerprint for f in with_verdict(after, Verdict.NOT_EVALUATED)}
    failed: set[str] = set()
    by_fate: dict[str, list[Finding]] = {"gone": [], "stays": [], "unseen": []}
    for each in before:
        key = each.fingerprint
        failed.add(key)
        by_fate["stays" if key in fails else "unseen" if key in unseen else "gone"].append(each)
    return Outlook(
        gone=tuple(by_fate["gone"]),
        stays=tuple(by_fate["stays"]),
        appears=tuple(f for f in failing if f.fingerprint not in failed),
        unseen=tuple(by_fate["unseen"]),
    )


def lines(outlook: Outlook) -> Iterator[str]:
    """Yield a line for each failure: its fate, rule and object, and what the rule says."""
    told = (
        ("goes", outlook.gone),
        ("appears", outlook.appears),
        ("not known", outlook.unseen),
        ("stays", outlook.stays),
    )
    for fate, findings in told:
        for each in findings:
            said = f": {each.message}" if each.message and fate != "goes" else ""
            yield f"{fate:<10} {each.rule.id:<16} {each.subject.name}{said}"
