"""report.html: one file that carries everything, complete without script and without network.

Each section has a module that gives its part of the context; this one puts them together.
"""

from collections.abc import Iterable
from typing import Any

from casaudit.findings import Assessment, Cause, Verdict, population
from casaudit.report import letters, waived, waves
from casaudit.report.checklist import MOST_MOVES
from casaudit.report.endpoints import database_endpoints
from casaudit.report.headline import unjudged_sentence
from casaudit.report.html.cards import MOST_CARDS, MOST_ROWS, cards
from casaudit.report.html.coverage import coverage_context
from casaudit.report.html.head import head_context
from casaudit.report.html.map import map_context
from casaudit.report.html.markup import environment
from casaudit.report.html.sequence import LEFT, WIDTH, move_sequence
from casaudit.report.html.since import changes_context, since
from casaudit.report.html.timeline import timeline_context
from casaudit.report.inventory import TABLES, InventoryTables
from casaudit.report.mending import mending
from casaudit.report.phrases import Phrases, phrases_of
from casaudit.report.readiness import readiness_view
from casaudit.report.sources import MOST_SOURCES, Sources
from casaudit.report.summary import Summary, summarize

MOST_FACTS = 500
"""Rows of an inventory table; the CSV files have no limit."""

MOST_SITE_CAUSES = 10
"""Causes that are named below the drawing of a site; its sheet has no limit."""

MOST_APPEARING = 50
"""Failures that the plan would cause and that are listed; ``casaudit whatif`` has no limit."""

MOST_VALUES = 200
"""Values of one list of evidence; findings.json has no limit."""


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return report.html, and the letters and the checklist of a migration."""
    template = environment(assessment.language).get_template("report.html.j2")
    page = template.render(_context(assessment)).encode("utf-8")
    return {"report.html": page, **letters.files(assessment)}


def _waves_context(assessment: Assessment, phrases: Phrases) -> dict[str, Any]:
    """Return what the section on waves shows, their drawing and their letters."""
    view, found = waves.waves_view(assessment), assessment.migration
    return {
        "waves": view,
        "sequence": move_sequence(found, view.waves, phrases) if found and view else None,
        "sequence_width": WIDTH,
        "sequence_left": LEFT,
        "letters": letters,
        "wave_states": waves.WAVE_STATES,
        "most_waves": waves.MOST_WAVES,
        "most_moves": MOST_MOVES,
    }


def _by_site(causes: Iterable[Cause]) -> dict[str, list[Cause]]:
    """Return the causes that concern each site, worst first."""
    found: dict[str, list[Cause]] = {}
    for cause in causes:
        for site in dict.fromkeys(f.subject.site or "" for f in cause.open):
            found.setdefault(site, []).append(cause)
    return found


def first_page(assessment: Assessment, summary: Summary) -> dict[str, Any]:
    """Return what the first page shows, which is also the brief: there its links lead nowhere."""
    return {
        "a": assessment,
        "summary": summary,
        "linked": False,
        "mend": mending(assessment),
        "since": since(assessment),
        "readiness": readiness_view(assessment),
        **coverage_context(assessment),
        "lacking": sorted(assessment.language.lacking),
        "unjudged": unjudged_sentence(
            summary.counts[Verdict.NOT_EVALUATED], summary.total, phrases_of(assessment)
        ),
    }


def _context(assessment: Assessment) -> dict[str, Any]:
    inventory = InventoryTables(assessment)
    # Answers of resolvers are facts for auditors: they have a CSV file and no table here.
    tables = {name: inventory.rows(name) for name, table in TABLES.items() if table.shown}
    endpoints = database_endpoints(assessment, tables["databases"])
    summary = summarize(assessment, endpoints)
    first = first_page(assessment, summary)
    shown, rest = cards((*summary.roots, *summary.notices), Sources(assessment.inventory))
    phrases = phrases_of(assessment)
    return {
        **first,
        "linked": True,
        **changes_context(assessment),
        **_waves_context(assessment, phrases),
        "outlook": assessment.outlook,
        "most_appearing": MOST_APPEARING,
        "cards": shown,
        "causes_without_card": rest,
        **map_context(endpoints, tables, phrases),
        **timeline_context(tables["certificates"], assessment.as_of),
        "tables": {name: (TABLES[name].shown, rows) for name, rows in tables.items()},
        "site_causes": _by_site(assessment.causes),
        "waivers": waived.waivers_in_order(assessment.waivers),
        "waiver_states": waived.STATES,
        "population": population(assessment.findings),
        **head_context(assessment),
        "most_rows": MOST_ROWS,
        "most_sources": MOST_SOURCES,
        "most_cards": MOST_CARDS,
        "most_facts": MOST_FACTS,
        "most_site_causes": MOST_SITE_CAUSES,
        "most_values": MOST_VALUES,
    }
