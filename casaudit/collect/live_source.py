"""Reading a live directory: find a controller, open it, walk through it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from casaudit.collect.exchange import collect_directory
from casaudit.collect.gather import Progress
from casaudit.collect.ldap import (
    ControllerFinder,
    Credentials,
    Limits,
    Trail,
    Trust,
    controller_questions,
    open_directory,
)
from casaudit.collect.ldap.credentials import Address
from casaudit.collect.network import NetworkSettings
from casaudit.collect.ports import DnsQuestion
from casaudit.snapshot import DnsAnswer, Snapshot


@dataclass(frozen=True, slots=True)
class LiveAccess:
    """How live directories may be asked.

    Attributes:
        domain_partitions: whether accounts are asked for in the domains too.
    """

    credentials: Credentials
    trust: Trust
    network: NetworkSettings
    domain_partitions: bool


def locating_questions(url: str, settings: NetworkSettings) -> tuple[DnsQuestion, ...]:
    """Return what DNS is asked to find the controllers of a source."""
    return controller_questions(Address.parse(url).host, settings.locating_resolvers)


def read_live(
    url: str,
    access: LiveAccess,
    started: datetime,
    progress: Progress,
    trail: Trail | None = None,
) -> Snapshot:
    """Return what a live directory says; the trail tells how far its opening came.

    Raises:
        SourceError: it cannot be asked, or shows no organisation.
        UsageError: flags that cannot work together.
    """
    # The patience for endpoints may lengthen that for a controller, never shorten it.
    limits = Limits(operation=max(Limits().operation, access.network.timeout))
    finder = ControllerFinder(_asking(access.network), access.network.locating_resolvers)
    trail = trail or Trail()
    with open_directory(
        url, access.credentials, access.trust, limits, finder.candidates, trail
    ) as directory:
        for error in trail.skipped:
            progress(f"{error}; going on with {directory.origin}", 1, 1)
        found = collect_directory(
            directory, directory.origin, started, domain_partitions=access.domain_partitions
        )
        # Asked inside: the USN as it stands after the last search comes over the connection.
        return found.model_copy(update={"controllers": (directory.controller(),)})


def _asking(settings: NetworkSettings) -> Callable[[DnsQuestion], DnsAnswer]:
    """Return what puts one question to a resolver and waits for the answer."""

    def ask(question: DnsQuestion) -> DnsAnswer:
        from casaudit.collect.dns import DnsResolver  # dnspython takes its time to load

        return asyncio.run(DnsResolver(min(5.0, settings.timeout)).ask(question))

    return ask
