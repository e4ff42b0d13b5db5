"""From an assessment to its plan: repairs merged, what is left to people, all in order."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from casaudit.findings import (
    Assessment,
    Cause,
    Cell,
    Decision,
    Finding,
    Phase,
    Repair,
    Repairs,
    RuleInfo,
    Severity,
    is_standing,
)
from casaudit.names import host
from casaudit.remediation.order import Entry, place, rank, waiting
from casaudit.remediation.plan import PlanAnswer, PlanFinding, PlanHand, PlanObject, PlanStep
from casaudit.remediation.steps import AskedAnswer, ManualStep, RemediationPlan, ScriptStep

_PHASES = {
    "site": Phase.SITES, "dns_name": Phase.DNS, "array": Phase.ARRAYS,
    "certificate": Phase.CERTIFICATES, "tls_endpoint": Phase.CERTIFICATES,
    "virtual_directory": Phase.URLS, "service_connection_point": Phase.URLS,
    "database": Phase.DATABASES, "server": Phase.SERVERS,
}  # fmt: skip
"""Where what is done by hand belongs whose rule states no phase: by the kind of object."""
_MOST_NAMES = 3

Group = Sequence[Repair]
"""Repairs of one setting of one object."""


def plan_of(assessment: Assessment) -> RemediationPlan:
    """Return the plan for the failures that are not waived.

    Observations and standing notices are left out: a plan that nobody can finish is none.
    """
    made = assessment.repairs
    found = {
        f.fingerprint: f
        for f in assessment.open_failures
        if f.severity is not Severity.INFO and not is_standing(f)
    }
    # Several rules may want one value of one object: that is one step, or a contradiction.
    groups = _merged(repair for repair in made.repairs if repair.fingerprint in found)
    ranks = rank(assessment.rules)
    steps = [_step(group, made, found) for group in groups if _agree(group)]
    handled = {repair.fingerprint for group in groups for repair in group}
    by_hand = [
        *(_contradiction(group, made, found) for group in groups if not _agree(group)),
        *_left(assessment.causes, found.keys() - handled, made.problems),
        *(
            # What the steps of a failure leave over makes sense only behind all of them.
            _manual(Phase.AFTERWARDS, found[key].rule, (found[key],), text)
            for key, text in made.rests.items()
            if key in handled
        ),
    ]
    unordered: list[Entry] = [*steps, *by_hand]
    ordered = sorted(unordered, key=lambda entry: place(entry, ranks))
    entries = [each.numbered(number) for number, each in enumerate(ordered, 1)]
    entries, answers = _answered(waiting(entries, assessment.rules), made)
    return RemediationPlan(
        id=_id(assessment, entries),
        entries=tuple(entries),
        answers=answers,
        waived=tuple(f for f in assessment.failures if f.waiver is not None),
        cells=_touched(made.cells, entries),
    )


def _merged(repairs: Iterable[Repair]) -> list[Group]:
    groups: dict[tuple[str, str], list[Repair]] = defaultdict(list)
    for repair in repairs:
        groups[repair.cell.setting, repair.cell.subject.id].append(repair)
    return list(groups.values())


def _agree(group: Group) -> bool:
    # As JSON, since lists cannot be members of a set; true and 1 differ there too.
    return len({(json.dumps(each.to), each.decision) for each in group}) == 1


def _of(group: Group, found: Mapping[str, Finding]) -> tuple[Finding, ...]:
    # One failure can want a value by two entries of its plan; it is named once.
    return tuple(found[key] for key in dict.fromkeys(each.fingerprint for each in group))


def _step(group: Group, made: Repairs, found: Mapping[str, Finding]) -> ScriptStep:
    first, findings = group[0], _of(group, found)
    setting, cell = made.settings[first.cell.setting], first.cell
    planned = PlanStep(
        number=0,
        phase=setting.phase.value,
        setting=cell.setting,
        object=PlanObject.of(cell.subject),
        to=first.to,
        answer=first.decision,
        findings=tuple(map(PlanFinding.of, findings)),
        **{"from": cell.value},
    )
    return ScriptStep(
        planned=planned,
        cell=cell,
        setting=setting,
        source=first.source,
        resolves=first.resolves,
        findings=findings,
        asks_for_resolving=bool(first.decision) and made.decisions[first.decision or ""].resolves,
    )


def _manual(
    phase: Phase, rule: RuleInfo, findings: tuple[Finding, ...], reason: str, commands: str = ""
) -> ManualStep:
    planned = PlanHand(
        number=0,
        phase=phase.value,
        rule_id=rule.id,
        reason=reason,
        findings=tuple(map(PlanFinding.of, findings)),
    )
    # Rank 0 is the most severe.
    worst = min((finding.severity for finding in findings), key=lambda each: each.rank)
    return ManualStep(planned, phase, rule, worst, findings, commands)


def _contradiction(group: Group, made: Repairs, found: Mapping[str, Finding]) -> ManualStep:
    findings = _of(group, found)
    cell, setting = group[0].cell, made.settings[group[0].cell.setting]
    wishes = [f"{found[each.fingerprint].rule.id} wants {_wish(each, made)}" for each in group]
    reason = (
        f"the rules contradict each other about {setting.title} of {cell.subject.name}: "
        f"{'; '.join(dict.fromkeys(wishes))}. Decide which of them holds"
    )
    return _manual(setting.phase, findings[0].rule, findings, reason)


def _wish(repair: Repair, made: Repairs) -> str:
    if repair.decision is not None:
        return made.decisions[repair.decision].question
    return "no value" if repair.to is None else str(repair.to)


def _left(
    causes: Iterable[Cause], left: Iterable[str], problems: Mapping[str, str]
) -> Iterator[ManualStep]:
    """What no step repairs, cause by cause; the whole card where none of a cause is repaired."""
    wanted, rules = set(left), {cause.id: cause.rule.id for cause in causes}
    for cause in causes:
        findings = tuple(f for f in cause.findings if f.fingerprint in wanted)
        if not findings:
            continue
        # The card of a cause names all its objects; once the script repairs some of them it would
        # send people to do again what is done, so that only the cards of the others are shown.
        is_whole = len(findings) == len(cause.open)
        cards = [cause.remediation] if is_whole else [f.remediation for f in findings]
        texts = [text for card in cards if card for text in (card.fix, card.by_hand) if text]
        reasons = [problems[f.fingerprint] for f in findings if f.fingerprint in problems]
        if cause.parent in rules and is_whole:
            texts = []
            reasons = [f"this follows from {rules[cause.parent]} and goes with it"]
        phase, reason = _phase(cause.rule, findings[0]), "; ".join(dict.fromkeys(reasons))
        yield _manual(phase, cause.rule, findings, reason, "\n\n".join(dict.fromkeys(texts)))


def _phase(rule: RuleInfo, finding: Finding) -> Phase:
    return rule.purpose.phase or _PHASES.get(finding.subject.kind, Phase.AFTERWARDS)


def _answered(
    entries: Sequence[Entry], made: Repairs
) -> tuple[list[Entry], tuple[AskedAnswer, ...]]:
    """Give each step that a person's answer decides the key of that answer and of its check."""
    uses: dict[tuple[str, str], list[ScriptStep]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry, ScriptStep) and (decision := entry.planned.answer) is not None:
            uses[decision, _scope(entry, made.decisions[decision])[0]].append(entry)
    answers: list[AskedAnswer] = []
    keyed: dict[int, Entry] = {}
    # In the order of the steps: A1 is the first answer that somebody needs on the way down.
    for number, ((decision, _), steps) in enumerate(uses.items(), 1):
        asked = made.decisions[decision]
        check = f"C{number}" if asked.check else None
        planned = PlanAnswer(
            key=f"A{number}",
            question=asked.question,
            kind=asked.kind,
            scope=_scope(steps[0], asked)[1],
        )
        answers.append(AskedAnswer(planned, check, asked.check, _used(steps, made.cells)))
        keyed |= {step.number: step.answered(planned.key, check) for step in steps}
    return [keyed.get(each.number, each) for each in entries], tuple(answers)


def _scope(step: ScriptStep, decision: Decision) -> tuple[str, str]:
    """For what one answer holds: its key, and its name for people."""
    subject = step.cell.subject
    match decision.per:
        case "object":
            return subject.id, subject.name
        case "site":
            return subject.site or "", f"site {subject.site}" if subject.site else ""
    return "", ""


def _used(steps: Sequence[ScriptStep], cells: Iterable[Cell]) -> tuple[str, ...]:
    """Names that stand in the same settings of the same site now, with how often they do."""
    settings = {step.cell.setting for step in steps}
    names = Counter(
        name
        for cell in cells
        if cell.setting in settings and cell.subject.site == steps[0].site
        if isinstance(cell.value, str) and (name := host(cell.value)) is not None
    )
    # Shown as a hint and never filled in: what is in use may be what is wrong.
    most = sorted(names.items(), key=lambda item: (-item[1], item[0]))[:_MOST_NAMES]
    return tuple(f"{name} ({count})" for name, count in most)


def _touched(cells: Iterable[Cell], entries: Iterable[Entry]) -> tuple[Cell, ...]:
    steps = [each for each in entries if isinstance(each, ScriptStep)]
    settings = {step.cell.setting for step in steps}
    objects = {step.cell.subject.id for step in steps}
    # More than the plan sets: by the other values verify-fix notices side effects.
    return tuple(c for c in cells if c.setting in settings or c.subject.id in objects)


def _id(assessment: Assessment, entries: Iterable[Entry]) -> str:
    steps = [
        [e.number, e.cell.setting, e.cell.subject.id, e.cell.value, e.planned.to, e.planned.answer]
        for e in entries
        if isinstance(e, ScriptStep)
    ]
    # Numbers and answers belong to it: a state file of rollback.ps1 names steps by their numbers.
    text = json.dumps([assessment.snapshot_sha256, assessment.rules_sha256, steps])
    # It stands in names of files and is typed by people, so it is short.
    return hashlib.sha256(text.encode()).hexdigest()[:12]
