-- v_array_account_rolls: one row per array, whether the script that rolls the password of its Kerberos account meets
--   newer servers.
-- index: id
CREATE VIEW v_array_account_rolls AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.members AS members, -- identities: member servers
  coalesce((SELECT identities(s.name, s.id) FROM v_servers s
      WHERE s.site_id = a.site_id AND s.major > 14 AND NOT s.is_edge), '[]') AS newer_servers,
      -- identities: servers of Exchange 2013 and later in its site
  CASE WHEN EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = a.site_id AND s.major > 14 AND NOT s.is_edge) THEN 1
       WHEN k.server_sites AND a.site_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM v_servers s
           WHERE s.site_id = a.site_id AND (s.major IS NULL OR (s.major > 14 AND s.is_edge IS NULL)))
           THEN 0 END AS has_newer_servers, -- bool: there are any; NULL when not known
  coalesce(z.shared_account, (SELECT min(y.account_key) FROM w_array_servers m
      JOIN w_service_accounts y ON y.server_id = m.id WHERE m.array_id = a.id AND m.is_member)) AS account,
      -- text: an account that is no server's and that holds its Kerberos names, or that a member uses for Kerberos
  CASE WHEN z.shared_account IS NOT NULL
      OR EXISTS (SELECT 1 FROM w_array_servers m JOIN w_service_accounts y ON y.server_id = m.id
      WHERE m.array_id = a.id AND m.is_member) THEN 1
       WHEN (q.known AND NOT z.is_registered AND a.id NOT IN (SELECT w.id FROM w_arrays w WHERE w.fqdn_unread))
           OR a.member_count = (SELECT count(*) FROM w_array_servers m JOIN w_exported x ON x.server_id = m.id
           WHERE m.array_id = a.id AND m.is_member AND x.section = 'alternate_service_accounts' AND x.is_whole)
           THEN 0 END AS has_account, -- bool: such an account is in use; NULL when not known
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at, -- text: when it was read
  a.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  a.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_arrays a JOIN v_array_kerberos z ON z.id = a.id CROSS JOIN w_known k CROSS JOIN w_known_principals q;
