"""Databases: as the shell lists them, where they are mounted, and the states of their copies."""

from collections.abc import Iterator

from casaudit.collect.clixml.export_kind import Found, Kind, either, having
from casaudit.collect.clixml.properties import PropertyReader
from casaudit.snapshot import CopyState, DatabaseState, ListedDatabase, SectionName


def _read_database(reading: PropertyReader) -> Iterator[Found]:
    name, guid = reading.key("Name"), reading.guid("Guid", "id")
    # Scripts and tables of earlier versions of casaudit did not ask for it.
    excluded = "IsExcludedFromProvisioning"
    yield ListedDatabase(
        name=name,
        id=guid,
        rpc_client_access_server=reading.text("RpcClientAccessServer", "rpc_client_access_server"),
        server=reading.object_name("Server", "server"),
        recovery=reading.boolean("Recovery", "recovery"),
        excluded_from_provisioning=reading.boolean(excluded, "excluded_from_provisioning")
        if reading.has(excluded)
        else None,
        **reading.common(),
    )
    if reading.has("MountedOnServer"):
        yield from _state(reading, name, guid)


def _state(reading: PropertyReader, name: str, guid: str | None) -> Iterator[Found]:
    """Yield where a database is mounted; without -Status the shell leaves both fields empty."""
    # Get-MailboxDatabase asks the servers only with -Status; without it "not mounted" and "not
    # asked" look alike.
    mounted = reading.boolean("Mounted", "mounted")
    mounted_on = reading.text("MountedOnServer", "mounted_on")
    if mounted is not None or mounted_on is not None:
        yield DatabaseState(
            database=name, id=guid, mounted=mounted, mounted_on=mounted_on, **reading.common()
        )


def _read_copy(reading: PropertyReader) -> Iterator[Found]:
    yield CopyState(
        database=reading.key("DatabaseName"),
        server=reading.key("MailboxServer"),
        status=reading.text("Status", "status"),
        activation_suspended=reading.boolean("ActivationSuspended", "activation_suspended"),
        # ActiveDatabaseCopy holds a server, whatever its name says.
        active_server=reading.text("ActiveDatabaseCopy", "active_server"),
        **reading.common(),
    )


KINDS = (
    Kind(
        "copies",
        (SectionName.COPY_STATES,),
        having("DatabaseName", "MailboxServer", "Status"),
        _read_copy,
        types=("DatabaseCopyStatusEntry",),
        may_be_empty=True,
    ),
    Kind(
        "databases",
        (SectionName.LISTED_DATABASES,),
        either(having("Name", "RpcClientAccessServer"), having("Name", "MountedOnServer")),
        _read_database,
        types=("MailboxDatabase",),
    ),
)
