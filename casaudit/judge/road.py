"""The road to a migration target: which versions have to stand between, and what each asks for.

Everything it knows of versions comes from the published reference tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from casaudit.judge.findings import Step, Value

Row = Mapping[str, Value]
Views = Mapping[str, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Road:
    """The way from what is installed to a target.

    Attributes:
        detour: over which versions it leads and why, where the target is not reached at once.
        obstacle: why there is no road; ``None`` when there is one.
        warnings: what to know of the target itself.
    """

    steps: tuple[Step, ...] = ()
    detour: str | None = None
    obstacle: str | None = None
    warnings: tuple[str, ...] = ()


def find_road(views: Views, target: str) -> Road:
    """Return the road with the fewest installations, over the newest versions where that is equal.

    Args:
        views: the published views.
        target: 2013, 2016, 2019, se or exo.
    """
    if target == "exo":
        return _TO_EXCHANGE_ONLINE
    country = _Country(views)
    goal = next(name for name in country.products if name.casefold() == target.casefold())
    if country.is_closed(goal):
        prepared = country.prepared_for
        return Road(
            obstacle=f"setup has prepared the directory for Exchange {prepared}:"
            f" Exchange {goal} can no longer be added where there is none"
        )
    legs = country.legs(goal)
    if legs is None:
        present = _names(country.present)
        return Road(obstacle=f"no known version stands beside both {present} and Exchange {goal}")
    steps = tuple(_steps(country, legs))
    return Road(steps, _detour(country, legs), warnings=tuple(_support(country, goal)))


_TO_EXCHANGE_ONLINE = Road(
    (
        Step(
            "Move the mailboxes to Exchange Online through a hybrid organisation",
            ("the prerequisites of a hybrid organisation are out of scope and were not judged",),
        ),
    )
)


@dataclass
class _Country:
    """What is installed, and what the reference tables say about it."""

    views: Views
    products: dict[str, Row] = field(init=False)
    beside: dict[tuple[str, str], Row] = field(init=False)
    servers: tuple[Row, ...] = field(init=False)
    present: tuple[str, ...] = field(init=False)
    prepared_for: str | None = field(init=False)

    def __post_init__(self) -> None:
        rows = sorted(self.views["v_products"], key=lambda row: str(row["from_key"]))
        self.products = {str(row["product"]): row for row in rows}
        self.beside = {
            (str(row["target"]).casefold(), str(row["product"])): row
            for row in self.views["v_coexistence"]
        }
        self.servers = self.views["v_servers"]
        found = {row["product"] for row in self.servers}
        self.present = tuple(name for name in self.products if name in found)
        organizations = self.views["v_organization"]
        self.prepared_for = next((_text(row["prepared_for"]) for row in organizations), None)

    def row(self, target: str, product: str) -> Row:
        """What setup of a target says of a generation that is there."""
        return self.beside[target.casefold(), product]

    def is_closed(self, product: str) -> bool:
        """Tell whether the directory was prepared beyond a version that is not installed."""
        order = list(self.products)
        if product in self.present or self.prepared_for is None:
            return False
        return order.index(self.prepared_for) > order.index(product)

    def legs(self, goal: str) -> tuple[str, ...] | None:
        """Return the versions to stop at, the goal last."""
        order = list(self.products)
        older = order[: order.index(goal)]
        between = [each for each in older if each in self.present or self._can_be_added(each)]
        found = [
            (*stops, goal)
            for number in range(len(between) + 1)
            for stops in combinations(between, number)
            if self._passable((*stops, goal))
        ]
        return min(found, key=self._effort, default=None)

    def _can_be_added(self, product: str) -> bool:
        targets = {target for target, _ in self.beside}
        return product.casefold() in targets and not self.is_closed(product)

    def _effort(self, legs: tuple[str, ...]) -> tuple[int, int, list[int]]:
        order = list(self.products)
        new = sum(leg not in self.present for leg in legs)
        return new, len(legs), [-order.index(leg) for leg in legs]

    def _passable(self, legs: Sequence[str]) -> bool:
        """Tell whether each stop accepts what the one before has left over."""
        there = set(self.present)
        for leg in legs:
            if leg not in there and not all(self.row(leg, each)["is_allowed"] for each in there):
                return False
            there = {leg, *self.newer(there, leg)}
        return True

    def newer(self, products: Iterable[str], than: str) -> list[str]:
        """Return those of some generations that are newer than one."""
        order = list(self.products)
        return [each for each in products if order.index(each) > order.index(than)]


def _detour(country: _Country, legs: Sequence[str]) -> str | None:
    *stops, goal = legs
    if not stops:
        return None
    refused = [each for each in country.present if not country.row(goal, each)["is_allowed"]]
    return (
        f"Exchange {goal} does not stand beside {_names(refused)}:"
        f" the road leads over {_names(stops)}"
    )


def _steps(country: _Country, legs: Sequence[str]) -> Iterable[Step]:
    there = list(country.present)
    for leg in legs:
        newer = country.newer(there, leg)
        old = [each for each in there if each != leg and each not in newer]
        if leg not in there:
            yield from _updates(country, leg, old)
            yield _installation(country, leg, old, is_hop=leg != legs[-1])
        if old:
            yield Step(
                f"Move everything from {_names(old)} to Exchange {leg}, and remove {_names(old)}",
                tuple(_deadlines(country, leg, old)),
            )
        there = [leg, *newer]


def _updates(country: _Country, leg: str, old: Iterable[str]) -> Iterable[Step]:
    for product in old:
        row = country.row(leg, product)
        if row["minimum_key"] is None:
            continue
        servers = [each for each in country.servers if each["product"] == product]
        done = sum(_at_least(each, row["minimum_key"]) is True for each in servers)
        lacking = sum(_at_least(each, row["minimum_key"]) is False for each in servers)
        if done < len(servers):
            unknown = len(servers) - done - lacking
            yield Step(
                f"Bring every server of Exchange {product} to {row['required']}",
                (f"of {len(servers)}, {done} have it, {lacking} lack it, {unknown} are not known",),
            )


def _at_least(server: Row, minimum: Any) -> bool | None:
    lowest, highest = server["lowest_build_key"], server["highest_build_key"]
    if lowest is not None and str(lowest) >= minimum:
        return True
    return False if highest is not None and str(highest) < minimum else None


def _installation(country: _Country, leg: str, old: Sequence[str], *, is_hop: bool) -> Step:
    beside = f" beside {_names(old)}" if old else ""
    notes: list[str] = []
    if is_hop:
        notes.append(f"a step on the way: judge it by itself with --target {leg.lower()}")
        notes += _support(country, leg)
    if old:
        notes.append("give its first server the shared Autodiscover address right after setup")
    return Step(f"Install Exchange {leg}{beside}", tuple(notes))


def _support(country: _Country, product: str) -> Iterable[str]:
    row = country.products[product]
    if not row["is_supported"]:
        yield f"Exchange {product} has been out of support since {row['support_ended']}"


def _deadlines(country: _Country, leg: str, old: Iterable[str]) -> Iterable[str]:
    for product in old:
        refused = country.beside.get((leg.casefold(), product), {}).get("refused_from")
        if refused:
            yield (
                f"setup of Exchange {leg} {refused} and later refuses Exchange {product}:"
                f" install an earlier release, and update it when Exchange {product} is gone"
            )


def _names(products: Iterable[str]) -> str:
    return " and ".join(f"Exchange {each}" for each in products)


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
