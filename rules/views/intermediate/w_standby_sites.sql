-- w_standby_sites: one row per database and site, other than its home, where a copy of it lies.
-- index: id
CREATE VIEW w_standby_sites AS SELECT
  h.id AS id, -- text: database
  p.site AS site, -- text: that site
  CASE WHEN EXISTS (SELECT 1 FROM w_servers s WHERE s.site_id = p.site_id AND s.is_client_access_2010) THEN 1
       WHEN k.server_sites AND NOT EXISTS (SELECT 1 FROM w_servers s WHERE s.site_id = p.site_id
           AND s.is_client_access_2010 IS NULL) THEN 0 END AS has_client_access,
           -- bool: it has a 2010 Client Access server
  CASE WHEN EXISTS (SELECT 1 FROM w_site_arrays n WHERE n.site_id = p.site_id) THEN 1
      WHEN k.array_sites THEN 0 END AS has_array, -- bool: it has an array
  min(coalesce(p.activation_config, 0) = 2) AS is_blocked, -- bool: no copy there may be activated
  max(coalesce(p.activation_config, 0) = 0) AS is_automatic, -- bool: some copy there may become active by itself
  max(g.keeps_clients) AS keeps_clients, -- bool: clients stay on the array of the preferred site; NULL when not known
  min(v.lowest_key) AS lowest_key -- text: every host of it there has this build or a newer one
FROM w_homes h CROSS JOIN w_known k JOIN s_databases d ON d.id = h.id
JOIN w_database_copies p ON p.database_key = h.dn_key AND p.site_id <> h.site_id
LEFT JOIN w_server_versions v ON v.id = p.server_id
LEFT JOIN s_availability_groups g ON g.dn_key = d.master_key
GROUP BY h.id, p.site_id, p.site;
