"""What the reports say of waivers: how many failures they mark, and which entries need a hand."""

from collections.abc import Sequence

from casaudit.findings import Assessment, WaiverState, WaiverUse
from casaudit.i18n.languages import marked
from casaudit.text import count

SOON = 30
"""Days before its end from which on a waiver is told, so that somebody can decide in time."""

STATES = {
    WaiverState.HOLDS: marked("holds"),
    WaiverState.ENDED: marked("ended"),
    WaiverState.VOID: marked("void"),
    WaiverState.UNUSED: marked("unused"),
    WaiverState.UNSEEN: marked("cannot tell"),
}
# Not UNSEEN: of an object that was not seen nobody can tell what to do with its entry.
_NEED_A_HAND = (WaiverState.ENDED, WaiverState.VOID, WaiverState.UNUSED)


def ends_soon(use: WaiverUse) -> bool:
    """Tell whether a waiver that holds is about to end."""
    return use.state is WaiverState.HOLDS and use.days_left <= SOON


def waivers_in_order(uses: Sequence[WaiverUse]) -> list[WaiverUse]:
    """Return the entries that need a hand first, then the others, each as in their file."""
    ranks = {WaiverState.ENDED: 0, WaiverState.VOID: 1, WaiverState.UNUSED: 2}
    # Sorting is stable, so that each rank keeps the order of the file.
    return sorted(uses, key=lambda use: ranks.get(use.state, 3 if ends_soon(use) else 4))


def waiver_lines(assessment: Assessment) -> list[str]:
    """Say how many failures are waived, then one line for each entry that needs a hand."""
    if not assessment.waivers:
        return []
    failures, is_open = len(assessment.failures), len(assessment.open_failures)
    lines = [
        f"{failures - is_open:,} of {count(failures, 'failure')} waived, {is_open:,} open;"
        f" {count(len(assessment.waivers), 'waiver')} in the file."
    ]
    uses = waivers_in_order(assessment.waivers)
    lines += [_line(use) for use in uses if use.state in _NEED_A_HAND or ends_soon(use)]
    if unseen := sum(use.state is WaiverState.UNSEEN for use in uses):
        lines.append(f"Whether {count(unseen, 'waiver holds', 'waivers hold')} could not be seen.")
    return lines


def _line(use: WaiverUse) -> str:
    state = f"ends in {count(use.days_left, 'day')}" if ends_soon(use) else STATES[use.state]
    waiver = use.waiver
    return f"{state}: {waiver.rule} {waiver.object} ({waiver.owner}): {use.because}"
