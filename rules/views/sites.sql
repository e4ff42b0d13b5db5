-- Active Directory sites, their subnets and what clients meet in them.

-- w_sites: sites with the key that server and array records point to.
-- index: dn_key
-- index: name_key
CREATE VIEW w_sites AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: site name
  fold(name) AS name_key, -- text: site name for comparison
  dnkey(dn) AS dn_key -- text: key of its DN
FROM sites;

-- w_subnets: subnets as ranges that can be compared with addresses.
-- index: first DESC, last
CREATE VIEW w_subnets AS SELECT
  t.id AS site_id, -- text: site
  t.name AS site, -- text: its name
  address_key(j.value, 0) AS first, -- text: key of the first address
  address_key(j.value, 1) AS last -- text: key of the last address
FROM w_sites t JOIN sites r ON r.id = t.id, json_each(r.subnets) j;

-- w_address_sites: own addresses of servers, each with the site of the smallest subnet that holds it.
-- index: server_id
CREATE VIEW w_address_sites AS SELECT
  a.server_id AS server_id, -- text: server
  a.address AS address, -- text: address
  (SELECT n.site_id FROM w_subnets n WHERE n.first <= a.address_key AND n.last >= a.address_key
     ORDER BY n.first DESC, n.last LIMIT 1) AS site_id, -- text: site, when a subnet holds it
  (SELECT n.site FROM w_subnets n WHERE n.first <= a.address_key AND n.last >= a.address_key
     ORDER BY n.first DESC, n.last LIMIT 1) AS site -- text: its name
FROM w_server_addresses a WHERE NOT a.is_vip AND lower(a.address) NOT LIKE 'fe80:%';

-- w_standby_sites: one row per database and site, other than its home, where a copy of it lies.
-- index: id
CREATE VIEW w_standby_sites AS SELECT
  h.id AS id, -- text: database
  p.site AS site, -- text: that site
  CASE WHEN EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = p.site_id AND s.is_client_access_2010) THEN 1
       WHEN NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = p.site_id AND s.is_client_access_2010 IS NULL) THEN 0 END AS has_client_access, -- bool: it has a 2010 Client Access server
  EXISTS (SELECT 1 FROM w_site_arrays n WHERE n.site_id = p.site_id) AS has_array, -- bool: it has an array
  min(coalesce(p.activation_config, 0) = 2) AS is_blocked, -- bool: no copy there may be activated
  max(coalesce(p.activation_config, 0) = 0) AS is_automatic, -- bool: some copy there may become active by itself
  min(s.minor) AS minor -- int: lowest service pack of its hosts there
FROM w_homes h JOIN databases d ON d.id = h.id
JOIN v_database_copies p ON p.database_key = dnkey(d.dn) AND p.site_id <> h.site_id
LEFT JOIN v_servers s ON s.id = p.server_id
GROUP BY h.id, p.site_id, p.site;

-- w_site_targets: per site with arrays, the one its databases belong to: with several, the one that most of them use.
-- index: site_id
CREATE VIEW w_site_targets AS SELECT
  a.site_id AS site_id, -- text: site
  a.id AS id, -- text: array
  a.name AS name, -- text: its name
  a.fqdn AS fqdn, -- text: its FQDN
  a.obstacle AS obstacle, -- text: what forbids to use it
  w.first_id AS first_id, -- text: the array to which databases that use it are counted
  w.legacy_key AS legacy_key -- text: its legacyExchangeDN for comparison
FROM (SELECT *, row_number() OVER (PARTITION BY site_id ORDER BY seen_database_count DESC, is_replication_conflict, created, id) AS place
      FROM v_arrays) a JOIN w_arrays w ON w.id = a.id WHERE a.place = 1;

-- w_site_endpoints: per home site, each endpoint that its databases use, the most used first.
-- index: site_id
CREATE VIEW w_site_endpoints AS SELECT
  d.home_site_id AS site_id, -- text: home site
  coalesce(d.endpoint_id, d.endpoint_dns_name) AS endpoint, -- text: object or name
  min(d.rpc_client_access_server) AS shown, -- text: as the shell shows it
  count(*) AS databases, -- int: databases that use it
  row_number() OVER (PARTITION BY d.home_site_id ORDER BY count(*) DESC, min(d.rpc_client_access_server)) AS place -- int: 1 is the most used
FROM v_databases d WHERE d.in_scope AND coalesce(d.endpoint_id, d.endpoint_dns_name) IS NOT NULL
GROUP BY d.home_site_id, coalesce(d.endpoint_id, d.endpoint_dns_name);

-- v_sites: one row per Active Directory site.
-- index: id
CREATE VIEW v_sites AS SELECT
  t.id AS id, -- text: objectGUID
  t.name AS name, -- text: site name
  t.name AS site, -- text: the same, for reports
  r.subnets AS subnets, -- list: subnets in CIDR notation
  (SELECT count(*) FROM v_servers s WHERE s.site_id = t.id AND s.is_2010) AS server_count_2010, -- int: Exchange 2010 servers seen
  (SELECT count(*) FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010) AS seen_client_access_count, -- int: 2010 Client Access servers seen
  CASE WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM w_servers s WHERE s.site_unread)
            AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010 IS NULL)
       THEN (SELECT count(*) FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010) END AS client_access_count, -- int: the same, when all servers are known
  coalesce((SELECT identities(s.name, s.id) FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010), '[]') AS client_access_servers, -- identities: those servers
  coalesce((SELECT identities(s.name, s.id) FROM v_servers s WHERE s.site_id = t.id AND s.is_2010 AND s.is_mailbox), '[]') AS mailbox_servers, -- identities: 2010 Mailbox servers
  (SELECT count(*) FROM v_servers s WHERE s.site_id = t.id AND s.is_2010 AND s.is_mailbox) AS mailbox_server_count, -- int: how many were seen
  CASE WHEN c.arrays_complete AND NOT EXISTS (SELECT 1 FROM w_arrays a WHERE a.site_unread) THEN (SELECT count(*) FROM w_arrays a WHERE a.site_id = t.id) END AS array_count, -- int: arrays bound to it
  (SELECT count(*) FROM w_arrays a WHERE a.site_id = t.id) AS seen_array_count, -- int: arrays seen
  coalesce((SELECT identities(a.name, a.id) FROM w_arrays a WHERE a.site_id = t.id), '[]') AS arrays, -- identities: those arrays
  coalesce((SELECT list_of(a.name || ' (' || coalesce(a.fqdn, 'no FQDN') || ', ' || a.seen_database_count || ' databases, created ' || coalesce(a.created, 'unknown') || ')')
     FROM v_arrays a WHERE a.site_id = t.id), '[]') AS array_details, -- list: arrays with FQDN, databases and age
  (SELECT count(*) FROM v_arrays a WHERE a.site_id = t.id AND a.is_replication_conflict) AS conflict_array_count, -- int: arrays left behind by replication conflicts
  p.name AS site_array, -- identity(site_array_id): array for its databases: the only one, or the one that most of them use
  p.id AS site_array_id, -- text: objectGUID of that array
  p.fqdn AS site_array_fqdn, -- text: FQDN of that array
  CASE WHEN NOT c.arrays_complete THEN 'it was not seen which arrays the site has; see CAS-META-001' WHEN p.id IS NULL THEN 'the site has no array; repair CAS-ARRAY-001 first' ELSE p.obstacle END AS site_array_obstacle, -- text: why databases must not be pointed at it, as in v_databases
  coalesce((SELECT identities(a.name, a.id) FROM v_arrays a WHERE a.site_id = t.id AND a.id <> p.id AND a.reference_count = 0), '[]') AS removable_arrays, -- identities: the others, when no database at all refers to them
  coalesce((SELECT identities(a.name, a.id) FROM w_arrays a WHERE a.site_id = t.id AND a.id <> p.id AND a.legacy_key = p.legacy_key), '[]') AS twin_arrays, -- identities: those of the others that databases cannot name apart from that array
  coalesce((SELECT identities(d.name, d.id) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope
     AND d.endpoint_kind IS NOT NULL AND (d.endpoint_id IS NULL OR d.endpoint_id <> p.first_id)), '[]') AS stray_databases, -- identities: in-scope databases at home here that do not point at that array
  (SELECT d.id FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope AND d.endpoint_kind IS NOT NULL AND (d.endpoint_id IS NULL OR d.endpoint_id <> p.first_id)
     ORDER BY d.endpoint_kind <> 'client_access_server', d.id LIMIT 1) AS stray_database_id, -- text: objectGUID of one of them, that points at a server if any does
  (SELECT count(*) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope) AS seen_database_count, -- int: in-scope databases seen at home here
  CASE WHEN c.databases_complete AND k.undecided = 0
       THEN (SELECT count(*) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope) END AS database_count, -- int: the same, when scope and home of every database are known
  coalesce((SELECT identities(d.name, d.id) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope), '[]') AS databases, -- identities: the in-scope databases
  (SELECT sum(d.mailbox_count) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope
     HAVING count(*) = count(d.mailbox_count)) AS mailbox_count, -- int: their mailboxes, when all are known
  coalesce((SELECT list_of(DISTINCT d.rpc_client_access_server) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope), '[]') AS endpoints, -- list: what those databases point at
  (SELECT count(*) FROM w_site_endpoints e WHERE e.site_id = t.id) AS endpoint_count, -- int: how many different ones
  coalesce((SELECT list_of(e.shown || ': ' || e.databases) FROM w_site_endpoints e WHERE e.site_id = t.id), '[]') AS endpoint_counts, -- list: each with the number of its databases
  (SELECT max(d.created) FROM v_databases d JOIN w_site_endpoints e ON e.site_id = t.id AND e.place > 1 AND e.endpoint = coalesce(d.endpoint_id, d.endpoint_dns_name)
     WHERE d.home_site_id = t.id AND d.in_scope) AS newest_differing, -- text: creation of the newest database that does not use the most used one
  (SELECT count(*) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope AND d.endpoint_kind IS NULL) AS unknown_endpoint_count, -- int: databases whose endpoint is not known
  (SELECT count(*) FROM v_https_uses u WHERE u.site_id = t.id AND u.scope = 'external' AND u.server_is_client_access_2010) > 0 AS has_external_url, -- bool: some Client Access server has an external URL
  CASE WHEN o.internet_facing IS NOT NULL THEN o.internet_facing WHEN x.has_external THEN 1 WHEN x.is_known THEN 0 END AS internet_facing, -- bool: clients come in from the Internet here, by the operator's word or else by its external URLs; NULL when neither is known
  CASE WHEN o.internet_facing IS NOT NULL THEN 'operator' WHEN x.has_external OR x.is_known THEN 'external URLs' END AS internet_facing_source, -- text: which of the two it is: operator or external URLs
  o.exchange_clients AS has_exchange_clients, -- bool: people work with Outlook here, by the operator's word
  r.source_origin AS source_origin, -- text: where it was read
  r.source_at AS source_at, -- text: when it was read
  r.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  r.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_sites t JOIN sites r ON r.id = t.id CROSS JOIN v_coverage c
JOIN w_site_directories x ON x.site_id = t.id
LEFT JOIN settings_sites o ON fold(o.name) = fold(t.name)
LEFT JOIN w_site_targets p ON p.site_id = t.id
CROSS JOIN (SELECT count(*) AS undecided FROM v_databases d WHERE d.in_scope IS NULL OR (d.in_scope AND d.home_site_id IS NULL)) k;

-- w_rpc_ports: one row per Exchange 2010 Client Access server of a site, with the RPC ports that its registry sets.
-- index: site_id
CREATE VIEW w_rpc_ports AS SELECT
  s.site_id AS site_id, -- text: site
  s.name AS name, -- text: server
  p.server_id IS NOT NULL AS is_seen, -- bool: an export holds them
  p.rpc_port AS rpc_port, -- int: of MSExchangeRPC
  p.address_book_port AS book_port, -- int: of MSExchangeAB
  CASE WHEN p.rpc_port IS NOT NULL OR p.rpc_kind IS NOT NULL THEN 1 WHEN p.unread NOT LIKE '%"rpc_port"%' AND p.unread NOT LIKE '%"rpc_kind"%' THEN 0 END AS rpc_is_set, -- bool: that of MSExchangeRPC exists
  CASE WHEN p.address_book_port IS NOT NULL OR p.address_book_kind IS NOT NULL THEN 1 WHEN p.unread NOT LIKE '%"address_book%' THEN 0 END AS book_is_set, -- bool: that of MSExchangeAB exists
  p.unread = '[]' AS is_read, -- bool: all of it could be read
  lower(p.rpc_kind) <> 'dword' AS rpc_kind_is_wrong, -- bool: not a DWORD
  lower(p.address_book_kind) <> 'string' AS book_kind_is_wrong, -- bool: not a text
  coalesce(p.rpc_port NOT BETWEEN 59531 AND 60554, 0) OR coalesce(p.address_book_port NOT BETWEEN 59531 AND 60554, 0) AS is_outside -- bool: one lies outside the range that is free for it
FROM v_servers s
LEFT JOIN (SELECT n.server_id, max(v.rpc_port) AS rpc_port, max(v.rpc_kind) AS rpc_kind, max(v.address_book_port) AS address_book_port,
             max(v.address_book_kind) AS address_book_kind, max(v.unread) AS unread
           FROM rpc_ports v JOIN w_name_owners n ON n.name = norm(v.server) GROUP BY n.server_id HAVING count(*) = 1) p ON p.server_id = s.id
WHERE s.is_client_access_2010;

-- w_port_faults: one row per site and thing that is wrong with its RPC ports.
-- index: site_id
CREATE VIEW w_port_faults AS SELECT
  p.site_id AS site_id, -- text: site
  'the servers differ' AS fault, -- text: what
  1 AS is_serious -- bool: clients may fail
FROM w_rpc_ports p
GROUP BY p.site_id HAVING count(DISTINCT coalesce(p.rpc_port, p.rpc_is_set - 1) || '/' || coalesce(p.book_port, p.book_is_set - 1)) > 1
UNION ALL SELECT p.site_id, p.name || ' sets only one of the two', 1 FROM w_rpc_ports p WHERE p.rpc_is_set <> p.book_is_set
UNION ALL SELECT p.site_id, p.name || ' sets one port for both', 1 FROM w_rpc_ports p WHERE p.rpc_port = p.book_port
UNION ALL SELECT p.site_id, p.name || ' has TCP/IP Port of MSExchangeRPC as another kind than DWORD, so that it is ignored', 1 FROM w_rpc_ports p WHERE p.rpc_kind_is_wrong
UNION ALL SELECT p.site_id, p.name || ' has RpcTcpPort of MSExchangeAB as another kind than REG_SZ, so that it is ignored', 1 FROM w_rpc_ports p WHERE p.book_kind_is_wrong
UNION ALL SELECT p.site_id, p.name || ' uses a port outside 59531 to 60554', 0 FROM w_rpc_ports p WHERE p.is_outside;

-- w_site_balancing: one row per site: whether a load balancer stands before its arrays.
-- index: site_id
CREATE VIEW w_site_balancing AS SELECT
  t.id AS site_id, -- text: site
  CASE WHEN EXISTS (SELECT 1 FROM w_arrays a JOIN w_array_addresses x ON x.name = a.dns_name AND x.is_vip WHERE a.site_id = t.id) THEN 1
       WHEN t.array_count IS NULL THEN NULL
       WHEN NOT EXISTS (SELECT 1 FROM v_arrays a WHERE a.site_id = t.id AND (a.resolves_internally IS NULL OR NOT a.resolves_internally OR EXISTS
            (SELECT 1 FROM w_array_addresses x WHERE x.name = a.dns_name AND x.own_server IS NULL))) THEN 0 END AS has_balancer -- bool: one does; NULL when not known
FROM v_sites t;

-- v_site_ports: one row per site with Exchange 2010 Client Access servers, with the static RPC ports of those.
-- index: id
CREATE VIEW v_site_ports AS SELECT
  t.id AS id, -- text: objectGUID of the site
  t.name AS name, -- text: site
  t.name AS site, -- text: the same, for reports
  t.client_access_servers AS client_access_servers, -- identities: those servers
  list_of(CASE WHEN p.is_seen THEN p.name || ' ' || CASE WHEN p.rpc_is_set IS NULL OR (p.rpc_is_set AND p.rpc_port IS NULL) THEN 'not read' ELSE coalesce(CAST(p.rpc_port AS TEXT), 'dynamic') END
     || '/' || CASE WHEN p.book_is_set IS NULL OR (p.book_is_set AND p.book_port IS NULL) THEN 'not read' ELSE coalesce(CAST(p.book_port AS TEXT), 'dynamic') END END) AS server_ports, -- list: each server with its ports for RPC Client Access and Address Book
  list_of(CASE WHEN NOT p.is_seen OR NOT p.is_read THEN p.name END) AS unseen_servers, -- list: servers whose ports were not seen in full
  coalesce((SELECT list_of(f.fault) FROM w_port_faults f WHERE f.site_id = t.id), '[]') AS faults, -- list: what is wrong with them
  EXISTS (SELECT 1 FROM w_port_faults f WHERE f.site_id = t.id) AS has_fault, -- bool: something is
  EXISTS (SELECT 1 FROM w_port_faults f WHERE f.site_id = t.id AND f.is_serious) AS has_serious_fault, -- bool: something that makes clients fail
  CASE WHEN count(*) > 1 OR max(p.rpc_is_set) = 1 OR max(p.book_is_set) = 1 OR b.has_balancer THEN 0
       WHEN t.client_access_count = 1 AND min(p.is_seen) = 1 AND max(p.rpc_is_set) = 0 AND max(p.book_is_set) = 0 AND b.has_balancer = 0 THEN 1 END AS is_lone_dynamic, -- bool: a single server without a load balancer, with dynamic ports; NULL when not known
  CASE WHEN EXISTS (SELECT 1 FROM w_port_faults f WHERE f.site_id = t.id) THEN 0
       WHEN t.client_access_count IS NOT NULL AND min(p.is_seen) = 1 AND min(coalesce(p.is_read, 0)) = 1 THEN 1 END AS ports_agree, -- bool: nothing is wrong with the ports of any server; NULL when not all were seen
  b.has_balancer AS has_balancer, -- bool: a load balancer stands before its arrays; NULL when not known
  t.source_origin AS source_origin, -- text: where it was read
  t.source_at AS source_at, -- text: when it was read
  t.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  t.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_sites t JOIN w_rpc_ports p ON p.site_id = t.id JOIN w_site_balancing b ON b.site_id = t.id GROUP BY t.id;
