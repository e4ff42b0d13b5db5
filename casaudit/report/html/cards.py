"""Causes as cards: what all objects of a cause share, what each has of its own, and its limits."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from casaudit.findings import Cause, Finding, Value
from casaudit.report.html.divided import Division, divided
from casaudit.report.sources import SourceRecord, Sources
from casaudit.report.summary import Root

MOST_ROWS = 50
"""Objects of one cause that are shown with all their evidence; the others with their message."""
MOST_CARDS = 400
LEAST_CARDS = 20
"""Causes that get a card, and how many of each rule at least; the others are lines of a table."""

_PLAIN_ID = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Card:
    """One cause, ready to show.

    Attributes:
        shared: evidence that is the same for all objects, by column.
        columns: the evidence in which objects differ.
        rows: the objects shown in full; ``rest`` those shown with their message.
        sources: where the objects were read that the evidence of ``rows`` names.
        division: its commands by object; ``None`` where they are for one object, or stay whole.
        children: cards of the causes that follow from this one.
    """

    cause: Cause
    anchor: str
    shared: dict[str, Value]
    columns: tuple[str, ...]
    rows: tuple[Finding, ...]
    rest: tuple[Finding, ...]
    sources: tuple[SourceRecord, ...]
    division: Division | None
    children: tuple["Card", ...] = ()


def cards(roots: Sequence[Root], sources: Sources) -> tuple[tuple[Card, ...], tuple[Cause, ...]]:
    """Return the cards, worst first, and the causes without a card."""
    shown: list[Card] = []
    rest: list[Cause] = []
    # A rule with ten thousand causes must not push the cards of every other rule off the page.
    given: Counter[str] = Counter()

    def has_card(cause: Cause) -> bool:
        rule = cause.rule.id
        if given.total() < MOST_CARDS or given[rule] < LEAST_CARDS:
            given[rule] += 1
            return True
        rest.append(cause)
        return False

    for root in roots:
        is_shown = has_card(root.cause)
        children = tuple(_card(child, sources) for child in root.children if has_card(child))
        # Children of a cause without a card stand by themselves, so that none of them vanishes.
        shown += [_card(root.cause, sources, children)] if is_shown else children
    return tuple(shown), tuple(rest)


def anchor(cause: Cause) -> str:
    """Return the id of a cause in the page; the same in the next run."""
    if _PLAIN_ID.fullmatch(cause.id):
        return f"cause-{cause.id}"
    # The id of a cause may hold any character; an id of the page may not.
    # "replace", since a lone surrogate has no UTF-8; nobody reads the id back.
    return "cause-" + hashlib.sha256(cause.id.encode("utf-8", "replace")).hexdigest()[:16]


def _card(cause: Cause, sources: Sources, children: tuple[Card, ...] = ()) -> Card:
    first, *others = cause.findings
    shared = {
        name: value
        for name, value in first.evidence.items()
        if all(other.evidence.get(name) == value for other in others)
    }
    return Card(
        cause=cause,
        anchor=anchor(cause),
        shared=shared,
        # What all objects share is said once above the table.
        columns=tuple(name for name in first.evidence if name not in shared),
        rows=cause.findings[:MOST_ROWS],
        rest=cause.findings[MOST_ROWS:],
        sources=tuple(sources.of(cause.findings[:MOST_ROWS])),
        division=divided(cause) if cause.blocks else None,
        children=children,
    )
