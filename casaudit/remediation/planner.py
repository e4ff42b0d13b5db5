"""From an assessment to its plan: repairs merged, what is left to people, all in order."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from casaudit.findings import (
    Assessment,
    Cause,
    Cell,
    Finding,
    Phase,
    Repair,
    Repairs,
    RuleInfo,
    Severity,
)
from casaudit.names import host
from casaudit.remediation.plan import Answer, ByHand, Plan, Step

_PHASES = {
    "site": Phase.SITES, "dns_name": Phase.DNS, "array": Phase.ARRAYS,
    "certificate": Phase.CERTIFICATES, "tls_endpoint": Phase.CERTIFICATES,
    "virtual_directory": Phase.URLS, "service_connection_point": Phase.URLS,
    "database": Phase.DATABASES, "server": Phase.SERVERS,
}  # fmt: skip
"""Where what is done by hand belongs whose rule states no phase: by the kind of object."""
_MOST_NAMES = 3

Entry = Step | ByHand
Group = Sequence[Repair]
"""Repairs of one setting of one object."""


def plan_of(assessment: Assessment) -> Plan:
    """Return the plan for the failures that are not waived; observations are left out."""
    made = assessment.repairs
    found = {f.fingerprint: f for f in assessment.open_failures if f.severity is not Severity.INFO}
    groups = _merged(repair for repair in made.repairs if repair.fingerprint in found)
    rank = _rank(assessment.rules)
    steps = [_step(group, made, found) for group in groups if _agree(group)]
    handled = {repair.fingerprint for group in groups for repair in group}
    by_hand = [
        *(_contradiction(group, made, found) for group in groups if not _agree(group)),
        *_left(assessment.causes, found.keys() - handled, made.problems),
        *(_rest(found[key], text) for key, text in made.rests.items() if key in handled),
    ]
    unordered: list[Entry] = [*steps, *by_hand]
    ordered = sorted(unordered, key=lambda entry: _place(entry, rank))
    entries = [replace(each, number=number) for number, each in enumerate(ordered, 1)]
    entries, answers = _answered(_waiting(entries, assessment.rules), made)
    return Plan(
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
    return len({(json.dumps(each.to), each.decision) for each in group}) == 1


def _of(group: Group, found: Mapping[str, Finding]) -> tuple[Finding, ...]:
    return tuple(found[key] for key in dict.fromkeys(each.fingerprint for each in group))


def _step(group: Group, made: Repairs, found: Mapping[str, Finding]) -> Step:
    first = group[0]
    setting = made.settings[first.cell.setting]
    return Step(
        number=0,
        phase=setting.phase,
        cell=first.cell,
        setting=setting,
        to=first.to,
        source=first.source,
        resolves=first.resolves,
        findings=_of(group, found),
        answer=first.decision,
        asks_for_resolving=bool(first.decision) and made.decisions[first.decision or ""].resolves,
    )


def _contradiction(group: Group, made: Repairs, found: Mapping[str, Finding]) -> ByHand:
    findings = _of(group, found)
    cell, setting = group[0].cell, made.settings[group[0].cell.setting]
    wishes = [f"{found[each.fingerprint].rule.id} wants {_wish(each, made)}" for each in group]
    return ByHand(
        number=0,
        phase=setting.phase,
        rule=findings[0].rule,
        severity=_worst(findings),
        findings=findings,
        reason=f"the rules contradict each other about {setting.title} of {cell.subject.name}: "
        f"{'; '.join(dict.fromkeys(wishes))}. Decide which of them holds",
        commands="",
    )


def _wish(repair: Repair, made: Repairs) -> str:
    if repair.decision is not None:
        return made.decisions[repair.decision].question
    return "no value" if repair.to is None else str(repair.to)


def _left(
    causes: Iterable[Cause], left: Iterable[str], problems: Mapping[str, str]
) -> Iterator[ByHand]:
    """What no step repairs, cause by cause; the whole card where none of a cause is repaired."""
    wanted, rules = set(left), {cause.id: cause.rule.id for cause in causes}
    for cause in causes:
        findings = tuple(f for f in cause.findings if f.fingerprint in wanted)
        if not findings:
            continue
        is_whole = len(findings) == len(cause.open)
        cards = [cause.remediation] if is_whole else [f.remediation for f in findings]
        texts = [text for card in cards if card for text in (card.fix, card.by_hand) if text]
        reasons = [problems[f.fingerprint] for f in findings if f.fingerprint in problems]
        if cause.parent in rules and is_whole:
            texts = []
            reasons = [f"this follows from {rules[cause.parent]} and goes with it"]
        yield ByHand(
            number=0,
            phase=_phase(cause.rule, findings[0]),
            rule=cause.rule,
            severity=_worst(findings),
            findings=findings,
            reason="; ".join(dict.fromkeys(reasons)),
            commands="\n\n".join(dict.fromkeys(texts)),
        )


def _rest(finding: Finding, text: str) -> ByHand:
    return ByHand(0, Phase.AFTERWARDS, finding.rule, finding.severity, (finding,), text, "")


def _phase(rule: RuleInfo, finding: Finding) -> Phase:
    return rule.purpose.phase or _PHASES.get(finding.subject.kind, Phase.AFTERWARDS)


def _worst(findings: Iterable[Finding]) -> Severity:
    return min((finding.severity for finding in findings), key=lambda each: each.rank)


def _rank(rules: Sequence[RuleInfo]) -> dict[str, int]:
    """Rules in an order in which each comes behind those it names in ``after``."""
    by_id = {rule.id: rule for rule in rules}
    placed: dict[str, int] = {}

    def place(rule: RuleInfo, path: tuple[str, ...]) -> None:
        for before in rule.after:
            if before in by_id and before not in placed and before not in path:
                place(by_id[before], (*path, before))
        placed.setdefault(rule.id, len(placed))

    for rule in rules:
        place(rule, (rule.id,))
    return placed


def _place(entry: Entry, rank: Mapping[str, int]) -> tuple[object, ...]:
    """Phase by phase, in it site by site; by hand before the script, empty databases first."""
    rule = min(rank[finding.rule.id] for finding in entry.findings)
    site, phase = entry.site or "", entry.phase.rank
    if isinstance(entry, Step):
        weight, cell = entry.cell.weight, entry.cell
        order = (weight is None, weight or 0, cell.subject.name, cell.setting, cell.subject.id)
        return (phase, site, 1, rule, *order)
    return (phase, site, 0, rule, False, 0, entry.findings[0].subject.name, "", entry.reason)


def _waiting(entries: Sequence[Entry], rules: Sequence[RuleInfo]) -> list[Entry]:
    """Let each step wait for what is done by hand before it, in its site or in no site."""
    after = {rule.id: rule.after for rule in rules}
    asked: set[int] = set()
    found: list[Entry] = []
    for entry in entries:
        if isinstance(entry, Step):
            before = _all_before({finding.rule.id for finding in entry.findings}, after)
            waits = [
                each.number
                for each in found
                if isinstance(each, ByHand)
                and each.rule.id in before
                and each.site in (None, entry.site)
            ]
            asked.update(waits)
            entry = replace(entry, waits=tuple(f"M{number}" for number in waits))
        found.append(entry)
    return [
        replace(each, check=f"M{each.number}") if isinstance(each, ByHand) and each.number in asked
        else each
        for each in found
    ]  # fmt: skip


def _all_before(rules: Iterable[str], after: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    left = list(rules)
    while left:
        for rule in after.get(left.pop(), ()):
            if rule not in found:
                found.add(rule)
                left.append(rule)
    return found


def _answered(entries: Sequence[Entry], made: Repairs) -> tuple[list[Entry], tuple[Answer, ...]]:
    """Give each step that a person's answer decides the key of that answer and of its check."""
    uses: dict[tuple[str, str], list[Step]] = defaultdict(list)
    for entry in entries:
        if isinstance(entry, Step) and entry.answer is not None:
            uses[entry.answer, _scope(entry, made)[0]].append(entry)
    answers, keyed = [], {}
    for number, ((decision, _), steps) in enumerate(uses.items(), 1):
        asked = made.decisions[decision]
        check = f"C{number}" if asked.check else None
        scope = _scope(steps[0], made)[1]
        answers.append(Answer(f"A{number}", asked, scope, check, _used(steps, made.cells)))
        for step in steps:
            waits = (*step.waits, check) if check else step.waits
            keyed[step.number] = replace(step, answer=f"A{number}", waits=waits)
    return [keyed.get(each.number, each) for each in entries], tuple(answers)


def _scope(step: Step, made: Repairs) -> tuple[str, str]:
    """For what one answer holds: its key, and its name for people."""
    subject = step.cell.subject
    match made.decisions[step.answer or ""].per:
        case "object":
            return subject.id, subject.name
        case "site":
            return subject.site or "", f"site {subject.site}" if subject.site else ""
    return "", ""


def _used(steps: Sequence[Step], cells: Iterable[Cell]) -> tuple[str, ...]:
    """Names that stand in the same settings of the same site now, with how often they do."""
    settings = {step.cell.setting for step in steps}
    names = Counter(
        name
        for cell in cells
        if cell.setting in settings and cell.subject.site == steps[0].site
        if isinstance(cell.value, str) and (name := host(cell.value)) is not None
    )
    most = sorted(names.items(), key=lambda item: (-item[1], item[0]))[:_MOST_NAMES]
    return tuple(f"{name} ({count})" for name, count in most)


def _touched(cells: Iterable[Cell], entries: Iterable[Entry]) -> tuple[Cell, ...]:
    steps = [each for each in entries if isinstance(each, Step)]
    settings = {step.cell.setting for step in steps}
    objects = {step.cell.subject.id for step in steps}
    return tuple(c for c in cells if c.setting in settings or c.subject.id in objects)


def _id(assessment: Assessment, entries: Iterable[Entry]) -> str:
    steps = [
        [e.number, e.cell.setting, e.cell.subject.id, e.cell.value, e.to, e.answer]
        for e in entries
        if isinstance(e, Step)
    ]
    text = json.dumps([assessment.snapshot_sha256, assessment.rules_sha256, steps])
    return hashlib.sha256(text.encode()).hexdigest()[:12]
