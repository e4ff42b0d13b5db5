"""Who asks a controller, how it is known to be the right one, and how long it may take."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from casaudit.errors import UsageError

Method = Literal["simple", "kerberos", "ntlm", "anonymous"]

PORTS = {"ldap": 389, "ldaps": 636}
_CATALOG_PORTS = (3268, 3269)  # the global catalog, without and with TLS


class Password:
    """A password that no representation, log or traceback shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Password()"

    def __bool__(self) -> bool:
        return bool(self._text)

    def reveal(self) -> str:
        """Return the text itself; for the bind and nothing else."""
        return self._text


@dataclass(frozen=True, slots=True)
class Credentials:
    """How to bind, and as whom: ``user@domain`` or with the domain before a backslash."""

    method: Method = "simple"
    user: str | None = None
    password: Password | None = None

    def __post_init__(self) -> None:
        """Refuse what would bind as somebody else than was meant."""
        # RFC 4513, section 5.1.2: a simple bind with a name and no password is anonymous.
        if self.method in ("simple", "ntlm") and not (self.user and self.password):
            raise UsageError(
                f"--auth {self.method}",
                "needs a user and a password",
                "an empty password would silently become an anonymous bind",
            )


@dataclass(frozen=True, slots=True)
class Trust:
    """What makes a controller the right one.

    Attributes:
        ca_file: certificates to trust instead of those of the system.
        allow_plaintext: use ``ldap://`` without TLS; everything can be read and changed on the way.
        legacy_tls: accept TLS 1.0 and weak keys, which are all that a controller on Windows
            Server 2008 R2 may have; it is verified all the same.
    """

    ca_file: Path | None = None
    allow_plaintext: bool = False
    legacy_tls: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """What a directory may cost; times in seconds.

    Attributes:
        connect: to open a connection to one address.
        receive: between two pieces of an answer.
        operation: for one page or one bind.
        query: for all pages of a query.
        total: for the whole collection.
        answer_bytes: for all pages of a query.
        values: of one attribute.
    """

    connect: int = 5
    receive: int = 10
    operation: float = 30
    query: float = 120
    total: float = 900
    page_size: int = 500  # MaxPageSize of Active Directory is 1,000 unless it was lowered
    # A page may be empty, so the bound of entries does not bound the pages.
    pages: int = 2_000
    entries: int = 200_000
    answer_bytes: int = 64 * 2**20
    entry_bytes: int = 8 * 2**20
    values: int = 100_000


@dataclass(frozen=True, slots=True)
class Address:
    """Where a controller listens: the parsed form of ``ldap://HOST[:PORT]`` or ``ldaps://...``.

    Attributes:
        known: its IP addresses, where another than the operating system told them.
    """

    scheme: Literal["ldap", "ldaps"]
    host: str
    port: int
    known: tuple[str, ...] = ()

    @classmethod
    def parse(cls, url: str) -> "Address":
        """Return the address that a URL names.

        Raises:
            UsageError: it is no such URL, carries more than host and port, or names the
                global catalog.
        """
        hint = "write ldaps://dc1.corp.example or ldap://dc1.corp.example (StartTLS)"
        try:
            parts = urlsplit(url)
            scheme, host, port = parts.scheme.lower(), parts.hostname, parts.port
        except ValueError:
            raise UsageError("SOURCE", "is not a valid URL", hint) from None
        # The URL is not repeated in this error: a password may stand before the @.
        if "@" in parts.netloc:
            raise UsageError("SOURCE", "carries a user; use --user", "never put a password there")
        if scheme not in PORTS or not host or parts.path.strip("/") or parts.query:
            raise UsageError(url, "is not of the form ldap://HOST[:PORT] or ldaps://...", hint)
        if port in _CATALOG_PORTS:
            raise UsageError(
                url,
                "is the global catalog, which lacks most attributes of Exchange",
                "ask the same controller on port 389 or 636",
            )
        return cls("ldaps" if scheme == "ldaps" else "ldap", host, port or PORTS[scheme])

    @property
    def origin(self) -> str:
        """The URL by which records name the controller; the usual port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"
