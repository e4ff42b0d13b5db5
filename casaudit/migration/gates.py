"""The gates of a migration: which rules have to hold first, and whether they do.

A failure that somebody accepted keeps its gate shut: a waiver changes no verdict.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from casaudit.findings import Finding, Gate, GateState, Severity, Verdict
from casaudit.i18n.languages import Language, marked
from casaudit.migration.upgrade_path import VERSIONS, Road


@dataclass(frozen=True, slots=True)
class Topic:
    """What a gate is about; ``before_all`` as of the gate."""

    name: str
    title: str
    rules: tuple[str, ...]
    before_all: bool = False


TOPICS = (
    Topic("versions", marked("Versions and updates"), (VERSIONS,), before_all=True),
    Topic(
        "arrays",
        marked("Sites, arrays and their DNS names"),
        ("CAS-SITE-001", "CAS-SERVER-001", "CAS-ARRAY-003", "CAS-DNS-001"),
    ),
    Topic(
        "databases",
        marked("Databases lead to a server that serves them"),
        ("CAS-DB-003", "CAS-DB-004", "CAS-DB-005"),
    ),
    Topic(
        "namespaces",
        marked("HTTPS names and Autodiscover"),
        ("CAS-MIGRATE-001", "CAS-MIGRATE-005", "CAS-SCP-002", "CAS-SCP-003", "CAS-DNS-010"),
    ),
    Topic(
        "certificates",
        marked("Certificates"),
        ("CAS-CERT-001", "CAS-CERT-004", "CAS-CERT-013"),
    ),
    Topic(
        "outlook_anywhere",
        marked("Outlook Anywhere"),
        ("CAS-MIGRATE-003", "CAS-URL-006"),
        before_all=True,
    ),
    Topic(
        "offline_address_book",
        marked("Offline address book"),
        ("CAS-MIGRATE-004",),
        before_all=True,
    ),
)
"""In the order in which they are opened; what was seen comes last, over the rules that decide."""


def gates(
    findings: Iterable[Finding],
    blocking: Collection[str],
    deciding: Collection[str],
    road: Road,
    language: Language,
) -> tuple[Gate, ...]:
    """Return the gates with their states.

    Args:
        findings: every verdict.
        blocking: ids of the causes that block by themselves.
        deciding: rules without whose verdicts nobody can say that the road is free.
        road: what it leads over is a matter of versions.
        language: what to say it in.
    """
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule.id, []).append(finding)
    found = [_gate(topic, by_rule, blocking, road, language) for topic in TOPICS]
    return (*found, _evidence(by_rule, deciding, language))


def _gate(
    topic: Topic,
    by_rule: dict[str, list[Finding]],
    blocking: Collection[str],
    road: Road,
    language: Language,
) -> Gate:
    judged = tuple(rule for rule in topic.rules if rule in by_rule)
    found = [finding for rule in judged for finding in by_rule[rule]]
    stands = [f for f in found if f.verdict is Verdict.FAIL and f.severity is not Severity.INFO]
    state, because = _state(found, stands, language)
    hurdle = (road.obstacle or road.detour) if VERSIONS in topic.rules else None
    if hurdle:
        state, because = GateState.FAILED, hurdle
    return Gate(
        name=topic.name,
        title=language.say(topic.title),
        state=state,
        because=because,
        rules=judged,
        stops=bool(hurdle) or any(finding.cause in blocking for finding in stands),
        before_all=topic.before_all,
        **_counts(found),
    )


def _state(
    found: Sequence[Finding], failed: Sequence[Finding], language: Language
) -> tuple[GateState, str]:
    unseen = [finding for finding in found if finding.verdict is Verdict.NOT_EVALUATED]
    judged = sum(finding.verdict is not Verdict.NOT_APPLICABLE for finding in found)
    if failed:
        told = language.many(
            "%(failed)s of %(number)s check failed (%(rules)s)",
            "%(failed)s of %(number)s checks failed (%(rules)s)",
            judged,
            failed=language.number(len(failed)),
            rules=_rules(failed),
        )
        return GateState.FAILED, told
    if not found:
        return GateState.CANNOT_TELL, language.say("none of its rules gave a verdict")
    if unseen:
        told = language.many(
            "%(unseen)s of %(number)s check could not be judged (%(rules)s)",
            "%(unseen)s of %(number)s checks could not be judged (%(rules)s)",
            judged,
            unseen=language.number(len(unseen)),
            rules=_rules(unseen),
        )
        return GateState.CANNOT_TELL, told
    if not judged:
        reasons = {finding.reason for finding in found if finding.reason}
        told = reasons.pop() if len(reasons) == 1 else language.say("its rules apply to nothing")
        return GateState.NOT_APPLICABLE, told
    told = language.many("%(number)s check passed", "all %(number)s checks passed", judged)
    return GateState.PASSED, told


def _rules(findings: Iterable[Finding]) -> str:
    return ", ".join(sorted({finding.rule.id for finding in findings}))


def _evidence(
    by_rule: dict[str, list[Finding]], deciding: Collection[str], language: Language
) -> Gate:
    """What was seen of all that decides: here a failure is an answer as good as any other."""
    judged = tuple(sorted(rule for rule in deciding if rule in by_rule))
    found = [finding for rule in judged for finding in by_rule[rule]]
    unseen = sum(finding.verdict is Verdict.NOT_EVALUATED for finding in found)
    told = language.many(
        "%(given)s of %(number)s verdict that decides could be given",
        "%(given)s of %(number)s verdicts that decide could be given",
        len(found),
        given=language.number(len(found) - unseen),
    )
    return Gate(
        name="evidence",
        title=language.say("Evidence seen"),
        state=GateState.CANNOT_TELL if unseen or not found else GateState.PASSED,
        because=told,
        rules=judged,
        stops=False,
        before_all=False,
        **_counts(found),
    )


def _counts(found: Iterable[Finding]) -> dict[str, int]:
    counts = Counter(finding.verdict for finding in found)
    return {
        "failed": counts[Verdict.FAIL],
        "passed": counts[Verdict.PASS],
        "not_evaluated": counts[Verdict.NOT_EVALUATED],
        "not_applicable": counts[Verdict.NOT_APPLICABLE],
    }
