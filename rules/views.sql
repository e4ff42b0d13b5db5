-- The published views: what rules, `casaudit query` and the reports read.
--
-- Each statement is run in this order and kept as a table, so a later one may use an earlier
-- one. Views named v_* are published; those named w_* are work tables that are dropped before any
-- rule runs. The line above each view says what a row is; the comment behind each column gives
-- its type (text, int, real, bool, list, identities, identity(COLUMN)) and its meaning. A list is
-- JSON text in SQL and a list in evidence; `identities` are [name, id] pairs; an identity is a name
-- whose object may also be addressed by the id in the named column. NULL always means: not known;
-- a list of nothing is '[]', which the aggregates alone do not give.
--
-- Functions: norm, host, covers, fqdn_problem (names.py); address_key, dnkey, fold, version_part, list_of,
-- identities (judge/functions.py).

-- v_context: one row, the circumstances of this judgement.
CREATE VIEW v_context AS SELECT
  as_of AS as_of, -- text: reference time, ISO 8601, UTC
  profile AS profile, -- text: health, migration or audit
  target AS target, -- text: migration target, 2013, 2016, 2019, se or exo
  g.switchover AS switchover, -- bool: the operator states that a datacentre switchover is under way
  g.array_name_on_certificate AS array_name_on_certificate, -- text: advise, require or ignore, by the operator's policy
  julianday(as_of) - julianday(collected_at) AS snapshot_age_days -- real: days from collection to reference time
FROM context CROSS JOIN settings_general g;

-- v_coverage: one row, which kinds of evidence were seen in full.
CREATE VIEW v_coverage AS SELECT
  coalesce(max(name = 'organization' AND status = 'complete'), 0) AS organization_complete, -- bool: organisation container
  coalesce(max(name = 'sites' AND status = 'complete'), 0) AS sites_complete, -- bool: sites and subnets
  coalesce(max(name = 'servers' AND status = 'complete'), 0) AS servers_complete, -- bool: Exchange servers
  coalesce(max(name = 'arrays' AND status = 'complete'), 0) AS arrays_complete, -- bool: Client Access arrays
  coalesce(max(name = 'databases' AND status = 'complete'), 0) AS databases_complete, -- bool: databases
  coalesce(max(name = 'database_copies' AND status = 'complete'), 0) AS database_copies_complete, -- bool: database copies
  coalesce(max(name = 'availability_groups' AND status = 'complete'), 0) AS availability_groups_complete, -- bool: database availability groups
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
  s.unread LIKE '%"site_dn"%' AS site_unread, -- bool: its site could not be read
  s.unread LIKE '%"fqdn"%' AS fqdn_unread, -- bool: its FQDN could not be read
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
       WHEN min(status IN ('nxdomain', 'no_data', 'answer')) = 1 THEN 0 END AS resolves, -- bool: has an address; NULL when not answered
  CASE WHEN max(status = 'answer' OR aliases <> '[]') = 1 THEN 1
       WHEN max(status = 'nxdomain') = 1 THEN 0
       WHEN min(status = 'no_data') = 1 THEN 0 END AS has_record, -- bool: has an address or an alias; NULL when not answered
  max(status = 'nxdomain') AS is_nxdomain -- bool: the name does not exist
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
  coalesce((SELECT list_of(json_extract(s.value, '$.target')) FROM json_each(aliases) s), '[]') AS alias_targets, -- list: targets of the CNAME chain
  ttl AS ttl, -- int: seconds, of the final records
  authoritative AS authoritative, -- bool: whether the resolver is an authority for the name
  source_at AS source_at -- text: when it was asked
FROM dns_answers;

-- w_balancers: addresses known to be a load balancer's: those that the operator names, and those of Windows NLB clusters.
-- index: address
CREATE VIEW w_balancers AS SELECT DISTINCT
  b.address AS address, -- text: address
  b.site_id AS site_id -- text: objectGUID of the site of the cluster's nodes; NULL where only the operator names it
FROM (SELECT address, NULL AS site_id FROM settings_balancers
      UNION SELECT lower(trim(n.address)), s.site_id FROM nlb_clusters n LEFT JOIN w_servers s ON norm(n.server) IN (s.dns_name, norm(s.name))
            WHERE n.address IS NOT NULL) b;

-- w_server_addresses: internal addresses of servers; an address shared by two servers is a balancer's, and so is one known to be.
-- index: address
-- index: server_id
CREATE VIEW w_server_addresses AS SELECT
  s.id AS server_id, -- text: server
  a.address AS address, -- text: address of its FQDN
  address_key(a.address, 0) AS address_key, -- text: the same, to compare with subnets
  EXISTS (SELECT 1 FROM w_balancers b WHERE b.address = a.address)
    OR EXISTS (SELECT 1 FROM v_dns_addresses b JOIN w_servers o ON o.dns_name = b.name
               WHERE b.view = 'internal' AND b.address = a.address AND o.id <> s.id) AS is_vip -- bool: a load balancer's
FROM w_servers s JOIN v_dns_addresses a ON a.view = 'internal' AND a.name = s.dns_name;

-- w_subnets: subnets as ranges that can be compared with addresses.
-- index: first DESC, last
CREATE VIEW w_subnets AS SELECT
  t.id AS site_id, -- text: site
  t.name AS site, -- text: its name
  address_key(j.value, 0) AS first, -- text: key of the first address
  address_key(j.value, 1) AS last -- text: key of the last address
FROM w_sites t JOIN sites r ON r.id = t.id, json_each(r.subnets) j WHERE address_key(j.value, 0) IS NOT NULL;

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
  CASE WHEN NOT s.site_unread THEN s.site_key IS NOT NULL END AS has_site, -- bool: bound to some site at all
  CASE WHEN s.site_unread THEN NULL WHEN s.site_id IS NOT NULL THEN 1 WHEN s.site_key IS NULL OR c.sites_complete THEN 0 END AS site_exists, -- bool: that site exists
  CASE WHEN EXISTS (SELECT 1 FROM w_address_sites a WHERE a.server_id = s.id AND a.site_id = s.site_id) THEN 1
       WHEN c.sites_complete AND EXISTS (SELECT 1 FROM w_address_sites a WHERE a.server_id = s.id AND a.site_id <> s.site_id) THEN 0 END AS address_in_site, -- bool: one of its own addresses lies in a subnet of its site; NULL when no subnet holds any
  coalesce((SELECT list_of(a.address || ' (' || a.site || ')') FROM w_address_sites a WHERE a.server_id = s.id), '[]') AS address_sites, -- list: own addresses in some site's subnet, with that site
  (SELECT max(d.resolves) FROM w_dns d WHERE d.view = 'internal' AND d.name = s.dns_name) AS resolves_internally, -- bool: its FQDN has an address inside; NULL when nobody answered
  (SELECT min(d.is_nxdomain) FROM w_dns d WHERE d.view = 'internal' AND d.name = s.dns_name AND d.resolves IS NOT NULL) AS is_nxdomain, -- bool: every internal resolver that answered says that the name does not exist
  EXISTS (SELECT 1 FROM tls_endpoints e WHERE e.host = s.dns_name AND e.outcome IN ('handshake', 'handshake_failed', 'not_tls')) AS answered_on_tls, -- bool: something spoke under its name when it was probed
  (SELECT o.state FROM settings_servers o WHERE fold(o.name) = fold(s.name)) AS state, -- text: maintenance or removal, by the operator's word
  g.name AS availability_group, -- text: database availability group it belongs to
  coalesce((SELECT list_of(a.address) FROM w_server_addresses a WHERE a.server_id = s.id), '[]') AS addresses, -- list: internal addresses
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_servers s CROSS JOIN v_coverage c LEFT JOIN availability_groups g ON dnkey(g.dn) = s.dag_key;

-- w_arrays: arrays with their keys.
-- index: legacy_key
-- index: site_key
-- index: dns_name
-- index: site_id
CREATE VIEW w_arrays AS SELECT
  a.id AS id, -- text: objectGUID
  a.name AS name, -- text: object name
  a.fqdn AS fqdn, -- text: FQDN as stored
  norm(a.fqdn) AS dns_name, -- text: FQDN normalised
  dnkey(a.site_dn) AS site_key, -- text: normalised DN of its site
  t.id AS site_id, -- text: objectGUID of its site, when that exists
  t.name AS site, -- text: name of its site
  a.unread LIKE '%"site_dn"%' AS site_unread, -- bool: its site could not be read
  a.unread LIKE '%"fqdn"%' AS fqdn_unread, -- bool: its FQDN could not be read
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
-- index: site_id
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
-- index: endpoint_key
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

-- w_endpoint_homes: per endpoint, how many home sites share it.
-- index: endpoint_key
CREATE VIEW w_endpoint_homes AS SELECT
  h.endpoint_key AS endpoint_key, -- text: endpoint
  count(DISTINCT h.site_id) AS sites -- int: home sites of its Exchange 2010 mailbox databases
FROM w_homes h JOIN databases d ON d.id = h.id
WHERE h.endpoint_key IS NOT NULL AND h.major = 14 AND d.recovery = 0 AND d.kind = 'mailbox' GROUP BY h.endpoint_key;

-- w_endpoint_arrays: the array object that each database points at; the one in its home site first.
-- index: id
CREATE VIEW w_endpoint_arrays AS SELECT
  h.id AS id, -- text: database
  min(CASE WHEN a.site_id = h.site_id THEN '0' ELSE '1' END || a.id) AS pick -- text: preferred match
FROM w_homes h JOIN w_arrays a ON a.legacy_key = h.endpoint_key GROUP BY h.id;

-- v_https_uses: one row per HTTPS URL that clients are given: virtual directories, Outlook Anywhere, service connection points.
-- index: name
-- index: server_id
-- index: site_id
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

-- w_https_known: one row: whether every HTTPS name that clients are given was seen.
CREATE VIEW w_https_known AS SELECT
  CASE WHEN c.virtual_directories_complete AND c.service_connection_points_complete
            AND NOT EXISTS (SELECT 1 FROM virtual_directories d WHERE d.unread LIKE '%ternal_url"%')
            AND NOT EXISTS (SELECT 1 FROM service_connection_points p WHERE p.unread LIKE '%"uris"%') THEN 1 END AS known -- bool: NULL when not
FROM v_coverage c;

-- w_host_names: names that belong to one machine or group of machines and so to no array.
-- index: name
CREATE VIEW w_host_names AS SELECT
  s.dns_name AS name, -- text: normalised name
  s.name AS owner -- text: server, or availability group by its network name
FROM w_servers s WHERE s.dns_name IS NOT NULL
UNION SELECT norm(g.name || substr(s.fqdn, instr(s.fqdn, '.'))), g.name
FROM availability_groups g JOIN w_servers s ON s.dag_key = dnkey(g.dn) WHERE s.fqdn LIKE '%.%';

-- w_array_servers: one row per array and server of the array's site.
-- index: array_id
CREATE VIEW w_array_servers AS SELECT
  a.id AS array_id, -- text: array
  s.id AS id, -- text: server
  s.name AS name, -- text: its name
  s.version AS version, -- text: its major and minor version
  s.is_client_access_2010 AS is_client_access, -- bool: Exchange 2010 Client Access server
  s.is_client_access_2010 AND s.has_rpc_client_access AS is_member -- bool: member of the array, as Exchange computes it
FROM w_arrays a JOIN w_servers w ON w.site_key = a.site_key JOIN v_servers s ON s.id = w.id;

-- w_array_members: one row per array, how many servers stand behind it.
-- index: id
CREATE VIEW w_array_members AS SELECT
  a.id AS id, -- text: array
  count(s.id) FILTER (WHERE s.is_client_access) AS seen_client_access_count, -- int: Client Access servers seen in its site
  count(s.id) FILTER (WHERE s.is_member) AS seen_member_count, -- int: members seen
  c.servers_complete AND NOT a.site_unread AND NOT EXISTS (SELECT 1 FROM w_servers w WHERE w.site_unread)
    AND count(s.id) = count(s.is_client_access) AS client_access_known, -- bool: no other Client Access server is possible
  c.servers_complete AND NOT a.site_unread AND NOT EXISTS (SELECT 1 FROM w_servers w WHERE w.site_unread)
    AND count(s.id) = count(s.is_member) AS members_known -- bool: no other member is possible
FROM w_arrays a CROSS JOIN v_coverage c LEFT JOIN w_array_servers s ON s.array_id = a.id GROUP BY a.id;

-- w_obstacles: one row per array, what forbids to point databases at it.
-- index: id
CREATE VIEW w_obstacles AS SELECT
  a.id AS id, -- text: array
  CASE WHEN NOT a.site_unread AND (a.site_key IS NULL OR (a.site_id IS NULL AND c.sites_complete)) THEN 'its array belongs to no site; repair CAS-ARRAY-003 first'
       WHEN m.seen_client_access_count = 0 AND m.client_access_known THEN 'no Exchange 2010 Client Access server answers for its array; repair CAS-ARRAY-003 first'
       WHEN d.resolves = 0 THEN 'the name of its array does not resolve inside; repair CAS-DNS-001 first'
       WHEN EXISTS (SELECT 1 FROM w_host_names h WHERE h.name = a.dns_name) THEN 'the name of its array is the name of a server; repair CAS-ARRAY-007 first'
       WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = a.dns_name) THEN 'the name of its array is also an HTTPS name; repair CAS-ARRAY-009 first'
       WHEN d.resolves IS NULL OR m.seen_client_access_count = 0 OR a.site_id IS NULL THEN 'it was not seen whether the name of its array resolves and who serves it; see CAS-DNS-001 and CAS-META-001'
       ELSE 'none' END AS obstacle, -- text: the first obstacle, as a sentence about the site
  CASE WHEN NOT a.site_unread AND (a.site_key IS NULL OR (a.site_id IS NULL AND c.sites_complete)) THEN 1
       WHEN m.seen_client_access_count = 0 AND m.client_access_known THEN 1
       WHEN d.resolves = 0 THEN 1
       WHEN d.resolves = 1 AND m.seen_client_access_count > 0 THEN 0 END AS is_dead -- bool: nobody answers under its name
FROM w_arrays a
CROSS JOIN v_coverage c
JOIN w_array_members m ON m.id = a.id
LEFT JOIN (SELECT name, max(resolves) AS resolves FROM w_dns WHERE view = 'internal' GROUP BY name) d ON d.name = a.dns_name;

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
LEFT JOIN w_obstacles o ON o.id = a.id
LEFT JOIN w_endpoint_homes q ON q.endpoint_key = h.endpoint_key
LEFT JOIN w_servers k ON a.id IS NULL AND k.legacy_key = h.endpoint_key
LEFT JOIN v_servers s ON s.id = k.id
LEFT JOIN w_site_arrays n ON n.site_id = h.site_id
LEFT JOIN mailbox_counts m ON fold(m.database) = fold(d.name);

-- v_arrays: one row per Client Access array object.
-- index: id
-- index: dns_name
-- index: site_id
CREATE VIEW v_arrays AS SELECT
  a.id AS id, -- text: objectGUID
  a.name AS name, -- identity(id): object name; says nothing about the DNS name
  a.site AS site, -- text: site it is bound to
  a.site_id AS site_id, -- text: objectGUID of that site
  CASE WHEN NOT a.site_unread THEN a.site_key IS NOT NULL END AS has_site, -- bool: bound to some site at all
  CASE WHEN a.site_unread THEN NULL WHEN a.site_id IS NOT NULL THEN 1 WHEN a.site_key IS NULL OR c.sites_complete THEN 0 END AS site_exists, -- bool: that site exists
  r.fqdn AS fqdn, -- text: FQDN as stored
  a.dns_name AS dns_name, -- text: FQDN normalised
  a.dns_name || '.' AS absolute_name, -- text: the same with a trailing dot, for nslookup
  CASE WHEN NOT a.fqdn_unread THEN a.dns_name IS NOT NULL END AS has_fqdn, -- bool: has an FQDN at all
  fqdn_problem(r.fqdn) AS fqdn_problem, -- text: why the FQDN cannot be used; NULL when it can
  r.name LIKE '%CNF:%' AS is_replication_conflict, -- bool: name left behind by a replication conflict
  m.seen_client_access_count AS seen_client_access_count, -- int: 2010 Client Access servers seen in its site
  CASE WHEN m.client_access_known THEN m.seen_client_access_count END AS client_access_count, -- int: the same, when all servers are known
  m.seen_member_count AS seen_member_count, -- int: members seen
  CASE WHEN m.members_known THEN m.seen_member_count END AS member_count, -- int: members as Exchange computes them, when all servers are known
  coalesce((SELECT identities(s.name, s.id) FROM w_array_servers s WHERE s.array_id = a.id AND s.is_member), '[]') AS members, -- identities: member servers
  coalesce((SELECT list_of(s.name || ' ' || s.version) FROM w_array_servers s WHERE s.array_id = a.id AND s.is_member), '[]') AS member_versions, -- list: member servers with version and service pack
  (SELECT count(DISTINCT s.version) FROM w_array_servers s WHERE s.array_id = a.id AND s.is_member) AS version_count, -- int: how many different ones
  o.obstacle AS obstacle, -- text: why databases must not be pointed at it, as a sentence; 'none' when they may
  (SELECT count(*) FROM v_databases d WHERE d.endpoint_id = a.id AND d.in_scope) AS seen_database_count, -- int: in-scope databases seen that point at it
  CASE WHEN c.databases_complete AND a.legacy_key IS NOT NULL AND k.unread = 0
            AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.endpoint_id = a.id AND d.in_scope IS NULL)
       THEN (SELECT count(*) FROM v_databases d WHERE d.endpoint_id = a.id AND d.in_scope) END AS database_count, -- int: the same, when all databases are known
  CASE WHEN c.databases_complete AND a.legacy_key IS NOT NULL AND k.unread = 0
       THEN (SELECT count(*) FROM w_homes h WHERE h.endpoint_key = a.legacy_key) END AS reference_count, -- int: databases of any kind that refer to it; only at 0 may it be removed
  (SELECT coalesce(sum(d.mailbox_count), 0) FROM v_databases d WHERE d.endpoint_id = a.id AND d.in_scope
     HAVING count(*) = count(d.mailbox_count)) AS mailbox_count, -- int: mailboxes of those databases, when all are known
  coalesce((SELECT identities(d.name, d.id) FROM v_databases d WHERE d.endpoint_id = a.id AND d.in_scope), '[]') AS databases, -- identities: those databases
  coalesce((SELECT list_of(u.service || ' ' || coalesce(u.server, '?') || ': ' || u.url) FROM v_https_uses u WHERE u.name = a.dns_name), '[]') AS https_urls, -- list: HTTPS URLs that carry its name
  (SELECT count(*) FROM v_https_uses u WHERE u.name = a.dns_name) AS https_url_count, -- int: how many
  coalesce((SELECT identities(u.server, u.server_id) FROM v_https_uses u WHERE u.name = a.dns_name), '[]') AS https_servers, -- identities: servers of those URLs
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = a.dns_name) THEN 1
       WHEN NOT a.fqdn_unread THEN (SELECT 0 FROM w_https_known q WHERE q.known) END AS is_https_name, -- bool: some HTTPS URL carries its name; NULL while not all URLs are known
  coalesce((SELECT list_of(x.owner) FROM w_host_names x WHERE x.name = a.dns_name), '[]') AS servers_with_same_name, -- list: servers and availability groups with the same network name
  CASE WHEN EXISTS (SELECT 1 FROM w_host_names x WHERE x.name = a.dns_name) THEN 1
       WHEN NOT a.fqdn_unread AND c.servers_complete AND c.availability_groups_complete
            AND NOT EXISTS (SELECT 1 FROM w_servers s WHERE s.fqdn_unread) THEN 0 END AS is_host_name, -- bool: a server or availability group bears its name
  coalesce((SELECT list_of(DISTINCT x.address) FROM v_dns_addresses x WHERE x.view = 'internal' AND x.name = a.dns_name), '[]') AS addresses, -- list: internal addresses of its name
  EXISTS (SELECT 1 FROM v_dns_addresses x JOIN v_dns_addresses y ON y.view = 'internal' AND y.address = x.address
     WHERE x.view = 'internal' AND x.name = a.dns_name AND (
       EXISTS (SELECT 1 FROM v_servers s WHERE s.dns_name = y.name AND s.is_client_access_2010 AND coalesce(s.site_id <> a.site_id, 1))
       OR EXISTS (SELECT 1 FROM w_arrays b WHERE b.dns_name = y.name AND b.id <> a.id AND coalesce(b.site_key <> a.site_key, 1)))) AS is_served_elsewhere, -- bool: an internal address of its name belongs to a Client Access server or an array of another site
  d.resolves AS resolves_internally, -- bool: its name has an address inside; NULL when nobody answered
  norm(last_part(r.legacy_exchange_dn)) <> a.dns_name AS legacy_name_differs, -- bool: databases are joined by another name than the FQDN
  last_part(r.legacy_exchange_dn) AS legacy_name, -- text: that name, the last part of legacyExchangeDN
  (SELECT count(*) FROM v_databases b WHERE b.home_site_id = a.site_id AND b.in_scope) AS site_database_count, -- int: in-scope databases seen at home in its site
  (SELECT min(b.id) FROM v_databases b WHERE b.home_site_id = a.site_id AND b.in_scope AND b.endpoint_kind = 'client_access_server' AND b.endpoint_in_home_site) AS stray_database_id, -- text: objectGUID of one of them that uses a server's name
  (SELECT count(*) FROM v_database_copies b WHERE b.site_id = a.site_id) AS site_copy_count, -- int: database copies in its site
  julianday(y.collected_at) - julianday(r.created) AS age_days, -- real: days from its creation to the collection
  r.created AS created, -- text: whenCreated
  r.source_origin AS source_origin, -- text: where it was read
  r.source_at AS source_at, -- text: when it was read
  r.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  r.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_arrays a JOIN arrays r ON r.id = a.id
JOIN w_array_members m ON m.id = a.id
JOIN w_obstacles o ON o.id = a.id
LEFT JOIN (SELECT name, max(resolves) AS resolves FROM w_dns WHERE view = 'internal' GROUP BY name) d ON d.name = a.dns_name
CROSS JOIN v_coverage c
CROSS JOIN context y
CROSS JOIN (SELECT count(*) AS unread FROM databases d WHERE d.unread LIKE '%"legacy_exchange_dn"%') k;

-- w_site_targets: per site with arrays, the one its databases belong to: with several, the one that most of them use.
-- index: site_id
CREATE VIEW w_site_targets AS SELECT
  a.site_id AS site_id, -- text: site
  a.id AS id, -- text: array
  a.name AS name, -- text: its name
  a.fqdn AS fqdn, -- text: its FQDN
  a.obstacle AS obstacle -- text: what forbids to use it
FROM (SELECT *, row_number() OVER (PARTITION BY site_id ORDER BY seen_database_count DESC, is_replication_conflict, created, id) AS place
      FROM v_arrays WHERE site_id IS NOT NULL) a WHERE a.place = 1;

-- w_site_endpoints: per home site, each endpoint that its databases use, the most used first.
-- index: site_id
CREATE VIEW w_site_endpoints AS SELECT
  d.home_site_id AS site_id, -- text: home site
  coalesce(d.endpoint_id, d.endpoint_dns_name) AS endpoint, -- text: object or name
  min(d.rpc_client_access_server) AS shown, -- text: as the shell shows it
  count(*) AS databases, -- int: databases that use it
  row_number() OVER (PARTITION BY d.home_site_id ORDER BY count(*) DESC, min(d.rpc_client_access_server)) AS place -- int: 1 is the most used
FROM v_databases d WHERE d.in_scope AND d.home_site_id IS NOT NULL AND coalesce(d.endpoint_id, d.endpoint_dns_name) IS NOT NULL
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
  coalesce((SELECT identities(d.name, d.id) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope
     AND d.endpoint_kind IS NOT NULL AND (d.endpoint_id IS NULL OR d.endpoint_id <> p.id)), '[]') AS stray_databases, -- identities: in-scope databases at home here that do not point at that array
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
  r.source_origin AS source_origin, -- text: where it was read
  r.source_at AS source_at, -- text: when it was read
  r.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  r.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_sites t JOIN sites r ON r.id = t.id CROSS JOIN v_coverage c
LEFT JOIN w_site_targets p ON p.site_id = t.id
CROSS JOIN (SELECT count(*) AS undecided FROM v_databases d WHERE d.in_scope IS NULL OR (d.in_scope AND d.home_site_id IS NULL)) k;

-- w_array_names: one row per distinct array FQDN.
-- index: name
CREATE VIEW w_array_names AS SELECT
  dns_name AS name, -- text: normalised FQDN
  count(*) AS array_count, -- int: arrays that bear it
  count(DISTINCT site_key) AS site_count, -- int: sites of those arrays
  CASE WHEN count(DISTINCT coalesce(site_key, '')) = 1 THEN max(site_id) END AS site_id -- text: the only site
FROM w_arrays WHERE dns_name IS NOT NULL GROUP BY dns_name;

-- w_names: every name of interest.
-- index: name
CREATE VIEW w_names AS SELECT
  name AS name -- text: normalised name
FROM (SELECT name FROM w_array_names UNION SELECT name FROM v_https_uses UNION SELECT dns_name FROM w_servers WHERE dns_name IS NOT NULL);

-- w_aliases: one row per step of an alias chain that a resolver answered.
-- index: name
CREATE VIEW w_aliases AS SELECT
  a.view AS view, -- text: internal or external
  a.resolver AS resolver, -- text: address and port of the resolver
  a.name AS name, -- text: normalised name that was asked
  a.record_type AS record_type, -- text: A or AAAA
  j.key AS place, -- int: 0 is the alias at the name itself
  norm(json_extract(j.value, '$.target')) AS target, -- text: what that step stands for
  json_extract(j.value, '$.ttl') AS ttl -- int: seconds
FROM dns_answers a, json_each(a.aliases) j WHERE a.record_type IN ('A', 'AAAA');

-- w_array_addresses: one row per array name and address inside, and whose address that is.
-- index: name
CREATE VIEW w_array_addresses AS SELECT DISTINCT
  x.name AS name, -- text: normalised array FQDN
  x.address AS address, -- text: address inside
  EXISTS (SELECT 1 FROM w_balancers b WHERE b.address = x.address)
    OR EXISTS (SELECT 1 FROM w_server_addresses w WHERE w.address = x.address AND w.is_vip) AS is_vip, -- bool: a load balancer's: named as such, or shared by servers
  (SELECT min(s.name) FROM w_server_addresses w JOIN v_servers s ON s.id = w.server_id
     WHERE w.address = x.address AND NOT w.is_vip AND s.is_client_access_2010 AND s.site_id = a.site_id) AS own_server, -- text: 2010 Client Access server of the array's site that has it alone
  (SELECT min(s.name) FROM w_server_addresses w JOIN v_servers s ON s.id = w.server_id
     WHERE w.address = x.address AND NOT w.is_vip AND s.is_client_access_2010) AS any_server -- text: the same, of any site
FROM w_array_names a JOIN v_dns_addresses x ON x.view = 'internal' AND x.name = a.name;

-- v_dns_names: one row per name that clients or servers use, with what DNS says of it.
-- index: id
CREATE VIEW v_dns_names AS SELECT
  n.name AS id, -- text: normalised name
  n.name AS name, -- text: normalised name
  n.name || '.' AS absolute_name, -- text: the name with a trailing dot, for nslookup
  t.name AS site, -- text: site of the array that bears it, when it is one site
  t.id AS site_id, -- text: objectGUID of that site
  a.name IS NOT NULL AS is_array_name, -- bool: FQDN of an array
  EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = n.name) AS is_https_name, -- bool: host of an HTTPS URL that was seen
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = n.name) THEN 1 WHEN k.known THEN 0 END AS used_for_https, -- bool: host of an HTTPS URL; NULL when not all URLs were seen
  EXISTS (SELECT 1 FROM w_servers s WHERE s.dns_name = n.name) AS is_server_name, -- bool: FQDN of a server
  coalesce(a.array_count, 0) AS array_count, -- int: arrays that bear it
  coalesce(a.site_count, 0) AS array_site_count, -- int: different sites of those arrays
  (SELECT max(x.site_exists) FROM v_arrays x WHERE x.dns_name = n.name) AS site_exists, -- bool: some of those arrays belongs to a site that exists
  coalesce((SELECT list_of(DISTINCT coalesce(x.site, 'no site')) FROM v_arrays x WHERE x.dns_name = n.name), '[]') AS array_sites, -- list: names of those sites
  coalesce((SELECT identities(x.name, x.id) FROM v_arrays x WHERE x.dns_name = n.name), '[]') AS arrays, -- identities: those arrays
  (SELECT min(x.id) FROM v_arrays x WHERE x.dns_name = n.name) AS array_id, -- text: objectGUID of one of those arrays
  (SELECT min(x.fqdn_problem) FROM v_arrays x WHERE x.dns_name = n.name) AS fqdn_problem, -- text: why the name cannot be used
  (SELECT sum(x.database_count) FROM v_arrays x WHERE x.dns_name = n.name) AS database_count, -- int: databases seen that point at those arrays
  CASE WHEN (SELECT sum(x.database_count) FROM v_arrays x WHERE x.dns_name = n.name) > 0 THEN 0
       WHEN c.databases_complete AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.endpoint_dns_name = n.name AND d.in_scope IS NULL)
            AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.endpoint_dns_name IS NULL AND d.endpoint_kind IS NULL AND coalesce(d.in_scope, 1) = 1) THEN 1 END AS is_unused, -- bool: no database points at those arrays; NULL when not all databases are known
  coalesce((SELECT list_of(u.service || ' ' || coalesce(u.server, '?') || ': ' || u.url) FROM v_https_uses u WHERE u.name = n.name), '[]') AS https_urls, -- list: HTTPS URLs that carry it
  (SELECT max(d.resolves) FROM w_dns d WHERE d.view = 'internal' AND d.name = n.name) AS resolves_internally, -- bool: has an address on some internal resolver; NULL when none answered
  coalesce((SELECT list_of(d.resolver) FROM w_dns d WHERE d.view = 'internal' AND d.name = n.name AND d.resolves IS NOT NULL), '[]') AS internal_resolvers, -- list: internal resolvers that answered
  coalesce((SELECT list_of(DISTINCT x.address) FROM v_dns_addresses x WHERE x.view = 'internal' AND x.name = n.name), '[]') AS internal_addresses, -- list: addresses inside
  (SELECT count(DISTINCT x.address) FROM v_dns_addresses x WHERE x.view = 'internal' AND x.name = n.name) AS internal_address_count, -- int: how many
  (SELECT max(x.address) FROM v_dns_addresses x WHERE x.view = 'internal' AND x.name = n.name HAVING count(DISTINCT x.address) = 1) AS internal_address, -- text: the only address inside
  CASE WHEN (SELECT max(x.address) FROM v_dns_addresses x WHERE x.view = 'internal' AND x.name = n.name) LIKE '%:%' THEN 'AAAA' ELSE 'A' END AS internal_record_type, -- text: A or AAAA, for that address
  (SELECT min(x.own_server) FROM w_array_addresses x WHERE x.name = n.name) AS address_server, -- text: 2010 Client Access server of the array's site whose own address that is
  CASE WHEN (SELECT max(d.resolves) FROM w_dns d WHERE d.view = 'internal' AND d.name = n.name) IS NULL THEN NULL
       WHEN t.id IS NULL THEN NULL
       WHEN (SELECT count(*) FROM w_array_addresses x WHERE x.name = n.name) <> 1 THEN 0
       WHEN (SELECT min(x.own_server) FROM w_array_addresses x WHERE x.name = n.name) IS NOT NULL THEN 1
       WHEN (SELECT max(x.is_vip) FROM w_array_addresses x WHERE x.name = n.name) = 1 THEN 0
       WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = t.id AND coalesce(s.is_client_access_2010, 1) = 1
            AND NOT EXISTS (SELECT 1 FROM w_dns d WHERE d.view = 'internal' AND d.name = s.dns_name AND d.resolves IS NOT NULL)) THEN 0 END AS points_at_server, -- bool: its only address inside is that of one Client Access server of the array's site
  coalesce((SELECT list_of(s.name) FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010 AND NOT EXISTS
     (SELECT 1 FROM w_server_addresses w JOIN v_dns_addresses x ON x.view = 'internal' AND x.name = n.name AND x.address = w.address WHERE w.server_id = s.id)), '[]') AS other_servers, -- list: Client Access servers of the site behind none of its addresses
  (SELECT count(*) FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010) AS seen_client_access_count, -- int: 2010 Client Access servers seen in the site
  v.client_access_count AS client_access_count, -- int: 2010 Client Access servers of the site
  v.mailbox_count AS mailbox_count, -- int: mailboxes of the site
  EXISTS (SELECT 1 FROM w_server_addresses w JOIN v_servers s ON s.id = w.server_id WHERE w.is_vip AND s.site_id = t.id AND s.is_client_access_2010) AS site_has_shared_address, -- bool: servers of the site share an address, which a balancer must own
  CASE WHEN EXISTS (SELECT 1 FROM w_aliases x WHERE x.view = 'internal' AND x.name = n.name) THEN 1
       WHEN (SELECT max(d.has_record) FROM w_dns d WHERE d.view = 'internal' AND d.name = n.name) IS NOT NULL THEN 0 END AS is_alias, -- bool: some internal resolver answered with an alias (CNAME); NULL when none answered
  (SELECT x.target FROM w_aliases x WHERE x.view = 'internal' AND x.name = n.name AND x.place = 0 ORDER BY x.resolver, x.record_type LIMIT 1) AS alias_target, -- text: what it is an alias of, inside
  (SELECT x.target || '.' FROM w_aliases x WHERE x.view = 'internal' AND x.name = n.name AND x.place = 0 ORDER BY x.resolver, x.record_type LIMIT 1) AS absolute_alias_target, -- text: the same with a trailing dot
  (SELECT x.ttl FROM w_aliases x WHERE x.view = 'internal' AND x.name = n.name AND x.place = 0 ORDER BY x.resolver, x.record_type LIMIT 1) AS alias_ttl, -- int: TTL of the alias, seconds
  (SELECT min(s.name) FROM w_aliases x JOIN w_servers s ON s.dns_name = x.target WHERE x.view = 'internal' AND x.name = n.name) AS alias_server, -- text: server whose FQDN it is an alias of
  (SELECT max(x.ttl) FROM v_dns_answers x WHERE x.view = 'internal' AND x.name = n.name AND x.status = 'answer' AND x.record_type IN ('A', 'AAAA')) AS ttl, -- int: longest TTL of its addresses inside, seconds
  (SELECT max(d.has_record) FROM w_dns d WHERE d.view = 'external' AND d.name = n.name) AS answered_externally, -- bool: some external resolver has a record; NULL when none answered
  (SELECT max(d.resolves) FROM w_dns d WHERE d.view = 'external' AND d.name = n.name) AS resolves_externally, -- bool: has an address outside; NULL when none answered
  coalesce((SELECT list_of(DISTINCT x.address) FROM v_dns_addresses x WHERE x.view = 'external' AND x.name = n.name), '[]') AS external_addresses, -- list: addresses outside
  coalesce((SELECT list_of(y.answer) FROM (SELECT x.address AS answer FROM v_dns_addresses x WHERE x.view = 'external' AND x.name = n.name
     UNION SELECT x.target FROM w_aliases x WHERE x.view = 'external' AND x.name = n.name) y), '[]') AS external_answers, -- list: addresses and aliases outside
  (SELECT x.target FROM w_aliases x WHERE x.view = 'external' AND x.name = n.name AND x.place = 0 ORDER BY x.resolver, x.record_type LIMIT 1) AS external_alias_target, -- text: what it is an alias of, outside
  (SELECT min(CASE WHEN x.address LIKE '10.%' OR x.address LIKE '192.168.%' OR (x.address LIKE '172.%' AND CAST(substr(x.address, 5, 2) AS INTEGER) BETWEEN 16 AND 31 AND substr(x.address, 7, 1) = '.') THEN 1 ELSE 0 END)
     FROM v_dns_addresses x WHERE x.view = 'external' AND x.name = n.name) AS external_all_private, -- bool: every outside address is private
  (SELECT trim(rtrim(rtrim(min(d.resolver), '0123456789'), ':'), '[]') FROM w_dns d WHERE d.view = 'external' AND d.name = n.name AND d.has_record IS NOT NULL AND d.resolver LIKE '%:%') AS external_resolver, -- text: address of an external resolver that answered
  (SELECT min(x.source_origin) FROM dns_answers x WHERE x.name = n.name) AS source_origin, -- text: where it was read
  (SELECT min(x.source_at) FROM dns_answers x WHERE x.name = n.name) AS source_at -- text: when it was read
FROM w_names n
CROSS JOIN v_coverage c
CROSS JOIN w_https_known k
LEFT JOIN w_array_names a ON a.name = n.name
LEFT JOIN w_sites t ON t.id = a.site_id
LEFT JOIN v_sites v ON v.id = a.site_id;

-- w_chain_ends: one row per certificate chain that was sent: where it leads, followed by issuer names.
-- index: chain
CREATE VIEW w_chain_ends AS WITH RECURSIVE sent(chain) AS (
  SELECT chain FROM tls_endpoints WHERE chain <> '[]'
  UNION SELECT chain_without_sni FROM tls_endpoints WHERE chain_without_sni <> '[]'
), links(chain, sha256, subject, issuer, self_signed) AS (
  SELECT s.chain, c.sha256, fold(c.subject), fold(c.issuer), c.self_signed
  FROM sent s, json_each(s.chain) j JOIN certificates c ON c.sha256 = j.value
), walk(chain, sha256, subject, issuer, self_signed, depth) AS (
  SELECT l.chain, l.sha256, l.subject, l.issuer, l.self_signed, 0 FROM links l WHERE l.sha256 = json_extract(l.chain, '$[0]')
  UNION SELECT w.chain, l.sha256, l.subject, l.issuer, l.self_signed, w.depth + 1
  FROM walk w JOIN links l ON l.chain = w.chain AND l.subject = w.issuer AND l.sha256 <> w.sha256 WHERE w.depth < 8
)
SELECT
  w.chain AS chain, -- text: the chain as sent
  CASE WHEN max(w.depth = 0 AND w.self_signed = 1) = 1 THEN 'self_signed'
       WHEN max(EXISTS (SELECT 1 FROM data_public_roots p WHERE fold(p.subject) IN (w.issuer, w.subject))) = 1 THEN 'public'
       WHEN max(w.self_signed = 1) = 1 THEN 'private' END AS issuer_class -- text: self_signed, public, private; NULL when the chain does not show it
FROM walk w GROUP BY w.chain;

-- w_leafs: one row per endpoint, address and certificate that stood first in what was sent, with or without a server name.
-- index: host
-- index: sha256
CREATE VIEW w_leafs AS SELECT
  e.host AS host, -- text: probed name
  e.port AS port, -- int: port
  e.address AS address, -- text: address connected to
  json_extract(e.chain, '$[0]') AS sha256, -- text: leaf certificate
  max(e.with_sni) AS with_sni, -- bool: presented to clients that send the server name (SNI)
  max(x.issuer_class) AS issuer_class, -- text: where the chain leads
  min(e.source_origin) AS source_origin, -- text: where it was read
  min(e.source_at) AS source_at -- text: when it was read
FROM (SELECT host, port, address, chain, 1 AS with_sni, source_origin, source_at FROM tls_endpoints WHERE chain <> '[]'
      UNION ALL SELECT host, port, address, chain_without_sni, 0, source_origin, source_at FROM tls_endpoints WHERE chain_without_sni <> '[]') e
LEFT JOIN w_chain_ends x ON x.chain = e.chain
GROUP BY e.host, e.port, e.address, json_extract(e.chain, '$[0]');

-- w_unseen_addresses: one row per endpoint, how many of its addresses showed no certificate.
-- index: endpoint
CREATE VIEW w_unseen_addresses AS SELECT
  e.host || ':' || e.port AS endpoint, -- text: probed name and port
  list_of(e.address || ' (' || e.outcome || ')') AS addresses, -- list: those addresses, and how the probe ended
  count(*) AS addresses_count -- int: how many
FROM tls_endpoints e WHERE e.chain = '[]' GROUP BY e.host, e.port;

-- w_https_servers: servers that give clients HTTPS: Exchange 2010 Client Access servers, and every newer server.
-- index: id
-- index: dns_name
CREATE VIEW w_https_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- text: short name
  s.site AS site, -- text: site
  s.site_id AS site_id, -- text: objectGUID of the site
  s.dns_name AS dns_name, -- text: FQDN normalised
  coalesce(s.dns_name, fold(s.name)) || ':443' AS endpoint, -- text: its own endpoint
  CASE WHEN s.major >= 15 THEN NOT s.is_edge ELSE s.is_client_access_2010 END AS is_client_access -- bool: gives clients HTTPS; NULL when its role or version is not known
FROM v_servers s
WHERE coalesce(CASE WHEN s.major >= 15 THEN NOT s.is_edge AND NOT s.is_provisioned_only ELSE s.is_client_access_2010 END, 1) = 1;

-- v_endpoint_certificates: one row per endpoint, address and leaf certificate presented there.
-- index: endpoint
-- index: certificate_id
CREATE VIEW v_endpoint_certificates AS SELECT
  l.host || ':' || l.port AS endpoint, -- text: probed name and port
  l.host AS host, -- text: probed name
  l.port AS port, -- int: port
  l.address AS address, -- text: address connected to
  l.with_sni AS with_sni, -- bool: presented to clients that send the server name (SNI); otherwise only to those that do not
  c.sha1 AS certificate_id, -- text: thumbprint
  CASE WHEN c.common_name IS NOT NULL THEN c.common_name WHEN json_extract(c.dns_names, '$[0]') IS NOT NULL THEN json_extract(c.dns_names, '$[0]') ELSE 'unnamed' END
    || ' (' || substr(c.sha1, 1, 8) || ')' AS certificate, -- text: common name and start of the thumbprint
  CASE WHEN c.unread LIKE '%"dns_names"%' THEN NULL
       WHEN c.dns_names <> '[]' THEN c.dns_names
       WHEN c.common_name IS NOT NULL THEN json_array(c.common_name)
       WHEN c.unread LIKE '%"common_name"%' OR c.unread LIKE '%"subject"%' THEN NULL ELSE '[]' END AS names, -- list: DNS names it stands for; the common name only without any DNS name beside it
  (SELECT min(s.id) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS server_id, -- text: objectGUID of the Client Access server with that FQDN
  (SELECT min(s.name) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS server, -- text: that server
  (SELECT min(s.site) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS site, -- text: its site
  (SELECT min(s.site_id) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS site_id, -- text: objectGUID of its site
  l.issuer_class AS issuer_class, -- text: self_signed, public, private; NULL when the chain does not show it
  l.source_origin AS source_origin, -- text: where it was read
  l.source_at AS source_at -- text: when it was read
FROM w_leafs l JOIN certificates c ON c.sha256 = l.sha256;

-- w_tls_names: HTTPS names that no server bears, with what TLS shows there compared with the servers behind.
-- index: name
CREATE VIEW w_tls_names AS SELECT
  u.name AS name, -- text: normalised name
  EXISTS (SELECT 1 FROM w_leafs l WHERE l.host = u.name) AS is_seen, -- bool: some certificate was presented there
  EXISTS (SELECT 1 FROM w_leafs l WHERE l.host = u.name AND l.sha256 IN
    (SELECT m.sha256 FROM v_https_uses v JOIN w_https_servers s ON s.id = v.server_id JOIN w_leafs m ON m.host = s.dns_name WHERE v.name = u.name)) AS shows_servers, -- bool: the certificate of a server behind it
  EXISTS (SELECT 1 FROM w_leafs l WHERE l.host = u.name AND l.sha256 NOT IN
    (SELECT m.sha256 FROM v_https_uses v JOIN w_https_servers s ON s.id = v.server_id JOIN w_leafs m ON m.host = s.dns_name WHERE v.name = u.name)) AS shows_other, -- bool: a certificate that no server seen behind it presents
  c.servers_complete = 0 OR k.known IS NULL OR EXISTS (SELECT 1 FROM v_https_uses v LEFT JOIN w_https_servers s ON s.id = v.server_id
    WHERE v.name = u.name AND (v.server_id IS NULL OR s.id IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM w_leafs m WHERE m.host = s.dns_name)) AS has_unseen_server -- bool: a server behind it may exist that showed no certificate
FROM (SELECT DISTINCT name FROM v_https_uses WHERE lower(url) NOT LIKE 'http:%'
        AND name NOT IN (SELECT dns_name FROM w_servers WHERE dns_name IS NOT NULL)) u CROSS JOIN v_coverage c CROSS JOIN w_https_known k;

-- w_shared_hosts: those names, and who ends TLS there.
-- index: name
CREATE VIEW w_shared_hosts AS SELECT
  name AS name, -- text: normalised name
  CASE WHEN NOT is_seen THEN NULL WHEN NOT shows_other THEN 0 WHEN NOT has_unseen_server THEN 1 END AS ends_tls, -- bool: a balancer or proxy shows a certificate of its own there
  CASE WHEN NOT is_seen THEN NULL WHEN shows_servers THEN 1 WHEN NOT has_unseen_server THEN 0 END AS reaches_servers -- bool: clients of that name meet the servers' own certificates
FROM w_tls_names;

-- w_required: one row per endpoint and name that clients may ask of it.
-- index: endpoint
CREATE VIEW w_required AS SELECT DISTINCT
  s.endpoint AS endpoint, -- text: the server's endpoint
  u.name AS name, -- text: required name
  u.scope AS scope, -- text: internal or external
  u.service AS service, -- text: what uses it
  u.url AS url, -- text: the URL
  h.name IS NULL OR coalesce(h.reaches_servers, 0) AS is_certain -- bool: seen not to end at a balancer
FROM w_https_servers s JOIN v_https_uses u ON u.server_id = s.id LEFT JOIN w_shared_hosts h ON h.name = u.name
WHERE lower(u.url) NOT LIKE 'http:%' AND (h.name IS NULL OR coalesce(h.reaches_servers, 1))
UNION SELECT h.name || ':443', h.name, u.scope, u.service, u.url, 1
FROM w_shared_hosts h JOIN v_https_uses u ON u.name = h.name WHERE h.ends_tls = 1 AND lower(u.url) NOT LIKE 'http:%';

-- w_certificate_sites: sites whose clients meet a certificate.
-- index: certificate_id
CREATE VIEW w_certificate_sites AS SELECT
  e.certificate_id AS certificate_id, -- text: thumbprint
  e.site_id AS site_id -- text: objectGUID of the site; NULL when not known
FROM v_endpoint_certificates e WHERE e.server_id IS NOT NULL
UNION SELECT e.certificate_id, u.site_id FROM v_endpoint_certificates e JOIN v_https_uses u ON u.name = e.host;

-- w_certificate_names: names of a certificate and names that its endpoints need.
-- index: certificate_id
CREATE VIEW w_certificate_names AS SELECT
  e.certificate_id AS certificate_id, -- text: thumbprint
  norm(j.value) AS name, -- text: normalised name
  0 AS is_required -- bool: a client uses it
FROM v_endpoint_certificates e, json_each(e.names) j
UNION SELECT e.certificate_id, r.name, 1 FROM v_endpoint_certificates e JOIN w_required r ON r.endpoint = e.endpoint;

-- w_requests: one row per certificate, what a request that replaces it has to say.
-- index: certificate_id
CREATE VIEW w_requests AS SELECT
  c.sha1 AS certificate_id, -- text: thumbprint
  CASE WHEN c.self_signed = 1 AND max(n.is_required) = 1 THEN 'CN=' || min(CASE WHEN n.is_required THEN n.name END) ELSE nullif(c.subject, '') END AS subject, -- text: subject
  CASE WHEN c.self_signed = 1 AND max(n.is_required) = 1 THEN list_of(CASE WHEN n.is_required THEN n.name END)
       WHEN count(n.name) > 0 THEN list_of(n.name) END AS names -- list: DNS names; those clients use instead of its own where it is self-signed
FROM certificates c JOIN w_certificate_names n ON n.certificate_id = c.sha1 GROUP BY c.sha1;

-- w_carriers: one row per certificate and server that presents it, the first one marked.
-- index: certificate_id
CREATE VIEW w_carriers AS SELECT
  y.certificate_id AS certificate_id, -- text: thumbprint
  y.server_id AS server_id, -- text: objectGUID
  y.server AS server, -- text: name
  row_number() OVER (PARTITION BY y.certificate_id ORDER BY y.server, y.server_id) AS place -- int: 1 is the first
FROM (SELECT DISTINCT e.certificate_id, e.server_id, e.server FROM v_endpoint_certificates e WHERE e.server_id IS NOT NULL) y;

-- v_certificates: one row per certificate presented by a Client Access server or at a name that clients use.
-- index: id
CREATE VIEW v_certificates AS SELECT
  c.sha1 AS id, -- text: SHA-1 thumbprint
  min(e.certificate) AS name, -- text: common name and start of the thumbprint
  CASE WHEN count(DISTINCT e.site_id) = 1 THEN max(e.site) END AS site, -- text: site of the servers that present it, when it is one
  c.subject AS subject, -- text: subject
  c.issuer AS issuer, -- text: issuer
  c.common_name AS common_name, -- text: common name
  max(e.names) AS names, -- list: DNS names it stands for
  c.not_before AS not_before, -- text: start of validity
  c.not_after AS not_after, -- text: end of validity
  round(julianday(c.not_after) - julianday(x.as_of), 5) AS days_left, -- real: days from the reference time to the end of validity
  round(julianday(c.not_before) - julianday(x.as_of), 5) AS days_to_start, -- real: days from the reference time to the start of validity
  round(julianday(c.not_after, '+1 second') - julianday(c.not_before), 5) AS lifetime_days, -- real: length of validity in days, its last second included
  round(julianday(c.not_after, '+1 second') - julianday(c.not_before), 5) < 398 AS is_short_lived, -- bool: shorter than 398 days
  CASE WHEN round(julianday(c.not_after) - julianday(x.as_of), 5) < 0 THEN 'expired'
       WHEN round(julianday(c.not_before) - julianday(x.as_of), 5) > 0 THEN 'not yet valid'
       WHEN c.not_after IS NOT NULL AND c.not_before IS NOT NULL THEN 'valid' END AS validity, -- text: expired, not yet valid, valid; at the reference time
  c.self_signed AS self_signed, -- bool: signed with its own key
  CASE WHEN max(e.issuer_class = 'public') = 1 THEN 'public' ELSE min(e.issuer_class) END AS issuer_class, -- text: self_signed, public or private; NULL when no chain shows it
  c.key_algorithm AS key_algorithm, -- text: rsa, ec, dsa ...
  c.key_size AS key_size, -- int: bits
  c.signature_hash AS signature_hash, -- text: sha1, sha256 ...
  list_of(DISTINCT e.endpoint || CASE WHEN e.with_sni THEN '' ELSE ' (to clients without SNI)' END) AS endpoints, -- list: where it is presented
  coalesce((SELECT identities(y.server, y.server_id) FROM w_carriers y WHERE y.certificate_id = c.sha1), '[]') AS servers, -- identities: Client Access servers that present it
  CASE WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN w_tls_names u ON u.name = y.host WHERE y.certificate_id = c.sha1) THEN 1
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN w_required r ON r.endpoint = y.endpoint WHERE y.certificate_id = c.sha1 AND r.is_certain) THEN 1
       WHEN k.known AND NOT EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN w_required r ON r.endpoint = y.endpoint WHERE y.certificate_id = c.sha1) THEN 0 END AS client_facing, -- bool: presented where a URL leads clients; not, where only a balancer or another server connects
  CASE WHEN (SELECT max(t.has_external_url) FROM w_certificate_sites y JOIN v_sites t ON t.id = y.site_id WHERE y.certificate_id = c.sha1) = 1 THEN 1
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN v_https_uses u ON u.name = y.host AND u.scope = 'external' WHERE y.certificate_id = c.sha1) THEN 1
       WHEN k.known AND (SELECT count(*) = count(t.has_external_url) AND count(*) > 0 FROM w_certificate_sites y LEFT JOIN v_sites t ON t.id = y.site_id WHERE y.certificate_id = c.sha1) THEN 0 END AS internet_facing, -- bool: some site of its servers has external URLs; NULL when not known
  (SELECT y.server FROM w_carriers y WHERE y.certificate_id = c.sha1 AND y.place = 1) AS request_server, -- identity(request_server_id): the first server that presents it
  (SELECT y.server_id FROM w_carriers y WHERE y.certificate_id = c.sha1 AND y.place = 1) AS request_server_id, -- text: objectGUID of that server
  coalesce((SELECT identities(y.server, y.server_id) FROM w_carriers y WHERE y.certificate_id = c.sha1 AND y.place > 1), '[]') AS other_servers, -- identities: the other servers that present it
  (SELECT r.subject FROM w_requests r WHERE r.certificate_id = c.sha1) AS request_subject, -- text: subject for a request that replaces it
  (SELECT r.names FROM w_requests r WHERE r.certificate_id = c.sha1) AS request_names, -- list: DNS names for that request: its own and those that clients use
  CASE WHEN round(julianday(c.not_after) - julianday(x.as_of), 5) >= 0 AND round(julianday(c.not_before) - julianday(x.as_of), 5) <= 0 THEN c.sha1 END AS old_thumbprint, -- text: its thumbprint, while it is valid
  c.serial AS serial, -- text: serial number
  c.source_origin AS source_origin, -- text: where it was read
  c.source_at AS source_at -- text: when it was read
FROM certificates c JOIN v_endpoint_certificates e ON e.certificate_id = c.sha1 CROSS JOIN v_context x CROSS JOIN w_https_known k
WHERE e.server_id IS NOT NULL OR e.host NOT IN (SELECT dns_name FROM w_servers WHERE dns_name IS NOT NULL)
   OR e.host IN (SELECT u.name FROM v_https_uses u)
GROUP BY c.sha1;

-- w_missing: required names that some certificate of the endpoint does not cover.
-- index: endpoint
CREATE VIEW w_missing AS SELECT DISTINCT
  r.endpoint AS endpoint, -- text: endpoint
  r.name AS name, -- text: uncovered name
  r.service || ': ' || r.url AS url, -- text: what uses it
  r.is_certain AS is_certain, -- bool: seen not to end at a balancer
  e.certificate_id AS certificate_id, -- text: the certificate that lacks it
  e.certificate AS certificate, -- text: its name
  e.with_sni AS with_sni, -- bool: presented to clients that send the server name
  EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = r.name AND (u.scope = 'external' OR u.service = 'outlook_anywhere')) AS is_external -- bool: used from outside
FROM w_required r JOIN v_endpoint_certificates e ON e.endpoint = r.endpoint
WHERE covers(e.names, r.name) = 0;

-- w_endpoints: one row per HTTPS endpoint of a Client Access server or of a balancer that ends TLS.
-- index: endpoint
CREATE VIEW w_endpoints AS SELECT
  p.endpoint AS endpoint, -- text: name and port
  p.server_id AS server_id, -- text: objectGUID of the server
  p.is_client_access AS is_client_access, -- bool: gives clients HTTPS, as far as known
  EXISTS (SELECT 1 FROM v_https_uses u JOIN w_shared_hosts h ON h.name = u.name WHERE u.server_id = p.server_id AND h.reaches_servers = 0) AS is_behind_balancer, -- bool: a balancer ends TLS in front of it for some name
  (SELECT min(m.certificate_id) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain) AS lacking_id -- text: thumbprint of the first certificate that lacks a name
FROM (SELECT endpoint, min(server_id) AS server_id, count(is_client_access) = count(*) AS is_client_access
      FROM (SELECT s.endpoint, s.id AS server_id, s.is_client_access FROM w_https_servers s
            UNION ALL SELECT h.name || ':443', NULL, 1 FROM w_shared_hosts h WHERE h.ends_tls = 1) GROUP BY endpoint) p;

-- v_tls_endpoints: one row per HTTPS endpoint of a Client Access server or of a balancer that ends TLS.
-- index: id
CREATE VIEW v_tls_endpoints AS SELECT
  p.endpoint AS id, -- text: name and port
  p.endpoint AS name, -- text: name and port
  s.site AS site, -- text: site of the server
  s.id AS server_id, -- text: objectGUID of the server
  s.name AS server, -- identity(server_id): the server, as cmdlets take it
  p.is_behind_balancer AS is_behind_balancer, -- bool: a balancer ends TLS in front of it, for some name at least
  coalesce((SELECT list_of(DISTINCT e.certificate) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint), '[]') AS certificates, -- list: certificates presented
  (SELECT count(*) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS certificate_count, -- int: how many, over all addresses
  coalesce((SELECT x.addresses FROM w_unseen_addresses x WHERE x.endpoint = p.endpoint), '[]') AS unseen_addresses, -- list: addresses that showed no certificate
  coalesce((SELECT list_of(DISTINCT r.name) FROM w_required r WHERE r.endpoint = p.endpoint), '[]') AS required_names, -- list: names clients use for it
  CASE WHEN EXISTS (SELECT 1 FROM w_required r WHERE r.endpoint = p.endpoint) THEN 1 WHEN k.known THEN 0 END AS has_required_names, -- bool: clients use some name for it; NULL when not all URLs were seen
  coalesce((SELECT list_of(DISTINCT m.name) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain), '[]') AS missing_names, -- list: those that a certificate of it does not cover
  coalesce((SELECT list_of(DISTINCT m.certificate) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain), '[]') AS lacking_certificates, -- list: certificates that lack them
  coalesce((SELECT list_of(DISTINCT m.url) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain), '[]') AS missing_urls, -- list: URLs that use them
  coalesce((SELECT list_of(DISTINCT m.name) FROM w_missing m WHERE m.endpoint = p.endpoint AND NOT m.is_certain), '[]') AS undecided_names, -- list: uncovered names of which it is not known whether a balancer ends TLS for them
  CASE WHEN k.known THEN (SELECT max(m.is_external) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain) END AS missing_outside, -- bool: a missing name is used from outside
  (SELECT max(m.with_sni) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain) AS missing_with_sni, -- bool: it is missing for clients that send the server name too
  CASE WHEN p.lacking_id IS NOT NULL THEN CASE WHEN p.is_client_access THEN 0 END
       WHEN NOT p.is_client_access OR k.known IS NULL THEN NULL
       WHEN NOT EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) THEN NULL
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint AND e.names IS NULL) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_unseen_addresses x WHERE x.endpoint = p.endpoint) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_missing m WHERE m.endpoint = p.endpoint) THEN NULL
       ELSE 1 END AS names_covered, -- bool: every certificate of it covers every name that clients use for it
  v.request_server AS request_server, -- identity(request_server_id): the first server that presents the certificate that lacks a name
  v.request_server_id AS request_server_id, -- text: objectGUID of that server
  v.other_servers AS other_servers, -- identities: the other servers that present it
  v.request_subject AS request_subject, -- text: subject for a request that replaces it
  v.request_names AS request_names, -- list: DNS names for that request
  v.old_thumbprint AS old_thumbprint, -- text: its thumbprint, while it is valid
  (SELECT min(e.source_origin) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS source_origin, -- text: where it was read
  (SELECT min(e.source_at) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS source_at -- text: when it was read
FROM w_endpoints p CROSS JOIN w_https_known k
LEFT JOIN w_https_servers s ON s.id = p.server_id
LEFT JOIN v_certificates v ON v.id = p.lacking_id;

-- w_array_places: one row per array name and address inside: whether that address belongs to the array's site.
-- index: name
CREATE VIEW w_array_places AS SELECT
  x.name AS name, -- text: normalised array FQDN
  x.address AS address, -- text: address inside
  x.is_vip AS is_vip, -- bool: shared by servers, so a balancer's
  x.any_server AS any_server, -- text: 2010 Client Access server that has it alone
  p.owner AS owner, -- text: whose address it is instead
  CASE WHEN p.is_own THEN 'own'
       WHEN p.may_be_own THEN NULL
       WHEN p.owner IS NOT NULL THEN 'foreign'
       WHEN NOT c.servers_complete OR NOT c.sites_complete THEN NULL
       WHEN p.in_subnet THEN 'own'
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.address = x.address AND e.port = 443 AND (
              EXISTS (SELECT 1 FROM v_endpoint_certificates m WHERE m.certificate_id = e.certificate_id AND m.server_id IS NOT NULL AND m.site_id = x.site_id)
              OR EXISTS (SELECT 1 FROM v_https_uses u WHERE u.site_id = x.site_id AND covers(e.names, u.name) = 1))) THEN 'own' END AS place -- text: own or foreign; NULL when not known
FROM (SELECT y.*, a.site_id FROM w_array_addresses y JOIN w_array_names a ON a.name = y.name WHERE a.site_id IS NOT NULL) x
CROSS JOIN v_coverage c
JOIN (SELECT y.name, y.address,
        EXISTS (SELECT 1 FROM w_server_addresses w JOIN v_servers s ON s.id = w.server_id
                WHERE w.address = y.address AND s.site_id = a.site_id AND s.is_client_access_2010) AS is_own,
        EXISTS (SELECT 1 FROM w_server_addresses w JOIN v_servers s ON s.id = w.server_id
                WHERE w.address = y.address AND coalesce(s.site_id, a.site_id) = a.site_id AND coalesce(s.is_client_access_2010, 1) = 1) AS may_be_own,
        coalesce((SELECT 'server ' || min(s.name || CASE WHEN s.site IS NULL THEN '' ELSE ' of ' || s.site END)
                    FROM w_server_addresses w JOIN v_servers s ON s.id = w.server_id WHERE w.address = y.address),
                 (SELECT CASE WHEN n.site_id <> a.site_id THEN 'a subnet of site ' || n.site END FROM w_subnets n, v_coverage d
                    WHERE d.sites_complete AND address_key(y.address, 0) BETWEEN n.first AND n.last ORDER BY n.first DESC, n.last LIMIT 1)) AS owner,
        coalesce((SELECT n.site_id = a.site_id FROM w_subnets n
                    WHERE address_key(y.address, 0) BETWEEN n.first AND n.last ORDER BY n.first DESC, n.last LIMIT 1), 0) AS in_subnet
      FROM w_array_addresses y JOIN w_array_names a ON a.name = y.name) p ON p.name = x.name AND p.address = x.address;

-- w_array_twins: one row per array name and other array name of another site with which it shares an address.
-- index: name
CREATE VIEW w_array_twins AS SELECT DISTINCT
  x.name AS name, -- text: normalised array FQDN
  y.name AS twin, -- text: the other one
  x.address AS address -- text: the shared address
FROM w_array_addresses x JOIN w_array_addresses y ON y.address = x.address AND y.name <> x.name
WHERE EXISTS (SELECT 1 FROM w_arrays a JOIN w_arrays b ON b.dns_name = y.name
              WHERE a.dns_name = x.name AND coalesce(a.site_key, '') <> coalesce(b.site_key, ''));

-- v_array_dns: one row per array name, with whose addresses it has inside and for how long they are kept.
-- index: id
CREATE VIEW v_array_dns AS SELECT
  n.name AS id, -- text: normalised name
  n.name AS name, -- text: normalised name
  n.absolute_name AS absolute_name, -- text: the name with a trailing dot, for nslookup
  n.site AS site, -- text: site of the array that bears it, when it is one site
  n.site_id AS site_id, -- text: objectGUID of that site
  n.array_site_count AS array_site_count, -- int: different sites of those arrays
  n.site_exists AS site_exists, -- bool: some of those arrays belongs to a site that exists
  n.fqdn_problem AS fqdn_problem, -- text: why the name cannot be used
  n.is_unused AS is_unused, -- bool: no database points at those arrays; NULL when not all databases are known
  n.resolves_internally AS resolves_internally, -- bool: has an address on some internal resolver; NULL when none answered
  n.internal_addresses AS internal_addresses, -- list: addresses inside
  n.internal_address_count AS internal_address_count, -- int: how many
  coalesce((SELECT list_of(x.any_server) FROM w_array_addresses x WHERE x.name = n.name), '[]') AS address_servers, -- list: 2010 Client Access servers that have one of them alone
  coalesce((SELECT min(x.is_vip) FROM w_array_addresses x WHERE x.name = n.name), 0) AS all_shared, -- bool: each of them is shared by servers, so a balancer's
  CASE WHEN n.resolves_internally IS NULL THEN NULL
       WHEN n.internal_address_count < 2 THEN 0
       WHEN (SELECT count(x.any_server) FROM w_array_addresses x WHERE x.name = n.name) > 1 THEN 1
       WHEN (SELECT min(x.is_vip) FROM w_array_addresses x WHERE x.name = n.name) = 1 THEN 1
       WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE coalesce(s.is_client_access_2010, 1) = 1 AND s.resolves_internally IS NULL) THEN 0 END AS is_round_robin, -- bool: several addresses, of which two belong to servers or all to balancers
  coalesce((SELECT list_of(x.address) FROM w_array_places x WHERE x.name = n.name AND x.place = 'foreign'), '[]') AS foreign_addresses, -- list: addresses that do not belong to the site
  coalesce((SELECT list_of(x.address || ', which belongs to ' || x.owner) FROM w_array_places x WHERE x.name = n.name AND x.place = 'foreign'), '[]') AS foreign_owners, -- list: the same, with their owners
  coalesce((SELECT list_of(x.address) FROM w_array_places x WHERE x.name = n.name AND x.place IS NULL), '[]') AS unknown_addresses, -- list: addresses of which nothing is known
  CASE WHEN EXISTS (SELECT 1 FROM w_array_places x WHERE x.name = n.name AND x.place = 'foreign') THEN 0
       WHEN n.resolves_internally IS NULL OR n.site_id IS NULL THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_array_places x WHERE x.name = n.name AND x.place IS NULL) THEN NULL
       ELSE 1 END AS belongs_to_site, -- bool: every address inside belongs to the array's site
  (SELECT max(y.ttl) FROM (SELECT a.ttl FROM v_dns_answers a WHERE a.view = 'internal' AND a.name = n.name AND a.record_type IN ('A', 'AAAA') AND a.status = 'answer' AND a.authoritative
     UNION ALL SELECT x.ttl FROM w_aliases x JOIN v_dns_answers a ON a.view = x.view AND a.resolver = x.resolver AND a.name = x.name AND a.record_type = x.record_type
       WHERE x.view = 'internal' AND x.name = n.name AND a.authoritative) y) AS authoritative_ttl, -- int: longest TTL that an authoritative resolver gave, seconds
  EXISTS (SELECT 1 FROM v_servers s JOIN v_servers o ON o.availability_group = s.availability_group AND o.site_id <> s.site_id
     JOIN v_database_copies d ON d.server_id = o.id WHERE s.site_id = n.site_id) AS has_copies_elsewhere, -- bool: an availability group of the site keeps copies in another site
  coalesce((SELECT list_of(t.twin) FROM w_array_twins t WHERE t.name = n.name), '[]') AS twins, -- list: array names of other sites with the same address
  coalesce((SELECT list_of(t.address) FROM w_array_twins t WHERE t.name = n.name), '[]') AS twin_addresses, -- list: those addresses
  CASE WHEN EXISTS (SELECT 1 FROM w_array_twins t WHERE t.name = n.name) THEN 1
       WHEN n.resolves_internally IS NULL OR NOT c.arrays_complete THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_arrays a WHERE a.fqdn_unread OR a.site_unread) THEN NULL
       WHEN EXISTS (SELECT 1 FROM v_dns_names o WHERE o.is_array_name AND o.fqdn_problem IS NULL AND o.resolves_internally IS NULL) THEN NULL
       ELSE 0 END AS has_twin, -- bool: it shares an address with an array of another site
  CASE WHEN n.is_unused THEN 1
       WHEN NOT EXISTS (SELECT 1 FROM w_array_twins t JOIN v_dns_names o ON o.name = t.twin WHERE t.name = n.name AND coalesce(o.is_unused, 0) = 0) THEN 1
       WHEN n.is_unused IS NOT NULL THEN 0 END AS twins_unused, -- bool: no database uses it, or none uses the others
  n.source_origin AS source_origin, -- text: where it was read
  n.source_at AS source_at -- text: when it was read
FROM v_dns_names n CROSS JOIN v_coverage c WHERE n.is_array_name;

-- w_dns_sets: one row per name and record type, how many internal resolvers answered and how many different answers there are.
-- index: name
CREATE VIEW w_dns_sets AS SELECT
  s.name AS name, -- text: normalised name
  s.record_type AS record_type, -- text: A or AAAA
  count(*) AS resolver_count, -- int: resolvers that answered
  count(DISTINCT s.addresses) AS set_count -- int: different sets of addresses
FROM (SELECT a.name, a.record_type, a.resolver,
        coalesce((SELECT list_of(v.value) FROM json_each(a."values") v), '[]') AS addresses
      FROM dns_answers a WHERE a.view = 'internal' AND a.record_type IN ('A', 'AAAA') AND a.status IN ('answer', 'no_data', 'nxdomain')) s
GROUP BY s.name, s.record_type;

-- v_dns_agreement: one row per array name and internal HTTPS name, with what each internal resolver says.
-- index: id
CREATE VIEW v_dns_agreement AS SELECT
  n.name AS id, -- text: normalised name
  n.name AS name, -- text: normalised name
  n.absolute_name AS absolute_name, -- text: the name with a trailing dot, for nslookup
  n.site AS site, -- text: site of the array that bears it, when it is one site
  n.fqdn_problem AS fqdn_problem, -- text: why the name cannot be used
  (SELECT count(DISTINCT a.resolver) FROM v_dns_answers a WHERE a.view = 'internal') AS resolver_count, -- int: internal resolvers that were asked at all
  coalesce((SELECT list_of(s.text)
     FROM (SELECT a.resolver || ' says ' || v.value AS text FROM dns_answers a, json_each(a."values") v
             WHERE a.view = 'internal' AND a.name = n.name AND a.record_type IN ('A', 'AAAA') AND a.status = 'answer'
           UNION SELECT d.resolver || ' says none' FROM w_dns d WHERE d.view = 'internal' AND d.name = n.name AND d.resolves = 0) s), '[]') AS answers, -- list: addresses by resolver
  CASE WHEN (SELECT max(s.set_count) FROM w_dns_sets s WHERE s.name = n.name) > 1 THEN 0
       WHEN (SELECT min(s.resolver_count) FROM w_dns_sets s WHERE s.name = n.name) > 1 THEN 1 END AS agrees, -- bool: all that answered gave the same addresses; NULL when fewer than two answered
  n.source_origin AS source_origin, -- text: where it was read
  n.source_at AS source_at -- text: when it was read
FROM v_dns_names n
WHERE n.is_array_name OR EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = n.name AND u.scope = 'internal');

-- w_chain_members: one row per leaf certificate and other certificate that was sent with it.
-- index: certificate_id
CREATE VIEW w_chain_members AS SELECT DISTINCT
  l.sha1 AS certificate_id, -- text: thumbprint of the leaf
  c.sha256 AS sha256, -- text: the other certificate
  coalesce(c.common_name, 'unnamed') || ' (' || substr(c.sha1, 1, 8) || ')' AS name, -- text: its name
  c.signature_hash AS signature_hash, -- text: sha1, sha256 ...
  coalesce(c.self_signed, c.subject = c.issuer) AS is_root -- bool: signs itself, so its signature proves nothing
FROM (SELECT chain FROM tls_endpoints UNION SELECT chain_without_sni FROM tls_endpoints WHERE chain_without_sni IS NOT NULL) e, json_each(e.chain) j
JOIN certificates c ON c.sha256 = j.value
JOIN certificates l ON l.sha256 = json_extract(e.chain, '$[0]') AND l.sha256 <> c.sha256;

-- w_internal_names: names on a certificate that no public authority may certify.
-- index: certificate_id
CREATE VIEW w_internal_names AS SELECT DISTINCT
  y.certificate_id AS certificate_id, -- text: thumbprint
  y.name AS name -- text: the name or address
FROM (SELECT c.sha1 AS certificate_id, norm(j.value) AS name FROM certificates c, json_each(c.dns_names) j
      UNION SELECT c.sha1, norm(c.common_name) FROM certificates c WHERE c.common_name NOT LIKE '% %'
      UNION SELECT c.sha1, j.value FROM certificates c, json_each(c.ip_addresses) j) y
WHERE is_private_address(y.name) = 1
   OR (is_private_address(y.name) IS NULL AND (instr(y.name, '.') = 0 OR EXISTS (SELECT 1 FROM data_internal_suffixes d WHERE y.name LIKE '%.' || d.suffix)));

-- v_certificate_quality: one row per certificate of v_certificates, with what is weak about it.
-- index: id
CREATE VIEW v_certificate_quality AS SELECT
  v.id AS id, -- text: SHA-1 thumbprint
  v.name AS name, -- text: common name and start of the thumbprint
  v.site AS site, -- text: site of the servers that present it, when it is one
  v.issuer_class AS issuer_class, -- text: self_signed, public or private; NULL when no chain shows it
  v.endpoints AS endpoints, -- list: where it is presented
  v.servers AS servers, -- identities: Client Access servers that present it
  v.key_algorithm AS key_algorithm, -- text: rsa, ec, dsa ...
  v.key_size AS key_size, -- int: bits
  v.signature_hash AS signature_hash, -- text: hash of its signature
  v.signature_hash IN ('md2', 'md4', 'md5', 'sha1') AS is_weakly_signed, -- bool: that hash is broken
  coalesce((SELECT list_of(m.name) FROM w_chain_members m WHERE m.certificate_id = v.id AND NOT m.is_root AND m.signature_hash IN ('md2', 'md4', 'md5', 'sha1')), '[]') AS weak_intermediates, -- list: intermediates sent with it that are signed with a broken hash
  (SELECT count(*) FROM w_chain_members m WHERE m.certificate_id = v.id AND (m.is_root IS NULL OR (NOT m.is_root AND m.signature_hash IS NULL))) AS unread_intermediate_count, -- int: certificates sent with it of which that could not be read
  coalesce((SELECT list_of(y.name) FROM w_internal_names y WHERE y.certificate_id = v.id), '[]') AS internal_names, -- list: single-label names, internal suffixes and private addresses on it
  v.names IS NOT NULL AS names_read, -- bool: its names could be read
  v.request_server AS request_server, -- identity(request_server_id): the first server that presents it
  v.request_server_id AS request_server_id, -- text: objectGUID of that server
  v.other_servers AS other_servers, -- identities: the other servers that present it
  v.request_subject AS request_subject, -- text: subject for a request that replaces it
  v.request_names AS request_names, -- list: DNS names for that request
  v.old_thumbprint AS old_thumbprint, -- text: its thumbprint, while it is valid
  v.source_origin AS source_origin, -- text: where it was read
  v.source_at AS source_at -- text: when it was read
FROM v_certificates v;

-- w_member_certificates: one row per array, member and certificate of that member.
-- index: array_id
CREATE VIEW w_member_certificates AS SELECT
  a.id AS array_id, -- text: array
  s.name AS server, -- text: member
  e.certificate_id AS certificate_id, -- text: thumbprint; NULL when none was seen
  e.certificate AS certificate, -- text: its name
  e.issuer_class AS issuer_class, -- text: self_signed, public or private
  covers(e.names, a.dns_name) AS covered -- bool: whether it stands for the array's name
FROM v_arrays a JOIN v_servers s ON s.site_id = a.site_id AND s.is_client_access_2010 AND s.has_rpc_client_access
LEFT JOIN v_endpoint_certificates e ON e.host = s.dns_name AND e.port = 443;

-- w_lacking: per array the certificates of its members that should bear its name and do not.
-- index: array_id
CREATE VIEW w_lacking AS SELECT
  m.array_id AS array_id, -- text: array
  list_of(DISTINCT m.server) AS servers, -- list: members that present one
  list_of(DISTINCT m.certificate) AS certificates, -- list: those certificates
  min(m.certificate_id) AS certificate_id, -- text: thumbprint of the first
  CASE WHEN min(m.issuer_class = 'self_signed') = 1 THEN min(m.certificate_id) END AS self_signed_id -- text: the same, when all are self-signed
FROM w_member_certificates m WHERE m.issuer_class IN ('private', 'self_signed') AND m.covered = 0 GROUP BY m.array_id;

-- v_array_certificates: one row per array, with the certificates that its members present.
-- index: id
CREATE VIEW v_array_certificates AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.fqdn_problem AS fqdn_problem, -- text: why the FQDN cannot be used
  a.member_count AS member_count, -- int: members
  a.members AS members, -- identities: member servers
  a.https_url_count AS https_url_count, -- int: HTTPS URLs that carry the array's name
  count(m.certificate_id) AS certificate_count, -- int: certificates that members present
  sum(m.issuer_class = 'public') AS public_count, -- int: of those, from a public authority
  list_of(CASE WHEN m.server IS NOT NULL AND m.certificate_id IS NULL THEN m.server END) AS unseen_members, -- list: members whose certificate was not seen
  list_of(CASE WHEN m.certificate_id IS NOT NULL AND m.issuer_class IS NULL THEN m.certificate END) AS unknown_issuers, -- list: certificates of which it is not known whether a public authority issued them
  CASE WHEN max(l.certificate_id) IS NOT NULL THEN 0
       WHEN a.member_count IS NULL OR count(m.server) = 0 THEN NULL
       WHEN max(m.certificate_id IS NULL OR m.issuer_class IS NULL) = 1 THEN NULL
       WHEN max(m.issuer_class <> 'public' AND m.covered IS NULL) = 1 THEN NULL
       ELSE 1 END AS bears_name, -- bool: every private or self-signed certificate of its members stands for the array's name
  coalesce(max(l.servers), '[]') AS lacking_servers, -- list: members with a certificate that does not
  coalesce(max(l.certificates), '[]') AS lacking_certificates, -- list: those certificates
  max(l.self_signed_id) AS self_signed_id, -- text: thumbprint of the first of them, when all are self-signed
  max(v.request_server) AS request_server, -- identity(request_server_id): the first server that presents the first of them
  max(v.request_server_id) AS request_server_id, -- text: objectGUID of that server
  max(v.other_servers) AS other_servers, -- identities: the other servers that present it
  max(v.request_subject) AS request_subject, -- text: subject for a request that replaces it
  (SELECT list_of(y.name) FROM (SELECT j.value AS name FROM json_each(v.request_names) j UNION SELECT a.dns_name) y) AS request_names, -- list: DNS names for that request: its own, those that clients use, the array's
  max(v.old_thumbprint) AS old_thumbprint, -- text: its thumbprint, while it is valid
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at -- text: when it was read
FROM v_arrays a
LEFT JOIN w_member_certificates m ON m.array_id = a.id
LEFT JOIN w_lacking l ON l.array_id = a.id
LEFT JOIN v_certificates v ON v.id = l.certificate_id
GROUP BY a.id;

-- w_own_names: one row per certificate, its own names as one text for comparison.
-- index: certificate_id
CREATE VIEW w_own_names AS SELECT
  n.certificate_id AS certificate_id, -- text: thumbprint
  list_of(n.name) AS names -- text: normalised names, sorted
FROM w_certificate_names n WHERE NOT n.is_required GROUP BY n.certificate_id;

-- w_array_leafs: certificates of an array's members and those presented under the array's own name.
-- index: array_id
CREATE VIEW w_array_leafs AS SELECT
  y.array_id AS array_id, -- text: array
  y.certificate_id AS certificate_id, -- text: thumbprint
  y.certificate AS certificate, -- text: its name
  y.issuer_class AS issuer_class, -- text: self_signed, public or private
  EXISTS (SELECT 1 FROM w_certificate_names n JOIN w_arrays a ON a.id = y.array_id
          WHERE n.certificate_id = y.certificate_id AND NOT n.is_required AND n.name = a.dns_name)
  OR EXISTS (SELECT 1 FROM certificates c JOIN w_arrays a ON a.id = y.array_id WHERE c.sha1 = y.certificate_id AND norm(c.common_name) = a.dns_name) AS bears_name -- bool: the array's name stands on it
FROM (SELECT m.array_id, m.certificate_id, m.certificate, m.issuer_class FROM w_member_certificates m WHERE m.certificate_id IS NOT NULL
      UNION SELECT a.id, e.certificate_id, e.certificate, e.issuer_class FROM w_arrays a JOIN v_endpoint_certificates e ON e.host = a.dns_name AND e.port = 443) y;

-- v_array_members_tls: one row per array, how the certificates of its members compare.
-- index: id
CREATE VIEW v_array_members_tls AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.fqdn_problem AS fqdn_problem, -- text: why the FQDN cannot be used
  a.member_count AS member_count, -- int: members
  a.members AS members, -- identities: member servers
  a.is_https_name AS is_https_name, -- bool: some HTTPS URL carries its name; NULL while not all URLs are known
  coalesce((SELECT list_of(m.server || ': ' || m.certificate) FROM w_member_certificates m WHERE m.array_id = a.id), '[]') AS member_certificates, -- list: members with their certificates
  coalesce((SELECT list_of(m.server) FROM w_member_certificates m WHERE m.array_id = a.id AND m.certificate_id IS NULL), '[]') AS unseen_members, -- list: members whose certificate was not seen
  CASE WHEN (SELECT count(DISTINCT m.certificate_id) FROM w_member_certificates m WHERE m.array_id = a.id) > 1 THEN 0
       WHEN a.member_count IS NULL OR EXISTS (SELECT 1 FROM w_member_certificates m WHERE m.array_id = a.id AND m.certificate_id IS NULL) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_member_certificates m JOIN v_servers s ON s.name = m.server JOIN w_unseen_addresses u ON u.endpoint = s.dns_name || ':443' WHERE m.array_id = a.id) THEN NULL
       ELSE 1 END AS same_certificate, -- bool: all members present one certificate
  (SELECT count(DISTINCT o.names) > 1 FROM w_member_certificates m JOIN w_own_names o ON o.certificate_id = m.certificate_id WHERE m.array_id = a.id) AS names_differ, -- bool: their certificates stand for different names
  (SELECT max(y.newest) - min(y.newest) FROM (SELECT m.server, max(julianday(c.not_before)) AS newest FROM w_member_certificates m
     JOIN certificates c ON c.sha1 = m.certificate_id WHERE m.array_id = a.id GROUP BY m.server HAVING count(*) = count(c.not_before)) y) AS newest_apart_days, -- real: days between the issue dates of the members' newest certificates
  (SELECT min(t.is_behind_balancer AND t.has_required_names = 0) FROM w_member_certificates m JOIN v_servers s ON s.name = m.server AND s.site_id = a.site_id
     JOIN v_tls_endpoints t ON t.id = s.dns_name || ':443' WHERE m.array_id = a.id HAVING count(*) = count(t.has_required_names)) AS ends_at_balancer, -- bool: a balancer ends TLS in front of every member
  coalesce((SELECT list_of(l.certificate) FROM w_array_leafs l WHERE l.array_id = a.id AND l.issuer_class = 'public' AND l.bears_name), '[]') AS public_certificates, -- list: public certificates that bear the array's name
  coalesce((SELECT list_of(l.certificate) FROM w_array_leafs l WHERE l.array_id = a.id AND l.issuer_class IS NULL AND l.bears_name), '[]') AS unclassed_certificates, -- list: certificates that bear it and may be public
  (SELECT max(l.issuer_class = 'public') FROM w_array_leafs l WHERE l.array_id = a.id HAVING count(*) = count(l.issuer_class)) AS has_public, -- bool: one of the certificates is public; NULL when of one it is not known
  (SELECT min(l.certificate_id) FROM w_array_leafs l WHERE l.array_id = a.id AND l.issuer_class = 'public' AND l.bears_name) AS public_id, -- text: thumbprint of the first of them
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at -- text: when it was read
FROM v_arrays a;

-- v_sections: one row per kind of evidence, of exports only those that were given, and one for the snapshot as a whole.
-- index: id
CREATE VIEW v_sections AS SELECT
  u.name AS id, -- text: section
  u.name AS name, -- text: section
  NULL AS site, -- text: none
  coalesce(s.status, 'not_collected') AS status, -- text: complete, partial, failed or not_collected
  replace(coalesce(s.status, 'not_collected'), '_', ' ') AS status_in_words, -- text: the same for people
  coalesce(s.asked, 0) AS asked, -- int: questions put
  coalesce(s.answered, 0) AS answered, -- int: questions answered
  coalesce((SELECT list_of(DISTINCT g.reason || ': ' || g.subject) FROM gaps g WHERE g.section = u.name), '[]') AS gaps, -- list: what was not seen, and why
  (SELECT count(*) FROM gaps g WHERE g.section = u.name) AS gap_count, -- int: how many
  u.rests_on_it AS rests_on_it, -- text: what cannot be judged without it
  u.collect AS collect, -- text: how to get it
  u.critical = 'yes' AS is_critical, -- bool: rules of severity critical rest on it
  NULL AS snapshot_age_days -- real: for the snapshot only
FROM data_sections u LEFT JOIN sections s ON s.name = u.name
WHERE u.optional = 'no' OR coalesce(s.status, 'not_collected') <> 'not_collected'
UNION ALL SELECT 'snapshot', 'snapshot', NULL, 'complete', 'complete', 0, 0, '[]', 0, NULL, NULL, 0, snapshot_age_days FROM v_context;
