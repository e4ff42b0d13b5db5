"""The gates of a migration: which rules have to hold first, and whether they do.

A rule names its gate itself, under ``gate``. A failure that somebody accepted keeps its gate shut:
a waiver changes no verdict.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from casaudit.findings import Finding, Gate, GateName, GateState, RuleInfo, Severity, Verdict
from casaudit.i18n.languages import Language, marked
from casaudit.migration.upgrade_path import UpgradePath


@dataclass(frozen=True, slots=True)
class GateTopic:
    """What a gate is about; ``before_all`` as of the gate."""

    title: str
    before_all: bool = False


# Before all stands what setup of the target asks of every server, or what the first newer server
# meets in the whole organisation and not in its site alone.
TOPICS = {
    GateName.VERSIONS: GateTopic(marked("Versions and updates"), before_all=True),
    GateName.ARRAYS: GateTopic(marked("Sites, arrays and their DNS names")),
    GateName.DATABASES: GateTopic(marked("Databases lead to a server that serves them")),
    GateName.NAMESPACES: GateTopic(marked("HTTPS names and Autodiscover")),
    GateName.CERTIFICATES: GateTopic(marked("Certificates")),
    GateName.OUTLOOK_ANYWHERE: GateTopic(marked("Outlook Anywhere"), before_all=True),
    GateName.OFFLINE_ADDRESS_BOOK: GateTopic(marked("Offline address book"), before_all=True),
}
"""In the order in which they are opened; what was seen comes last, over the rules that decide."""


def gates(
    findings: Iterable[Finding],
    blocking: Collection[str],
    path: UpgradePath,
    language: Language,
) -> tuple[Gate, ...]:
    """Return the gates with their states.

    Args:
        findings: every verdict.
        blocking: ids of the causes that block by themselves.
        path: the upgrade path; what it leads over is a matter of the gate of versions.
        language: what to say it in.
    """
    by_rule: dict[str, list[Finding]] = {}
    rules: dict[str, RuleInfo] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule.id, []).append(finding)
        rules[finding.rule.id] = finding.rule
    found = [
        # Each gate is listed, one without rules too: a gate that is not there would pass unseen.
        _gate(name, rules_of(name, rules.values()), by_rule, blocking, path, language)
        for name in TOPICS
    ]
    deciding = sorted(rule.id for rule in rules.values() if rule.purpose.decides)
    return (*found, _evidence_gate(deciding, by_rule, language))


def rules_of(name: GateName, rules: Iterable[RuleInfo]) -> list[str]:
    """Return the ids of those of some rules that a gate consists of, in its order."""
    found = [
        (part.order, rule.id) for rule in rules if (part := rule.purpose.gate) and part.name is name
    ]
    return [rule for _, rule in sorted(found)]


def _gate(
    name: GateName,
    rules: Sequence[str],
    by_rule: Mapping[str, Sequence[Finding]],
    blocking: Collection[str],
    path: UpgradePath,
    language: Language,
) -> Gate:
    found = [finding for rule in rules for finding in by_rule[rule]]
    # A waived failure counts: the target meets what is there, whoever accepted it.
    stands = [f for f in found if f.verdict is Verdict.FAIL and f.severity is not Severity.INFO]
    hurdle = path.obstacle if name is GateName.VERSIONS else None
    if hurdle:
        state, because = GateState.FAILED, hurdle
    elif name is GateName.VERSIONS and path.detour and path.leg:
        stands = [f for f in stands if not path.takes_away(f)]
        state, because = _first_leg(found, stands, path, path.leg, language)
    else:
        state, because = _state(found, stands, language)
    return Gate(
        name=name.value,
        title=language.say(TOPICS[name].title),
        state=state,
        because=because,
        rules=tuple(rules),
        stops=bool(hurdle) or any(finding.cause in blocking for finding in stands),
        before_all=TOPICS[name].before_all,
        **_counts(found),
    )


def _first_leg(
    found: Sequence[Finding],
    failed: Sequence[Finding],
    path: UpgradePath,
    leg: str,
    language: Language,
) -> tuple[GateState, str]:
    """Judge what is there for the version that Exchange 2010 is left for; waves are of that move.

    A version that the target itself refuses is no failure where the path takes it away.
    """
    unseen = any(finding.verdict is Verdict.NOT_EVALUATED for finding in found)
    if failed or (unseen and not path.updates):
        return _state(found, failed, language)
    lacking = sum(each.lacking for each in path.updates)
    unknown = sum(each.unknown for each in path.updates)
    because = language.say(
        "for Exchange %(leg)s, over which the road leads: %(lacking)s of %(servers)s servers lack"
        " their update, %(unknown)s are not known",
        leg=leg,
        servers=language.number(sum(each.servers for each in path.updates)),
        lacking=language.number(lacking),
        unknown=language.number(unknown),
    )
    if lacking:
        return GateState.FAILED, because
    return GateState.CANNOT_TELL if unknown or unseen else GateState.PASSED, because


def _state(
    found: Sequence[Finding], failed: Sequence[Finding], language: Language
) -> tuple[GateState, str]:
    unseen = [finding for finding in found if finding.verdict is Verdict.NOT_EVALUATED]
    judged = sum(finding.verdict is not Verdict.NOT_APPLICABLE for finding in found)
    # Failures first: what else was not seen does not make a failure less certain.
    if failed:
        because = language.many(
            "%(failed)s of %(number)s check failed (%(rules)s)",
            "%(failed)s of %(number)s checks failed (%(rules)s)",
            judged,
            failed=language.number(len(failed)),
            rules=_rule_ids(failed),
        )
        return GateState.FAILED, because
    # No verdict at all is no evidence that the gate is open.
    if not found:
        return GateState.CANNOT_TELL, language.say("none of its rules gave a verdict")
    if unseen:
        because = language.many(
            "%(unseen)s of %(number)s check could not be judged (%(rules)s)",
            "%(unseen)s of %(number)s checks could not be judged (%(rules)s)",
            judged,
            unseen=language.number(len(unseen)),
            rules=_rule_ids(unseen),
        )
        return GateState.CANNOT_TELL, because
    if not judged:
        reasons = {finding.reason for finding in found if finding.reason}
        because = reasons.pop() if len(reasons) == 1 else language.say("its rules apply to nothing")
        return GateState.NOT_APPLICABLE, because
    because = language.many("%(number)s check passed", "all %(number)s checks passed", judged)
    return GateState.PASSED, because


def _rule_ids(findings: Iterable[Finding]) -> str:
    return ", ".join(sorted({finding.rule.id for finding in findings}))


def _evidence_gate(
    deciding: Sequence[str], by_rule: Mapping[str, Sequence[Finding]], language: Language
) -> Gate:
    """What was seen of all that decides: here a failure is an answer as good as any other."""
    found = [finding for rule in deciding for finding in by_rule[rule]]
    unseen = sum(finding.verdict is Verdict.NOT_EVALUATED for finding in found)
    because = language.many(
        "%(given)s of %(number)s verdict that decides could be given",
        "%(given)s of %(number)s verdicts that decide could be given",
        len(found),
        given=language.number(len(found) - unseen),
    )
    return Gate(
        name="evidence",
        title=language.say("Evidence seen"),
        state=GateState.CANNOT_TELL if unseen or not found else GateState.PASSED,
        because=because,
        rules=tuple(deciding),
        # It adds no obstacle of its own: the readiness says "cannot tell" for the same verdicts.
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
