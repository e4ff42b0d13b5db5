"""The steps of one leg of an upgrade path: from some versions to a newer one beside them.

The order is that of the vendor's checklists: the newer server, its system mailboxes, all that its
clients and mail meet there, and only then the mailboxes. Figures come from the reference tables.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from casaudit.findings import UpgradeStep
from casaudit.migration.preparations import preparations
from casaudit.migration.versions import Row, Versions


@dataclass(frozen=True, slots=True)
class Updates:
    """How many servers of a generation have the update that the next version asks for."""

    product: str
    required: str
    servers: int
    done: int
    lacking: int

    @property
    def unknown(self) -> int:
        """Servers of which it was not seen."""
        return self.servers - self.done - self.lacking


@dataclass(frozen=True, slots=True)
class Leg:
    """One stop of a path.

    Attributes:
        goal: the version that is gathered on; ``old`` those that are left for it.
        is_there: it is installed already.
        is_stop: the path goes on from there.
    """

    goal: str
    old: tuple[str, ...]
    is_there: bool
    is_stop: bool


def legs(versions: Versions, hops: Sequence[str]) -> Iterator[Leg]:
    """Return the legs of a path over some versions."""
    there = list(versions.present)
    for hop in hops:
        newer = versions.newer(there, hop)
        old = tuple(each for each in there if each != hop and each not in newer)
        yield Leg(hop, old, hop in there, hop != hops[-1])
        there = [hop, *newer]


def updates(versions: Versions, leg: Leg) -> Iterator[Updates]:
    """Return what setup of the newer version asks of the older ones, where that is an update."""
    for product in () if leg.is_there else leg.old:
        row = versions.row(leg.goal, product)
        # Setup asks for no particular update of that generation.
        if row["minimum_key"] is None:
            continue
        servers = [each for each in versions.servers if each["product"] == product]
        seen = [_at_least(each, row["minimum_key"]) for each in servers]
        required = versions.language.value("required", str(row["required"]))
        yield Updates(product, required, len(seen), seen.count(True), seen.count(False))


def installation(versions: Versions, leg: Leg) -> Iterator[UpgradeStep]:
    """Return the steps up to the first server of the newer version, tested."""
    say = versions.language.say
    if not leg.is_there:
        yield from _update_steps(versions, leg)
        yield _setup(versions, leg)
    # An older version that others gather on has its system mailboxes, and its clients.
    if leg.old and versions.is_target(leg.goal):
        yield UpgradeStep(
            say(
                "Move the arbitration and discovery mailboxes to Exchange %(leg)s as soon as its"
                " first server is tested",
                leg=leg.goal,
            ),
            (say("until then it writes no administrator audit log and runs no eDiscovery search"),),
        )
        yield UpgradeStep(
            say("Make ready before the first mailboxes move"),
            preparations(versions, leg.goal, leg.old),
        )


def departure(versions: Versions, leg: Leg) -> Iterator[UpgradeStep]:
    """Return the step that leaves the older versions."""
    if leg.old:
        action = versions.language.say(
            "Move everything from %(old)s to Exchange %(leg)s, and remove %(old)s",
            old=versions.names(leg.old),
            leg=leg.goal,
        )
        # Where it is installed already nobody reads what to know before its setup.
        yield UpgradeStep(action, tuple(_deadlines(versions, leg)) if leg.is_there else ())


def supported(versions: Versions, product: str) -> Iterator[str]:
    """Say when support of a version ended, and until when updates are sold, where that is so."""
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


def _update_steps(versions: Versions, leg: Leg) -> Iterable[UpgradeStep]:
    say = versions.language.say
    for each in updates(versions, leg):
        if each.done == each.servers:
            continue
        counts = say(
            "of %(servers)s, %(done)s have it, %(lacking)s lack it, %(unknown)s are not known",
            servers=each.servers,
            done=each.done,
            lacking=each.lacking,
            unknown=each.unknown,
        )
        # The directory shows the service pack at most: a rollup of Exchange 2010 is seen in the
        # file version only.
        notes = (counts, say("collect the file version of ExSetup.exe on those to know it"))
        action = say(
            "Bring every server of Exchange %(product)s to %(required)s",
            product=each.product,
            required=each.required,
        )
        yield UpgradeStep(action, notes if each.unknown else notes[:1])


def _at_least(server: Row, minimum: Any) -> bool | None:
    # What was seen of a server may leave a range of builds; only its ends decide.
    # The keys have a fixed width, so that they compare as texts as builds do as numbers.
    lowest, highest = server["lowest_build_key"], server["highest_build_key"]
    if lowest is not None and str(lowest) >= minimum:
        return True
    return False if highest is not None and str(highest) < minimum else None


def _setup(versions: Versions, leg: Leg) -> UpgradeStep:
    say = versions.language.say
    deadlines = list(_deadlines(versions, leg))
    release = versions.requirements[leg.goal]["release"]
    # The last release is no advice where its setup refuses what is there.
    named = f"{leg.goal} {release}" if release and not deadlines else leg.goal
    action = say("Install Exchange %(leg)s", leg=named)
    notes = [*_requirements(versions, leg), *deadlines]
    if leg.is_stop:
        own_report = say(
            "a target of its own: --target %(target)s shows what stands in its way",
            target=leg.goal.lower(),
        )
        notes += [own_report, *supported(versions, leg.goal)]
    if leg.old:
        old = versions.names(leg.old)
        action = say("Install Exchange %(leg)s beside %(old)s", leg=named, old=old)
        # Else new Outlook profiles find its own name and warn of its self-signed certificate.
        notes.append(say("give its first server the shared Autodiscover address right after setup"))
    return UpgradeStep(action, tuple(notes))


def _requirements(versions: Versions, leg: Leg) -> Iterable[str]:
    say, needs = versions.language.say, versions.requirements[leg.goal]
    if needs["is_core_supported"]:
        yield say("its servers run one of %(windows)s", windows=needs["windows"])
    else:
        yield say(
            "its servers run one of %(windows)s, with Desktop Experience", windows=needs["windows"]
        )
    yield say(
        "the functional level of the forest is %(forest)s or higher, and every domain controller"
        " runs %(controllers)s or newer",
        forest=needs["forest"],
        controllers=needs["oldest_controller"],
    )
    # A controller that an old server cannot use stops that server, whatever the newer ones take.
    for product in leg.old:
        limits = versions.requirements.get(product)
        if limits is not None and limits["newest_controller"]:
            yield _newest_controller(versions, product, limits)


def _newest_controller(versions: Versions, product: str, limits: Row) -> str:
    say, newest = versions.language.say, limits["newest_controller"]
    if limits["newest_from"] is None:
        return say(
            "domain controllers newer than %(newest)s wait until Exchange %(product)s is gone",
            newest=newest,
            product=product,
        )
    return say(
        "domain controllers newer than %(newest)s wait until Exchange %(product)s is gone, and"
        " those newer than %(before)s until all its servers run %(update)s",
        newest=newest,
        product=product,
        before=limits["newest_before"],
        update=limits["newest_from"],
    )


def _deadlines(versions: Versions, leg: Leg) -> Iterable[str]:
    for product in leg.old:
        # A later release of a target may refuse what an earlier one accepts.
        row, say = versions.beside.get((leg.goal.casefold(), product), {}), versions.language.say
        release, month = row.get("refused_from"), row.get("refused_planned")
        if release and month:
            release = say("%(release)s (planned by %(month)s)", release=release, month=month)
        if release:
            yield say(
                "setup of Exchange %(leg)s %(release)s and later refuses Exchange %(product)s:"
                " install an earlier release, and update it when Exchange %(product)s is gone",
                leg=leg.goal,
                release=release,
                product=product,
            )
