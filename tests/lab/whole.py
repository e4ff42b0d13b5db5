"""The whole lab in one object: what the tests get, and what ``python -m tests.lab`` holds."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import dns.rcode

from tests.lab import addresses, crowd
from tests.lab.addresses import DOMAIN
from tests.lab.bad_dns import BadNameServer
from tests.lab.balancer import Balancer, Frontend
from tests.lab.claim import RUN, Claim
from tests.lab.directory import Directory
from tests.lab.dns import EXTERNAL, INTERNAL, NameServer
from tests.lab.limits import WindowsLimits
from tests.lab.pki import Authority, Identity
from tests.lab.recorder import Recorder
from tests.lab.tls import HTTPS_PORT, Endpoint, TlsServer
from tests.lab.zoo import Zoo

SAMPLES = Path(__file__).parents[2] / "samples"
ORGANISATION = SAMPLES / "article-a" / "directory.ldf"
"""What the directory holds unless something else is asked for."""


@dataclass(frozen=True, slots=True)
class NameServers:
    """One name server for each view, and resolvers that misbehave."""

    internal: NameServer
    external: NameServer
    silent: BadNameServer
    servfail: BadNameServer
    refused: BadNameServer


@dataclass(frozen=True, slots=True)
class ClientAccess:
    """The HTTPS side of the organisation: its servers, and the balancer in front of them."""

    servers: Mapping[str, TlsServer]
    pass_through: Endpoint
    """The balancer's address that leaves TLS to the servers; ``outlook-ho`` points there."""
    terminating: Endpoint
    """The balancer's address with a certificate of its own; ``mail`` points there."""


@dataclass(frozen=True, slots=True)
class Lab:
    """Everything that runs in the lab."""

    authority: Authority
    wrong_authority: Authority
    controller: Identity
    """The certificate that the controller and the proxies in front of it show."""
    export: Path
    """The organisation that the directory holds."""
    directory: Directory
    names: NameServers
    clients: ClientAccess
    zoo: Zoo

    @property
    def ca_file(self) -> Path:
        """The authority that every good certificate of the lab comes from."""
        return self.authority.file

    @property
    def wrong_ca_file(self) -> Path:
        """An authority that issued nothing here."""
        return self.wrong_authority.file

    def crowded_directory(self) -> Directory:
        """Return a second controller with more than 1,000 databases; it runs while entered."""
        exports = [self.export.read_bytes(), crowd.export()]
        return Directory(addresses.CROWDED_DIRECTORY, exports, self.controller)

    def other_directory(self, export: Path, settings: Mapping[str, str] | None = None) -> Directory:
        """Return a controller with another export or other settings; it runs while entered."""
        exports = [export.read_bytes()]
        address = addresses.OTHER_DIRECTORY
        return Directory(address, exports, self.controller, settings)

    def recorder(self, upstream: str = addresses.DIRECTORY) -> Recorder:
        """Return a recording proxy; it runs while it is entered."""
        return Recorder(addresses.RECORDER, upstream, self.controller, self.ca_file)

    def windows_limits(self, upstream: str = addresses.DIRECTORY) -> WindowsLimits:
        """Return a proxy that limits answers as Windows does; it runs while it is entered."""
        return WindowsLimits(addresses.LIMITS, upstream, self.controller, self.ca_file)


@contextmanager
def running(export: Path = ORGANISATION) -> Iterator[Lab]:
    """Run a lab whose directory holds an LDIF export, by default article A's organisation."""
    with ExitStack() as stack:
        stack.enter_context(Claim())
        authority = Authority(RUN / "pki", "Lab CA")
        hosts = [addresses.CONTROLLER_NAME, "dc1", *addresses.CONTROLLERS]
        controller = authority.issue("controller", hosts)
        directory = Directory(addresses.DIRECTORY, [export.read_bytes()], controller)
        yield Lab(
            authority=authority,
            wrong_authority=Authority(RUN / "wrong-pki", "Wrong CA"),
            controller=controller,
            export=export,
            directory=stack.enter_context(directory),
            names=_name_servers(stack),
            clients=_client_access(stack, authority),
            zoo=stack.enter_context(Zoo(authority)),
        )


def _name_servers(stack: ExitStack) -> NameServers:
    return NameServers(
        internal=stack.enter_context(NameServer(addresses.INTERNAL_DNS, INTERNAL)),
        external=stack.enter_context(NameServer(addresses.EXTERNAL_DNS, EXTERNAL)),
        silent=_bad(stack, addresses.SILENT_DNS, None),
        servfail=_bad(stack, addresses.SERVFAIL_DNS, dns.rcode.SERVFAIL),
        refused=_bad(stack, addresses.REFUSED_DNS, dns.rcode.REFUSED),
    )


def _bad(stack: ExitStack, address: str, code: dns.rcode.Rcode | None) -> BadNameServer:
    return stack.enter_context(BadNameServer(address, code))


def _client_access(stack: ExitStack, authority: Authority) -> ClientAccess:
    """Head office's servers share the certificate of ``mail``; the branch has its own."""
    public = [f"{name}.{DOMAIN}" for name in ("mail", "autodiscover")]
    own = [f"{name}.{DOMAIN}" for name in ("ho-ex2010-mb1", "ho-ex2010-mb2")]
    shared = authority.issue("mail", public + own)
    branch = authority.issue("branch", [f"br-ex2010-mb.{DOMAIN}"])
    balancer = authority.issue("balancer", public)
    head_office = {
        "HO-EX2010-MB1": TlsServer(addresses.HO_EX2010_MB1, shared),
        "HO-EX2010-MB2": TlsServer(addresses.HO_EX2010_MB2, shared),
    }
    servers = {**head_office, "BR-EX2010-MB": TlsServer(addresses.BR_EX2010_MB, branch)}
    for server in servers.values():
        stack.enter_context(server)
    members = [server.endpoint.address for server in head_office.values()]
    passing = Frontend(addresses.PASS_THROUGH_BALANCER, members)
    terminating = Frontend(addresses.TERMINATING_BALANCER, members, balancer)
    stack.enter_context(Balancer([passing, terminating]))
    return ClientAccess(
        servers=servers,
        pass_through=Endpoint(passing.address, HTTPS_PORT, (shared.der,)),
        terminating=Endpoint(terminating.address, HTTPS_PORT, (balancer.der,)),
    )
