"""What became of one failure: the kind of its change, the one cause, and a sentence."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeGuard

from casaudit.findings import Change, ChangeCause, ChangeKind, Finding, RuleInfo, Verdict
from casaudit.history.attribution import Attribution, FindingState, JudgementStep, Key, Observation
from casaudit.history.sentences import Sentences, differing
from casaudit.i18n.languages import Language
from casaudit.snapshot import SectionName

_SECTIONS = frozenset(each.value for each in SectionName)


def fails(finding: Finding | None) -> TypeGuard[Finding]:
    """Tell whether there is a finding that fails."""
    return finding is not None and finding.verdict is Verdict.FAIL


def is_alike(before: Finding | None, after: Finding | None) -> bool:
    """Tell whether two failures are the same in severity, evidence and waiver."""
    return (
        fails(before)
        and fails(after)
        and before.severity is after.severity
        # Another waiver for the same failure is none to tell; one that came or went is.
        and (before.waiver is None) == (after.waiver is None)
        and not differing(before, after)
    )


class Changes:
    """Tells of every failure what became of it.

    Args:
        attribution: gives the steps by which a finding changed.
        then: the rules that were judged then, by id.
        now: those that are judged now.
        language: in which to tell.
    """

    def __init__(
        self,
        attribution: Attribution,
        then: Mapping[str, RuleInfo],
        now: Mapping[str, RuleInfo],
        language: Language,
    ) -> None:
        self._attribute = attribution
        self._then = then
        self._now = now
        self._sentences = Sentences(language)
        self._say = language.say
        self._value = language.value

    def came(self, key: Key, before: Finding | None, after: Finding) -> Change:
        """Return the change of what fails now and did not."""
        cause, detail = self._turned(self._attribute(key, before, after), after)
        return Change(ChangeKind.NEW, cause, before, after, detail)

    def went(self, key: Key, before: Finding, after: Finding | None) -> Change:
        """Return the change of what failed and does not now; not seeing it is no repair."""
        if key[0] not in self._now:
            detail = self._say("the rule is not judged any more")
            return Change(ChangeKind.UNSEEN, ChangeCause.RULE, before, after, detail)
        steps = self._attribute(key, before, after)
        cause, detail = self._turned(steps, before)
        if steps[-1].last.state(before) is FindingState.UNSEEN:
            return Change(ChangeKind.UNSEEN, cause, before, after, detail)
        # Nobody repaired what another rule, or the calendar, does not call a failure any more.
        if cause in (ChangeCause.RULE, ChangeCause.TIME):
            detail = self._say("%(why)s; nothing was repaired", why=detail)
        return Change(ChangeKind.FIXED, cause, before, after, detail)

    def stayed(self, key: Key, before: Finding, after: Finding) -> Change:
        """Return the change of what failed and fails."""
        if is_alike(before, after):
            return Change(ChangeKind.STILL_OPEN, None, before, after, "")
        reason = self._waived(before, after)
        if reason is None:
            steps = self._attribute(key, before, after)
            # Severity before values: it is what a reader goes by.
            reason = self._severity(steps, before, after) or self._evidence(steps)
        # A count that rose, or days that passed, are told, but are no change of the finding.
        if reason is None:
            detail = self._sentences.values(before, after, differing(before, after))
            return Change(ChangeKind.STILL_OPEN, None, before, after, detail)
        return Change(ChangeKind.CHANGED, reason[0], before, after, reason[1])

    def _waived(self, before: Finding, after: Finding) -> tuple[ChangeCause, str] | None:
        if (before.waiver is None) == (after.waiver is None):
            return None
        if after.waiver is not None:
            return ChangeCause.WAIVER, self._say("waived until %(day)s", day=after.waiver.until)
        accepted = before.waiver.value if before.waiver else {}
        columns = [column for column in differing(before, after) if column in accepted]
        if columns:
            why = self._sentences.values(before, after, columns)
            detail = self._say("no longer waived, since %(why)s", why=why)
            return ChangeCause.CONFIGURATION, detail
        return ChangeCause.WAIVER, self._say("no longer waived")

    def _turned(self, steps: Sequence[JudgementStep], shown: Finding) -> tuple[ChangeCause, str]:
        """Tell of the last step at which a finding came into the state that it has now."""
        step = _last_change(steps, lambda each: each.state(shown)) or steps[-1]
        first, last = step.first.finding, step.last.finding
        match step.cause:
            case ChangeCause.RULE:
                return step.cause, self._rule(shown.rule.id)
            case ChangeCause.TIME:
                why = self._sentences.then_and_now(first, last)
                return step.cause, self._say("only time went by: %(why)s", why=why)
        states = {step.first.state(shown), step.last.state(shown)}
        # A finding about a section tells what was seen, and never how Exchange is configured.
        if FindingState.UNSEEN in states or shown.subject.id in _SECTIONS:
            return ChangeCause.COVERAGE, self._sentences.not_seen(first, last)
        if step.note:
            return step.cause, self._say(step.note)
        return step.cause, self._sentences.then_and_now(first, last)

    def _rule(self, rule_id: str) -> str:
        then, now = self._then.get(rule_id), self._now.get(rule_id)
        if then is None or now is None:
            return self._say("the rule is new")
        if then.revision != now.revision:
            return self._say(
                "the rule had revision %(then)s, it has %(now)s now",
                then=then.revision,
                now=now.revision,
            )
        return self._say("the views or the reference data that the rule reads are other ones")

    def _severity(
        self, steps: Sequence[JudgementStep], before: Finding, after: Finding
    ) -> tuple[ChangeCause, str] | None:
        if before.severity is after.severity:
            return None
        step = _last_change(steps, lambda each: each.finding and each.finding.severity) or steps[-1]
        detail = self._say(
            "severity was %(then)s, is %(now)s",
            then=self._value("severity", before.severity.value),
            now=self._value("severity", after.severity.value),
        )
        why = after.severity_reason or before.severity_reason
        return _of_evidence(step), f"{detail}: {why}" if why else detail

    def _evidence(self, steps: Sequence[JudgementStep]) -> tuple[ChangeCause, str] | None:
        """Tell what was changed in the evidence; that a count rose or fell alone is no change."""
        for step in steps:
            first, last = step.first.finding, step.last.finding
            if step.cause is ChangeCause.CONFIGURATION and first and last:
                columns = [c for c in differing(first, last) if not _counts(first, last, c)]
                if columns:
                    return _of_evidence(step), self._sentences.values(first, last, columns)
        return None


def _last_change(
    steps: Sequence[JudgementStep], trait: Callable[[Observation], Hashable]
) -> JudgementStep | None:
    # Backwards: where several steps turned it, the last one made it what it is.
    changed = (step for step in reversed(steps) if trait(step.first) != trait(step.last))
    return next(changed, None)


def _counts(first: Finding, last: Finding, column: str) -> bool:
    both = (first.evidence[column], last.evidence[column])
    # A bool is an int in Python, but a truth that turns is no count.
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in both)


def _of_evidence(step: JudgementStep) -> ChangeCause:
    """Coverage, when all that differs is known on one side only."""
    first, last = step.first.finding, step.last.finding
    if step.cause is ChangeCause.CONFIGURATION and first and last:
        columns = differing(first, last)
        if columns and all(None in (first.evidence[c], last.evidence[c]) for c in columns):
            return ChangeCause.COVERAGE
        if last.subject.id in _SECTIONS:
            return ChangeCause.COVERAGE
    return step.cause
