"""Reading all pages of a query, however the controller behaves.

The loop ends when the controller says that there is no more, or with the reason why the rest is
missing. What has arrived is kept.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from casaudit.collect.ldap import codes
from casaudit.collect.ldap.codes import Trouble
from casaudit.collect.ldap.credentials import Limits
from casaudit.snapshot import Reason


@dataclass(frozen=True, slots=True)
class RawEntry:
    """An entry as it came over the wire; attribute names with their options, as sent."""

    dn: bytes
    attributes: tuple[tuple[str, tuple[bytes, ...]], ...]

    @property
    def size(self) -> int:
        """How many bytes its values hold."""
        return sum(len(value) for _, values in self.attributes for value in values)


@dataclass(frozen=True, slots=True)
class Page:
    """What a controller answered to one search request.

    Attributes:
        references: places where the controller says that more is to be found.
        cookie: from where to go on; empty at the end; ``None`` when the controller left it out.
        received: bytes.
    """

    code: int
    message: str
    entries: tuple[RawEntry, ...]
    references: tuple[str, ...] = ()
    cookie: bytes | None = b""
    received: int = 0


@dataclass(frozen=True, slots=True)
class Pages:
    """All that could be read of a query; ``trouble`` says why it is not everything."""

    entries: tuple[RawEntry, ...]
    references: tuple[str, ...]
    trouble: Trouble | None


class ConnectionLost(Exception):
    """The connection broke, or was cut because the answer took too long or grew too large."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.detail)
        self.trouble = trouble


def read_pages(
    ask: Callable[[bytes], Page], limits: Limits, now: Callable[[], float] = time.monotonic
) -> Pages:
    """Ask page after page until the end, a limit or an error.

    Args:
        ask: sends the request with a cookie, empty for the first page; may raise
            ``ConnectionLost``.
        limits: what the query may cost.
        now: a clock that does not jump.
    """
    reader = _Reader(limits, now() + limits.query, now)
    cookie = b""
    while True:
        try:
            page = ask(cookie)
        except ConnectionLost as lost:
            return reader.pages(lost.trouble)
        trouble = reader.take(page)
        if trouble is not None or not page.cookie:
            return reader.pages(trouble)
        cookie = page.cookie


class _Reader:
    """Collects pages and tells when to stop."""

    def __init__(self, limits: Limits, deadline: float, now: Callable[[], float]) -> None:
        self._limits = limits
        self._deadline = deadline
        self._now = now
        self._entries: list[RawEntry] = []
        self._references: list[str] = []
        self._seen: set[bytes] = set()
        self._cookies: set[bytes] = set()
        self._pages = 0
        self._received = 0

    def take(self, page: Page) -> Trouble | None:
        """Keep a page and return why no further one may be asked for, if so.

        Samba gives the same cookie with every page, so only one that brings nothing new is
        a page repeated.
        """
        fresh = [entry for entry in page.entries if entry.dn not in self._seen]
        self._seen.update(entry.dn for entry in fresh)
        self._entries += fresh
        self._references += page.references
        self._received += page.received
        # After the entries were kept: those that fit come along with sizeLimitExceeded.
        failed = codes.trouble(page.code, page.message)
        if failed is not None:
            return failed
        # RFC 2696: the control comes back with every page. Without it nobody knows whether this
        # was the last one.
        if page.cookie is None:
            detail = "the answer lacks the paging control: there may be more"
            return Trouble(Reason.SERVER_FAILURE, detail)
        if not page.cookie:
            return None
        if page.cookie in self._cookies and not fresh:
            return Trouble(Reason.SERVER_FAILURE, "the controller repeats a page")
        self._cookies.add(page.cookie)
        self._pages += 1
        return self._exceeded()

    def pages(self, trouble: Trouble | None) -> Pages:
        """Return what was collected."""
        return Pages(tuple(self._entries), tuple(self._references), trouble)

    def _exceeded(self) -> Trouble | None:
        limits = self._limits
        if self._pages >= limits.pages:
            return Trouble(Reason.LIMIT, f"more than {limits.pages} pages")
        if len(self._entries) > limits.entries:
            return Trouble(Reason.LIMIT, f"more than {limits.entries} entries")
        if self._received > limits.answer_bytes:
            return Trouble(Reason.LIMIT, f"more than {limits.answer_bytes // 2**20} MiB")
        if self._now() > self._deadline:
            return Trouble(Reason.TIMEOUT, f"not finished within {limits.query:g} s")
        return None
