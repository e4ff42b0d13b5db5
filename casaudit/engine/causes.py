"""Folding failures under their causes, and causes under the causes that contain them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from casaudit.engine.fix_cards import SUBJECTS, FixCards
from casaudit.engine.loading import Row
from casaudit.engine.rule_run import RuleRun
from casaudit.findings import COMMAND_PARTS, CardBlock, Cause, Finding, Remediation
from casaudit.powershell import UnsafeValueError, literal
from casaudit.rulebook.templates import shown

Group = list[tuple[Finding, Row]]
Waived = Mapping[tuple[str, str], Finding]
"""Failures for which a waiver holds, by the ids of rule and subject."""


def fold_causes(runs: Sequence[RuleRun], cards: FixCards, waived: Waived) -> tuple[Cause, ...]:
    """Return the causes of all failures, worst first, each parent before its children.

    What is waived stays in its cause, but no card repairs it, no cause folds under it, and a
    cause that is waived as a whole comes last.
    """
    failed = {
        (each.rule.id, finding.subject.id): finding.cause
        for each in runs
        for finding, _ in each.failed
        if (each.rule.id, finding.subject.id) not in waived
    }
    causes = [
        _cause(each, group, failed, cards)
        for each in runs
        for group in _groups(each.failed, waived)
    ]
    rank = {each.rule.id: place for place, each in enumerate(_in_order(runs))}
    # The label last, so that causes of one rule stand in the same order in every run.
    causes.sort(
        key=lambda cause: (cause.is_waived, cause.severity.rank, rank[cause.rule.id], cause.label)
    )
    return tuple(_parents_first(causes))


def _groups(rows: Iterable[tuple[Finding, Row]], waived: Waived) -> list[Group]:
    groups: dict[str, Group] = {}
    for finding, row in rows:
        if finding.cause is not None:
            marked = waived.get((finding.rule.id, finding.subject.id), finding)
            groups.setdefault(finding.cause, []).append((marked, row))
    return list(groups.values())


def _cause(
    run: RuleRun, group: Group, failed: dict[tuple[str, str], str | None], cards: FixCards
) -> Cause:
    first, row = group[0]
    relevant = [(finding, row) for finding, row in group if finding.waiver is None] or group
    # Ids say nothing to people; in a cause they only keep two objects of one name apart.
    columns = [c for c in run.rule.cause if c != "id" and not c.endswith("_id")] or ["name"]
    named = [shown(cards.phrased(c, row[c]), cards.language) for c in columns]
    blocks = _blocks(run, relevant, cards)
    return Cause(
        id=first.cause or "",
        rule=run.info,
        label=", ".join(dict.fromkeys(named)),  # of several that are not known it says so once
        severity=min((finding.severity for finding, _ in relevant), key=lambda each: each.rank),
        findings=tuple(finding for finding, _ in group),
        parent=_parent(run, relevant, failed),
        remediation=_card([block.remediation for block in blocks]),
        # The card of a lone failure stands in the cause already, undivided.
        blocks=blocks if len(relevant) > 1 else (),
    )


def _parent(run: RuleRun, group: Group, failed: dict[tuple[str, str], str | None]) -> str | None:
    """The failure that contains the whole group; none when it contains only a part of it."""
    for under in run.rule.under:
        found = {failed.get((under.rule, str(row[under.on]))) for _, row in group}
        # None is an object that does not fail, or whose failure is waived: it holds nobody back.
        if len(found) == 1 and None not in found:
            return found.pop()
    return None


def _blocks(run: RuleRun, group: Group, cards: FixCards) -> tuple[CardBlock, ...]:
    """One block for all objects; those that differ in a value that the card uses get their own."""
    # The card of a lone failure was written with its finding.
    if len(group) == 1 and (own := group[0][0].remediation) is not None:
        return (CardBlock((0,), (), own),)
    contexts = [run.context(row) for _, row in group]
    used = cards.used_by_card(run.rule, set(contexts[0])) - {SUBJECTS}
    alike: dict[tuple[str, int | None], list[int]] = {}
    for place, (context, (finding, _)) in enumerate(zip(contexts, group, strict=True)):
        # Lists cannot be keys; and 1, True and "1" are three values, which repr tells apart.
        key = repr([context[name] for name in sorted(used)])
        # An object that no command can name safely costs its own commands, not those of the others.
        is_odd = finding.remediation is not None and finding.remediation.by_hand is not None
        alike.setdefault((key, place if is_odd else None), []).append(place)
    return tuple(
        _block(run, places, [contexts[place] for place in places], cards)
        for places in alike.values()
    )


def _block(
    run: RuleRun, places: Sequence[int], together: Sequence[Mapping[str, Any]], cards: FixCards
) -> CardBlock:
    try:
        targets = tuple(literal(subject) for each in together for subject in each[SUBJECTS])
    except UnsafeValueError:
        targets = ()
    return CardBlock(tuple(places), targets, cards.card(run.rule, together[0], together))


def _card(written: Sequence[Remediation]) -> Remediation:
    if len(written) == 1:
        return written[0]
    return Remediation(
        **{part: _joined(getattr(card, part) for card in written) for part in COMMAND_PARTS},
        impact=written[0].impact,
        by_hand=_joined(card.by_hand for card in written),
    )


def _joined(texts: Iterable[str | None]) -> str | None:
    return "\n\n".join(dict.fromkeys(text for text in texts if text)) or None


def _in_order(runs: Sequence[RuleRun]) -> list[RuleRun]:
    """Rules in an order in which each comes behind those it names in ``after``."""
    by_id = {each.rule.id: each for each in runs}
    placed: dict[str, RuleRun] = {}

    def place(each: RuleRun, path: tuple[str, ...]) -> None:
        for before in each.info.after:
            # The path ends the descent where rules name each other in a circle.
            if before in by_id and before not in placed and before not in path:
                place(by_id[before], (*path, before))
        placed.setdefault(each.rule.id, each)

    for each in runs:
        place(each, (each.rule.id,))
    return list(placed.values())


def _parents_first(causes: Sequence[Cause]) -> list[Cause]:
    children: dict[str, list[Cause]] = {}
    for cause in causes:
        if cause.parent is not None:
            children.setdefault(cause.parent, []).append(cause)
    ordered: dict[str, Cause] = {}

    def put(cause: Cause) -> None:
        if cause.id not in ordered:
            ordered[cause.id] = cause
            for child in children.get(cause.id, ()):
                put(child)

    for cause in causes:
        if cause.parent is None:
            put(cause)
    # Causes whose parents lead in a circle have no root above them; none may be lost.
    for cause in causes:
        put(cause)
    return list(ordered.values())
