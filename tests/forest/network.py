"""What the forest's name servers and TLS endpoints say."""

from dataclasses import dataclass

from casaudit.snapshot import DnsStatus, TlsOutcome


@dataclass(frozen=True, slots=True)
class Addresses:
    """A name with addresses; the answer is authoritative."""

    values: tuple[str, ...]
    ttl: int = 300

    def of_type(self, record_type: str) -> tuple[str, ...]:
        """Return the addresses that an A or an AAAA question gets."""
        return tuple(sorted(v for v in self.values if (":" in v) == (record_type == "AAAA")))


@dataclass(frozen=True, slots=True)
class Alias:
    """A name that stands for another one (CNAME)."""

    target: str
    ttl: int = 3600


Reply = Addresses | Alias | DnsStatus
Zone = dict[str, Reply]
"""What a view says, by normalised name; a name that is not there does not exist."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A TLS server on port 443 of one address.

    Attributes:
        chain: DER certificates in the order sent, the same with and without a name.
        versions: protocol versions it accepts, lowest first.
    """

    chain: tuple[bytes, ...]
    versions: tuple[str, ...] = ("TLSv1.2",)


Listener = Endpoint | TlsOutcome
"""An endpoint, or how a probe of the address ends instead."""
