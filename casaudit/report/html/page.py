"""report.html: one file that carries everything, complete without script and without network."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

from casaudit.findings import Assessment, Severity, Verdict, population
from casaudit.i18n.languages import ENGLISH, marked
from casaudit.report import changes, labels, readiness, waived, waves
from casaudit.report.endpoints import Pointer, State, groups, pointers
from casaudit.report.headline import unjudged_told
from casaudit.report.html import since, timeline
from casaudit.report.html.cards import MOST_CARDS, MOST_ROWS, cards
from casaudit.report.html.map import WIDTH, panels
from casaudit.report.html.markup import csp_hash, environment
from casaudit.report.inventory import TABLES, Inventory, Row
from casaudit.report.phrases import Speech, speech_of
from casaudit.report.sources import MOST_SOURCES, Sources
from casaudit.report.summary import summarize
from casaudit.report.unseen import alike, coverage, missed, told
from casaudit.shipped import REPORT_TEMPLATES
from casaudit.text import visible

SCRIPT_TEXTS = (
    marked("Copy"),
    marked("Copied"),
    marked("Selected"),
    marked("Copy: %(title)s"),
    marked("Filtered: %(shown)s of %(total)s failures shown."),
    marked("open"),
    marked("waived"),
    marked("new"),
    marked("changed"),
    marked("still open"),
)
"""What ``report.js`` says."""

_TILES = {
    "wrong": marked("%(some)s of %(all)s wrong"),
    "unknown": marked("%(some)s of %(all)s unclear"),
    "server": marked("%(some)s of %(all)s at servers"),
    "right": marked("%(some)s of %(all)s right"),
}
"""What the overview says of a site, by the worst state of its pointers."""

MOST_FACTS = 500
"""Rows of an inventory table; the CSV files have no limit."""

MOST_VALUES = 200
"""Values of one list of evidence; findings.json has no limit."""


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return report.html."""
    template = environment(assessment.language).get_template("report.html.j2")
    return {"report.html": template.render(_context(assessment)).encode("utf-8")}


def _context(assessment: Assessment) -> dict[str, Any]:
    inventory = Inventory(assessment)
    tables = {name: inventory.rows(name) for name, table in TABLES.items() if table.shown}
    pointed = pointers(assessment, tables["databases"])
    summary = summarize(assessment, pointed)
    shown, rest = cards(summary.roots, Sources(assessment.inventory))
    style, script = _shipped("report.css"), _shipped("report.js")
    header, speech = _page_header(assessment), speech_of(assessment)
    return {
        "a": assessment,
        "summary": summary,
        "since": since.since(assessment),
        "changes_told": since.KINDS,
        **_changes(assessment),
        "readiness": readiness.told(assessment),
        "waves": waves.told(assessment),
        "wave_states": waves.WAVE_STATES,
        "most_waves": waves.MOST_WAVES,
        "most_moves": waves.MOST_MOVES,
        "cards": shown,
        "causes_without_card": rest,
        **_map(pointed, tables, speech),
        **_timeline(tables["certificates"], assessment.as_of),
        "tables": {name: (TABLES[name].shown, rows) for name, rows in tables.items()},
        **_coverage(assessment),
        "missed": missed(assessment),
        "not_evaluated": alike(assessment.findings, Verdict.NOT_EVALUATED),
        "not_applicable": alike(assessment.findings, Verdict.NOT_APPLICABLE),
        "waivers": waived.in_order(assessment.waivers),
        "waiver_states": waived.STATES,
        "population": population(assessment.findings),
        "lacking": sorted(assessment.language.lacking),
        "unjudged": unjudged_told(summary.counts[Verdict.NOT_EVALUATED], summary.total, speech),
        "script_words": _script_words(speech),
        "style": Markup(style),
        "script": Markup(script),
        "page_header": Markup(header),
        "policy": _policy((style, header), script),
        "most_rows": MOST_ROWS,
        "most_sources": MOST_SOURCES,
        "most_cards": MOST_CARDS,
        "most_facts": MOST_FACTS,
        "most_values": MOST_VALUES,
    }


def _changes(assessment: Assessment) -> dict[str, Any]:
    compared = assessment.comparison
    found = changes.moved(compared) if compared else []
    return {
        "moved": [(change, changes.finding_of(change)) for change in found],
        "from_rules": changes.from_rules(compared, assessment.language) if compared else None,
        "change_kinds": changes.KINDS,
        "change_causes": since.CAUSES,
    }


def _map(
    found: Sequence[Pointer], tables: Mapping[str, list[Row]], speech: Speech
) -> dict[str, Any]:
    drawn = panels(found, tables["arrays"], tables["servers"], speech)
    sites = {str(row["name"]) for row in tables["sites"]}
    return {
        "panels": drawn,
        "tiles_told": _TILES,
        "sites_by_state": Counter((panel.worst or State.OUTSIDE).value for panel in drawn),
        "undrawn": len(sites - {panel.site for panel in drawn}),
        "pointed": groups(found),
        "map_width": WIDTH,
    }


def _timeline(certificates: Sequence[Row], as_of: datetime) -> dict[str, Any]:
    return {
        "timeline": timeline.timeline(certificates, as_of),
        "timeline_width": timeline.WIDTH,
        "timeline_left": timeline.LEFT,
        "bands": timeline.BANDS,
    }


def _coverage(assessment: Assessment) -> dict[str, Any]:
    seen = coverage(assessment)
    order = list(labels.STATUSES)
    return {
        "coverage": seen,
        "coverage_by_status": sorted(seen, key=lambda each: order.index(each.status)),
        "coverage_counts": Counter(each.status for each in seen),
        "unseen": told(seen, speech_of(assessment)),
    }


def _script_words(speech: Speech) -> Markup:
    """Return what the script says, where that is not English."""
    if speech.language.name == ENGLISH:
        return Markup("")
    said = {english: speech.say(english) for english in SCRIPT_TEXTS}
    said |= {each.value: speech.severities[each] for each in Severity}
    return htmlsafe_json_dumps(said, ensure_ascii=False)


def _shipped(name: str) -> str:
    return (REPORT_TEMPLATES / name).read_text(encoding="utf-8")


def _page_header(assessment: Assessment) -> str:
    """Name the report on every printed page; only a style can reach the margin."""
    moment = f"{assessment.collected_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    say, name = assessment.language.say, visible(assessment.organization)
    left = _css_string(say("Client Access audit: %(organization)s", organization=name))
    digest = assessment.snapshot_sha256[:16]
    right = _css_string(say("Snapshot %(moment)s, SHA-256 %(hash)s", moment=moment, hash=digest))
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
    allowed = " ".join(csp_hash(style) for style in styles)
    return (
        f"default-src 'none'; style-src {allowed}; script-src {csp_hash(script)};"
        " img-src data:; base-uri 'none'; form-action 'none'"
    )
