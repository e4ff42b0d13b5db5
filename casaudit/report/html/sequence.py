"""The order of a migration drawn as bars: gates, pilot, a step for each wave, the end.

Pure layout, as that of the timeline. Nobody knows yet how long a wave takes, so that each is one
step wide and the axis has no days.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from casaudit.findings import GateState, Migration
from casaudit.report.html.layout import BOLD_CHARACTER, TextLine, fit
from casaudit.report.phrases import Phrases
from casaudit.report.waves import GATE_STATES, WAVE_STATES, WaveView

WIDTH = 920
LEFT = 262
"""Where the steps begin; the names stand before them."""

MOST_STEPS = 40
"""Waves that are drawn: more would be too narrow to tell apart. The table has all."""

_TOP, _LINE, _BELOW = 34, 20, 6
# Width of a character of a note, on average; what has no room beside its bar is left out.
_CHARACTER = 6.4
_WORST = (GateState.FAILED, GateState.CANNOT_TELL, GateState.PASSED)


@dataclass(frozen=True, slots=True)
class StepBar:
    """One line of the drawing.

    Attributes:
        style: of its state, a class of report.css; empty for what has none.
        note: what moves, beside the bar; ``before`` where that stands on its left.
        kept: end of the line that says how long its endpoints have to answer; 0 for none.
    """

    name: TextLine
    style: str
    note: str
    before: bool
    x: int
    width: int
    y: int
    kept: int


@dataclass(frozen=True, slots=True)
class MoveSequence:
    """The drawing.

    Attributes:
        heads: the number of each wave and the middle of its step.
        inner: where the sites begin that do not face the Internet; 0 where nothing parts them.
        rest: how many waves are not drawn.
    """

    bars: tuple[StepBar, ...]
    heads: tuple[tuple[int, int], ...]
    inner: int
    height: int
    rest: int


def move_sequence(
    found: Migration, views: Sequence[WaveView], phrases: Phrases
) -> MoveSequence | None:
    """Draw the waves of a migration; ``None`` where there are none."""
    if not views:
        return None
    shown = views[:MOST_STEPS]
    before = list(_before(found, phrases))
    kept_until = {
        len(before) + at: len(before) + max((each.until for each in view.wave.kept), default=0)
        for at, view in enumerate(shown)
    }
    lines = [*before, *((view.title, view.style, view.affected) for view in shown)]
    lines.append((phrases.say("Exchange 2010 is removed"), "", ""))
    edges = [LEFT + round(at * (WIDTH - LEFT) / len(lines)) for at in range(len(lines) + 1)]
    bars = []
    for at, (name, style, note) in enumerate(lines):
        # What has to answer until a wave that is not drawn answers to the end of the drawing.
        until = min(kept_until.get(at, 0), len(lines))
        kept = edges[until] if until > at + 1 else 0
        right = max(edges[at + 1], kept) + 6 + len(note) * _CHARACTER
        left = edges[at] - 6 - len(note) * _CHARACTER
        bars.append(
            StepBar(
                name=fit(name, LEFT - 24, BOLD_CHARACTER),
                style=style,
                note=note if right <= WIDTH or left >= LEFT else "",
                before=right > WIDTH,
                x=edges[at],
                width=edges[at + 1] - edges[at],
                y=_TOP + _LINE * at,
                kept=kept,
            )
        )
    places = [(edges[at], edges[at + 1]) for at in range(len(before), len(lines) - 1)]
    first = next((at for at, view in enumerate(shown) if view.wave.after), 0)
    return MoveSequence(
        bars=tuple(bars),
        heads=tuple(
            (view.wave.number, sum(place) // 2) for view, place in zip(shown, places, strict=True)
        ),
        inner=places[first][0] if first else 0,
        height=_TOP + _LINE * len(lines) + _BELOW,
        rest=len(views) - len(shown),
    )


def _before(found: Migration, phrases: Phrases) -> Iterator[tuple[str, str, str]]:
    """Yield name, style and note of what comes before the first wave."""
    states = [gate.state for gate in found.gates if gate.before_all]
    worst = next((state for state in _WORST if state in states), GateState.NOT_APPLICABLE)
    passed = phrases.many(
        "%(open)s of %(number)s gate passed",
        "%(open)s of %(number)s gates passed",
        len(states),
        open=states.count(GateState.PASSED),
    )
    yield phrases.say("Gates before the first wave"), GATE_STATES[worst][0], passed
    if found.pilot:
        style, _ = WAVE_STATES[found.pilot.state]
        yield phrases.say("Pilot"), style, found.pilot.database.name
