-- w_array_servers: one row per array and server of the array's site.
-- index: array_id
-- index: id
CREATE VIEW w_array_servers AS SELECT
  a.id AS array_id, -- text: array
  s.id AS id, -- text: server
  s.name AS name, -- text: its name
  s.dns_name AS dns_name, -- text: its FQDN, normalised
  s.version AS version, -- text: its major and minor version
  s.is_client_access_2010 AS is_client_access, -- bool: Exchange 2010 Client Access server
  s.is_client_access_2010 AND s.has_rpc_client_access AS is_member,
      -- bool: member of the array, as Exchange computes it
  CASE WHEN a.fqdn_unread AND EXISTS (SELECT 1 FROM s_stated_pools) THEN NULL
       WHEN a.dns_name IS NULL OR a.dns_name NOT IN (SELECT array_name FROM s_stated_pools) THEN s.is_client_access_2010
           AND s.has_rpc_client_access
       WHEN NOT EXISTS (SELECT 1 FROM s_stated_pools p JOIN w_name_owners o ON o.name = p.server_name
           WHERE p.array_name = a.dns_name AND o.server_id = s.id) THEN CASE WHEN NOT s.fqdn_unread THEN 0 END
       WHEN d.is_nxdomain_internally THEN 0
       WHEN s.fqdn_unread OR (d.name IS NOT NULL AND d.is_nxdomain_internally IS NULL) THEN NULL
       ELSE s.is_client_access_2010 AND s.has_rpc_client_access END AS is_live
           -- bool: member to which clients come: where the operator states the balancer's pool, one that is in it and
           -- that DNS knows
FROM w_arrays a JOIN w_servers s ON s.site_key = a.site_key
LEFT JOIN w_name_answers d ON d.name = s.dns_name;
