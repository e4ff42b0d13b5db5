"""Which columns of the views decide on verdicts and severities, and which are only shown.

Read from the text of the SQL: where that leaves a doubt, a column counts as deciding.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from casaudit.rulebook.rule import Rule
from casaudit.rulebook.statements import words
from casaudit.rulebook.views import View
from tests.support.mutants import definitions
from tests.support.shipped_rules import book

Cell = tuple[str, str]
"""A view and one of its columns; an empty name stands for the choice of its rows."""

ROWS = ""
_NAMED = re.compile(r"'(?:[^']|'')*'|\b(?:(\w+)\.)?(\w+)\b")
_RELATION = re.compile(r"\b(?:FROM|JOIN|,)\s+(\w+)\s+(?:AS\s+)?(\w+)\b", re.IGNORECASE)
_ALWAYS = ("id", "name")


@cache
def deciding() -> frozenset[Cell]:
    """Return every column on which some verdict or severity rests."""
    views = {view.name: view for view in book().views}
    waiting = [cell for rule in book().rules for cell in _read_by_rule(rule, views)]
    found: set[Cell] = set()
    while waiting:
        cell = waiting.pop()
        if cell not in found:
            found.add(cell)
            waiting += _read_by_cell(views[cell[0]], cell[1], views)
    return frozenset(found)


def _read_by_rule(rule: Rule, views: Mapping[str, View]) -> Iterator[Cell]:
    conditions = (*rule.not_applicable, *rule.unknown, *rule.adjust)
    named = words(" ".join([rule.each, rule.must, *(each.when for each in conditions)]))
    for view in (views[name] for name in named & views.keys()):
        wanted = named.union(_ALWAYS) & {column.name for column in view.columns}
        yield from ((view.name, name) for name in (*sorted(wanted), ROWS))


def _read_by_cell(view: View, column: str, views: Mapping[str, View]) -> Iterator[Cell]:
    spans = definitions(view)
    if column != ROWS:
        start, end = spans[column]
        yield view.name, ROWS
        yield from _read(view.select[start:end], view, views)
        return
    rest, end = [], 0
    for start, stop in spans.values():
        rest.append(view.select[end:start])
        end = stop
    yield from _read(" ".join([*rest, view.select[end:]]), view, views)


def _read(text: str, view: View, views: Mapping[str, View]) -> Iterator[Cell]:
    """Yield the columns that a part of a view's SQL names, and the views that it selects from."""
    aliases: dict[str, list[str]] = {}
    for relation, alias in _RELATION.findall(view.select):
        aliases.setdefault(alias, []).append(relation)
    everything = sorted(words(view.select) & views.keys() - {view.name})
    for alias, name in _NAMED.findall(text):
        if name in views:
            yield name, ROWS
        for each in aliases.get(alias) or everything:
            if each in views and any(column.name == name for column in views[each].columns):
                yield each, name
