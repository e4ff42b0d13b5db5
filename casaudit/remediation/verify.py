"""Verifying a plan: what of it a later snapshot shows as applied, and what else changed."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import unquote

from casaudit.engine.evaluate import Question, findings_of, tables_of
from casaudit.errors import UsageError
from casaudit.findings import Setting, Value, Verdict
from casaudit.remediation.plan import PlanDocument, PlanFinding, PlanHand, PlanObject, PlanStep
from casaudit.remediation.repairs import cells
from casaudit.rulebook.rule import Rulebook
from casaudit.rulebook.templates import shown
from casaudit.snapshot import SectionName, Snapshot, Status

_SECTIONS = {
    "database": SectionName.DATABASES,
    "array": SectionName.ARRAYS,
    "site": SectionName.SITES,
    "virtual_directory": SectionName.VIRTUAL_DIRECTORIES,
    "server": SectionName.SERVERS,
}
"""The section that shows whether an object of a kind still exists."""


class StepState(StrEnum):
    """What became of a step."""

    APPLIED = "applied"
    NOT_APPLIED = "not applied"
    OTHERWISE = "applied with another value"
    GONE = "object gone"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """One step of the plan in the later snapshot.

    Attributes:
        what: the object, or the rule of what was done by hand.
        detail: values, or why it cannot be told; one sentence.
    """

    number: int
    state: StepState
    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class SideEffect:
    """A value that the plan did not want changed, and that is another now."""

    setting: str
    object: PlanObject
    before: Value
    now: Value


@dataclass(frozen=True, slots=True)
class Verification:
    """All steps in the order of the plan, and what else changed."""

    outcomes: tuple[StepOutcome, ...]
    side_effects: tuple[SideEffect, ...]

    @property
    def is_open(self) -> bool:
        """Whether some step is known not to be applied as planned."""
        return any(o.state in {StepState.NOT_APPLIED, StepState.OTHERWISE} for o in self.outcomes)

    @property
    def is_unclear(self) -> bool:
        """Whether it cannot be told of some step."""
        return any(outcome.state is StepState.UNKNOWN for outcome in self.outcomes)


def verify_plan(
    plan: PlanDocument, snapshot: Snapshot, book: Rulebook, question: Question
) -> Verification:
    """Compare a later snapshot with a plan.

    Args:
        plan: what was to be done.
        snapshot: taken afterwards.
        book: rules that know the plan's settings, and judge what was done by hand.
        question: with the plan's profile and target.

    Raises:
        UsageError: a snapshot of another organisation, or one from before the plan.
    """
    name = next((each.name for each in snapshot.organization), None)
    # A snapshot that did not see its organisation proves nothing against the plan.
    if name is not None and name != plan.organization:
        raise UsageError(name, f"the plan is for another organisation: {plan.organization}")
    if snapshot.collected_at < plan.collected_at:
        raise UsageError("snapshot", "it is older than the one that the plan was made from")
    return _Verifier(plan, snapshot, book, question).verification()


class _Verifier:
    """A plan, a later snapshot, and the rules."""

    def __init__(
        self, plan: PlanDocument, snapshot: Snapshot, book: Rulebook, question: Question
    ) -> None:
        self._plan = plan
        self._snapshot = snapshot
        self._settings: Mapping[str, Setting] = book.shared.settings
        found = cells(tables_of(snapshot, book, question), self._settings)
        self._cells = {(cell.setting, cell.subject.id): cell for cell in found}
        self._objects = {cell.subject.id for cell in found}
        self._rules = {
            finding.rule_id
            for entry in plan.by_hand
            for finding in entry.findings
            if (rule := book.rule(finding.rule_id)) and question.profile in rule.profiles
        }
        # Steps of the script are told by their values; only what was done by hand needs verdicts.
        asked = replace(book, rules=tuple(r for r in book.rules if r.id in self._rules))
        self._findings = findings_of(snapshot, asked, question) if self._rules else ()
        self._given = self._answers()

    def verification(self) -> Verification:
        """Look at every step, and at every other value that the plan's snapshot saw."""
        steps = [self._step(step) for step in self._plan.steps]
        by_hand = [self._by_hand(entry) for entry in self._plan.by_hand]
        outcomes = sorted([*steps, *by_hand], key=lambda outcome: outcome.number)
        return Verification(tuple(outcomes), tuple(self._side_effects()))

    def _step(self, step: PlanStep) -> StepOutcome:
        setting = self._settings.get(step.setting)
        what = f"{step.object.name}, {setting.title if setting else step.setting}"
        cell = self._cells.get((step.setting, step.object.id))
        if setting is None:
            return StepOutcome(
                step.number, StepState.UNKNOWN, what, "these rules know no such setting"
            )
        if cell is None:
            return StepOutcome(step.number, *self._absent(step, what))
        if not cell.is_known:
            return StepOutcome(step.number, StepState.UNKNOWN, what, "its value was not seen")
        state = self._state(step, cell.value, setting)
        return StepOutcome(step.number, state, what, _detail(step, cell.value, state))

    def _absent(self, step: PlanStep, what: str) -> tuple[StepState, str, str]:
        section = _SECTIONS.get(step.object.kind)
        if step.object.id in self._objects:
            return StepState.UNKNOWN, what, "the object has no such value any more"
        # Only a section that was read in full can show that something is gone.
        if section is not None and self._snapshot.status(section) is Status.COMPLETE:
            return StepState.GONE, what, "the object does not exist any more"
        return StepState.UNKNOWN, what, "the object was not seen"

    def _state(self, step: PlanStep, now: Value, setting: Setting) -> StepState:
        if step.answer is None:
            is_applied = same_value(now, step.to, setting)
        else:
            given = self._given[step.answer]
            is_applied = given is not None and given == _answer_in(now, setting)
        if is_applied:
            return StepState.APPLIED
        is_before = same_value(now, step.from_, setting)
        return StepState.NOT_APPLIED if is_before else StepState.OTHERWISE

    def _answers(self) -> dict[str, str | None]:
        """By answer, the value that most of its steps show in its place now."""
        # A plan does not hold what the operator answered later: that is taken to be the name which
        # most steps have now, the first by alphabet where several are as frequent.
        present: dict[str, Counter[str]] = {key.key: Counter() for key in self._plan.answers}
        for step in self._plan.steps:
            cell = self._cells.get((step.setting, step.object.id))
            setting = self._settings.get(step.setting)
            if step.answer is None or cell is None or setting is None:
                continue
            name = _answer_in(cell.value, setting)
            if name is not None and not same_value(cell.value, step.from_, setting):
                present[step.answer][name] += 1
        return {
            key: min(names, key=lambda name: (-names[name], name)) if names else None
            for key, names in present.items()
        }

    def _by_hand(self, entry: PlanHand) -> StepOutcome:
        """What was done by hand is seen by judging its objects again."""
        by_state: dict[StepState, list[str]] = {}
        for finding in entry.findings:
            by_state.setdefault(self._judged(finding), []).append(finding.object.name)
        # One state for all objects of the entry: what is open before what is not known, and both
        # before what is done.
        order = (StepState.NOT_APPLIED, StepState.UNKNOWN, StepState.APPLIED, StepState.GONE)
        state = next(each for each in order if each in by_state)
        names = ", ".join(by_state[state][:_MOST_NAMES])
        more = len(by_state[state]) - _MOST_NAMES
        detail = f"{_DETAILS[state]}: {names}" + (f" and {more} more" if more > 0 else "")
        return StepOutcome(entry.number, state, f"by hand, {entry.rule_id}", detail)

    def _judged(self, wanted: PlanFinding) -> StepState:
        found = next((f for f in self._findings if f.fingerprint == wanted.fingerprint), None)
        if found is not None:
            return _OF_VERDICT[found.verdict]
        # Without a verdict the rule saw nothing of that kind, or the object is gone.
        blind = wanted.rule_id not in self._rules or any(
            f.rule.id == wanted.rule_id
            and f.verdict is Verdict.NOT_EVALUATED
            and f.subject.kind == "collection"
            for f in self._findings
        )
        return StepState.UNKNOWN if blind else StepState.GONE

    def _side_effects(self) -> Iterator[SideEffect]:
        planned = {(step.setting, step.object.id) for step in self._plan.steps}
        # Only what the plan's snapshot saw: an object made since has no value before.
        for seen in self._plan.seen:
            key = (seen.setting, seen.object.id)
            cell, setting = self._cells.get(key), self._settings.get(seen.setting)
            if key in planned or cell is None or setting is None or not cell.is_known:
                continue
            if not same_value(cell.value, seen.value, setting):
                yield SideEffect(setting.title, seen.object, seen.value, cell.value)


_MOST_NAMES = 5
_DETAILS = {
    StepState.NOT_APPLIED: "its rule still fails for",
    StepState.UNKNOWN: "its rule could not be judged for",
    StepState.APPLIED: "its rule does not fail any more for",
    StepState.GONE: "not there any more",
}
_OF_VERDICT = {
    Verdict.FAIL: StepState.NOT_APPLIED,
    Verdict.NOT_EVALUATED: StepState.UNKNOWN,
    Verdict.PASS: StepState.APPLIED,
    # A rule that does not apply any more has nothing left to repair.
    Verdict.NOT_APPLICABLE: StepState.APPLIED,
}


def same_value(one: Value, other: Value, setting: Setting) -> bool:
    """Tell whether two values of a setting are equal, as the plan's script does."""
    return _plain(one, setting) == _plain(other, setting)


def _plain(value: Value, setting: Setting) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(sorted(each.upper() for each in value))
    # As Get-Plain in report_templates/shared.ps1: the script has to come to the same answer.
    text = str(value)
    match setting.compare:
        case "name":
            text = text.rstrip(".")
        case "url":
            text = _plain_url(text)
    # OrdinalIgnoreCase of .NET compares upper case letters, not folded ones.
    return text.upper()


_WEB_ADDRESS = re.compile(r"(https?)://([^/:?#]+)(:[0-9]+)?(.*)", re.IGNORECASE | re.DOTALL)
_DEFAULT_PORTS = {"https": ":443", "http": ":80"}


def _plain_url(text: str) -> str:
    """Write an address without its default port, its escapes and its last slash."""
    # What the shell shows of a URI has lost them, and what the directory holds may have them.
    found = _WEB_ADDRESS.fullmatch(text)
    if found is None:
        return text.rstrip("/")
    scheme, host, port, rest = found.groups()
    port = "" if port is None or _DEFAULT_PORTS[scheme.lower()] == port else port
    return f"{scheme}://{host}{port}{unquote(rest).rstrip('/')}"


def _answer_in(value: Value, setting: Setting) -> str | None:
    """Return what stands in a value in the place of an answer."""
    front, _, rear = setting.shape.upper().partition("{}")
    text = _plain(value, setting)
    # A URL has lost its last slash by now, so the form must lose it too.
    rear = rear.rstrip("/") if setting.compare == "url" else rear
    is_filled = text.startswith(front) and text.endswith(rear) and len(text) > len(front + rear)
    return text[len(front) : len(text) - len(rear)] if is_filled else None


def _detail(step: PlanStep, now: Value, state: StepState) -> str:
    if state is StepState.OTHERWISE and step.answer is None:
        return f"{shown(now)} instead of {shown(step.to)}"
    return shown(now)
