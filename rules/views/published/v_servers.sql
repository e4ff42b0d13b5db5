-- v_servers: one row per Exchange server.
-- index: id
-- index: site_id
-- index: dns_name
CREATE VIEW v_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.site_id AS site_id, -- text: objectGUID of the site
  s.fqdn AS fqdn, -- text: FQDN as stored
  s.dns_name AS dns_name, -- text: FQDN normalised
  s.major AS major, -- int: major version: 8 is 2007, 14 is 2010, 15 is 2013 and later
  s.minor AS minor, -- int: minor version; for 2010 the service pack
  s.version AS version, -- text: major and minor version
  v.product AS product, -- text: Exchange generation: 2007, 2010 ... SE
  v.directory_build AS directory_build,
      -- text: version as the directory shows it: up to the service pack for 2007 and 2010, up to the cumulative update
      -- since 2013
  (SELECT min(k.service_pack) FROM s_builds_2010 k
      WHERE substr(k.build_key, 1, 11) = substr(build_key(v.directory_build), 1, 11)) AS service_pack,
      -- text: service pack of an Exchange 2010 server, such as SP3
  v.build AS build,
      -- text: exact build with its rollup, as its own files or Outlook Web App show it; NULL when not seen, never the
      -- directory's
  v.build_source AS build_source, -- text: where that was seen
  v.build_problem AS build_problem, -- text: why a build that was seen is not believed
  CASE WHEN v.build IS NOT NULL THEN v.lowest_key END AS build_key, -- text: that build for comparison
  (SELECT CASE WHEN k.build_key = v.lowest_key THEN k.name WHEN v.lowest_key > q.last_key THEN 'newer than ' || k.name
      ELSE k.name || ' with later fixes' END
     FROM s_builds_2010 k WHERE v.build IS NOT NULL AND k.build_key <= v.lowest_key AND substr(k.build_key, 1,
         11) = substr(v.lowest_key, 1, 11)
     ORDER BY k.build_key DESC LIMIT 1) AS build_name, -- text: name of an Exchange 2010 build, such as SP3 RU32
  coalesce((SELECT k.name FROM s_builds_2010 k WHERE v.build IS NOT NULL AND k.build_key = v.lowest_key),
      v.build) AS rollup, -- text: equal for builds of one update: its name, else the build
  v.lowest_key AS lowest_build_key, -- text: its build is this or newer, by all that was seen
  v.highest_key AS highest_build_key, -- text: its build is this or older; an update rollup that was not seen may be any
  v.build IS NOT NULL AND v.lowest_key > q.last_key AS is_newer_than_known,
      -- bool: its build is newer than the reference data
  CASE WHEN q.is_final THEN q.last_build END AS final_build, -- text: last build of its generation, where that is final
  CASE WHEN q.is_final THEN q.last_name END AS final_build_name, -- text: name of that build
  CASE WHEN q.is_final AND v.lowest_key >= q.last_key THEN 1 WHEN q.is_final
      AND v.highest_key < q.last_key THEN 0 END AS has_final_build, -- bool: it runs that build or a newer one
  CASE WHEN q.is_final AND substr(v.lowest_key, 1, 11) >= substr(q.last_key, 1, 11) THEN 1
       WHEN q.is_final AND substr(v.highest_key, 1, 11) < substr(q.last_key, 1, 11)
           THEN 0 END AS has_final_service_pack, -- bool: it runs at least the service pack of that build
  s.roles AS roles, -- int: role bits
  s.is_mailbox AS is_mailbox, -- bool: Mailbox role
  s.is_edge AS is_edge, -- bool: Edge Transport
  s.is_provisioned_only AS is_provisioned_only, -- bool: provisioned, nothing installed
  s.is_2010 AS is_2010, -- bool: Exchange 2010
  s.is_client_access_2010 AS is_client_access_2010, -- bool: Exchange 2010 Client Access server
  s.has_rpc_client_access AS has_rpc_client_access, -- bool: owns an RPC Client Access object
  e.encryption_required AS encryption_required, -- bool: RPC encryption required
  s.activation_config AS activation_config, -- int: 0 unrestricted, 1 intrasite only, 2 blocked
  s.site_dn AS site_dn, -- text: DN of the site as stored
  CASE WHEN NOT s.site_unread THEN s.site_key IS NOT NULL END AS has_site, -- bool: bound to some site at all
  CASE WHEN s.site_unread THEN NULL WHEN s.site_id IS NOT NULL THEN 1 WHEN s.site_key IS NULL
      OR c.sites_complete THEN 0 END AS site_exists, -- bool: that site exists
  b.known AS subnets_known, -- bool: all subnets of all sites were seen
  CASE WHEN NOT b.known THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_address_sites a WHERE a.server_id = s.id AND a.site_id = s.site_id) THEN 1
       WHEN EXISTS (SELECT 1 FROM w_address_sites a WHERE a.server_id = s.id AND a.site_id <> s.site_id)
           THEN 0 END AS address_in_site,
           -- bool: one of its own addresses lies in a subnet of its site; NULL when no subnet holds any, or a smaller one
           -- may that was not seen
  coalesce((SELECT list_of(a.address || ' (' || a.site || ')') FROM w_address_sites a
      WHERE a.server_id = s.id), '[]') AS address_sites, -- list: own addresses in some site's subnet, with that site
  n.resolves_internally AS resolves_internally, -- bool: its FQDN has an address inside; NULL when not known
  n.is_nxdomain_internally AS is_nxdomain,
      -- bool: every internal resolver says that the name does not exist; NULL when not all answered
  EXISTS (SELECT 1 FROM s_tls_endpoints e
      WHERE e.host = s.dns_name
      AND e.outcome IN ('handshake', 'certificate_only', 'handshake_failed', 'not_tls')) AS answered_on_tls,
      -- bool: something spoke under its name when it was probed
  (SELECT o.state FROM w_stated_servers o WHERE o.server_id = s.id) AS state,
      -- text: maintenance or removal, by the operator's word
  g.name AS availability_group, -- text: database availability group it belongs to
  coalesce((SELECT list_of(a.address) FROM w_server_addresses a WHERE a.server_id = s.id), '[]') AS addresses,
      -- list: internal addresses
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_servers s CROSS JOIN v_coverage c CROSS JOIN w_known_subnets b
JOIN w_server_versions v ON v.id = s.id
JOIN w_rpc_encryption e ON e.id = s.id
LEFT JOIN v_products q ON q.product = v.product
LEFT JOIN w_name_answers n ON n.name = s.dns_name
LEFT JOIN s_availability_groups g ON g.dn_key = s.dag_key;
