-- v_databases: one row per database.
-- index: id
-- index: home_site_id
-- index: endpoint_id
-- index: endpoint_dns_name
CREATE VIEW v_databases AS SELECT
  d.id AS id, -- text: objectGUID
  d.name AS name, -- identity(id): database name
  t.name AS site, -- text: same as home_site
  t.name AS home_site, -- text: site of the copy with the lowest activation preference
  t.id AS home_site_id, -- text: objectGUID of the home site
  d.recovery AS is_recovery, -- bool: recovery database
  d.kind = 'public_folder' AS is_public_folder, -- bool: public folder database
  CASE WHEN h.major IS NOT NULL THEN h.major = 14
       WHEN d.master_dn IS NULL AND d.unread NOT LIKE '%"master_dn"%' THEN 0 END AS on_exchange_2010, -- bool: hosted on Exchange 2010
  CASE WHEN d.recovery OR d.kind = 'public_folder' THEN 0
       WHEN d.recovery IS NULL THEN NULL
       WHEN h.major IS NOT NULL THEN h.major = 14
       WHEN d.master_dn IS NULL AND d.unread NOT LIKE '%"master_dn"%' THEN 0 END AS in_scope, -- bool: a 2010 mailbox database that clients open
  CASE WHEN d.unread LIKE '%"legacy_exchange_dn"%' THEN NULL
       WHEN d.endpoint_legacy_dn IS NULL THEN 'none'
       WHEN a.id IS NOT NULL THEN 'array'
       WHEN s.id IS NOT NULL AND s.is_client_access_2010 AND s.has_rpc_client_access THEN 'client_access_server'
       WHEN s.id IS NOT NULL AND (s.is_client_access_2010 IS NULL OR (s.is_client_access_2010 AND s.has_rpc_client_access IS NULL)) THEN NULL
       WHEN s.id IS NOT NULL THEN 'other_server'
       WHEN c.arrays_complete AND c.servers_complete THEN 'unknown' END AS endpoint_kind, -- text: array, client_access_server, other_server, unknown or none
  coalesce(a.fqdn, s.fqdn, s.name, last_part(d.endpoint_legacy_dn)) AS rpc_client_access_server, -- text: RpcClientAccessServer as the shell shows it
  coalesce(a.id, s.id) AS endpoint_id, -- text: objectGUID of the array or server it points at
  coalesce(a.name, s.name) AS endpoint_name, -- text: name of that object
  coalesce(a.dns_name, s.dns_name, norm(last_part(d.endpoint_legacy_dn))) AS endpoint_dns_name, -- text: normalised name clients connect to
  CASE WHEN a.id IS NOT NULL THEN a.site ELSE s.site END AS endpoint_site, -- text: site of that object
  CASE WHEN a.id IS NOT NULL THEN a.site_id ELSE s.site_id END AS endpoint_site_id, -- text: objectGUID of that site
  CASE WHEN t.id IS NULL THEN NULL
       WHEN a.id IS NOT NULL AND a.site_id IS NULL AND NOT a.site_unread AND (a.site_key IS NULL OR c.sites_complete) THEN 0
       WHEN a.id IS NOT NULL THEN a.site_id = t.id
       ELSE s.site_id = t.id END AS endpoint_in_home_site, -- bool: that object belongs to the home site
  coalesce(q.sites, 0) AS endpoint_home_site_count, -- int: home sites whose databases share this endpoint
  o.is_dead AS endpoint_is_dead_array, -- bool: points at an array whose name does not resolve or behind which no Client Access server is left
  s.version AS endpoint_version, -- text: version, where it points at a server
  s.product AS endpoint_product, -- text: Exchange generation, where it points at a server
  s.roles AS endpoint_roles, -- int: role bits, where it points at a server
  s.is_edge AS endpoint_is_edge, -- bool: points at an Edge Transport server
  s.is_provisioned_only AS endpoint_is_provisioned_only, -- bool: points at a server on which nothing is installed
  CASE WHEN s.is_edge THEN 'it is an Edge Transport server'
       WHEN s.is_provisioned_only THEN 'it is provisioned only, nothing is installed on it'
       WHEN s.major < 14 THEN 'its version has no RPC Client Access service'
       WHEN s.major > 14 THEN 'its version takes no RPC connections of Outlook'
       WHEN s.is_client_access_2010 = 0 THEN 'it lacks the Client Access role'
       WHEN s.has_rpc_client_access = 0 THEN 'it has no RPC Client Access object'
       WHEN d.unread LIKE '%"legacy_exchange_dn"%' THEN 'its legacyExchangeDN could not be read'
       WHEN d.legacy_exchange_dn IS NULL THEN 'its legacyExchangeDN is absent'
       WHEN d.endpoint_legacy_dn IS NULL THEN 'its legacyExchangeDN does not name an endpoint' END AS endpoint_problem, -- text: why the endpoint cannot serve it, where that is known without asking
  CASE WHEN a.id IS NULL AND s.id IS NULL AND last_part(d.endpoint_legacy_dn) LIKE '%.%' THEN
    (SELECT max(r.resolves) FROM w_dns r WHERE r.view = 'internal' AND r.name = norm(last_part(d.endpoint_legacy_dn))) END AS endpoint_resolves, -- bool: whether the name of an endpoint that is no known object still resolves inside
  CASE WHEN a.id IS NULL AND s.id IS NULL THEN
    (SELECT list_of(r.address) FROM v_dns_addresses r WHERE r.view = 'internal' AND r.name = norm(last_part(d.endpoint_legacy_dn))) END AS endpoint_addresses, -- list: addresses of that name
  CASE WHEN a.id IS NULL AND s.id IS NULL THEN
    (SELECT min(r.target) FROM w_aliases r WHERE r.view = 'internal' AND r.place = 0 AND r.name = norm(last_part(d.endpoint_legacy_dn))) END AS endpoint_alias, -- text: what that name is an alias of, inside
  CASE WHEN a.id IS NULL AND s.id IS NULL THEN coalesce((SELECT list_of(DISTINCT o.owner) FROM v_dns_addresses r
     JOIN v_dns_addresses b ON b.view = 'internal' AND b.address = r.address
     JOIN (SELECT x.dns_name AS name, 'array ' || x.name AS owner FROM w_arrays x UNION ALL SELECT x.dns_name, 'server ' || x.name FROM v_servers x) o ON o.name = b.name
     WHERE r.view = 'internal' AND r.name = norm(last_part(d.endpoint_legacy_dn))), '[]') END AS endpoint_address_owners, -- list: arrays and servers that have one of those addresses
  a.id IS NULL AND s.id IS NULL AND EXISTS (SELECT 1 FROM v_dns_addresses r
     JOIN v_dns_addresses b ON b.view = 'internal' AND b.address = r.address
     WHERE r.view = 'internal' AND r.name = norm(last_part(d.endpoint_legacy_dn))
       AND (b.name IN (SELECT x.dns_name FROM w_arrays x) OR b.name IN (SELECT x.dns_name FROM v_servers x WHERE x.is_client_access_2010))) AS endpoint_still_served, -- bool: that address belongs to an array or a 2010 Client Access server
  CASE WHEN c.arrays_complete AND t.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM w_arrays x WHERE x.site_unread) THEN coalesce(n.array_count, 0) END AS site_array_count, -- int: arrays of the home site
  n.array_fqdn AS site_array_fqdn, -- text: FQDN of the home site's array, when it has exactly one
  n.array_name AS site_array_name, -- text: name of that array
  n.array_id AS site_array_id, -- text: objectGUID of that array
  CASE WHEN t.id IS NULL OR NOT c.arrays_complete THEN 'it was not seen which arrays the home site has; see CAS-META-001'
       WHEN n.site_id IS NULL THEN 'the home site has no array; repair CAS-ARRAY-001 first'
       WHEN n.array_id IS NULL THEN 'the home site has several arrays; repair CAS-ARRAY-002 first'
       ELSE (SELECT x.obstacle FROM w_obstacles x WHERE x.id = n.array_id) END AS site_array_obstacle, -- text: why it must not be pointed at the home site's array yet, as a sentence; 'none' when it may
  CASE WHEN t.id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM v_database_copies x WHERE x.database_key = dnkey(d.dn) AND x.site_id IS NULL)
       THEN (SELECT count(*) FROM w_standby_sites y WHERE y.id = d.id) END AS standby_site_count, -- int: other sites with a copy of it, when the sites of all copies are known
  (SELECT count(*) FROM w_standby_sites y WHERE y.id = d.id AND (y.has_client_access = 0 OR NOT y.has_array)) AS uncovered_site_count, -- int: of those seen, how many lack an array or a Client Access server
  (SELECT count(*) FROM w_standby_sites y WHERE y.id = d.id AND y.has_client_access IS NULL AND y.has_array) AS undecided_site_count, -- int: of how many that is not known
  coalesce((SELECT list_of(y.site) FROM w_standby_sites y WHERE y.id = d.id AND (y.has_client_access = 0 OR NOT y.has_array)), '[]') AS uncovered_sites, -- list: those sites
  (SELECT min(y.site) FROM w_standby_sites y WHERE y.id = d.id AND (y.has_client_access = 0 OR NOT y.has_array)) AS uncovered_site, -- text: the first of them
  (SELECT max(y.has_client_access = 0) FROM w_standby_sites y WHERE y.id = d.id AND (y.has_client_access = 0 OR NOT y.has_array)) AS uncovered_lacks_client_access, -- bool: some of them has no Client Access server at all
  (SELECT min(y.is_blocked) FROM w_standby_sites y WHERE y.id = d.id AND (y.has_client_access = 0 OR NOT y.has_array)) AS uncovered_is_blocked, -- bool: in none of them a copy may be activated
  (SELECT max(y.is_automatic AND y.minor >= 3) FROM w_standby_sites y WHERE y.id = d.id AND NOT y.has_array) AS uncovered_redirects, -- bool: in some of them a copy of Exchange 2010 SP3 may become active by itself while no array is there
  CASE WHEN m.count IS NOT NULL THEN m.count WHEN c.mailboxes_complete THEN 0 END AS mailbox_count, -- int: mailboxes, from an export
  fold(d.name) IN (SELECT name_key FROM w_batches) AS in_migration_batch, -- bool: all its mailboxes are in an approved migration batch, by the operator's word
  d.created AS created, -- text: whenCreated
  h.product AS host_product, -- text: Exchange generation of its host
  d.oab_dn AS offline_address_book, -- text: DN of its offline address book
  CASE WHEN d.unread LIKE '%"oab_dn"%' THEN NULL
       ELSE d.oab_dn IS NOT NULL AND lower(d.oab_dn) NOT LIKE '%\0adel:%' AND lower(d.oab_dn) NOT LIKE '%cn=deleted objects,%' END AS has_offline_address_book, -- bool: that is set, and not a deleted object
  dnkey(d.dn) AS database_key, -- text: key of its DN, as in v_database_copies
  d.source_origin AS source_origin, -- text: where it was read
  d.source_at AS source_at, -- text: when it was read
  d.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  d.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM databases d
CROSS JOIN v_coverage c
JOIN w_homes h ON h.id = d.id
LEFT JOIN w_sites t ON t.id = h.site_id
LEFT JOIN w_endpoint_arrays p ON p.id = d.id
LEFT JOIN w_arrays a ON a.id = substr(p.pick, 2)
LEFT JOIN w_obstacles o ON o.id = a.id
LEFT JOIN w_endpoint_homes q ON q.endpoint_key = h.endpoint_key
LEFT JOIN w_servers k ON a.id IS NULL AND k.legacy_key = h.endpoint_key
LEFT JOIN v_servers s ON s.id = k.id
LEFT JOIN w_site_arrays n ON n.site_id = h.site_id
LEFT JOIN w_mailbox_counts m ON m.name_key = fold(d.name);
