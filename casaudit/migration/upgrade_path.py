"""The upgrade path to a migration target: the versions between, and what each asks for.

Everything it knows of versions comes from the published reference tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from casaudit.findings import UpgradeStep, Value
from casaudit.i18n.languages import Language

Row = Mapping[str, Value]
Views = Mapping[str, tuple[Row, ...]]


@dataclass(frozen=True, slots=True)
class UpgradePath:
    """The path from what is installed to a target.

    Attributes:
        detour: over which versions it leads and why, where the target is not reached at once.
        obstacle: why there is no path; ``None`` when there is one.
        removes: generations that the target refuses, where the path takes them away on its detour.
        warnings: what to know of the target itself.
    """

    steps: tuple[UpgradeStep, ...] = ()
    detour: str | None = None
    obstacle: str | None = None
    warnings: tuple[str, ...] = ()
    removes: frozenset[str] = frozenset()


def find_upgrade_path(views: Views, target: str, language: Language) -> UpgradePath:
    """Return the path with the fewest installations, over the newest versions where that is equal.

    Args:
        views: the published views.
        target: 2013, 2016, 2019, se or exo.
        language: what to say it in.
    """
    if target == "exo":
        return _to_exchange_online(language)
    versions = _Versions(views, language)
    # The command line takes names in small letters; the tables have SE in capitals.
    goal = next(name for name in versions.products if name.casefold() == target.casefold())
    if versions.is_closed(goal):
        obstacle = language.say(
            "setup has prepared the directory for Exchange %(prepared)s: Exchange %(goal)s can no"
            " longer be added where there is none",
            prepared=versions.prepared_for,
            goal=goal,
        )
        return UpgradePath(obstacle=obstacle)
    hops = versions.hops(goal)
    if hops is None:
        obstacle = language.say(
            "no known version stands beside both %(present)s and Exchange %(goal)s",
            present=versions.names(versions.present),
            goal=goal,
        )
        return UpgradePath(obstacle=obstacle)
    steps, warnings = tuple(_steps(versions, hops)), tuple(_support(versions, goal))
    *stops, goal = hops
    if not stops:
        return UpgradePath(steps, warnings=warnings)
    # Only these need the detour; what the target does stand beside may stay till the end.
    refused = [each for each in versions.present if not versions.row(goal, each)["is_allowed"]]
    detour = language.say(
        "Exchange %(goal)s does not stand beside %(refused)s: the road leads over %(stops)s",
        goal=goal,
        refused=versions.names(refused),
        stops=versions.names(stops),
    )
    return UpgradePath(steps, detour, warnings=warnings, removes=frozenset(refused))


def _to_exchange_online(language: Language) -> UpgradePath:
    move = language.say("Move the mailboxes to Exchange Online through a hybrid organisation")
    unasked = language.say(
        "the prerequisites of a hybrid organisation are out of scope and were not judged"
    )
    return UpgradePath((UpgradeStep(move, (unasked,)),))


@dataclass
class _Versions:
    """What is installed, and what the reference tables say about it."""

    views: Views
    language: Language
    products: dict[str, Row] = field(init=False)
    beside: dict[tuple[str, str], Row] = field(init=False)
    servers: tuple[Row, ...] = field(init=False)
    present: tuple[str, ...] = field(init=False)
    prepared_for: str | None = field(init=False)

    def __post_init__(self) -> None:
        # From the oldest to the newest; every order of versions here is that of this table.
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

    def _can_be_added(self, product: str) -> bool:
        targets = {target for target, _ in self.beside}
        return product.casefold() in targets and not self.is_closed(product)

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


def _steps(versions: _Versions, hops: Sequence[str]) -> Iterable[UpgradeStep]:
    there = list(versions.present)
    for hop in hops:
        newer = versions.newer(there, hop)
        old = [each for each in there if each != hop and each not in newer]
        if hop not in there:
            yield from _updates(versions, hop, old)
            yield _installation(versions, hop, old, is_stop=hop != hops[-1])
        if old:
            action = versions.language.say(
                "Move everything from %(old)s to Exchange %(leg)s, and remove %(old)s",
                old=versions.names(old),
                leg=hop,
            )
            yield UpgradeStep(action, tuple(_deadlines(versions, hop, old)))
        there = [hop, *newer]


def _updates(versions: _Versions, hop: str, old: Iterable[str]) -> Iterable[UpgradeStep]:
    for product in old:
        row = versions.row(hop, product)
        # Setup asks for no particular update of that generation.
        if row["minimum_key"] is None:
            continue
        servers = [each for each in versions.servers if each["product"] == product]
        done = sum(_at_least(each, row["minimum_key"]) is True for each in servers)
        lacking = sum(_at_least(each, row["minimum_key"]) is False for each in servers)
        unknown = len(servers) - done - lacking
        say = versions.language.say
        counts = say(
            "of %(servers)s, %(done)s have it, %(lacking)s lack it, %(unknown)s are not known",
            servers=len(servers),
            done=done,
            lacking=lacking,
            unknown=unknown,
        )
        # The directory shows the service pack at most: a rollup of Exchange 2010 is seen in the
        # file version only.
        notes = (counts, say("collect the file version of ExSetup.exe on those to know it"))
        if done < len(servers):
            action = say(
                "Bring every server of Exchange %(product)s to %(required)s",
                product=product,
                required=versions.language.value("required", str(row["required"])),
            )
            yield UpgradeStep(action, notes if unknown else notes[:1])


def _at_least(server: Row, minimum: Any) -> bool | None:
    # What was seen of a server may leave a range of builds; only its ends decide.
    # The keys have a fixed width, so that they compare as texts as builds do as numbers.
    lowest, highest = server["lowest_build_key"], server["highest_build_key"]
    if lowest is not None and str(lowest) >= minimum:
        return True
    return False if highest is not None and str(highest) < minimum else None


def _installation(
    versions: _Versions, hop: str, old: Sequence[str], *, is_stop: bool
) -> UpgradeStep:
    say = versions.language.say
    action = say("Install Exchange %(leg)s", leg=hop)
    notes: list[str] = []
    if is_stop:
        own_report = say(
            "a target of its own: --target %(target)s shows what stands in its way",
            target=hop.lower(),
        )
        notes += [own_report, *_support(versions, hop)]
    if old:
        action = say("Install Exchange %(leg)s beside %(old)s", leg=hop, old=versions.names(old))
        # Else new Outlook profiles find its own name and warn of its self-signed certificate.
        notes.append(say("give its first server the shared Autodiscover address right after setup"))
    return UpgradeStep(action, tuple(notes))


def _support(versions: _Versions, product: str) -> Iterable[str]:
    row, say = versions.products[product], versions.language.say
    if not row["is_supported"]:
        yield say(
            "support of Exchange %(product)s ended on %(day)s",
            product=product,
            day=row["support_ended"],
        )
    if row["paid_until"] is not None:
        yield say(
            "updates of Exchange %(product)s that are paid for: until %(month)s",
            product=product,
            month=row["paid_until"],
        )


def _deadlines(versions: _Versions, hop: str, old: Iterable[str]) -> Iterable[str]:
    for product in old:
        # A later release of a target may refuse what an earlier one accepts.
        row, say = versions.beside.get((hop.casefold(), product), {}), versions.language.say
        release, month = row.get("refused_from"), row.get("refused_planned")
        if release and month:
            release = say("%(release)s (planned by %(month)s)", release=release, month=month)
        if release:
            yield say(
                "setup of Exchange %(leg)s %(release)s and later refuses Exchange %(product)s:"
                " install an earlier release, and update it when Exchange %(product)s is gone",
                leg=hop,
                release=release,
                product=product,
            )


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
