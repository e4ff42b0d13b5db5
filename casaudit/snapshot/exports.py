"""Records of what exports of the Exchange Management Shell say of the organisation as a whole.

Servers and databases stand here by the name that the export gives, short or fully qualified;
the judgement finds the objects that they mean. Of mailboxes only counts and domains are kept.
"""

from pydantic import Field

from casaudit.snapshot.record import Record, SectionName, Source


class ExportFile(Record):
    """One kind of evidence that a file holds about one server, or about all at once.

    A file may hold several kinds, and one that lists nothing says so by a record with no objects.

    Attributes:
        file: the name of the file.
        section: the kind of evidence.
        server: the server that the objects are about; ``None`` where the kind is of no server.
        objects: how many of its objects were taken over.
        whole: whether nothing of it is missing.
    """

    file: str
    section: SectionName
    server: str | None = None
    objects: int = Field(ge=0)
    whole: bool
    source: Source

    def sort_key(self) -> tuple[str, ...]:
        """Order by file, kind and server."""
        return (self.file, self.section.value, self.server or "")


class MailboxCount(Record):
    """How many mailboxes a database holds, from an export of ``Get-Mailbox``.

    Attributes:
        count: all of them but arbitration mailboxes.
        discovery: how many of ``count`` are discovery mailboxes.
    """

    database: str
    count: int
    discovery: int = 0
    source: Source

    def sort_key(self) -> tuple[str, ...]:
        """Order by database name."""
        return (self.database,)


class ArbitrationCount(Record):
    """How many arbitration mailboxes a database holds (``Get-Mailbox -Arbitration``)."""

    database: str
    count: int
    source: Source

    def sort_key(self) -> tuple[str, ...]:
        """Order by database name."""
        return (self.database,)


class MailDomain(Record):
    """A domain of primary addresses: ``count`` mailboxes of people and resources have one in it."""

    domain: str
    count: int
    source: Source

    def sort_key(self) -> tuple[str, ...]:
        """Order by domain."""
        return (self.domain,)


class ExportedRecord(Record):
    """A record made of one exported object.

    Attributes:
        unread: names of fields that the export does not hold, or not in a form that can be read.
            A field that is ``None`` and not listed here stood in the export and was empty.
    """

    source: Source
    unread: tuple[str, ...] = ()


class DatabaseState(ExportedRecord):
    """Where a database is mounted (``Get-MailboxDatabase -Status``).

    Attributes:
        id: objectGUID as text, lower case.
        mounted: whether it is mounted.
        mounted_on: the server on which it is active, mounted or not.
    """

    database: str
    id: str | None = None
    mounted: bool | None = None
    mounted_on: str | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by database name."""
        return (self.database, self.id or "")


class CopyState(ExportedRecord):
    """The state of a database copy (``Get-MailboxDatabaseCopyStatus``).

    Attributes:
        status: such as ``Mounted``, ``Healthy``, ``FailedAndSuspended``.
        activation_suspended: whether the copy is kept from being activated by itself.
        active_server: the server on which the database is active.
    """

    database: str
    server: str
    status: str | None = None
    activation_suspended: bool | None = None
    active_server: str | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by database and server."""
        return (self.database, self.server)


class OutlookProvider(ExportedRecord):
    """Settings that Autodiscover hands to Outlook (``Get-OutlookProvider``).

    Attributes:
        name: ``EXCH``, ``EXPR`` or ``WEB``.
        cert_principal_name: such as ``msstd:mail.corp.example``.
    """

    name: str
    cert_principal_name: str | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by name."""
        return (self.name,)


class OfflineAddressBook(ExportedRecord):
    """An offline address book and the server that generates it (``Get-OfflineAddressBook``).

    Attributes:
        id: objectGUID as text, lower case.
        server: the generating server; ``None`` where a mailbox of Exchange 2013 or later does it.
        is_default: whether databases without one of their own use it.
    """

    name: str
    id: str | None = None
    server: str | None = None
    is_default: bool | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by name."""
        return (self.name, self.id or "")


class ListedRecord(ExportedRecord):
    """An object of the directory as the shell lists it, to compare with the directory itself.

    Attributes:
        id: objectGUID as text, lower case.
    """

    name: str
    id: str | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by name."""
        return (self.name, self.id or "")


class OrganizationConfig(ListedRecord):
    """What an organisation does about public folders (``Get-OrganizationConfig``).

    Exchange 2010 does not have all of it: a newer server of the same organisation knows the rest,
    and Exchange Online is an organisation of its own, called after its domain.

    Attributes:
        locked_for_migration: nobody gets at public folders that are on Exchange 2010.
        migration_complete: mail is delivered to the place that they were moved to.
        public_folders: where mailboxes on Exchange 2013 and later, or in Exchange Online, look for
            them: ``Local``, ``Remote`` or ``None``.
        remote_mailboxes: how many mailboxes lead to the servers of ``Remote`` ones.
    """

    locked_for_migration: bool | None = None
    migration_complete: bool | None = None
    public_folders: str | None = None
    remote_mailboxes: int | None = None

    def sort_key(self) -> tuple[str, ...]:
        """Order by name, and tell what Exchange 2010 says from what newer versions say."""
        return (*super().sort_key(), "newer" if self.public_folders else "2010")


class ListedArray(ListedRecord):
    """A Client Access array as ``Get-ClientAccessArray`` lists it, with its members."""

    fqdn: str | None = None
    site: str | None = None
    members: tuple[str, ...] = ()


class ListedServer(ListedRecord):
    """A server as ``Get-ExchangeServer`` lists it.

    Attributes:
        version: as shown, such as ``Version 14.3 (Build 123.4)``: the service pack, no rollup.
        roles: such as ``ClientAccess``, ``Mailbox``.
    """

    fqdn: str | None = None
    site: str | None = None
    version: str | None = None
    roles: tuple[str, ...] = ()


class ListedDatabase(ListedRecord):
    """A database as ``Get-MailboxDatabase`` lists it.

    Attributes:
        rpc_client_access_server: the name that profiles get, as text.
        server: the server that the directory calls its owner.
    """

    rpc_client_access_server: str | None = None
    server: str | None = None
    recovery: bool | None = None
    excluded_from_provisioning: bool | None = None
