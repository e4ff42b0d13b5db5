"""What share of the checks pass, and what the failures that lists show count for."""

from casaudit.findings import Counts, Severity, Verdict, VerdictTally
from casaudit.report.phrases import Phrases


def passing_sentence(here: Counts, hidden: str, phrases: Phrases) -> str:
    """Say what share passes; between two shares where some were not seen.

    Args:
        here: the verdicts on the organisation.
        hidden: of how many rules not all objects were seen, in a sentence.
        phrases: the words of the report.
    """
    n = here.verdicts
    passed, unjudged = n[Verdict.PASS], n[Verdict.NOT_EVALUATED]
    apply = passed + unjudged + n[Verdict.FAIL]
    if not apply:
        return ""
    if critical := here.open[Severity.CRITICAL]:
        # Checks are counted, not weighed: a high share beside one of these would soothe.
        return phrases.many(
            "%(passed)s of %(number)s check that may apply passes, which says little beside"
            " %(critical)s.",
            "%(passed)s of %(number)s checks that may apply pass, which says little beside"
            " %(critical)s.",
            apply,
            passed=phrases.number(passed),
            critical=phrases.many(
                "%(number)s critical failure", "%(number)s critical failures", critical
            ),
        )
    # Rounded down and up: the truth lies between the two shares, never outside.
    least, most = 100 * passed // apply, -(-100 * (passed + unjudged) // apply)
    if not unjudged:
        share = phrases.many(
            "%(passed)s of %(number)s check that applies passes (%(share)s%%).",
            "%(passed)s of %(number)s checks that apply pass (%(share)s%%).",
            apply,
            passed=phrases.number(passed),
            share=least,
        )
        # Without it a full share would speak for objects that nobody saw.
        return f"{share} {hidden}".rstrip()
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


def whole_sentence(parts: VerdictTally, phrases: Phrases) -> str:
    """Say how the failures that lists show divide; nothing where all are of the organisation."""
    every, here, apart, notices = (
        each.verdicts[Verdict.FAIL]
        for each in (parts.every, parts.organization, parts.collection, parts.standing)
    )
    if every == here:
        return ""
    return phrases.many(
        "%(number)s failure is listed: %(here)s of the organisation, %(apart)s about the"
        " collection, %(notices)s of standing notices.",
        "%(number)s failures are listed: %(here)s of the organisation, %(apart)s about the"
        " collection, %(notices)s of standing notices.",
        every,
        here=phrases.number(here),
        apart=phrases.number(apart),
        notices=phrases.number(notices),
    )
