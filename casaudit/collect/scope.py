"""Which names and endpoints follow from the directory: what the network may be asked, no more.

Pure, so that ``collect --plan`` can show it and a test can compare it with what was asked.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from casaudit.collect.address import host_and_port, ip_literal, port_number, split, why_not
from casaudit.collect.exchange.protocols import client_urls
from casaudit.collect.ports import DnsQuestion, TlsTarget
from casaudit.errors import UsageError
from casaudit.legacy_dn import last_name
from casaudit.names import fqdn_problem, host, norm, port
from casaudit.snapshot import DnsView, Gap, Reason, SectionName, Server, Snapshot

# Aliases come along with the answer to either.
RECORD_TYPES = ("A", "AAAA")
PROBE = "casaudit-wildcard-probe"
"""The label of a name that nobody has; when it has an address, a wildcard record answers."""

UNRELATED = f"{PROBE}.invalid"
"""A name that cannot exist anywhere (RFC 6761, section 6.4); a resolver that has an address for it
makes answers up, as those of some providers, hotels and filters do."""

SYSTEM = "system"
"""The label of the resolver that the operating system is configured with."""

# Whoever may write a URL or a DNS record must not make this program scan a host or a network.
MAX_PORTS = 4
MAX_ADDRESSES = 16
HTTPS = 443
START_PAGE = "/owa/auth/logon.aspx"
"""What Outlook Web App of Exchange 2007 and later shows to whoever is not logged on."""

# Bits of msExchCurrentServerRoles; the first one came with Exchange 2013.
_CLIENT_ACCESS_FRONT_END, _CLIENT_ACCESS = 1, 4
_NOT_LISTENING = 64 | 4096  # Edge Transport; provisioned, nothing installed yet
_EXCHANGE_2013 = 15


@dataclass(frozen=True, slots=True, order=True)
class Endpoint:
    """A host name and port that clients use over HTTPS, before its addresses are known."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def parse_resolver(text: str) -> tuple[DnsView, str]:
    """Return view and ``address:port`` of an option ``VIEW=ADDRESS[:PORT]``.

    Raises:
        UsageError: another view, a name instead of an address, no port number.
    """
    view, equals, address = text.partition("=")
    if not equals or view not in list(DnsView):
        raise UsageError(
            f"--resolver {text}", "not VIEW=ADDRESS[:PORT]", "VIEW is internal or external"
        )
    return DnsView(view), host_and_port(*split(address, "--resolver", default_port=53))


def parse_connect(text: str) -> TlsTarget:
    """Return where ``HOST:PORT=ADDRESS:PORT`` sends the probes of a name and port.

    Raises:
        UsageError: it is not of that form.
    """
    option = "--connect"
    source, equals, destination = text.partition("=")
    name, colon, number = source.rpartition(":")
    wanted = norm(name.strip("[]"))
    if not equals or not colon or wanted is None:
        raise UsageError(f"{option} {text}", "not HOST:PORT=ADDRESS:PORT")
    return TlsTarget(wanted, port_number(number, option), *split(destination, option))


def dns_names(snapshot: Snapshot) -> tuple[str, ...]:
    """Return every name whose addresses matter: arrays, servers, HTTPS hosts, service points.

    And the DNS names that databases point at, as one that names nothing else may still resolve,
    and the names under which clients look for Autodiscover of a mail domain.
    """
    found = {norm(array.fqdn) for array in snapshot.arrays}
    found |= {norm(server.fqdn) for server in snapshot.servers}
    found |= {host(url) for url in _urls(snapshot)}
    # Without a dot it is a server's short name, whose FQDN is asked for anyway.
    found |= {norm(name) for name in _endpoint_names(snapshot) if "." in name}
    found |= {f"autodiscover.{domain}" for domain in _mail_domains(snapshot)}
    return tuple(sorted(name for name in found if name and ip_literal(name) is None))


def questions(
    names: Iterable[str], resolvers: Iterable[tuple[DnsView, str]]
) -> tuple[DnsQuestion, ...]:
    """Return what every resolver is asked about every name."""
    pairs = tuple(dict.fromkeys(resolvers))
    return tuple(
        DnsQuestion(view, resolver, name, record_type)
        for name in names
        for view, resolver in pairs
        for record_type in RECORD_TYPES
    )


def service_questions(
    snapshot: Snapshot, resolvers: Iterable[tuple[DnsView, str]]
) -> tuple[DnsQuestion, ...]:
    """Return what external resolvers are asked about the service records of Autodiscover."""
    return tuple(
        DnsQuestion(view, resolver, f"_autodiscover._tcp.{domain}", "SRV")
        for domain in _mail_domains(snapshot)
        for view, resolver in dict.fromkeys(resolvers)
        # Members of the domain find Autodiscover in the directory and do not come to SRV records.
        if view is DnsView.EXTERNAL
    )


def wildcard_questions(
    snapshot: Snapshot, resolvers: Iterable[tuple[DnsView, str]]
) -> tuple[DnsQuestion, ...]:
    """Return what external resolvers are asked to tell a wildcard from a record of an array."""
    arrays = {norm(each.fqdn) for each in snapshot.arrays if fqdn_problem(each.fqdn) is None}
    zones = {name.partition(".")[2] for name in arrays if name}
    outside = [each for each in resolvers if each[0] is DnsView.EXTERNAL]
    # A zone of one label is none that an organisation could put a wildcard into.
    return questions((f"{PROBE}.{zone}" for zone in sorted(zones) if "." in zone), outside)


def unrelated_questions(resolvers: Iterable[tuple[DnsView, str]]) -> tuple[DnsQuestion, ...]:
    """Return what every resolver is asked to tell whether it makes answers up."""
    return tuple(
        DnsQuestion(view, resolver, UNRELATED, "A") for view, resolver in dict.fromkeys(resolvers)
    )


def endpoints(snapshot: Snapshot) -> tuple[tuple[Endpoint, ...], tuple[Gap, ...]]:
    """Return every HTTPS endpoint, and gaps where one host names too many ports."""
    ports: dict[str, set[int]] = {}
    for name in _names_on_443(snapshot):
        ports.setdefault(name, set()).add(HTTPS)
    for url in _urls(snapshot):
        where, number = host(url), port(url)
        # A bare host, as Outlook Anywhere stores it, stands for HTTPS; plain HTTP has no TLS.
        if where and number and not url.strip().lower().startswith("http:"):
            ports.setdefault(where, set()).add(number)
    kept, gaps = [], []
    for name, numbers in sorted(ports.items()):
        # 443 first, so that the bound never drops it.
        in_order = sorted(numbers, key=lambda n: (n != HTTPS, n))
        kept += [Endpoint(name, number) for number in in_order[:MAX_PORTS]]
        gaps += [
            tls_gap(Endpoint(name, number), Reason.LIMIT, f"over {MAX_PORTS} ports of one host")
            for number in in_order[MAX_PORTS:]
        ]
    return tuple(kept), tuple(gaps)


def web_servers(snapshot: Snapshot) -> tuple[Endpoint, ...]:
    """Return the endpoints that are one server each: a balanced name tells nothing of one."""
    names = {norm(server.fqdn) for server in snapshot.servers if _is_client_access(server)}
    return tuple(Endpoint(name, HTTPS) for name in sorted(filter(None, names)))


def targets(
    endpoint: Endpoint,
    addresses: Collection[str],
    connects: tuple[TlsTarget, ...] | None,
    local_addresses: bool,
) -> tuple[tuple[TlsTarget, ...], tuple[Gap, ...]]:
    """Return where to look for one endpoint, and gaps for the addresses that are left out.

    Args:
        endpoint: what clients use.
        addresses: what its name resolves to inside.
        connects: where the operator sends its probes instead, if anywhere.
        local_addresses: whether names may lead to loopback, link-local and multicast addresses.
    """
    # The operator's word goes before DNS, and before the ban on local addresses.
    if connects:
        return connects, ()
    found: list[TlsTarget] = []
    gaps: list[Gap] = []
    for address in sorted(addresses):
        problem = "" if local_addresses else why_not(address)
        if problem:
            text = f"{address} is {problem}: contacted only when --connect or an option allows it"
            gaps.append(tls_gap(endpoint, Reason.LIMIT, text))
        elif len(found) == MAX_ADDRESSES:
            text = f"{address} not contacted: over {MAX_ADDRESSES} addresses behind one name"
            gaps.append(tls_gap(endpoint, Reason.LIMIT, text))
        else:
            found.append(TlsTarget(endpoint.host, endpoint.port, address, endpoint.port))
    return tuple(found), tuple(gaps)


def tls_gap(endpoint: Endpoint, reason: Reason, detail: str) -> Gap:
    """Return the gap of an endpoint that was not, or not everywhere, looked at."""
    return Gap(section=SectionName.TLS, subject=str(endpoint), reason=reason, detail=detail)


def _mail_domains(snapshot: Snapshot) -> list[str]:
    """Return the accepted domains that are one domain each, and not all below it."""
    domains = {norm(each.domain) for each in snapshot.accepted_domains}
    return sorted(domain for domain in domains if domain and not fqdn_problem(domain))


def _urls(snapshot: Snapshot) -> Iterator[str]:
    return client_urls(snapshot.virtual_directories, snapshot.service_connection_points)


def _endpoint_names(snapshot: Snapshot) -> Iterator[str]:
    for each in snapshot.databases:
        if each.endpoint_legacy_dn:
            yield last_name(each.endpoint_legacy_dn) or ""


def _names_on_443(snapshot: Snapshot) -> Iterator[str]:
    fqdns = [array.fqdn for array in snapshot.arrays]
    fqdns += [server.fqdn for server in snapshot.servers if _is_client_access(server)]
    yield from filter(None, map(norm, fqdns))


def _is_client_access(server: Server) -> bool:
    """Tell whether a server answers clients over HTTPS.

    Since Exchange 2013 every Mailbox server carries the Client Access bit for its back end.
    """
    roles = server.roles or 0
    if roles & _NOT_LISTENING:
        return False
    # Six bits from bit 22 on hold the major version.
    newer = server.version_number is not None and (
        server.version_number >> 22 & 0x3F >= _EXCHANGE_2013
    )
    return bool(roles & (_CLIENT_ACCESS_FRONT_END if newer else _CLIENT_ACCESS))
