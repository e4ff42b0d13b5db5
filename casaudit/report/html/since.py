"""What changed since the baseline, as the first screen and the cards tell it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from casaudit.findings import Assessment, Change, ChangeCause, ChangeKind, Comparison
from casaudit.i18n.languages import marked
from casaudit.report import changes
from casaudit.report.phrases import Phrases, phrases_of

CAUSES = {
    ChangeCause.CONFIGURATION: marked("by configuration"),
    ChangeCause.RULE: marked("by a rule"),
    ChangeCause.COVERAGE: marked("by what was seen"),
    ChangeCause.WAIVER: marked("by a waiver"),
    ChangeCause.TIME: marked("by time alone"),
}
KINDS = {
    ChangeKind.NEW: marked("New"),
    ChangeKind.CHANGED: marked("Changed"),
    ChangeKind.STILL_OPEN: marked("Still open"),
}
"""What a card says of a failure's past."""


@dataclass(frozen=True, slots=True)
class ChangesSince:
    """The changes beside their baseline.

    Attributes:
        sentences: for the first screen, each number with its denominator.
        changes: of the failures that there are now, by fingerprint.
    """

    comparison: Comparison
    sentences: tuple[str, ...]
    changes: dict[str, Change]


def changes_context(assessment: Assessment) -> dict[str, Any]:
    """Return the section of changes, and what the first screen and the cards say of them."""
    compared = assessment.comparison
    found = changes.moved(compared) if compared else []
    return {
        "since": since(assessment),
        "changes_told": KINDS,
        "moved": [(change, changes.finding_of(change)) for change in found],
        "from_rules": changes.from_rules(compared, assessment.language) if compared else None,
        "change_kinds": changes.KINDS,
        "change_causes": CAUSES,
    }


def since(assessment: Assessment) -> ChangesSince | None:
    """Return what changed, nothing where there was no baseline."""
    if assessment.comparison is None:
        return None
    found = assessment.comparison.changes
    # Cards show failures that there are now; what is over stands in the table of changes.
    now = {each.after.fingerprint: each for each in found if each.after and each.kind in KINDS}
    sentences = _sentences(found, len(assessment.failures), phrases_of(assessment))
    return ChangesSince(assessment.comparison, tuple(sentences), now)


def _sentences(found: Iterable[Change], failures: int, phrases: Phrases) -> Iterable[str]:
    # All kinds, also those that did not occur: a zero is an answer to who asks what is new.
    causes: dict[ChangeKind, Counter[ChangeCause | None]] = {kind: Counter() for kind in ChangeKind}
    for change in found:
        causes[change.kind][change.cause] += 1
    n = {kind: found.total() for kind, found in causes.items()}
    now = phrases.many("%(number)s failure now", "%(number)s failures now", failures)
    then = phrases.many(
        "%(number)s failure then",
        "%(number)s failures then",
        sum(n.values()) - n[ChangeKind.NEW],
    )
    for kind, text, all_of in (
        (ChangeKind.NEW, marked("%(some)s new, of %(all)s"), now),
        (ChangeKind.CHANGED, marked("%(some)s changed and still open, of %(all)s"), now),
        (ChangeKind.FIXED, marked("%(some)s fixed, of %(all)s"), then),
        (ChangeKind.UNSEEN, marked("%(some)s not seen any more, of %(all)s"), then),
        (ChangeKind.STILL_OPEN, marked("%(some)s unchanged, of %(all)s"), now),
    ):
        sentence = phrases.say(text, some=phrases.number(n[kind]), all=all_of)
        yield sentence + _because(causes[kind], phrases) + "."


def _because(causes: Counter[ChangeCause | None], phrases: Phrases) -> str:
    parts = [
        f"{phrases.number(causes[c])} {phrases.say(text)}"
        for c, text in CAUSES.items()
        if causes[c]
    ]
    return f" ({phrases.listed(parts)})" if parts else ""
