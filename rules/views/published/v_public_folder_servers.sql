-- v_public_folder_servers: one row per Exchange 2010 server with a public folder database, and what mailboxes on newer
--   versions need to reach its folders.
-- index: id
CREATE VIEW v_public_folder_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  p.databases AS public_folder_databases, -- list: its public folder databases
  CASE WHEN s.roles IS NOT NULL THEN s.is_client_access_2010 END AS has_client_access,
      -- bool: has the Client Access role
  coalesce((SELECT list_of(d.name) FROM v_databases d JOIN w_database_hosts h ON h.id = d.id
      WHERE h.server_id = s.id AND d.is_public_folder_pin), '[]') AS pinned_databases,
      -- list: mailbox databases on it that are excluded from provisioning and point at it
  CASE WHEN EXISTS (SELECT 1 FROM v_databases d JOIN w_database_hosts h ON h.id = d.id
      WHERE h.server_id = s.id AND d.is_public_folder_pin) THEN 1
       WHEN c.databases_complete AND NOT EXISTS (SELECT 1 FROM v_databases d JOIN w_database_hosts h ON h.id = d.id
              WHERE coalesce(h.server_id, s.id) = s.id AND NOT d.is_public_folder
                  AND (d.is_public_folder_pin IS NULL OR d.endpoint_kind IS NULL)) THEN 0 END AS has_pinned_database,
                  -- bool: there is one; NULL when not known
  CASE WHEN EXISTS (SELECT 1 FROM w_anywhere w WHERE w.is_enabled) THEN 1
       WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM w_anywhere w WHERE w.is_enabled IS NULL)
           THEN 0 END AS has_outlook_anywhere,
           -- bool: Outlook Anywhere is enabled on some Client Access server of Exchange 2010
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s CROSS JOIN v_coverage c
JOIN (SELECT h.server_id, list_of(d.name) AS databases FROM w_database_hosts h JOIN s_databases d ON d.id = h.id
    WHERE h.is_public_folder GROUP BY h.server_id) p ON p.server_id = s.id
WHERE s.is_2010;
