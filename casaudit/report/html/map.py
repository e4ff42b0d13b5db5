"""The drawn map: one box per site with its databases, arrays and servers, and what points where.

Pure layout: boxes and curves with coordinates; the template only writes them as SVG. An endpoint
out of its site ends at a box drawn outside the site's border.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from casaudit.i18n.languages import marked
from casaudit.report.endpoints import DatabaseEndpoint, EndpointState, endpoint_groups
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
from casaudit.report.phrases import Phrases

WIDTH = 576
_TOP, _GAP, _PAD = 34, 8, 14


_TILES = {
    "wrong": marked("%(some)s of %(all)s wrong"),
    "unknown": marked("%(some)s of %(all)s unclear"),
    "server": marked("%(some)s of %(all)s at servers"),
    "right": marked("%(some)s of %(all)s right"),
}
"""What the overview says of a site, by the worst state of its endpoints."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """A curve from a database to what it points at."""

    path: str
    state: EndpointState


@dataclass(frozen=True, slots=True)
class Panel:
    """One site, ready to draw.

    Attributes:
        anchor: id of the drawing in the page.
        border: height of the site's box; what lies below it is outside the site.
        links: lines from an array to its members.
        states: how many endpoints are in each.
        summary: the state of the site in a few words; ``description`` the drawing in sentences.
    """

    anchor: str
    site: str
    height: int
    border: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    links: tuple[str, ...]
    states: Counter[EndpointState]
    summary: str
    description: str

    @property
    def worst(self) -> EndpointState | None:
        """The worst state of an endpoint; nothing without databases."""
        return next((state for state in EndpointState if self.states[state]), None)

    @property
    def judged(self) -> int:
        """How many endpoints are judged."""
        return self.states.total() - self.states[EndpointState.OUTSIDE]

    @property
    def rank(self) -> tuple[int, int, str]:
        """The worst site first."""
        worst = self.worst
        place = list(EndpointState).index(worst) if worst else len(EndpointState)
        return place, -self.states[worst] if worst else 0, self.site


def map_context(
    found: Sequence[DatabaseEndpoint], tables: Mapping[str, list[Row]], phrases: Phrases
) -> dict[str, Any]:
    """Return the section of the map: its panels, the overview, and the same as a table."""
    drawn = panels(found, tables["arrays"], tables["servers"], phrases)
    sites = {str(row["name"]) for row in tables["sites"]}
    return {
        "panels": drawn,
        "tile_texts": _TILES,
        "sites_by_state": Counter((panel.worst or EndpointState.OUTSIDE).value for panel in drawn),
        "undrawn": len(sites - {panel.site for panel in drawn}),
        "pointed": endpoint_groups(found),
        "map_width": WIDTH,
    }


def panels(
    found: Iterable[DatabaseEndpoint],
    arrays: Iterable[Row],
    servers: Sequence[Row],
    phrases: Phrases,
) -> tuple[Panel, ...]:
    """Draw every site that has an Exchange object, the worst first."""
    # Objects without a known site share the panel of the empty name.
    owners = Owners(servers)
    with_arrays, with_servers = _by_site(arrays), _by_site(servers)
    databases: dict[str, list[DatabaseEndpoint]] = defaultdict(list)
    for each in found:
        databases[each.site or ""].append(each)
    drawn = [
        _panel(site, databases[site], with_arrays[site], with_servers[site], owners, phrases)
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
    databases: Sequence[DatabaseEndpoint],
    arrays: Sequence[Row],
    servers: Sequence[Row],
    owners: Owners,
    phrases: Phrases,
) -> Panel:
    drawn = [array_box(row, owners, phrases) for row in arrays]
    inside = _stacked([*drawn, *server_boxes(servers, databases, bool(drawn), phrases)])
    known = {key for box in inside for key in box.keys}
    elsewhere = elsewhere_boxes(databases, known, phrases)
    left = _stacked(database_boxes(databases, [*inside, *elsewhere], phrases))
    # What lies below the border is drawn outside the site: endpoints of other sites, or of none.
    border = _bottom([*inside, *left])
    # Below the border the template writes a heading first.
    outside = _stacked(elsewhere, border + _PAD + 12)
    targets = [*inside, *outside]
    states = Counter(each.state for each in databases)
    return Panel(
        # A site's name may hold anything; its hash is a valid id, the same in the next run.
        anchor="site-" + hashlib.sha256(site.encode("utf-8", "replace")).hexdigest()[:12],
        site=site,
        height=max(border, _bottom(outside) if outside else 0),
        border=border,
        boxes=(*left, *targets),
        arrows=tuple(_arrows(left, targets)),
        links=tuple(_links(inside)),
        states=states,
        summary=_summary(states, phrases),
        description=_description(left, targets, phrases),
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
        # Arrows of one target end side by side, none on top of another.
        coming = [box for box in sources if box.target in target.keys]
        for number, source in enumerate(coming, start=1):
            # From the rim of the state's disc, whose radius is 9, to the tip of the arrowhead.
            start, end = source.x + source.width + 9, target.x - 5
            y = target.y + round(target.height * number / (len(coming) + 1))
            bend = (start + end) // 2
            path = f"M{start} {source.middle}C{bend} {source.middle} {bend} {y} {end} {y}"
            yield Arrow(path, source.state or EndpointState.UNKNOWN)


def _links(inside: Sequence[Box]) -> Iterable[str]:
    arrays = [box for box in inside if box.kind == "array"]
    for member in (box for box in inside if box.kind == "member"):
        # A box is a member only where there is an array. Where there are several, which one is
        # right is for a rule to say.
        x, bottom = RIGHT + INDENT // 2, arrays[0].y + arrays[0].height
        yield f"M{x} {bottom}V{member.middle}H{member.x}"


_COUNTED = {
    EndpointState.WRONG: marked("%(number)s wrong"),
    EndpointState.UNKNOWN: marked("%(number)s not known"),
    EndpointState.SERVER: marked("%(number)s bound to a server"),
}


def _summary(states: Counter[EndpointState], phrases: Phrases) -> str:
    judged = states.total() - states[EndpointState.OUTSIDE]
    if not judged:
        return phrases.say("no database that a rule judged")
    if states[EndpointState.RIGHT] == judged:
        return phrases.many("%(number)s pointer, right", "all %(number)s pointers right", judged)
    parts = [
        phrases.say(text, number=phrases.number(states[state]))
        for state, text in _COUNTED.items()
        if states[state]
    ]
    return phrases.many(
        "%(parts)s, of %(number)s pointer",
        "%(parts)s, of %(number)s pointers",
        judged,
        parts=", ".join(parts),
    )


def _description(sources: Sequence[Box], targets: Sequence[Box], phrases: Phrases) -> str:
    # From the same boxes as the drawing, so that a screen reader says what is drawn.
    ends = {key: box.lines[0].full for box in targets for key in box.keys}
    parts = [
        phrases.say(
            "%(database)s points at %(endpoint)s, %(note)s.",
            database=name.full,
            endpoint=ends.get(box.target or "") or phrases.say("nothing"),
            note=note.full,
        )
        for box in sources
        for name, note in [box.lines]
    ]
    return " ".join(parts) or phrases.say("No databases.")
