"""Databases with the endpoint their clients get, their copies, and availability groups."""

from casaudit import legacy_dn
from casaudit.collect.exchange.attributes import AttributeReader
from casaudit.collect.exchange.queries import PUBLIC_DATABASE
from casaudit.dn import parent
from casaudit.snapshot import AvailabilityGroup, Database, DatabaseCopy


def database(read: AttributeReader) -> Database:
    """Return a database; RpcClientAccessServer is decoded from its legacyExchangeDN."""
    fields = read.fields(Database)
    dn = fields["legacy_exchange_dn"]
    if read.is_unread("legacy_exchange_dn"):
        read.miss("endpoint_legacy_dn")
    # Only recovery databases carry msExchRestore: absent means no, unreadable does not.
    if not read.is_unread("recovery"):
        fields["recovery"] = bool(fields["recovery"])
    return Database(
        kind="public_folder" if read.is_a(PUBLIC_DATABASE) else "mailbox",
        endpoint_legacy_dn=None if dn is None else legacy_dn.endpoint(dn),
        **fields,
        **read.identity(),
    )


def copy(read: AttributeReader) -> DatabaseCopy:
    """Return a copy; it is a child of its database."""
    return DatabaseCopy(
        database_dn=parent(read.entry.dn), **read.fields(DatabaseCopy), **read.identity()
    )


def availability_group(read: AttributeReader) -> AvailabilityGroup:
    """Return a database availability group."""
    return AvailabilityGroup(**read.fields(AvailabilityGroup), **read.identity())
