"""The answer in one sentence: is it fine, and if not, what is wrong, with denominators."""

from collections import Counter
from collections.abc import Iterator, Sequence

from casaudit.findings import (
    Assessment,
    Severity,
    Verdict,
    VerdictTally,
    is_about_collection,
    is_of_answer,
    population,
    with_verdict,
)
from casaudit.i18n.languages import marked
from casaudit.report.endpoints import DatabaseEndpoint, EndpointState
from casaudit.report.phrases import Phrases, phrases_of

VERDICTS = {
    "nothing": marked("Nothing could be audited"),
    "bad": marked("Not fine"),
    "fair": marked("Mostly fine"),
    "unseen": marked("Nothing wrong seen"),
    "good": marked("Fine"),
}
"""By state, the answer in two or three words."""

MILD_SEEN = marked("Nothing critical or high seen")
"""The answer where not all was seen, and of what was some failed."""


def state_of(assessment: Assessment, counted: VerdictTally) -> str:
    """Return ``nothing``, ``bad``, ``unseen``, ``fair`` or ``good``."""
    # Waived failures are not among the open ones.
    here, is_open = counted.organization, counted.organization.open
    if not assessment.is_auditable:
        return "nothing"
    if is_open[Severity.CRITICAL] or is_open[Severity.HIGH]:
        return "bad"
    # No verdict at all is no evidence that all is well.
    unjudged = counted.every.verdicts[Verdict.NOT_EVALUATED] or not here.total
    if unjudged or assessment.is_incomplete:
        return "unseen"
    return "fair" if is_open.keys() - {Severity.INFO} else "good"


def verdict_words(state: str, counted: VerdictTally, phrases: Phrases) -> str:
    """Return the answer in a few words."""
    mild = counted.organization.open.keys() - {Severity.INFO}
    words = MILD_SEEN if state == "unseen" and mild else VERDICTS[state]
    return phrases.say(words)


def headline_sentence(
    assessment: Assessment,
    state: str,
    counted: VerdictTally,
    endpoints: Sequence[DatabaseEndpoint],
) -> str:
    """Say why the state is what it is, and what keeps it from being certain."""
    phrases, is_open = phrases_of(assessment), counted.organization.open
    match state:
        case "nothing":
            return phrases.say("the evidence holds no Exchange server and no database.")
        case "bad":
            parts = [*_wrong_endpoints(assessment, endpoints), *_headlines(assessment)]
            said = ["; ".join([*parts, *_others(assessment, bool(parts))]) + "."]
        case "fair":
            said = [
                phrases.many(
                    "nothing critical or high, but %(severities)s finding.",
                    "nothing critical or high, but %(severities)s findings.",
                    is_open.total(),
                    severities=_by_severity(is_open, phrases),
                )
            ]
        case "good":
            said = [_passed(counted.organization.verdicts, is_open, phrases)]
        case _:
            said = list(_doubts(assessment, counted, phrases))
    return " ".join([*said, *_failed_rules(assessment, phrases)])


def _doubts(assessment: Assessment, counted: VerdictTally, phrases: Phrases) -> Iterator[str]:
    """Say what failed of what was seen, and what was not."""
    here = counted.organization
    unjudged = here.verdicts[Verdict.NOT_EVALUATED]
    if here.open.keys() - {Severity.INFO}:
        yield phrases.many(
            "%(severities)s finding.",
            "%(severities)s findings.",
            here.open.total(),
            severities=_by_severity(here.open, phrases),
        )
    if unjudged:
        yield unjudged_sentence(unjudged, here.total, phrases)
    if hidden := hidden_sentence(assessment, phrases):
        yield hidden
    elif not unjudged:
        yield phrases.say("the evidence is incomplete.")


def hidden_sentence(assessment: Assessment, phrases: Phrases) -> str:
    """Say of how many rules not all objects were seen; nothing where of all."""
    rules = {
        finding.rule.id
        for finding in with_verdict(assessment.findings, Verdict.NOT_EVALUATED)
        if is_about_collection(finding) and finding.rule.id not in assessment.problems
    }
    if not rules:
        return ""
    return phrases.many(
        "Of %(number)s rule not all objects were seen.",
        "Of %(number)s rules not all objects were seen.",
        len(rules),
    )


def _failed_rules(assessment: Assessment, phrases: Phrases) -> Iterator[str]:
    if number := len(assessment.problems):
        yield phrases.many(
            "%(number)s rule failed and judged nothing.",
            "%(number)s rules failed and judged nothing.",
            number,
        )


def _by_severity(is_open: Counter[Severity], phrases: Phrases) -> str:
    return phrases.listed([phrases.severity(is_open[s], s) for s in Severity if is_open[s]])


def unjudged_sentence(unjudged: int, total: int, phrases: Phrases) -> str:
    """Say how many checks of all could not be judged."""
    return phrases.many(
        "%(unjudged)s of %(number)s check could not be judged.",
        "%(unjudged)s of %(number)s checks could not be judged.",
        total,
        unjudged=phrases.number(unjudged),
    )


def _others(assessment: Assessment, is_more: bool) -> list[str]:
    """Count the open critical and high failures of rules without words of their own."""
    number = sum(
        finding.severity in (Severity.CRITICAL, Severity.HIGH)
        and is_of_answer(finding)
        and not (finding.rule.purpose.headline or finding.rule.purpose.endpoint)
        for finding in assessment.open_failures
    )
    if not number:
        return []
    many = phrases_of(assessment).many
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


def _passed(counts: Counter[Verdict], is_open: Counter[Severity], phrases: Phrases) -> str:
    passed, noted = counts[Verdict.PASS], is_open[Severity.INFO]
    waived = counts[Verdict.FAIL] - is_open.total()
    observed = phrases.many("%(number)s observation", "%(number)s observations", noted)
    beside = [observed] if noted else []
    beside += [phrases.many("%(number)s waived", "%(number)s waived", waived)] if waived else []
    if not beside:
        return phrases.many(
            "the only check that applies (%(number)s) passed.",
            "all %(number)s checks that apply passed.",
            passed,
        )
    return phrases.many(
        "%(passed)s of %(number)s check that applies passed, %(others)s beside.",
        "%(passed)s of %(number)s checks that apply passed, %(others)s beside.",
        passed + noted + waived,
        passed=phrases.number(passed),
        others=phrases.listed(beside),
    )


def _wrong_endpoints(assessment: Assessment, endpoints: Sequence[DatabaseEndpoint]) -> list[str]:
    """Count the databases with a wrong endpoint, by where they point."""
    # What is not judged is no part of the denominator: the share would look better.
    judged = [each for each in endpoints if each.state is not EndpointState.OUTSIDE]
    # The map shows a waived wrong endpoint as wrong; the first sentence leaves it out.
    waived = {(f.rule.id, f.subject.id) for f in assessment.failures if f.waiver}
    wrong = Counter(
        each.rule
        for each in judged
        if each.state is EndpointState.WRONG and (each.rule, each.id) not in waived
    )
    if not wrong:
        return []
    phrases = phrases_of(assessment)
    places = {r.id: at.phrase for r in assessment.rules if (at := r.purpose.endpoint)}
    parts = [(wrong[rule], at) for rule, at in places.items() if wrong[rule]]
    # All wrong in one way: the sentence names it without counting twice.
    place = parts[0][1]
    if len(parts) > 1:
        ways = phrases.listed(f"{phrases.number(number)} {at}" for number, at in parts)
        place = phrases.say("at the wrong place") + f" ({ways})"
    return [
        phrases.many(
            "%(number)s of %(databases)s points %(place)s",
            "%(number)s of %(databases)s point %(place)s",
            wrong.total(),
            databases=phrases.many(
                "%(number)s mailbox database", "%(number)s mailbox databases", len(judged)
            ),
            place=place,
        )
    ]


def _headlines(assessment: Assessment) -> list[str]:
    """What rules with a headline say of their failures, with how many objects they apply to."""
    by_rule = population(assessment.findings)
    # A section that was not seen has a verdict of the rule too, and is none of its objects.
    hidden = Counter(
        finding.rule.id
        for finding in with_verdict(assessment.findings, Verdict.NOT_EVALUATED)
        if is_about_collection(finding)
    )
    failures = Counter(finding.rule.id for finding in assessment.open_failures)
    phrases = phrases_of(assessment)
    failed = [
        (headline.order, rule.id, headline)
        for rule in assessment.rules
        if (headline := rule.purpose.headline) and failures[rule.id]
    ]
    return [
        phrases.many(
            headline.one,
            headline.many,
            failures[rule],
            all=phrases.number(
                by_rule[rule].total() - by_rule[rule][Verdict.NOT_APPLICABLE] - hidden[rule]
            ),
        )
        for _, rule, headline in sorted(failed, key=lambda each: each[:2])
    ]
