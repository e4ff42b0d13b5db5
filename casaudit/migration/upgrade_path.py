"""The road to a migration target: which versions have to stand between, and what each asks for.

Everything it knows of versions comes from the published reference tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from casaudit.findings import Step, Value
from casaudit.i18n.languages import Language

VERSIONS = "CAS-MIGRATE-002"
"""The rule on servers that keep a target out."""

Row = Mapping[str, Value]
Views = Mapping[str, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class Road:
    """The way from what is installed to a target.

    Attributes:
        detour: over which versions it leads and why, where the target is not reached at once.
        obstacle: why there is no road; ``None`` when there is one.
        removes: generations that the target refuses, where the road takes them away on its detour.
        warnings: what to know of the target itself.
    """

    steps: tuple[Step, ...] = ()
    detour: str | None = None
    obstacle: str | None = None
    warnings: tuple[str, ...] = ()
    removes: frozenset[str] = frozenset()


def find_road(views: Views, target: str, language: Language) -> Road:
    """Return the road with the fewest installations, over the newest versions where that is equal.

    Args:
        views: the published views.
        target: 2013, 2016, 2019, se or exo.
        language: what to say it in.
    """
    if target == "exo":
        return _to_exchange_online(language)
    country = _Country(views, language)
    goal = next(name for name in country.products if name.casefold() == target.casefold())
    if country.is_closed(goal):
        obstacle = language.say(
            "setup has prepared the directory for Exchange %(prepared)s: Exchange %(goal)s can no"
            " longer be added where there is none",
            prepared=country.prepared_for,
            goal=goal,
        )
        return Road(obstacle=obstacle)
    legs = country.legs(goal)
    if legs is None:
        obstacle = language.say(
            "no known version stands beside both %(present)s and Exchange %(goal)s",
            present=country.names(country.present),
            goal=goal,
        )
        return Road(obstacle=obstacle)
    steps, warnings = tuple(_steps(country, legs)), tuple(_support(country, goal))
    *stops, goal = legs
    if not stops:
        return Road(steps, warnings=warnings)
    refused = [each for each in country.present if not country.row(goal, each)["is_allowed"]]
    detour = language.say(
        "Exchange %(goal)s does not stand beside %(refused)s: the road leads over %(stops)s",
        goal=goal,
        refused=country.names(refused),
        stops=country.names(stops),
    )
    return Road(steps, detour, warnings=warnings, removes=frozenset(refused))


def _to_exchange_online(language: Language) -> Road:
    move = language.say("Move the mailboxes to Exchange Online through a hybrid organisation")
    unasked = language.say(
        "the prerequisites of a hybrid organisation are out of scope and were not judged"
    )
    return Road((Step(move, (unasked,)),))


@dataclass
class _Country:
    """What is installed, and what the reference tables say about it."""

    views: Views
    language: Language
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

    def names(self, products: Iterable[str]) -> str:
        """Name some generations in a sentence."""
        said = [f"Exchange {self.language.value('product', each)}" for each in products]
        return self.language.say(" and ").join(said)

    def newer(self, products: Iterable[str], than: str) -> list[str]:
        """Return those of some generations that are newer than one."""
        order = list(self.products)
        return [each for each in products if order.index(each) > order.index(than)]


def _steps(country: _Country, legs: Sequence[str]) -> Iterable[Step]:
    there = list(country.present)
    for leg in legs:
        newer = country.newer(there, leg)
        old = [each for each in there if each != leg and each not in newer]
        if leg not in there:
            yield from _updates(country, leg, old)
            yield _installation(country, leg, old, is_hop=leg != legs[-1])
        if old:
            action = country.language.say(
                "Move everything from %(old)s to Exchange %(leg)s, and remove %(old)s",
                old=country.names(old),
                leg=leg,
            )
            yield Step(action, tuple(_deadlines(country, leg, old)))
        there = [leg, *newer]


def _updates(country: _Country, leg: str, old: Iterable[str]) -> Iterable[Step]:
    for product in old:
        row = country.row(leg, product)
        if row["minimum_key"] is None:
            continue
        servers = [each for each in country.servers if each["product"] == product]
        done = sum(_at_least(each, row["minimum_key"]) is True for each in servers)
        lacking = sum(_at_least(each, row["minimum_key"]) is False for each in servers)
        unknown = len(servers) - done - lacking
        say = country.language.say
        told = say(
            "of %(servers)s, %(done)s have it, %(lacking)s lack it, %(unknown)s are not known",
            servers=len(servers),
            done=done,
            lacking=lacking,
            unknown=unknown,
        )
        notes = (told, say("collect the file version of ExSetup.exe on those to know it"))
        if done < len(servers):
            action = say(
                "Bring every server of Exchange %(product)s to %(required)s",
                product=product,
                required=country.language.value("required", str(row["required"])),
            )
            yield Step(action, notes if unknown else notes[:1])


def _at_least(server: Row, minimum: Any) -> bool | None:
    lowest, highest = server["lowest_build_key"], server["highest_build_key"]
    if lowest is not None and str(lowest) >= minimum:
        return True
    return False if highest is not None and str(highest) < minimum else None


def _installation(country: _Country, leg: str, old: Sequence[str], *, is_hop: bool) -> Step:
    say = country.language.say
    action = say("Install Exchange %(leg)s", leg=leg)
    notes: list[str] = []
    if is_hop:
        told = say(
            "a target of its own: --target %(target)s shows what stands in its way",
            target=leg.lower(),
        )
        notes += [told, *_support(country, leg)]
    if old:
        action = say("Install Exchange %(leg)s beside %(old)s", leg=leg, old=country.names(old))
        notes.append(say("give its first server the shared Autodiscover address right after setup"))
    return Step(action, tuple(notes))


def _support(country: _Country, product: str) -> Iterable[str]:
    row = country.products[product]
    if not row["is_supported"]:
        yield country.language.say(
            "Exchange %(product)s has been out of support since %(day)s",
            product=product,
            day=row["support_ended"],
        )


def _deadlines(country: _Country, leg: str, old: Iterable[str]) -> Iterable[str]:
    for product in old:
        refused = country.beside.get((leg.casefold(), product), {}).get("refused_from")
        if refused:
            yield country.language.say(
                "setup of Exchange %(leg)s %(release)s and later refuses Exchange %(product)s:"
                " install an earlier release, and update it when Exchange %(product)s is gone",
                leg=leg,
                release=refused,
                product=product,
            )


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
