"""Less evidence never makes a pass, nor a failure: ``python -m tests.sweep`` tries what there is.

Every record that a rule looks at is taken away, and every field of it, one at a time: from the
sample organisations, judged by all rules, and from the organisation of each rule's examples, judged
by that rule. A verdict that turns into pass was a guess, one that turns into fail an invention.
"""

import argparse
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from casaudit.engine.evaluate import Judge, Question
from casaudit.engine.example_world import patched
from casaudit.engine.examples import question_of
from casaudit.findings import Finding, Verdict
from casaudit.rulebook.rule import Rule, Rulebook
from casaudit.rulebook.statements import views_behind
from casaudit.snapshot import Snapshot
from tests.support.removals import Reads, Removal, reads, removals
from tests.support.shipped_rules import book, findings, sample

SAMPLES = ("healthy", "article-a", "article-b")
_ABOUT_THE_EVIDENCE = "CAS-META-"
Key = tuple[str, str]
"""Id of a rule and of its subject."""


@dataclass(frozen=True, slots=True)
class Turned:
    """A verdict that rests on what is not there."""

    rule: str
    subject: str
    before: Verdict | None
    after: Verdict
    removal: str


Outcome = tuple[int, list[Turned]]
"""How many removals were tried, and what turned."""


class Sweep:
    """What some rules say of organisations with a little less in them.

    Attributes:
        tried: how many removals so far.
    """

    def __init__(self, rules: Rulebook) -> None:
        self.tried = 0
        self._book = rules
        self._reads: Reads = reads(rules.views)
        self._judges: dict[str, Judge] = {}

    def turned(
        self,
        snapshot: Snapshot,
        question: Question,
        most: int = 0,
        turn: int = 0,
        known: Iterable[Finding] | None = None,
    ) -> Iterator[Turned]:
        """Yield what turns into pass or fail; of more than ``most`` removals a fixed choice.

        What is said of the whole snapshot may be ``known`` already.
        """
        chosen = list(removals(snapshot, self._reads))
        if 0 < most < len(chosen):
            chosen = _of_each_kind(chosen, most, turn)
        before = self._verdicts(snapshot, question) if known is None else _by_key(known)
        for removal in chosen:
            self.tried += 1
            yield from _turned(before, self._verdicts(removal.of(snapshot), question), removal)

    def _verdicts(self, snapshot: Snapshot, question: Question) -> dict[Key, Verdict]:
        if question.profile not in self._judges:
            self._judges[question.profile] = Judge(self._book, question.profile)
        return _by_key(self._judges[question.profile].verdicts(snapshot, question))


def _by_key(found: Iterable[Finding]) -> dict[Key, Verdict]:
    return {(each.rule.id, each.subject.id): each.verdict for each in found}


def _of_each_kind(tried: list[Removal], most: int, turn: int) -> list[Removal]:
    """Return ``most`` removals, no kind of them again before all others had their turn.

    A kind is what is taken from which kind of record: of an organisation's records most are
    virtual directories, and few are what a rule turns on.
    """
    kinds: dict[tuple[str, str], list[Removal]] = {}
    for each in tried:
        kinds.setdefault((each.kind, each.name.rpartition(": ")[2]), []).append(each)
    order = sorted(kinds)
    choice = random.Random(turn).choice
    return [choice(kinds[order[(turn * most + at) % len(order)]]) for at in range(most)]


def _turned(
    before: dict[Key, Verdict], after: dict[Key, Verdict], removal: Removal
) -> Iterator[Turned]:
    for (rule, subject), verdict in after.items():
        was = before.get((rule, subject))
        # Those fail on less evidence because they tell of it.
        if rule.startswith(_ABOUT_THE_EVIDENCE) or verdict is was:
            continue
        if verdict in (Verdict.PASS, Verdict.FAIL):
            yield Turned(rule, subject, was, verdict, removal.name)


def of_sample(name: str, most: int = 0) -> Outcome:
    """Return how many removals from a sample were tried, and what turned by all rules."""
    rules = tuple(rule.model_copy(update={"profiles": ("health",)}) for rule in book().rules)
    sweep = Sweep(replace(book(), rules=rules))
    found = list(sweep.turned(patched(sample(name), {}), Question(target="2016"), most))
    return sweep.tried, found


def of_rule(rule: Rule, most: int = 0) -> Outcome:
    """Return how many removals from a rule's examples were tried, ``most`` of each, and turned."""
    sweep = Sweep(replace(book(), rules=(rule,), views=views_behind(rule, book().views)))
    found: list[Turned] = []
    for turn, example in enumerate(rule.examples):
        snapshot, question = patched(sample(), example.given), question_of(rule, example.given)
        for each in sweep.turned(snapshot, question, most, turn, findings(rule.id)[turn]):
            found.append(replace(each, removal=f"{example.name}: {each.removal}"))
    return sweep.tried, found


def main() -> None:
    """Print what turned, and the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", default="", help="samples and rules with this word only")
    parser.add_argument("-n", type=int, default=0, help="so many of each organisation; 0: all")
    asked = parser.parse_args()
    begun, tried, found = time.process_time(), 0, list[Turned]()
    parts: dict[str, Callable[[], Outcome]] = {
        **{name: partial(of_sample, name, asked.n) for name in SAMPLES},
        **{rule.id: partial(of_rule, rule, asked.n) for rule in book().rules},
    }
    for name, part in parts.items():
        if asked.k in name:
            count, turned = part()
            tried, found = tried + count, found + turned
            for one in turned:
                print(name, one.rule, one.subject, one.before, "->", one.after, "|", one.removal)
    kinds = Counter((each.rule, each.after.value) for each in found)
    print(*(f"{n} {rule} {verdict}" for (rule, verdict), n in sorted(kinds.items())), sep="\n")
    print(
        f"{tried} removals, {len(found)} verdicts turned, {time.process_time() - begun:.0f} CPU s"
    )


if __name__ == "__main__":
    main()
