-- v_public_folder_access: one row per Exchange organisation, whether mailboxes elsewhere are led to its public folders.
-- index: id
CREATE VIEW v_public_folder_access AS SELECT
  o.id AS id, -- text: objectGUID
  o.name AS name, -- text: name of the organisation
  max(CASE WHEN c.is_own THEN c.locked_for_migration AND NOT c.migration_complete END) AS folders_locked,
      -- bool: public folders on Exchange 2010 are locked for a migration that is not complete; NULL when not known
  min(CASE WHEN c.is_own THEN c.migration_complete END) AS folders_moved,
      -- bool: all exports say that the migration of the public folders is complete; NULL when not known
  coalesce(list_of(c.name || ' ' || c.public_folders || ' (' || c.remote_mailboxes || ')'), '[]') AS access_settings,
      -- list: organisations with PublicFoldersEnabled and the number of RemotePublicFolderMailboxes
  CASE WHEN o.newer_server_count = 0 THEN 1
       WHEN max(c.is_own AND c.is_unread) THEN NULL
       WHEN min(CASE WHEN c.is_own THEN c.leads_elsewhere END) = 1 THEN 1
       WHEN o.seen_newer_server_count > 0 THEN min(CASE WHEN c.is_own THEN c.leads_elsewhere END)
           END AS newer_servers_lead_there,
           -- bool: mailboxes on newer servers look for them on Exchange 2010, or there are none; NULL when not known
  CASE WHEN h.is_hybrid = 0 THEN 1
       WHEN max(c.is_tenant AND c.is_unread) THEN NULL
       WHEN min(CASE WHEN c.is_tenant THEN c.leads_elsewhere END) = 1 THEN 1
       WHEN h.is_hybrid THEN min(CASE WHEN c.is_tenant THEN c.leads_elsewhere END) END AS online_leads_there,
       -- bool: mailboxes in Exchange Online do, or it is no hybrid organisation; NULL when not known
  o.newer_server_count AS newer_server_count, -- int: newer servers, when all servers and their versions are known
  h.is_hybrid AS is_hybrid, -- bool: joined to Exchange Online; NULL when not known
  o.source_origin AS source_origin, -- text: where it was read
  o.source_at AS source_at, -- text: when it was read
  o.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  o.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_organization o JOIN v_hybrid h ON h.id = o.id
LEFT JOIN w_organization_configs c ON c.organization_id = o.id GROUP BY o.id;
