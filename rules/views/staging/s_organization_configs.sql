-- s_organization_configs: what exports of Get-OrganizationConfig say of public folders, of whichever organisation.
CREATE VIEW s_organization_configs AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: organisation, as exported
  norm(name) AS name_key, -- text: its normalised name; in Exchange Online its domain
  locked_for_migration AS locked_for_migration, -- bool: PublicFoldersLockedForMigration
  migration_complete AS migration_complete, -- bool: PublicFolderMigrationComplete
  public_folders AS public_folders, -- text: PublicFoldersEnabled; NULL where that version has none
  remote_mailboxes AS remote_mailboxes, -- int: how many RemotePublicFolderMailboxes
  CASE WHEN lower(public_folders) <> 'remote' OR remote_mailboxes = 0 THEN 0
       WHEN public_folders IS NOT NULL AND remote_mailboxes > 0 THEN 1 END AS leads_elsewhere,
       -- bool: its mailboxes look for public folders on other servers; NULL when not known
  unread LIKE '%"public_folders"%' OR unread LIKE '%"remote_mailboxes"%' AS is_unread
       -- bool: it may say so, and could not be read
FROM organization_configs;
