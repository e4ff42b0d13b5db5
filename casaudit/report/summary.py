"""The answer first: is it fine, how much was judged, what comes first, what could not be seen."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from casaudit.findings import Assessment, Cause, Severity, Verdict
from casaudit.report.endpoints import DatabaseEndpoint, database_endpoints
from casaudit.report.headline import VERDICTS, headline_sentence, state_of
from casaudit.report.phrases import Phrases, phrases_of


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
        state: ``bad``, ``fair``, ``unseen`` or ``good``.
        verdict: the answer in two or three words; ``sentence`` says why.
        failed: failures by severity; ``accepted`` those of them that are waived.
        total: verdicts in all, one per rule and object; ``objects`` how many objects.
        roots: root causes, worst first.
        phrases: the words that the sentences are made of.
    """

    state: str
    verdict: str
    sentence: str
    counts: Counter[Verdict]
    failed: Counter[Severity]
    accepted: Counter[Severity]
    total: int
    objects: int
    roots: tuple[Root, ...]
    phrases: Phrases

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
        """What share of the checks that apply pass; between two shares where some were not seen."""
        n, phrases = self.counts, self.phrases
        passed, unjudged = n[Verdict.PASS], n[Verdict.NOT_EVALUATED]
        apply = passed + unjudged + n[Verdict.FAIL]
        if not apply:
            return ""
        # Rounded down and up: the truth lies between the two shares, never outside.
        least, most = 100 * passed // apply, -(-100 * (passed + unjudged) // apply)
        if not unjudged:
            return phrases.many(
                "%(passed)s of %(number)s check that applies passes (%(share)s%%).",
                "%(passed)s of %(number)s checks that apply pass (%(share)s%%).",
                apply,
                passed=phrases.number(passed),
                share=least,
            )
        return phrases.many(
            "Of %(number)s check that may apply, between %(least)s%% and %(most)s%% pass,"
            " depending on %(unjudged)s that could not be judged.",
            "Of %(number)s checks that may apply, between %(least)s%% and %(most)s%% pass,"
            " depending on %(unjudged)s that could not be judged.",
            apply,
            least=least,
            # With a failure "100%" would be wrong, however small its share is.
            most=min(most, 99) if n[Verdict.FAIL] else most,
            unjudged=phrases.number(unjudged),
        )

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
    def folded(self) -> str:
        """How the failures come down to causes, neither counted twice."""
        following = sum(len(root.children) for root in self.roots)
        phrases = self.phrases
        failures = phrases.many(
            "%(number)s failure", "%(number)s failures", self.counts[Verdict.FAIL]
        )
        causes = phrases.many("%(number)s root cause", "%(number)s root causes", len(self.roots))
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
    counts = Counter(finding.verdict for finding in assessment.findings)
    is_open = Counter(finding.severity for finding in assessment.open_failures)
    failed = Counter(finding.severity for finding in assessment.failures)
    state = state_of(assessment, counts, is_open)
    return Summary(
        state=state,
        verdict=phrases_of(assessment).say(VERDICTS[state]),
        sentence=headline_sentence(assessment, state, counts, is_open, endpoints),
        counts=counts,
        failed=failed,
        accepted=failed - is_open,
        total=len(assessment.findings),
        # By kind as well: an id is unique among objects of one kind only.
        objects=len({(f.subject.kind, f.subject.id) for f in assessment.findings}),
        roots=roots(assessment.causes),
        phrases=phrases_of(assessment),
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
