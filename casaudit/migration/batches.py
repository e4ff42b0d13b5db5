"""Batches and a pilot, proposed: which mailboxes of a wave are moved together, and which first.

The names of a wave move at once, its mailboxes need not. A batch holds what can set out together
and what a service desk can look after on one day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from casaudit.findings import MOST_IN_BATCH, Batch, Move, Pilot, Wave, WaveState

MOST_PILOT = 20
"""Mailboxes of the pilot: enough to meet each kind of client, few enough to call each."""

_STATES = list(WaveState)


@dataclass(frozen=True, slots=True)
class _Share:
    """What one batch takes of a database: all of it, or one of some parts alike."""

    move: Move
    mailboxes: int | None
    part: int = 1
    parts: int = 1


def batches(number: int, moves: Iterable[Move]) -> tuple[Batch, ...]:
    """Return the batches of a wave with its number; what can set out stands first."""
    groups: list[list[_Share]] = []
    for move in sorted(moves, key=lambda each: _STATES.index(each.state)):
        for share in _shares(move):
            if groups and _fits(groups[-1], share):
                groups[-1].append(share)
            else:
                groups.append([share])
    # A spreadsheet would take "1.2" or "1-2" for a number or a day.
    return tuple(_batch(f"W{number}-B{at}", shares) for at, shares in enumerate(groups, 1))


def pilot(waves: Sequence[Wave]) -> Pilot | None:
    """Return where to begin: the database in the best state of the first wave that waits for none.

    Among equals the smallest that fills the pilot. ``None`` where no mailbox is to be moved.
    """
    found = [
        (_STATES.index(move.state), wave.number, *_fit(move.mailboxes), at)
        for wave in waves
        for at, move in enumerate(wave.databases)
        if not wave.after and move.mailboxes != 0
    ]
    if not found:
        return None
    _, number, _, _, at = min(found)
    move = waves[number - 1].databases[at]
    most = MOST_PILOT if move.mailboxes is None else min(MOST_PILOT, move.mailboxes)
    return Pilot(wave=number, database=move.database, most=most, state=move.state)


def _fit(mailboxes: int | None) -> tuple[int, int]:
    """Rank a database as the pilot's: those that fill it, those not counted, those too small."""
    if mailboxes is None:
        return 1, 0
    return (0, mailboxes) if mailboxes >= MOST_PILOT else (2, -mailboxes)


def _shares(move: Move) -> Iterator[_Share]:
    parts = -(-(move.mailboxes or 0) // MOST_IN_BATCH)
    if parts < 2 or move.mailboxes is None:
        yield _Share(move, move.mailboxes)
        return
    each, rest = divmod(move.mailboxes, parts)
    yield from (_Share(move, each + (at < rest), at + 1, parts) for at in range(parts))


def _fits(shares: Sequence[_Share], more: _Share) -> bool:
    first = shares[0]
    # What is blocked would hold the others; what nobody counted may be large.
    if first.move.state is not more.move.state or more.parts > 1 or first.parts > 1:
        return False
    counts = [each.mailboxes for each in (*shares, more)]
    return None not in counts and sum(each or 0 for each in counts) <= MOST_IN_BATCH


def _batch(name: str, shares: Sequence[_Share]) -> Batch:
    first = shares[0]
    counts = [each.mailboxes for each in shares if each.mailboxes is not None]
    return Batch(
        name=name,
        databases=tuple(each.move.database for each in shares),
        mailboxes=sum(counts) if counts else None,
        state=first.move.state,
        part=first.part,
        parts=first.parts,
    )
