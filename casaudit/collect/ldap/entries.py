"""Raw entries of a controller's answer become entries of the port."""

import base64
import time
from collections.abc import Callable

from casaudit.collect.ldap.codes import Trouble
from casaudit.collect.ldap.credentials import Limits
from casaudit.collect.ldap.paging import RawEntry
from casaudit.collect.ldap.ranges import whole
from casaudit.collect.ports import DirectoryEntry, Query
from casaudit.snapshot import Gap, Reason, Source


class EntryReader:
    """Turns the raw entries of one query into entries of the port.

    Attributes:
        gaps: what could not be had.
    """

    def __init__(
        self,
        query: Query,
        source: Source,
        limits: Limits,
        part: Callable[[str, str], RawEntry | Trouble],
    ) -> None:
        self.gaps: list[Gap] = []
        self._query = query
        self._source = source
        self._limits = limits
        self._part = part
        # For the ranges of all entries together: each of them is one more search.
        self._deadline = time.monotonic() + limits.query

    def gap(self, subject: str, trouble: Trouble) -> None:
        """Note something of the answer that could not be had."""
        self.gaps.append(
            Gap(
                section=self._query.section,
                subject=subject or "rootDSE",
                reason=trouble.reason,
                detail=trouble.detail,
            )
        )

    def entry(self, raw: RawEntry) -> DirectoryEntry | None:
        """Return an entry; one without a readable name or of excessive size is a gap."""
        try:
            dn = raw.dn.decode("utf-8")
        except UnicodeDecodeError:
            # 768 bytes are 1,024 characters of base64.
            shown = base64.b64encode(raw.dn[:768]).decode("ascii")
            self.gap(self._query.base, Trouble(Reason.MALFORMED, f"a DN below it: {shown}"))
            return None
        if raw.size > self._limits.entry_bytes:
            self.gap(dn, Trouble(Reason.LIMIT, f"the entry holds {raw.size} bytes"))
            return None
        found = whole(raw, lambda label: self._more(dn, label), self._limits.values)
        for trouble in found.broken.values():
            self.gap(dn, trouble)
        return DirectoryEntry(dn, found.attributes, self._source, frozenset(found.broken))

    def _more(self, dn: str, label: str) -> RawEntry | Trouble:
        if time.monotonic() > self._deadline:
            detail = f"{label}: not finished within {self._limits.query:g} s"
            return Trouble(Reason.TIMEOUT, detail)
        return self._part(dn, label)
