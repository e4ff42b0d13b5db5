"""From failures to repairs: which values the rules' plans change, and to what."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from casaudit.engine.fix_cards import FixCards
from casaudit.engine.loading import Row
from casaudit.engine.rule_run import RuleRun
from casaudit.engine.tables import Tables
from casaudit.findings import (
    Cell,
    Finding,
    Repair,
    Repairs,
    Setting,
    Severity,
    Subject,
    Value,
)
from casaudit.names import host, norm
from casaudit.powershell import Identity, UnsafeValueError, literal
from casaudit.rulebook.plan_entry import ALL, OWN, PlanEntry
from casaudit.rulebook.rule import Commands, Rulebook
from casaudit.text import visible

# A label is only shown by the script; the command names the object by its target.
_LONGEST_LABEL = 200
# Constant texts: the error fills in its values with %, so a name with "100% full" in a text that
# is put together first would itself be taken for a format.
_UNSEEN = "the value of %(name)s was not seen"
_UNSAFE = "%(name)s or its value cannot be written safely"
SETTABLE = "v_settable"
"""The published view of every value that a plan could set."""
# SQLite promises no order of its own, and equal evidence has to give equal plans.
_SETTABLE = f"SELECT * FROM {SETTABLE} ORDER BY setting, site, name, object_id"


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell, and the server that its object belongs to."""

    cell: Cell
    owner_id: str | None


def repairs(book: Rulebook, tables: Tables, judged: Iterable[RuleRun]) -> Repairs:
    """Return what a remediation plan for these failures is made from.

    Observations (severity info) are not repaired.
    """
    places = _places(tables, book.shared.settings)
    planner = _Planner(book, places)
    for each in judged:
        card = planner.remedies.block(each.rule.remediation)
        for finding, row in each.failed if card.plan else ():
            if finding.severity is not Severity.INFO:
                planner.add(finding, each.context(row), row, card)
    return Repairs(
        settings=book.shared.settings,
        decisions=book.shared.decisions,
        cells=tuple(place.cell for place in places),
        repairs=tuple(planner.repairs),
        rests=planner.rests,
        problems=planner.problems,
    )


class _Planner:
    """Collects repairs, finding by finding."""

    def __init__(self, book: Rulebook, places: Sequence[_Place]) -> None:
        self.remedies = FixCards(book)
        self.repairs: list[Repair] = []
        self.rests: dict[str, str] = {}
        self.problems: dict[str, str] = {}
        self._settings = book.shared.settings
        self._of: dict[str, list[_Place]] = defaultdict(list)
        for place in places:
            for key in {place.cell.subject.id, place.owner_id, ALL} - {None}:
                self._of[str(key)].append(place)

    def add(self, finding: Finding, context: Mapping[str, Any], row: Row, card: Commands) -> None:
        """Take up what the plan of a rule says about one failure."""
        found: list[Repair] = []
        try:
            for wanted in card.plan:
                if self.remedies.wording.message(wanted.condition, context):
                    found += self._wanted(finding, wanted, context, row)
        except UnsafeValueError as error:
            # All or nothing: half of a repair can be worse for clients than none.
            self.problems[finding.fingerprint] = f"no value is set by this plan: {error}"
            return
        self.repairs += found
        rest = card.rest and self.remedies.wording.message(card.rest, context)
        strangers = self._strangers(card, context) if found else []
        if strangers:
            # A shell of Exchange 2010 and a newer one cannot set each other's databases.
            own = f"{', '.join(strangers)}: in the shell of the version that runs there"
            rest = f"{rest} {own}".strip() if rest else own
        if rest and found:
            self.rests[finding.fingerprint] = rest

    def _wanted(
        self, finding: Finding, wanted: PlanEntry, context: Mapping[str, Any], row: Row
    ) -> Iterator[Repair]:
        to, source = _value(wanted, context)
        for place in self._chosen(wanted, context, row):
            cell = place.cell
            if not cell.is_known:
                raise UnsafeValueError(_UNSEEN, name=cell.subject.name)
            if cell.target is None or cell.source is None:
                raise UnsafeValueError(_UNSAFE, name=cell.subject.name)
            named = wanted.to and self._settings[cell.setting].resolves
            resolves = literal(norm(str(to))) if named else None
            yield Repair(finding.fingerprint, cell, to, source, wanted.ask, resolves)

    def _chosen(self, wanted: PlanEntry, context: Mapping[str, Any], row: Row) -> list[_Place]:
        # A plan's "on" is the judged object, every object, or the objects that a column names.
        if wanted.on == OWN:
            keys = [str(row["id"])]
        elif wanted.on == ALL:
            keys = [ALL]
        else:
            keys = [each.id for each in context[wanted.on] or ()]
        places = [p for key in keys for p in self._of[key] if p.cell.setting in wanted.set]
        if wanted.hosts is not None:
            hosts = _hosts(context[wanted.hosts])
            places = [p for p in places if _host(p.cell, self._settings) in hosts]
        if wanted.differing:
            several = _several(places, self._settings)
            places = [p for p in places if p.cell.setting in several]
        # An object can be found twice, by its own id and by that of the server it belongs to.
        return list({(p.cell.setting, p.cell.subject.id): p for p in places}.values())

    def _strangers(self, card: Commands, context: Mapping[str, Any]) -> list[str]:
        """Objects on which the plan sets nothing because no setting of them is known here."""
        columns = sorted({wanted.on for wanted in card.plan} - {OWN, ALL})
        named = [each for column in columns for each in context[column] or ()]
        return sorted({each.name for each in named if not self._of[each.id]})


def cells(tables: Tables, settings: Mapping[str, Setting]) -> list[Cell]:
    """Return every settable value that a snapshot shows."""
    return [place.cell for place in _places(tables, settings)]


def _places(tables: Tables, settings: Mapping[str, Setting]) -> list[_Place]:
    # A setting that the rules do not describe cannot be set: views may publish more of them.
    found: dict[tuple[str, str], list[Row]] = {}
    for row in tables.select(_SETTABLE):
        if row["setting"] in settings:
            found.setdefault((row["setting"], row["object_id"]), []).append(row)
    return [_place(rows, settings[setting]) for (setting, _), rows in found.items()]


def _place(rows: Sequence[Row], setting: Setting) -> _Place:
    """One object and setting; where the directory holds it twice it is not known."""
    row = rows[0]
    value = _decoded(row["value"], setting)
    cell = Cell(
        setting=row["setting"],
        subject=Subject(row["kind"], row["name"], row["site"], row["object_id"]),
        value=value,
        is_known=bool(row["is_known"]) and len(rows) == 1,
        weight=row["weight"],
        target=_safe(Identity(row["name"], row["object_id"], is_strict=row["kind"] == "array")),
        source="$null" if value is None else _safe(value),
        label=literal(visible(row["name"])[:_LONGEST_LABEL]),
    )
    return _Place(cell, row["owner_id"])


def _decoded(value: str | None, setting: Setting) -> Value:
    # The view has one column for values of every kind, so truths and lists come as text.
    match setting.compare:
        case "truth":
            return None if value is None else value == "true"
        case "list":
            return None if value is None else [str(each) for each in json.loads(value)]
    return value


def _value(wanted: PlanEntry, context: Mapping[str, Any]) -> tuple[Value, str]:
    """Return the value that an entry states, and its literal; nothing where a person decides."""
    if wanted.to is not None:
        value = context[wanted.to]
        return (value.name if isinstance(value, Identity) else value), literal(value)
    if wanted.value is not None:
        constant = wanted.value
        return (list(constant) if isinstance(constant, tuple) else constant), literal(constant)
    return None, "$null"


def _safe(value: object) -> str | None:
    try:
        return literal(value)
    except UnsafeValueError:
        return None


def _hosts(value: Any) -> set[str | None]:
    return {norm(str(each)) for each in (value if isinstance(value, list) else [value]) if each}


def _host(cell: Cell, settings: Mapping[str, Setting]) -> str | None:
    is_name = settings[cell.setting].compare in {"name", "url"}
    return host(cell.value) if is_name and isinstance(cell.value, str) else None


def _several(places: Iterable[_Place], settings: Mapping[str, Setting]) -> set[str]:
    hosts: dict[str, set[str]] = defaultdict(set)
    for place in places:
        found = _host(place.cell, settings)
        if found is not None:
            hosts[place.cell.setting].add(found)
    return {setting for setting, names in hosts.items() if len(names) > 1}
