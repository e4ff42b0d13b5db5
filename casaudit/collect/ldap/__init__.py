"""Asking a live controller over LDAP, read-only and within limits.

Only ``opening`` and ``connection`` know ldap3, and they are imported when a controller is opened.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from casaudit.collect.ldap.credentials import (
    Address,
    Credentials,
    Limits,
    Method,
    Password,
    Trust,
)
from casaudit.collect.ldap.live import LiveDirectory
from casaudit.collect.ldap.locating import ControllerFinder, controller_questions
from casaudit.collect.ldap.trail import Stage, Trail
from casaudit.errors import CollectError, SourceError
from casaudit.snapshot import Controller, Reason

__all__ = [
    "ControllerFinder",
    "Credentials",
    "Limits",
    "LiveDirectory",
    "Method",
    "Password",
    "Stage",
    "Trail",
    "Trust",
    "controller_questions",
    "open_directory",
]


_ANOTHER_MAY_SERVE = frozenset(
    {Reason.UNREACHABLE, Reason.TIMEOUT, Reason.HANDSHAKE_FAILED, Reason.SERVER_FAILURE}
)
"""Why the next controller of a domain is tried. A controller that is not who it should be ends the
search, and so does a bind that was refused: each one counts towards the lockout of the account."""


def open_directory(
    url: str,
    credentials: Credentials,
    trust: Trust | None = None,
    limits: Limits | None = None,
    find: Callable[[Address], Iterable[Address]] = lambda host: (host,),
    trail: Trail | None = None,
) -> LiveDirectory:
    """Return the directory behind ``ldap://HOST[:PORT]`` (StartTLS) or ``ldaps://HOST[:PORT]``.

    To be closed, or used in a ``with`` statement.

    Args:
        url: names a controller, or a domain of which the first controller that serves is taken.
        credentials: how to bind.
        trust: what makes a controller the right one.
        limits: what it may cost.
        find: gives the controllers of a domain in order; without it every host is a controller.
        trail: takes note of how far the opening came.

    Raises:
        SourceError: it cannot be reached, is not trusted or refuses the bind.
        UsageError: the URL, the CA file, or a package that the bind needs, cannot be used.
    """
    address, trail = Address.parse(url), trail or Trail()
    try:
        for candidate in find(address):
            try:
                return _opened(candidate, credentials, trust or Trust(), limits or Limits(), trail)
            except CollectError as error:
                if error.reason not in _ANOTHER_MAY_SERVE:
                    raise
                trail.skip(error)
    except CollectError as error:
        raise SourceError(error.subject, error.problem, error.hint) from None
    last = trail.skipped[-1]
    if len(trail.skipped) == 1:
        raise SourceError(last.subject, last.problem, last.hint)
    problem = "; ".join(map(str, trail.skipped))
    raise SourceError(address.origin, f"none of its controllers serves: {problem}", last.hint)


def _opened(
    address: Address, credentials: Credentials, trust: Trust, limits: Limits, trail: Trail
) -> LiveDirectory:
    from casaudit.collect.ldap.opening import Session  # ldap3 takes its time to load

    trail.begin()
    operations: Counter[str] = Counter()
    session = Session(address, credentials, trust, limits, operations, trail)
    about = Controller(
        origin=address.origin, bind=credentials.method, protection=session.protection
    )
    return LiveDirectory(about, session.connect, operations, limits)
