-- Exchange servers: names, addresses, builds, services.

-- w_servers: servers with decoded version and roles.
-- index: dn_key
-- index: legacy_key
-- index: site_key
-- index: dns_name
CREATE VIEW w_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- text: short name
  dnkey(s.dn) AS dn_key, -- text: key of its DN
  dnkey(s.site_dn) AS site_key, -- text: key of the DN of its site
  t.id AS site_id, -- text: objectGUID of its site, when that exists
  t.name AS site, -- text: name of its site
  rtrim(fold(s.legacy_exchange_dn), '.') AS legacy_key, -- text: legacyExchangeDN for comparison
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
  dnkey(s.dag_dn) AS dag_key, -- text: key of the DN of its availability group
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

-- w_server_names: the names that stand for a server in a URL: its FQDN and its short name.
-- index: name
CREATE VIEW w_server_names AS SELECT
  n.name AS name, -- text: normalised name
  min(n.server) AS server -- text: the server that bears it
FROM (SELECT dns_name AS name, name AS server FROM w_servers WHERE dns_name IS NOT NULL
      UNION SELECT norm(name), name FROM w_servers) n GROUP BY n.name;

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
