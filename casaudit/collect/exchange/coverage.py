"""How much of a section was seen, judged by the containers that could be looked into.

A search over a whole subtree leaves out in silence what rights hide, and what an export does
not hold. So the containers are asked for one by one:

- one that a group of Exchange 2010 servers must have and that cannot be seen makes its section
  partial;
- when a source, a file, holds none of a section's containers, the section was not collected, or
  is partial where records of it are there all the same (an export made through a filter).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from casaudit.collect.exchange.queries import Container
from casaudit.collect.exchange.servers import FIRST_2010, FIRST_2013, is_version
from casaudit.collect.ports import SearchResult
from casaudit.dn import is_below, norm_dn
from casaudit.snapshot import Gap, Reason, SectionName, Server, Status

# EXCHANGE12ROCKS with every character moved on by one; setup has used it since Exchange 2007.
MODERN_GROUP = "fydibohf23spdlt"
"""Part of the name of the one administrative group that all servers since 2007 share."""

FILTERED = (
    "if this is an export, make it again of all of CN=Configuration, without a filter: "
    "ldifde -f exchange.ldf -d CN=Configuration,DC=... -p subtree"
)
"""What to do where a filter or a narrower base may have left something out."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How much of a section was seen, and what was not."""

    status: Status
    gaps: tuple[Gap, ...] = ()


def standing(
    section: SectionName,
    answers: Sequence[SearchResult],
    found: bool,
    *,
    missing: Sequence[Gap] = (),
    held: bool = True,
    lost: bool = False,
) -> Standing:
    """Return how much of a section was seen.

    Args:
        section: the section.
        answers: the answers that its records come from.
        found: whether there are records at all.
        missing: what should have been there.
        held: whether the source was meant to hold the section.
        lost: whether an entry could not become a record.
    """
    gaps = tuple(gap for answer in answers for gap in answer.gaps)
    if any(is_broken(answer) for answer in answers):
        seen = found or any(answer.complete for answer in answers)
        return Standing(Status.PARTIAL if seen else Status.FAILED, gaps)
    if not held and not found:
        return Standing(Status.NOT_COLLECTED, gaps)
    if not held:
        missing = (
            _gap(section, section.value, "the export does not hold their container; " + FILTERED),
        )
    partial = bool(missing) or lost
    return Standing(Status.PARTIAL if partial else Status.COMPLETE, (*gaps, *missing))


def is_broken(answer: SearchResult) -> bool:
    """Tell whether a search did not come to its end."""
    return not answer.complete and bool(answer.gaps)


def is_not_held(answer: SearchResult) -> bool:
    """Tell whether a source was never meant to hold what was asked for."""
    return not answer.complete and not answer.gaps


@dataclass(frozen=True, slots=True)
class Containers:
    """The containers of all administrative groups, as far as they could be seen.

    Attributes:
        answers: to the searches for the containers themselves, by container and the group's DN.
        servers: the servers that were seen.
        top: the container above the groups.
        top_held: whether the source was meant to hold the groups.
    """

    answers: Mapping[tuple[Container, str], SearchResult]
    servers: Sequence[Server]
    top: str
    top_held: bool

    def of(self, container: Container) -> dict[str, SearchResult]:
        """Return the answers for one kind of container, by group."""
        return {
            group: answer for (kind, group), answer in self.answers.items() if kind is container
        }

    def held(self, container: Container) -> bool:
        """Tell whether the source was meant to hold this kind of container."""
        answers = self.of(container).values()
        if not answers:
            return self.top_held
        return any(answer.entries for answer in answers) or not any(map(is_not_held, answers))

    def broken(self, container: Container) -> list[SearchResult]:
        """Return the answers that failed for another reason than rights or absence."""
        return [answer for answer in self.of(container).values() if _failed(answer)]

    def missing(
        self,
        container: Container,
        section: SectionName,
        reason: Reason = Reason.DENIED_OR_ABSENT,
    ) -> list[Gap]:
        """Return a gap of a section for each container that should be there but is not seen."""
        answers = self.of(container)
        if not answers:
            return [_gap(section, self.top, "no administrative group can be seen")]
        return [
            _gap(
                section,
                container.below(group),
                "the container cannot be seen although its group must have one",
                reason,
            )
            for group, answer in answers.items()
            if not answer.entries and not _failed(answer) and self._expected(container, group)
        ]

    def _expected(self, container: Container, group: str) -> bool:
        mine = servers_below(self.servers, group)
        modern = MODERN_GROUP in group.lower()
        if container is Container.SERVERS:
            return modern or bool(mine)
        # Servers that are hidden may stand for anything; a container that is seen and empty was
        # prepared by setup and never used.
        if not mine:
            return modern and not self.answers[Container.SERVERS, group].entries
        # Setup of 2010 makes CN=Arrays; servers of 2013 alone prove nothing of it.
        before = FIRST_2013 if container is Container.ARRAYS else 2**63
        # A version that cannot be read may be that of 2010.
        return any(is_version(each, FIRST_2010, before) is not False for each in mine)


def servers_below(servers: Iterable[Server], group: str) -> list[Server]:
    """Return the servers of an administrative group."""
    base = norm_dn(group)
    return [server for server in servers if is_below(norm_dn(server.dn), base)]


def _failed(answer: SearchResult) -> bool:
    return any(gap.reason is not Reason.DENIED_OR_ABSENT for gap in answer.gaps)


def _gap(
    section: SectionName, subject: str, detail: str, reason: Reason = Reason.DENIED_OR_ABSENT
) -> Gap:
    return Gap(section=section, subject=subject, reason=reason, detail=detail)
