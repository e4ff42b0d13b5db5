"""The layers of the views: what each may read, one view a file, none long, none unread."""

import re
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from casaudit.engine.settings import Settings
from casaudit.rulebook.statements import words
from casaudit.rulebook.views import View, parse_views
from casaudit.shipped import RULES
from casaudit.snapshot import Snapshot
from tests.support.shipped_rules import book

LAYERS = {"staging": "s_", "intermediate": "w_", "published": "v_"}
MAY_READ = {"staging": (), "intermediate": ("s_", "w_"), "published": ("s_", "w_", "v_")}
LINES = 60
DEPTH = 13
_RELATION = re.compile(r"(?:\bFROM|\bJOIN|,)\s+(\w+)\s+\w\b|\bFROM\s+(\w+)")
ONE_ROW = 40
"""Lines of a published view beside one for each column that it has to show."""
WIDTH = 120
_LONG_TEXT = re.compile(r"'[^']{80,}'")


def _files() -> list[Path]:
    return sorted((RULES / "views").rglob("*.sql"))


@cache
def _raw() -> frozenset[str]:
    """Every table that is loaded: evidence, settings, reference data."""
    loaded = {*Snapshot.model_fields, *Settings().tables("2026-01-01T00:00:00Z")}
    return frozenset(
        loaded | {"certificate_chains", "context"} | {f"data_{n}" for n in book().data}
    )


@cache
def _views() -> dict[str, View]:
    return {view.name: view for view in book().views}


def _reads(view: View) -> frozenset[str]:
    return words(view.select) & _views().keys() - {view.name}


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.stem)
def test_a_file_holds_one_view_of_its_name_and_layer(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    (view,) = parse_views(text, str(path))
    assert view.name == path.stem
    assert view.name.startswith(LAYERS[path.parent.name])
    shown = len(view.columns) + ONE_ROW if view.is_published else 0
    sql = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    assert len(sql) <= max(LINES, shown)
    # A sentence for readers is translated as a whole, so that it stands in one line.
    lines = [_LONG_TEXT.sub("''", line) for line in text.splitlines()]
    assert [line for line in lines if len(line) > WIDTH] == []


@pytest.mark.parametrize("path", _files(), ids=lambda path: path.stem)
def test_a_view_reads_what_its_layer_may(path: Path) -> None:
    view, layer = _views()[path.stem], path.parent.name
    assert [name for name in _reads(view) if not name.startswith(MAY_READ[layer])] == []
    raw = {name for pair in _RELATION.findall(view.select) for name in pair} & _raw()
    beside = {name for name in raw if name.startswith("data_")}
    assert len(raw - beside) <= (layer == "staging")
    assert layer == "staging" or beside == set()


def test_views_rest_on_few_others() -> None:
    deep: dict[str, int] = {}
    reads = {name: _reads(view) for name, view in _views().items()}
    for name in TopologicalSorter(reads).static_order():
        deep[name] = 1 + max((deep[other] for other in reads[name]), default=0)
    assert {name: depth for name, depth in deep.items() if depth > DEPTH} == {}


def test_every_work_view_is_read() -> None:
    read = frozenset[str]().union(*(_reads(view) for view in _views().values()))
    assert [name for name, view in _views().items() if not view.is_published | (name in read)] == []
