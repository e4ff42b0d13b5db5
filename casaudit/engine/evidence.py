"""What a verdict keeps of its row, in little room: a fleet has a million verdicts."""

from collections.abc import Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from casaudit.engine.loading import Row
from casaudit.findings import Provenance, Subject, Value, decoded
from casaudit.rulebook.rule import Condition, Rule
from casaudit.rulebook.templates import names_in
from casaudit.rulebook.views import Column

C = TypeVar("C", bound=Condition)

READ = ("origin", "at", "when_changed", "usn_changed")
"""Parts of a provenance; a row has them with ``source_`` before the name."""

Cells = tuple[Any, ...]


class Evidence(Mapping[str, Value]):
    """The values that a verdict rests on, by column name, taken out of SQLite's form when read."""

    __slots__ = ("_cells", "_places")

    def __init__(self, places: Mapping[str, tuple[int, Column | None]], cells: Cells) -> None:
        self._places = places
        self._cells = cells

    def __getitem__(self, name: str) -> Value:
        place, column = self._places[name]
        return decoded(self._cells[place], column.type if column else "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __repr__(self) -> str:
        return repr(dict(self))


Told = tuple[Subject, Provenance | None]
"""An object, and where its own record was read if its row says so."""


class Pool:
    """What many verdicts of one judgement have in common, each kept once."""

    def __init__(self) -> None:
        self.told: dict[Cells, Told] = {}
        self._texts: dict[str, str] = {}

    def cells(self, cells: Cells) -> Cells:
        """Return cells in which every text is the one that other verdicts have too."""
        keep = self._texts.setdefault
        return tuple([keep(each, each) if type(each) is str else each for each in cells])


class Reader:
    """Takes what verdicts need out of the rows of one rule."""

    def __init__(
        self, names: Sequence[str], rule: Rule, columns: Mapping[str, Column], pool: Pool
    ) -> None:
        self._kind = rule.subject
        self._names = names
        self._pool = pool
        self.place = {name: place for place, name in enumerate(names)}
        self._read = [part for part in READ if f"source_{part}" in self.place]
        told = ("name", "site", "id", *(f"source_{part}" for part in self._read))
        self._told = itemgetter(*(self.place[name] for name in told))
        self._places = {name: (at, columns.get(name)) for at, name in enumerate(rule.evidence)}
        self._evidence = [self.place[name] for name in rule.evidence]

    def row(self, cells: Cells) -> Row:
        """Return a row with its column names."""
        return dict(zip(self._names, cells, strict=True))

    def named(self, template: str, row: Cells) -> Cells:
        """Return the cells that a template names."""
        places = [self.place[name] for name in names_in(template) if name in self.place]
        return tuple([row[at] for at in places])

    def asked(self, conditions: Sequence[C], prefix: str) -> list[tuple[int, C]]:
        """Return conditions of the rule, each with the place of its answer in a row."""
        return [(self.place[f"{prefix}{at}"], each) for at, each in enumerate(conditions)]

    def told(self, row: Cells) -> Told:
        """Return the object that a row is about, and where it was read."""
        key = (self._kind, *self._told(row))
        found = self._pool.told.get(key)
        if found is None:
            found = self._pool.told[key] = self._tell(*self._told(row))
        return found

    def _tell(self, name: Any, site: Any, key: Any, *read: Any) -> Told:
        subject = Subject(self._kind, str(name), site, str(key))
        parts = dict(zip(self._read, read, strict=True))
        return subject, Provenance(**parts) if parts.get("origin") else None

    def evidence(self, row: Cells) -> Evidence:
        """Return the values that the verdict rests on."""
        cells = tuple([row[at] for at in self._evidence])
        return Evidence(self._places, self._pool.cells(cells))
