-- v_sites: one row per Active Directory site.
-- index: id
CREATE VIEW v_sites AS SELECT
  t.id AS id, -- text: objectGUID
  t.name AS name, -- text: site name
  t.name AS site, -- text: the same, for reports
  t.subnets AS subnets, -- list: subnets in CIDR notation
  (SELECT count(*) FROM v_servers s WHERE s.site_id = t.id AND s.is_2010) AS server_count_2010,
      -- int: Exchange 2010 servers seen
  (SELECT count(*) FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010) AS seen_client_access_count,
      -- int: 2010 Client Access servers seen
  CASE WHEN w.server_sites
            AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = t.id AND s.is_client_access_2010 IS NULL)
       THEN (SELECT count(*) FROM v_servers s
           WHERE s.site_id = t.id AND s.is_client_access_2010) END AS client_access_count,
           -- int: the same, when all servers are known
  coalesce((SELECT identities(s.name, s.id) FROM v_servers s
      WHERE s.site_id = t.id AND s.is_client_access_2010), '[]') AS client_access_servers, -- identities: those servers
  coalesce((SELECT identities(s.name, s.id) FROM v_servers s
      WHERE s.site_id = t.id AND s.is_2010 AND s.is_mailbox), '[]') AS mailbox_servers,
      -- identities: 2010 Mailbox servers
  (SELECT count(*) FROM v_servers s WHERE s.site_id = t.id AND s.is_2010 AND s.is_mailbox) AS mailbox_server_count,
      -- int: how many were seen
  CASE WHEN w.array_sites THEN (SELECT count(*) FROM w_arrays a WHERE a.site_id = t.id) END AS array_count,
      -- int: arrays bound to it
  (SELECT count(*) FROM w_arrays a WHERE a.site_id = t.id) AS seen_array_count, -- int: arrays seen
  coalesce((SELECT identities(a.name, a.id) FROM w_arrays a WHERE a.site_id = t.id), '[]') AS arrays,
      -- identities: those arrays
  coalesce((SELECT list_of(a.name || ' (' || coalesce(a.fqdn, 'no FQDN') || ', ' || a.seen_database_count
      || CASE a.seen_database_count WHEN 1 THEN ' database' ELSE ' databases' END || ', created '
      || coalesce(a.created, 'unknown') || ')')
     FROM v_arrays a WHERE a.site_id = t.id), '[]') AS array_details, -- list: arrays with FQDN, databases and age
  (SELECT count(*) FROM v_arrays a WHERE a.site_id = t.id AND a.is_replication_conflict) AS conflict_array_count,
      -- int: arrays left behind by replication conflicts
  p.name AS site_array,
      -- identity(site_array_id): array for its databases: the only one, or the one that most of them use
  p.id AS site_array_id, -- text: objectGUID of that array
  p.fqdn AS site_array_fqdn, -- text: FQDN of that array
  CASE WHEN NOT w.array_sites THEN 'arrays_unseen' WHEN p.id IS NULL THEN 'no_array'
      ELSE p.obstacle_code END AS site_array_obstacle_code,
      -- text: arrays_unseen, no_array, no_site, no_client_access_server, host_name, https_name, unresolved, unseen or
      -- none; why databases must not be pointed at it, for comparison
  CASE WHEN NOT w.array_sites THEN 'it was not seen which arrays the site has; see CAS-META-001'
      WHEN p.id IS NULL THEN 'the site has no array; repair CAS-ARRAY-001 first'
      ELSE p.obstacle END AS site_array_obstacle, -- text: why databases must not be pointed at it, as in v_databases
  coalesce((SELECT identities(a.name, a.id) FROM v_arrays a
      WHERE a.site_id = t.id AND a.id <> p.id AND a.reference_count = 0), '[]') AS removable_arrays,
      -- identities: the others, when no database at all refers to them
  coalesce((SELECT identities(a.name, a.id) FROM w_arrays a
      WHERE a.site_id = t.id AND a.id <> p.id AND a.legacy_key = p.legacy_key), '[]') AS twin_arrays,
      -- identities: those of the others that databases cannot name apart from that array
  coalesce((SELECT identities(d.name, d.id) FROM v_databases d
      WHERE d.home_site_id = t.id AND d.in_scope AND d.is_public_folder_pin = 0
     AND d.endpoint_kind IS NOT NULL AND (d.endpoint_id IS NULL
         OR d.endpoint_id <> p.first_id)), '[]') AS stray_databases,
         -- identities: in-scope databases at home here that do not point at that array, and by which no public folders
         -- are reached
  (SELECT d.id FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope AND d.is_public_folder_pin = 0
      AND d.endpoint_kind IS NOT NULL AND (d.endpoint_id IS NULL OR d.endpoint_id <> p.first_id)
     ORDER BY d.endpoint_kind <> 'client_access_server', d.id LIMIT 1) AS stray_database_id,
         -- text: objectGUID of one of them, that points at a server if any does
  (SELECT count(*) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope) AS seen_database_count,
      -- int: in-scope databases seen at home here
  CASE WHEN c.databases_complete AND k.undecided = 0
       THEN (SELECT count(*) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope) END AS database_count,
           -- int: the same, when scope and home of every database are known
  coalesce((SELECT identities(d.name, d.id) FROM v_databases d
      WHERE d.home_site_id = t.id AND d.in_scope), '[]') AS databases, -- identities: the in-scope databases
  (SELECT sum(d.mailbox_count) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope
     HAVING count(*) = count(d.mailbox_count)) AS mailbox_count, -- int: their mailboxes, when all are known
  coalesce((SELECT list_of(DISTINCT d.rpc_client_access_server) FROM v_databases d
      WHERE d.home_site_id = t.id AND d.in_scope), '[]') AS endpoints, -- list: what those databases point at
  (SELECT count(*) FROM w_site_endpoints e WHERE e.site_id = t.id) AS endpoint_count, -- int: how many different ones
  coalesce((SELECT list_of(e.shown || ': ' || e.databases) FROM w_site_endpoints e
      WHERE e.site_id = t.id), '[]') AS endpoint_counts, -- list: each with the number of its databases
  (SELECT max(d.created) FROM v_databases d
      JOIN w_site_endpoints e ON e.site_id = t.id AND e.place > 1
      AND e.endpoint = coalesce(d.endpoint_id, d.endpoint_dns_name)
     WHERE d.home_site_id = t.id AND d.in_scope) AS newest_differing,
         -- text: creation of the newest database that does not use the most used one
  (SELECT count(*) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope
      AND d.endpoint_kind IS NULL) AS unknown_endpoint_count, -- int: databases whose endpoint is not known
  (SELECT count(*) FROM v_databases d WHERE d.home_site_id = t.id AND d.in_scope
      AND d.is_public_folder_pin IS NULL) AS open_pin_count,
      -- int: databases that may point at their server on purpose, for the public folders there
  (SELECT count(*) FROM v_https_uses u WHERE u.site_id = t.id AND u.scope = 'external'
      AND u.server_is_client_access_2010) > 0 AS has_external_url,
      -- bool: some Client Access server has an external URL
  CASE WHEN o.internet_facing IS NOT NULL THEN o.internet_facing WHEN x.has_external THEN 1
      WHEN x.is_known THEN 0 END AS internet_facing,
      -- bool: clients come in from the Internet here, by the operator's word or else by its external URLs; NULL when
      -- neither is known
  CASE WHEN o.internet_facing IS NOT NULL THEN 'operator' WHEN x.has_external
      OR x.is_known THEN 'external URLs' END AS internet_facing_source,
      -- text: which of the two it is: operator or external URLs
  coalesce((SELECT identities(d.name, d.id) FROM v_databases d
      WHERE d.home_site_id = t.id AND d.in_scope AND d.is_public_folder_pin = 0), '[]') AS repointable_databases,
      -- identities: in-scope databases at home here by which no public folders are reached
  'cas-' || plain_label(t.name) AS suggested_array_name,
      -- text: name for an array object of the site, of ASCII letters, digits and hyphens; NULL where its own name has
      -- none
  q.fqdn AS planned_array, -- text: DNS name of the array that it is to get, by the operator's word
  q.obstacle AS planned_array_obstacle, -- text: why no array can be made with that name
  o.exchange_clients AS has_exchange_clients, -- bool: people work with Outlook here, by the operator's word
  t.source_origin AS source_origin, -- text: where it was read
  t.source_at AS source_at, -- text: when it was read
  t.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  t.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM s_sites t CROSS JOIN v_coverage c CROSS JOIN w_known w
JOIN w_site_directories x ON x.site_id = t.id
LEFT JOIN s_stated_sites o ON fold(o.name) = fold(t.name)
LEFT JOIN w_site_targets p ON p.site_id = t.id
LEFT JOIN w_planned_arrays q ON q.site_id = t.id
CROSS JOIN (SELECT count(*) AS undecided FROM v_databases d
    WHERE d.in_scope IS NULL OR (d.in_scope AND d.home_site_id IS NULL)) k;
