-- w_public_folder_pins: mailbox databases that point at what may be a Client Access server, whether on purpose: so that
--   mailboxes on newer versions reach the public folders of that server.
-- index: id
CREATE VIEW w_public_folder_pins AS SELECT
  x.id AS id, -- text: mailbox database
  x.is_excluded AS is_excluded,
      -- bool: excluded from provisioning: by the directory, or by an export where that could not be read
  CASE WHEN x.is_excluded = 0 OR x.is_own = 0 OR x.has_public_folders = 0 THEN 0
       WHEN x.is_excluded AND x.is_own AND x.has_public_folders AND x.mailbox_count <= 1
           AND x.is_client_access THEN 1 END AS is_pin
           -- bool: excluded from provisioning, at its own server, that holds public folders, and with at most the one
           -- mailbox that Autodiscover names
FROM (SELECT d.id, coalesce(d.is_excluded, l.is_excluded) AS is_excluded,
        h.server_id = s.id AS is_own, s.is_client_access_2010 AS is_client_access,
        CASE WHEN EXISTS (SELECT 1 FROM w_database_hosts p WHERE p.server_id = s.id AND p.is_public_folder) THEN 1
             WHEN c.databases_complete AND NOT EXISTS (SELECT 1 FROM w_database_hosts p WHERE p.server_id IS NULL
                 AND p.is_public_folder) THEN 0 END AS has_public_folders,
        coalesce(m.count, 0) AS mailbox_count
      FROM s_databases d
      CROSS JOIN s_coverage c
      JOIN w_database_hosts h ON h.id = d.id
      JOIN w_servers s ON s.legacy_key = d.endpoint_key AND coalesce(s.is_client_access_2010, 1)
      LEFT JOIN s_mailbox_counts m ON m.name_key = d.name_key
      LEFT JOIN (SELECT name_key, CASE WHEN min(is_excluded) = max(is_excluded) THEN max(is_excluded) END AS is_excluded
                 FROM s_listed_databases GROUP BY name_key) l ON l.name_key = d.name_key
      WHERE d.is_mailbox) x;
