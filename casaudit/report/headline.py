"""The answer in one sentence: is it fine, and if not, what is wrong, with denominators."""

from collections import Counter
from collections.abc import Sequence

from casaudit.findings import Assessment, Severity, Verdict, population
from casaudit.i18n.languages import counted, marked
from casaudit.report.endpoints import Pointer, State
from casaudit.report.phrases import Speech, speech_of
from casaudit.report.unseen import coverage

_TOLD = {
    "CAS-ARRAY-001": counted(
        "%(number)s of %(all)s sites with mailbox databases has no array",
        "%(number)s of %(all)s sites with mailbox databases have no array",
    ),
    "CAS-DNS-001": counted(
        "%(number)s of %(all)s array names does not resolve inside",
        "%(number)s of %(all)s array names do not resolve inside",
    ),
    "CAS-CERT-001": counted(
        "%(number)s of %(all)s certificates is expired or not yet valid",
        "%(number)s of %(all)s certificates are expired or not yet valid",
    ),
}
"""Rules told with their denominator: what is said of one or of several."""

_POINTED = {
    "CAS-DB-001": marked("at an individual server although the site has an array"),
    "CAS-DB-002": marked("at the array of another site"),
    "CAS-DB-003": marked("at a name that nothing bears"),
    "CAS-DB-004": marked("at a server that cannot serve it"),
    "CAS-DB-005": marked("at nothing"),
    "CAS-DB-007": marked("at a server of another site"),
    None: marked("at the wrong place"),
}

VERDICTS = {
    "bad": marked("Not fine"),
    "fair": marked("Mostly fine"),
    "unseen": marked("Nothing wrong seen"),
    "good": marked("Fine"),
}
"""By state, the answer in two or three words."""


def state_of(assessment: Assessment, counts: Counter[Verdict], is_open: Counter[Severity]) -> str:
    """Return ``bad``, ``fair``, ``unseen`` or ``good``."""
    if is_open[Severity.CRITICAL] or is_open[Severity.HIGH]:
        return "bad"
    if is_open.keys() - {Severity.INFO}:
        return "fair"
    unseen = any(seen.status in ("partial", "failed") for seen in coverage(assessment))
    return "unseen" if counts[Verdict.NOT_EVALUATED] or unseen or not counts else "good"


def sentence(
    assessment: Assessment,
    state: str,
    counts: Counter[Verdict],
    is_open: Counter[Severity],
    pointed: Sequence[Pointer],
) -> str:
    """Say why the state is what it is."""
    unjudged, total = counts[Verdict.NOT_EVALUATED], counts.total()
    speech = speech_of(assessment)
    match state:
        case "bad":
            told = [*_pointers_told(assessment, pointed), *_rules_told(assessment)]
            return "; ".join([*told, *_others_told(assessment, bool(told))]) + "."
        case "fair":
            told = [speech.severity(is_open[s], s) for s in Severity if is_open[s]]
            return speech.many(
                "nothing critical or high, but %(severities)s finding.",
                "nothing critical or high, but %(severities)s findings.",
                is_open.total(),
                severities=speech.listed(told),
            )
        case "good":
            return _passed_told(counts, is_open, speech)
    if not unjudged:
        return speech.say("the evidence is incomplete.")
    return unjudged_told(unjudged, total, speech)


def unjudged_told(unjudged: int, total: int, speech: Speech) -> str:
    """Say how many checks of all could not be judged."""
    return speech.many(
        "%(unjudged)s of %(number)s check could not be judged.",
        "%(unjudged)s of %(number)s checks could not be judged.",
        total,
        unjudged=speech.number(unjudged),
    )


def _others_told(assessment: Assessment, is_more: bool) -> list[str]:
    """Count the open critical and high failures that have no sentence of their own."""
    told = {*_POINTED, *_TOLD}
    worst = (Severity.CRITICAL, Severity.HIGH)
    number = sum(f.severity in worst and f.rule.id not in told for f in assessment.open_failures)
    if not number:
        return []
    many = speech_of(assessment).many
    if is_more:
        return [
            many(
                "%(number)s other critical or high finding",
                "%(number)s other critical or high findings",
                number,
            )
        ]
    return [
        many("%(number)s critical or high finding", "%(number)s critical or high findings", number)
    ]


def _passed_told(counts: Counter[Verdict], is_open: Counter[Severity], speech: Speech) -> str:
    passed, noted = counts[Verdict.PASS], is_open[Severity.INFO]
    waived = counts[Verdict.FAIL] - is_open.total()
    observed = speech.many("%(number)s observation", "%(number)s observations", noted)
    beside = [observed] if noted else []
    beside += [speech.many("%(number)s waived", "%(number)s waived", waived)] if waived else []
    if not beside:
        return speech.many(
            "all %(number)s check that apply passed.",
            "all %(number)s checks that apply passed.",
            passed,
        )
    return speech.many(
        "%(passed)s of %(number)s check that apply passed, %(others)s beside.",
        "%(passed)s of %(number)s checks that apply passed, %(others)s beside.",
        passed + noted + waived,
        passed=speech.number(passed),
        others=speech.listed(beside),
    )


def _pointers_told(assessment: Assessment, pointed: Sequence[Pointer]) -> list[str]:
    found = [p for p in pointed if p.state is not State.OUTSIDE]
    waived = {(f.rule.id, f.subject.id) for f in assessment.failures if f.waiver}
    wrong = Counter(
        p.rule for p in found if p.state is State.WRONG and (p.rule, p.id) not in waived
    )
    if not wrong:
        return []
    speech = speech_of(assessment)
    place = speech.say(_POINTED[next(iter(wrong)) if len(wrong) == 1 else None])
    if len(wrong) > 1:
        told = _POINTED.items()
        parts = [f"{speech.number(wrong[r])} {speech.say(at)}" for r, at in told if wrong[r]]
        place += f" ({speech.listed(parts)})"
    return [
        speech.many(
            "%(number)s of %(databases)s points %(place)s",
            "%(number)s of %(databases)s point %(place)s",
            wrong.total(),
            databases=speech.many(
                "%(number)s mailbox database", "%(number)s mailbox databases", len(found)
            ),
            place=place,
        )
    ]


def _rules_told(assessment: Assessment) -> list[str]:
    by_rule = population(assessment.findings)
    failures = Counter(finding.rule.id for finding in assessment.open_failures)
    speech, told = speech_of(assessment), []
    for rule, (one, more) in _TOLD.items():
        verdicts = by_rule.get(rule, Counter())
        applicable = verdicts.total() - verdicts[Verdict.NOT_APPLICABLE]
        if failed := failures[rule]:
            told.append(speech.many(one, more, failed, all=speech.number(applicable)))
    return told
