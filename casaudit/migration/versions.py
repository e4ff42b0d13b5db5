"""What is installed, and what the published reference tables say of versions beside each other."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from casaudit.findings import Value
from casaudit.i18n.languages import Language

Row = Mapping[str, Value]
Views = Mapping[str, tuple[Row, ...]]


@dataclass
class Versions:
    """What is installed, and what the reference tables say about it."""

    views: Views
    language: Language
    products: dict[str, Row] = field(init=False)
    beside: dict[tuple[str, str], Row] = field(init=False)
    requirements: dict[str, Row] = field(init=False)
    servers: tuple[Row, ...] = field(init=False)
    databases: tuple[Row, ...] = field(init=False)
    present: tuple[str, ...] = field(init=False)
    prepared_for: str | None = field(init=False)
    are_servers_known: bool = field(init=False)
    are_databases_known: bool = field(init=False)

    def __post_init__(self) -> None:
        # From the oldest to the newest; every order of versions here is that of this table.
        rows = sorted(self.views["v_products"], key=lambda row: str(row["from_key"]))
        self.products = {str(row["product"]): row for row in rows}
        self.beside = {
            (str(row["target"]).casefold(), str(row["product"])): row
            for row in self.views["v_coexistence"]
        }
        self.requirements = {str(row["product"]): row for row in self.views["v_requirements"]}
        self.servers = self.views["v_servers"]
        self.databases = self.views["v_databases"]
        (seen,) = self.views["v_coverage"]
        self.are_servers_known = bool(seen["servers_complete"])
        self.are_databases_known = bool(seen["databases_complete"])
        found = {row["product"] for row in self.servers}
        self.present = tuple(name for name in self.products if name in found)
        organizations = self.views["v_organization"]
        self.prepared_for = next((_text(row["prepared_for"]) for row in organizations), None)

    def named(self, target: str) -> str:
        """Return the generation that a target means."""
        # The command line takes names in small letters; the tables have SE in capitals.
        return next(name for name in self.products if name.casefold() == target.casefold())

    def row(self, target: str, product: str) -> Row:
        """What setup of a target says of a generation that is there."""
        return self.beside[target.casefold(), product]

    def is_closed(self, product: str) -> bool:
        """Tell whether the directory was prepared beyond a version that is not installed."""
        order = list(self.products)
        # Setup refuses a first server older than what the directory was prepared for.
        if product in self.present or self.prepared_for is None:
            return False
        return order.index(self.prepared_for) > order.index(product)

    def hops(self, goal: str) -> tuple[str, ...] | None:
        """Return the versions to install or to gather on, the goal last; ``None``: no path."""
        order = list(self.products)
        older = order[: order.index(goal)]
        # Seven older generations at most: trying every selection of them is cheap.
        between = [each for each in older if each in self.present or self._can_be_added(each)]
        found = [
            (*stops, goal)
            for number in range(len(between) + 1)
            for stops in combinations(between, number)
            if self._passable((*stops, goal))
        ]
        return min(found, key=self._effort, default=None)

    def is_target(self, product: str) -> bool:
        """Tell whether a generation is one that is migrated to."""
        return any(target == product.casefold() for target, _ in self.beside)

    def _can_be_added(self, product: str) -> bool:
        return self.is_target(product) and not self.is_closed(product)

    def _effort(self, hops: tuple[str, ...]) -> tuple[int, int, list[int]]:
        order = list(self.products)
        # Each installation is work, so fewest first; a newer stop is supported for longer.
        new = sum(hop not in self.present for hop in hops)
        return new, len(hops), [-order.index(hop) for hop in hops]

    def _passable(self, hops: Sequence[str]) -> bool:
        """Tell whether each stop accepts what the one before has left over."""
        there = set(self.present)
        for hop in hops:
            # Setup looks at the whole organisation, not at the site in which it runs.
            if hop not in there and not all(self.row(hop, each)["is_allowed"] for each in there):
                return False
            # At a stop everything older is moved and removed; what is newer stays.
            there = {hop, *self.newer(there, hop)}
        return True

    def names(self, products: Iterable[str]) -> str:
        """Name some generations in a sentence."""
        names = [f"Exchange {self.language.value('product', each)}" for each in products]
        return self.language.say(" and ").join(names)

    def newer(self, products: Iterable[str], than: str) -> list[str]:
        """Return those of some generations that are newer than one."""
        order = list(self.products)
        return [each for each in products if order.index(each) > order.index(than)]


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
