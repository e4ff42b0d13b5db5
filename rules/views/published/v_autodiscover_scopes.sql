-- v_autodiscover_scopes: the organisation: how the scopes of Autodiscover fit the sites.
-- index: id
CREATE VIEW v_autodiscover_scopes AS SELECT
  o.id AS id, -- text: objectGUID of the organisation
  o.name AS name, -- text: name of the organisation
  o.site AS site, -- text: none
  CASE WHEN c.sites_complete THEN (SELECT count(*) FROM s_sites) END AS site_count,
      -- int: Active Directory sites, when all are known
  CASE WHEN k.server_sites THEN (SELECT count(DISTINCT w.site_key) FROM w_servers w) END AS exchange_site_count,
      -- int: sites with Exchange servers, when all servers are known
  (SELECT count(DISTINCT w.site_id) FROM w_servers w) AS seen_exchange_site_count,
      -- int: sites in which Exchange servers were seen
  coalesce((SELECT list_of(w.site) FROM w_scopes w WHERE w.site_id IS NULL), '[]') AS unknown_sites,
      -- list: sites that scopes name and that were not seen
  coalesce((SELECT identities(s.name, s.id) FROM w_scopes w JOIN w_points p ON p.id = w.id
      JOIN w_servers s ON s.id = p.server_id WHERE w.site_id IS NULL), '[]') AS unknown_site_servers,
      -- identities: servers of those scopes
  coalesce((SELECT list_of(t.name) FROM v_sites t
      WHERE coalesce(t.has_exchange_clients, t.subnets <> '[]') = 1
      AND NOT EXISTS (SELECT 1 FROM w_scopes w WHERE w.site_id = t.id)), '[]') AS uncovered_sites,
      -- list: sites with clients, by the operator's word or else by their subnets, that no scope names
  c.sites_complete AS sites_known, -- bool: all sites were seen
  b.known AS subnets_known, -- bool: all their subnets were
  c.service_connection_points_complete AND NOT EXISTS (SELECT 1 FROM w_points p WHERE NOT p.scope_read) AS scopes_known,
      -- bool: all scopes were seen
  o.source_origin AS source_origin, -- text: where it was read
  o.source_at AS source_at -- text: when it was read
FROM v_organization o CROSS JOIN v_coverage c CROSS JOIN w_known k CROSS JOIN w_known_subnets b;
