-- v_newer_servers: one row per server of Exchange 2013 or later that serves clients, with what it publishes.
-- index: id
CREATE VIEW v_newer_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.product AS product, -- text: Exchange generation
  s.dns_name AS dns_name, -- text: FQDN normalised
  s.major >= 15 AND NOT s.is_edge AND (s.roles & 1) <> 0 AS serves_clients,
      -- bool: it serves clients; NULL when its role or version is not known
  coalesce((SELECT list_of(u.service || ': ' || u.url) FROM v_https_uses u
      WHERE u.server_id = s.id AND u.scope = 'internal' AND u.name = s.dns_name), '[]') AS own_urls,
      -- list: internal URLs and Autodiscover addresses of it that carry its own name
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u
      WHERE u.server_id = s.id AND u.scope = 'internal' AND u.name = s.dns_name) THEN 1
       WHEN s.dns_name IS NOT NULL AND k.known THEN 0 END AS publishes_own_name, -- bool: there are such
  EXISTS (SELECT 1 FROM v_https_uses u WHERE u.server_id = s.id AND u.service = 'scp'
      AND u.name = s.dns_name) AS publishes_own_discovery, -- bool: its Autodiscover address is one of them
  CASE WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers o WHERE o.is_client_access_2010 IS NULL)
       THEN (SELECT count(*) FROM v_servers o WHERE o.is_client_access_2010) END AS old_server_count,
           -- int: Exchange 2010 Client Access servers, when all servers are known
  (SELECT min(u.name) FROM v_https_uses u WHERE u.server_is_client_access_2010 AND u.scope = 'internal'
     AND u.name NOT IN (SELECT n.name FROM w_server_names n)) AS shared_name,
         -- text: name that Exchange 2010 Client Access servers give clients and that is no server's
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u
      WHERE u.server_is_client_access_2010 AND u.scope = 'internal'
      AND u.name NOT IN (SELECT n.name FROM w_server_names n))
         THEN CASE WHEN w.server_names THEN 1 END
       WHEN k.known AND NOT EXISTS (SELECT 1 FROM v_https_uses u
            WHERE u.server_is_client_access_2010 IS NULL AND u.scope = 'internal'
            AND u.name NOT IN (SELECT n.name FROM w_server_names n))
         THEN 0 END AS has_shared_name,
           -- bool: there is such a name; NULL where it may be that of a server whose name was not read, or the one that
           -- gives it may be no such server
  s.site_id IS NOT NULL AND c.servers_complete
      AND NOT EXISTS (SELECT 1 FROM v_servers o WHERE o.id <> s.id AND (o.site_id = s.site_id OR o.has_site IS NULL))
    AND coalesce(p.points > 0 AND p.points = p.own_site_points, 0) AS is_build_site,
        -- bool: alone in its site, and its Autodiscover address is for that site only
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s CROSS JOIN v_coverage c CROSS JOIN w_https_known k CROSS JOIN w_known w
    LEFT JOIN w_discovery_scopes p ON p.server_id = s.id
WHERE coalesce(s.major >= 15 AND NOT s.is_edge AND NOT s.is_provisioned_only AND (s.roles & 1) <> 0, 1) = 1;
