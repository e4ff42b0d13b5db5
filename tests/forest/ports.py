"""The ports of the collection, answered by the organisation in memory."""

import hashlib

from casaudit.collect.ports import (
    DirectoryEntry,
    DnsQuestion,
    Query,
    SearchResult,
    TlsTarget,
    Values,
)
from casaudit.collect.tls import certificate
from casaudit.collect.tls.probe import VERSIONS
from casaudit.errors import CollectError
from casaudit.snapshot import (
    Certificate,
    DnsAnswer,
    DnsStatus,
    DnsView,
    Gap,
    HttpBanner,
    ProtocolTrial,
    Reason,
    Source,
    TlsEndpoint,
    TlsOutcome,
)
from casaudit.snapshot.network import DnsAlias
from tests.forest.entries import entries
from tests.forest.network import Addresses, Alias, Endpoint
from tests.forest.objects import ForestEntry
from tests.forest.organisation import COLLECTED_AT, Forest
from tests.forest.tree import parent_of

ORIGIN = "file:directory.ldf"
MAX_ALIASES = 16


class ForestDirectory:
    """Answers searches as a controller does; what the account may not see is left out silently."""

    def __init__(self, forest: Forest) -> None:
        self._source = Source(origin=ORIGIN, at=COLLECTED_AT)
        self._entries = [e for e in entries(forest) if not _is_hidden(e.dn, forest.hidden)]
        self._known = {each.dn.lower() for each in self._entries}
        tree = forest.tree
        contexts: dict[str, tuple[bytes, ...]] = {
            "configurationNamingContext": (tree.configuration.encode(),),
            "schemaNamingContext": (tree.schema.encode(),),
            "namingContexts": tuple(
                each.encode()
                for each in (tree.configuration, tree.schema, parent_of(tree.configuration))
            ),
        }
        self._root = ForestEntry("", contexts)

    def search(self, query: Query) -> SearchResult:
        """Return the entries of one query; a base that is not there is no empty answer."""
        if not query.base:
            return SearchResult((self._entry(self._root, query),), complete=True)
        if query.base.lower() not in self._known:
            reason = Reason.DENIED_OR_ABSENT
            gap = Gap(section=query.section, subject=query.base, reason=reason)
            return SearchResult((), complete=False, gaps=(gap,))
        matching = (each for each in self._entries if _matches(each, query))
        return SearchResult(tuple(self._entry(each, query) for each in matching), complete=True)

    def _entry(self, found: ForestEntry, query: Query) -> DirectoryEntry:
        wanted = {name.lower() for name in query.attributes}
        lowered = {name.lower(): values for name, values in found.attributes.items()}
        kept = {name: values for name, values in lowered.items() if name in wanted}
        return DirectoryEntry(found.dn, kept, self._source)


def _is_hidden(dn: str, hidden: set[str]) -> bool:
    return any(dn == each or dn.endswith(f",{each}") for each in hidden)


def _matches(entry: ForestEntry, query: Query) -> bool:
    mine, base = entry.dn.lower(), query.base.lower()
    in_scope = {
        "base": mine == base,
        "one": parent_of(mine) == base,
        "subtree": mine == base or mine.endswith(f",{base}"),
    }
    if not in_scope[query.scope]:
        return False
    lowered = {name.lower(): values for name, values in entry.attributes.items()}
    if not Values(query).fit(lowered):
        return False
    classes = {value.decode().lower() for value in entry.attributes["objectClass"]}
    return not query.classes or not classes.isdisjoint(each.lower() for each in query.classes)


class ForestResolver:
    """Answers DNS questions from the two zones of an organisation, with authority."""

    def __init__(self, forest: Forest) -> None:
        self._zones = {DnsView.INTERNAL: forest.dns_internal, DnsView.EXTERNAL: forest.dns_external}

    async def ask(self, question: DnsQuestion) -> DnsAnswer:
        """Follow aliases to the answer; a name that is not in the zone does not exist."""
        zone, name = self._zones[question.view], question.name
        reply = zone.get(name, DnsStatus.NXDOMAIN)
        aliases: list[DnsAlias] = []
        while isinstance(reply, Alias) and len(aliases) < MAX_ALIASES:
            aliases.append(DnsAlias(name=name, target=reply.target, ttl=reply.ttl))
            name = reply.target
            reply = zone.get(name, DnsStatus.NXDOMAIN)
        values: tuple[str, ...] = ()
        if isinstance(reply, Addresses):
            values = reply.of_type(question.record_type)
            status = DnsStatus.ANSWER if values else DnsStatus.NO_DATA
        else:
            status = DnsStatus.BAD_ANSWER if isinstance(reply, Alias) else reply
        heard = status in (DnsStatus.ANSWER, DnsStatus.NO_DATA, DnsStatus.NXDOMAIN)
        return DnsAnswer(
            view=question.view,
            resolver=question.resolver,
            name=question.name,
            record_type=question.record_type,
            status=status,
            aliases=tuple(aliases),
            values=values,
            ttl=reply.ttl if values and isinstance(reply, Addresses) else None,
            authoritative=True if heard else None,
            source=Source(origin=f"dns:{question.resolver}", at=COLLECTED_AT),
        )


class ForestProber:
    """Shows what listens on port 443 of an address; nothing listens anywhere else."""

    def __init__(self, forest: Forest) -> None:
        self._tls = forest.tls

    async def probe(self, target: TlsTarget) -> tuple[TlsEndpoint, tuple[Certificate, ...]]:
        """Return what the address shows for a host name."""
        listener = self._tls.get(target.address, TlsOutcome.REFUSED)
        if target.connected_port != 443:
            listener = TlsOutcome.REFUSED
        source = Source(origin=f"tls:{target.address}:{target.connected_port}", at=COLLECTED_AT)
        if isinstance(listener, TlsOutcome):
            return _endpoint(target, source, listener), ()
        chain = tuple(certificate.read_certificate(der, source) for der in listener.chain)
        return _shown(target, source, listener), chain


def _endpoint(target: TlsTarget, source: Source, outcome: TlsOutcome) -> TlsEndpoint:
    return TlsEndpoint(
        host=target.host,
        port=target.port,
        address=target.address,
        connected_port=target.connected_port,
        outcome=outcome,
        detail="" if outcome is TlsOutcome.HANDSHAKE else outcome.value,
        source=source,
    )


def _shown(target: TlsTarget, source: Source, listener: Endpoint) -> TlsEndpoint:
    chain = tuple(hashlib.sha256(der).hexdigest() for der in listener.chain)
    trials = tuple(
        ProtocolTrial(version=version, accepted=version in listener.versions)
        for version in VERSIONS
    )
    return _endpoint(target, source, TlsOutcome.HANDSHAKE).model_copy(
        update={
            "protocol": listener.versions[-1],
            "cipher": "ECDHE-RSA-AES256-SHA384",
            "chain": chain,
            "chain_without_sni": chain,
            "trials": trials,
        }
    )


class ForestWeb:
    """Shows the start page of the servers that have one; nothing else answers."""

    def __init__(self, forest: Forest) -> None:
        self._builds = forest.start_pages
        self.asked: list[TlsTarget] = []

    async def banner(self, target: TlsTarget) -> HttpBanner:
        """Return the build of the server with that name."""
        self.asked.append(target)
        if target.host not in self._builds:
            raise CollectError(f"{target.host}:{target.port}", Reason.UNREACHABLE, "nobody answers")
        return HttpBanner(
            host=target.host,
            port=target.port,
            owa_version=self._builds[target.host],
            server="Microsoft-IIS/7.5",
            source=Source(
                origin=f"https:{target.address}:{target.connected_port}", at=COLLECTED_AT
            ),
        )
