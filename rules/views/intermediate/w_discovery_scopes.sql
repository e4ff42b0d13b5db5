-- w_discovery_scopes: per server, the Autodiscover service connection points that it publishes, and for which sites.
-- index: server_id
CREATE VIEW w_discovery_scopes AS SELECT
  w.id AS server_id, -- text: server
  count(*) AS points, -- int: how many
  sum(EXISTS (SELECT 1 FROM json_each(p.keywords) j WHERE lower(j.value) LIKE 'site=%')
      AND NOT EXISTS (SELECT 1 FROM json_each(p.keywords) j
          WHERE lower(j.value) LIKE 'site=%' AND fold(substr(j.value, 6)) <> fold(w.site))) AS own_site_points
          -- int: how many of them are for the server's own site alone
FROM s_service_connection_points p JOIN w_servers w ON w.dn_key = p.server_key GROUP BY w.id;
