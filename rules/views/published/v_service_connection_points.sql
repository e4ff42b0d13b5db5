-- v_service_connection_points: one row per Autodiscover service connection point.
-- index: id
CREATE VIEW v_service_connection_points AS SELECT
  p.id AS id, -- text: objectGUID
  p.name AS name, -- text: name of the server it stands for
  s.site AS site, -- text: site of that server
  s.site_id AS site_id, -- text: objectGUID of that site
  s.name AS server, -- identity(server_id): that server, when it exists
  s.id AS server_id, -- text: objectGUID of that server
  r.dn AS dn, -- text: its distinguished name
  r.service_dns_name AS service_dns_name, -- text: host name that it bears
  p.is_address AS is_address,
      -- bool: it holds the address of Autodiscover, it is no pointer to another forest and no other product's
  r.uris AS uris, -- list: its addresses
  p.uris_read AS uris_read, -- bool: they could be read
  coalesce((SELECT list_of(w.site) FROM w_scopes w WHERE w.id = p.id), '[]') AS scope, -- list: sites that it names
  coalesce((SELECT list_of(f.fault) FROM w_point_faults f WHERE f.id = p.id), '[]') AS faults,
      -- list: what is wrong with its addresses
  CASE WHEN p.uris_read THEN r.uris = '[]' END AS is_empty, -- bool: it has no address
  r.uris = '[]' AND EXISTS (SELECT 1 FROM w_stated_servers o WHERE o.server_id = p.server_id
      AND o.autodiscover = 'emptied') AS is_emptied, -- bool: it has no address, on purpose, by the operator's word
  CASE WHEN NOT p.uris_read THEN NULL WHEN r.uris <> '[]' OR s.is_2010 = 0 OR n.newer_announces = 0
      OR (s.id IS NULL AND c.servers_complete) THEN 0 WHEN s.is_2010 THEN n.newer_announces END AS is_retired,
      -- bool: an Exchange 2010 server has no address, and a newer server has one; NULL when not known
  CASE WHEN EXISTS (SELECT 1 FROM v_sites t WHERE t.id = s.site_id AND t.has_exchange_clients = 0)
         AND NOT EXISTS (SELECT 1 FROM w_scopes w LEFT JOIN v_sites t ON t.id = w.site_id
             WHERE w.id = p.id AND coalesce(t.has_exchange_clients, 1)) THEN 1
       WHEN c.sites_complete AND k.server_sites
         OR NOT EXISTS (SELECT 1 FROM s_stated_sites t WHERE t.exchange_clients = 0)
         OR EXISTS (SELECT 1 FROM v_sites t WHERE coalesce(t.has_exchange_clients, 1) AND (t.id = s.site_id
             OR t.id IN (SELECT w.site_id FROM w_scopes w WHERE w.id = p.id))) THEN 0 END AS serves_nobody,
        -- bool: nobody works with Outlook in its site nor in those that it names, by the operator's word; NULL when not
        -- all of these could be read
  n.some_seen AS some_announce, -- bool: some service connection point has an address
  CASE WHEN EXISTS (SELECT 1 FROM w_point_faults f WHERE f.id = p.id AND f.is_grave) THEN 1
       WHEN NOT p.uris_read OR EXISTS (SELECT 1 FROM w_point_uris u WHERE u.id = p.id AND u.is_covered IS NULL)
           THEN NULL
       ELSE r.uris = '[]' END AS is_grave,
           -- bool: no address, one without https, or one that is not on the certificate; NULL when the certificate was
           -- not seen
  (SELECT min(f.kind = 2) FROM w_point_faults f WHERE f.id = p.id) AS only_names_server,
      -- bool: a server's name is all that is wrong
  CASE WHEN EXISTS (SELECT 1 FROM w_point_faults f WHERE f.id = p.id) OR (p.uris_read AND r.uris = '[]') THEN 0
       WHEN NOT p.uris_read OR NOT k.server_names OR NOT k.array_names THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_point_uris u WHERE u.id = p.id AND u.is_covered IS NULL) THEN NULL
       ELSE 1 END AS is_sound, -- bool: nothing is wrong with its addresses
  CASE WHEN p.server_id IS NULL THEN CASE WHEN c.servers_complete THEN 1 END
       WHEN s.is_nxdomain THEN 1 WHEN s.resolves_internally AND s.answered_on_tls THEN 0 END AS is_orphan,
           -- bool: its server does not exist or looks gone (CAS-SERVER-009)
  (SELECT count(*) FROM w_https_servers h
      WHERE h.site_id = s.site_id AND h.is_client_access) AS seen_https_server_count,
      -- int: servers seen in that site that give clients HTTPS
  coalesce((SELECT identities(x.name, x.id) FROM v_servers x
      WHERE x.id = s.id AND (x.major < 15 OR (x.major = 15 AND x.minor = 0))), '[]') AS point_servers,
      -- identities: the server, where Set-ClientAccessServer changes it
  coalesce((SELECT identities(x.name, x.id) FROM v_servers x
      WHERE x.id = s.id AND (x.major > 15 OR (x.major = 15 AND x.minor > 0))), '[]') AS newer_point_servers,
      -- identities: the server, where Set-ClientAccessService does
  r.created AS created, -- text: whenCreated
  r.source_origin AS source_origin, -- text: where it was read
  r.source_at AS source_at, -- text: when it was read
  r.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  r.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_points p JOIN s_service_connection_points r ON r.id = p.id CROSS JOIN v_coverage c CROSS JOIN w_known k CROSS
    JOIN w_announcing n LEFT JOIN v_servers s ON s.id = p.server_id;
