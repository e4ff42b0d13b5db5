"""The roles of an Exchange server, which the directory keeps as bits of one number."""

from casaudit.findings import Value

COLUMNS = frozenset({"roles", "endpoint_roles"})
"""Columns of evidence that hold such a number."""

# Bits of msExchCurrentServerRoles.
# Mailbox servers of Exchange 2013 and later bear bit 4 too: read it beside the version.
_BITS = (
    (4, "Client Access"),
    (2, "Mailbox"),
    (16, "Unified Messaging"),
    (32, "Hub Transport"),
    (64, "Edge Transport"),
)


def role_names(roles: Value) -> list[str] | None:
    """Name the roles of a server; ``None`` where they are not known."""
    if not isinstance(roles, int):
        return None
    return [word for bit, word in _BITS if roles & bit]


def code_words(column: str, value: Value) -> str | None:
    """Write a number that is a code in words; ``None`` for what is none."""
    names = role_names(value) if column in COLUMNS else None
    return None if names is None else ", ".join(names) or "none"
