"""The answer first: is it fine, how much was judged, what comes first, what could not be seen."""

from collections import Counter
from dataclasses import dataclass

from casaudit.judge.findings import Assessment, Cause, Severity, Verdict, population
from casaudit.report.pointers import State, pointers
from casaudit.report.unseen import coverage
from casaudit.report.words import SEVERITIES, count, listed

_TOLD = (
    ("CAS-ARRAY-001", "sites with mailbox databases", "has no array", "have no array"),
    ("CAS-DNS-001", "array names", "does not resolve inside", "do not resolve inside"),
    ("CAS-CERT-001", "certificates", "is expired or not yet valid", "are expired or not yet valid"),
)
"""Rules told with their denominator: what is counted, and what is said of one or of several."""

_POINTED = {
    "CAS-DB-001": "at an individual server although the site has an array",
    "CAS-DB-002": "at the array of another site",
    "CAS-DB-003": "at a name that nothing bears",
    "CAS-DB-004": "at a server that cannot serve it",
    "CAS-DB-005": "at nothing",
    "CAS-DB-007": "at a server of another site",
    None: "at the wrong place",
}


@dataclass(frozen=True, slots=True)
class Root:
    """A cause that folds under no other, with the causes that follow from it."""

    cause: Cause
    children: tuple[Cause, ...]

    @property
    def following(self) -> int:
        """How many failures follow from it, beside its own."""
        return sum(len(child.findings) for child in self.children)


@dataclass(frozen=True, slots=True)
class Topic:
    """The root causes of one rule, the worst of them first."""

    roots: tuple[Root, ...]

    @property
    def first(self) -> Cause:
        """The worst cause."""
        return self.roots[0].cause

    @property
    def failures(self) -> int:
        """How many failures its causes have of their own."""
        return sum(len(root.cause.findings) for root in self.roots)

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
        total: verdicts in all, one per rule and object; ``objects`` how many objects.
        roots: root causes, worst first.
    """

    state: str
    verdict: str
    sentence: str
    counts: Counter[Verdict]
    failed: Counter[Severity]
    total: int
    objects: int
    roots: tuple[Root, ...]

    @property
    def topics(self) -> tuple[Topic, ...]:
        """The root causes by rule, the worst rule first."""
        by_rule: dict[str, list[Root]] = {}
        for root in self.roots:
            by_rule.setdefault(root.cause.rule.id, []).append(root)
        return tuple(Topic(tuple(alike)) for alike in by_rule.values())

    @property
    def counted(self) -> str:
        """The counts in a sentence, each with its denominator."""
        n = self.counts
        by_severity = [
            f"{self.failed[s]:,} {SEVERITIES[s].lower()}" for s in Severity if self.failed[s]
        ]
        worst = f" ({', '.join(by_severity)})" if by_severity else ""
        return (
            f"{n[Verdict.FAIL]:,} failed{worst}, {n[Verdict.PASS]:,} passed,"
            f" {n[Verdict.NOT_EVALUATED]:,} could not be judged and"
            f" {n[Verdict.NOT_APPLICABLE]:,} not applicable,"
            f" of {count(self.total, 'check')} on {count(self.objects, 'object')}."
        )

    @property
    def folded(self) -> str:
        """How the failures come down to causes, neither counted twice."""
        following = sum(len(root.children) for root in self.roots)
        text = (
            f"The {count(self.counts[Verdict.FAIL], 'failure')} come down to"
            f" {count(len(self.roots), 'root cause')}"
        )
        follow = "follows" if following == 1 else "follow"
        return f"{text}, {following} more {follow} from these." if following else f"{text}."


def summarize(assessment: Assessment) -> Summary:
    """Work out the first screen of an assessment."""
    counts = Counter(finding.verdict for finding in assessment.findings)
    failed = Counter(finding.severity for finding in assessment.failures)
    state = _state(assessment, counts, failed)
    return Summary(
        state=state,
        verdict={
            "bad": "Not fine",
            "fair": "Mostly fine",
            "unseen": "Nothing wrong seen",
            "good": "Fine",
        }[state],
        sentence=_sentence(assessment, state, counts, failed),
        counts=counts,
        failed=failed,
        total=len(assessment.findings),
        objects=len({(f.subject.kind, f.subject.id) for f in assessment.findings}),
        roots=roots(assessment.causes),
    )


def roots(causes: tuple[Cause, ...]) -> tuple[Root, ...]:
    """Fold causes under their topmost parents; parents come first in what is given."""
    top: dict[str, str] = {}
    children: dict[str, list[Cause]] = {}
    for cause in causes:
        top[cause.id] = top.get(cause.parent or "", cause.id)
        children.setdefault(top[cause.id], []).append(cause)
    return tuple(
        Root(cause, tuple(children[cause.id][1:])) for cause in causes if top[cause.id] == cause.id
    )


def _state(assessment: Assessment, counts: Counter[Verdict], failed: Counter[Severity]) -> str:
    if failed[Severity.CRITICAL] or failed[Severity.HIGH]:
        return "bad"
    if failed.keys() - {Severity.INFO}:
        return "fair"
    unseen = any(seen.status in ("partial", "failed") for seen in coverage(assessment))
    return "unseen" if counts[Verdict.NOT_EVALUATED] or unseen or not counts else "good"


def _sentence(
    assessment: Assessment, state: str, counts: Counter[Verdict], failed: Counter[Severity]
) -> str:
    unjudged, total = counts[Verdict.NOT_EVALUATED], counts.total()
    match state:
        case "bad":
            told = [*_pointers_told(assessment), *_rules_told(assessment)]
            return "; ".join([*told, *_others_told(assessment, bool(told))]) + "."
        case "fair":
            return f"nothing critical or high, but {_severities_told(failed)}."
        case "good":
            return _passed_told(counts, failed)
    if not unjudged:
        return "the evidence is incomplete."
    return f"{unjudged:,} of {count(total, 'check')} could not be judged."


def _others_told(assessment: Assessment, is_more: bool) -> list[str]:
    """Count the critical and high failures that have no sentence of their own."""
    told = {*_POINTED, *(rule for rule, *_ in _TOLD)}
    worst = (Severity.CRITICAL, Severity.HIGH)
    number = sum(f.severity in worst and f.rule.id not in told for f in assessment.failures)
    return [f"{number:,} {'other ' * is_more}critical or high {_found(number)}"] if number else []


def _found(number: int) -> str:
    return "finding" if number == 1 else "findings"


def _passed_told(counts: Counter[Verdict], failed: Counter[Severity]) -> str:
    passed, noted = counts[Verdict.PASS], failed[Severity.INFO]
    if not noted:
        return f"all {count(passed, 'check')} that apply passed."
    return (
        f"{passed:,} of {count(passed + noted, 'check')} that apply passed,"
        f" {count(noted, 'observation')} beside."
    )


def _severities_told(failed: Counter[Severity]) -> str:
    parts = [f"{failed[s]:,} {SEVERITIES[s].lower()}" for s in Severity if failed[s]]
    return f"{listed(parts)} {_found(failed.total())}"


def _pointers_told(assessment: Assessment) -> list[str]:
    found = [p for p in pointers(assessment) if p.state is not State.OUTSIDE]
    wrong = Counter(p.rule for p in found if p.state is State.WRONG)
    if not wrong:
        return []
    number = wrong.total()
    points = "points" if number == 1 else "point"
    said = f"{number:,} of {count(len(found), 'mailbox database')} {points}"
    if len(wrong) == 1:
        return [f"{said} {_POINTED[next(iter(wrong))]}"]
    parts = [f"{wrong[rule]:,} {told}" for rule, told in _POINTED.items() if wrong[rule]]
    return [f"{said} at the wrong place ({listed(parts)})"]


def _rules_told(assessment: Assessment) -> list[str]:
    by_rule = population(assessment.findings)
    told = []
    for rule, noun, one, many in _TOLD:
        verdicts = by_rule.get(rule, Counter())
        applicable = verdicts.total() - verdicts[Verdict.NOT_APPLICABLE]
        if failed := verdicts[Verdict.FAIL]:
            said = one if failed == 1 else many
            told.append(f"{failed:,} of {applicable:,} {noun} {said}")
    return told
