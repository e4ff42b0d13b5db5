-- w_known: one row: which lists of servers and arrays hold all that belongs to them. One record whose key to a list
--   could not be read may belong to any.
CREATE VIEW w_known AS SELECT
  c.servers_complete AND s.site_unread = 0 AS server_sites, -- bool: which servers a site has
  c.servers_complete AND s.fqdn_unread = 0 AS server_names, -- bool: which names servers bear
  c.arrays_complete AND a.site_unread = 0 AS array_sites, -- bool: which arrays a site has
  c.arrays_complete AND a.fqdn_unread = 0 AS array_names, -- bool: which names arrays bear
  c.arrays_complete AND a.legacy_dn_unread = 0 AS array_keys, -- bool: which arrays databases may point at
  c.servers_complete AND c.arrays_complete AND s.legacy_dn_unread = 0 AND a.legacy_dn_unread = 0 AS endpoints
      -- bool: which objects databases may point at
FROM s_coverage c
CROSS JOIN (SELECT coalesce(max(site_unread), 0) AS site_unread, coalesce(max(fqdn_unread), 0) AS fqdn_unread,
    coalesce(max(legacy_dn_unread), 0) AS legacy_dn_unread FROM s_servers) s
CROSS JOIN (SELECT coalesce(max(site_unread), 0) AS site_unread, coalesce(max(fqdn_unread), 0) AS fqdn_unread,
    coalesce(max(legacy_dn_unread), 0) AS legacy_dn_unread FROM s_arrays) a;
