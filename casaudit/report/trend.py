"""The trend in papers: a table for the terminal, trend.csv, and trend.html with drawn bars."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from casaudit.findings import Point, Severity, Trend, Value, Verdict
from casaudit.i18n.languages import Language
from casaudit.report.csv import table
from casaudit.report.csv_locale import FOR_PROGRAMS, CsvLocale
from casaudit.report.html.markup import csp_hash, environment
from casaudit.report.labels import SEVERITIES
from casaudit.shipped import REPORT_TEMPLATES
from casaudit.text import count, iso, visible

COLUMNS = (
    "snapshot", "collected_at", "critical", "high", "medium", "low", "info", "open", "waived",
    "came", "went", "not_evaluated", "passed", "not_applicable", "incomplete", "reported_then",
    "notes", "snapshot_sha256", "standing",
)  # fmt: skip

# In units of the drawing's view box; the page scales it.
_WIDTH, _HEIGHT, _LEFT, _TOP = 720, 80, 34, 30
_WIDEST = 48.0
# About the width of a third of a date: with narrower bars only every n-th day is written.
_LEAST_FOR_LABELS = 22


@dataclass(frozen=True, slots=True)
class Bar:
    """One point in a chart: where its bar stands, and what is written at it."""

    x: float
    y: float
    width: float
    height: float
    value: int
    day: str
    note: int | None


@dataclass(frozen=True, slots=True)
class Chart:
    """One count over time."""

    title: str
    style: str
    bars: tuple[Bar, ...]
    told: str


def files(trend: Trend, locale: CsvLocale = FOR_PROGRAMS) -> dict[str, bytes]:
    """Return trend.csv and trend.html."""
    # In English whatever the reports speak: the notes of the points are made in it.
    template = environment(Language()).get_template("trend.html.j2")
    paths = (REPORT_TEMPLATES / name for name in ("report.css", "trend.css"))
    css = "\n".join(path.read_text(encoding="utf-8") for path in paths).strip()
    page = template.render(
        trend=trend,
        count=count,
        charts=_charts(trend),
        notes=_numbered(trend),
        rows=list(_rows(trend)),
        columns=COLUMNS,
        style=Markup(css),
        # The page is opened from a file share: it may load nothing and run nothing.
        policy=f"default-src 'none'; style-src {csp_hash(css)}; base-uri 'none'",
        width=_WIDTH,
        height=_HEIGHT + _TOP + 18,
        base=_HEIGHT + _TOP,
        left=_LEFT,
    )
    return {
        "trend.csv": table(COLUMNS, _rows(trend), locale, {"collected_at"}),
        "trend.html": page.encode("utf-8"),
    }


def trend_table(trend: Trend) -> RenderableType:
    """Return what to print: a line a snapshot, then what to know when comparing them."""
    shown = Table(box=None, pad_edge=False, header_style="bold")
    shown.add_column("Collected")
    for severity in Severity:
        shown.add_column(SEVERITIES[severity], justify="right")
    for head in ("Waived", "Came", "Went", "Not judged", "Notices"):
        shown.add_column(head, justify="right")
    shown.add_column("Snapshot", overflow="fold")
    for point in trend.points:
        numbers = [point.open.get(severity, 0) for severity in Severity]
        numbers += [_waived(point), point.came, point.went, _unjudged(point), point.standing]
        cells = [f"{number:,}" for number in numbers]
        # Text, not str: rich would read markup in the name of a file.
        shown.add_row(f"{point.collected_at:%Y-%m-%d}", *cells, Text(visible(point.name)))
    head = (
        f"{visible(trend.organization)}: {count(len(trend.points), 'snapshot')}, all judged by the"
        " present rules; failures that are open, by severity"
    )
    notes = [Text(visible(f"{day}: {note}")) for _, day, note in _numbered(trend)]
    return Group(Text(head), shown, *notes)


def _waived(point: Point) -> int:
    return point.failures - sum(point.open.values())


def _unjudged(point: Point) -> int:
    return point.verdicts.get(Verdict.NOT_EVALUATED, 0)


def _numbered(trend: Trend) -> list[tuple[int, str, str]]:
    """Number the points that have notes: the mark in the chart, the day, the note."""
    marks = _marks(trend)
    return [
        (marks[place], f"{point.collected_at:%Y-%m-%d}", note)
        for place, point in enumerate(trend.points)
        for note in point.notes
    ]


def _marks(trend: Trend) -> dict[int, int]:
    noted = [place for place, point in enumerate(trend.points) if point.notes]
    return {place: number for number, place in enumerate(noted, 1)}


def _charts(trend: Trend) -> list[Chart]:
    counts = [
        (SEVERITIES[severity], severity.value, [p.open.get(severity, 0) for p in trend.points])
        for severity in Severity
    ]
    counts.append(("Not judged", "not_evaluated", [_unjudged(point) for point in trend.points]))
    return [_chart(trend, title, style, values) for title, style, values in counts]


def _chart(trend: Trend, title: str, style: str, values: list[int]) -> Chart:
    # At least 1, so that a chart without failures has a base to stand on.
    most, step = max([*values, 1]), (_WIDTH - _LEFT) / len(values)
    width = min(_WIDEST, round(step * 0.7, 1))
    marks = _marks(trend)
    every = max(1, round(_LEAST_FOR_LABELS * 3 / step))
    bars = []
    for place, (point, value) in enumerate(zip(trend.points, values, strict=True)):
        height = round(_HEIGHT * value / most, 1)
        bars.append(
            Bar(
                x=round(_LEFT + (place + 0.5) * step - width / 2, 1),
                y=round(_TOP + _HEIGHT - height, 1),
                width=width,
                height=height,
                value=value,
                day=f"{point.collected_at:%Y-%m-%d}" if place % every == 0 else "",
                note=marks.get(place),
            )
        )
    told = f"{title}: {values[0]:,} at first, {max(values):,} at most, {values[-1]:,} at last"
    return Chart(title, style, tuple(bars), told)


def _rows(trend: Trend) -> Iterator[dict[str, Value]]:
    for point in trend.points:
        yield {
            "snapshot": point.name,
            "collected_at": iso(point.collected_at),
            **{severity.value: point.open.get(severity, 0) for severity in Severity},
            "open": sum(point.open.values()),
            "waived": _waived(point),
            "came": point.came,
            "went": point.went,
            "not_evaluated": _unjudged(point),
            "passed": point.verdicts.get(Verdict.PASS, 0),
            "not_applicable": point.verdicts.get(Verdict.NOT_APPLICABLE, 0),
            "incomplete": [f"{name} {status}" for name, status in point.incomplete.items()],
            "reported_then": point.reported,
            "notes": list(point.notes),
            "snapshot_sha256": point.snapshot_sha256,
            "standing": point.standing,
        }
