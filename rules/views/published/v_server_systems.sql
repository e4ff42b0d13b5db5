-- v_server_systems: one row per Exchange 2010 server, whether Exchange 2010 is supported on its Windows.
-- index: id
CREATE VIEW v_server_systems AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.is_2010 AS is_2010, -- bool: Exchange 2010; NULL when its version is not known
  s.dns_name AS dns_name, -- text: FQDN normalised
  coalesce((SELECT list_of(y.system) FROM w_server_systems y WHERE y.server_id = s.id), '[]') AS systems,
      -- list: its Windows, or the web server that comes with it, as seen
  (SELECT count(*) FROM s_principals p WHERE p.is_unread AND coalesce(norm(p.dns_host_name) = s.dns_name,
      1)) AS unread_account_count,
      -- int: computer accounts that may be its own and of which something could not be read
  (SELECT min(y.is_supported) FROM w_server_systems y WHERE y.server_id = s.id) AS is_supported,
      -- bool: Exchange 2010 is supported on all that was seen; NULL when nothing was
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s WHERE coalesce(s.is_2010, 1);
