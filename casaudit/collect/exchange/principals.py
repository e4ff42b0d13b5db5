"""Accounts of the domains: who holds the Kerberos names of Exchange, its servers, the controllers.

They lie in the domain partitions, of which a controller holds its own only. What lies in another
domain was not seen, and a name that is held there as well could not be noticed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from casaudit.collect.exchange import queries
from casaudit.collect.exchange.attributes import AttributeReader
from casaudit.collect.exchange.coverage import Standing, is_not_held, standing
from casaudit.collect.exchange.isolation import Asker, Mapper
from casaudit.collect.exchange.protocols import client_urls
from casaudit.collect.exchange.records import Records
from casaudit.collect.ports import SearchResult
from casaudit.dn import name, norm_dn, rdns
from casaudit.names import host, is_address, norm
from casaudit.snapshot import Gap, Principal, Reason, SectionName, Server, Status

SECTION = SectionName.PRINCIPALS
VALUES_PER_QUERY = 100  # keeps a filter far below the limits of a controller
# What is longer is no DNS name and only swells the filter.
MAX_NAME = 253
_NAMED_IN = (
    SectionName.ARRAYS,
    SectionName.SERVERS,
    SectionName.VIRTUAL_DIRECTORIES,
    SectionName.SERVICE_CONNECTION_POINTS,
)
# FLAG_CR_NTDS_DOMAIN of [MS-ADTS].
_DOMAIN = 2
"""Bit of ``systemFlags`` that tells a domain from an application partition."""


@dataclass(frozen=True, slots=True)
class Domains:
    """The domains of the forest, as their DNs are stored.

    Attributes:
        held: those that the source holds.
        elsewhere: those that only other controllers hold.
        missing: why there may be more.
    """

    held: tuple[str, ...]
    elsewhere: tuple[str, ...] = ()
    missing: tuple[Gap, ...] = ()


def collect_principals(
    asker: Asker,
    mapper: Mapper,
    configuration: str,
    contexts: Sequence[str],
    found: Records,
    seen: Mapping[SectionName, Standing],
) -> tuple[tuple[Principal, ...], Standing]:
    """Return the accounts of the domains that a source holds, and how much was seen.

    Args:
        asker: puts the questions.
        mapper: notes what is odd in the answers.
        configuration: the configuration partition.
        contexts: the other partitions that the source holds, but for the schema.
        found: what the configuration partition says; the names to ask for follow from it.
        seen: how much of it was seen.
    """
    domains = _domains(asker.ask(queries.partitions(configuration)), mapper, contexts)
    answers = [
        asker.ask(queries.principals(domain, part))
        for domain in domains.held
        for part in _parts(wanted(found, domain, domains))
    ]
    # One account can answer to several parts of the list of names.
    entries = {norm_dn(entry.dn): entry for answer in answers for entry in answer.entries}
    records = mapper.records(SECTION, SearchResult(tuple(entries.values()), True), principal)
    missing = [*domains.missing, *(_unheld(each, found.servers) for each in domains.elsewhere)]
    missing += [
        _gap(each.value, "not all of them were seen, so not every name was asked for")
        for each in _NAMED_IN
        if seen[each].status is not Status.COMPLETE
    ]
    return records, standing(
        SECTION,
        answers,
        bool(records),
        missing=missing,
        held=bool(domains.held) and not any(map(is_not_held, answers)),
        lost=SECTION in mapper.lost or any(each.unread for each in records),
    )


def principal(read: AttributeReader) -> Principal:
    """Return an account; what every account must have and this one lacks may not be read."""
    fields = read.fields(Principal)
    names = fields["service_principal_names"]
    # Every account has the attribute, and a directory leaves out in silence what rights hide.
    if fields["disabled"] is None and not read.is_unread("disabled"):
        read.miss("disabled")
        read.gap(Reason.HIDDEN, "userAccountControl cannot be read")
    # A computer gets its HOST names when it joins the domain.
    if fields["dns_host_name"] and not names and not read.is_unread("service_principal_names"):
        read.miss("service_principal_names")
        read.gap(Reason.HIDDEN, "a computer of the domain, but none of its names can be read")
    return Principal(**fields, **read.identity())


def wanted(found: Records, domain: str, domains: Domains) -> list[tuple[str, str]]:
    """Return attribute and value of every name that is asked for in a domain.

    A computer is found by its account's name and, whatever that is, by its own Kerberos name.
    """
    arrays = _host_names(array.fqdn for array in found.arrays)
    urls = client_urls(found.virtual_directories, found.service_connection_points)
    services = {f"{kind}/{each}" for kind in queries.ARRAY_SERVICES for each in arrays}
    services |= {f"{queries.HTTP_SERVICE}/{each}" for each in _host_names(map(host, urls))}
    # Only its own account tells which Windows a domain controller runs.
    controllers = _host_names(each.dns_host_name for each in found.domain_controllers)
    servers = controllers | _host_names(server.fqdn for server in found.servers)
    services |= {f"{queries.HOST_SERVICE}/{each}" for each in servers}
    forest = {dns_name(each) for each in (*domains.held, *domains.elsewhere)}
    accounts = {
        # The sAMAccountName of a computer is its short name and a dollar sign.
        f"{server.name}$"
        for server in found.servers
        if len(server.name) <= MAX_NAME and _may_be_in(dns_name(domain), server, forest)
    }
    pairs = [(queries.PRINCIPAL_NAME, each) for each in sorted(services)]
    return pairs + [(queries.ACCOUNT_NAME, each) for each in sorted(accounts)]


def _parts(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[tuple[str, str], ...]]:
    for start in range(0, len(pairs), VALUES_PER_QUERY):
        yield tuple(pairs[start : start + VALUES_PER_QUERY])


def dns_name(domain: str) -> str:
    """Return the DNS name of a domain."""
    return ".".join(name(each) for each in rdns(domain)).lower()


def _host_names(texts: Iterable[str | None]) -> set[str]:
    names = {norm(text) for text in texts}
    return {each for each in names if each and len(each) <= MAX_NAME and not is_address(each)}


def _may_be_in(domain: str, server: Server, forest: Iterable[str]) -> bool:
    """Tell whether a server's account may be in a domain: not when its name is of another one."""
    home = _suffix(server)
    # A DNS suffix that is no domain's tells nothing, so such a server is looked for in all of them.
    return home == domain or home not in forest


def _suffix(server: Server) -> str:
    return (norm(server.fqdn) or "").partition(".")[2]


def _domains(answer: SearchResult, mapper: Mapper, contexts: Sequence[str]) -> Domains:
    """Return the domains; where the list cannot be seen, every partition may be one."""
    listed = {norm_dn(each): each for each in mapper.records(SECTION, answer, _domain)}
    if not listed:
        detail = "the list of the forest's domains cannot be seen: there may be more"
        return Domains(tuple(contexts), missing=(*answer.gaps, _gap("CN=Partitions", detail)))
    mine = {norm_dn(each) for each in contexts}
    return Domains(
        held=tuple(domain for key, domain in sorted(listed.items()) if key in mine),
        elsewhere=tuple(domain for key, domain in sorted(listed.items()) if key not in mine),
        missing=answer.gaps,
    )


def _domain(read: AttributeReader) -> str | None:
    flags = read.integer("systemFlags", "systemFlags") or 0
    return read.text("nCName", "nCName") if flags & _DOMAIN else None


def _unheld(domain: str, servers: Iterable[Server]) -> Gap:
    dns = dns_name(domain)
    there = sorted(each.name for each in servers if _suffix(each) == dns)
    rest = f"; Exchange servers there: {', '.join(there)}" if there else ""
    return _gap(dns, f"this source does not hold the domain{rest}", Reason.REFERRAL)


def _gap(subject: str, detail: str, reason: Reason = Reason.DENIED_OR_ABSENT) -> Gap:
    return Gap(section=SECTION, subject=subject, reason=reason, detail=detail)
