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
-- Functions: norm, host, covers, fqdn_problem (names.py); address_key, build_key, dnkey, fold, version_part, list_of,
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

-- v_products: one row per generation of Exchange, from the reference data.
-- index: product
CREATE VIEW v_products AS SELECT
  p.product AS product, -- text: 2007, 2010 ... SE
  build_key(p.from_version) AS from_key, -- text: the version from which on a server belongs to it, for comparison
  p.first_build AS first_build, -- text: first build
  p.last_build AS last_build, -- text: last known build
  p.last_name AS last_name, -- text: its name, such as SP3 RU32
  build_key(p.last_build) AS last_key, -- text: that build for comparison
  p.is_final = 'yes' AS is_final, -- bool: that build is the last for good
  nullif(p.support_ended, '') AS support_ended, -- text: first day without support; NULL while no day is set
  p.support_ended = '' OR substr(x.as_of, 1, 10) < p.support_ended AS is_supported -- bool: supported at the reference time
FROM data_products p CROSS JOIN v_context x;

-- v_coexistence: one row per migration target and generation, from the reference data: what setup accepts beside the target.
-- index: target, product
CREATE VIEW v_coexistence AS SELECT
  c.target AS target, -- text: 2013, 2016, 2019 or se
  c.product AS product, -- text: generation that is there already
  c.allowed = 'yes' AS is_allowed, -- bool: may stand beside the target
  build_key(c.minimum) AS minimum_key, -- text: the build that it needs for that, for comparison; NULL when any will do
  CASE WHEN c.allowed = 'no' THEN 'no Exchange ' || c.product || ' server in the organisation'
       WHEN c.minimum <> '' THEN c.minimum_name || ' (' || c.minimum || ') or later' ELSE 'any build' END AS required, -- text: what is required, for people
  nullif(c.refused_from, '') AS refused_from -- text: release of the target whose setup refuses it
FROM data_coexistence c;

-- w_sites: sites with the key that server and array records point to.
-- index: dn_key
-- index: name_key
CREATE VIEW w_sites AS SELECT
  id AS id, -- text: objectGUID
  name AS name, -- text: site name
  fold(name) AS name_key, -- text: site name for comparison
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

-- w_name_owners: the names by which exports call a server: short or fully qualified, each of one server only.
-- index: name
CREATE VIEW w_name_owners AS SELECT
  n.name AS name, -- text: normalised name
  min(n.id) AS server_id -- text: the server
FROM (SELECT dns_name AS name, id FROM w_servers WHERE dns_name IS NOT NULL UNION SELECT norm(name), id FROM w_servers) n
GROUP BY n.name HAVING count(*) = 1;

-- w_stated_servers: what the operator states of servers; what has ended is left out.
-- index: server_id
CREATE VIEW w_stated_servers AS SELECT
  n.server_id AS server_id, -- text: server
  min(o.state) AS state, -- text: maintenance or removal
  min(o.https) AS https, -- text: balancer_only
  max(o.nlb) AS nlb -- bool: member of a Windows NLB cluster
FROM settings_servers o JOIN w_name_owners n ON n.name = norm(o.name) GROUP BY n.server_id;

-- w_exported_builds: per server, what exports of its ExSetup.exe say.
-- index: id
CREATE VIEW w_exported_builds AS SELECT
  n.server_id AS id, -- text: server
  CASE WHEN count(DISTINCT build_key(b.build)) = 1 THEN max(b.build) END AS build -- text: build, when they agree
FROM server_builds b JOIN w_name_owners n ON n.name = norm(b.server) WHERE build_key(b.build) IS NOT NULL GROUP BY n.server_id;

-- w_shown_builds: per server, what Outlook Web App says under its name.
-- index: id
CREATE VIEW w_shown_builds AS SELECT
  n.server_id AS id, -- text: server
  CASE WHEN count(DISTINCT build_key(h.owa_version)) = 1 THEN max(h.owa_version) END AS build -- text: build, when it is one
FROM http_banners h JOIN w_name_owners n ON n.name = norm(h.host)
WHERE h.port = 443 AND h.owa_version LIKE '%.%.%.%' AND build_key(h.owa_version) IS NOT NULL GROUP BY n.server_id;

-- w_builds: per server the build that was seen, beside what the directory says. An Edge server shows there what it was when it was subscribed.
-- index: id
CREATE VIEW w_builds AS SELECT
  s.id AS id, -- text: server
  s.major || '.' || s.minor || coalesce('.' || s.build, '') AS directory_build, -- text: version as the directory shows it
  build_key(s.major || '.' || s.minor || '.' || coalesce(s.build, 0)) AS directory_low, -- text: the lowest build that this can be
  CASE WHEN coalesce((s.roles & 64) <> 0, 1) THEN build_key(s.major || '.99999.99999.99999')
       WHEN s.major < 15 OR s.build IS NULL THEN build_key(s.major || '.' || s.minor || '.99999.99999')
       ELSE build_key(s.major || '.' || s.minor || '.' || s.build || '.99999') END AS directory_high, -- text: the highest
  build_key(s.major || '.' || s.minor || '.' || coalesce(s.build, 99999)) AS product_high, -- text: the same version at its highest, Edge or not
  CASE WHEN e.id IS NOT NULL THEN e.build ELSE o.build END AS seen, -- text: build that was seen elsewhere
  CASE WHEN e.id IS NOT NULL THEN 'file version of ExSetup.exe' WHEN o.id IS NOT NULL THEN 'Outlook Web App over HTTPS' END AS seen_in, -- text: where
  substr(build_key(CASE WHEN e.id IS NOT NULL THEN e.build ELSE o.build END), 1, CASE WHEN (s.roles & 64) <> 0 THEN 5 ELSE 11 END)
    = substr(build_key(s.major || '.' || s.minor), 1, CASE WHEN (s.roles & 64) <> 0 THEN 5 ELSE 11 END) AS fits -- bool: it is of the version that the directory shows
FROM w_servers s LEFT JOIN w_exported_builds e ON e.id = s.id LEFT JOIN w_shown_builds o ON o.id = s.id;

-- w_server_versions: per server its generation and build.
-- index: id
CREATE VIEW w_server_versions AS SELECT
  b.id AS id, -- text: server
  CASE WHEN (SELECT max(p.from_key) FROM v_products p WHERE p.from_key <= b.directory_low) = (SELECT max(p.from_key) FROM v_products p WHERE p.from_key <= b.product_high)
       THEN (SELECT p.product FROM v_products p WHERE p.from_key <= b.directory_low ORDER BY p.from_key DESC LIMIT 1) END AS product, -- text: generation
  b.directory_build AS directory_build, -- text: version as the directory shows it
  CASE WHEN b.fits THEN b.seen END AS build, -- text: build
  CASE WHEN b.fits THEN b.seen_in END AS build_source, -- text: where it was seen
  CASE WHEN b.seen_in IS NOT NULL AND b.seen IS NULL THEN 'different builds of it were seen (' || b.seen_in || ')'
       WHEN NOT b.fits THEN 'the build ' || b.seen || ' that was seen (' || b.seen_in || ') is not of the version ' || b.directory_build || ' in the directory' END AS build_problem, -- text: why a build that was seen cannot be believed
  CASE WHEN b.fits THEN build_key(b.seen) ELSE b.directory_low END AS lowest_key, -- text: lowest possible build
  CASE WHEN b.fits THEN build_key(b.seen) ELSE b.directory_high END AS highest_key -- text: highest possible build
FROM w_builds b;

-- w_builds_2010: the known builds of Exchange 2010, from the reference data.
-- index: build_key
CREATE VIEW w_builds_2010 AS SELECT
  build_key(build) AS build_key, -- text: build for comparison
  name AS name, -- text: such as SP3 RU32
  service_pack AS service_pack -- text: such as SP3
FROM data_exchange_2010_builds;

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
      UNION SELECT lower(trim(n.address)), s.site_id FROM nlb_clusters n LEFT JOIN w_name_owners o ON o.name = norm(n.server)
            LEFT JOIN w_servers s ON s.id = o.server_id WHERE n.address IS NOT NULL) b;

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
  v.product AS product, -- text: Exchange generation: 2007, 2010 ... SE
  v.directory_build AS directory_build, -- text: version as the directory shows it: up to the service pack for 2007 and 2010, up to the cumulative update since 2013
  (SELECT min(k.service_pack) FROM w_builds_2010 k WHERE substr(k.build_key, 1, 11) = substr(build_key(v.directory_build), 1, 11)) AS service_pack, -- text: service pack of an Exchange 2010 server, such as SP3
  v.build AS build, -- text: exact build with its rollup, as its own files or Outlook Web App show it; NULL when not seen, never the directory's
  v.build_source AS build_source, -- text: where that was seen
  v.build_problem AS build_problem, -- text: why a build that was seen is not believed
  CASE WHEN v.build IS NOT NULL THEN v.lowest_key END AS build_key, -- text: that build for comparison
  (SELECT CASE WHEN k.build_key = v.lowest_key THEN k.name WHEN v.lowest_key > q.last_key THEN 'newer than ' || k.name ELSE k.name || ' with later fixes' END
     FROM w_builds_2010 k WHERE v.build IS NOT NULL AND k.build_key <= v.lowest_key AND substr(k.build_key, 1, 11) = substr(v.lowest_key, 1, 11)
     ORDER BY k.build_key DESC LIMIT 1) AS build_name, -- text: name of an Exchange 2010 build, such as SP3 RU32
  coalesce((SELECT k.name FROM w_builds_2010 k WHERE v.build IS NOT NULL AND k.build_key = v.lowest_key), v.build) AS rollup, -- text: equal for builds of one update: its name, else the build
  v.lowest_key AS lowest_build_key, -- text: its build is this or newer, by all that was seen
  v.highest_key AS highest_build_key, -- text: its build is this or older; an update rollup that was not seen may be any
  v.build IS NOT NULL AND v.lowest_key > q.last_key AS is_newer_than_known, -- bool: its build is newer than the reference data
  CASE WHEN q.is_final THEN q.last_build END AS final_build, -- text: last build of its generation, where that is final
  CASE WHEN q.is_final THEN q.last_name END AS final_build_name, -- text: name of that build
  CASE WHEN q.is_final AND v.lowest_key >= q.last_key THEN 1 WHEN q.is_final AND v.highest_key < q.last_key THEN 0 END AS has_final_build, -- bool: it runs that build or a newer one
  CASE WHEN q.is_final AND substr(v.lowest_key, 1, 11) >= substr(q.last_key, 1, 11) THEN 1
       WHEN q.is_final AND substr(v.highest_key, 1, 11) < substr(q.last_key, 1, 11) THEN 0 END AS has_final_service_pack, -- bool: it runs at least the service pack of that build
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
  (SELECT o.state FROM w_stated_servers o WHERE o.server_id = s.id) AS state, -- text: maintenance or removal, by the operator's word
  g.name AS availability_group, -- text: database availability group it belongs to
  coalesce((SELECT list_of(a.address) FROM w_server_addresses a WHERE a.server_id = s.id), '[]') AS addresses, -- list: internal addresses
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_servers s CROSS JOIN v_coverage c
JOIN w_server_versions v ON v.id = s.id
LEFT JOIN v_products q ON q.product = v.product
LEFT JOIN availability_groups g ON dnkey(g.dn) = s.dag_key;

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
-- index: server_id
CREATE VIEW v_database_copies AS SELECT
  c.id AS id, -- text: objectGUID
  dnkey(c.database_dn) AS database_key, -- text: normalised DN of the database
  s.name AS server, -- text: host server, when known
  s.id AS server_id, -- text: objectGUID of the host server
  s.site AS site, -- text: site of the host server
  s.site_id AS site_id, -- text: objectGUID of that site
  s.major AS server_major, -- int: major version of the host server
  v.product AS server_product, -- text: Exchange generation of the host server
  c.activation_preference AS activation_preference, -- int: 1 is activated first
  coalesce(c.activation_config, s.activation_config) AS activation_config -- int: 2 blocks activation
FROM database_copies c LEFT JOIN w_servers s ON s.dn_key = dnkey(c.host_server_dn) LEFT JOIN w_server_versions v ON v.id = s.id;

-- w_first_copies: the copies of each database that share its lowest activation preference.
-- index: database_key
CREATE VIEW w_first_copies AS SELECT
  c.database_key AS database_key, -- text: database
  count(*) AS copies, -- int: how many share it
  CASE WHEN count(*) = 1 THEN max(c.server_id) END AS server_id, -- text: host, when it is one
  CASE WHEN count(*) = count(c.site_id) AND count(DISTINCT c.site_id) = 1 THEN max(c.site_id) END AS site_id, -- text: their common site
  CASE WHEN count(*) = count(c.server_major) AND count(DISTINCT c.server_major) = 1 THEN max(c.server_major) END AS major, -- int: their common major version
  CASE WHEN count(*) = count(c.server_product) AND count(DISTINCT c.server_product) = 1 THEN max(c.server_product) END AS product -- text: their common generation
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
       WHEN d.master_dn IS NULL THEN o.major END AS major, -- int: major version of the host
  CASE WHEN f.database_key IS NOT NULL THEN f.product
       WHEN m.id IS NOT NULL THEN (SELECT v.product FROM w_server_versions v WHERE v.id = m.id)
       WHEN d.master_dn IS NULL THEN (SELECT v.product FROM w_server_versions v WHERE v.id = o.id) END AS product -- text: generation of the host
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

-- w_server_names: the names that stand for a server in a URL: its FQDN and its short name.
-- index: name
CREATE VIEW w_server_names AS SELECT
  n.name AS name, -- text: normalised name
  min(n.server) AS server -- text: the server that bears it
FROM (SELECT dns_name AS name, name AS server FROM w_servers WHERE dns_name IS NOT NULL
      UNION SELECT norm(name), name FROM w_servers) n GROUP BY n.name;

-- w_directory_gaps: what could not be seen of virtual directories, and of which server.
CREATE VIEW w_directory_gaps AS SELECT
  g.subject AS subject, -- text: what was asked
  (SELECT min(w.id) FROM w_servers w WHERE g.key = w.dn_key OR substr(g.key, -length(w.dn_key) - 1) = ',' || w.dn_key) AS server_id -- text: objectGUID of the server; NULL when it may be any
FROM (SELECT subject, dnkey(subject) AS key FROM gaps WHERE section = 'virtual_directories') g;

-- w_unread_directories: servers whose virtual directories may not have been seen in full.
-- index: server_id
CREATE VIEW w_unread_directories AS SELECT
  w.id AS server_id -- text: objectGUID
FROM w_servers w CROSS JOIN v_coverage c
CROSS JOIN (SELECT count(*) > 0 AND count(*) = count(server_id) AS placed FROM w_directory_gaps) p
WHERE NOT c.virtual_directories_complete
  AND (NOT p.placed OR w.id IN (SELECT server_id FROM w_directory_gaps WHERE server_id IS NOT NULL)
       OR NOT EXISTS (SELECT 1 FROM sections s WHERE s.name = 'virtual_directories' AND s.status = 'partial'));

-- v_virtual_directories: one row per HTTP virtual directory of a server; the back ends of newer servers are left out.
-- index: id
-- index: site_id, service
-- index: server_id
CREATE VIEW v_virtual_directories AS SELECT
  d.id AS id, -- text: objectGUID
  coalesce(s.name, '?') || '\' || d.name AS name, -- identity(id): server and directory, as cmdlets take it
  s.site AS site, -- text: site of the server
  s.site_id AS site_id, -- text: objectGUID of the site
  s.name AS server, -- identity(server_id): server
  s.id AS server_id, -- text: objectGUID of the server
  s.dns_name AS server_dns_name, -- text: its FQDN, normalised
  s.major AS server_major, -- int: its major version
  s.product AS server_product, -- text: its Exchange generation
  s.is_client_access_2010 AS is_client_access_2010, -- bool: it is an Exchange 2010 Client Access server
  d.service AS service, -- text: owa, ecp, ews, eas, oab, autodiscover, outlook_anywhere, powershell or mapi
  substr(d.name, instr(d.name || ' (', ' (') + 1) AS web_site, -- text: the web site in IIS that holds it, in parentheses
  d.service = 'owa' AND (lower(d.name) LIKE 'exchange (%' OR lower(d.name) LIKE 'public (%' OR lower(d.name) LIKE 'exchweb (%' OR lower(d.name) LIKE 'exadmin (%') AS is_legacy, -- bool: an Outlook Web Access directory for mailboxes of Exchange 2003
  d.internal_url AS internal_url, -- text: InternalUrl as stored
  d.external_url AS external_url, -- text: ExternalUrl as stored, of Outlook Anywhere the external host name
  d.bypass_url AS bypass_url, -- text: InternalNLBBypassUrl as stored
  d.unread NOT LIKE '%"internal_url"%' AS internal_read, -- bool: its InternalUrl could be read
  d.unread NOT LIKE '%"external_url"%' AS external_read, -- bool: its ExternalUrl could be read
  d.unread NOT LIKE '%"bypass_url"%' AS bypass_read, -- bool: its InternalNLBBypassUrl could be read
  host(d.internal_url) AS internal_host, -- text: normalised host of the InternalUrl
  host(d.external_url) AS external_host, -- text: normalised host of the ExternalUrl
  host(d.bypass_url) AS bypass_host, -- text: normalised host of the InternalNLBBypassUrl
  CASE WHEN EXISTS (SELECT 1 FROM w_server_names n WHERE n.name IN (host(d.internal_url), host(d.external_url))) THEN 1
       WHEN d.unread LIKE '%ternal_url"%' OR NOT c.servers_complete OR EXISTS (SELECT 1 FROM w_servers u WHERE u.fqdn_unread) THEN NULL
       ELSE 0 END AS carries_server_name, -- bool: one of the two URLs carries the name of an Exchange server; NULL while not all of both are known
  (SELECT n.server FROM w_server_names n WHERE n.name = host(d.internal_url)) AS internal_server, -- text: server whose name the InternalUrl carries
  (SELECT n.server FROM w_server_names n WHERE n.name = host(d.external_url)) AS external_server, -- text: server whose name the ExternalUrl carries
  lower(d.internal_url) LIKE 'http:%' AS internal_is_plain, -- bool: the InternalUrl is not encrypted
  lower(d.external_url) LIKE 'http:%' AS external_is_plain, -- bool: the ExternalUrl is not encrypted
  url_problem(d.internal_url, d.service) AS internal_problem, -- text: what is wrong with the form of the InternalUrl
  url_problem(d.external_url, d.service) AS external_problem, -- text: what is wrong with the form of the ExternalUrl
  CASE WHEN d.unread NOT LIKE '%"internal_authentication"%' THEN authentication(coalesce(d.internal_authentication, 0)) END AS internal_methods, -- text: authentication inside, of Outlook Anywhere that of IIS
  CASE WHEN d.unread NOT LIKE '%"external_authentication"%' THEN authentication(coalesce(d.external_authentication, 0)) END AS external_methods, -- text: authentication outside, of Outlook Anywhere that of clients
  d.source_origin AS source_origin, -- text: where it was read
  d.source_at AS source_at, -- text: when it was read
  d.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  d.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM virtual_directories d CROSS JOIN v_coverage c
LEFT JOIN w_servers w ON w.dn_key = dnkey(d.server_dn)
LEFT JOIN v_servers s ON s.id = w.id
WHERE lower(d.name) NOT LIKE '%(exchange back end)';

-- w_site_directories: one row per site: whether its directories show external URLs.
-- index: site_id
CREATE VIEW w_site_directories AS SELECT
  t.id AS site_id, -- text: site
  EXISTS (SELECT 1 FROM v_virtual_directories d WHERE d.site_id = t.id AND d.service IN ('owa', 'ecp', 'ews', 'eas', 'oab', 'mapi', 'outlook_anywhere') AND d.external_url IS NOT NULL) AS has_external, -- bool: some directory has an ExternalUrl, or Outlook Anywhere a host
  c.servers_complete AND NOT EXISTS (SELECT 1 FROM w_servers w WHERE w.site_unread)
    AND NOT EXISTS (SELECT 1 FROM v_servers s JOIN w_unread_directories u ON u.server_id = s.id WHERE s.site_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM v_virtual_directories d WHERE d.site_id = t.id AND NOT (d.internal_read AND d.external_read)) AS is_known -- bool: all servers of the site and all their URLs were seen
FROM w_sites t CROSS JOIN v_coverage c;

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
WHERE u.name IS NOT NULL AND u.service NOT IN ('powershell', 'autodiscover') AND lower(u.object) NOT LIKE '%(exchange back end)';

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

-- w_mailbox_counts: mailboxes by database, from an export.
-- index: name_key
CREATE VIEW w_mailbox_counts AS SELECT
  fold(m.database) AS name_key, -- text: database name for comparison
  sum(m.count) AS count -- int: how many
FROM mailbox_counts m GROUP BY fold(m.database);

-- w_batches: databases whose mailboxes are all in an approved migration batch, by the operator's word.
-- index: name_key
CREATE VIEW w_batches AS SELECT DISTINCT
  fold(m.database) AS name_key -- text: database name for comparison
FROM settings_migration m;

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
  fold(d.name) IN (SELECT name_key FROM w_batches) AS in_migration_batch, -- bool: all its mailboxes are in an approved migration batch, by the operator's word
  d.created AS created, -- text: whenCreated
  h.product AS host_product, -- text: Exchange generation of its host
  d.oab_dn AS offline_address_book, -- text: DN of its offline address book
  CASE WHEN d.unread LIKE '%"oab_dn"%' THEN NULL
       ELSE d.oab_dn IS NOT NULL AND lower(d.oab_dn) NOT LIKE '%\0adel:%' AND lower(d.oab_dn) NOT LIKE '%cn=deleted objects,%' END AS has_offline_address_book, -- bool: that is set, and not a deleted object
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
LEFT JOIN w_mailbox_counts m ON m.name_key = fold(d.name);

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
  CASE WHEN r.unread NOT LIKE '%"legacy_exchange_dn"%' THEN coalesce(norm(last_part(r.legacy_exchange_dn)) <> a.dns_name, 0) END AS legacy_name_differs, -- bool: databases are joined by another name than the FQDN
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
  EXISTS (SELECT 1 FROM w_server_addresses w JOIN v_servers s ON s.id = w.server_id WHERE w.is_vip AND s.site_id = t.id AND s.is_client_access_2010)
    OR EXISTS (SELECT 1 FROM w_balancers b WHERE b.site_id = t.id OR EXISTS (SELECT 1 FROM w_subnets s WHERE s.site_id = t.id AND address_key(b.address, 0) BETWEEN s.first AND s.last)) AS site_has_balancer, -- bool: an address of a load balancer of the site is known: named as such, or shared by its servers
  CASE WHEN EXISTS (SELECT 1 FROM w_aliases x WHERE x.view = 'internal' AND x.name = n.name) THEN 1
       WHEN (SELECT max(d.has_record) FROM w_dns d WHERE d.view = 'internal' AND d.name = n.name) IS NOT NULL THEN 0 END AS is_alias, -- bool: some internal resolver answered with an alias (CNAME); NULL when none answered
  (SELECT x.target FROM w_aliases x WHERE x.view = 'internal' AND x.name = n.name AND x.place = 0 ORDER BY x.resolver, x.record_type LIMIT 1) AS alias_target, -- text: what it is an alias of, inside
  (SELECT x.target || '.' FROM w_aliases x WHERE x.view = 'internal' AND x.name = n.name AND x.place = 0 ORDER BY x.resolver, x.record_type LIMIT 1) AS absolute_alias_target, -- text: the same with a trailing dot
  (SELECT x.ttl FROM w_aliases x WHERE x.view = 'internal' AND x.name = n.name AND x.place = 0 ORDER BY x.resolver, x.record_type LIMIT 1) AS alias_ttl, -- int: TTL of the alias, seconds
  (SELECT min(s.name) FROM w_aliases x JOIN w_servers s ON s.dns_name = x.target WHERE x.view = 'internal' AND x.name = n.name) AS alias_server, -- text: server whose FQDN it is an alias of
  EXISTS (SELECT 1 FROM w_aliases x JOIN settings_balancer_names b ON b.name = x.target WHERE x.view = 'internal' AND x.name = n.name) AS alias_is_managed, -- bool: it is an alias of a name that the balancer manages, by the operator's word
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
  CASE WHEN (SELECT max(t.internet_facing) FROM w_certificate_sites y JOIN v_sites t ON t.id = y.site_id WHERE y.certificate_id = c.sha1) = 1 THEN 1
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN v_https_uses u ON u.name = y.host AND u.scope = 'external' WHERE y.certificate_id = c.sha1) THEN 1
       WHEN k.known AND (SELECT count(*) = count(t.internet_facing) AND count(*) > 0 FROM w_certificate_sites y LEFT JOIN v_sites t ON t.id = y.site_id WHERE y.certificate_id = c.sha1) THEN 0 END AS internet_facing, -- bool: some site of its servers faces the Internet; NULL when not known
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
  CASE WHEN p.is_own OR EXISTS (SELECT 1 FROM w_balancers b WHERE b.address = x.address AND b.site_id = x.site_id) THEN 'own'
       WHEN p.may_be_own THEN NULL
       WHEN p.owner IS NOT NULL THEN 'foreign'
       WHEN NOT c.servers_complete OR NOT c.sites_complete THEN NULL
       WHEN p.in_subnet THEN 'own'
       WHEN EXISTS (SELECT 1 FROM w_balancers b WHERE b.address = x.address AND coalesce(b.site_id, x.site_id) = x.site_id) THEN 'own'
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
   OR (is_private_address(y.name) IS NULL AND (instr(y.name, '.') = 0 OR EXISTS (SELECT 1 FROM (SELECT suffix FROM data_internal_suffixes UNION SELECT norm(ltrim(suffix, '.')) FROM settings_suffixes) d WHERE y.name LIKE '%.' || d.suffix)));

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

-- v_mail_domains: one row per accepted domain, and per other domain in which mailboxes have their primary address.
-- index: domain
CREATE VIEW v_mail_domains AS SELECT
  d.domain AS domain, -- text: normalised domain
  'autodiscover.' || d.domain AS discovery_name, -- text: the name under which Outlook looks for its settings
  d.domain LIKE '*%' AS is_wildcard, -- bool: stands for all subdomains
  d.domain LIKE '%.onmicrosoft.com' AS is_cloud, -- bool: belongs to Exchange Online
  EXISTS (SELECT 1 FROM (SELECT suffix FROM data_internal_suffixes UNION SELECT norm(ltrim(suffix, '.')) FROM settings_suffixes) x
     WHERE d.domain = x.suffix OR d.domain LIKE '%.' || x.suffix) OR instr(d.domain, '.') = 0 AS is_internal, -- bool: of an internal suffix, so that no public zone holds it and no public authority certifies it
  CASE WHEN max(d.is_accepted) = 0 AND c.accepted_domains_complete THEN 0 ELSE max(d.is_relay) END AS is_relay, -- bool: mail for it is passed on, it is not authoritative; NULL when its type could not be read
  CASE WHEN max(d.mailboxes) > 0 THEN 1
       WHEN EXISTS (SELECT 1 FROM sections s WHERE s.name = 'mail_domains' AND s.status = 'complete') THEN 0
       WHEN max(d.is_default) = 1 THEN 1 END AS is_in_use, -- bool: mailboxes have their primary address in it, by an export; without one it is taken for granted of the default domain
  CASE WHEN max(d.mailboxes) > 0 THEN 'export' WHEN EXISTS (SELECT 1 FROM sections s WHERE s.name = 'mail_domains' AND s.status = 'complete') THEN 'export'
       WHEN max(d.is_default) = 1 THEN 'default domain' END AS in_use_source -- text: where that is taken from: export or default domain
FROM (SELECT norm(a.domain) AS domain, 1 AS is_accepted, (a.flags & 3) <> 0 AS is_relay, (a.flags & 4) <> 0 AS is_default, 0 AS mailboxes FROM accepted_domains a WHERE norm(a.domain) IS NOT NULL
      UNION ALL SELECT norm(m.domain), 0, NULL, 0, m.count FROM mail_domains m WHERE norm(m.domain) IS NOT NULL) d CROSS JOIN v_coverage c
GROUP BY d.domain;

-- w_service_records: one row per mail domain, the external SRV record of its Autodiscover service.
-- index: domain
CREATE VIEW w_service_records AS SELECT
  d.domain AS domain, -- text: mail domain
  CASE WHEN max(a.record_type = 'SRV' AND a.status = 'answer') = 1 THEN 1
       WHEN max(a.status = 'nxdomain' OR (a.record_type = 'SRV' AND a.status = 'no_data')) = 1 THEN 0 END AS has_record, -- bool: it exists; NULL when nobody answered
  (SELECT norm(replace(j.value, rtrim(j.value, replace(j.value, ' ', '')), '')) FROM dns_answers o, json_each(o."values") j
     WHERE o.view = 'external' AND o.record_type = 'SRV' AND o.name = '_autodiscover._tcp.' || d.domain ORDER BY j.value LIMIT 1) AS target -- text: host that it names
FROM v_mail_domains d LEFT JOIN dns_answers a ON a.view = 'external' AND a.name = '_autodiscover._tcp.' || d.domain GROUP BY d.domain;

-- w_client_uses: one row per name, view in which clients look it up, and kind of use.
-- index: name
CREATE VIEW w_client_uses AS SELECT
  u.name AS name, -- text: normalised name
  u.scope AS scope, -- text: internal or external
  CASE u.service WHEN 'scp' THEN 'Autodiscover address' WHEN 'outlook_anywhere' THEN 'Outlook Anywhere' ELSE u.service || CASE u.scope WHEN 'internal' THEN ' InternalUrl' ELSE ' ExternalUrl' END END
    || ' of ' || coalesce(min(u.server), 'no known server') || CASE count(DISTINCT u.server) WHEN 0 THEN '' WHEN 1 THEN '' ELSE ' and ' || (count(DISTINCT u.server) - 1) || ' more' END AS shown -- text: what uses it
FROM v_https_uses u GROUP BY u.name, u.scope, u.service;

-- v_client_names: one row per name that HTTPS clients look up, inside, outside, or for Autodiscover of a mail domain.
-- index: id
CREATE VIEW v_client_names AS SELECT
  n.name AS id, -- text: normalised name
  n.name AS name, -- text: normalised name
  n.name || '.' AS absolute_name, -- text: the name with a trailing dot, for nslookup
  (SELECT max(u.site) FROM v_https_uses u WHERE u.name = n.name HAVING count(DISTINCT u.site) = 1 AND count(*) = count(u.site)) AS site, -- text: site of the servers that publish it, when it is one
  n.name LIKE '%.%' AS has_domain, -- bool: more than one label
  n.used_inside AS used_inside, -- bool: an InternalUrl or an Autodiscover address carries it; NULL when not all were seen
  n.used_outside AS used_outside, -- bool: an ExternalUrl or Outlook Anywhere carries it; NULL when not all were seen
  coalesce((SELECT list_of(y.shown) FROM (SELECT w.shown FROM w_client_uses w WHERE w.name = n.name
     UNION SELECT 'Autodiscover of mail domain ' || m.domain WHERE m.domain IS NOT NULL) y), '[]') AS users, -- list: what uses it
  m.domain AS mail_domain, -- text: mail domain whose Autodiscover name it is
  m.is_in_use AS domain_in_use, -- bool: mailboxes have their primary address in that domain; NULL when not known
  m.in_use_source AS domain_in_use_source, -- text: where that is taken from: export or default domain
  CASE WHEN m.is_wildcard THEN 'it stands for subdomains' WHEN m.is_cloud THEN 'it belongs to Exchange Online'
       WHEN m.is_relay THEN 'its mail is passed on to another system' WHEN m.is_internal THEN 'no public zone holds an internal name' WHEN m.is_in_use = 0 THEN 'no mailbox has its primary address in it' END AS domain_exclusion, -- text: why that domain needs no Autodiscover name
  n.resolves_inside AS resolves_internally, -- bool: has an address inside; NULL when not answered
  n.resolves_outside AS resolves_externally, -- bool: has an address outside; NULL when not answered
  r.has_record AS has_srv_externally, -- bool: the domain has a service record for Autodiscover outside; NULL when not asked or not answered
  CASE WHEN n.used_inside = 0 OR n.resolves_inside THEN 1 WHEN n.used_inside THEN n.resolves_inside END AS found_inside, -- bool: clients inside that need it find it
  CASE WHEN n.used_outside = 0 OR n.resolves_outside THEN 1 WHEN n.used_outside THEN n.resolves_outside END AS found_outside, -- bool: clients outside that were given it find it
  CASE WHEN n.recorded_outside OR r.has_record THEN 1
       WHEN m.domain IS NULL THEN CASE WHEN c.accepted_domains_complete OR n.name NOT LIKE 'autodiscover.%' THEN 1 END
       WHEN m.is_wildcard OR m.is_cloud OR m.is_relay OR m.is_internal OR m.is_in_use = 0 THEN 1
       WHEN n.recorded_outside = 0 AND r.has_record = 0 AND m.is_in_use AND m.is_relay = 0 THEN 0 END AS found_for_domain, -- bool: clients outside find Autodiscover of the mail domain, by this name or by a service record
  (SELECT min(a.source_origin) FROM dns_answers a WHERE a.name = n.name) AS source_origin, -- text: where it was read
  (SELECT min(a.source_at) FROM dns_answers a WHERE a.name = n.name) AS source_at -- text: when it was read
FROM (SELECT x.name,
        CASE WHEN EXISTS (SELECT 1 FROM w_client_uses u WHERE u.name = x.name AND u.scope = 'internal') THEN 1 WHEN k.known THEN 0 END AS used_inside,
        CASE WHEN EXISTS (SELECT 1 FROM w_client_uses u WHERE u.name = x.name AND u.scope = 'external') THEN 1 WHEN k.known THEN 0 END AS used_outside,
        (SELECT max(d.resolves) FROM w_dns d WHERE d.view = 'internal' AND d.name = x.name) AS resolves_inside,
        (SELECT max(d.resolves) FROM w_dns d WHERE d.view = 'external' AND d.name = x.name) AS resolves_outside,
        (SELECT max(d.has_record) FROM w_dns d WHERE d.view = 'external' AND d.name = x.name) AS recorded_outside
      FROM (SELECT name FROM w_client_uses UNION SELECT discovery_name FROM v_mail_domains) x CROSS JOIN w_https_known k) n
CROSS JOIN v_coverage c
LEFT JOIN v_mail_domains m ON m.discovery_name = n.name
LEFT JOIN w_service_records r ON r.domain = m.domain
WHERE address_key(n.name, 0) IS NULL;

-- w_url_hosts: one row per site, generation of servers, kind of URL and host that they publish.
-- index: site_id
CREATE VIEW w_url_hosts AS SELECT
  u.site_id AS site_id, -- text: site
  u.generation AS generation, -- text: 2010 or newer
  u.kind AS kind, -- text: service, and InternalUrl or ExternalUrl
  u.host AS host, -- text: normalised host
  u.host || ' (' || min(u.server) || CASE count(DISTINCT u.server_id) WHEN 1 THEN '' ELSE ' and ' || (count(DISTINCT u.server_id) - 1) || ' more' END || ')' AS shown -- text: host with its servers
FROM (SELECT d.site_id, CASE WHEN d.is_client_access_2010 THEN '2010' WHEN d.server_major > 14 THEN 'newer' END AS generation, d.service,
        d.service || CASE j.value WHEN 0 THEN ' InternalUrl' ELSE ' ExternalUrl' END AS kind,
        CASE j.value WHEN 0 THEN d.internal_host ELSE d.external_host END AS host, d.server, d.server_id
      FROM v_virtual_directories d, json_each('[0, 1]') j) u
WHERE u.site_id IS NOT NULL AND u.host IS NOT NULL
  AND (u.service IN ('owa', 'ecp', 'ews', 'eas', 'oab') OR (u.service = 'outlook_anywhere' AND u.generation = 'newer'))
  AND u.generation IS NOT NULL
GROUP BY u.site_id, u.generation, u.kind, u.host;

-- w_split_hosts: those kinds of URL of one site and generation that have more than one host.
-- index: site_id
CREATE VIEW w_split_hosts AS SELECT
  h.site_id AS site_id, -- text: site
  h.kind || ': ' || h.shown AS shown -- text: kind of URL, and one of its hosts with servers
FROM w_url_hosts h
JOIN (SELECT site_id, generation, kind FROM w_url_hosts GROUP BY site_id, generation, kind HAVING count(*) > 1) m
  ON m.site_id = h.site_id AND m.generation = h.generation AND m.kind = h.kind;

-- w_apart: web sites of servers where the hosts of Outlook Web App and of its control panel differ.
-- index: site_id
CREATE VIEW w_apart AS SELECT
  o.site_id AS site_id, -- text: site
  o.server || ': owa ' || CASE WHEN o.internal_host <> e.internal_host THEN o.internal_host ELSE o.external_host END
    || ', ecp ' || CASE WHEN o.internal_host <> e.internal_host THEN e.internal_host ELSE e.external_host END AS shown -- text: server with both hosts
FROM v_virtual_directories o JOIN v_virtual_directories e ON e.server_id = o.server_id AND e.service = 'ecp' AND e.web_site = o.web_site
WHERE o.service = 'owa' AND NOT o.is_legacy AND (o.internal_host <> e.internal_host OR o.external_host <> e.external_host);

-- w_anywhere: one row per Exchange 2010 Client Access server and Outlook Anywhere directory of it.
-- index: site_id
CREATE VIEW w_anywhere AS SELECT
  s.site_id AS site_id, -- text: site
  s.id AS server_id, -- text: server
  s.name AS server, -- text: its name
  CASE WHEN d.id IS NOT NULL THEN 1 WHEN s.id NOT IN (SELECT server_id FROM w_unread_directories) THEN 0 END AS is_enabled, -- bool: Outlook Anywhere is enabled there
  d.id AS directory_id, -- text: objectGUID of the directory
  d.name AS directory, -- text: its name
  CASE WHEN d.external_read THEN coalesce(d.external_host, 'none') END AS host, -- text: external host
  d.external_methods AS client_methods, -- text: authentication of clients
  d.internal_methods AS iis_methods -- text: authentication of IIS
FROM v_servers s LEFT JOIN v_virtual_directories d ON d.server_id = s.id AND d.service = 'outlook_anywhere'
WHERE s.is_client_access_2010 AND s.site_id IS NOT NULL;

-- v_site_urls: one row per site with Exchange servers: how their HTTPS settings agree.
-- index: id
CREATE VIEW v_site_urls AS SELECT
  t.id AS id, -- text: objectGUID
  t.name AS name, -- text: site name
  t.name AS site, -- text: the same, for reports
  (SELECT count(*) FROM w_https_servers s WHERE s.site_id = t.id AND s.is_client_access) AS seen_https_server_count, -- int: servers seen that give clients HTTPS
  CASE WHEN t.client_access_count IS NOT NULL AND NOT EXISTS (SELECT 1 FROM w_https_servers s WHERE s.site_id = t.id AND s.is_client_access IS NULL)
       THEN (SELECT count(*) FROM w_https_servers s WHERE s.site_id = t.id) END AS https_server_count, -- int: the same, when all servers are known
  coalesce((SELECT identities(s.name, s.id) FROM w_https_servers s WHERE s.site_id = t.id AND s.is_client_access), '[]') AS https_servers, -- identities: those servers
  coalesce((SELECT list_of(h.shown) FROM w_split_hosts h WHERE h.site_id = t.id), '[]') AS split_hosts, -- list: kinds of URL that servers of one generation publish under several hosts
  coalesce((SELECT list_of(a.shown) FROM w_apart a WHERE a.site_id = t.id), '[]') AS apart_hosts, -- list: servers where Outlook Web App and its control panel have different hosts
  x.is_known AS urls_known, -- bool: all servers of the site and all their URLs were seen
  t.client_access_count AS client_access_count, -- int: 2010 Client Access servers, when all servers are known
  t.seen_client_access_count AS seen_client_access_count, -- int: 2010 Client Access servers seen
  coalesce((SELECT list_of(a.server || CASE WHEN a.is_enabled THEN ': ' || coalesce(a.host, 'host not known') || ', clients ' || coalesce(a.client_methods, 'not known') || ', IIS ' || coalesce(a.iis_methods, 'not known')
      WHEN a.is_enabled = 0 THEN ': off' ELSE ': not known' END) FROM w_anywhere a WHERE a.site_id = t.id), '[]') AS anywhere_settings, -- list: Outlook Anywhere of each 2010 Client Access server
  (SELECT CASE WHEN max(a.is_enabled) > min(a.is_enabled) OR count(DISTINCT a.host) > 1 OR count(DISTINCT a.client_methods) > 1 OR count(DISTINCT a.iis_methods) > 1 THEN 0
               WHEN t.client_access_count IS NULL OR count(a.is_enabled) < count(*) THEN NULL
               WHEN max(a.is_enabled) = 0 THEN 1
               WHEN count(a.host) = count(*) AND count(a.client_methods) = count(*) AND count(a.iis_methods) = count(*) THEN 1 END
     FROM w_anywhere a WHERE a.site_id = t.id) AS anywhere_agrees, -- bool: Outlook Anywhere is set alike on all 2010 Client Access servers
  coalesce((SELECT identities(a.directory, a.directory_id) FROM w_anywhere a WHERE a.site_id = t.id AND a.is_enabled), '[]') AS anywhere_directories, -- identities: its directories
  coalesce((SELECT identities(a.server, a.server_id) FROM w_anywhere a WHERE a.site_id = t.id AND a.is_enabled = 0), '[]') AS servers_without_anywhere, -- identities: 2010 Client Access servers without it
  t.source_origin AS source_origin, -- text: where it was read
  t.source_at AS source_at -- text: when it was read
FROM v_sites t JOIN w_site_directories x ON x.site_id = t.id
WHERE EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = t.id);

-- w_points: Autodiscover service connection points, and the server that each stands for.
-- index: id
-- index: server_id
CREATE VIEW w_points AS SELECT
  p.id AS id, -- text: objectGUID
  s.id AS server_id, -- text: server above it, or else the one whose name it bears
  coalesce(s.name, p.service_dns_name, p.name) AS name, -- text: name of that server, or the one it bears
  CASE WHEN EXISTS (SELECT 1 FROM json_each(p.uris) j WHERE lower(j.value) LIKE 'ldap:%') THEN 0
       WHEN EXISTS (SELECT 1 FROM json_each(p.keywords) j WHERE fold(j.value) = '77378f46-2c66-4aa9-a6a6-3e7a48b19596') THEN 1
       WHEN p.unread NOT LIKE '%"keywords"%' THEN 0 END AS is_address, -- bool: it holds the address of Autodiscover, it is no pointer to another forest and no other product's
  p.unread NOT LIKE '%"keywords"%' AS scope_read, -- bool: its sites could be read
  p.unread NOT LIKE '%"uris"%' AS uris_read -- bool: its addresses could be read
FROM service_connection_points p
LEFT JOIN w_servers w ON w.dn_key = dnkey(p.server_dn)
LEFT JOIN w_servers s ON s.id = coalesce(w.id, (SELECT min(n.id) FROM w_servers n WHERE norm(n.name) IN (norm(p.service_dns_name), norm(p.name)) OR n.dns_name = norm(p.service_dns_name)));

-- w_scopes: one row per service connection point and site that it names.
-- index: id
-- index: site_id
CREATE VIEW w_scopes AS SELECT DISTINCT
  p.id AS id, -- text: service connection point
  trim(substr(j.value, 6)) AS site, -- text: site as it names it
  t.id AS site_id -- text: objectGUID of the site of that name; NULL when there is none
FROM w_points p JOIN service_connection_points r ON r.id = p.id, json_each(r.keywords) j LEFT JOIN w_sites t ON t.name_key = fold(substr(j.value, 6))
WHERE lower(j.value) LIKE 'site=%' AND coalesce(p.is_address, 1) = 1;

-- w_point_uris: one row per service connection point and address, and what is wrong with it.
-- index: id
CREATE VIEW w_point_uris AS SELECT
  u.id AS id, -- text: service connection point
  u.uri AS uri, -- text: address as stored
  u.host AS host, -- text: its normalised host
  lower(trim(u.uri)) NOT LIKE 'https:%' AS is_plain, -- bool: not https
  url_problem(u.uri, 'scp') AS problem, -- text: what is wrong with its form
  (SELECT n.server FROM w_server_names n WHERE n.name = u.host) AS names_server, -- text: server whose name it carries
  (SELECT min(a.name) FROM w_arrays a WHERE a.dns_name = u.host) AS names_array, -- text: array whose name it carries
  CASE WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = u.host || ':443' AND e.with_sni AND covers(e.names, u.host) = 0) THEN 0
       WHEN h.reaches_servers AND EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = s.endpoint AND e.with_sni AND covers(e.names, u.host) = 0) THEN 0
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = u.host || ':443' AND e.with_sni AND covers(e.names, u.host) = 1) THEN 1
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = s.endpoint)
            AND NOT EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = s.endpoint AND e.with_sni AND coalesce(covers(e.names, u.host), 0) = 0) THEN 1 END AS is_covered -- bool: the certificate that clients meet there stands for its host
FROM (SELECT p.id, p.server_id, j.value AS uri, host(j.value) AS host FROM w_points p JOIN service_connection_points r ON r.id = p.id, json_each(r.uris) j WHERE coalesce(p.is_address, 1) = 1) u
LEFT JOIN w_https_servers s ON s.id = u.server_id
LEFT JOIN w_shared_hosts h ON h.name = u.host;

-- w_point_faults: one row per service connection point and fault of its addresses.
-- index: id
CREATE VIEW w_point_faults AS SELECT
  u.id AS id, -- text: service connection point
  k.value AS kind, -- int: 0 not encrypted, 1 not on the certificate, 2 a server's name, 3 an array's name, 4 its form
  CASE k.value WHEN 0 THEN 'it is not https'
       WHEN 1 THEN 'the certificate that clients meet there lacks its host'
       WHEN 2 THEN 'it carries the name of server ' || u.names_server
       WHEN 3 THEN 'it carries the name of array ' || u.names_array || ', which answers no Autodiscover'
       ELSE u.problem END AS fault, -- text: what is wrong
  k.value < 2 AS is_grave -- bool: clients are warned or turned away
FROM w_point_uris u, json_each('[0, 1, 2, 3, 4]') k
WHERE CASE k.value WHEN 0 THEN u.is_plain WHEN 1 THEN u.is_covered = 0 WHEN 2 THEN u.names_server IS NOT NULL
           WHEN 3 THEN u.names_array IS NOT NULL AND u.names_server IS NULL ELSE u.problem IS NOT NULL END;

-- v_service_connection_points: one row per Autodiscover service connection point.
-- index: id
CREATE VIEW v_service_connection_points AS SELECT
  p.id AS id, -- text: objectGUID
  p.name AS name, -- text: name of the server it stands for
  s.site AS site, -- text: site of that server
  s.site_id AS site_id, -- text: objectGUID of that site
  s.name AS server, -- identity(server_id): that server, when it exists
  s.id AS server_id, -- text: objectGUID of that server
  r.dn AS dn, -- text: its distinguished name
  r.service_dns_name AS service_dns_name, -- text: host name that it bears
  p.is_address AS is_address, -- bool: it holds the address of Autodiscover, it is no pointer to another forest and no other product's
  r.uris AS uris, -- list: its addresses
  p.uris_read AS uris_read, -- bool: they could be read
  coalesce((SELECT list_of(w.site) FROM w_scopes w WHERE w.id = p.id), '[]') AS scope, -- list: sites that it names
  coalesce((SELECT list_of(f.fault) FROM w_point_faults f WHERE f.id = p.id), '[]') AS faults, -- list: what is wrong with its addresses
  CASE WHEN p.uris_read THEN r.uris = '[]' END AS is_empty, -- bool: it has no address
  CASE WHEN EXISTS (SELECT 1 FROM w_point_faults f WHERE f.id = p.id AND f.is_grave) THEN 1
       WHEN NOT p.uris_read OR EXISTS (SELECT 1 FROM w_point_uris u WHERE u.id = p.id AND u.is_covered IS NULL) THEN NULL
       ELSE r.uris = '[]' END AS is_grave, -- bool: no address, one without https, or one that is not on the certificate; NULL when the certificate was not seen
  (SELECT min(f.kind = 2) FROM w_point_faults f WHERE f.id = p.id) AS only_names_server, -- bool: a server's name is all that is wrong
  CASE WHEN EXISTS (SELECT 1 FROM w_point_faults f WHERE f.id = p.id) OR (p.uris_read AND r.uris = '[]') THEN 0
       WHEN NOT p.uris_read OR NOT c.servers_complete OR NOT c.arrays_complete THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_servers w WHERE w.fqdn_unread) OR EXISTS (SELECT 1 FROM w_arrays a WHERE a.fqdn_unread) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_point_uris u WHERE u.id = p.id AND u.is_covered IS NULL) THEN NULL
       ELSE 1 END AS is_sound, -- bool: nothing is wrong with its addresses
  CASE WHEN p.server_id IS NULL THEN CASE WHEN c.servers_complete THEN 1 END
       WHEN s.is_nxdomain THEN 1 WHEN s.resolves_internally AND s.answered_on_tls THEN 0 END AS is_orphan, -- bool: its server does not exist or looks gone (CAS-SERVER-009)
  (SELECT count(*) FROM w_https_servers h WHERE h.site_id = s.site_id AND h.is_client_access) AS seen_https_server_count, -- int: servers seen in that site that give clients HTTPS
  coalesce((SELECT identities(x.name, x.id) FROM v_servers x WHERE x.id = s.id AND (x.major < 15 OR (x.major = 15 AND x.minor = 0))), '[]') AS point_servers, -- identities: the server, where Set-ClientAccessServer changes it
  coalesce((SELECT identities(x.name, x.id) FROM v_servers x WHERE x.id = s.id AND (x.major > 15 OR (x.major = 15 AND x.minor > 0))), '[]') AS newer_point_servers, -- identities: the server, where Set-ClientAccessService does
  r.created AS created, -- text: whenCreated
  r.source_origin AS source_origin, -- text: where it was read
  r.source_at AS source_at, -- text: when it was read
  r.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  r.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_points p JOIN service_connection_points r ON r.id = p.id CROSS JOIN v_coverage c LEFT JOIN v_servers s ON s.id = p.server_id;

-- v_autodiscover_sites: one row per site that some Autodiscover service connection point names.
-- index: id
CREATE VIEW v_autodiscover_sites AS SELECT
  t.id AS id, -- text: objectGUID
  t.name AS name, -- text: site name
  t.name AS site, -- text: the same, for reports
  count(DISTINCT u.host) AS host_count, -- int: different hosts that its clients are given
  list_of(coalesce(substr(v.created, 1, 10), 'unknown') || ' ' || v.name || ': ' || coalesce(u.uri, 'no address')) AS addresses, -- list: addresses with their servers, oldest first, as Outlook tries them
  c.service_connection_points_complete AND NOT EXISTS (SELECT 1 FROM w_points x WHERE NOT x.scope_read)
    AND min(v.uris_read) = 1 AND min(v.is_address IS NOT NULL) = 1 AS is_known, -- bool: all of them were seen, with their addresses
  max(coalesce(v.is_grave, 0) OR v.faults <> '[]' OR coalesce(v.is_orphan, 0)) AS has_fault, -- bool: one of them fails CAS-SCP-002 or CAS-SCP-003
  coalesce((SELECT identities(z.name, z.id) FROM w_scopes g JOIN w_points q ON q.id = g.id JOIN v_servers z ON z.id = q.server_id WHERE g.site_id = t.id AND (z.major < 15 OR (z.major = 15 AND z.minor = 0))), '[]') AS point_servers, -- identities: their servers, where Set-ClientAccessServer changes the address
  coalesce((SELECT identities(z.name, z.id) FROM w_scopes g JOIN w_points q ON q.id = g.id JOIN v_servers z ON z.id = q.server_id WHERE g.site_id = t.id AND (z.major > 15 OR (z.major = 15 AND z.minor > 0))), '[]') AS newer_point_servers, -- identities: their servers, where Set-ClientAccessService does
  min(v.source_origin) AS source_origin, -- text: where it was read
  min(v.source_at) AS source_at -- text: when it was read
FROM w_scopes w JOIN w_sites t ON t.id = w.site_id CROSS JOIN v_coverage c
JOIN v_service_connection_points v ON v.id = w.id
LEFT JOIN w_point_uris u ON u.id = w.id
GROUP BY t.id;

-- w_server_systems: one row per Exchange 2010 server whose Windows was seen.
-- index: server_id
CREATE VIEW w_server_systems AS SELECT
  y.server_id AS server_id, -- text: server
  y.server || ': ' || y.system AS shown, -- text: server and Windows
  EXISTS (SELECT 1 FROM data_operating_systems d WHERE d.product = '2010' AND (y.system LIKE d.system || '%' OR y.system = 'Microsoft-IIS/' || d.iis)) AS is_supported -- bool: Exchange 2010 is supported on it
FROM (SELECT s.id AS server_id, s.name AS server, trim(replace(p.operating_system, '®', '')) AS system
      FROM principals p JOIN v_servers s ON s.dns_name = norm(p.dns_host_name) WHERE s.is_2010 AND p.operating_system IS NOT NULL
      UNION SELECT s.id, s.name, b.server FROM http_banners b JOIN v_servers s ON s.dns_name = b.host WHERE s.is_2010 AND b.server LIKE 'Microsoft-IIS/%') y;

-- v_organization: the Exchange organisation.
-- index: id
CREATE VIEW v_organization AS SELECT
  o.id AS id, -- text: objectGUID
  o.name AS name, -- text: name of the organisation
  NULL AS site, -- text: none
  o.schema_version AS schema_version, -- int: rangeUpper of the schema
  o.object_version AS object_version, -- int: objectVersion of the organisation
  (SELECT d.product FROM data_schema_versions d JOIN v_products p ON p.product = d.product WHERE CAST(d.organization AS INTEGER) <= o.object_version
     ORDER BY CAST(d.organization AS INTEGER) DESC, p.from_key LIMIT 1) AS prepared_for, -- text: the newest generation for which setup has prepared the directory; the older of two with one number
  (SELECT count(*) FROM v_servers s WHERE s.is_2010) AS seen_server_count_2010, -- int: Exchange 2010 servers seen
  CASE WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.is_2010 IS NULL)
       THEN (SELECT count(*) FROM v_servers s WHERE s.is_2010) END AS server_count_2010, -- int: the same, when all servers and their versions are known
  (SELECT count(*) FROM v_servers s WHERE s.major > 14) AS seen_newer_server_count, -- int: servers of Exchange 2013 and later seen
  CASE WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.major IS NULL)
       THEN (SELECT count(*) FROM v_servers s WHERE s.major > 14) END AS newer_server_count, -- int: the same, when all servers and their versions are known
  (SELECT count(*) FROM v_servers s JOIN v_sites t ON t.id = s.site_id WHERE s.is_2010 AND t.internet_facing) AS internet_facing_count_2010, -- int: Exchange 2010 servers seen in sites that face the Internet
  (SELECT count(DISTINCT y.server_id) FROM w_server_systems y) AS known_system_count, -- int: Exchange 2010 servers whose Windows was seen
  coalesce((SELECT list_of(y.shown) FROM w_server_systems y WHERE NOT y.is_supported), '[]') AS unsupported_systems, -- list: those with a Windows on which Exchange 2010 is not supported
  o.source_origin AS source_origin, -- text: where it was read
  o.source_at AS source_at, -- text: when it was read
  o.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  o.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM organization o CROSS JOIN v_coverage c;

-- v_autodiscover_scopes: the organisation: how the scopes of Autodiscover fit the sites.
-- index: id
CREATE VIEW v_autodiscover_scopes AS SELECT
  o.id AS id, -- text: objectGUID of the organisation
  o.name AS name, -- text: name of the organisation
  o.site AS site, -- text: none
  CASE WHEN c.sites_complete THEN (SELECT count(*) FROM w_sites) END AS site_count, -- int: Active Directory sites, when all are known
  CASE WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM w_servers w WHERE w.site_unread) THEN (SELECT count(DISTINCT w.site_key) FROM w_servers w) END AS exchange_site_count, -- int: sites with Exchange servers, when all servers are known
  (SELECT count(DISTINCT w.site_id) FROM w_servers w) AS seen_exchange_site_count, -- int: sites in which Exchange servers were seen
  coalesce((SELECT list_of(w.site) FROM w_scopes w WHERE w.site_id IS NULL), '[]') AS unknown_sites, -- list: sites that scopes name and that were not seen
  coalesce((SELECT identities(s.name, s.id) FROM w_scopes w JOIN w_points p ON p.id = w.id JOIN w_servers s ON s.id = p.server_id WHERE w.site_id IS NULL), '[]') AS unknown_site_servers, -- identities: servers of those scopes
  coalesce((SELECT list_of(t.name) FROM v_sites t WHERE coalesce(t.has_exchange_clients, t.subnets <> '[]') = 1 AND NOT EXISTS (SELECT 1 FROM w_scopes w WHERE w.site_id = t.id)), '[]') AS uncovered_sites, -- list: sites with clients, by the operator's word or else by their subnets, that no scope names
  c.sites_complete AS sites_known, -- bool: all sites were seen
  c.service_connection_points_complete AND NOT EXISTS (SELECT 1 FROM w_points p WHERE NOT p.scope_read) AS scopes_known, -- bool: all scopes were seen
  o.source_origin AS source_origin, -- text: where it was read
  o.source_at AS source_at -- text: when it was read
FROM v_organization o CROSS JOIN v_coverage c;

-- v_server_targets: one row per server, whether the migration target accepts it.
-- index: id
CREATE VIEW v_server_targets AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  x.target AS target, -- text: migration target; NULL when none is given
  s.product AS product, -- text: Exchange generation
  s.version AS version, -- text: major and minor version
  s.directory_build AS directory_build, -- text: version as the directory shows it
  s.service_pack AS service_pack, -- text: service pack of an Exchange 2010 server
  s.build AS build, -- text: exact build, when seen
  s.build_source AS build_source, -- text: where that was seen
  s.build_name AS build_name, -- text: name of that build
  s.build_problem AS build_problem, -- text: why a build that was seen is not believed
  s.is_edge AS is_edge, -- bool: Edge Transport
  CASE WHEN s.is_nxdomain AND NOT s.is_edge THEN 'AD object' ELSE 'server' END AS kind, -- text: AD object where no resolver knows its name any more
  k.is_allowed AS is_allowed, -- bool: its generation may stand beside the target
  k.required AS required, -- text: what the target requires, for people
  k.refused_from AS refused_from, -- text: release of the target whose setup refuses its generation
  CASE WHEN k.is_allowed = 0 THEN 0
       WHEN k.is_allowed AND k.minimum_key IS NULL THEN 1
       WHEN k.is_allowed AND s.lowest_build_key >= k.minimum_key THEN 1
       WHEN k.is_allowed AND s.highest_build_key < k.minimum_key THEN 0 END AS is_accepted, -- bool: the target accepts it; NULL when its build would decide and was not seen
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s CROSS JOIN v_context x LEFT JOIN v_coexistence k ON k.target = x.target AND k.product = s.product;

-- v_endpoint_names: one row per name that MAPI clients use: an array's, or one that an Exchange 2010 mailbox database points at. A short name of no server that was seen is none.
-- index: id
CREATE VIEW v_endpoint_names AS SELECT
  n.name AS id, -- text: normalised name
  n.name AS name, -- text: normalised name
  CASE WHEN d.site_count = 1 THEN d.site WHEN d.name IS NULL THEN a.site END AS site, -- text: home site of those databases, or site of the array, when it is one
  n.name AS fqdn, -- text: normalised name
  a.name IS NOT NULL AS is_array_name, -- bool: FQDN of an array
  CASE WHEN a.name IS NOT NULL OR d.database_count > 0 THEN 1 END AS is_endpoint, -- bool: MAPI clients are sent there; NULL where that rests on databases of which it is not known whether clients open them
  coalesce(d.database_count, 0) AS database_count, -- int: Exchange 2010 mailbox databases that point at it
  coalesce(d.databases, '[]') AS databases, -- identities: those databases
  d.mailbox_count AS mailbox_count, -- int: their mailboxes, when all are known
  CASE WHEN d.database_count > 0 THEN 0
       WHEN c.databases_complete AND d.name IS NULL AND NOT EXISTS (SELECT 1 FROM v_databases x WHERE x.endpoint_dns_name IS NULL AND x.endpoint_kind IS NULL AND coalesce(x.in_scope, 1) = 1) THEN 1 END AS is_unused, -- bool: no database points at it; NULL when not all are known
  coalesce((SELECT list_of(u.service || ' ' || coalesce(u.server, '?') || ': ' || u.url) FROM v_https_uses u WHERE u.name = n.name), '[]') AS https_urls, -- list: HTTPS URLs that carry it
  coalesce((SELECT identities(u.server, u.server_id) FROM v_https_uses u WHERE u.name = n.name), '[]') AS https_servers, -- identities: servers of those URLs
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = n.name) THEN 1 WHEN k.known THEN 0 END AS is_https_name -- bool: some HTTPS URL carries it; NULL while not all URLs were seen
FROM (SELECT dns_name AS name FROM w_arrays WHERE dns_name IS NOT NULL
      UNION SELECT endpoint_dns_name FROM v_databases WHERE (endpoint_id IS NOT NULL OR endpoint_dns_name LIKE '%.%') AND endpoint_dns_name IS NOT NULL AND coalesce(in_scope, 1) = 1) n
CROSS JOIN v_coverage c CROSS JOIN w_https_known k
LEFT JOIN (SELECT dns_name AS name, CASE WHEN count(DISTINCT site_id) = 1 THEN max(site) END AS site FROM w_arrays GROUP BY dns_name) a ON a.name = n.name
LEFT JOIN (SELECT endpoint_dns_name AS name, count(*) FILTER (WHERE in_scope) AS database_count, identities(CASE WHEN in_scope THEN name END, id) AS databases,
             CASE WHEN count(*) = count(in_scope) AND count(*) = count(mailbox_count) THEN sum(mailbox_count) END AS mailbox_count,
             max(home_site) AS site, count(DISTINCT home_site_id) AS site_count
           FROM v_databases WHERE coalesce(in_scope, 1) = 1 GROUP BY endpoint_dns_name) d ON d.name = n.name;

-- v_proxied_servers: one row per Exchange 2010 Client Access server, with its Outlook Anywhere, through which newer servers reach it.
-- index: id
CREATE VIEW v_proxied_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.state AS state, -- text: maintenance or removal, by the operator's word
  s.is_client_access_2010 AS is_client_access_2010, -- bool: an Exchange 2010 Client Access server; NULL when its role or version is not known
  count(d.id) AS directory_count, -- int: Outlook Anywhere directories seen
  s.name || '\' || min(d.name) AS directory, -- identity(directory_id): the first of them
  min(d.id) AS directory_id, -- text: objectGUID of that directory
  list_of(authentication(d.internal_authentication)) AS iis_methods, -- list: authentication methods of IIS on them
  CASE WHEN NOT s.is_client_access_2010 OR s.is_client_access_2010 IS NULL THEN NULL
       WHEN max((d.internal_authentication & 2) = 0) = 1 THEN 0
       WHEN count(d.id) > count(d.internal_authentication) THEN NULL
       WHEN count(d.id) > 0 THEN 1
       WHEN NOT EXISTS (SELECT 1 FROM w_unread_directories u WHERE u.server_id = s.id) THEN 0 END AS takes_ntlm, -- bool: Outlook Anywhere is enabled and IIS accepts NTLM there
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s JOIN w_servers w ON w.id = s.id
LEFT JOIN virtual_directories d ON dnkey(d.server_dn) = w.dn_key AND d.service = 'outlook_anywhere' AND lower(d.name) NOT LIKE '%(exchange back end)'
WHERE coalesce(s.is_client_access_2010, 1) = 1 GROUP BY s.id;

-- w_discovery_scopes: per server, the Autodiscover service connection points that it publishes, and for which sites.
-- index: server_id
CREATE VIEW w_discovery_scopes AS SELECT
  w.id AS server_id, -- text: server
  count(*) AS points, -- int: how many
  sum(EXISTS (SELECT 1 FROM json_each(p.keywords) j WHERE lower(j.value) LIKE 'site=%')
      AND NOT EXISTS (SELECT 1 FROM json_each(p.keywords) j WHERE lower(j.value) LIKE 'site=%' AND fold(substr(j.value, 6)) <> fold(w.site))) AS own_site_points -- int: how many of them are for the server's own site alone
FROM service_connection_points p JOIN w_servers w ON w.dn_key = dnkey(p.server_dn) WHERE w.site IS NOT NULL GROUP BY w.id;

-- v_newer_servers: one row per server of Exchange 2013 or later that serves clients, with what it publishes.
-- index: id
CREATE VIEW v_newer_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.product AS product, -- text: Exchange generation
  s.dns_name AS dns_name, -- text: FQDN normalised
  s.major >= 15 AND NOT s.is_edge AND (s.roles & 1) <> 0 AS serves_clients, -- bool: it serves clients; NULL when its role or version is not known
  coalesce((SELECT list_of(u.service || ': ' || u.url) FROM v_https_uses u WHERE u.server_id = s.id AND u.scope = 'internal' AND u.name = s.dns_name), '[]') AS own_urls, -- list: internal URLs and Autodiscover addresses of it that carry its own name
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.server_id = s.id AND u.scope = 'internal' AND u.name = s.dns_name) THEN 1
       WHEN s.dns_name IS NOT NULL AND k.known THEN 0 END AS publishes_own_name, -- bool: there are such
  EXISTS (SELECT 1 FROM v_https_uses u WHERE u.server_id = s.id AND u.service = 'scp' AND u.name = s.dns_name) AS publishes_own_discovery, -- bool: its Autodiscover address is one of them
  CASE WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers o WHERE o.is_client_access_2010 IS NULL)
       THEN (SELECT count(*) FROM v_servers o WHERE o.is_client_access_2010) END AS old_server_count, -- int: Exchange 2010 Client Access servers, when all servers are known
  (SELECT min(u.name) FROM v_https_uses u WHERE u.server_is_client_access_2010 AND u.scope = 'internal'
     AND u.name NOT IN (SELECT n.name FROM w_server_names n)) AS shared_name, -- text: name that Exchange 2010 Client Access servers give clients and that is no server's
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.server_is_client_access_2010 AND u.scope = 'internal' AND u.name NOT IN (SELECT n.name FROM w_server_names n)) THEN 1
       WHEN k.known THEN 0 END AS has_shared_name, -- bool: there is such a name
  s.site_id IS NOT NULL AND c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers o WHERE o.id <> s.id AND (o.site_id = s.site_id OR o.has_site IS NULL))
    AND coalesce(p.points > 0 AND p.points = p.own_site_points, 0) AS is_build_site, -- bool: alone in its site, and its Autodiscover address is for that site only
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s CROSS JOIN v_coverage c CROSS JOIN w_https_known k LEFT JOIN w_discovery_scopes p ON p.server_id = s.id
WHERE coalesce(s.major >= 15 AND NOT s.is_edge AND NOT s.is_provisioned_only AND (s.roles & 1) <> 0, 1) = 1;

-- w_leftovers: one row per thing of Exchange 2010 that has to go before its last server.
CREATE VIEW w_leftovers AS SELECT
  'mailbox database ' || d.name AS name, -- text: what it is
  1 AS is_database, -- bool: a mailbox database
  CASE WHEN d.is_recovery THEN 0 WHEN d.mailbox_count > 0 OR a.count > 0 THEN 1
       WHEN d.mailbox_count = 0 AND coalesce(a.count, (SELECT 0 FROM sections n WHERE n.name = 'arbitration_mailboxes' AND n.status = 'complete')) = 0 THEN 0 END AS holds_mailboxes -- bool: mailboxes of people or of the system are in it; NULL when not known
FROM v_databases d LEFT JOIN arbitration_mailboxes a ON fold(a.database) = fold(d.name) WHERE d.on_exchange_2010 AND NOT d.is_public_folder
UNION ALL SELECT 'public folder database ' || d.name, 0, 0 FROM v_databases d WHERE d.on_exchange_2010 AND d.is_public_folder
UNION ALL SELECT 'offline address book ' || b.name || ' (generated on ' || s.name || ')', 0, 0
FROM offline_address_books b JOIN w_name_owners n ON n.name = norm(b.server) JOIN v_servers s ON s.id = n.server_id WHERE s.is_2010
UNION ALL SELECT 'Autodiscover address of ' || s.name, 0, 0
FROM service_connection_points p JOIN w_servers w ON w.dn_key = dnkey(p.server_dn) JOIN v_servers s ON s.id = w.id WHERE s.is_2010
UNION ALL SELECT 'array ' || a.name, 0, 0 FROM v_arrays a
UNION ALL SELECT DISTINCT 'DNS name ' || a.dns_name, 0, 0 FROM v_arrays a WHERE a.resolves_internally
UNION ALL SELECT DISTINCT 'service principal name ' || j.value, 0, 0
FROM principals p, json_each(p.service_principal_names) j JOIN w_arrays a ON a.dns_name = norm(substr(j.value, instr(j.value, '/') + 1)) WHERE instr(j.value, '/') > 0;

-- v_decommissioning: the organisation, with what still refers to Exchange 2010.
-- index: id
CREATE VIEW v_decommissioning AS SELECT
  o.id AS id, -- text: objectGUID of the organisation
  o.name AS name, -- text: name of the organisation
  o.site AS site, -- text: none
  o.server_count_2010 AS server_count_2010, -- int: Exchange 2010 servers, when all servers are known
  o.seen_newer_server_count AS seen_newer_server_count, -- int: servers of Exchange 2013 and later seen
  o.newer_server_count AS newer_server_count, -- int: the same, when all servers are known
  (SELECT count(*) FROM w_leftovers) AS leftover_count, -- int: things of Exchange 2010 that were found
  coalesce((SELECT list_of(l.name) FROM w_leftovers l), '[]') AS leftovers, -- list: those things
  (SELECT count(*) FROM w_leftovers l WHERE NOT l.is_database) AS other_count, -- int: how many are no mailbox databases
  CASE WHEN EXISTS (SELECT 1 FROM w_leftovers l WHERE l.holds_mailboxes) THEN 1
       WHEN c.databases_complete AND c.servers_complete AND NOT EXISTS (SELECT 1 FROM w_leftovers l WHERE l.holds_mailboxes IS NULL)
            AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.on_exchange_2010 IS NULL) THEN 0 END AS holds_mailboxes, -- bool: mailboxes are left on Exchange 2010; NULL when not known
  c.servers_complete AND c.databases_complete AND c.arrays_complete AND c.service_connection_points_complete
    AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.on_exchange_2010 IS NULL)
    AND EXISTS (SELECT 1 FROM sections n WHERE n.name = 'offline_address_books' AND n.status = 'complete') AS is_known, -- bool: whatever could be left was looked for and seen
  coalesce((SELECT identities(s.name, s.id) FROM service_connection_points p JOIN w_servers w ON w.dn_key = dnkey(p.server_dn) JOIN v_servers s ON s.id = w.id WHERE s.is_2010), '[]') AS discovery_servers, -- identities: Exchange 2010 servers with an Autodiscover address
  coalesce((SELECT identities(a.name, a.id) FROM v_arrays a WHERE a.reference_count = 0), '[]') AS removable_arrays, -- identities: arrays to which no database refers
  coalesce((SELECT identities(a.name, a.id) FROM v_arrays a), '[]') AS arrays, -- identities: all arrays
  o.source_origin AS source_origin, -- text: where it was read
  o.source_at AS source_at, -- text: when it was read
  o.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  o.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_organization o CROSS JOIN v_coverage c;

-- w_exported: one row per server and kind of evidence that exports hold about it.
-- index: server_id, section
CREATE VIEW w_exported AS SELECT
  n.server_id AS server_id, -- text: server
  e.section AS section, -- text: kind of evidence
  max(e.whole) AS is_whole -- bool: some file holds all of it
FROM exports e JOIN w_name_owners n ON n.name = norm(e.server) GROUP BY n.server_id, e.section;

-- w_memberships: one row per server of a site with an array.
-- index: id
CREATE VIEW w_memberships AS SELECT
  m.id AS id, -- text: server
  max(coalesce(m.is_member, 0)) AS is_member, -- bool: seen to be a member
  max(m.is_member IS NULL) AS is_undecided, -- bool: it is not known of some array
  coalesce(list_of(a.fqdn), '[]') AS arrays -- list: FQDNs of the arrays
FROM w_array_servers m JOIN w_arrays a ON a.id = m.array_id GROUP BY m.id;

-- w_services: one row per server and Windows service that exports show.
-- index: server_id, service
CREATE VIEW w_services AS SELECT
  n.server_id AS server_id, -- text: server
  lower(v.name) AS service, -- text: its name for comparison
  min(v.name) AS name, -- text: its name
  CASE WHEN count(DISTINCT lower(v.state)) = 1 THEN max(v.state) END AS state, -- text: such as Running
  CASE WHEN count(DISTINCT lower(v.start_mode)) = 1 THEN max(v.start_mode) END AS start_mode, -- text: such as Auto
  CASE WHEN max(lower(v.state) <> 'running') = 1 THEN 0 WHEN count(v.state) = count(*) THEN 1 END AS is_running, -- bool: it runs
  CASE WHEN max(lower(v.start_mode) NOT IN ('auto', 'automatic')) = 1 THEN 0 WHEN count(v.start_mode) = count(*) THEN 1 END AS is_automatic -- bool: it starts with the system
FROM service_states v JOIN w_name_owners n ON n.name = norm(v.server) GROUP BY n.server_id, lower(v.name);

-- w_mapi_services: one row per server of which exports show the RPC Client Access or the Address Book service.
-- index: server_id
CREATE VIEW w_mapi_services AS SELECT
  v.server_id AS server_id, -- text: server
  CASE WHEN min(coalesce(v.is_running, 1)) = 0 OR min(coalesce(v.is_automatic, 1)) = 0 THEN 0
       WHEN count(v.is_running) = 2 AND count(v.is_automatic) = 2 THEN 1 END AS is_sound, -- bool: both run and start with the system
  count(v.is_running) = 2 AND min(v.is_running) = 1 AS runs, -- bool: both are seen to run
  list_of(CASE WHEN v.is_running = 0 OR v.is_automatic = 0
               THEN v.name || ' is ' || coalesce(v.state, 'in a state that was not read') || ' (start mode ' || coalesce(v.start_mode, 'not read') || ')' END) AS faults, -- list: what is wrong with them
  list_of(CASE WHEN v.is_running = 0 OR v.is_automatic = 0 THEN v.name END) AS services -- list: the services that are concerned
FROM w_services v WHERE v.service IN ('msexchangerpc', 'msexchangeab') GROUP BY v.server_id;

-- v_server_services: one row per Exchange 2010 server, whether the services that answer MAPI clients run.
-- index: id
CREATE VIEW v_server_services AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.state AS state, -- text: maintenance or removal, by the operator's word
  CASE WHEN m.is_member THEN 1
       WHEN s.is_client_access_2010 = 0 OR s.has_rpc_client_access = 0 OR s.has_site = 0 THEN 0
       WHEN m.is_undecided THEN NULL
       WHEN c.arrays_complete AND s.has_site AND NOT EXISTS (SELECT 1 FROM w_arrays a WHERE a.site_unread) THEN 0 END AS is_array_member, -- bool: member of some array; NULL when not known
  coalesce(m.arrays, '[]') AS arrays, -- list: FQDNs of the arrays of its site
  v.is_sound AS services_run, -- bool: MSExchangeRPC and MSExchangeAB run and start with the system; NULL while no export shows both
  coalesce(v.faults, '[]') AS faults, -- list: what is wrong with them
  coalesce(v.services, '[]') AS services, -- list: those of the two that are concerned
  EXISTS (SELECT 1 FROM w_array_servers a JOIN w_array_servers b ON b.array_id = a.array_id AND b.is_member AND b.id <> a.id
     JOIN w_mapi_services o ON o.server_id = b.id AND o.runs WHERE a.id = s.id) AS has_running_peer, -- bool: another member of an array of its site is seen to run both
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s CROSS JOIN v_coverage c
LEFT JOIN w_memberships m ON m.id = s.id
LEFT JOIN w_mapi_services v ON v.server_id = s.id
WHERE s.is_2010 AND coalesce(NOT s.is_edge, 1);

-- w_nlb_nodes: nodes of Windows NLB clusters that exports show; servers by objectGUID, hosts that are none by name.
-- index: node
-- index: seen_from
CREATE VIEW w_nlb_nodes AS SELECT DISTINCT
  coalesce(a.server_id, norm(n.server)) AS node, -- text: the node
  n.server AS name, -- text: its name as exported
  coalesce(b.server_id, norm(n.seen_from)) AS seen_from, -- text: the server that was asked
  n.cluster AS cluster -- text: name of the cluster
FROM nlb_nodes n LEFT JOIN w_name_owners a ON a.name = norm(n.server) LEFT JOIN w_name_owners b ON b.name = norm(n.seen_from);

-- w_nlb: one row per Exchange 2010 server, whether Windows NLB is bound to a network card of it.
-- index: id
CREATE VIEW w_nlb AS SELECT
  s.id AS id, -- text: server
  f.installed AS is_installed, -- bool: the feature is installed
  CASE WHEN EXISTS (SELECT 1 FROM w_nlb_nodes n WHERE n.node = s.id) OR o.nlb = 1 THEN 1
       WHEN o.nlb = 0 OR f.installed = 0 THEN 0
       WHEN EXISTS (SELECT 1 FROM w_exported x WHERE x.server_id = s.id AND x.section = 'nlb_nodes' AND x.is_whole)
            AND NOT EXISTS (SELECT 1 FROM w_nlb_nodes n WHERE n.seen_from = s.id) THEN 0 END AS is_bound, -- bool: it is a node of a cluster; NULL when not known
  CASE WHEN EXISTS (SELECT 1 FROM w_nlb_nodes n WHERE n.node = s.id) THEN 'Get-NlbClusterNode' WHEN o.nlb IS NOT NULL THEN 'operator'
       WHEN f.installed = 0 THEN 'Get-WindowsFeature' WHEN EXISTS (SELECT 1 FROM w_exported x WHERE x.server_id = s.id AND x.section = 'nlb_nodes') THEN 'Get-NlbClusterNode' END AS source, -- text: who says so
  (SELECT min(n.cluster) FROM w_nlb_nodes n WHERE n.node = s.id) AS cluster -- text: name of its cluster
FROM v_servers s
LEFT JOIN (SELECT n.server_id, CASE WHEN count(DISTINCT v.installed) = 1 AND count(*) = count(v.installed) THEN max(v.installed) END AS installed
           FROM nlb_features v JOIN w_name_owners n ON n.name = norm(v.server) GROUP BY n.server_id) f ON f.server_id = s.id
LEFT JOIN w_stated_servers o ON o.server_id = s.id
WHERE s.is_2010;

-- v_nlb_servers: one row per Exchange 2010 server, with Windows NLB and failover clustering on it.
-- index: id
CREATE VIEW v_nlb_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.availability_group AS availability_group, -- text: database availability group that it belongs to
  CASE WHEN w.dag_key IS NOT NULL THEN 1 WHEN r.unread NOT LIKE '%"dag_dn"%' THEN 0 END AS in_group, -- bool: it belongs to one
  n.is_installed AS is_nlb_installed, -- bool: Windows NLB is installed; NULL when no export says so
  n.is_bound AS is_nlb_bound, -- bool: it is a node of a Windows NLB cluster; NULL when neither an export nor the operator says
  n.source AS nlb_source, -- text: operator, Get-NlbClusterNode or Get-WindowsFeature
  n.cluster AS nlb_cluster, -- text: name of that cluster
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s JOIN w_servers w ON w.id = s.id JOIN servers r ON r.id = s.id JOIN w_nlb n ON n.id = s.id
WHERE coalesce(NOT s.is_edge, 1);

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
WHERE s.is_client_access_2010 AND s.site_id IS NOT NULL;

-- w_port_faults: one row per site and thing that is wrong with its RPC ports.
-- index: site_id
CREATE VIEW w_port_faults AS SELECT
  p.site_id AS site_id, -- text: site
  'the servers differ' AS fault, -- text: what
  1 AS is_serious -- bool: clients may fail
FROM w_rpc_ports p WHERE p.rpc_is_set IS NOT NULL AND p.book_is_set IS NOT NULL
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

-- w_trials: one row per HTTPS endpoint and protocol version that was tried there.
-- index: endpoint, version
CREATE VIEW w_trials AS SELECT
  e.host || ':' || e.port AS endpoint, -- text: name and port
  json_extract(j.value, '$.version') AS version, -- text: SSLv2, SSLv3, TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3
  max(json_extract(j.value, '$.accepted')) AS some_accept, -- bool: some address accepts it
  min(json_extract(j.value, '$.accepted')) AS all_accept, -- bool: not one refuses it
  count(*) = count(json_extract(j.value, '$.accepted'))
    AND count(*) = (SELECT count(*) FROM tls_endpoints o WHERE o.host = e.host AND o.port = e.port) AS is_known -- bool: it is known of every address
FROM tls_endpoints e, json_each(e.trials) j GROUP BY e.host, e.port, json_extract(j.value, '$.version');

-- w_schannel: one row per server, protocol version and side that the registry of the server names.
-- index: server_id
CREATE VIEW w_schannel AS SELECT
  n.server_id AS server_id, -- text: server
  upper(v.protocol) AS protocol, -- text: such as TLS 1.2
  v.side AS side, -- text: client or server
  CASE WHEN v.enabled = 0 THEN 'disabled'
       WHEN v.disabled_by_default <> 0 AND v.enabled IS NOT NULL THEN 'half disabled'
       WHEN v.enabled IS NULL AND v.unread NOT LIKE '%"enabled"%' AND v.disabled_by_default <> 0 THEN 'disabled by default'
       WHEN v.enabled <> 0 AND v.unread NOT LIKE '%"disabled_by_default"%' THEN 'enabled' END AS setting -- text: enabled, disabled, half disabled or disabled by default; NULL where the system decides or it could not be read
FROM schannel v JOIN w_name_owners n ON n.name = norm(v.server);

-- w_schannel_faults: one row per server and setting of its registry that lets obsolete protocols in or TLS 1.2 out.
-- index: server_id
CREATE VIEW w_schannel_faults AS SELECT
  v.server_id AS server_id, -- text: server
  v.protocol || ' as ' || v.side || ' ' || v.setting AS fault -- text: which
FROM w_schannel v
WHERE (v.protocol = 'TLS 1.2' AND v.setting <> 'enabled') OR (v.protocol IN ('SSL 2.0', 'SSL 3.0', 'TLS 1.0', 'TLS 1.1') AND v.setting = 'enabled');

-- w_protocols: one row per HTTPS endpoint of an Exchange 2010 Client Access server or of a balancer, which versions it accepts.
-- index: id
CREATE VIEW w_protocols AS SELECT
  e.id AS id, -- text: name and port
  CASE WHEN (SELECT t.some_accept FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'SSLv2') = 1 THEN 1
       WHEN (SELECT t.is_known FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'SSLv2') = 1
         OR EXISTS (SELECT 1 FROM w_schannel v WHERE v.server_id = e.server_id AND v.protocol = 'SSL 2.0' AND v.side = 'server' AND v.setting = 'disabled') THEN 0 END AS ssl2, -- bool: SSL 2
  (SELECT CASE WHEN t.some_accept THEN 1 WHEN t.is_known THEN 0 END FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'SSLv3') AS ssl3, -- bool: SSL 3
  (SELECT CASE WHEN t.some_accept THEN 1 WHEN t.is_known THEN 0 END FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'TLSv1') AS tls10, -- bool: TLS 1.0
  (SELECT CASE WHEN t.some_accept THEN 1 WHEN t.is_known THEN 0 END FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'TLSv1.1') AS tls11, -- bool: TLS 1.1
  (SELECT CASE WHEN t.all_accept = 0 THEN 0 WHEN t.is_known THEN 1 END FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'TLSv1.2') AS tls12, -- bool: TLS 1.2, at every address
  coalesce((SELECT list_of(f.fault) FROM w_schannel_faults f WHERE f.server_id = e.server_id), '[]') AS schannel_faults -- list: settings of the registry that are not as they should be
FROM v_tls_endpoints e LEFT JOIN v_servers s ON s.id = e.server_id WHERE e.server_id IS NULL OR coalesce(s.is_2010, 1);

-- v_tls_protocols: one row per HTTPS endpoint of an Exchange 2010 Client Access server or of a balancer that ends TLS, with the protocol versions that it takes.
-- index: id
CREATE VIEW v_tls_protocols AS SELECT
  e.id AS id, -- text: name and port
  e.name AS name, -- text: name and port
  e.site AS site, -- text: site of the server
  e.server AS server, -- identity(server_id): the server, as cmdlets take it
  e.server_id AS server_id, -- text: objectGUID of the server
  CASE WHEN e.server_id IS NULL OR NOT e.is_behind_balancer THEN 0
       WHEN EXISTS (SELECT 1 FROM v_https_uses u LEFT JOIN w_shared_hosts h ON h.name = u.name WHERE u.server_id = e.server_id AND lower(u.url) NOT LIKE 'http:%' AND (h.name IS NULL OR h.reaches_servers)) THEN 0
       WHEN k.known AND NOT EXISTS (SELECT 1 FROM v_https_uses u JOIN w_shared_hosts h ON h.name = u.name WHERE u.server_id = e.server_id AND h.reaches_servers IS NULL) THEN 1 END AS is_hidden, -- bool: for every name that clients use for it a balancer ends TLS; NULL when not known
  p.ssl2 AS accepts_ssl2, -- bool: SSL 2 is accepted; NULL when it could not be tried and no export rules it out
  p.ssl3 AS accepts_ssl3, -- bool: SSL 3 is accepted
  p.tls10 AS accepts_tls10, -- bool: TLS 1.0 is accepted
  p.tls11 AS accepts_tls11, -- bool: TLS 1.1 is accepted
  p.tls12 AS accepts_tls12, -- bool: TLS 1.2 is accepted at every address
  coalesce((SELECT list_of(x.version) FROM (SELECT 'SSL 2' AS version WHERE p.ssl2 = 1 UNION SELECT 'SSL 3' WHERE p.ssl3 = 1 UNION SELECT 'TLS 1.0' WHERE p.tls10 = 1 UNION SELECT 'TLS 1.1' WHERE p.tls11 = 1) x), '[]') AS accepted_protocols, -- list: obsolete versions that it accepts
  coalesce((SELECT list_of(x.version) FROM (SELECT 'TLS 1.2' AS version WHERE p.tls12 = 0) x), '[]') AS refused_protocols, -- list: TLS 1.2, where it is refused
  coalesce((SELECT list_of(x.version) FROM (SELECT 'SSL 2' AS version WHERE p.ssl2 IS NULL UNION SELECT 'SSL 3' WHERE p.ssl3 IS NULL UNION SELECT 'TLS 1.0' WHERE p.tls10 IS NULL UNION SELECT 'TLS 1.1' WHERE p.tls11 IS NULL UNION SELECT 'TLS 1.2' WHERE p.tls12 IS NULL) x), '[]') AS untried_protocols, -- list: versions of which it is not known
  p.schannel_faults AS schannel_faults, -- list: settings of its registry that let obsolete versions in or TLS 1.2 out, as client or as server
  EXISTS (SELECT 1 FROM w_exported x WHERE x.server_id = e.server_id AND x.section = 'schannel') AS schannel_seen, -- bool: an export holds those settings
  CASE WHEN p.ssl2 = 1 OR p.ssl3 = 1 OR p.tls10 = 1 OR p.tls11 = 1 OR p.tls12 = 0 OR p.schannel_faults <> '[]' THEN 0
       WHEN p.ssl2 = 0 AND p.ssl3 = 0 AND p.tls10 = 0 AND p.tls11 = 0 AND p.tls12 = 1 THEN 1 END AS is_modern, -- bool: nothing obsolete is offered and TLS 1.2 is
  CASE WHEN e.server_id IS NULL THEN CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = rtrim(rtrim(e.id, '0123456789'), ':') AND u.name || ':443' = e.id AND u.scope = 'external') THEN 1 END
       ELSE (SELECT t.internet_facing FROM v_servers s JOIN v_sites t ON t.id = s.site_id WHERE s.id = e.server_id) END AS internet_facing, -- bool: clients come in from the Internet here; NULL when not known
  (SELECT min(x.source_origin) FROM tls_endpoints x WHERE x.host = rtrim(rtrim(e.id, '0123456789'), ':') AND x.host || ':' || x.port = e.id) AS source_origin, -- text: where it was read
  (SELECT min(x.source_at) FROM tls_endpoints x WHERE x.host = rtrim(rtrim(e.id, '0123456789'), ':') AND x.host || ':' || x.port = e.id) AS source_at -- text: when it was read
FROM v_tls_endpoints e CROSS JOIN w_https_known k JOIN w_protocols p ON p.id = e.id;

-- w_active: per database, the server on which exports show it active.
-- index: id
CREATE VIEW w_active AS SELECT
  d.id AS id, -- text: database
  CASE WHEN count(DISTINCT n.server_id) = 1 AND count(*) = count(n.server_id) THEN max(n.server_id) END AS server_id, -- text: that server, when it is one that is known
  min(x.mounted_on) AS mounted_on, -- text: its name as exported
  CASE WHEN count(DISTINCT x.mounted) = 1 THEN max(x.mounted) END AS mounted -- bool: the database is mounted
FROM databases d JOIN database_states x ON fold(x.database) = fold(d.name) LEFT JOIN w_name_owners n ON n.name = norm(x.mounted_on) GROUP BY d.id;

-- v_database_activity: one row per database, where it is active compared with its home site.
-- index: id
CREATE VIEW v_database_activity AS SELECT
  d.id AS id, -- text: objectGUID
  d.name AS name, -- identity(id): database name
  d.site AS site, -- text: home site
  d.home_site AS home_site, -- text: site of the copy with the lowest activation preference
  d.home_site_id AS home_site_id, -- text: objectGUID of the home site
  d.is_recovery AS is_recovery, -- bool: recovery database
  d.is_public_folder AS is_public_folder, -- bool: public folder database
  d.on_exchange_2010 AS on_exchange_2010, -- bool: hosted on Exchange 2010
  d.in_scope AS in_scope, -- bool: a 2010 mailbox database that clients open
  d.standby_site_count AS standby_site_count, -- int: other sites with a copy of it, when the sites of all copies are known
  x.id IS NOT NULL AS state_seen, -- bool: an export of Get-MailboxDatabase -Status shows it
  x.mounted_on AS mounted_on, -- text: server on which it is active, as exported
  x.mounted AS mounted, -- bool: it is mounted
  s.site AS active_site, -- text: site of that server
  s.site_id = d.home_site_id AS is_at_home, -- bool: that is the home site; NULL when it is not known where it is active
  g.name AS availability_group, -- text: its database availability group
  g.allow_cross_site_rpc AS allow_cross_site_rpc, -- bool: AllowCrossSiteRpcClientAccess of that group
  CASE WHEN g.allow_cross_site_rpc THEN 'on' WHEN NOT g.allow_cross_site_rpc THEN 'off' END AS cross_site_rpc, -- text: on or off
  (SELECT max(v.highest_build_key) FROM v_database_copies y LEFT JOIN v_servers v ON v.id = y.server_id WHERE y.database_key = d.database_key
     HAVING count(*) = count(v.highest_build_key)) < (SELECT k.build_key FROM w_builds_2010 k WHERE k.name = 'SP2 RU3') AS is_before_sp2_ru3, -- bool: all hosts of its copies are older than SP2 RU3, which made that setting work; NULL when not known
  (SELECT v.name FROM w_first_copies y JOIN v_servers v ON v.id = y.server_id WHERE y.database_key = d.database_key) AS preferred_server, -- identity(preferred_server_id): host of the copy with the lowest activation preference
  (SELECT y.server_id FROM w_first_copies y WHERE y.database_key = d.database_key) AS preferred_server_id, -- text: objectGUID of that server
  d.source_origin AS source_origin, -- text: where it was read
  d.source_at AS source_at, -- text: when it was read
  d.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  d.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_databases d JOIN databases r ON r.id = d.id
LEFT JOIN w_active x ON x.id = d.id
LEFT JOIN v_servers s ON s.id = x.server_id
LEFT JOIN availability_groups g ON dnkey(g.dn) = dnkey(r.master_dn);

-- w_outside_certificates: certificates that clients from the Internet meet or may meet.
CREATE VIEW w_outside_certificates AS SELECT
  v.id AS id, -- text: thumbprint
  v.name AS name, -- text: its name
  v.names AS names, -- list: names that it stands for
  v.internet_facing AS internet_facing -- bool: clients from the Internet meet it; NULL when not known
FROM v_certificates v WHERE coalesce(v.internet_facing, 1) = 1;

-- v_autodiscover_domains: one row per mail domain, as the Autodiscover name that mobile and remote clients derive from it.
-- index: id
CREATE VIEW v_autodiscover_domains AS SELECT
  d.discovery_name AS id, -- text: normalised name
  d.discovery_name AS name, -- text: normalised name
  NULL AS site, -- text: none
  d.domain AS domain, -- text: mail domain
  d.is_wildcard AS is_wildcard, -- bool: the accepted domain stands for all subdomains
  d.is_relay AS is_relay, -- bool: mail for it is passed on to other systems; NULL when its type could not be read
  d.is_cloud AS is_cloud, -- bool: belongs to Exchange Online
  d.is_internal AS is_internal, -- bool: of an internal suffix, so that no public authority certifies it
  (SELECT sum(m.count) FROM mail_domains m WHERE norm(m.domain) = d.domain) AS mailbox_count, -- int: mailboxes with a primary address in it, from an export
  d.is_in_use AS is_in_use, -- bool: mailboxes have their primary address in it; NULL when not known
  d.in_use_source AS in_use_source, -- text: where that is taken from: export or default domain
  CASE WHEN EXISTS (SELECT 1 FROM w_outside_certificates c WHERE c.internet_facing AND covers(c.names, d.discovery_name)) THEN 1
       WHEN k.tls_complete AND NOT EXISTS (SELECT 1 FROM w_outside_certificates c WHERE covers(c.names, d.discovery_name) IS NULL OR covers(c.names, d.discovery_name) = 1) THEN 0 END AS is_covered, -- bool: a certificate that faces the Internet stands for it
  coalesce((SELECT list_of(c.name) FROM w_outside_certificates c WHERE c.internet_facing), '[]') AS certificates, -- list: certificates that face the Internet
  r.has_record AS has_service_record, -- bool: an SRV record for Autodiscover exists outside; NULL when no external resolver answered
  r.target AS service_host, -- text: host that it names
  CASE WHEN r.has_record = 0 THEN 0 WHEN r.target IS NULL THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_outside_certificates c WHERE c.internet_facing AND covers(c.names, r.target)) THEN 1
       WHEN k.tls_complete AND NOT EXISTS (SELECT 1 FROM w_outside_certificates c WHERE covers(c.names, r.target) IS NULL OR covers(c.names, r.target) = 1) THEN 0 END AS service_host_is_covered, -- bool: a certificate that faces the Internet stands for that host
  CASE WHEN EXISTS (SELECT 1 FROM w_aliases a WHERE a.view = 'external' AND a.name = d.discovery_name AND (a.target LIKE '%.outlook.com' OR a.target LIKE '%.outlook.cn' OR a.target LIKE '%.office365.us')) THEN 1
       WHEN EXISTS (SELECT 1 FROM w_dns a WHERE a.view = 'external' AND a.name = d.discovery_name AND a.has_record IS NOT NULL) THEN 0 END AS leads_to_cloud, -- bool: outside it is an alias of Exchange Online; NULL when no external resolver answered
  (SELECT max(t.internet_facing) FROM v_sites t) = 1 AS has_internet_facing_site, -- bool: some site is known to face the Internet
  q.request_server AS request_server, -- identity(request_server_id): a server that presents a certificate facing the Internet
  q.request_server_id AS request_server_id, -- text: objectGUID of that server
  q.other_servers AS other_servers, -- identities: the other servers that present it
  q.request_subject AS request_subject, -- text: subject for a request that replaces that certificate
  (SELECT list_of(y.name) FROM (SELECT j.value AS name FROM json_each(coalesce(q.request_names, '[]')) j UNION SELECT d.discovery_name) y) AS request_names, -- list: names for that request: its own, those that clients use, and this one
  q.old_thumbprint AS old_thumbprint, -- text: its thumbprint, while it is valid
  (SELECT min(a.source_origin) FROM dns_answers a WHERE a.name = d.discovery_name) AS source_origin, -- text: where it was read
  (SELECT min(a.source_at) FROM dns_answers a WHERE a.name = d.discovery_name) AS source_at -- text: when it was read
FROM v_mail_domains d CROSS JOIN v_coverage k JOIN w_service_records r ON r.domain = d.domain
LEFT JOIN v_certificates q ON q.id = (SELECT min(c.id) FROM v_certificates c WHERE c.internet_facing AND c.request_server IS NOT NULL);

-- w_store: one row per server and certificate in an export of its store.
-- index: server_id
-- index: thumbprint
CREATE VIEW w_store AS SELECT
  n.server_id AS server_id, -- text: server
  v.server AS server, -- text: its name as exported
  upper(v.thumbprint) AS thumbprint, -- text: SHA-1
  CASE WHEN v.unread LIKE '%"services"%' THEN NULL ELSE v.services LIKE '%"IIS"%' END AS is_for_iis, -- bool: IIS uses it
  lower(v.status) AS status, -- text: as the server sees it
  v.has_private_key AS has_private_key -- bool: its key is there
FROM store_certificates v JOIN w_name_owners n ON n.name = norm(v.server);

-- w_broken_links: certificates that the next one of a chain did not sign although its name says so.
-- index: chain
CREATE VIEW w_broken_links AS SELECT
  e.chain AS chain, -- text: the chain as sent
  min(coalesce(c.common_name, 'unnamed')) AS name -- text: the first of them
FROM (SELECT chain FROM tls_endpoints WHERE chain <> '[]' UNION SELECT chain_without_sni FROM tls_endpoints WHERE chain_without_sni <> '[]') e, json_each(e.chain) j
JOIN certificates c ON c.sha256 = j.value
WHERE fold(c.issuer) <> fold(c.subject)
  AND EXISTS (SELECT 1 FROM json_each(e.chain) k JOIN certificates i ON i.sha256 = k.value WHERE i.sha256 <> c.sha256 AND fold(i.subject) = fold(c.issuer) AND signed_by(c.der, i.der) = 0)
  AND NOT EXISTS (SELECT 1 FROM json_each(e.chain) k JOIN certificates i ON i.sha256 = k.value WHERE i.sha256 <> c.sha256 AND fold(i.subject) = fold(c.issuer) AND coalesce(signed_by(c.der, i.der), 1) = 1)
GROUP BY e.chain;

-- w_chains: one row per chain that was sent: how far it leads.
-- index: certificate_id
CREATE VIEW w_chains AS SELECT
  c.sha1 AS certificate_id, -- text: thumbprint of the leaf
  x.issuer_class AS issuer_class, -- text: self_signed, public or private; NULL when it ends before a root
  b.name AS broken, -- text: certificate whose issuer did not sign it
  EXISTS (SELECT 1 FROM json_each(e.chain) k JOIN certificates i ON i.sha256 = k.value WHERE i.sha256 <> c.sha256 AND fold(i.subject) = fold(c.issuer)) AS has_issuer, -- bool: the issuer of the leaf was sent
  c.issuer AS issuer -- text: issuer of the leaf
FROM (SELECT chain FROM tls_endpoints WHERE chain <> '[]' UNION SELECT chain_without_sni FROM tls_endpoints WHERE chain_without_sni <> '[]') e
JOIN certificates c ON c.sha256 = json_extract(e.chain, '$[0]')
LEFT JOIN w_chain_ends x ON x.chain = e.chain LEFT JOIN w_broken_links b ON b.chain = e.chain;

-- v_certificate_trust: one row per certificate of v_certificates, whether clients can follow its chain to a root that they trust.
-- index: id
CREATE VIEW v_certificate_trust AS SELECT
  v.id AS id, -- text: SHA-1 thumbprint
  v.name AS name, -- text: common name and start of the thumbprint
  v.site AS site, -- text: site of the servers that present it, when it is one
  v.issuer AS issuer, -- text: issuer
  v.self_signed AS self_signed, -- bool: signed with its own key
  v.issuer_class AS issuer_class, -- text: self_signed, public or private; NULL when no chain shows it
  v.endpoints AS endpoints, -- list: where it is presented
  v.servers AS servers, -- identities: Client Access servers that present it
  coalesce((SELECT list_of(DISTINCT y.server || ': ' || y.status) FROM w_store y WHERE y.thumbprint = v.id AND y.status IS NOT NULL), '[]') AS store_status, -- list: what servers say of it, from exports of their stores
  coalesce((SELECT list_of(x.problem) FROM (
     SELECT y.server || ' finds it ' || y.status AS problem FROM w_store y WHERE y.thumbprint = v.id AND y.status IN ('untrusted', 'invalid', 'revoked')
     UNION SELECT y.server || ' could not check whether it is revoked' FROM w_store y WHERE y.thumbprint = v.id AND y.status = 'revocationcheckfailure'
     UNION SELECT 'the signature on ' || y.broken || ' is not by the issuer that is sent with it' FROM w_chains y WHERE y.certificate_id = v.id AND y.broken IS NOT NULL
     UNION SELECT 'its issuer (' || y.issuer || ') is no root that is generally known, and is not sent with it' FROM w_chains y WHERE y.certificate_id = v.id AND y.issuer_class IS NULL AND NOT y.has_issuer
       AND NOT EXISTS (SELECT 1 FROM w_store z WHERE z.thumbprint = v.id AND z.status = 'valid')) x), '[]') AS chain_problems, -- list: what is wrong with its chain
  EXISTS (SELECT 1 FROM w_store y WHERE y.thumbprint = v.id AND y.status IN ('untrusted', 'invalid', 'revoked')) OR EXISTS (SELECT 1 FROM w_chains y WHERE y.certificate_id = v.id AND (y.broken IS NOT NULL OR (y.issuer_class IS NULL AND NOT y.has_issuer
       AND NOT EXISTS (SELECT 1 FROM w_store z WHERE z.thumbprint = v.id AND z.status = 'valid')))) AS is_broken, -- bool: some of that is more than a failed look-up
  EXISTS (SELECT 1 FROM w_store y WHERE y.thumbprint = v.id AND y.status = 'revocationcheckfailure') AS revocation_unchecked, -- bool: some server could not check whether it is revoked
  CASE WHEN EXISTS (SELECT 1 FROM w_store y WHERE y.thumbprint = v.id AND y.status = 'valid') THEN 1
       WHEN NOT EXISTS (SELECT 1 FROM w_chains y WHERE y.certificate_id = v.id AND (y.issuer_class IS NULL OR y.issuer_class <> 'public')) THEN 1 END AS is_trusted, -- bool: some server finds it valid, or every chain sent leads to a root that is generally known; NULL when neither was seen
  v.source_origin AS source_origin, -- text: where it was read
  v.source_at AS source_at -- text: when it was read
FROM v_certificates v;

-- w_outlook_provider: settings that Autodiscover hands to Outlook, from an export.
-- index: name
CREATE VIEW w_outlook_provider AS SELECT
  lower(p.name) AS name, -- text: expr, exch or web
  min(p.cert_principal_name) AS shown, -- text: certificate principal
  CASE WHEN lower(min(p.cert_principal_name)) LIKE 'msstd:%' THEN norm(substr(min(p.cert_principal_name), 7)) ELSE norm(min(p.cert_principal_name)) END AS principal, -- text: the name in it
  max(p.unread LIKE '%"cert_principal_name"%') AS is_unread, -- bool: it could not be read
  coalesce(lower(min(p.cert_principal_name)) LIKE 'msstd:*.%', 0) AS is_wildcard -- bool: it is a wildcard
FROM outlook_providers p GROUP BY lower(p.name);

-- w_anywhere_hosts: one row per certificate and host of Outlook Anywhere for which it is presented.
-- index: certificate_id
CREATE VIEW w_anywhere_hosts AS SELECT
  e.certificate_id AS certificate_id, -- text: thumbprint
  r.name AS host, -- text: host of Outlook Anywhere
  max(r.is_certain) AS is_certain, -- bool: its clients are seen to meet this certificate
  max(EXISTS (SELECT 1 FROM json_each(e.names) j WHERE norm(j.value) = r.name)) AS is_exact, -- bool: the certificate bears that name itself
  max(covers(e.names, r.name)) AS is_covered, -- bool: it stands for that name
  max(EXISTS (SELECT 1 FROM json_each(e.names) j JOIN w_outlook_provider p ON norm(j.value) = p.principal)) AS has_principal -- bool: it bears the name that Outlook is told to expect
FROM v_endpoint_certificates e JOIN w_required r ON r.endpoint = e.endpoint AND r.service = 'outlook_anywhere' GROUP BY e.certificate_id, r.name;

-- w_mail_wildcards: one row per certificate and POP or IMAP service that runs on a server presenting it as wildcard, without a name of its own for TLS.
-- index: certificate_id
CREATE VIEW w_mail_wildcards AS SELECT DISTINCT
  e.certificate_id AS certificate_id, -- text: thumbprint
  e.server AS server, -- text: server
  m.protocol AS protocol -- text: pop or imap
FROM v_endpoint_certificates e JOIN w_servers w ON w.id = e.server_id
JOIN mail_protocols m ON dnkey(m.server_dn) = w.dn_key AND m.certificate_name IS NULL AND m.unread NOT LIKE '%"certificate_name"%'
JOIN w_services v ON v.server_id = e.server_id AND v.service = CASE m.protocol WHEN 'pop' THEN 'msexchangepop3' ELSE 'msexchangeimap4' END AND v.is_running
WHERE EXISTS (SELECT 1 FROM json_each(e.names) j WHERE j.value LIKE '*.%');

-- v_certificate_principals: one row per certificate of v_certificates, with what Outlook Anywhere, POP and IMAP expect of it.
-- index: id
CREATE VIEW v_certificate_principals AS SELECT
  v.id AS id, -- text: SHA-1 thumbprint
  v.name AS name, -- text: common name and start of the thumbprint
  v.site AS site, -- text: site of the servers that present it, when it is one
  v.names AS names, -- list: names that it stands for
  v.endpoints AS endpoints, -- list: where it is presented
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.service = 'outlook_anywhere') THEN 1 WHEN k.known THEN 0 END AS anywhere_exists, -- bool: Outlook Anywhere is in use somewhere; NULL when not all directories were seen
  CASE WHEN EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain) THEN 1
       WHEN k.known AND c.servers_complete AND NOT EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id) THEN 0 END AS serves_anywhere, -- bool: clients of Outlook Anywhere meet it; NULL when not known
  coalesce((SELECT list_of(h.host) FROM w_anywhere_hosts h WHERE h.certificate_id = v.id), '[]') AS hosts, -- list: hosts of Outlook Anywhere there
  (SELECT min(h.host) FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND ((h.is_covered AND NOT h.is_exact) OR p.is_wildcard)) AS host, -- text: the first of them that only a wildcard stands for, or that the principal does not fit
  p.name IS NOT NULL AND NOT p.is_unread AS principal_seen, -- bool: an export of Get-OutlookProvider shows the principal of EXPR
  p.shown AS principal, -- text: that principal, such as msstd:mail.corp.example; NULL when it is empty or was not seen
  CASE WHEN p.name IS NULL OR p.is_unread OR v.names IS NULL THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND h.is_covered AND NOT h.is_exact AND (p.principal IS NULL OR p.principal = h.host)) THEN 0
       WHEN p.is_wildcard AND EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND NOT h.has_principal) THEN 0
       WHEN k.known AND c.servers_complete AND NOT EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND NOT h.is_certain) THEN 1 END AS principal_fits, -- bool: what Outlook is told to expect fits the certificate; NULL when not known
  CASE WHEN EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND h.is_covered AND NOT h.is_exact)
       THEN (SELECT 'msstd:*.' || substr(h.host, instr(h.host, '.') + 1) FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND h.is_covered AND NOT h.is_exact ORDER BY h.host LIMIT 1)
       ELSE (SELECT 'msstd:' || min(h.host) FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND h.is_exact) END AS wanted_principal, -- text: principal that would fit it
  coalesce((SELECT list_of(m.server || ' (' || m.protocol || ')') FROM w_mail_wildcards m WHERE m.certificate_id = v.id), '[]') AS mail_services, -- list: servers where POP or IMAP run with this wildcard and no certificate name of their own
  coalesce((SELECT identities(s.name, s.id) FROM w_mail_wildcards m JOIN v_servers s ON s.name = m.server WHERE m.certificate_id = v.id AND m.protocol = 'pop'), '[]') AS pop_servers, -- identities: those with POP
  coalesce((SELECT identities(s.name, s.id) FROM w_mail_wildcards m JOIN v_servers s ON s.name = m.server WHERE m.certificate_id = v.id AND m.protocol = 'imap'), '[]') AS imap_servers, -- identities: those with IMAP
  g.wildcard_clients = 'outlook_2010_sp1_or_newer' AS clients_are_newer, -- bool: no client older than Outlook 2010 SP1 is in use, by the operator's word
  v.source_origin AS source_origin, -- text: where it was read
  v.source_at AS source_at -- text: when it was read
FROM v_certificates v CROSS JOIN v_coverage c CROSS JOIN w_https_known k CROSS JOIN settings_general g LEFT JOIN w_outlook_provider p ON p.name = 'expr';

-- v_server_certificates: one row per Exchange 2010 Client Access server, whether a certificate is bound to its HTTPS.
-- index: id
CREATE VIEW v_server_certificates AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.is_client_access_2010 AS is_client_access_2010, -- bool: an Exchange 2010 Client Access server; NULL when its role or version is not known
  EXISTS (SELECT 1 FROM w_stated_servers o WHERE o.server_id = s.id AND o.https = 'balancer_only') AS is_plain_behind_balancer, -- bool: a balancer ends TLS and speaks plain HTTP to it, by the operator's word
  EXISTS (SELECT 1 FROM tls_endpoints e WHERE e.host = s.dns_name AND e.port = 443 AND e.outcome = 'handshake') AS handshake_finished, -- bool: a handshake with its port 443 was finished, which proves certificate and key
  coalesce((SELECT list_of(DISTINCT e.outcome) FROM tls_endpoints e WHERE e.host = s.dns_name AND e.port = 443), '[]') AS outcomes, -- list: how probes of its port 443 ended
  coalesce((SELECT list_of(e.certificate) FROM v_endpoint_certificates e WHERE e.endpoint = s.dns_name || ':443'), '[]') AS presented, -- list: certificates presented there
  coalesce(x.is_whole, 0) AS store_seen, -- bool: an export holds its whole certificate store
  coalesce((SELECT list_of(y.thumbprint) FROM w_store y WHERE y.server_id = s.id AND y.is_for_iis), '[]') AS iis_thumbprints, -- list: certificates that IIS uses, by that export
  (SELECT min(y.thumbprint) FROM w_store y WHERE y.server_id = s.id AND y.is_for_iis AND y.has_private_key = 0) AS keyless_thumbprint, -- text: one of them that has lost its private key
  CASE WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = s.dns_name || ':443')
            AND EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id AND y.is_for_iis) AND x.is_whole
            AND NOT EXISTS (SELECT 1 FROM w_store y JOIN v_endpoint_certificates e ON e.certificate_id = y.thumbprint AND e.endpoint = s.dns_name || ':443' WHERE y.server_id = s.id AND coalesce(y.is_for_iis, 1) = 1)
            THEN 'another certificate is presented there than IIS uses by the export'
       WHEN EXISTS (SELECT 1 FROM tls_endpoints e WHERE e.host = s.dns_name AND e.port = 443 AND e.outcome = 'handshake') THEN NULL
       WHEN x.is_whole AND NOT EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id AND coalesce(y.is_for_iis, 1) = 1) THEN 'the export shows none that IIS uses'
       WHEN EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id AND y.is_for_iis) AND x.is_whole
            AND NOT EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id AND coalesce(y.is_for_iis, 1) = 1 AND coalesce(y.has_private_key, 1) = 1)
            THEN 'the one that IIS uses has no private key' END AS fault, -- text: why no usable certificate is bound; NULL when none is proven
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s LEFT JOIN w_exported x ON x.server_id = s.id AND x.section = 'store_certificates'
WHERE coalesce(s.is_client_access_2010, 1) = 1;

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
  CASE WHEN EXISTS (SELECT 1 FROM w_service_principals y WHERE y.array_id = a.id) THEN 1
       WHEN a.dns_name IS NOT NULL AND EXISTS (SELECT 1 FROM sections n WHERE n.name = 'principals' AND n.status = 'complete') THEN 0 END AS is_registered, -- bool: some account holds one of the names; NULL when not known
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

-- v_exclusions: one row: the objects that rules leave out by design.
CREATE VIEW v_exclusions AS SELECT
  'exclusions' AS id, -- text: exclusions
  'exclusions' AS name, -- text: exclusions
  NULL AS site, -- text: none
  count(x.shown) AS item_count, -- int: how many objects
  list_of(x.shown) AS items, -- list: those objects, each with its code and the reason
  c.databases_complete AND c.servers_complete
    AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.in_scope IS NULL) AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.is_edge IS NULL) AS is_known -- bool: all databases and servers were seen
FROM v_coverage c LEFT JOIN (
  SELECT d.name || CASE WHEN d.is_recovery THEN ': X1 recovery database' WHEN d.is_public_folder THEN ': X3 public folder database'
                        ELSE ': X2 database on another version than Exchange 2010' END AS shown FROM v_databases d WHERE d.in_scope = 0
  UNION ALL SELECT s.name || ': X4 Edge Transport server' FROM v_servers s WHERE s.is_edge) x;

-- w_idle_settings: names in the settings that nothing in the snapshot bears, so that they have no effect.
CREATE VIEW w_idle_settings AS SELECT
  x.shown AS shown -- text: what the settings name
FROM (SELECT 'site ' || o.name AS shown FROM settings_sites o WHERE NOT EXISTS (SELECT 1 FROM w_sites t WHERE fold(t.name) = fold(o.name))
      UNION SELECT 'server ' || o.name FROM (SELECT name FROM settings_servers UNION SELECT server FROM settings_pools) o
            WHERE norm(o.name) NOT IN (SELECT name FROM w_name_owners)
      UNION SELECT 'array ' || o.array_name FROM settings_pools o WHERE NOT EXISTS (SELECT 1 FROM w_arrays a WHERE a.dns_name = o.array_name)
      UNION SELECT 'database ' || b.name FROM (SELECT database AS name FROM settings_migration) b WHERE fold(b.name) NOT IN (SELECT fold(d.name) FROM databases d)
      UNION SELECT 'balancer ' || o.address || ' (no name resolves to it)' FROM settings_balancers o WHERE NOT EXISTS (SELECT 1 FROM v_dns_addresses a WHERE a.address = o.address)
      UNION SELECT 'balancer name ' || o.name || ' (no name is an alias of it)' FROM settings_balancer_names o WHERE NOT EXISTS (SELECT 1 FROM w_aliases a WHERE a.target = o.name)) x;

-- w_differences: objects that either the directory or an export of a list has, and the other one lacks although it was seen in full.
-- index: section
CREATE VIEW w_differences AS SELECT
  l.section AS section, -- text: section of the export
  l.name || ' is in the export only' AS difference -- text: which
FROM (SELECT 'listed_arrays' AS section, 'arrays' AS other, name, fold(name) AS key FROM listed_arrays
      UNION ALL SELECT 'listed_servers', 'servers', name, fold(name) FROM listed_servers
      UNION ALL SELECT 'listed_databases', 'databases', name, fold(name) FROM listed_databases) l
LEFT JOIN (SELECT 'arrays' AS other, fold(name) AS key FROM arrays UNION SELECT 'servers', fold(name) FROM servers UNION SELECT 'databases', fold(name) FROM databases) d
  ON d.other = l.other AND d.key = l.key
WHERE d.key IS NULL AND EXISTS (SELECT 1 FROM sections s WHERE s.name = l.other AND s.status = 'complete')
UNION ALL SELECT d.section, d.name || ' is in the directory only'
FROM (SELECT 'listed_arrays' AS section, name, fold(name) AS key FROM arrays
      UNION ALL SELECT 'listed_servers', name, fold(name) FROM servers
      UNION ALL SELECT 'listed_databases', name, fold(name) FROM databases WHERE kind = 'mailbox' AND master_dn IS NOT NULL) d
LEFT JOIN (SELECT 'listed_arrays' AS section, fold(name) AS key FROM listed_arrays UNION SELECT 'listed_servers', fold(name) FROM listed_servers
           UNION SELECT 'listed_databases', fold(name) FROM listed_databases) l ON l.section = d.section AND l.key = d.key
WHERE l.key IS NULL AND EXISTS (SELECT 1 FROM sections s WHERE s.name = d.section AND s.status = 'complete');

-- v_sections: one row per kind of evidence, of exports only those that were given, and one for the snapshot as a whole.
-- index: id
CREATE VIEW v_sections AS SELECT
  u.name AS id, -- text: section
  u.name AS name, -- text: section
  NULL AS site, -- text: none
  coalesce(s.status, 'not_collected') AS status, -- text: complete, partial, failed or not_collected; unmatched for settings that name what nothing bears
  replace(coalesce(s.status, 'not_collected'), '_', ' ') AS status_in_words, -- text: the same for people
  coalesce(s.asked, 0) AS asked, -- int: questions put
  coalesce(s.answered, 0) AS answered, -- int: questions answered
  coalesce((SELECT list_of(DISTINCT g.reason || ': ' || g.subject) FROM gaps g WHERE g.section = u.name), '[]') AS gaps, -- list: what was not seen, and why
  (SELECT count(*) FROM gaps g WHERE g.section = u.name) AS gap_count, -- int: how many
  u.rests_on_it AS rests_on_it, -- text: what cannot be judged without it
  u.collect AS collect, -- text: how to get it
  u.critical = 'yes' AS is_critical, -- bool: rules of severity critical rest on it
  coalesce((SELECT list_of(x.difference) FROM w_differences x WHERE x.section = u.name), '[]') AS differences, -- list: objects that this export has and the directory lacks, or the other way round
  NULL AS snapshot_age_days -- real: for the snapshot only
FROM data_sections u LEFT JOIN sections s ON s.name = u.name
WHERE u.optional = 'no' OR coalesce(s.status, 'not_collected') <> 'not_collected'
UNION ALL SELECT 'snapshot', 'snapshot', NULL, 'complete', 'complete', 0, 0, '[]', 0, NULL, NULL, 0, '[]', snapshot_age_days FROM v_context
UNION ALL SELECT 'settings', 'settings', NULL, 'unmatched', 'unmatched', 0, 0, list_of(shown), count(*), NULL, NULL, 0, '[]', NULL FROM w_idle_settings HAVING count(*) > 0;
