"""The answer first: is it fine, how much was judged, what comes first, what could not be seen."""

from collections import Counter
from dataclasses import dataclass

from casaudit.judge.findings import Assessment, Cause, Severity, Verdict, population
from casaudit.report.pointers import State, pointers
from casaudit.report.words import SEVERITIES, count, listed

_TOLD = (
    ("CAS-ARRAY-001", "sites with mailbox databases", "has no array", "have no array"),
    ("CAS-DNS-001", "array names", "does not resolve inside", "do not resolve inside"),
    ("CAS-CERT-001", "certificates", "is not valid now", "are not valid now"),
)
"""Rules told with their denominator: what is counted, and what is said of one or of several."""

_MOST = 3


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
    def counted(self) -> str:
        """The counts in a sentence, each with its denominator."""
        c = self.counts
        return (
            f"{c[Verdict.FAIL]:,} failed, {c[Verdict.PASS]:,} passed,"
            f" {c[Verdict.NOT_EVALUATED]:,} could not be judged and"
            f" {c[Verdict.NOT_APPLICABLE]:,} not applicable,"
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
        return f"{text}, {following} more follow from these." if following else f"{text}."


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
            "unseen": "Not proven fine",
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
    if failed:
        return "fair"
    unseen = any(section.status in ("partial", "failed") for section in assessment.coverage)
    return "unseen" if counts[Verdict.NOT_EVALUATED] or unseen or not counts else "good"


def _sentence(
    assessment: Assessment, state: str, counts: Counter[Verdict], failed: Counter[Severity]
) -> str:
    unjudged, total = counts[Verdict.NOT_EVALUATED], counts.total()
    match state:
        case "bad":
            told = [*_pointers_told(assessment), *_rules_told(assessment)][:_MOST]
            return f"{listed(told) if told else _severities_told(failed)}."
        case "fair":
            return f"nothing critical or high was found, but {_severities_told(failed)}."
        case "good":
            return f"all {count(counts[Verdict.PASS], 'check')} that apply passed."
    if not unjudged:
        return "no failure was found, but the evidence is incomplete."
    return f"no failure was found, but {unjudged:,} of {count(total, 'check')} could not be judged."


def _severities_told(failed: Counter[Severity]) -> str:
    parts = [f"{failed[s]:,} {SEVERITIES[s].lower()}" for s in Severity if failed[s]]
    return f"{listed(parts)} {'finding was' if failed.total() == 1 else 'findings were'} found"


def _pointers_told(assessment: Assessment) -> list[str]:
    found = [p for p in pointers(assessment) if p.state is not State.OUTSIDE]
    wrong = Counter(p.note for p in found if p.state is State.WRONG)
    if not wrong:
        return []
    number = wrong.total()
    points = f"{'points' if number == 1 else 'point'}"
    said = f"{number:,} of {count(len(found), 'mailbox database')} {points}"
    if len(wrong) == 1:
        return [f"{said} {next(iter(wrong))}"]
    return [f"{said} at the wrong place ({listed([f'{n:,} {note}' for note, n in wrong.items()])})"]


def _rules_told(assessment: Assessment) -> list[str]:
    by_rule = population(assessment.findings)
    told = []
    for rule, noun, one, many in _TOLD:
        verdicts = by_rule.get(rule, Counter())
        failed, applicable = (
            verdicts[Verdict.FAIL],
            verdicts.total() - verdicts[Verdict.NOT_APPLICABLE],
        )
        if failed:
            said = one if failed == 1 else many
            told.append(f"{failed:,} of {applicable:,} {noun} {said}")
    return told
