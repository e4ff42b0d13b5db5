-- w_array_name_uses: one row per array, what else bears its name or answers under its addresses.
-- index: id
CREATE VIEW w_array_name_uses AS SELECT
  a.id AS id, -- text: array
  coalesce((SELECT list_of(DISTINCT u.url || ' (' || u.service || coalesce(', ' || u.site, '') || ')')
      FROM w_https_uses u WHERE u.name = a.dns_name), '[]') AS https_urls,
      -- list: HTTPS URLs that carry its name, each with its service and site
  (SELECT count(*) FROM w_https_uses u WHERE u.name = a.dns_name) AS https_url_count, -- int: how many
  coalesce((SELECT identities(u.server, u.server_id) FROM w_https_uses u
      WHERE u.name = a.dns_name), '[]') AS https_servers, -- identities: servers of those URLs
  CASE WHEN EXISTS (SELECT 1 FROM w_https_uses u WHERE u.name = a.dns_name) THEN 1
       WHEN NOT a.fqdn_unread THEN (SELECT 0 FROM w_https_known q WHERE q.known) END AS is_https_name,
           -- bool: some HTTPS URL carries its name; NULL while not all URLs are known
  coalesce((SELECT list_of(x.owner) FROM w_host_names x WHERE x.name = a.dns_name), '[]') AS servers_with_same_name,
      -- list: servers and availability groups with the same network name
  CASE WHEN EXISTS (SELECT 1 FROM w_host_names x WHERE x.name = a.dns_name) THEN 1
       WHEN NOT a.fqdn_unread AND k.server_names AND c.availability_groups_complete THEN 0 END AS is_host_name,
           -- bool: a server or availability group bears its name
  EXISTS (SELECT 1 FROM s_dns_addresses x JOIN s_dns_addresses y ON y.view = 'internal' AND y.address = x.address
     WHERE x.view = 'internal' AND x.name = a.dns_name AND (
       EXISTS (SELECT 1 FROM w_servers s
           WHERE s.dns_name = y.name AND s.is_client_access_2010 AND coalesce(s.site_id <> a.site_id, 1))
       OR EXISTS (SELECT 1 FROM w_arrays b
           WHERE b.dns_name = y.name AND b.id <> a.id
           AND coalesce(b.site_key <> a.site_key, 1)))) AS is_served_elsewhere
           -- bool: an internal address of its name belongs to a Client Access server or an array of another site
FROM w_arrays a CROSS JOIN s_coverage c CROSS JOIN w_known k;
