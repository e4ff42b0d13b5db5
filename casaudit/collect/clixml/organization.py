"""Objects of the organisation as the shell lists them: arrays, servers, address books, providers.

What the shell lists can be compared with the directory: a list that lacks an object was made by
an account, or a shell, that does not see it.
"""

from collections.abc import Iterator

from casaudit.collect.clixml.export_kind import Found, Kind, having
from casaudit.collect.clixml.properties import PropertyReader
from casaudit.snapshot import (
    ListedArray,
    ListedServer,
    OfflineAddressBook,
    OrganizationConfig,
    OutlookProvider,
    SectionName,
)


def _read_array(reading: PropertyReader) -> Iterator[Found]:
    yield ListedArray(
        name=reading.key("Name"),
        id=reading.guid("Guid", "id"),
        fqdn=reading.text("Fqdn", "fqdn"),
        site=reading.object_name("Site", "site"),
        members=reading.object_names("Members", "members"),
        **reading.common(),
    )


def _read_server(reading: PropertyReader) -> Iterator[Found]:
    yield ListedServer(
        name=reading.key("Name"),
        id=reading.guid("Guid", "id"),
        fqdn=reading.text("Fqdn", "fqdn"),
        site=reading.object_name("Site", "site"),
        version=reading.text("AdminDisplayVersion", "version"),
        roles=reading.names("ServerRole", "roles"),
        **reading.common(),
    )


def _read_address_book(reading: PropertyReader) -> Iterator[Found]:
    yield OfflineAddressBook(
        name=reading.key("Name"),
        id=reading.guid("Guid", "id"),
        server=reading.object_name("Server", "server"),
        is_default=reading.boolean("IsDefault", "is_default"),
        **reading.common(),
    )


def _read_config(reading: PropertyReader) -> Iterator[Found]:
    enabled, mailboxes = None, None
    # Exchange 2010 has neither: a whole object lacks them, and what was picked of one has nothing.
    if reading.has("PublicFoldersEnabled"):
        enabled = reading.text("PublicFoldersEnabled", "public_folders")
    if enabled is not None:
        mailboxes = len(reading.texts("RemotePublicFolderMailboxes", "remote_mailboxes"))
    locked = reading.boolean("PublicFoldersLockedForMigration", "locked_for_migration")
    complete = reading.boolean("PublicFolderMigrationComplete", "migration_complete")
    yield OrganizationConfig(
        name=reading.key("Name"),
        id=reading.guid("Guid", "id"),
        locked_for_migration=locked,
        migration_complete=complete,
        public_folders=enabled,
        remote_mailboxes=None if "remote_mailboxes" in reading.unread else mailboxes,
        **reading.common(),
    )


def _read_provider(reading: PropertyReader) -> Iterator[Found]:
    yield OutlookProvider(
        name=reading.key("Name"),
        cert_principal_name=reading.text("CertPrincipalName", "cert_principal_name"),
        **reading.common(),
    )


KINDS = (
    Kind(
        "arrays",
        (SectionName.LISTED_ARRAYS,),
        having("Name", "Fqdn", "Members"),
        _read_array,
        types=("ClientAccessArray",),
        may_be_empty=True,
    ),
    Kind(
        # Never empty: the server that ran the command is in it.
        "servers",
        (SectionName.LISTED_SERVERS,),
        having("Name", "ServerRole"),
        _read_server,
        types=("ExchangeServer",),
    ),
    Kind(
        "oab",
        (SectionName.OFFLINE_ADDRESS_BOOKS,),
        having("Name", "Server", "AddressLists"),
        _read_address_book,
        types=("OfflineAddressBook",),
        may_be_empty=True,
    ),
    Kind(
        "organization",
        (SectionName.ORGANIZATION_CONFIGS,),
        having("Name", "PublicFoldersLockedForMigration"),
        _read_config,
        types=("OrganizationConfig",),
    ),
    Kind(
        # Setup makes EXCH, EXPR and WEB, so an empty list is a command that failed.
        "providers",
        (SectionName.OUTLOOK_PROVIDERS,),
        having("Name", "CertPrincipalName"),
        _read_provider,
        types=("OutlookProvider",),
    ),
)
