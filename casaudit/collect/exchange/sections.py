"""How much was seen of every section of a directory, each judged by its own evidence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from casaudit.collect.exchange import hidden_arrays
from casaudit.collect.exchange.coverage import (
    FILTERED,
    Containers,
    Standing,
    is_broken,
    is_not_held,
    standing,
)
from casaudit.collect.exchange.queries import SUBNETS_CONTAINER, Container, QueryTopic
from casaudit.collect.exchange.records import Answers, Records
from casaudit.collect.exchange.servers import (
    CLIENT_ACCESS,
    FIRST_2007,
    FIRST_2010,
    MAILBOX,
    is_version,
    server_above,
)
from casaudit.collect.ports import DirectoryEntry, SearchResult
from casaudit.dn import container, norm_dn
from casaudit.snapshot import Gap, Reason, SectionName, Server, Status

_PROTOCOL_TOPICS = (
    QueryTopic.PROTOCOLS,
    QueryTopic.DIRECTORIES,
    QueryTopic.MAIL,
    QueryTopic.POINTS,
)
_HIDDEN = Reason.HIDDEN
_MADE_BY_SETUP = {
    SectionName.VIRTUAL_DIRECTORIES: frozenset({"owa", "ews", "eas", "oab", "autodiscover"}),
    SectionName.MAIL_PROTOCOLS: frozenset({"pop", "imap"}),
    SectionName.SERVICE_CONNECTION_POINTS: frozenset({"autodiscover"}),
}
"""What a Client Access server since Exchange 2007 begins with: a filter of classes can lose it."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a walk asked, what it made of the answers, and where it had to leave something out.

    Attributes:
        lost: sections of which an entry could not become a record.
        top: the container below which all of Exchange lies.
    """

    answers: Answers
    records: Records
    lost: frozenset[SectionName]
    top: str

    def standings(self) -> dict[SectionName, Standing]:
        """Return how much was seen of each section."""
        containers = Containers(
            self.answers.containers,
            self.records.servers,
            self.top,
            not is_not_held(self.answers.forest[QueryTopic.SERVERS]),
        )
        name, forest = SectionName, self.answers.forest
        found = {
            name.ORGANIZATION: self._plain(name.ORGANIZATION, [forest[QueryTopic.ORGANIZATION]]),
            name.SITES: self._plain(name.SITES, [forest[QueryTopic.SITES]], self._subnets()),
            name.DOMAIN_CONTROLLERS: self._plain(
                name.DOMAIN_CONTROLLERS, [forest[QueryTopic.CONTROLLERS]]
            ),
            name.ACCEPTED_DOMAINS: self._plain(
                name.ACCEPTED_DOMAINS, self.answers.accepted_domains
            ),
            name.SERVERS: self._servers(containers),
            name.DATABASES: self._databases(containers),
            name.DATABASE_COPIES: self._copies(containers),
            name.AVAILABILITY_GROUPS: self._availability_groups(containers),
        }
        found |= self._below_servers(containers)
        statuses = [found[name.SERVERS].status, found[name.DATABASES].status]
        found[name.ARRAYS] = self._arrays(containers, statuses)
        return found

    def _plain(
        self, section: SectionName, answers: Sequence[SearchResult], more: Iterable[Gap] = ()
    ) -> Standing:
        """Judge a section whose records lie in one container, of which none is ever empty."""
        found = self.records.found(section)
        # Active Directory makes the first site and controller, setup the organisation and its
        # first accepted domain.
        missing = [] if found else [_gap(section, section.value, "none can be seen", Reason.HIDDEN)]
        missing += more
        return standing(
            section,
            answers,
            found,
            missing=missing,
            held=bool(answers) and not any(map(is_not_held, answers)),
            lost=section in self.lost,
        )

    def _subnets(self) -> list[Gap]:
        """Return a gap where subnets may be there that were not seen, or not whose they are."""
        entries = self.answers.forest[QueryTopic.SITES].entries
        classes = {each for entry in entries for each in entry.attributes.get("objectclass", ())}
        if classes.isdisjoint({b"subnet", SUBNETS_CONTAINER.encode()}):
            detail = "no subnet can be seen, nor CN=Subnets; " + FILTERED
        elif any("siteobject" in entry.unread for entry in entries):
            detail = "siteObject of the subnets was not exported; " + FILTERED
        else:
            return []
        return [_gap(SectionName.SITES, "CN=Subnets", detail, Reason.HIDDEN)]

    def _contained(
        self,
        section: SectionName,
        answers: Sequence[SearchResult],
        containers: Containers,
        container: Container,
        missing: Iterable[Gap] = (),
    ) -> Standing:
        """Judge a section whose records lie in a container of each administrative group."""
        return standing(
            section,
            [*answers, *containers.broken(container)],
            self.records.found(section),
            missing=[*containers.missing(container, section), *missing],
            held=containers.held(container),
            lost=section in self.lost,
        )

    def _servers(self, containers: Containers) -> Standing:
        """Judge the servers, and the protocols that say which of them serve RPC."""
        section, forest = SectionName.SERVERS, self.answers.forest
        missing = []
        if not self.records.servers and (self.records.databases or self.records.arrays):
            detail = "no server can be seen although databases or arrays can"
            missing.append(_gap(section, "CN=Servers", detail, Reason.HIDDEN))
        answers = [_without_arrays(forest[QueryTopic.SERVERS]), forest[QueryTopic.PROTOCOLS]]
        return self._contained(section, answers, containers, Container.SERVERS, missing)

    def _databases(self, containers: Containers) -> Standing:
        """Judge the databases: setup gives every Mailbox server one."""
        section, answer = SectionName.DATABASES, self.answers.forest[QueryTopic.DATABASES]
        missing = [
            _gap(section, each.dn, "no database can be seen although this server holds mailboxes")
            for each in self.records.servers
            if not self.records.databases and _is_mailbox(each)
        ]
        # Every Mailbox server would say the same, so one of them is enough.
        return self._contained(section, [answer], containers, Container.DATABASES, missing[:1])

    def _availability_groups(self, containers: Containers) -> Standing:
        """Judge the groups: each that a server names as its own exists."""
        section, kind = SectionName.AVAILABILITY_GROUPS, Container.AVAILABILITY_GROUPS
        seen = {norm_dn(each.dn) for each in self.records.availability_groups}
        named = {each.dag_dn for each in self.records.servers if each.dag_dn is not None}
        missing = [
            _gap(section, dn, "a server names this group, but it cannot be seen", Reason.HIDDEN)
            for dn in sorted(named)
            if norm_dn(dn) not in seen
        ]
        answer = self.answers.forest[QueryTopic.AVAILABILITY_GROUPS]
        return self._contained(section, [answer], containers, kind, missing)

    def _copies(self, containers: Containers) -> Standing:
        """Judge the copies: every database of an availability group has at least one."""
        section, answer = SectionName.DATABASE_COPIES, self.answers.forest[QueryTopic.COPIES]
        copied = {norm_dn(copy.database_dn) for copy in self.records.database_copies}
        groups = {norm_dn(group.dn) for group in self.records.availability_groups}
        missing = [
            _gap(section, each.dn, "no copy of this database can be seen", Reason.HIDDEN)
            for each in self.records.databases
            if norm_dn(each.master_dn or "") in groups and norm_dn(each.dn) not in copied
        ]
        if not copied and any(each.master_dn for each in self.records.databases) and not missing:
            missing = [_gap(section, "copies", f"no database shows any; {FILTERED}", _HIDDEN)]
        return self._contained(section, [answer], containers, Container.DATABASES, missing)

    def _below_servers(self, containers: Containers) -> dict[SectionName, Standing]:
        forest = self.answers.forest
        # Anything below CN=Protocols proves that it can be looked into; virtual directories need
        # their own container, which rights can hide by itself.
        seen = _servers_of(entry for topic in _PROTOCOL_TOPICS for entry in forest[topic].entries)
        published = _servers_of(forest[QueryTopic.DIRECTORIES].entries)
        unmade = self._unmade()
        return {
            section: standing(
                section,
                [forest[topic]],
                self.records.found(section),
                missing=[*self._unseen_protocols(section, evidence, containers), *unmade[section]],
                held=containers.held(Container.SERVERS),
                lost=section in self.lost,
            )
            for section, topic, evidence in (
                (SectionName.VIRTUAL_DIRECTORIES, QueryTopic.DIRECTORIES, published),
                (SectionName.MAIL_PROTOCOLS, QueryTopic.MAIL, seen),
                (SectionName.SERVICE_CONNECTION_POINTS, QueryTopic.POINTS, seen),
            )
        }

    def _unseen_protocols(
        self, section: SectionName, seen: frozenset[str], containers: Containers
    ) -> list[Gap]:
        """Return a gap for each Client Access server of whose protocols nothing can be seen."""
        unseen = [
            _gap(section, each.dn, "the protocols of this server cannot be seen")
            for each in self.records.servers
            if _is_client_access(each) and norm_dn(each.dn) not in seen
        ]
        return unseen + containers.missing(Container.SERVERS, section)

    def _unmade(self) -> dict[SectionName, list[Gap]]:
        """Return a gap for what setup makes on every Client Access server and none shows."""
        records, name = self.records, SectionName
        shown: dict[SectionName, set[str]] = {
            name.VIRTUAL_DIRECTORIES: {each.service for each in records.virtual_directories},
            name.MAIL_PROTOCOLS: {each.protocol for each in records.mail_protocols},
            name.SERVICE_CONNECTION_POINTS: {
                "autodiscover" for each in records.service_connection_points if each.server_dn
            },
        }
        is_due = any(map(_is_client_access, records.servers))
        lacking = {section: _MADE_BY_SETUP[section] - shown[section] for section in shown}
        return {
            section: [
                _gap(section, ", ".join(sorted(kinds)), f"no server shows any; {FILTERED}", _HIDDEN)
            ]
            if kinds and is_due
            else []
            for section, kinds in lacking.items()
        }

    def _arrays(self, containers: Containers, statuses: Sequence[Status]) -> Standing:
        section, records = SectionName.ARRAYS, self.records
        missing = containers.missing(Container.ARRAYS, section, Reason.HIDDEN)
        missing += hidden_arrays.named_by_sites(
            self.answers.forest[QueryTopic.SITE_MEMBERS], records.arrays
        )
        children = [entry for answer in self.answers.arrays for entry in answer.entries]
        # One array that can be read shows that the account may read arrays.
        if not records.arrays:
            missing += hidden_arrays.doubts(
                records.servers, records.databases, statuses, strangers=bool(children)
            )
        # A CN=Arrays that is not there is judged above, by whether its group must have one.
        answers = [each for each in self.answers.arrays if not _absent(each)]
        return standing(
            section,
            [*answers, *containers.broken(Container.ARRAYS)],
            bool(records.arrays),
            missing=missing,
            held=containers.held(Container.ARRAYS),
            lost=section in self.lost,
        )


def _servers_of(entries: Iterable[DirectoryEntry]) -> frozenset[str]:
    above = (server_above(entry.dn) for entry in entries)
    return frozenset(norm_dn(dn) for dn in above if dn is not None)


def _is_client_access(server: Server) -> bool:
    """Tell whether a server has, or may have, the Client Access role of Exchange 2007 or later."""
    return is_version(server, FIRST_2007) is not False and (
        server.roles is None or bool(server.roles & CLIENT_ACCESS)
    )


def _is_mailbox(server: Server) -> bool:
    """Tell whether a server holds databases as Exchange 2010 and later keep them."""
    return bool(is_version(server, FIRST_2010)) and bool((server.roles or 0) & MAILBOX)


def _absent(answer: SearchResult) -> bool:
    """Tell whether the base of a search was not there, or not to be seen."""
    return is_broken(answer) and {each.reason for each in answer.gaps} == {Reason.DENIED_OR_ABSENT}


def _without_arrays(answer: SearchResult) -> SearchResult:
    """Return the answer for servers without what is amiss with arrays, whose class is derived."""
    gaps = tuple(gap for gap in answer.gaps if container(gap.subject) != "arrays")
    return replace(answer, gaps=gaps)


def _gap(
    section: SectionName, subject: str, detail: str, reason: Reason = Reason.DENIED_OR_ABSENT
) -> Gap:
    return Gap(section=section, subject=subject, reason=reason, detail=detail)
