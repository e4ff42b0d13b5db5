"""The upgrade path to a migration target: the versions between, and what each asks for.

Everything it knows of versions comes from the published reference tables.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from casaudit.findings import Finding, UpgradeStep
from casaudit.i18n.languages import Language
from casaudit.migration.legs import (
    Leg,
    Updates,
    departure,
    installation,
    legs,
    supported,
    updates,
)
from casaudit.migration.preparations import preparations
from casaudit.migration.versions import Versions, Views

_ENDPOINT = "2016"
"""The newest version that may be the endpoint of a hybrid organisation beside Exchange 2010."""


@dataclass(frozen=True, slots=True)
class UpgradePath:
    """The path from what is installed to a target.

    Attributes:
        detour: over which versions it leads and why, where the target is not reached at once.
        obstacle: why there is no path; ``None`` when there is one.
        removes: generations that the target refuses, where the path takes them away on its detour.
        warnings: what to know of the target itself.
        leg: the version for which Exchange 2010 is left, with gates and waves of that move.
        updates: what setup of that version asks of the servers that are there.
        preparations: what has to be ready there before the first mailboxes move.
    """

    steps: tuple[UpgradeStep, ...] = ()
    detour: str | None = None
    obstacle: str | None = None
    warnings: tuple[str, ...] = ()
    removes: frozenset[str] = frozenset()
    leg: str | None = None
    updates: tuple[Updates, ...] = ()
    preparations: tuple[str, ...] = ()

    def takes_away(self, finding: Finding) -> bool:
        """Tell whether the path itself takes away the server that a failure is about."""
        return finding.evidence.get("product") in self.removes


def find_upgrade_path(views: Views, target: str, language: Language) -> UpgradePath:
    """Return the path with the fewest installations, over the newest versions where that is equal.

    Args:
        views: the published views.
        target: 2013, 2016, 2019, se or exo.
        language: what to say it in.
    """
    versions = Versions(views, language)
    is_hybrid = target == "exo"
    goal = _endpoint(versions) if is_hybrid else versions.named(target)
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
    return _path(versions, hops, is_hybrid=is_hybrid)


def _endpoint(versions: Versions) -> str:
    # A newer version that is there already is the endpoint; Exchange 2010 stands beside none.
    newer = versions.newer(versions.present, _ENDPOINT)
    return newer[-1] if newer else _ENDPOINT


def _path(versions: Versions, hops: Sequence[str], *, is_hybrid: bool) -> UpgradePath:
    route = list(legs(versions, hops))
    # The one that leaves Exchange 2010 for a newer version: an older one is left for 2010 first.
    first = next((leg for leg in route if "2010" in leg.old), None)
    *stops, goal = hops
    # Only these need the detour; what the target does stand beside may stay till the end.
    refused = [each for each in versions.present if not versions.row(goal, each)["is_allowed"]]
    return UpgradePath(
        steps=tuple(_hybrid(versions, route) if is_hybrid else _steps(versions, route)),
        detour=_detour(versions, goal, refused, stops) if stops else None,
        warnings=tuple(supported(versions, goal)),
        removes=frozenset(refused) if stops else frozenset(),
        leg=first.goal.casefold() if first else None,
        updates=tuple(updates(versions, first)) if first else (),
        preparations=preparations(versions, first.goal, first.old) if first else (),
    )


def _detour(versions: Versions, goal: str, refused: Iterable[str], stops: Iterable[str]) -> str:
    return versions.language.say(
        "Exchange %(goal)s does not stand beside %(refused)s: the road leads over %(stops)s",
        goal=goal,
        refused=versions.names(refused),
        stops=versions.names(stops),
    )


def _steps(versions: Versions, route: Iterable[Leg]) -> Iterator[UpgradeStep]:
    for leg in route:
        yield from installation(versions, leg)
        yield from departure(versions, leg)


def _hybrid(versions: Versions, route: Sequence[Leg]) -> Iterator[UpgradeStep]:
    """The path to Exchange Online: to the endpoint as to a target, but mailboxes move on.

    Sources: Hybrid deployment prerequisites (MicrosoftDocs/OfficeDocs-Exchange); for TLS 1.2 and
    for mail of servers that are out of date the Exchange Team Blog of 2021-01-15 and 2023-12-12.
    """
    say, endpoint = versions.language.say, route[-1]
    yield from _steps(versions, route[:-1])
    yield from installation(versions, endpoint)
    yield UpgradeStep(
        say(
            "Set up the hybrid organisation, with Exchange %(leg)s as its endpoint",
            leg=endpoint.goal,
        ),
        tuple(_prerequisites(versions)),
    )
    old = versions.names(endpoint.old or (endpoint.goal,))
    throttled = say(
        "Exchange Online delays and then refuses mail of servers that are out of date: let none of"
        " Exchange 2010 go there directly, and keep the endpoint up to date"
    )
    remains = say(
        "arbitration mailboxes cannot move there, and mailboxes and public folders that stay move"
        " to Exchange %(leg)s",
        leg=endpoint.goal,
    )
    voice = say(
        "mailboxes with voice mail have Cloud Voicemail before they move: Exchange Online has no"
        " unified messaging"
    )
    yield UpgradeStep(
        say("Move the mailboxes from %(old)s to Exchange Online", old=old),
        (throttled, voice, remains),
    )
    if endpoint.old:
        yield UpgradeStep(say("Remove %(old)s", old=old))


def _prerequisites(versions: Versions) -> Iterator[str]:
    say = versions.language.say
    for product in versions.present:
        row = versions.products[product]
        yield say(
            "Exchange %(product)s: the latest update (%(release)s, as far as is known) or the one"
            " before it on every server",
            product=product,
            release=row["last_name"],
        )
    yield say(
        "TLS 1.2 on the way to Exchange Online, on proxies and mail gateways too: it takes nothing"
        " older"
    )
    yield say(
        "a certificate of a public authority for EWS, Autodiscover and mail, and public DNS that"
        " leads Autodiscover to the endpoint"
    )
    yield say("the directory is synchronised, and the domains are verified")
    yield say("none of this but the versions is judged here")
