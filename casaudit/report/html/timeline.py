"""When certificates end: each in a band of days before its end, drawn along one axis of time.

Pure layout: marks and columns with coordinates; the template only writes them as SVG. The bands
have fixed widths, so that the next ninety days are as readable as the years behind them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any

from casaudit.i18n.languages import marked
from casaudit.report.html.layout import BOLD_CHARACTER, TextLine, fit
from casaudit.report.inventory import Row

WIDTH = 920
LEFT = 262
"""Where the axis begins; the names stand before it."""

MOST_LINES = 30
"""Certificates that are drawn with a line each; more are drawn as columns that count them."""

TALLEST = 110
"""Height of the highest column."""

_TOP, _LINE, _BELOW = 44, 22, 30
_BINS = 8


class Band(StrEnum):
    """How soon a certificate ends, soonest first."""

    EXPIRED = "expired"
    MONTH = "month"
    QUARTER = "quarter"
    LATER = "later"
    UNKNOWN = "unknown"


BANDS = {
    Band.EXPIRED: marked("expired"),
    Band.MONTH: marked("less than 30 days"),
    Band.QUARTER: marked("30 to 89 days"),
    Band.LATER: marked("90 days or more"),
    Band.UNKNOWN: marked("end not known"),
}
_FROM = {Band.MONTH: 0, Band.QUARTER: 30, Band.LATER: 90}
# Where each band begins, in units of the drawing.
_EDGES = {Band.EXPIRED: LEFT, Band.MONTH: 412, Band.QUARTER: 562, Band.LATER: 722}


@dataclass(frozen=True, slots=True)
class Ending:
    """One certificate.

    Attributes:
        row: what the views know of it; ``days`` are whole ones, negative after its end.
        x: of its end on the axis; ``None`` when that is not known.
    """

    row: Row
    band: Band
    days: int | None
    name: TextLine
    x: int | None
    y: int


@dataclass(frozen=True, slots=True)
class CountColumn:
    """Certificates whose ends lie close together, counted."""

    band: Band
    count: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Zone:
    """A band on the axis, with the day on which it begins."""

    band: Band
    x: int
    width: int
    starts: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Every certificate by its end, ready to draw.

    Attributes:
        endings: all of them, those that end first before the others.
        columns: empty when there are few enough for a line each.
        last: the day at the end of the axis.
    """

    endings: tuple[Ending, ...]
    columns: tuple[CountColumn, ...]
    zones: tuple[Zone, ...]
    counts: Counter[Band]
    last: str
    height: int


def timeline_context(certificates: Sequence[Row], as_of: datetime) -> dict[str, Any]:
    """Return the section of certificates by their ends."""
    return {
        "timeline": timeline(certificates, as_of),
        "timeline_width": WIDTH,
        "timeline_left": LEFT,
        "bands": BANDS,
    }


def timeline(certificates: Iterable[Row], as_of: datetime) -> Timeline:
    """Put certificates on an axis of time around the reference day."""
    rows = sorted(certificates, key=_soonness)
    ends = _ends([days for row in rows if (days := _days(row)) is not None])
    endings = tuple(_ending(row, place, ends) for place, row in enumerate(rows))
    columns = _columns(endings) if len(endings) > MOST_LINES else ()
    room = TALLEST + 16 if columns else _LINE * len(endings)
    return Timeline(
        endings=endings,
        columns=columns,
        zones=_zones(as_of, ends[0]),
        counts=Counter(each.band for each in endings),
        last=_day(as_of, ends[1]),
        height=_TOP + room + _BELOW,
    )


def _soonness(row: Row) -> tuple[bool, float, str]:
    days = _days(row)
    return days is None, days or 0, str(row["name"])


def _days(row: Row) -> int | None:
    days = row["days_left"]
    return days if isinstance(days, int) else None


def _band(days: int | None) -> Band:
    if days is None:
        return Band.UNKNOWN
    if days < 0:
        return Band.EXPIRED
    return Band.MONTH if days < 30 else Band.QUARTER if days < 90 else Band.LATER


def _ends(days: Sequence[int]) -> tuple[int, int]:
    """Return the days at both ends of the axis, no closer than is readable."""
    # The past ends behind the oldest certificate, so that its mark does not stand on the edge.
    return round(1.2 * min([-25, *days])), max([180, *days])


def _ending(row: Row, place: int, ends: tuple[int, int]) -> Ending:
    days = _days(row)
    return Ending(
        row=row,
        band=_band(days),
        days=days,
        name=fit(str(row["name"]), LEFT, BOLD_CHARACTER),
        x=None if days is None else _x(days, ends),
        y=_TOP + _LINE * place + _LINE // 2,
    )


def _x(days: int, ends: tuple[int, int]) -> int:
    """Return the place of a day: linear inside its band, whose limits are fixed."""
    limits = [ends[0], 0, 30, 90, ends[1]]
    places = [*_EDGES.values(), WIDTH - 14]
    for (first, last), (left, right) in zip(pairwise(limits), pairwise(places), strict=True):
        # The last band has its end too, else what ends last would fall off the axis.
        if days < last or last == ends[1]:
            return left + round((right - left) * (days - first) / (last - first))
    return WIDTH


def _columns(endings: Sequence[Ending]) -> tuple[CountColumn, ...]:
    counts: Counter[tuple[Band, int]] = Counter()
    widths = dict(zip(_EDGES, _widths(), strict=True))
    for each in endings:
        if each.x is not None:
            # The last column of a band takes what rounding leaves over.
            step = widths[each.band] // _BINS
            counts[each.band, min((each.x - _EDGES[each.band]) // step, _BINS - 1)] += 1
    most = max(counts.values(), default=1)
    bottom = _TOP + TALLEST + 16
    return tuple(
        CountColumn(
            band=band,
            count=count,
            x=_EDGES[band] + place * (widths[band] // _BINS) + 1,
            y=bottom - height,
            width=widths[band] // _BINS - 2,
            height=height,
        )
        for (band, place), count in sorted(counts.items())
        # A single certificate stays visible beside a thousand.
        for height in [max(3, round(TALLEST * count / most))]
    )


def _widths() -> list[int]:
    return [right - left for left, right in pairwise([*_EDGES.values(), WIDTH - 14])]


def _zones(as_of: datetime, first: int) -> tuple[Zone, ...]:
    return tuple(
        Zone(band, _EDGES[band], width, _day(as_of, _FROM.get(band, first)))
        for band, width in zip(_EDGES, _widths(), strict=True)
    )


def _day(as_of: datetime, days: int) -> str:
    return f"{as_of.astimezone(UTC) + timedelta(days=days):%Y-%m-%d}"
