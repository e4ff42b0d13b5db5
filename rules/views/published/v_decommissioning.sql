-- v_decommissioning: the organisation, with what still refers to Exchange 2010.
-- index: id
CREATE VIEW v_decommissioning AS SELECT
  o.id AS id, -- text: objectGUID of the organisation
  o.name AS name, -- text: name of the organisation
  o.site AS site, -- text: none
  o.server_count_2010 AS server_count_2010, -- int: Exchange 2010 servers, when all servers are known
  o.seen_newer_server_count AS seen_newer_server_count, -- int: servers of Exchange 2013 and later seen
  o.newer_server_count AS newer_server_count, -- int: the same, when all servers are known
  (SELECT count(*) FROM w_leftovers) AS leftover_count, -- int: things of Exchange 2010 that were found
  coalesce((SELECT list_of(l.name) FROM w_leftovers l), '[]') AS leftovers, -- list: those things
  (SELECT count(*) FROM w_leftovers l WHERE NOT l.is_database) AS other_count, -- int: how many are no mailbox databases
  CASE WHEN EXISTS (SELECT 1 FROM w_leftovers l WHERE l.holds_mailboxes) THEN 1
       WHEN c.databases_complete AND c.servers_complete
           AND NOT EXISTS (SELECT 1 FROM w_leftovers l WHERE l.holds_mailboxes IS NULL)
            AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.on_exchange_2010 IS NULL) THEN 0 END AS holds_mailboxes,
                -- bool: mailboxes are left on Exchange 2010; NULL when not known
  o.server_count_2010 IS NOT NULL AND c.databases_complete AND c.arrays_complete AND c.service_connection_points_complete
    AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.on_exchange_2010 IS NULL)
    AND NOT EXISTS (SELECT 1 FROM w_points p LEFT JOIN w_servers s ON s.id = p.server_id
        WHERE NOT p.uris_read AND coalesce(s.is_2010, 1))
    AND NOT EXISTS (SELECT 1 FROM s_offline_address_books b LEFT JOIN w_name_owners n ON n.name = b.server_name
        WHERE b.server_unread OR (b.server IS NOT NULL AND n.server_id IS NULL AND NOT k.server_names))
    AND EXISTS (SELECT 1 FROM s_sections n
        WHERE n.name = 'offline_address_books' AND n.status = 'complete') AS is_known,
        -- bool: whatever could be left was looked for and seen
  coalesce((SELECT identities(s.name, s.id) FROM s_service_connection_points p
      JOIN w_servers w ON w.dn_key = p.server_key JOIN v_servers s ON s.id = w.id
      WHERE s.is_2010 AND p.uris <> '[]'), '[]') AS discovery_servers,
      -- identities: Exchange 2010 servers with an Autodiscover address
  coalesce((SELECT identities(a.name, a.id) FROM v_arrays a WHERE a.reference_count = 0), '[]') AS removable_arrays,
      -- identities: arrays to which no database refers
  coalesce((SELECT identities(a.name, a.id) FROM v_arrays a), '[]') AS arrays, -- identities: all arrays
  o.source_origin AS source_origin, -- text: where it was read
  o.source_at AS source_at, -- text: when it was read
  o.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  o.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_organization o CROSS JOIN v_coverage c CROSS JOIN w_known k;
