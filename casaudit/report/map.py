"""The drawn map: one box per site with its databases, arrays and servers, and what points where.

Pure layout: boxes and curves with coordinates; the template only writes them as SVG. A pointer
out of its site ends at a box drawn outside the site's border.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from casaudit.judge.findings import Assessment
from casaudit.report.boxes import (
    INDENT,
    RIGHT,
    Box,
    array_box,
    database_boxes,
    elsewhere_boxes,
    server_boxes,
)
from casaudit.report.inventory import Inventory, Row
from casaudit.report.pointers import Pointer, State, pointers
from casaudit.report.words import count

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
        worst: the worst state of a pointer, ``None`` without databases; ``many`` how many are so.
        told: the state of the site in a few words; ``description`` the drawing in sentences.
    """

    anchor: str
    site: str
    height: int
    border: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    links: tuple[str, ...]
    worst: State | None
    many: int
    told: str
    description: str


def panels(assessment: Assessment) -> tuple[Panel, ...]:
    """Draw every site that has an Exchange object, the worst first."""
    inventory = Inventory(assessment)
    names = {str(row["name"]): row for row in inventory.rows("dns_names")}
    arrays = _by_site(inventory.rows("arrays"))
    servers = _by_site(inventory.rows("servers"))
    databases: dict[str, list[Pointer]] = defaultdict(list)
    for pointer in pointers(assessment):
        databases[pointer.site or ""].append(pointer)
    drawn = [
        _panel(site, databases[site], arrays[site], servers[site], names)
        for site in sorted(arrays.keys() | servers.keys() | databases.keys())
    ]
    states = [*State, None]
    return tuple(sorted(drawn, key=lambda p: (states.index(p.worst), -p.many, p.site)))


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
    names: dict[str, Row],
) -> Panel:
    drawn = [array_box(row, names) for row in arrays]
    inside = _stacked([*drawn, *server_boxes(servers, databases, bool(drawn))])
    elsewhere = elsewhere_boxes(databases, {key for box in inside for key in box.keys})
    left = _stacked(database_boxes(databases, [*inside, *elsewhere]))
    border = _bottom([*inside, *left])
    outside = _stacked(elsewhere, border + _PAD + 12)
    targets = [*inside, *outside]
    states = Counter(pointer.state for pointer in databases)
    worst = next((state for state in State if states[state]), None)
    return Panel(
        anchor="site-" + hashlib.sha256(site.encode("utf-8", "replace")).hexdigest()[:12],
        site=site,
        height=max(border, _bottom(outside) if outside else 0),
        border=border,
        boxes=(*left, *targets),
        arrows=tuple(_arrows(left, targets)),
        links=tuple(_links(inside)),
        worst=worst,
        many=states[worst] if worst else 0,
        told=_told(states),
        description=_description(left, targets),
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


def _told(states: Counter[State]) -> str:
    judged = states.total() - states[State.OUTSIDE]
    if not judged:
        return "no database of Exchange 2010"
    if states[State.RIGHT] == judged:
        return f"all {count(judged, 'pointer')} right" if judged > 1 else "1 pointer, right"
    words = {
        State.WRONG: "wrong",
        State.UNKNOWN: "not known",
        State.SERVER: "bound to a server",
    }
    parts = [f"{states[state]:,} {words[state]}" for state in words if states[state]]
    return f"{', '.join(parts)}, of {count(judged, 'pointer')}"


def _description(sources: Sequence[Box], targets: Sequence[Box]) -> str:
    ends = {key: box.lines[0].full for box in targets for key in box.keys}
    parts = [
        f"{name.full} points at {ends.get(box.target or '', 'nothing')}, {note.full}"
        for box in sources
        for name, note in [box.lines]
    ]
    return ". ".join(parts) + "." if parts else "No databases."
