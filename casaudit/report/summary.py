"""The answer first: is it fine, how much was judged, what comes first, what could not be seen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from casaudit.findings import (
    Assessment,
    Cause,
    Counts,
    Severity,
    Verdict,
    VerdictTally,
    is_about_collection,
    is_of_answer,
    is_standing,
)
from casaudit.report.endpoints import DatabaseEndpoint, database_endpoints
from casaudit.report.headline import (
    headline_sentence,
    hidden_sentence,
    state_of,
    verdict_words,
)
from casaudit.report.phrases import Phrases, phrases_of
from casaudit.report.shares import passing_sentence, whole_sentence


@dataclass(frozen=True, slots=True)
class Root:
    """A cause that folds under no other, with the causes that follow from it."""

    cause: Cause
    children: tuple[Cause, ...]

    @property
    def following(self) -> int:
        """How many failures follow from it, beside its own and the waived ones."""
        return sum(len(child.open) for child in self.children)


@dataclass(frozen=True, slots=True)
class FailedRule:
    """The root causes of one rule, the worst of them first."""

    roots: tuple[Root, ...]

    @property
    def first(self) -> Cause:
        """The worst cause."""
        return self.roots[0].cause

    @property
    def failures(self) -> int:
        """How many failures its causes have of their own that are not waived."""
        return sum(len(root.cause.open) for root in self.roots)

    @property
    def following(self) -> int:
        """How many failures follow from them."""
        return sum(root.following for root in self.roots)


@dataclass(frozen=True, slots=True)
class Summary:
    """The first screen, as text and numbers.

    Attributes:
        state: ``nothing``, ``bad``, ``fair``, ``unseen`` or ``good``.
        verdict: the answer in a few words; ``sentence`` says why.
        tally: the verdicts; what the other numbers count is of the organisation alone.
        objects: how many objects of it have a verdict; ``empty`` how many rules found none.
        hidden: of how many rules not all objects were seen, in a sentence.
        roots: root causes, worst first; ``notices`` those of standing notices, which are apart.
        noticed: titles of the rules of these.
        phrases: the words that the sentences are made of.
    """

    state: str
    verdict: str
    sentence: str
    tally: VerdictTally
    objects: int
    empty: int
    hidden: str
    roots: tuple[Root, ...]
    notices: tuple[Root, ...]
    noticed: tuple[str, ...]
    phrases: Phrases

    @property
    def counts(self) -> Counter[Verdict]:
        """The verdicts on the organisation."""
        return self.tally.organization.verdicts

    @property
    def failed(self) -> Counter[Severity]:
        """Its failures by severity, waived ones too."""
        return self.tally.organization.failed

    @property
    def accepted(self) -> Counter[Severity]:
        """Those of them that are waived."""
        return self.failed - self.tally.organization.open

    @property
    def total(self) -> int:
        """How many verdicts on the organisation there are, one per rule and object."""
        return self.tally.organization.total

    @property
    def every(self) -> Counts:
        """All verdicts, those about the collection too: what tables list."""
        return self.tally.every

    @property
    def failed_rules(self) -> tuple[FailedRule, ...]:
        """The root causes by rule, the worst rule first; none that is waived as a whole."""
        by_rule: dict[str, list[Root]] = {}
        for root in self.roots:
            # What is accepted as a whole is nothing to do first.
            if root.cause.is_waived:
                continue
            by_rule.setdefault(root.cause.rule.id, []).append(root)
        return tuple(FailedRule(tuple(alike)) for alike in by_rule.values())

    @property
    def waived(self) -> int:
        """How many failures are waived."""
        return self.accepted.total()

    @property
    def passing(self) -> str:
        """What share of the checks that apply pass, in a sentence."""
        return passing_sentence(self.tally.organization, self.hidden, self.phrases)

    @property
    def counted(self) -> str:
        """The counts in a sentence, each with its denominator."""
        phrases, n = self.phrases, self.counts
        by_severity = [phrases.severity(self.failed[s], s) for s in Severity if self.failed[s]]
        if self.waived:
            by_severity.append(
                phrases.many("%(number)s of them waived", "%(number)s of them waived", self.waived)
            )
        worst = f" ({', '.join(by_severity)})" if by_severity else ""
        return phrases.say(
            "%(failed)s failed%(worst)s, %(passed)s passed, %(unjudged)s could not be judged and"
            " %(outside)s not applicable, of %(checks)s on %(objects)s.",
            failed=phrases.number(n[Verdict.FAIL]),
            worst=worst,
            passed=phrases.number(n[Verdict.PASS]),
            unjudged=phrases.number(n[Verdict.NOT_EVALUATED]),
            outside=phrases.number(n[Verdict.NOT_APPLICABLE]),
            checks=phrases.many("%(number)s check", "%(number)s checks", self.total),
            objects=phrases.many("%(number)s object", "%(number)s objects", self.objects),
        )

    @property
    def apart(self) -> str:
        """What is counted apart: verdicts about the collection, and rules without objects."""
        phrases, n = self.phrases, self.tally.collection.verdicts
        said = []
        if n:
            said.append(
                phrases.many(
                    "Apart from these, %(number)s check is about the collection itself:"
                    " %(failed)s failed, %(passed)s passed, %(unjudged)s could not be judged.",
                    "Apart from these, %(number)s checks are about the collection itself:"
                    " %(failed)s failed, %(passed)s passed, %(unjudged)s could not be judged.",
                    n.total(),
                    failed=phrases.number(n[Verdict.FAIL]),
                    passed=phrases.number(n[Verdict.PASS]),
                    unjudged=phrases.number(n[Verdict.NOT_EVALUATED]),
                )
            )
        if self.empty:
            said.append(
                phrases.many(
                    "%(number)s rule found no object of its kind.",
                    "%(number)s rules found no object of their kind.",
                    self.empty,
                )
            )
        return " ".join(said)

    @property
    def whole(self) -> str:
        """All failures that lists show, by what they count for; nothing where all are one kind."""
        return whole_sentence(self.tally, self.phrases)

    @property
    def standing(self) -> str:
        """The standing notices, counted and named in a sentence; nothing without any."""
        phrases, n = self.phrases, self.tally.standing
        if not n.failed:
            return ""
        said = phrases.many(
            "%(number)s standing notice, which is not part of the answer: %(titles)s.",
            "%(number)s standing notices, which are not part of the answer: %(titles)s.",
            n.failed.total(),
            titles=phrases.listed(self.noticed),
        )
        if not n.waived:
            return said
        waived = phrases.many("%(number)s of them waived", "%(number)s of them waived", n.waived)
        return f"{said.removesuffix('.')} ({waived})."

    @property
    def folded(self) -> str:
        """How the failures come down to causes, neither counted twice; nothing without any."""
        mine = [each for each in self.roots if not is_about_collection(each.cause.findings[0])]
        following = sum(len(root.children) for root in mine)
        phrases = self.phrases
        if not mine:
            return ""
        failures = phrases.many(
            "%(number)s failure", "%(number)s failures", self.counts[Verdict.FAIL]
        )
        causes = phrases.many("%(number)s root cause", "%(number)s root causes", len(mine))
        if not following:
            return phrases.say(
                "The %(failures)s come down to %(causes)s.", failures=failures, causes=causes
            )
        return phrases.many(
            "The %(failures)s come down to %(causes)s, %(number)s more follows from these.",
            "The %(failures)s come down to %(causes)s, %(number)s more follow from these.",
            following,
            failures=failures,
            causes=causes,
        )


def summarize(
    assessment: Assessment, endpoints: Sequence[DatabaseEndpoint] | None = None
) -> Summary:
    """Work out the first screen of an assessment; ``endpoints`` where they are known already."""
    if endpoints is None:
        endpoints = database_endpoints(assessment)
    counted, phrases = assessment.tally, phrases_of(assessment)
    state = state_of(assessment, counted)
    subjects = (f.subject for f in assessment.findings if is_of_answer(f))
    notices = [cause for cause in assessment.causes if is_standing(cause.findings[0])]
    noticed = (f.rule.title for f in assessment.failures if is_standing(f))
    return Summary(
        state=state,
        verdict=verdict_words(state, counted, phrases),
        sentence=headline_sentence(assessment, state, counted, endpoints),
        tally=counted,
        # By kind as well: an id is unique among objects of one kind only.
        objects=len({(each.kind, each.id) for each in subjects}),
        empty=assessment.empty_rules,
        hidden=hidden_sentence(assessment, phrases),
        roots=roots(tuple(cause for cause in assessment.causes if cause not in notices)),
        notices=roots(tuple(notices)),
        noticed=tuple(dict.fromkeys(noticed)),
        phrases=phrases,
    )


def roots(causes: tuple[Cause, ...]) -> tuple[Root, ...]:
    """Fold causes under their topmost parents; parents come first in what is given."""
    top: dict[str, str] = {}
    children: dict[str, list[Cause]] = {}
    for cause in causes:
        # A parent that is not among the causes is no parent.
        top[cause.id] = top.get(cause.parent or "", cause.id)
        children.setdefault(top[cause.id], []).append(cause)
    # The first child of a root is the root itself, hence [1:].
    return tuple(
        Root(cause, tuple(children[cause.id][1:])) for cause in causes if top[cause.id] == cause.id
    )
