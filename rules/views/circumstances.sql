-- What a judgement is made under: time and profile, what was seen, reference data, the operator's statements.

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
  coalesce(max(name = 'sites' AND status = 'complete'), 0) AS sites_complete, -- bool: sites and subnets
  coalesce(max(name = 'servers' AND status = 'complete'), 0) AS servers_complete, -- bool: Exchange servers
  coalesce(max(name = 'arrays' AND status = 'complete'), 0) AS arrays_complete, -- bool: Client Access arrays
  coalesce(max(name = 'databases' AND status = 'complete'), 0) AS databases_complete, -- bool: databases
  coalesce(max(name = 'database_copies' AND status = 'complete'), 0) AS database_copies_complete, -- bool: database copies
  coalesce(max(name = 'availability_groups' AND status = 'complete'), 0) AS availability_groups_complete, -- bool: database availability groups
  coalesce(max(name = 'virtual_directories' AND status = 'complete'), 0) AS virtual_directories_complete, -- bool: virtual directories
  coalesce(max(name = 'service_connection_points' AND status = 'complete'), 0) AS service_connection_points_complete, -- bool: Autodiscover service connection points
  coalesce(max(name = 'accepted_domains' AND status = 'complete'), 0) AS accepted_domains_complete, -- bool: accepted domains
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
