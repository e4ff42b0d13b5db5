"""The drawn map: one box per site with its databases, arrays and servers, and what points where.

Pure layout: boxes and curves with coordinates; the template only writes them as SVG. A pointer
out of its site ends at a box drawn outside the site's border.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from casaudit.i18n.languages import marked
from casaudit.report.endpoints import Pointer, State
from casaudit.report.html.layout import (
    INDENT,
    RIGHT,
    Box,
    Owners,
    array_box,
    database_boxes,
    elsewhere_boxes,
    server_boxes,
)
from casaudit.report.inventory import Row
from casaudit.report.phrases import Speech

WIDTH = 576
_TOP, _GAP, _PAD = 34, 8, 14


@dataclass(frozen=True, slots=True)
class Arrow:
    """A curve from a database to what it points at."""

    path: str
    state: State


@dataclass(frozen=True, slots=True)
class Panel:
    """One site, ready to draw.

    Attributes:
        anchor: id of the drawing in the page.
        border: height of the site's box; what lies below it is outside the site.
        links: lines from an array to its members.
        states: how many pointers are in each.
        told: the state of the site in a few words; ``description`` the drawing in sentences.
    """

    anchor: str
    site: str
    height: int
    border: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    links: tuple[str, ...]
    states: Counter[State]
    told: str
    description: str

    @property
    def worst(self) -> State | None:
        """The worst state of a pointer; nothing without databases."""
        return next((state for state in State if self.states[state]), None)

    @property
    def judged(self) -> int:
        """How many pointers are judged."""
        return self.states.total() - self.states[State.OUTSIDE]

    @property
    def rank(self) -> tuple[int, int, str]:
        """The worst site first."""
        worst = self.worst
        place = list(State).index(worst) if worst else len(State)
        return place, -self.states[worst] if worst else 0, self.site


def panels(
    found: Iterable[Pointer], arrays: Iterable[Row], servers: Sequence[Row], speech: Speech
) -> tuple[Panel, ...]:
    """Draw every site that has an Exchange object, the worst first."""
    owners = Owners(servers)
    with_arrays, with_servers = _by_site(arrays), _by_site(servers)
    databases: dict[str, list[Pointer]] = defaultdict(list)
    for pointer in found:
        databases[pointer.site or ""].append(pointer)
    drawn = [
        _panel(site, databases[site], with_arrays[site], with_servers[site], owners, speech)
        for site in sorted(with_arrays.keys() | with_servers.keys() | databases.keys())
    ]
    return tuple(sorted(drawn, key=lambda panel: panel.rank))


def _by_site(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    found: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[str(row["site"] or "")].append(row)
    return found


def _panel(
    site: str,
    databases: Sequence[Pointer],
    arrays: Sequence[Row],
    servers: Sequence[Row],
    owners: Owners,
    speech: Speech,
) -> Panel:
    drawn = [array_box(row, owners, speech) for row in arrays]
    inside = _stacked([*drawn, *server_boxes(servers, databases, bool(drawn), speech)])
    known = {key for box in inside for key in box.keys}
    elsewhere = elsewhere_boxes(databases, known, speech)
    left = _stacked(database_boxes(databases, [*inside, *elsewhere], speech))
    border = _bottom([*inside, *left])
    outside = _stacked(elsewhere, border + _PAD + 12)
    targets = [*inside, *outside]
    states = Counter(pointer.state for pointer in databases)
    return Panel(
        anchor="site-" + hashlib.sha256(site.encode("utf-8", "replace")).hexdigest()[:12],
        site=site,
        height=max(border, _bottom(outside) if outside else 0),
        border=border,
        boxes=(*left, *targets),
        arrows=tuple(_arrows(left, targets)),
        links=tuple(_links(inside)),
        states=states,
        told=_told(states, speech),
        description=_description(left, targets, speech),
    )


def _stacked(boxes: Sequence[Box], top: int = _TOP) -> list[Box]:
    placed = []
    for box in boxes:
        placed.append(replace(box, y=top))
        top += box.height + _GAP
    return placed


def _bottom(boxes: Sequence[Box]) -> int:
    return max((box.y + box.height for box in boxes), default=_TOP + 20) + _PAD


def _arrows(sources: Sequence[Box], targets: Sequence[Box]) -> Iterable[Arrow]:
    """Curves that stay between the columns; those of one target end side by side."""
    for target in targets:
        coming = [box for box in sources if box.target in target.keys]
        for number, source in enumerate(coming, start=1):
            start, end = source.x + source.width + 9, target.x - 5
            y = target.y + round(target.height * number / (len(coming) + 1))
            bend = (start + end) // 2
            path = f"M{start} {source.middle}C{bend} {source.middle} {bend} {y} {end} {y}"
            yield Arrow(path, source.state or State.UNKNOWN)


def _links(inside: Sequence[Box]) -> Iterable[str]:
    arrays = [box for box in inside if box.kind == "array"]
    for member in (box for box in inside if box.kind == "member"):
        x, bottom = RIGHT + INDENT // 2, arrays[0].y + arrays[0].height
        yield f"M{x} {bottom}V{member.middle}H{member.x}"


_COUNTED = {
    State.WRONG: marked("%(number)s wrong"),
    State.UNKNOWN: marked("%(number)s not known"),
    State.SERVER: marked("%(number)s bound to a server"),
}


def _told(states: Counter[State], speech: Speech) -> str:
    judged = states.total() - states[State.OUTSIDE]
    if not judged:
        return speech.say("no database of Exchange 2010")
    if states[State.RIGHT] == judged:
        return speech.many("%(number)s pointer, right", "all %(number)s pointers right", judged)
    parts = [
        speech.say(said, number=speech.number(states[state]))
        for state, said in _COUNTED.items()
        if states[state]
    ]
    return speech.many(
        "%(parts)s, of %(number)s pointer",
        "%(parts)s, of %(number)s pointers",
        judged,
        parts=", ".join(parts),
    )


def _description(sources: Sequence[Box], targets: Sequence[Box], speech: Speech) -> str:
    ends = {key: box.lines[0].full for box in targets for key in box.keys}
    parts = [
        speech.say(
            "%(database)s points at %(endpoint)s, %(note)s.",
            database=name.full,
            endpoint=ends.get(box.target or "") or speech.say("nothing"),
            note=note.full,
        )
        for box in sources
        for name, note in [box.lines]
    ]
    return " ".join(parts) or speech.say("No databases.")
