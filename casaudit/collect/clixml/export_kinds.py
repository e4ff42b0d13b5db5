"""All kinds of export, and how an object or a file's name tells which it is."""

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


def recognised(item: Exported) -> Kind | None:
    """Return what an object is an export of, by its properties and the names of its types."""
    return next((kind for kind in KINDS if kind.is_one(item)), None)


def named(file: str) -> tuple[Kind | None, str | None]:
    """Return the kind and the server that a file's name tells: ``services-EX1.xml``."""
    name = PurePath(file).stem
    for kind in _LONGEST_FIRST:
        start, rest = name[: len(kind.stem)].lower(), name[len(kind.stem) :]
        if start == kind.stem and (not rest or (rest.startswith("-") and rest.strip("- ."))):
            return kind, rest[1:] or None
    return None, None
