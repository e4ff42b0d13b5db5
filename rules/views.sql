-- The published views: what rules, `casaudit query` and the reports read.
--
-- Each statement is run in this order and kept as a table, so a later one may use an earlier
-- one. Views named v_* are published; those named w_* are work tables that are dropped before any
-- rule runs. The line above each view says what a row is; the comment behind each column gives
-- its type (text, int, real, bool, list, identities, identity(COLUMN)) and its meaning. A list is
-- JSON text in SQL and a list in evidence; `identities` are [name, id] pairs; an identity is a name
-- whose object may also be addressed by the id in the named column. NULL always means: not known.
--
-- Functions: norm, host, covers, fqdn_problem (names.py); dnkey, fold, version_part, list_of,
-- identities (judge/functions.py).

-- v_context: one row, the circumstances of this judgement.
CREATE VIEW v_context AS SELECT
  as_of AS as_of, -- text: reference time, ISO 8601, UTC
  profile AS profile, -- text: health, migration or audit
  target AS target, -- text: migration target, 2013, 2016, 2019, se or exo
  julianday(as_of) - julianday(collected_at) AS snapshot_age_days -- real: days from collection to reference time
FROM context;

-- v_coverage: one row, which kinds of evidence were seen in full.
CREATE VIEW v_coverage AS SELECT
  coalesce(max(name = 'organization' AND status = 'complete'), 0) AS organization_complete, -- bool: organisation container
  coalesce(max(name = 'sites' AND status = 'complete'), 0) AS sites_complete, -- bool: sites and subnets
  coalesce(max(name = 'servers' AND status = 'complete'), 0) AS servers_complete, -- bool: Exchange servers
  coalesce(max(name = 'arrays' AND status = 'complete'), 0) AS arrays_complete, -- bool: Client Access arrays
  coalesce(max(name = 'databases' AND status = 'complete'), 0) AS databases_complete, -- bool: databases
  coalesce(max(name = 'database_copies' AND status = 'complete'), 0) AS database_copies_complete, -- bool: database copies
  coalesce(max(name = 'virtual_directories' AND status = 'complete'), 0) AS virtual_directories_complete, -- bool: virtual directories
  coalesce(max(name = 'service_connection_points' AND status = 'complete'), 0) AS service_connection_points_complete, -- bool: Autodiscover service connection points
  coalesce(max(name = 'accepted_domains' AND status = 'complete'), 0) AS accepted_domains_complete, -- bool: accepted domains
  coalesce(max(name = 'dns_internal' AND status = 'complete'), 0) AS dns_internal_complete, -- bool: internal DNS view
  coalesce(max(name = 'dns_external' AND status = 'complete'), 0) AS dns_external_complete, -- bool: external DNS view
  coalesce(max(name = 'tls' AND status = 'complete'), 0) AS tls_complete, -- bool: TLS endpoints
  coalesce(max(name = 'mailboxes' AND status = 'complete'), 0) AS mailboxes_complete -- bool: mailbox counts from an export
FROM sections;

-- w_sites: sites with the key that server and array records point to.
-- index: dn_key
CREATE VIEW w_sites AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: site name
  dnkey(dn) AS dn_key -- text: normalised DN
FROM sites;

-- w_servers: servers with decoded version and roles.
-- index: dn_key
-- index: legacy_key
-- index: site_key
-- index: dns_name
CREATE VIEW w_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- text: short name
  dnkey(s.dn) AS dn_key, -- text: normalised DN
  dnkey(s.site_dn) AS site_key, -- text: normalised DN of its site
  t.id AS site_id, -- text: objectGUID of its site, when that exists
  t.name AS site, -- text: name of its site
  fold(s.legacy_exchange_dn) AS legacy_key, -- text: legacyExchangeDN for comparison
  s.fqdn AS fqdn, -- text: FQDN as stored
  norm(s.fqdn) AS dns_name, -- text: FQDN normalised
  version_part(s.version_number, s.serial_number, 0) AS major, -- int: major version
  version_part(s.version_number, s.serial_number, 1) AS minor, -- int: minor version
  version_part(s.version_number, s.serial_number, 2) AS build, -- int: build as the directory shows it
  CASE WHEN s.unread LIKE '%"roles"%' THEN NULL ELSE coalesce(s.roles, 0) END AS roles, -- int: role bits
  s.has_rpc_client_access AS has_rpc_client_access, -- bool: RPC Client Access object
  s.encryption_required AS encryption_required, -- bool: RPC encryption
  s.activation_config AS activation_config, -- int: activation policy
  s.site_dn AS site_dn, -- text: site DN as stored
  dnkey(s.dag_dn) AS dag_key, -- text: normalised DN of its availability group
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged
FROM servers s LEFT JOIN w_sites t ON t.dn_key = dnkey(s.site_dn);

-- w_dns: one row per view, resolver and name, address types taken together.
-- index: name
CREATE VIEW w_dns AS SELECT
  view AS view, -- text: internal or external
  resolver AS resolver, -- text: address and port of the resolver
  name AS name, -- text: normalised name
  CASE WHEN max(status = 'answer' AND "values" <> '[]') = 1 THEN 1
       WHEN max(status = 'nxdomain') = 1 THEN 0
       WHEN min(status IN ('nxdomain', 'no_data', 'answer')) = 1 THEN 0 END AS resolves -- bool: has an address; NULL when not answered
FROM dns_answers WHERE record_type IN ('A', 'AAAA') GROUP BY view, resolver, name;

-- v_dns_addresses: one row per view, name and address that some resolver answered.
-- index: name
-- index: address
CREATE VIEW v_dns_addresses AS SELECT DISTINCT
  a.view AS view, -- text: internal or external
  a.name AS name, -- text: normalised name
  v.value AS address -- text: IPv4 or IPv6 address
FROM dns_answers a, json_each(a."values") v WHERE a.record_type IN ('A', 'AAAA') AND a.status = 'answer';

-- v_dns_answers: one row per answer of a resolver, as evidence.
-- index: name
CREATE VIEW v_dns_answers AS SELECT
  view AS view, -- text: internal or external
  resolver AS resolver, -- text: address and port of the resolver
  name AS name, -- text: normalised name
  record_type AS record_type, -- text: A, AAAA, SRV or SOA
  status AS status, -- text: answer, nxdomain, no_data, servfail, refused, timeout or bad_answer
  "values" AS answers, -- list: addresses or record texts
  (SELECT list_of(json_extract(s.value, '$.target')) FROM json_each(aliases) s) AS alias_targets, -- list: targets of the CNAME chain
  ttl AS ttl, -- int: seconds, of the final records
  authoritative AS authoritative, -- bool: whether the resolver is an authority for the name
  source_at AS source_at -- text: when it was asked
FROM dns_answers;

-- w_server_addresses: internal addresses of servers; an address shared by two servers is a balancer's.
-- index: address
-- index: server_id
CREATE VIEW w_server_addresses AS SELECT
  s.id AS server_id, -- text: server
  a.address AS address, -- text: address of its FQDN
  EXISTS (SELECT 1 FROM v_dns_addresses b JOIN w_servers o ON o.dns_name = b.name
          WHERE b.view = 'internal' AND b.address = a.address AND o.id <> s.id) AS is_vip -- bool: shared with another server
FROM w_servers s JOIN v_dns_addresses a ON a.view = 'internal' AND a.name = s.dns_name;

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
  s.major || '.' || s.minor AS version, -- text: major and minor version
  CASE WHEN s.major = 14 THEN '2010' WHEN s.major = 8 THEN '2007' WHEN s.major = 15 AND s.minor = 0 THEN '2013'
       WHEN s.major = 15 AND s.minor = 1 THEN '2016' WHEN s.major = 15 AND s.minor = 2 AND s.build < 2562 THEN '2019'
       WHEN s.major = 15 AND s.minor = 2 THEN 'SE' WHEN s.major < 8 THEN '2003 or older' END AS product, -- text: Exchange generation
  s.roles AS roles, -- int: role bits
  (s.roles & 2) <> 0 AS is_mailbox, -- bool: Mailbox role
  (s.roles & 64) <> 0 AS is_edge, -- bool: Edge Transport
  (s.roles & 4096) <> 0 AS is_provisioned_only, -- bool: provisioned, nothing installed
  s.major = 14 AS is_2010, -- bool: Exchange 2010
  s.major = 14 AND (s.roles & 4) <> 0 AND (s.roles & 4160) = 0 AS is_client_access_2010, -- bool: Exchange 2010 Client Access server
  s.has_rpc_client_access AS has_rpc_client_access, -- bool: owns an RPC Client Access object
  s.encryption_required AS encryption_required, -- bool: RPC encryption required
  s.activation_config AS activation_config, -- int: 0 unrestricted, 1 intrasite only, 2 blocked
  s.site_dn AS site_dn, -- text: DN of the site as stored
  g.name AS availability_group, -- text: database availability group it belongs to
  (SELECT list_of(a.address) FROM w_server_addresses a WHERE a.server_id = s.id) AS addresses, -- list: internal addresses
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_servers s LEFT JOIN availability_groups g ON dnkey(g.dn) = s.dag_key;

-- w_arrays: arrays with their keys.
-- index: legacy_key
-- index: site_key
-- index: dns_name
CREATE VIEW w_arrays AS SELECT
  a.id AS id, -- text: objectGUID
  a.name AS name, -- text: object name
  a.fqdn AS fqdn, -- text: FQDN as stored
  norm(a.fqdn) AS dns_name, -- text: FQDN normalised
  dnkey(a.site_dn) AS site_key, -- text: normalised DN of its site
  t.id AS site_id, -- text: objectGUID of its site, when that exists
  t.name AS site, -- text: name of its site
  fold(a.legacy_exchange_dn) AS legacy_key -- text: legacyExchangeDN for comparison
FROM arrays a LEFT JOIN w_sites t ON t.dn_key = dnkey(a.site_dn);

-- w_site_arrays: per site, how many arrays and, where it is one, which.
-- index: site_id
CREATE VIEW w_site_arrays AS SELECT
  site_id AS site_id, -- text: site
  count(*) AS array_count, -- int: arrays of the site
  CASE WHEN count(*) = 1 THEN max(id) END AS array_id, -- text: the only array
  CASE WHEN count(*) = 1 THEN max(name) END AS array_name, -- text: its name
  CASE WHEN count(*) = 1 THEN max(fqdn) END AS array_fqdn -- text: its FQDN
FROM w_arrays WHERE site_id IS NOT NULL GROUP BY site_id;

-- v_database_copies: one row per copy of a database on a server.
-- index: database_key
CREATE VIEW v_database_copies AS SELECT
  c.id AS id, -- text: objectGUID
  dnkey(c.database_dn) AS database_key, -- text: normalised DN of the database
  s.name AS server, -- text: host server, when known
  s.id AS server_id, -- text: objectGUID of the host server
  s.site AS site, -- text: site of the host server
  s.site_id AS site_id, -- text: objectGUID of that site
  s.major AS server_major, -- int: major version of the host server
  c.activation_preference AS activation_preference, -- int: 1 is activated first
  coalesce(c.activation_config, s.activation_config) AS activation_config -- int: 2 blocks activation
FROM database_copies c LEFT JOIN w_servers s ON s.dn_key = dnkey(c.host_server_dn);

-- w_first_copies: the copies of each database that share its lowest activation preference.
-- index: database_key
CREATE VIEW w_first_copies AS SELECT
  c.database_key AS database_key, -- text: database
  count(*) AS copies, -- int: how many share it
  CASE WHEN count(*) = 1 THEN max(c.server_id) END AS server_id, -- text: host, when it is one
  CASE WHEN count(*) = count(c.site_id) AND count(DISTINCT c.site_id) = 1 THEN max(c.site_id) END AS site_id, -- text: their common site
  CASE WHEN count(*) = count(c.server_major) AND count(DISTINCT c.server_major) = 1 THEN max(c.server_major) END AS major -- int: their common major version
FROM v_database_copies c
JOIN (SELECT database_key, count(*) AS n, min(activation_preference) AS first, count(activation_preference) AS known
      FROM v_database_copies GROUP BY database_key) f ON f.database_key = c.database_key
WHERE f.n = 1 OR (f.known = f.n AND c.activation_preference = f.first)
GROUP BY c.database_key;

-- w_homes: where each database has its home: never where it happens to be mounted.
-- index: id
CREATE VIEW w_homes AS SELECT
  d.id AS id, -- text: database
  fold(d.endpoint_legacy_dn) AS endpoint_key, -- text: endpoint for comparison
  CASE WHEN f.database_key IS NOT NULL AND (m.id IS NOT NULL OR c.database_copies_complete) THEN f.site_id
       WHEN f.database_key IS NULL AND m.id IS NOT NULL THEN m.site_id
       WHEN f.database_key IS NULL AND d.master_dn IS NULL THEN o.site_id END AS site_id, -- text: home site
  CASE WHEN f.database_key IS NOT NULL THEN f.major
       WHEN m.id IS NOT NULL THEN m.major
       WHEN d.master_dn IS NULL THEN o.major END AS major -- int: major version of the host
FROM databases d
CROSS JOIN v_coverage c
LEFT JOIN w_first_copies f ON f.database_key = dnkey(d.dn)
LEFT JOIN w_servers m ON m.dn_key = dnkey(d.master_dn)
LEFT JOIN w_servers o ON o.dn_key = dnkey(d.owning_server_dn);

-- w_endpoint_arrays: the array object that each database points at; the one in its home site first.
-- index: id
CREATE VIEW w_endpoint_arrays AS SELECT
  h.id AS id, -- text: database
  min(CASE WHEN a.site_id = h.site_id THEN '0' ELSE '1' END || a.id) AS pick -- text: preferred match
FROM w_homes h JOIN w_arrays a ON a.legacy_key = h.endpoint_key GROUP BY h.id;

-- v_databases: one row per database.
-- index: id
-- index: home_site_id
-- index: endpoint_id
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
  s.version AS endpoint_version, -- text: version, where it points at a server
  s.product AS endpoint_product, -- text: Exchange generation, where it points at a server
  s.roles AS endpoint_roles, -- int: role bits, where it points at a server
  s.is_edge AS endpoint_is_edge, -- bool: points at an Edge Transport server
  s.is_provisioned_only AS endpoint_is_provisioned_only, -- bool: points at a server on which nothing is installed
  CASE WHEN c.arrays_complete AND t.id IS NOT NULL THEN coalesce(n.array_count, 0) END AS site_array_count, -- int: arrays of the home site
  n.array_fqdn AS site_array_fqdn, -- text: FQDN of the home site's array, when it has exactly one
  n.array_name AS site_array_name, -- text: name of that array
  n.array_id AS site_array_id, -- text: objectGUID of that array
  CASE WHEN m.count IS NOT NULL THEN m.count WHEN c.mailboxes_complete THEN 0 END AS mailbox_count, -- int: mailboxes, from an export
  d.created AS created, -- text: whenCreated
  d.oab_dn AS offline_address_book, -- text: DN of its offline address book
  dnkey(d.dn) AS database_key, -- text: normalised DN, as in v_database_copies
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
LEFT JOIN w_servers k ON a.id IS NULL AND k.legacy_key = h.endpoint_key
LEFT JOIN v_servers s ON s.id = k.id
LEFT JOIN w_site_arrays n ON n.site_id = h.site_id
LEFT JOIN mailbox_counts m ON fold(m.database) = fold(d.name);

-- v_https_uses: one row per HTTPS URL that clients are given: virtual directories, Outlook Anywhere, service connection points.
-- index: name
-- index: server_id
CREATE VIEW v_https_uses AS SELECT
  u.name AS name, -- text: normalised host of the URL
  u.url AS url, -- text: URL as stored
  u.service AS service, -- text: owa, ecp, ews, eas, oab, mapi, outlook_anywhere or scp
  u.scope AS scope, -- text: internal or external
  u.object AS object, -- text: virtual directory or service connection point
  s.id AS server_id, -- text: objectGUID of the server
  s.name AS server, -- text: server
  s.site AS site, -- text: site of the server
  s.site_id AS site_id, -- text: objectGUID of the site
  s.is_client_access_2010 AS server_is_client_access_2010 -- bool: an Exchange 2010 Client Access server
FROM (SELECT host(internal_url) AS name, internal_url AS url, service, 'internal' AS scope, name AS object, server_dn FROM virtual_directories
      UNION ALL SELECT host(external_url), external_url, service, 'external', name, server_dn FROM virtual_directories
      UNION ALL SELECT host(j.value), j.value, 'scp', 'internal', p.name, p.server_dn FROM service_connection_points p, json_each(p.uris) j
                WHERE lower(j.value) NOT LIKE 'ldap:%') u
LEFT JOIN w_servers w ON w.dn_key = dnkey(u.server_dn)
LEFT JOIN v_servers s ON s.id = w.id
WHERE u.name IS NOT NULL AND u.service NOT IN ('powershell', 'autodiscover') AND u.object NOT LIKE '%(Exchange Back End)';

-- v_arrays: one row per Client Access array object.
-- index: id
-- index: dns_name
CREATE VIEW v_arrays AS SELECT
  a.id AS id, -- text: objectGUID
  a.name AS name, -- identity(id): object name; says nothing about the DNS name
  a.site AS site, -- text: site it is bound to
  a.site_id AS site_id, -- text: objectGUID of that site
  a.site_key IS NOT NULL AS has_site, -- bool: bound to some site at all
  CASE WHEN a.site_id IS NOT NULL THEN 1 WHEN a.site_key IS NULL THEN 0 WHEN c.sites_complete THEN 0 END AS site_exists, -- bool: that site exists
  r.fqdn AS fqdn, -- text: FQDN as stored
  a.dns_name AS dns_name, -- text: FQDN normalised
  fqdn_problem(r.fqdn) AS fqdn_problem, -- text: why the FQDN cannot be used; NULL when it can
  r.name LIKE '%CNF:%' AS is_replication_conflict, -- bool: name left behind by a replication conflict
  (SELECT count(*) FROM v_servers s WHERE s.site_id = a.site_id AND s.is_client_access_2010) AS seen_client_access_count, -- int: 2010 Client Access servers seen in its site
  CASE WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = a.site_id AND s.is_client_access_2010 IS NULL)
       THEN (SELECT count(*) FROM v_servers s WHERE s.site_id = a.site_id AND s.is_client_access_2010) END AS client_access_count, -- int: the same, when all servers are known
  (SELECT count(*) FROM v_servers s WHERE s.site_id = a.site_id AND s.is_client_access_2010 AND s.has_rpc_client_access) AS seen_member_count, -- int: members seen
  CASE WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = a.site_id
            AND (s.is_client_access_2010 IS NULL OR (s.is_client_access_2010 AND s.has_rpc_client_access IS NULL)))
       THEN (SELECT count(*) FROM v_servers s WHERE s.site_id = a.site_id AND s.is_client_access_2010 AND s.has_rpc_client_access) END AS member_count, -- int: members as Exchange computes them
  (SELECT identities(s.name, s.id) FROM v_servers s WHERE s.site_id = a.site_id AND s.is_client_access_2010 AND s.has_rpc_client_access) AS members, -- identities: member servers
  (SELECT count(*) FROM v_databases d WHERE d.endpoint_id = a.id AND d.in_scope) AS database_count, -- int: in-scope databases that point at it
  (SELECT identities(d.name, d.id) FROM v_databases d WHERE d.endpoint_id = a.id AND d.in_scope) AS databases, -- identities: those databases
  (SELECT list_of(u.service || ' ' || coalesce(u.server, '?') || ': ' || u.url) FROM v_https_uses u WHERE u.name = a.dns_name) AS https_urls, -- list: HTTPS URLs that carry its name
  (SELECT count(*) FROM v_https_uses u WHERE u.name = a.dns_name) AS https_url_count, -- int: how many
  (SELECT list_of(s.name) FROM v_servers s WHERE s.dns_name = a.dns_name) AS servers_with_same_name, -- list: servers whose FQDN is the array's
  (SELECT list_of(DISTINCT x.address) FROM v_dns_addresses x WHERE x.view = 'internal' AND x.name = a.dns_name) AS addresses, -- list: internal addresses of its name
  r.created AS created, -- text: whenCreated
  r.source_origin AS source_origin, -- text: where it was read
  r.source_at AS source_at, -- text: when it was read
  r.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  r.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_arrays a JOIN arrays r ON r.id = a.id CROSS JOIN v_coverage c;

-- v_sites: one row per Active Directory site.
-- index: id
CREATE VIEW v_sites AS SELECT
  t.id AS id, -- text: objectGUID
  t.name AS name, -- text: site name
  t.name AS site, -- text: the same, for reports
  r.subnets AS subnets, -- list: subnets in CIDR notation
  (SELECT count(*) FROM v_servers s WHERE s.site_id = t.id AND s.is_2010) AS server_count_2010, -- int: Exchange 2010 servers seen
  CASE WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010 IS NULL)
       THEN (SELECT count(*) FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010) END AS client_access_count, -- int: 2010 Client Access servers
  (SELECT identities(s.name, s.id) FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010) AS client_access_servers, -- identities: those servers
  (SELECT identities(s.name, s.id) FROM v_servers s WHERE s.site_id = t.id AND s.is_2010 AND s.is_mailbox) AS mailbox_servers, -- identities: 2010 Mailbox servers
  CASE WHEN c.arrays_complete THEN (SELECT count(*) FROM w_arrays a WHERE a.site_id = t.id) END AS array_count, -- int: arrays bound to it
  (SELECT count(*) FROM w_arrays a WHERE a.site_id = t.id) AS seen_array_count, -- int: arrays seen
  (SELECT identities(a.name, a.id) FROM w_arrays a WHERE a.site_id = t.id) AS arrays, -- identities: those arrays
  (SELECT list_of(a.name || ' (' || coalesce(a.fqdn, 'no FQDN') || ', ' || a.database_count || ' databases, created ' || coalesce(a.created, 'unknown') || ')')
     FROM v_arrays a WHERE a.site_id = t.id) AS array_details, -- list: arrays with FQDN, databases and age
  (SELECT count(*) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope) AS database_count, -- int: in-scope databases at home here
  (SELECT count(*) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope IS NULL) AS undecided_database_count, -- int: databases of which that is not known
  (SELECT identities(d.name, d.id) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope) AS databases, -- identities: the in-scope databases
  (SELECT sum(d.mailbox_count) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope
     HAVING count(*) = count(d.mailbox_count)) AS mailbox_count, -- int: their mailboxes, when all are known
  (SELECT list_of(DISTINCT d.rpc_client_access_server) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope) AS endpoints, -- list: what those databases point at
  (SELECT count(DISTINCT coalesce(d.endpoint_id, d.endpoint_dns_name)) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope) AS endpoint_count, -- int: how many different ones
  (SELECT count(*) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope AND d.endpoint_kind IS NULL) AS unknown_endpoint_count, -- int: databases whose endpoint is not known
  (SELECT count(*) FROM v_https_uses u WHERE u.site_id = t.id AND u.scope = 'external' AND u.server_is_client_access_2010) > 0 AS has_external_url, -- bool: some Client Access server has an external URL
  r.source_origin AS source_origin, -- text: where it was read
  r.source_at AS source_at, -- text: when it was read
  r.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  r.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_sites t JOIN sites r ON r.id = t.id CROSS JOIN v_coverage c;

-- w_array_names: one row per distinct array FQDN.
-- index: name
CREATE VIEW w_array_names AS SELECT
  dns_name AS name, -- text: normalised FQDN
  count(*) AS array_count, -- int: arrays that bear it
  count(DISTINCT coalesce(site_key, '')) AS site_count, -- int: sites of those arrays
  CASE WHEN count(DISTINCT coalesce(site_key, '')) = 1 THEN max(site_id) END AS site_id -- text: the only site
FROM w_arrays WHERE dns_name IS NOT NULL GROUP BY dns_name;

-- w_names: every name of interest.
-- index: name
CREATE VIEW w_names AS SELECT
  name AS name -- text: normalised name
FROM (SELECT name FROM w_array_names UNION SELECT name FROM v_https_uses UNION SELECT dns_name FROM w_servers WHERE dns_name IS NOT NULL);

-- v_dns_names: one row per name that clients or servers use, with what DNS says of it.
-- index: id
CREATE VIEW v_dns_names AS SELECT
  n.name AS id, -- text: normalised name
  n.name AS name, -- text: normalised name
  n.name || '.' AS absolute_name, -- text: the name with a trailing dot, for nslookup
  t.name AS site, -- text: site of the array that bears it, when it is one site
  t.id AS site_id, -- text: objectGUID of that site
  a.name IS NOT NULL AS is_array_name, -- bool: FQDN of an array
  EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = n.name) AS is_https_name, -- bool: host of an HTTPS URL
  EXISTS (SELECT 1 FROM w_servers s WHERE s.dns_name = n.name) AS is_server_name, -- bool: FQDN of a server
  coalesce(a.array_count, 0) AS array_count, -- int: arrays that bear it
  coalesce(a.site_count, 0) AS array_site_count, -- int: different sites of those arrays
  (SELECT list_of(DISTINCT coalesce(x.site, 'no site')) FROM v_arrays x WHERE x.dns_name = n.name) AS array_sites, -- list: names of those sites
  (SELECT identities(x.name, x.id) FROM v_arrays x WHERE x.dns_name = n.name) AS arrays, -- identities: those arrays
  (SELECT min(x.fqdn_problem) FROM v_arrays x WHERE x.dns_name = n.name) AS fqdn_problem, -- text: why the name cannot be used
  (SELECT sum(x.database_count) FROM v_arrays x WHERE x.dns_name = n.name) AS database_count, -- int: databases that point at those arrays
  (SELECT list_of(u.service || ' ' || coalesce(u.server, '?') || ': ' || u.url) FROM v_https_uses u WHERE u.name = n.name) AS https_urls, -- list: HTTPS URLs that carry it
  (SELECT max(d.resolves) FROM w_dns d WHERE d.view = 'internal' AND d.name = n.name) AS resolves_internally, -- bool: has an address on some internal resolver; NULL when none answered
  (SELECT list_of(d.resolver) FROM w_dns d WHERE d.view = 'internal' AND d.name = n.name AND d.resolves IS NOT NULL) AS internal_resolvers, -- list: internal resolvers that answered
  (SELECT list_of(DISTINCT x.address) FROM v_dns_addresses x WHERE x.view = 'internal' AND x.name = n.name) AS internal_addresses, -- list: addresses inside
  (SELECT count(DISTINCT x.address) FROM v_dns_addresses x WHERE x.view = 'internal' AND x.name = n.name) AS internal_address_count, -- int: how many
  (SELECT max(x.address) FROM v_dns_addresses x WHERE x.view = 'internal' AND x.name = n.name HAVING count(DISTINCT x.address) = 1) AS internal_address, -- text: the only address inside
  (SELECT min(s.name) FROM w_server_addresses w JOIN v_servers s ON s.id = w.server_id JOIN v_dns_addresses x ON x.view = 'internal' AND x.name = n.name AND x.address = w.address
     WHERE NOT w.is_vip AND s.is_client_access_2010 AND s.site_id = t.id) AS address_server, -- text: 2010 Client Access server of the site whose own address that is
  (SELECT list_of(s.name) FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010 AND NOT EXISTS
     (SELECT 1 FROM w_server_addresses w JOIN v_dns_addresses x ON x.view = 'internal' AND x.name = n.name AND x.address = w.address WHERE w.server_id = s.id)) AS other_servers, -- list: Client Access servers of the site behind none of its addresses
  (SELECT count(*) FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010 AND NOT EXISTS
     (SELECT 1 FROM w_server_addresses w WHERE w.server_id = s.id)) AS servers_without_address, -- int: Client Access servers of the site whose addresses are not known
  v.client_access_count AS client_access_count, -- int: 2010 Client Access servers of the site
  v.mailbox_count AS mailbox_count, -- int: mailboxes of the site
  (SELECT json_extract(x.aliases, '$[0].target') FROM dns_answers x WHERE x.view = 'internal' AND x.name = n.name AND x.aliases <> '[]' ORDER BY x.resolver, x.record_type LIMIT 1) AS alias_target, -- text: what it is an alias of, inside
  (SELECT json_extract(x.aliases, '$[0].ttl') FROM dns_answers x WHERE x.view = 'internal' AND x.name = n.name AND x.aliases <> '[]' ORDER BY x.resolver, x.record_type LIMIT 1) AS alias_ttl, -- int: TTL of the alias, seconds
  (SELECT max(x.ttl) FROM dns_answers x WHERE x.view = 'internal' AND x.name = n.name AND x.status = 'answer') AS ttl, -- int: longest TTL inside, seconds
  (SELECT max(x.status = 'answer') FROM dns_answers x WHERE x.view = 'external' AND x.name = n.name) AS answered_externally, -- bool: some external resolver has a record
  (SELECT max(d.resolves) FROM w_dns d WHERE d.view = 'external' AND d.name = n.name) AS resolves_externally, -- bool: has an address outside; NULL when none answered
  (SELECT list_of(DISTINCT x.address) FROM v_dns_addresses x WHERE x.view = 'external' AND x.name = n.name) AS external_addresses, -- list: addresses outside
  (SELECT json_extract(x.aliases, '$[0].target') FROM dns_answers x WHERE x.view = 'external' AND x.name = n.name AND x.aliases <> '[]' ORDER BY x.resolver, x.record_type LIMIT 1) AS external_alias_target, -- text: what it is an alias of, outside
  (SELECT min(CASE WHEN x.address LIKE '10.%' OR x.address LIKE '192.168.%' OR (x.address LIKE '172.%' AND CAST(substr(x.address, 5, 2) AS INTEGER) BETWEEN 16 AND 31 AND substr(x.address, 7, 1) = '.') THEN 1 ELSE 0 END)
     FROM v_dns_addresses x WHERE x.view = 'external' AND x.name = n.name) AS external_all_private, -- bool: every outside address is private
  (SELECT min(x.resolver) FROM dns_answers x WHERE x.view = 'external' AND x.name = n.name) AS external_resolver, -- text: an external resolver that was asked
  (SELECT min(x.source_origin) FROM dns_answers x WHERE x.name = n.name) AS source_origin, -- text: where it was read
  (SELECT min(x.source_at) FROM dns_answers x WHERE x.name = n.name) AS source_at -- text: when it was read
FROM w_names n
LEFT JOIN w_array_names a ON a.name = n.name
LEFT JOIN w_sites t ON t.id = a.site_id
LEFT JOIN v_sites v ON v.id = a.site_id;

-- w_leafs: one row per endpoint, address and certificate that stood first in what was sent.
-- index: host
-- index: sha256
CREATE VIEW w_leafs AS SELECT DISTINCT
  e.host AS host, -- text: probed name
  e.port AS port, -- int: port
  e.address AS address, -- text: address connected to
  json_extract(e.chain, '$[0]') AS sha256, -- text: leaf certificate
  last_of(e.chain) AS last_sha256, -- text: last certificate of the chain as sent
  e.source_origin AS source_origin, -- text: where it was read
  e.source_at AS source_at -- text: when it was read
FROM tls_endpoints e WHERE e.chain <> '[]';

-- v_endpoint_certificates: one row per endpoint, address and leaf certificate presented there.
-- index: endpoint
-- index: certificate_id
CREATE VIEW v_endpoint_certificates AS SELECT
  l.host || ':' || l.port AS endpoint, -- text: probed name and port
  l.host AS host, -- text: probed name
  l.port AS port, -- int: port
  l.address AS address, -- text: address connected to
  c.sha1 AS certificate_id, -- text: thumbprint
  CASE WHEN c.common_name IS NOT NULL THEN c.common_name WHEN json_extract(c.dns_names, '$[0]') IS NOT NULL THEN json_extract(c.dns_names, '$[0]') ELSE 'unnamed' END
    || ' (' || substr(c.sha1, 1, 8) || ')' AS certificate, -- text: common name and start of the thumbprint
  CASE WHEN c.dns_names IS NOT NULL THEN c.dns_names
       WHEN c.unread LIKE '%"dns_names"%' THEN NULL
       WHEN c.common_name IS NOT NULL THEN json_array(c.common_name) ELSE '[]' END AS names, -- list: DNS names it stands for; the common name only without any SAN
  s.id AS server_id, -- text: objectGUID of the 2010 Client Access server with that FQDN
  s.name AS server, -- text: that server
  s.site AS site, -- text: its site
  s.site_id AS site_id, -- text: objectGUID of its site
  CASE WHEN c.self_signed = 1 THEN 'self_signed'
       WHEN EXISTS (SELECT 1 FROM data_public_roots p JOIN certificates z ON z.sha256 = l.last_sha256 WHERE fold(p.subject) IN (fold(z.issuer), fold(z.subject))) THEN 'public'
       WHEN (SELECT z.self_signed FROM certificates z WHERE z.sha256 = l.last_sha256) = 1 THEN 'private' END AS issuer_class, -- text: self_signed, public, private; NULL when the chain does not show it
  l.source_origin AS source_origin, -- text: where it was read
  l.source_at AS source_at -- text: when it was read
FROM w_leafs l JOIN certificates c ON c.sha256 = l.sha256
LEFT JOIN v_servers s ON s.dns_name = l.host AND s.is_client_access_2010;

-- v_certificates: one row per certificate presented as a server's own.
-- index: id
CREATE VIEW v_certificates AS SELECT
  c.sha1 AS id, -- text: SHA-1 thumbprint
  e.certificate AS name, -- text: common name and start of the thumbprint
  CASE WHEN count(DISTINCT e.site_id) = 1 THEN max(e.site) END AS site, -- text: site of the servers that present it, when it is one
  c.subject AS subject, -- text: subject
  c.issuer AS issuer, -- text: issuer
  c.common_name AS common_name, -- text: common name
  max(e.names) AS names, -- list: DNS names it stands for
  c.not_before AS not_before, -- text: start of validity
  c.not_after AS not_after, -- text: end of validity
  julianday(c.not_after) - julianday(x.as_of) AS days_left, -- real: days from the reference time to the end of validity
  julianday(c.not_before) - julianday(x.as_of) AS days_to_start, -- real: days from the reference time to the start of validity
  julianday(c.not_after) - julianday(c.not_before) AS lifetime_days, -- real: length of validity in days
  c.self_signed AS self_signed, -- bool: signed with its own key
  min(e.issuer_class) AS issuer_class, -- text: self_signed, public or private
  c.key_algorithm AS key_algorithm, -- text: rsa, ec, dsa ...
  c.key_size AS key_size, -- int: bits
  c.signature_hash AS signature_hash, -- text: sha1, sha256 ...
  list_of(DISTINCT e.endpoint) AS endpoints, -- list: where it is presented
  (SELECT identities(s.name, s.id) FROM v_servers s WHERE s.id IN (SELECT y.server_id FROM v_endpoint_certificates y WHERE y.certificate_id = c.sha1)) AS servers, -- identities: 2010 Client Access servers that present it
  (SELECT min(s.name) FROM v_servers s WHERE s.id IN (SELECT y.server_id FROM v_endpoint_certificates y WHERE y.certificate_id = c.sha1)) AS first_server, -- text: the first of them
  (SELECT max(t.has_external_url) FROM v_sites t WHERE t.id IN (SELECT y.site_id FROM v_endpoint_certificates y WHERE y.certificate_id = c.sha1)) AS internet_facing, -- bool: some site of those servers has external URLs
  c.serial AS serial, -- text: serial number
  c.source_origin AS source_origin, -- text: where it was read
  c.source_at AS source_at -- text: when it was read
FROM certificates c JOIN v_endpoint_certificates e ON e.certificate_id = c.sha1 CROSS JOIN v_context x
GROUP BY c.sha256;

-- w_shared_hosts: HTTPS names that no server bears, and whether a balancer ends TLS there.
-- index: name
CREATE VIEW w_shared_hosts AS SELECT
  u.name AS name, -- text: normalised name
  CASE WHEN NOT EXISTS (SELECT 1 FROM w_leafs l WHERE l.host = u.name) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_leafs l JOIN w_leafs m ON m.sha256 = l.sha256 JOIN v_servers s ON s.dns_name = m.host
                    WHERE l.host = u.name) THEN 0
       WHEN EXISTS (SELECT 1 FROM v_https_uses v JOIN v_servers s ON s.id = v.server_id
                    WHERE v.name = u.name AND NOT EXISTS (SELECT 1 FROM w_leafs m WHERE m.host = s.dns_name)) THEN NULL
       ELSE 1 END AS ends_tls -- bool: its certificate differs from those of all servers behind it
FROM (SELECT DISTINCT name FROM v_https_uses WHERE name NOT IN (SELECT dns_name FROM w_servers WHERE dns_name IS NOT NULL)) u;

-- w_required: one row per endpoint and name that clients may ask of it.
-- index: endpoint
CREATE VIEW w_required AS SELECT DISTINCT
  s.dns_name || ':443' AS endpoint, -- text: the server's endpoint
  s.dns_name AS host, -- text: the server's FQDN
  u.name AS name, -- text: required name
  u.scope AS scope, -- text: internal or external
  u.service AS service, -- text: what uses it
  u.url AS url -- text: the URL
FROM v_servers s JOIN v_https_uses u ON u.server_id = s.id
WHERE s.is_client_access_2010 AND s.dns_name IS NOT NULL AND lower(u.url) NOT LIKE 'http:%'
UNION SELECT h.name || ':443', h.name, h.name, u.scope, u.service, u.url
FROM w_shared_hosts h JOIN v_https_uses u ON u.name = h.name WHERE h.ends_tls = 1;

-- w_missing: required names that some certificate of the endpoint does not cover.
-- index: endpoint
CREATE VIEW w_missing AS SELECT DISTINCT
  r.endpoint AS endpoint, -- text: endpoint
  r.name AS name, -- text: uncovered name
  r.scope AS scope, -- text: internal or external
  r.service AS service, -- text: what uses it
  r.url AS url -- text: the URL
FROM w_required r JOIN v_endpoint_certificates e ON e.endpoint = r.endpoint
WHERE covers(e.names, r.name) = 0;

-- v_tls_endpoints: one row per HTTPS endpoint of a 2010 Client Access server or of a balancer that ends TLS.
-- index: id
CREATE VIEW v_tls_endpoints AS SELECT
  p.endpoint AS id, -- text: name and port
  p.endpoint AS name, -- text: name and port
  s.site AS site, -- text: site of the server
  p.host AS host, -- text: probed name
  s.id AS server_id, -- text: objectGUID of the server
  s.name AS server, -- identity(server_id): the server, as cmdlets take it
  EXISTS (SELECT 1 FROM w_shared_hosts h JOIN v_https_uses u ON u.name = h.name WHERE h.ends_tls = 1 AND u.server_id = s.id) AS behind_terminating_balancer, -- bool: a balancer ends TLS in front of it
  EXISTS (SELECT 1 FROM w_shared_hosts h JOIN v_https_uses u ON u.name = h.name WHERE h.ends_tls IS NULL AND u.server_id = s.id) AS balancer_unseen, -- bool: whether one does could not be seen
  (SELECT count(*) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS certificate_count, -- int: addresses that presented a certificate
  (SELECT list_of(DISTINCT e.certificate) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS certificates, -- list: certificates presented
  (SELECT max(e.certificate_id) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint HAVING count(DISTINCT e.certificate_id) = 1) AS thumbprint, -- text: thumbprint, when it is one
  (SELECT count(*) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint AND e.names IS NULL) AS unread_certificate_count, -- int: certificates whose names could not be read
  (SELECT list_of(DISTINCT r.name) FROM w_required r WHERE r.endpoint = p.endpoint) AS required_names, -- list: names clients use for it
  (SELECT list_of(DISTINCT m.name) FROM w_missing m WHERE m.endpoint = p.endpoint) AS missing_names, -- list: those that the certificate does not cover
  (SELECT count(DISTINCT m.name) FROM w_missing m WHERE m.endpoint = p.endpoint) AS missing_count, -- int: how many
  (SELECT count(*) FROM w_missing m WHERE m.endpoint = p.endpoint AND (m.scope = 'external' OR m.service = 'outlook_anywhere')) AS missing_external_count, -- int: uses from outside among them
  (SELECT list_of(DISTINCT m.service || ': ' || m.url) FROM w_missing m WHERE m.endpoint = p.endpoint) AS missing_urls, -- list: URLs that use them
  (SELECT min(e.source_origin) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS source_origin, -- text: where it was read
  (SELECT min(e.source_at) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS source_at -- text: when it was read
FROM (SELECT dns_name || ':443' AS endpoint, dns_name AS host, id AS server_id FROM v_servers WHERE is_client_access_2010 AND dns_name IS NOT NULL
      UNION SELECT name || ':443', name, NULL FROM w_shared_hosts WHERE ends_tls = 1) p
LEFT JOIN v_servers s ON s.id = p.server_id;

-- w_member_certificates: one row per array, member and certificate of that member.
-- index: array_id
CREATE VIEW w_member_certificates AS SELECT
  a.id AS array_id, -- text: array
  s.name AS server, -- text: member
  e.certificate AS certificate, -- text: certificate; NULL when none was seen
  e.issuer_class AS issuer_class, -- text: self_signed, public or private
  covers(e.names, a.dns_name) AS covered -- bool: whether it stands for the array's name
FROM v_arrays a JOIN v_servers s ON s.site_id = a.site_id AND s.is_client_access_2010 AND s.has_rpc_client_access
LEFT JOIN v_endpoint_certificates e ON e.server_id = s.id;

-- v_array_certificates: one row per array, with the certificates that its members present.
-- index: id
CREATE VIEW v_array_certificates AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.member_count AS member_count, -- int: members
  a.members AS members, -- identities: member servers
  a.https_url_count AS https_url_count, -- int: HTTPS URLs that carry the array's name
  sum(m.server IS NOT NULL AND m.certificate IS NULL) AS unseen_count, -- int: members whose certificate was not seen
  sum(m.certificate IS NOT NULL AND m.issuer_class IS NULL) AS unknown_issuer_count, -- int: certificates whose issuer class is not known
  sum(m.issuer_class = 'public') AS public_count, -- int: certificates of a public CA
  sum(m.issuer_class IN ('private', 'self_signed')) AS judged_count, -- int: certificates of a private CA or self-signed
  sum(m.issuer_class IN ('private', 'self_signed') AND m.covered = 0) AS lacking_count, -- int: of those, how many lack the array's name
  list_of(DISTINCT CASE WHEN m.issuer_class IN ('private', 'self_signed') AND m.covered = 0 THEN m.server END) AS lacking_servers, -- list: servers with such a certificate
  list_of(DISTINCT CASE WHEN m.issuer_class IN ('private', 'self_signed') AND m.covered = 0 THEN m.certificate END) AS lacking_certificates, -- list: those certificates
  min(m.issuer_class) AS first_issuer_class, -- text: issuer class, for comparison
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at -- text: when it was read
FROM v_arrays a LEFT JOIN w_member_certificates m ON m.array_id = a.id GROUP BY a.id;

-- v_sections: one row per kind of evidence, and one for the snapshot as a whole.
-- index: id
CREATE VIEW v_sections AS SELECT
  s.name AS id, -- text: section
  s.name AS name, -- text: section
  NULL AS site, -- text: none
  s.status AS status, -- text: complete, partial, failed or not_collected
  s.asked AS asked, -- int: questions put
  s.answered AS answered, -- int: questions answered
  (SELECT list_of(DISTINCT g.reason || ': ' || g.subject) FROM gaps g WHERE g.section = s.name) AS gaps, -- list: what was not seen, and why
  NULL AS snapshot_age_days -- real: for the snapshot only
FROM sections s
UNION ALL SELECT 'snapshot', 'snapshot', NULL, 'complete', 0, 0, '[]', snapshot_age_days FROM v_context;
