"""Asking DNS questions through dnspython: the resolver port, one budget over all names.

Six kinds of negative answer are told apart, because only two of them are evidence of absence.
"""

import asyncio
import copy
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.resolver

from casaudit.collect.address import split
from casaudit.collect.ports import DnsQuestion
from casaudit.collect.scope import SYSTEM
from casaudit.errors import CollectError
from casaudit.snapshot import DnsAnswer, DnsStatus, Reason, Source
from casaudit.snapshot.network import DnsAlias

# dnspython takes answers of thousands of addresses; a balanced name has a handful.
MAX_VALUES = 64
MAX_HOPS = 8
PAYLOAD = 1232
"""Bytes of an answer over UDP: what fits into every path unfragmented (DNS Flag Day 2020)."""
SILENCES = 3
"""So many time-outs in a row, and a zone (or a resolver that never answered) is given up."""

_UNANSWERED = (DnsStatus.TIMEOUT, DnsStatus.BAD_ANSWER)


@dataclass(slots=True)
class _Reply:
    status: DnsStatus
    aliases: list[DnsAlias] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    ttl: int | None = None
    authoritative: bool | None = None


@dataclass(slots=True)
class _Server:
    """One resolver and how it has behaved so far in this run."""

    client: dns.asyncresolver.Resolver
    places: asyncio.Semaphore
    answered: bool = False
    silences: Counter[str] = field(default_factory=Counter)

    def is_silent(self, zone: str) -> bool:
        """Tell whether waiting for another answer of this zone is a waste of time.

        Counted by zone: behind a resolver that lives, one zone's servers may be dead.
        """
        never = not self.answered and self.silences.total() >= SILENCES
        return never or self.silences[zone] >= SILENCES

    def heard(self, zone: str, status: DnsStatus) -> None:
        """Remember whether a question of this zone was answered."""
        if status is DnsStatus.TIMEOUT:
            self.silences[zone] += 1
        else:
            self.answered = True
            del self.silences[zone]


class DnsResolver:
    """Asks any number of resolvers, each with a bounded number of questions at a time."""

    def __init__(self, lifetime: float = 5.0, workers: int = 32) -> None:
        """Prepare; nothing is asked yet.

        Args:
            lifetime: seconds for one question, with all its repetitions and aliases.
            workers: questions under way at one resolver.
        """
        self._lifetime = lifetime
        self._workers = workers
        self._servers: dict[str, _Server] = {}

    async def ask(self, question: DnsQuestion) -> DnsAnswer:
        """Return the answer; negative and failed answers have that status.

        Raises:
            CollectError: the name cannot be asked for, or the resolver has proved dead.
        """
        name = _absolute(question.name)
        server = self._server(question.resolver)
        # The name above stands for the zone: where its cut really lies would be another question.
        zone = question.name.partition(".")[2]
        async with server.places:
            # Asked after the wait for a place: others may have found the resolver dead meanwhile.
            if server.is_silent(zone):
                problem = f"not asked: {question.resolver} left {SILENCES} questions unanswered"
                raise CollectError(question.name, Reason.TIMEOUT, problem)
            reply = await self._followed(server, name, question)
            server.heard(zone, reply.status)
        values = sorted(set(reply.values))
        return DnsAnswer(
            view=question.view,
            resolver=question.resolver,
            name=question.name,
            record_type=question.record_type,
            status=reply.status,
            aliases=tuple(reply.aliases),
            values=tuple(values[:MAX_VALUES]),
            ttl=reply.ttl,
            authoritative=reply.authoritative,
            truncated=len(values) > MAX_VALUES,
            source=Source(origin=f"dns:{question.resolver}", at=datetime.now(UTC)),
        )

    def _server(self, label: str) -> _Server:
        if label not in self._servers:
            client = _client(label)
            # No search list: only absolute names are asked for. No cache: a TTL must be the one of
            # this answer.
            client.search, client.cache = [], None
            # timeout is for one try: a datagram that got lost is sent again within the lifetime.
            client.lifetime, client.timeout = self._lifetime, min(2.0, self._lifetime)
            client.use_edns(0, 0, PAYLOAD)
            self._servers[label] = _Server(client, asyncio.Semaphore(self._workers))
        return self._servers[label]

    async def _followed(
        self, server: _Server, name: dns.name.Name, question: DnsQuestion
    ) -> _Reply:
        """Ask, and ask again where an answer ends at an alias without saying what it stands for."""
        ends = asyncio.get_running_loop().time() + self._lifetime
        seen, aliases, authoritative = {name}, list[DnsAlias](), None
        # Authoritative servers end at a CNAME that leads out of their zones; resolvers follow it.
        for _ in range(MAX_HOPS):
            left = ends - asyncio.get_running_loop().time()
            reply, name = await _heard(server, name, question, max(left, 0.01))
            aliases += reply.aliases
            # The AA bit of the first reply is that of the name asked for (RFC 1035, section 4.1.1).
            authoritative = reply.authoritative if authoritative is None else authoritative
            if reply.status is not DnsStatus.NO_DATA or not reply.aliases:
                break
            if name in seen:
                reply.status = DnsStatus.BAD_ANSWER
                break
            seen.add(name)
        else:
            reply.status = DnsStatus.BAD_ANSWER
        reply.aliases, reply.authoritative = aliases, authoritative
        return reply


def _absolute(name: str) -> dns.name.Name:
    """Build the name label by label, so that nothing in it is read as an escape."""
    try:
        labels = [label.encode("ascii") for label in name.split(".")]
        if not all(labels):
            raise dns.name.EmptyLabel
        # The empty label makes it absolute, so that no search list is added.
        return dns.name.Name([*labels, b""])
    except (UnicodeError, dns.exception.DNSException) as error:
        kind = type(error).__name__
        raise CollectError(name, Reason.MALFORMED, f"not a DNS name ({kind})") from None


def _client(label: str) -> dns.asyncresolver.Resolver:
    try:
        client = dns.asyncresolver.Resolver(configure=label == SYSTEM)
    # Such as a host whose /etc/resolv.conf names no server.
    except dns.exception.DNSException as error:
        raise CollectError(SYSTEM, Reason.UNREACHABLE, f"not configured ({error})") from None
    if label != SYSTEM:
        address, client.port = split(label, "--resolver")
        client.nameservers = [address]
    return client


async def _heard(
    server: _Server, name: dns.name.Name, question: DnsQuestion, lifetime: float
) -> tuple[_Reply, dns.name.Name]:
    """Ask with EDNS, and without where that was not understood or not answered (RFC 6891, 6.2.2).

    The second half of the time is for that: firewalls of Exchange 2010's age drop such questions.
    """
    with_edns = server.client.edns >= 0
    ends = asyncio.get_running_loop().time() + lifetime
    found = await _once(server.client, name, question, lifetime / 2 if with_edns else lifetime)
    if not with_edns or found[0].status not in _UNANSWERED:
        return found
    plain = copy.copy(server.client)
    plain.use_edns(None)
    left = ends - asyncio.get_running_loop().time()
    found = await _once(plain, name, question, max(left, 0.01))
    if found[0].status not in _UNANSWERED:
        server.client = plain
    return found


async def _once(
    client: dns.asyncresolver.Resolver, name: dns.name.Name, question: DnsQuestion, lifetime: float
) -> tuple[_Reply, dns.name.Name]:
    """Ask one question; with the reply comes the name at the end of its aliases."""
    try:
        answer = await client.resolve(
            name, question.record_type, raise_on_no_answer=False, lifetime=lifetime
        )
        return _read(answer.response, DnsStatus.NO_DATA)
    except dns.resolver.NXDOMAIN as error:
        # The response counts: it may hold the aliases that led to a name that does not exist.
        return _read(error.kwargs["responses"][name], DnsStatus.NXDOMAIN)
    except dns.resolver.LifetimeTimeout:
        return _Reply(DnsStatus.TIMEOUT), name
    except dns.resolver.NoNameservers as error:
        return _failed(error, question), name
    except dns.exception.DNSException:
        return _Reply(DnsStatus.BAD_ANSWER), name


def _read(
    response: dns.message.QueryMessage, without_values: DnsStatus
) -> tuple[_Reply, dns.name.Name]:
    chain = response.resolve_chaining()
    aliases = [
        DnsAlias(name=_text(rrset.name), target=_text(rrset[0].target), ttl=rrset.ttl)
        for rrset in chain.cnames
    ]
    reply = _Reply(without_values, aliases, authoritative=bool(response.flags & dns.flags.AA))
    if chain.answer is not None:
        reply.status, reply.ttl = DnsStatus.ANSWER, chain.answer.ttl
        reply.values = [record.to_text() for record in chain.answer]
    return reply, chain.canonical_name


def _text(name: dns.name.Name) -> str:
    # Letter case says nothing in DNS (RFC 4343), and resolvers may mix it against forgery.
    return name.to_text(omit_final_dot=True).lower()


def _failed(error: dns.resolver.NoNameservers, question: DnsQuestion) -> _Reply:
    """Say what the last server did that made dnspython give up, with the aliases it told."""
    # dnspython notes of every try: server, TCP or not, port, the error, the response.
    tries = error.kwargs["errors"] or [(OSError("it has no address"), None)]
    *_, problem, response = tries[-1]
    if isinstance(problem, OSError):
        text = f"{question.resolver} cannot be reached ({problem})"
        raise CollectError(question.name, Reason.UNREACHABLE, text) from None
    # Malformed answers are neither of the two, and so is a chain of aliases that has no end.
    known = {dns.rcode.SERVFAIL: DnsStatus.SERVFAIL, dns.rcode.REFUSED: DnsStatus.REFUSED}
    status = known.get(response.rcode(), DnsStatus.BAD_ANSWER) if response else DnsStatus.BAD_ANSWER
    reply = _Reply(status)
    if response:
        # A resolver whose alias leads into a zone that is out of order says both at once.
        with suppress(dns.exception.DNSException):
            reply.aliases = _read(response, status)[0].aliases
    return reply
