"""Records of what the network says: DNS answers, TLS endpoints, certificates, HTTP banners."""

from enum import StrEnum

from casaudit.snapshot.record import Moment, Record, Source


class DnsView(StrEnum):
    """From where a name is seen: by clients inside, or from the Internet."""

    INTERNAL = "internal"
    EXTERNAL = "external"


class DnsStatus(StrEnum):
    """What a resolver said; only ``nxdomain`` and ``no_data`` are evidence of absence."""

    ANSWER = "answer"
    NXDOMAIN = "nxdomain"
    # The name exists, but has no record of this type.
    NO_DATA = "no_data"
    SERVFAIL = "servfail"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    # Malformed, or a chain of aliases that does not end.
    BAD_ANSWER = "bad_answer"


class DnsAlias(Record):
    """One CNAME step of a chain; ``ttl`` in seconds."""

    name: str
    target: str
    ttl: int


class DnsAnswer(Record):
    """The answer of one resolver to one question (name and record type).

    Attributes:
        resolver: ``address:port``.
        name: the normalised name that was asked, without the trailing dot.
        record_type: ``A`` or ``AAAA`` (each follows aliases), ``SRV`` or ``SOA``.
        aliases: the CNAME chain in order, from the asked name on.
        values: addresses (or record texts) at the end of the chain, sorted.
        ttl: of the final records, in seconds; counts down unless ``authoritative``.
        truncated: a cap of the collector cut the values.
    """

    view: DnsView
    resolver: str
    name: str
    record_type: str
    status: DnsStatus
    aliases: tuple[DnsAlias, ...] = ()
    values: tuple[str, ...] = ()
    ttl: int | None = None
    authoritative: bool | None = None
    truncated: bool = False
    source: Source

    def sort_key(self) -> tuple[str, ...]:
        """Order by name, view, resolver and type."""
        return (self.name, self.view.value, self.resolver, self.record_type)


class TlsOutcome(StrEnum):
    """How far a probe came; only the first two carry a certificate."""

    HANDSHAKE = "handshake"
    # Read in plain text before the handshake was given up: no proof that the server has the key.
    CERTIFICATE_ONLY = "certificate_only"
    HANDSHAKE_FAILED = "handshake_failed"
    NOT_TLS = "not_tls"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"


class ProtocolTrial(Record):
    """Whether one protocol version was accepted; ``None`` when it could not be tried."""

    version: str
    accepted: bool | None = None


class TlsEndpoint(Record):
    """What one address showed for one host name and port.

    Attributes:
        host: the normalised name for which the endpoint was probed.
        address: the IP address connected to.
        connected_port: the port connected to; differs from ``port`` under ``--connect``.
        chain: SHA-256 of the certificates in the order sent, with the name as SNI.
        chain_without_sni: the same when no name was sent; ``None`` when not tried or failed.
        protocol: negotiated version, such as ``TLSv1``.
        trials: which versions the endpoint accepts.
        detail: the first failure, in words.
    """

    host: str
    port: int
    address: str
    connected_port: int
    outcome: TlsOutcome
    protocol: str | None = None
    cipher: str | None = None
    chain: tuple[str, ...] = ()
    # IIS of Windows Server 2008 R2 does not look at SNI; a load balancer may.
    chain_without_sni: tuple[str, ...] | None = None
    trials: tuple[ProtocolTrial, ...] = ()
    detail: str = ""
    source: Source

    def sort_key(self) -> tuple[str, ...]:
        """Order by host, port and address."""
        # With leading zeros, so that texts sort like numbers.
        return (self.host, f"{self.port:05}", self.address, f"{self.connected_port:05}")


WHOLE_CERTIFICATE = "certificate"
"""Stands in ``unread`` of what was sent as a certificate and is none that can be read."""


class Certificate(Record):
    """One certificate as it was sent; every property was read in its own guard.

    Attributes:
        sha256: of the DER, lower-case hex; the key that endpoints refer to.
        sha1: the thumbprint as Exchange shows it, upper-case hex.
        der: base64 of the DER, exactly as sent.
        common_name: first CN of the subject.
        dns_names: DNS names of the subject alternative name, as stored; ``None`` when there is
            no such extension.
        signature_hash: such as ``sha1``.
        key_algorithm: ``rsa``, ``ec``, ``dsa``, ``ed25519`` or the OID.
        self_signed: issuer equals subject and the signature verifies with its own key.
        is_ca: basic constraints; ``None`` when the extension is absent.
        unread: properties that could not be read; ``WHOLE_CERTIFICATE`` where no property could.
    """

    sha256: str
    sha1: str
    der: str
    subject: str | None = None
    issuer: str | None = None
    common_name: str | None = None
    dns_names: tuple[str, ...] | None = None
    ip_addresses: tuple[str, ...] | None = None
    # A text, because serial numbers have up to 20 octets (RFC 5280, section 4.1.2.2).
    serial: str | None = None
    not_before: Moment | None = None
    not_after: Moment | None = None
    key_algorithm: str | None = None
    key_size: int | None = None
    signature_hash: str | None = None
    self_signed: bool | None = None
    is_ca: bool | None = None
    unread: tuple[str, ...] = ()
    source: Source

    def sort_key(self) -> tuple[str, ...]:
        """Order by fingerprint."""
        return (self.sha256,)


class HttpBanner(Record):
    """Headers that a server showed over HTTPS: its OWA build and its web server's version."""

    host: str
    port: int
    owa_version: str | None = None
    server: str | None = None
    source: Source

    def sort_key(self) -> tuple[str, ...]:
        """Order by host and port."""
        return (self.host, f"{self.port:05}")
