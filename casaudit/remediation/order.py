"""The order of a plan: phases, sites, rules that name each other, and what waits for a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from casaudit.findings import RuleInfo
from casaudit.remediation.steps import ManualStep, ScriptStep

Entry = ScriptStep | ManualStep


def rank(rules: Sequence[RuleInfo]) -> dict[str, int]:
    """Return the place of each rule, by its id, behind those that it names in ``after``.

    A rule comes right behind what it waits for; graphlib's order would put all rules that wait
    for nothing first. A circle, which a rule pack of one's own may hold, is broken where it closes.
    """
    by_id = {rule.id: rule for rule in rules}
    placed: dict[str, int] = {}

    def put(rule: RuleInfo, path: tuple[str, ...]) -> None:
        for before in rule.after:
            if before in by_id and before not in placed and before not in path:
                put(by_id[before], (*path, before))
        placed.setdefault(rule.id, len(placed))

    for rule in rules:
        put(rule, (rule.id,))
    return placed


def place(entry: Entry, ranks: Mapping[str, int]) -> tuple[object, ...]:
    """Return the sort key of an entry.

    Phase by phase, in it site by site; by hand before the script, empty databases first.
    """
    rule = min(ranks[finding.rule.id] for finding in entry.findings)
    site, phase = entry.site or "", entry.phase.rank
    if isinstance(entry, ScriptStep):
        # A number that is not known sorts last: it may be the largest.
        weight, cell = entry.cell.weight, entry.cell
        order = (weight is None, weight or 0, cell.subject.name, cell.setting, cell.subject.id)
        # 0 for what is done by hand, 1 for the script: a step needs the record or array that a
        # person makes in the same phase.
        return (phase, site, 1, rule, *order)
    name, reason = entry.findings[0].subject.name, entry.planned.reason
    return (phase, site, 0, rule, False, 0, name, "", reason)


def waiting(entries: Sequence[Entry], rules: Sequence[RuleInfo]) -> list[Entry]:
    """Let each step wait for what is done by hand before it, in its site or in no site."""
    after = {rule.id: rule.after for rule in rules}
    asked: set[int] = set()
    found: list[Entry] = []
    # Entries come in their order, so that ``found`` holds just what stands before this one.
    for entry in entries:
        if isinstance(entry, ScriptStep):
            # A step waits for its own site, and for what belongs to none, such as a DNS record.
            before = _all_before({finding.rule.id for finding in entry.findings}, after)
            waits = [
                each.number
                for each in found
                if isinstance(each, ManualStep)
                and each.rule.id in before
                and each.site in (None, entry.site)
            ]
            asked.update(waits)
            entry = replace(entry, waits=tuple(f"M{number}" for number in waits))
        found.append(entry)
    return [
        replace(each, check=f"M{each.number}")
        if isinstance(each, ManualStep) and each.number in asked
        else each
        for each in found
    ]


def _all_before(rules: Iterable[str], after: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    left = list(rules)
    while left:
        # Through rules between as well. One that was seen is not followed again: rules of a pack
        # may name each other in a circle.
        for rule in after.get(left.pop(), ()):
            if rule not in found:
                found.add(rule)
                left.append(rule)
    return found
