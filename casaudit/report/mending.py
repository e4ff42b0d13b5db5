"""What it takes to mend what failed: steps by script, answers, work by hand, and by whom."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from casaudit.findings import Assessment, Phase
from casaudit.i18n.languages import marked
from casaudit.remediation.planner import plan_of
from casaudit.remediation.steps import ScriptStep
from casaudit.report.phrases import Phrases, phrases_of

_EXCHANGE = marked("Exchange administrators")
_TEAMS = {
    Phase.SITES: marked("Active Directory administrators"),
    Phase.DNS: marked("DNS administrators"),
    Phase.CERTIFICATES: marked("certificate authority"),
}
"""Who usually holds the rights for a phase of the plan; all others are Exchange's own."""


@dataclass(frozen=True, slots=True)
class Effort:
    """The steps of one team: set by the script, set once somebody answers, and done by hand."""

    team: str
    by_script: int
    by_answer: int
    by_hand: int


@dataclass(frozen=True, slots=True)
class Mending:
    """The remediation plan in numbers; ``sentence`` sums the efforts up."""

    efforts: tuple[Effort, ...]
    sentence: str


def mending(assessment: Assessment) -> Mending:
    """Count the steps of the plan that ``--format ps1`` writes, by who does them."""
    counted: dict[str, Counter[str]] = {}
    for entry in plan_of(assessment).entries:
        team = _TEAMS.get(Phase(entry.planned.phase), _EXCHANGE)
        way = "by_hand"
        if isinstance(entry, ScriptStep):
            way = "by_answer" if entry.planned.answer else "by_script"
        counted.setdefault(team, Counter())[way] += 1
    phrases = phrases_of(assessment)
    efforts = tuple(
        Effort(phrases.say(team), n["by_script"], n["by_answer"], n["by_hand"])
        for team, n in sorted(counted.items(), key=lambda each: -each[1].total())
    )
    return Mending(efforts, _sentence(efforts, phrases))


def _sentence(efforts: Iterable[Effort], phrases: Phrases) -> str:
    script, answer, hand = (
        sum(getattr(each, way) for each in efforts) for way in ("by_script", "by_answer", "by_hand")
    )
    if not script + answer + hand:
        return phrases.say("Nothing to mend.")
    return phrases.many(
        "%(number)s step: %(script)s by remediation.ps1, %(answer)s by it once a question is"
        " answered, %(hand)s by hand.",
        "%(number)s steps: %(script)s by remediation.ps1, %(answer)s by it once a question is"
        " answered, %(hand)s by hand.",
        script + answer + hand,
        script=phrases.number(script),
        answer=phrases.number(answer),
        hand=phrases.number(hand),
    )
