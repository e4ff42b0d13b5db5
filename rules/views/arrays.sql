-- Client Access arrays: members as Exchange computes them, obstacles, balancing, Kerberos.

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
  dnkey(a.site_dn) AS site_key, -- text: key of the DN of its site
  t.id AS site_id, -- text: objectGUID of its site, when that exists
  t.name AS site, -- text: name of its site
  a.unread LIKE '%"site_dn"%' AS site_unread, -- bool: its site could not be read
  a.unread LIKE '%"fqdn"%' AS fqdn_unread, -- bool: its FQDN could not be read
  rtrim(fold(a.legacy_exchange_dn), '.') AS legacy_key, -- text: legacyExchangeDN for comparison
  min(a.id) OVER (PARTITION BY rtrim(fold(a.legacy_exchange_dn), '.'), dnkey(a.site_dn)) AS first_id -- text: the first array of its site with that legacyExchangeDN, to which databases of all of them are counted
FROM arrays a LEFT JOIN w_sites t ON t.dn_key = dnkey(a.site_dn);

-- w_site_arrays: per site, how many arrays and, where it is one, which.
-- index: site_id
CREATE VIEW w_site_arrays AS SELECT
  site_id AS site_id, -- text: site
  count(*) AS array_count, -- int: arrays of the site
  CASE WHEN count(*) = 1 THEN max(id) END AS array_id, -- text: the only array
  CASE WHEN count(*) = 1 THEN max(name) END AS array_name, -- text: its name
  CASE WHEN count(*) = 1 THEN max(fqdn) END AS array_fqdn -- text: its FQDN
FROM w_arrays GROUP BY site_id;

-- w_array_servers: one row per array and server of the array's site.
-- index: array_id
-- index: id
CREATE VIEW w_array_servers AS SELECT
  a.id AS array_id, -- text: array
  s.id AS id, -- text: server
  s.name AS name, -- text: its name
  s.version AS version, -- text: its major and minor version
  s.build AS build, -- text: its exact build, when seen
  s.build_name AS build_name, -- text: name of that build
  s.rollup AS rollup, -- text: equal for builds of one update
  s.is_client_access_2010 AS is_client_access, -- bool: Exchange 2010 Client Access server
  s.is_client_access_2010 AND s.has_rpc_client_access AS is_member, -- bool: member of the array, as Exchange computes it
  CASE WHEN a.dns_name NOT IN (SELECT array_name FROM settings_pools) THEN s.is_client_access_2010 AND s.has_rpc_client_access
       WHEN NOT EXISTS (SELECT 1 FROM settings_pools p JOIN w_name_owners o ON o.name = norm(p.server) WHERE p.array_name = a.dns_name AND o.server_id = s.id) THEN 0
       WHEN s.is_nxdomain THEN 0
       ELSE s.is_client_access_2010 AND s.has_rpc_client_access END AS is_live -- bool: member to which clients come: where the operator states the balancer's pool, one that is in it and that DNS knows
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
    AND count(s.id) = count(s.is_member) AS members_known, -- bool: no other member is possible
  count(s.id) FILTER (WHERE s.is_live) AS seen_live_count, -- int: members seen to which clients come
  c.servers_complete AND NOT a.site_unread AND NOT EXISTS (SELECT 1 FROM w_servers w WHERE w.site_unread)
    AND count(s.id) = count(s.is_live) AS live_known -- bool: no other one is possible
FROM w_arrays a CROSS JOIN v_coverage c LEFT JOIN w_array_servers s ON s.array_id = a.id GROUP BY a.id;

-- w_obstacles: one row per array, what forbids to point databases at it.
-- index: id
CREATE VIEW w_obstacles AS SELECT
  a.id AS id, -- text: array
  CASE WHEN NOT a.site_unread AND (a.site_key IS NULL OR (a.site_id IS NULL AND c.sites_complete)) THEN 'its array belongs to no site; repair CAS-ARRAY-003 first'
       WHEN m.seen_client_access_count = 0 AND m.client_access_known THEN 'no Exchange 2010 Client Access server answers for its array; repair CAS-ARRAY-003 first'
       WHEN EXISTS (SELECT 1 FROM w_host_names h WHERE h.name = a.dns_name) THEN 'the name of its array is the name of a server; repair CAS-ARRAY-007 first'
       WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = a.dns_name) THEN 'the name of its array is also an HTTPS name; repair CAS-ARRAY-009 first'
       WHEN d.resolves = 0 THEN 'the name of its array does not resolve inside; repair CAS-DNS-001 first'
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
  CASE WHEN a.dns_name IN (SELECT array_name FROM settings_pools) THEN 'the pool of the load balancer, as the operator states it' ELSE 'the members in the directory' END AS live_source, -- text: what the live members are taken from
  m.seen_live_count AS seen_live_count, -- int: members seen to which clients come, that is those in the balancer's pool where the operator states it
  CASE WHEN m.live_known THEN m.seen_live_count END AS live_count, -- int: the same, when all servers are known
  coalesce((SELECT identities(s.name, s.id) FROM w_array_servers s WHERE s.array_id = a.id AND s.is_live), '[]') AS live_members, -- identities: those members
  coalesce((SELECT list_of(s.name || ' (' || x.state || ')') FROM w_array_servers s JOIN v_servers x ON x.id = s.id WHERE s.array_id = a.id AND s.is_live AND x.state IS NOT NULL), '[]') AS leaving_members, -- list: those of them that the operator states to be under maintenance or on their way out
  coalesce((SELECT list_of(s.name || ' ' || s.version) FROM w_array_servers s WHERE s.array_id = a.id AND s.is_member), '[]') AS member_versions, -- list: member servers with version and service pack
  (SELECT count(DISTINCT s.version) FROM w_array_servers s WHERE s.array_id = a.id AND s.is_member) AS version_count, -- int: how many different ones
  coalesce((SELECT list_of(s.name || ' ' || s.build || coalesce(' (' || s.build_name || ')', '')) FROM w_array_servers s WHERE s.array_id = a.id AND s.is_member), '[]') AS member_builds, -- list: members whose exact build was seen, with it
  (SELECT count(DISTINCT s.rollup) FROM w_array_servers s WHERE s.array_id = a.id AND s.is_member) AS rollup_count, -- int: how many different ones; two builds of one update count as one
  (SELECT count(s.build) FROM w_array_servers s WHERE s.array_id = a.id AND s.is_member) AS build_count, -- int: how many members those are
  coalesce((SELECT list_of(CASE WHEN s.build IS NULL THEN s.name END) FROM w_array_servers s WHERE s.array_id = a.id AND s.is_member), '[]') AS members_without_build, -- list: the other members
  o.obstacle AS obstacle, -- text: why databases must not be pointed at it, as a sentence; 'none' when they may
  (SELECT count(*) FROM v_databases d WHERE d.endpoint_id = a.first_id AND d.in_scope) AS seen_database_count, -- int: in-scope databases seen that point at it
  CASE WHEN c.databases_complete AND a.legacy_key IS NOT NULL AND k.unread = 0
            AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.endpoint_id = a.first_id AND d.in_scope IS NULL)
       THEN (SELECT count(*) FROM v_databases d WHERE d.endpoint_id = a.first_id AND d.in_scope) END AS database_count, -- int: the same, when all databases are known
  CASE WHEN c.databases_complete AND a.legacy_key IS NOT NULL AND k.unread = 0
       THEN (SELECT count(*) FROM w_homes h WHERE h.endpoint_key = a.legacy_key) END AS reference_count, -- int: databases of any kind that refer to it; only at 0 may it be removed
  (SELECT coalesce(sum(d.mailbox_count), 0) FROM v_databases d WHERE d.endpoint_id = a.first_id AND d.in_scope
     HAVING count(*) = count(d.mailbox_count)) AS mailbox_count, -- int: mailboxes of those databases, when all are known
  coalesce((SELECT identities(d.name, d.id) FROM v_databases d WHERE d.endpoint_id = a.first_id AND d.in_scope), '[]') AS databases, -- identities: those databases
  coalesce((SELECT list_of(DISTINCT u.url || ' (' || u.service || coalesce(', ' || u.site, '') || ')') FROM v_https_uses u WHERE u.name = a.dns_name), '[]') AS https_urls, -- list: HTTPS URLs that carry its name, each with its service and site
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
  CASE WHEN r.unread NOT LIKE '%"legacy_exchange_dn"%' THEN coalesce(norm(last_part(r.legacy_exchange_dn)) <> a.dns_name, 0) END AS legacy_name_differs, -- bool: databases are joined by another name than the FQDN
  last_part(r.legacy_exchange_dn) AS legacy_name, -- text: that name, the last part of legacyExchangeDN
  (SELECT count(*) FROM v_databases b WHERE b.home_site_id = a.site_id AND b.in_scope) AS site_database_count, -- int: in-scope databases seen at home in its site
  (SELECT b.id FROM v_databases b WHERE b.home_site_id = a.site_id AND b.in_scope AND b.endpoint_kind IS NOT NULL AND (b.endpoint_id IS NULL OR b.endpoint_id <> a.first_id)
     ORDER BY b.endpoint_kind <> 'client_access_server', b.id LIMIT 1) AS stray_database_id, -- text: objectGUID of one of them that points elsewhere, at a server if any does
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

-- w_array_clusters: one row per array whose name has the address of a Windows NLB cluster.
-- index: id
CREATE VIEW w_array_clusters AS SELECT
  a.id AS id, -- text: array
  min(x.address) AS address, -- text: that address
  min(k.name) AS cluster, -- text: name of the cluster
  min(coalesce(b.server_id, norm(k.server))) AS asked -- text: the server that was asked about it
FROM w_arrays a JOIN v_dns_addresses x ON x.view = 'internal' AND x.name = a.dns_name
JOIN nlb_clusters k ON lower(trim(k.address)) = x.address LEFT JOIN w_name_owners b ON b.name = norm(k.server)
GROUP BY a.id;

-- v_array_balancing: one row per array, whether Windows NLB balances it.
-- index: id
CREATE VIEW v_array_balancing AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.member_count AS member_count, -- int: members, when all servers are known
  a.members AS members, -- identities: member servers
  a.addresses AS addresses, -- list: internal addresses of its name
  k.address AS nlb_address, -- text: that of them which is the address of a Windows NLB cluster
  k.cluster AS nlb_cluster, -- text: name of that cluster
  CASE WHEN k.id IS NOT NULL THEN (SELECT nullif(count(DISTINCT n.node), 0) FROM w_nlb_nodes n WHERE n.seen_from = k.asked) END AS node_count, -- int: nodes of that cluster, when exported
  CASE WHEN EXISTS (SELECT 1 FROM w_nlb_nodes n WHERE n.seen_from = k.asked)
       THEN coalesce((SELECT list_of(m.name) FROM w_array_servers m WHERE m.array_id = a.id AND m.is_member AND m.id NOT IN (SELECT n.node FROM w_nlb_nodes n WHERE n.seen_from = k.asked)), '[]') END AS members_outside, -- list: members that are no node of it
  coalesce((SELECT list_of(m.name) FROM w_array_servers m LEFT JOIN w_nlb n ON n.id = m.id WHERE m.array_id = a.id AND m.is_member AND n.is_bound IS NULL), '[]') AS unseen_members, -- list: members of which it is not known whether they are nodes of a cluster
  (SELECT min(m.name) FROM w_array_servers m WHERE m.array_id = a.id AND m.is_member AND m.id IN (SELECT n.node FROM w_nlb_nodes n)) AS node, -- identity(node_id): the first member that is a node
  (SELECT min(m.id) FROM w_array_servers m WHERE m.array_id = a.id AND m.is_member AND m.id IN (SELECT n.node FROM w_nlb_nodes n)
     AND m.name = (SELECT min(y.name) FROM w_array_servers y WHERE y.array_id = a.id AND y.is_member AND y.id IN (SELECT n.node FROM w_nlb_nodes n))) AS node_id, -- text: objectGUID of that member
  (SELECT min(m.id) FROM w_array_servers m JOIN v_nlb_servers n ON n.id = m.id WHERE m.array_id = a.id AND m.is_member AND n.in_group AND n.is_nlb_bound) AS group_node_id, -- text: objectGUID of a member that is a node and belongs to an availability group
  CASE WHEN k.id IS NOT NULL THEN 1
       WHEN a.member_count IS NOT NULL AND NOT EXISTS (SELECT 1 FROM w_array_servers m LEFT JOIN w_nlb n ON n.id = m.id WHERE m.array_id = a.id AND m.is_member AND coalesce(n.is_bound, 1) = 1) THEN 0
       WHEN a.resolves_internally AND a.member_count IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM w_array_servers m LEFT JOIN w_nlb n ON n.id = m.id WHERE m.array_id = a.id AND m.is_member AND n.is_bound IS NULL)
            AND NOT EXISTS (SELECT 1 FROM v_dns_addresses x WHERE x.view = 'internal' AND x.name = a.dns_name
            AND x.address NOT IN (SELECT b.address FROM settings_balancers b) AND x.address NOT IN (SELECT o.address FROM w_server_addresses o WHERE NOT o.is_vip)) THEN 0 END AS uses_nlb, -- bool: its name leads to a Windows NLB cluster; NULL when not known
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at, -- text: when it was read
  a.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  a.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_arrays a LEFT JOIN w_array_clusters k ON k.id = a.id;

-- w_service_principals: one row per array, Kerberos service class of MAPI and account that holds it.
-- index: array_id
CREATE VIEW w_service_principals AS SELECT DISTINCT
  a.id AS array_id, -- text: array
  lower(substr(j.value, 1, instr(j.value, '/') - 1)) AS class, -- text: exchangemdb, exchangerfr or exchangeab
  j.value AS spn, -- text: service principal name as stored
  p.id AS account_id, -- text: objectGUID of the account
  coalesce(p.account_name, p.name) AS account, -- text: its name
  fold(rtrim(coalesce(p.account_name, p.name), '$')) AS account_key, -- text: its name for comparison
  p.account_name IS NOT NULL AS is_exact, -- bool: that is the name by which servers call it
  s.id AS server_id -- text: objectGUID of the Exchange server whose computer account it is
FROM principals p, json_each(p.service_principal_names) j
JOIN w_arrays a ON instr(j.value, '/') > 0 AND a.dns_name = norm(substr(j.value, instr(j.value, '/') + 1))
LEFT JOIN w_name_owners n ON n.name = coalesce(norm(p.dns_host_name), norm(rtrim(coalesce(p.account_name, p.name), '$')))
LEFT JOIN v_servers s ON s.id = n.server_id
WHERE lower(substr(j.value, 1, instr(j.value, '/') - 1)) IN ('exchangemdb', 'exchangerfr', 'exchangeab');

-- w_service_accounts: one row per member server and account that it uses for Kerberos.
-- index: server_id
CREATE VIEW w_service_accounts AS SELECT DISTINCT
  n.server_id AS server_id, -- text: server
  fold(rtrim(substr(j.value, instr(j.value, '\') + 1), '$')) AS account_key -- text: account for comparison
FROM alternate_service_accounts v JOIN w_name_owners n ON n.name = norm(v.server), json_each(v.accounts) j;

-- w_carried: one row per array, shared account that holds one of its names, and member: whether the member carries the account.
-- index: array_id
CREATE VIEW w_carried AS SELECT
  a.array_id AS array_id, -- text: array
  a.account AS account, -- text: the account
  m.name AS member, -- text: the member
  CASE WHEN EXISTS (SELECT 1 FROM w_service_accounts y WHERE y.server_id = m.id AND y.account_key = a.account_key) THEN 1
       WHEN NOT EXISTS (SELECT 1 FROM w_exported x WHERE x.server_id = m.id AND x.section = 'alternate_service_accounts' AND x.is_whole) THEN NULL
       WHEN NOT EXISTS (SELECT 1 FROM w_service_accounts y WHERE y.server_id = m.id) THEN 0
       WHEN a.is_exact OR EXISTS (SELECT 1 FROM w_array_servers o JOIN w_service_accounts y ON y.server_id = o.id AND y.account_key = a.account_key WHERE o.array_id = a.array_id AND o.is_member) THEN 0 END AS is_carried -- bool: it does; NULL when not known
FROM (SELECT DISTINCT array_id, account, account_key, is_exact FROM w_service_principals WHERE server_id IS NULL) a
JOIN w_array_servers m ON m.array_id = a.array_id AND m.is_member;

-- w_kerberos_faults: one row per array and thing that is wrong with its Kerberos names.
-- index: id
CREATE VIEW w_kerberos_faults AS SELECT
  a.id AS id, -- text: array
  y.class || ' is held by several accounts' AS fault, -- text: what
  1 AS is_serious -- bool: clients are asked for passwords
FROM w_arrays a JOIN w_service_principals y ON y.array_id = a.id GROUP BY a.id, y.class HAVING count(DISTINCT y.account_id) > 1
UNION ALL SELECT DISTINCT a.id, 'the computer account of ' || y.account || ' holds a name that several members answer to', 1
FROM v_arrays a JOIN w_service_principals y ON y.array_id = a.id AND y.server_id IS NOT NULL WHERE a.seen_member_count > 1
UNION ALL SELECT DISTINCT a.id, 'the computer account of ' || y.account || ', which is no member, holds one', 1
FROM v_arrays a JOIN w_service_principals y ON y.array_id = a.id AND y.server_id IS NOT NULL
WHERE a.member_count = 1 AND y.server_id NOT IN (SELECT m.id FROM w_array_servers m WHERE m.array_id = a.id AND m.is_member)
UNION ALL SELECT DISTINCT y.array_id, y.member || ' does not carry the account ' || y.account, 1 FROM w_carried y WHERE y.is_carried = 0
UNION ALL SELECT a.id, 'no Kerberos name is registered', 0 FROM w_arrays a
WHERE a.dns_name IS NOT NULL AND EXISTS (SELECT 1 FROM sections n WHERE n.name = 'principals' AND n.status = 'complete')
  AND NOT EXISTS (SELECT 1 FROM w_service_principals y WHERE y.array_id = a.id)
UNION ALL SELECT a.id, k.class || ' is not registered', 0 FROM w_arrays a, (SELECT 'exchangeMDB' AS class UNION SELECT 'exchangeRFR' UNION SELECT 'exchangeAB') k
WHERE EXISTS (SELECT 1 FROM sections n WHERE n.name = 'principals' AND n.status = 'complete')
  AND EXISTS (SELECT 1 FROM w_service_principals y WHERE y.array_id = a.id)
  AND NOT EXISTS (SELECT 1 FROM w_service_principals y WHERE y.array_id = a.id AND y.class = lower(k.class));

-- v_array_kerberos: one row per array, with the accounts that hold its Kerberos names.
-- index: id
CREATE VIEW v_array_kerberos AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.dns_name AS dns_name, -- text: FQDN normalised
  a.member_count AS member_count, -- int: members, when all servers are known
  a.members AS members, -- identities: member servers
  coalesce((SELECT status FROM sections n WHERE n.name = 'principals'), 'not_collected') AS principals_status, -- text: complete, partial, failed or not_collected: how much of the domain partitions was seen
  coalesce((SELECT list_of(y.account) FROM w_service_principals y WHERE y.array_id = a.id), '[]') AS accounts, -- list: accounts that hold one of the names
  coalesce((SELECT list_of(y.account || ': ' || y.spn) FROM w_service_principals y WHERE y.array_id = a.id), '[]') AS holders, -- list: each name with its account
  coalesce((SELECT list_of(k.class || '/' || a.dns_name) FROM (SELECT 'exchangeMDB' AS class UNION SELECT 'exchangeRFR' UNION SELECT 'exchangeAB') k WHERE a.dns_name IS NOT NULL), '[]') AS service_names, -- list: the three names
  coalesce((SELECT list_of(f.fault) FROM w_kerberos_faults f WHERE f.id = a.id), '[]') AS faults, -- list: what is wrong
  EXISTS (SELECT 1 FROM w_kerberos_faults f WHERE f.id = a.id) AS has_fault, -- bool: something is
  EXISTS (SELECT 1 FROM w_kerberos_faults f WHERE f.id = a.id AND f.is_serious) AS has_serious_fault, -- bool: something that makes clients ask for passwords
  EXISTS (SELECT 1 FROM w_service_principals y WHERE y.array_id = a.id) AS is_registered, -- bool: some account is seen to hold one of the names
  coalesce((SELECT list_of(y.account) FROM w_service_principals y WHERE y.array_id = a.id AND y.server_id IS NOT NULL), '[]') AS server_accounts, -- list: computer accounts of servers among them
  (SELECT min(y.account) FROM w_service_principals y WHERE y.array_id = a.id AND y.server_id IS NULL) AS shared_account, -- text: an account among them that is no server's
  coalesce((SELECT list_of(y.member) FROM w_carried y WHERE y.array_id = a.id AND y.is_carried IS NULL), '[]') AS undecided_members, -- list: members of which it is not known whether they carry it
  CASE WHEN EXISTS (SELECT 1 FROM w_kerberos_faults f WHERE f.id = a.id) THEN 0
       WHEN a.member_count IS NULL OR a.dns_name IS NULL OR NOT EXISTS (SELECT 1 FROM sections n WHERE n.name = 'principals' AND n.status = 'complete') THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_carried y WHERE y.array_id = a.id AND y.is_carried IS NULL) THEN NULL
       WHEN a.member_count = 0 THEN NULL ELSE 1 END AS is_sound, -- bool: every name has one account, and all members can answer for it; NULL when not known
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at, -- text: when it was read
  a.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  a.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_arrays a;
