"""Finding the controllers of a domain by its service records, as members of the domain do.

[MS-ADTS], "Naming Context-Based Location", says which records controllers register; RFC 2782, in
which order they are tried. Nobody vouches for an answer of DNS, and the password goes to the host
that it names: so only hosts below the domain are taken, and each has to prove its own name by TLS.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from casaudit.collect.address import ip_literal
from casaudit.collect.ldap.credentials import PORTS, Address
from casaudit.collect.ports import DnsQuestion
from casaudit.errors import CollectError
from casaudit.names import fqdn_problem, norm
from casaudit.snapshot import DnsAnswer, DnsStatus, DnsView, Reason

# The first names domain controllers only; the second is for domains whose _msdcs zone is not
# delegated to where the resolver looks.
SERVICES = ("_ldap._tcp.dc._msdcs", "_ldap._tcp")
MAX_CONTROLLERS = 8
"""Large domains have hundreds, and each dead one costs the time of a connection."""
_MAX_ADDRESSES = 4


@dataclass(frozen=True, slots=True, order=True)
class ServiceRecord:
    """One SRV record; sorted as it is to be tried: by priority, then the greater weight first.

    RFC 2782 draws lots by weight to spread load; one collection is no load to be spread, and the
    same command is to ask the same controller.
    """

    priority: int
    lightness: int
    target: str
    port: int


def controller_questions(host: str, resolvers: Iterable[str]) -> tuple[DnsQuestion, ...]:
    """Return what tells whether a host of a URL is a domain: nothing for an address or a label."""
    name = norm(host)
    if name is None or ip_literal(name) is not None or fqdn_problem(name) is not None:
        return ()
    labels = tuple(dict.fromkeys(resolvers))
    return tuple(
        DnsQuestion(DnsView.INTERNAL, label, f"{service}.{name}", "SRV")
        for service in SERVICES
        for label in labels
    )


@dataclass(frozen=True, slots=True)
class ControllerFinder:
    """Finds where a directory can be asked.

    Attributes:
        ask: puts a question to a resolver; may raise ``CollectError``.
        resolvers: their labels, in the order in which they are asked; none leaves every host as
            it is.
    """

    ask: Callable[[DnsQuestion], DnsAnswer]
    resolvers: tuple[str, ...]

    def candidates(self, address: Address) -> Iterator[Address]:
        """Yield the controllers of a domain, the best first; the address itself if it is none.

        Raises:
            CollectError: what DNS names does not belong to the domain.
        """
        records = sorted(self._records(address.host))
        if not records:
            yield address
            return
        domain = norm(address.host) or ""
        own = [each for each in records if f".{each.target}".endswith(f".{domain}")]
        if not own:
            raise CollectError(
                address.origin,
                Reason.NOT_TRUSTED,
                f"DNS names controllers that do not belong to it: {records[0].target}",
                f"if that is right, name one yourself: {address.scheme}://{records[0].target}",
            )
        for record in own[:MAX_CONTROLLERS]:
            yield self._controller(address, record)

    def _controller(self, domain: Address, record: ServiceRecord) -> Address:
        port = domain.port
        # The records name the port of LDAP; LDAPS has none, and a port of the URL goes for all.
        if domain.scheme == "ldap" and port == PORTS["ldap"]:
            port = record.port
        return replace(
            domain, host=record.target, port=port, known=tuple(self._addresses(record.target))
        )

    def _records(self, host: str) -> Iterator[ServiceRecord]:
        silent: set[str] = set()
        for question in controller_questions(host, self.resolvers):
            if question.resolver in silent:
                continue
            answer = self._answer(question)
            # Whether the host is a domain is then not known. As a host it has to prove its name.
            if answer is None or answer.status is DnsStatus.TIMEOUT:
                silent.add(question.resolver)
            elif found := [each for text in answer.values if (each := _record(text))]:
                yield from found
                return

    def _addresses(self, target: str) -> list[str]:
        """Return a controller's addresses as the resolver of the domain tells them."""
        # The operating system need not know the organisation's names: hence --resolver.
        for label in self.resolvers:
            answers = (
                self._answer(DnsQuestion(DnsView.INTERNAL, label, target, kind))
                for kind in ("A", "AAAA")
            )
            if found := [value for each in answers if each for value in each.values]:
                return found[:_MAX_ADDRESSES]
        return []

    def _answer(self, question: DnsQuestion) -> DnsAnswer | None:
        try:
            return self.ask(question)
        except CollectError:
            return None


def _record(text: str) -> ServiceRecord | None:
    """Return an SRV record from its text; ``None`` where it names no host."""
    priority, weight, port, target = text.split(" ")
    name = norm(target)
    # The root as target says that there is no such service (RFC 2782).
    if name is None or fqdn_problem(name) is not None:
        return None
    return ServiceRecord(int(priority), -int(weight), name, int(port))
