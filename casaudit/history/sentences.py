"""What differs, in a sentence: values that were and are, and what became of an object."""

import json

from casaudit.findings import Finding, Value, Verdict
from casaudit.i18n.languages import Language
from casaudit.waivers import is_same

# A sentence stands in one cell of a table; the rest is counted.
_MOST_COLUMNS = 3
_MOST_NAMES = 5
_LONGEST = 80


def differing(before: Finding, after: Finding) -> list[str]:
    """Return the columns of evidence that both have, and in which they differ."""
    return [
        column
        for column, value in after.evidence.items()
        # A column of one side only came or went with a revision of the rule, not with the object.
        if column in before.evidence and not is_same(before.evidence[column], value)
    ]


class Sentences:
    """Says what differs, in a language."""

    def __init__(self, language: Language) -> None:
        self.say = language.say
        self._many = language.many

    def values(self, before: Finding, after: Finding, columns: list[str]) -> str:
        """Say of some columns what they were and what they are."""
        told = [
            self._change(column, before.evidence[column], after.evidence[column])
            for column in columns[:_MOST_COLUMNS]
        ]
        if len(columns) > _MOST_COLUMNS:
            more = len(columns) - _MOST_COLUMNS
            told.append(self._many("and %(number)s more value", "and %(number)s more values", more))
        return "; ".join(told)

    def _change(self, column: str, then: Value, now: Value) -> str:
        # Of a list only what came and went is told: it may have hundreds of names.
        if not (isinstance(then, list) and isinstance(now, list)):
            return self.say(
                "%(column)s was %(then)s, is %(now)s",
                column=column,
                then=self._shown(then),
                now=self._shown(now),
            )
        lost, gained = sorted(set(then) - set(now)), sorted(set(now) - set(then))
        if lost and gained:
            return self.say(
                "%(column)s lost %(lost)s and gained %(gained)s",
                column=column,
                lost=self._names(lost),
                gained=self._names(gained),
            )
        if lost:
            return self.say("%(column)s lost %(lost)s", column=column, lost=self._names(lost))
        return self.say("%(column)s gained %(gained)s", column=column, gained=self._names(gained))

    def _names(self, names: list[str]) -> str:
        told = ", ".join(self._shown(each) for each in names[:_MOST_NAMES])
        more = len(names) - _MOST_NAMES
        if more <= 0:
            return told
        return f"{told} {self._many('and %(number)s more', 'and %(number)s more', more)}"

    def _shown(self, value: Value) -> str:
        text = self.say("not known") if value is None else json.dumps(value, ensure_ascii=False)
        return text if len(text) <= _LONGEST else text[:_LONGEST] + "..."

    def then_and_now(self, before: Finding | None, after: Finding | None) -> str:
        """Say how evidence brought a finding from one state to another."""
        if after is None:
            return self.say("the object is not there any more")
        if before is None:
            return self.say("the object was not there")
        if after.verdict is Verdict.NOT_APPLICABLE:
            return self.say("the rule does not apply any more: %(reason)s", reason=after.reason)
        if before.verdict is Verdict.NOT_APPLICABLE:
            return self.say("the rule did not apply: %(reason)s", reason=before.reason)
        columns = differing(before, after)
        if not columns:
            return self.say("what it rests on was changed")
        return self.values(before, after, columns)

    def not_seen(self, before: Finding | None, after: Finding | None) -> str:
        """Say what could not be seen, on the older or on the newer side."""
        if after is None:
            return self.say("the object was not seen, nor all the others of its kind")
        # The newer side first: what cannot be seen now is what the reader can mend.
        if after.verdict is Verdict.NOT_EVALUATED:
            return self.say("could not be judged: %(reason)s", reason=after.reason)
        if before is None:
            return self.say("the object was not seen before, nor all the others of its kind")
        if before.verdict is Verdict.NOT_EVALUATED:
            return self.say("could not be judged before: %(reason)s", reason=before.reason)
        return self.then_and_now(before, after)
