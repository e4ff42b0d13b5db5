"""Asking a live controller over LDAP, read-only and within limits.

Only ``opening`` and ``connection`` know ldap3, and they are imported when a controller is opened.
"""

from collections import Counter

from casaudit.collect.ldap.credentials import (
    Address,
    Credentials,
    Limits,
    Method,
    Password,
    Trust,
)
from casaudit.collect.ldap.live import LiveDirectory
from casaudit.errors import CollectError, SourceError
from casaudit.snapshot import Controller

__all__ = [
    "Credentials",
    "Limits",
    "LiveDirectory",
    "Method",
    "Password",
    "Trust",
    "open_directory",
]


def open_directory(
    url: str, credentials: Credentials, trust: Trust | None = None, limits: Limits | None = None
) -> LiveDirectory:
    """Return the directory behind ``ldap://HOST[:PORT]`` (StartTLS) or ``ldaps://HOST[:PORT]``.

    To be closed, or used in a ``with`` statement.

    Raises:
        SourceError: it cannot be reached, is not trusted or refuses the bind.
        UsageError: the URL, the CA file, or a package that the bind needs, cannot be used.
    """
    from casaudit.collect.ldap.opening import Session  # ldap3 takes its time to load

    address = Address.parse(url)
    operations: Counter[str] = Counter()
    limits = limits or Limits()
    session = Session(address, credentials, trust or Trust(), limits, operations)
    about = Controller(
        origin=address.origin, bind=credentials.method, protection=session.protection
    )
    try:
        return LiveDirectory(about, session.connect, operations, limits)
    except CollectError as error:
        raise SourceError(error.subject, error.problem, error.hint) from None
