"""All kinds of export, and how an object or a file's name tells which it is."""

import re
from collections.abc import Iterator
from pathlib import PurePath

from casaudit.collect.clixml import (
    balancing,
    certificates,
    databases,
    machines,
    mailboxes,
    organization,
    schannel,
)
from casaudit.collect.clixml.export_kind import Kind
from casaudit.collect.clixml.failures import kind_of_failures
from casaudit.collect.clixml.properties import text_of
from casaudit.collect.clixml.values import Exported

EVIDENCE: tuple[Kind, ...] = (
    *mailboxes.KINDS,
    *databases.KINDS,
    *organization.KINDS,
    *certificates.KINDS,
    *balancing.KINDS,
    *schannel.KINDS,
    *machines.KINDS,
)
"""In the order in which they are tried."""
KINDS = (*EVIDENCE, kind_of_failures(EVIDENCE))
"""With the list of what the export script could not get."""

# nlb-cluster-EX1.xml also begins like a file of the kind nlb.
_LONGEST_FIRST = sorted(KINDS, key=lambda kind: -len(kind.stem))


# Objects of the shell that resemble those of a kind, with what they are.
_NO_MAILBOX = "no mailbox; Get-Mailbox lists those"
_NO_SERVER = "one role of a server; Get-ExchangeServer lists the servers"
_OTHERS = {
    **dict.fromkeys(("Group", "DistributionGroup", "DynamicDistributionGroup"), _NO_MAILBOX),
    **dict.fromkeys(("Contact", "MailContact", "User", "MailUser", "RemoteMailbox"), _NO_MAILBOX),
    **dict.fromkeys(("PublicFolder", "MailPublicFolder"), _NO_MAILBOX),
    # Settings and statistics of mailboxes name no database, or mailboxes once more.
    **dict.fromkeys(("CASMailbox", "UMMailbox", "MailboxStatistics"), _NO_MAILBOX),
    **dict.fromkeys(("MailboxServer", "TransportServer", "UMServer"), _NO_SERVER),
    "PublicFolderDatabase": "no mailbox database; Get-MailboxDatabase lists those",
}
_PASSED_OVER = {name.lower(): told for name, told in _OTHERS.items()}
# Remoting puts "Deserialized." in front of a type's name, Select-Object "Selected.".
_EXCHANGE = re.compile(r"(?:(?:deserialized|selected)\.)*microsoft\.exchange\.(?:\w+\.)*(\w+)")


def recognised(item: Exported) -> Kind | None:
    """Return what an object is an export of: by its type where that is one of Exchange.

    What Select-Object leaves of an object of another shell has lost its type, and other products
    have theirs: those are told by their properties.
    """
    types = set(_exchange_types(item))
    if not types:
        return next((kind for kind in KINDS if kind.is_one(item)), None)
    found = [kind for kind in KINDS if types & {each.lower() for each in kind.types}]
    # Two kinds of one type: an arbitration mailbox is a mailbox as well.
    return next((kind for kind in found if kind.is_one(item)), found[0] if found else None)


def no_evidence(item: Exported) -> str | None:
    """Return what an object is that only resembles one of a kind; ``None`` when it may be one."""
    types = _exchange_types(item)
    told = next((_PASSED_OVER[each] for each in types if each in _PASSED_OVER), None)
    return told or (_NO_MAILBOX if mailboxes.is_no_mailbox(item) else None)


def owner(item: Exported, kind: Kind, file_server: str | None) -> str | None:
    """Return the server that an object is about.

    What the object says itself comes before the name of its file, and that before what remoting
    noted of the connection.
    """
    own = (_server_in(item, name) for name in kind.owner)
    remote = _server_in(item, "PSComputerName") if kind.made_there else None
    return next((each for each in own if each), None) or file_server or remote


def _server_in(item: Exported, name: str) -> str | None:
    found = text_of(item.properties.get(name.lower()))
    if not isinstance(found, str):
        return None
    # The identity of what belongs to a server begins with it: EX1\9D2B...
    server = found.rpartition("\\")[0] if name == "Identity" else found
    return server if server.strip(" .") else None


def _exchange_types(item: Exported) -> Iterator[str]:
    """Yield the types of Exchange that an object names, lower case, without name space."""
    for each in item.types:
        if found := _EXCHANGE.fullmatch(each.lower()):
            yield found[1]


def named(file: str) -> tuple[Kind | None, str | None]:
    """Return the kind and the server that a file's name tells: ``services-EX1.xml``."""
    name = PurePath(file).stem
    for kind in _LONGEST_FIRST:
        start, rest = name[: len(kind.stem)].lower(), name[len(kind.stem) :]
        if start == kind.stem and (not rest or (rest.startswith("-") and rest.strip("- ."))):
            return kind, rest[1:] or None
    return None, None
