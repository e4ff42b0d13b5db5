"""A live controller behind the directory port."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Protocol, Self

from casaudit.collect.ldap import codes
from casaudit.collect.ldap.codes import Trouble
from casaudit.collect.ldap.credentials import Limits
from casaudit.collect.ldap.entries import EntryReader
from casaudit.collect.ldap.paging import ConnectionLost, Page, Pages, RawEntry, read_pages
from casaudit.collect.ports import Query, SearchResult
from casaudit.errors import CollectError
from casaudit.snapshot import Controller, Reason, Source

_ROOT = ("dnsHostName", "highestCommittedUSN", "currentTime")
_ANY = "(objectClass=*)"
_TIME = re.compile(rb"(\d{14})(?:\.\d+)?Z")


class BoundConnection(Protocol):
    """A bound connection; ``address`` is the IP address that it goes to."""

    address: str

    def search(
        self,
        base: str,
        scope: str,
        search_filter: str,
        attributes: Sequence[str],
        cookie: bytes | None,
        seconds: float,
    ) -> Page:
        """Return the answer to one request; raise ``ConnectionLost`` when it is gone."""
        ...

    def close(self) -> None:
        """Take leave."""
        ...


Connect = Callable[[str | None], BoundConnection]
"""Opens a connection, to the given IP address if any; raises ``CollectError``."""


class LiveDirectory:
    """A controller that was bound to; one connection, used by one thread.

    Attributes:
        origin: how records name it.
    """

    def __init__(
        self, about: Controller, connect: Connect, operations: Mapping[str, int], limits: Limits
    ) -> None:
        self.origin = about.origin
        self._about = about
        self._connect = connect
        self._operations = operations
        self._limits = limits
        self._deadline = time.monotonic() + limits.total
        self._dead: Trouble | None = None
        self._connection: BoundConnection | None = connect(None)
        self._address = self._connection.address
        self._root = self._rootdse()
        self._offset = _offset(self._root)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Take leave of the controller."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def search(self, query: Query) -> SearchResult:
        """Return the entries of one query, whole values, every page.

        A busy controller and a broken connection are tried once more, from the first page on.
        """
        pages = self._pages(query)
        if pages.trouble is not None and pages.trouble.again:
            second = self._pages(query)
            # max() keeps the first of equals: the second answer, unless it is the poorer one.
            pages = max((second, pages), key=lambda each: (not each.trouble, len(each.entries)))
        return self._answer(query, pages)

    def controller(self) -> Controller:
        """Return what is known of the controller itself; to be asked for after the last search."""
        start = _number(self._root, "highestcommittedusn")
        names = self._root.get("dnshostname", ())
        try:
            # A higher number than at the start: the directory changed while it was read.
            end = _number(self._rootdse(), "highestcommittedusn") if self._connection else None
        except CollectError:
            end = None
        return Controller(
            origin=self._about.origin,
            bind=self._about.bind,
            protection=self._about.protection,
            address=self._address,
            dns_host_name=next((each.decode("utf-8", "replace") for each in names), None),
            usn_start=start,
            usn_end=end,
            clock_offset_seconds=self._offset,
            operations=dict(sorted(self._operations.items())),
        )

    def _rootdse(self) -> Mapping[str, tuple[bytes, ...]]:
        try:
            page = self._ask("", "base", _ANY, _ROOT, None)
        except ConnectionLost as lost:
            raise CollectError(self.origin, lost.trouble.reason, str(lost)) from None
        trouble = codes.trouble(page.code, page.message)
        if trouble is not None or not page.entries:
            problem = trouble.detail if trouble else "the rootDSE is empty"
            raise CollectError(self.origin, Reason.SERVER_FAILURE, problem)
        return {name.lower(): values for name, values in page.entries[0].attributes}

    def _pages(self, query: Query) -> Pages:
        def ask(cookie: bytes) -> Page:
            # One entry at most: without the paging control there is no cookie to miss.
            whole_answer = query.scope == "base"
            return self._ask(
                query.base,
                query.scope,
                query.filter,
                query.attributes,
                None if whole_answer else cookie,
            )

        return read_pages(ask, self._limits)

    def _ask(
        self,
        base: str,
        scope: str,
        search_filter: str,
        attributes: Sequence[str],
        cookie: bytes | None,
    ) -> Page:
        left = self._deadline - time.monotonic()
        if left <= 0:
            detail = f"the {self._limits.total:g} s for the whole directory are used up"
            raise ConnectionLost(Trouble(Reason.TIMEOUT, detail))
        connection = self._connected()
        try:
            # Whatever goes wrong from here on leaves the connection in no known state.
            seconds = min(left, self._limits.operation)
            return connection.search(base, scope, search_filter, attributes, cookie, seconds)
        except BaseException:
            self._connection = None
            raise

    def _connected(self) -> BoundConnection:
        """Return the connection, a new one where it broke; what cannot be reopened stays dead."""
        if self._dead is not None:
            raise ConnectionLost(self._dead)
        if self._connection is None:
            try:
                # The same address: another controller counts its own USNs and may not have
                # replicated yet.
                self._connection = self._connect(self._address)
            except CollectError as error:
                self._dead = Trouble(Reason(error.reason), f"the connection broke; then: {error}")
                raise ConnectionLost(self._dead) from None
        return self._connection

    def _answer(self, query: Query, pages: Pages) -> SearchResult:
        source = Source(origin=self.origin, at=datetime.now(UTC))
        reader = EntryReader(query, source, self._limits, self._part)
        entries = [entry for raw in pages.entries if (entry := reader.entry(raw)) is not None]
        for uri in pages.references:
            reader.gap(query.base, Trouble(Reason.REFERRAL, f"not followed: {uri}"))
        if pages.trouble is not None:
            reader.gap(query.base, pages.trouble)
        return SearchResult(tuple(entries), complete=not reader.gaps, gaps=tuple(reader.gaps))

    def _part(self, dn: str, label: str) -> RawEntry | Trouble:
        """Return an entry with one attribute, or a range of it."""
        try:
            page = self._ask(dn, "base", _ANY, (label,), None)
        except ConnectionLost as lost:
            return lost.trouble
        trouble = codes.trouble(page.code, page.message)
        if trouble is None and not page.entries:
            trouble = Trouble(Reason.SERVER_FAILURE, f"{label}: the entry is gone")
        return trouble or page.entries[0]


def _number(root: Mapping[str, tuple[bytes, ...]], name: str) -> int | None:
    value = next(iter(root.get(name, ())), b"")
    # 18 digits always fit into 64 bits.
    return int(value) if re.fullmatch(rb"[0-9]{1,18}", value) else None


def _offset(root: Mapping[str, tuple[bytes, ...]]) -> int | None:
    """Return how far a controller's clock is ahead of ours, in seconds."""
    found = _TIME.fullmatch(next(iter(root.get("currenttime", ())), b""))
    if found is None:
        return None
    try:
        own = datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return round((own - datetime.now(UTC)).total_seconds())
