"""report.html: one file that carries everything, complete without script and without network.

Data meets markup in one place: the environment escapes every value and makes its hidden
characters visible, so that no template can forget to.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from casaudit.judge.findings import Assessment, Severity, Verdict, population
from casaudit.report import readiness, words
from casaudit.report.cards import MOST_CARDS, MOST_ROWS, anchor, cards
from casaudit.report.inventory import TABLES, Inventory, Row
from casaudit.report.map import WIDTH, panels
from casaudit.report.pointers import groups, pointers
from casaudit.report.summary import summarize
from casaudit.report.unseen import alike, coverage, missed, told
from casaudit.shipped import REPORT_TEMPLATES
from casaudit.visible import visible

MOST_FACTS = 1_000
"""Rows of an inventory table; the CSV files have no limit."""

MOST_VALUES = 200
"""Values of one list of evidence; findings.json has no limit."""
_SHORT, _LONG = 28, 60


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return report.html."""
    template = _environment().get_template("report.html.j2")
    return {"report.html": template.render(_context(assessment)).encode("utf-8")}


def _context(assessment: Assessment) -> dict[str, Any]:
    summary = summarize(assessment)
    shown, rest = cards(summary.roots)
    style, script = _shipped("report.css"), _shipped("report.js")
    header = _page_header(assessment)
    return {
        "a": assessment,
        "summary": summary,
        "readiness": readiness.told(assessment),
        "cards": shown,
        "causes_without_card": rest,
        **_map(assessment),
        "tables": _tables(assessment),
        **_coverage(assessment),
        "missed": missed(assessment),
        "not_evaluated": alike(assessment.findings, Verdict.NOT_EVALUATED),
        "not_applicable": alike(assessment.findings, Verdict.NOT_APPLICABLE),
        "population": population(assessment.findings),
        "style": Markup(style),
        "script": Markup(script),
        "page_header": Markup(header),
        "policy": _policy((style, header), script),
        "most_rows": MOST_ROWS,
        "most_cards": MOST_CARDS,
        "most_facts": MOST_FACTS,
        "most_values": MOST_VALUES,
    }


def _map(assessment: Assessment) -> dict[str, Any]:
    drawn = panels(assessment)
    sites = {str(row["name"]) for row in assessment.inventory["v_sites"]}
    return {
        "panels": drawn,
        "undrawn": len(sites - {panel.site for panel in drawn}),
        "pointed": groups(pointers(assessment)),
        "map_width": WIDTH,
    }


def _coverage(assessment: Assessment) -> dict[str, Any]:
    seen = coverage(assessment)
    order = list(words.STATUSES)
    return {
        "coverage": seen,
        "coverage_by_status": sorted(seen, key=lambda each: order.index(each.status)),
        "coverage_counts": Counter(each.status for each in seen),
        "unseen": told(seen),
    }


def _tables(assessment: Assessment) -> dict[str, tuple[Sequence[str], list[Row]]]:
    inventory = Inventory(assessment)
    return {
        name: (table.shown, inventory.rows(name)) for name, table in TABLES.items() if table.shown
    }


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(REPORT_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(bdi=_bdi, moment=_moment, anchor=anchor, link=_link)
    environment.globals.update(words=words, Severity=Severity, Verdict=Verdict)
    return environment


def _shown(value: Any) -> Any:
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _bdi(value: str) -> Markup:
    """Isolate foreign text, so that its direction cannot reorder what stands beside it."""
    text = visible(value)
    if len(text) > _LONG:
        return Markup('<bdi class="long">{}</bdi>').format(text)
    shown = Markup("<bdi>{}</bdi>").format(text)
    return shown.replace(".", Markup(".<wbr>")) if len(text) > _SHORT else shown


def _moment(value: datetime) -> Markup:
    shape = '<time datetime="{0:%Y-%m-%dT%H:%M:%SZ}">{0:%Y-%m-%d %H:%M} UTC</time>'
    return Markup(shape).format(value.astimezone(UTC))


def _link(url: str | None) -> str | None:
    """Return an address that may become a link: published ones only."""
    return url if url and url.startswith("https://") else None


def _shipped(name: str) -> str:
    return (REPORT_TEMPLATES / name).read_text(encoding="utf-8")


def _page_header(assessment: Assessment) -> str:
    """Name the report on every printed page; only a style can reach the margin."""
    moment = f"{assessment.collected_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    left = _css_string(f"Client Access audit: {visible(assessment.organization)}")
    right = _css_string(f"Snapshot {moment}, SHA-256 {assessment.snapshot_sha256[:16]}")
    looks = "font: 8pt system-ui, sans-serif; color: #535c69; width: 50%;"
    return (
        f"@page {{ @top-left {{ content: {left}; {looks} }}"
        f" @top-right {{ content: {right}; {looks} }} }}"
    )


def _css_string(text: str) -> str:
    """Write any text as a CSS string in which nothing but letters and digits stands for itself."""
    plain = "".join(
        char if char.isascii() and char.isalnum() else f"\\{ord(char):06X}" for char in text
    )
    return f'"{plain}"'


def _policy(styles: Sequence[str], script: str) -> str:
    allowed = " ".join(_hash(style) for style in styles)
    return (
        f"default-src 'none'; style-src {allowed}; script-src {_hash(script)};"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
