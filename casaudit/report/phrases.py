"""What reports say in the language of an assessment: closed lists, labels, numbers with nouns."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from casaudit.findings import FRAMEWORKS, Assessment, Severity, Value
from casaudit.i18n.languages import Language
from casaudit.report import labels
from casaudit.report.roles import code_words
from casaudit.text import visible

Key = TypeVar("Key")


class Phrases:
    """The words of ``casaudit.report.labels`` in one language.

    Attributes:
        say: a sentence; ``many`` one that depends on a number; ``number`` a number alone.
    """

    def __init__(self, language: Language) -> None:
        self.language = language
        self.say, self.many, self.number = language.say, language.many, language.number
        self.severities = self._all(labels.SEVERITIES)
        self.verdicts = self._all(labels.VERDICTS)
        self.confidences = self._all(labels.CONFIDENCES)
        self.statuses = self._all(labels.STATUSES)
        self.sections = self._all(labels.SECTIONS)
        self.frameworks, self.when = FRAMEWORKS, labels.when

    def _all(self, texts: Mapping[Key, str]) -> dict[Key, str]:
        return {key: self.say(english) for key, english in texts.items()}

    def label(self, column: str) -> str:
        """Name a column of evidence for readers."""
        return self.language.value("column", labels.label(column))

    def shown(self, column: str, value: str) -> str:
        """Write a text of evidence: closed lists and phrases in words, times as people do."""
        if english := labels.VALUES.get(column, {}).get(value):
            return self.say(english)
        return labels.when(self.phrase(column, value))

    def phrase(self, column: str, value: str) -> str:
        """Write what the views composed of words; a name stays as it is."""
        return self.language.value(column, value)

    def plain(self, value: Value) -> str:
        """Write one value of evidence in words, without hidden characters."""
        match value:
            case None:
                return self.say("not known")
            case bool():
                return self.say("yes") if value else self.say("no")
            case float():
                # Only the decimal separator differs between languages.
                return labels.plain_value(value).replace(".", self.language.value("number", "."))
        return visible(str(value))

    def coded(self, column: str, value: Value) -> str | None:
        """Write a number that is a code in words; ``None`` for a value that is none."""
        words = code_words(column, value)
        return words if words is None else self.shown(column, words)

    def severity(self, number: int, severity: Severity) -> str:
        """Write a number of a severity: ``3 critical``."""
        return f"{self.number(number)} {self.language.value('severity', severity.value)}"

    def profile(self, profile: str) -> str:
        """Name what a report is for."""
        return self.language.value("profile", profile)

    def kind(self, kind: str) -> str:
        """Name a kind of object as the head of a column."""
        one = labels.KINDS[kind][0]
        return self.say(one[:1].upper() + one[1:])

    def objects(self, number: int, kind: str) -> str:
        """Write a number of objects of a kind: ``3 databases``."""
        one, more = labels.KINDS.get(kind, labels.OBJECTS)
        # Looked up as a whole: what a noun looks like behind a number is for each language to say.
        return self.many(f"%(number)s {one}", f"%(number)s {more}", number)

    def listed(self, parts: Iterable[str]) -> str:
        """Join phrases as a sentence does: ``a, b and c``."""
        *some, last = parts
        return self.say(" and ").join([", ".join(some), last] if some else [last])


# The word lists are translated once for a language, not once for each caller.
@lru_cache(maxsize=8)
def _phrases(language: Language) -> Phrases:
    return Phrases(language)


def phrases_of(assessment: Assessment) -> Phrases:
    """Return the words in which the reports on an assessment speak."""
    return _phrases(assessment.language)
