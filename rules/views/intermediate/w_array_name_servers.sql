-- w_array_name_servers: one row per array name, the Client Access servers of its site and whether it leads to one of
--   them.
-- index: name
CREATE VIEW w_array_name_servers AS SELECT
  a.name AS name, -- text: normalised array FQDN
  (SELECT min(x.own_server) FROM w_array_addresses x WHERE x.name = a.name) AS address_server,
      -- text: 2010 Client Access server of the array's site whose own address that is
  CASE WHEN r.resolves_internally IS NULL OR t.id IS NULL THEN NULL
       WHEN (SELECT count(*) FROM w_array_addresses x WHERE x.name = a.name) > 1 THEN 0
       WHEN NOT r.internal_known THEN NULL
       WHEN (SELECT min(x.own_server) FROM w_array_addresses x WHERE x.name = a.name) IS NOT NULL THEN 1
       WHEN (SELECT max(x.is_vip) FROM w_array_addresses x WHERE x.name = a.name) = 1 THEN 0
       WHEN k.server_sites AND NOT EXISTS (SELECT 1 FROM w_unseen_servers s WHERE s.site_id = t.id)
           AND NOT EXISTS (SELECT 1 FROM w_array_addresses x JOIN w_server_addresses w ON w.address = x.address
           JOIN w_servers s ON s.id = w.server_id
            WHERE x.name = a.name AND s.site_id = t.id AND s.is_client_access_2010 IS NULL)
                THEN 0 END AS points_at_server,
                -- bool: its only address inside is that of one Client Access server of the array's site
  coalesce((SELECT list_of(s.name) FROM w_servers s WHERE s.site_id = t.id AND s.is_client_access_2010 AND NOT EXISTS
     (SELECT 1 FROM w_server_addresses w
         JOIN s_dns_addresses x ON x.view = 'internal' AND x.name = a.name AND x.address = w.address
         WHERE w.server_id = s.id)), '[]') AS other_servers,
         -- list: Client Access servers of the site behind none of its addresses
  (SELECT count(*) FROM w_servers s WHERE s.site_id = t.id AND s.is_client_access_2010) AS seen_client_access_count,
      -- int: 2010 Client Access servers seen in the site
  EXISTS (SELECT 1 FROM w_server_addresses w JOIN w_servers s ON s.id = w.server_id
      WHERE w.is_vip AND s.site_id = t.id AND s.is_client_access_2010)
    OR EXISTS (SELECT 1 FROM w_balancers b
        WHERE b.site_id = t.id OR EXISTS (SELECT 1 FROM w_subnets s WHERE s.site_id = t.id AND address_key(b.address,
        0) BETWEEN s.first AND s.last)) AS site_has_balancer
        -- bool: an address of a load balancer of the site is known: named as such, or shared by its servers
FROM w_array_names a CROSS JOIN w_known k
LEFT JOIN s_sites t ON t.id = a.site_id
LEFT JOIN w_name_answers r ON r.name = a.name;
