"""Searching over one bound connection: an answer is a ``Page``, its end ``ConnectionLost``."""

import contextlib
from collections.abc import Sequence
from typing import Any

import ldap3
from ldap3.core.exceptions import LDAPCommunicationError

from casaudit.collect.ldap.codes import Trouble
from casaudit.collect.ldap.credentials import Limits
from casaudit.collect.ldap.guard import Meter, NotReading, watchdog
from casaudit.collect.ldap.paging import ConnectionLost, Page
from casaudit.snapshot import Reason

_SCOPES = {"base": ldap3.BASE, "one": ldap3.LEVEL, "subtree": ldap3.SUBTREE}
_PAGED_RESULTS = "1.2.840.113556.1.4.319"
_NO_REFERENCES = ("1.2.840.113556.1.4.1339", False, None)
"""The domain scope control: a search of a domain names no other partitions below it."""


class LdapConnection:
    """A bound connection.

    Attributes:
        address: the IP address that it goes to.
    """

    def __init__(self, connection: Any, meter: Meter, address: str, limits: Limits) -> None:
        self.address = address
        self._connection = connection
        self._meter = meter
        self._limits = limits

    def search(
        self,
        base: str,
        scope: str,
        search_filter: str,
        attributes: Sequence[str],
        cookie: bytes | None,
        seconds: float,
    ) -> Page:
        """Return the answer to one request, a page from a cookie on or, without, all at once.

        Raises:
            ConnectionLost: the connection broke or was cut; it can be used no more.
        """
        # The meter lives as long as the connection; its bound is for one answer.
        self._meter.received = 0
        try:
            with watchdog(lambda: self._connection.socket, seconds) as expired:
                self._connection.search(
                    base,
                    search_filter,
                    _SCOPES[scope],
                    dereference_aliases=ldap3.DEREF_NEVER,
                    attributes=list(attributes),
                    time_limit=max(int(seconds), 1),  # 0 would be none
                    paged_size=None if cookie is None else self._limits.page_size,
                    # Critical: a server that cannot page has to say so, and not to give the first
                    # 1,000 entries as if they were all.
                    paged_criticality=True,
                    paged_cookie=cookie or None,
                    controls=[_NO_REFERENCES],
                )
                return self._page(cookie is None)
        # A bug of this program: it must not pass for a lost connection.
        except NotReading:
            raise
        except Exception as error:
            self.drop()
            raise ConnectionLost(self._why(error, expired.is_set(), seconds)) from None
        # After Ctrl-C half an answer is left in the socket, and the next request would read it.
        except BaseException:
            self.drop()
            raise

    def _page(self, at_once: bool) -> Page:
        result, response = self._connection.result, self._connection.response
        control = result["controls"].get(_PAGED_RESULTS)
        # None without the control, which read_pages() tells from the empty cookie of a last page.
        cookie = control and control["value"]["cookie"]
        return Page(
            result["result"],
            result["message"],
            tuple(each["raw"] for each in response if each["type"] == "searchResEntry"),
            tuple(
                uri
                for each in response
                if each["type"] == "searchResRef"
                for uri in each["uri"] or ()
            ),
            b"" if at_once else cookie,
            self._meter.received,
        )

    def _why(self, error: Exception, expired: bool, seconds: float) -> Trouble:
        if self._meter.full:
            return Trouble(Reason.LIMIT, str(error))
        # Of a time-out of the socket ldap3 keeps the text only.
        if expired or "timed out" in str(error):
            return Trouble(Reason.TIMEOUT, f"no complete answer within {seconds:g} s")
        if isinstance(error, LDAPCommunicationError):
            return Trouble(Reason.UNREACHABLE, f"the connection broke: {error}", again=True)
        return Trouble(Reason.MALFORMED, f"the answer is not LDAP: {type(error).__name__}: {error}")

    def drop(self) -> None:
        """Close the socket without a word."""
        # Not unbind(): that sends, and a broken connection may keep it waiting.
        with contextlib.suppress(Exception):
            self._connection.strategy.close()

    def close(self) -> None:
        """Take leave of the controller."""
        # A controller that does not listen any more must not keep the program from its end.
        with contextlib.suppress(Exception), watchdog(lambda: self._connection.socket, 2):
            self._connection.unbind()
