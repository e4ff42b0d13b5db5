"""No array to be seen: is there none, or may the account not see array objects?

A directory leaves hidden objects out in silence, and no documented right lets an ordinary
account read arrays. So none is believed only where nothing speaks against it.
"""

from collections.abc import Iterable, Sequence

from casaudit import legacy_dn
from casaudit.collect.ports import SearchResult
from casaudit.dn import container, norm_dn
from casaudit.snapshot import Array, Database, Gap, Reason, SectionName, Server, Status


def named_by_sites(members: SearchResult, arrays: Iterable[Array]) -> list[Gap]:
    """Return a gap for each array that a site's list of members names and that was not seen."""
    seen = {norm_dn(array.dn) for array in arrays}
    listed = {
        value.decode("utf-8", "replace")
        for site in members.entries
        for value in site.attributes.get("msexchserversitebl", ())
    }
    return [
        _hidden(dn, "a site names this array among its members, but it cannot be read")
        for dn in sorted(listed)
        # The back link names all servers of the site too; an array lies in CN=Arrays.
        if container(dn) == "arrays" and norm_dn(dn) not in seen
    ]


def doubts(
    servers: Sequence[Server],
    databases: Sequence[Database],
    statuses: Sequence[Status],
    strangers: bool,
) -> list[Gap]:
    """Return what speaks against "there is no array" when none was seen.

    Args:
        servers: the servers that were seen.
        databases: the databases that were seen.
        statuses: how much of the servers and the databases was seen.
        strangers: whether ``CN=Arrays`` has children of an unexpected class.
    """
    found = []
    if any(status is not Status.COMPLETE for status in statuses):
        found.append(_hidden("CN=Arrays", "servers or databases could not be read in full"))
    if strangers:
        found.append(_hidden("CN=Arrays", "it holds objects of an unexpected class only"))
    known = {(each.legacy_exchange_dn or "").lower() for each in servers}
    return found + [gap for each in databases for gap in _doubt(each, known)]


def _doubt(database: Database, known: set[str]) -> Iterable[Gap]:
    if database.legacy_exchange_dn is None:
        yield _hidden(database.dn, "its endpoint cannot be read: it may name an array")
    target = database.endpoint_legacy_dn
    # A short name that fits no server is one that is gone, and that is common.
    if target is not None and target.lower() not in known and legacy_dn.names_a_host(target):
        named = legacy_dn.last_name(target)
        yield _hidden(
            database.dn, f"its endpoint {named} is not a server: it may be a hidden array"
        )


def _hidden(subject: str, detail: str) -> Gap:
    return Gap(section=SectionName.ARRAYS, subject=subject, reason=Reason.HIDDEN, detail=detail)
