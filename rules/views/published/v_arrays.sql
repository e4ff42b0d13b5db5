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
  CASE WHEN a.site_unread THEN NULL WHEN a.site_id IS NOT NULL THEN 1 WHEN a.site_key IS NULL
      OR c.sites_complete THEN 0 END AS site_exists, -- bool: that site exists
  r.fqdn AS fqdn, -- text: FQDN as stored
  a.dns_name AS dns_name, -- text: FQDN normalised
  a.dns_name || '.' AS absolute_name, -- text: the same with a trailing dot, for nslookup
  CASE WHEN NOT a.fqdn_unread THEN a.dns_name IS NOT NULL END AS has_fqdn, -- bool: has an FQDN at all
  fqdn_problem(r.fqdn) AS fqdn_problem, -- text: why the FQDN cannot be used; NULL when it can
  r.name LIKE '%CNF:%' AS is_replication_conflict, -- bool: name left behind by a replication conflict
  m.seen_client_access_count AS seen_client_access_count, -- int: 2010 Client Access servers seen in its site
  CASE WHEN m.client_access_known THEN m.seen_client_access_count END AS client_access_count,
      -- int: the same, when all servers are known
  m.seen_member_count AS seen_member_count, -- int: members seen
  CASE WHEN m.members_known THEN m.seen_member_count END AS member_count,
      -- int: members as Exchange computes them, when all servers are known
  coalesce((SELECT identities(s.name, s.id) FROM w_array_servers s
      WHERE s.array_id = a.id AND s.is_member), '[]') AS members, -- identities: member servers
  CASE WHEN a.dns_name IN (SELECT array_name FROM s_stated_pools)
      THEN 'the pool of the load balancer, as the operator states it'
      ELSE 'the members in the directory' END AS live_source, -- text: what the live members are taken from
  m.seen_live_count AS seen_live_count,
      -- int: members seen to which clients come, that is those in the balancer's pool where the operator states it
  CASE WHEN m.live_known THEN m.seen_live_count END AS live_count, -- int: the same, when all servers are known
  coalesce((SELECT identities(s.name, s.id) FROM w_array_servers s
      WHERE s.array_id = a.id AND s.is_live), '[]') AS live_members, -- identities: those members
  coalesce((SELECT list_of(s.name || ' (' || x.state || ')') FROM w_array_servers s JOIN v_servers x ON x.id = s.id
      WHERE s.array_id = a.id AND s.is_live), '[]') AS leaving_members,
      -- list: those of them that the operator states to be under maintenance or on their way out
  coalesce((SELECT list_of(s.name || ' ' || s.version) FROM w_array_servers s
      WHERE s.array_id = a.id AND s.is_member), '[]') AS member_versions,
      -- list: member servers with version and service pack
  (SELECT count(DISTINCT s.version) FROM w_array_servers s WHERE s.array_id = a.id AND s.is_member) AS version_count,
      -- int: how many different ones
  coalesce((SELECT list_of(x.name || ' ' || x.build || coalesce(' (' || x.build_name || ')', '')) FROM w_array_servers s
      JOIN v_servers x ON x.id = s.id WHERE s.array_id = a.id AND s.is_member), '[]') AS member_builds,
      -- list: members whose exact build was seen, with it
  (SELECT count(DISTINCT x.rollup) FROM w_array_servers s JOIN v_servers x ON x.id = s.id
      WHERE s.array_id = a.id AND s.is_member) AS rollup_count,
      -- int: how many different ones; two builds of one update count as one
  (SELECT count(x.build) FROM w_array_servers s JOIN v_servers x ON x.id = s.id
      WHERE s.array_id = a.id AND s.is_member) AS build_count, -- int: how many members those are
  coalesce((SELECT list_of(CASE WHEN x.build IS NULL THEN x.name END) FROM w_array_servers s
      JOIN v_servers x ON x.id = s.id WHERE s.array_id = a.id AND s.is_member), '[]') AS members_without_build,
      -- list: the other members
  o.code AS obstacle_code,
      -- text: no_site, no_client_access_server, host_name, https_name, unresolved, unseen or none; why databases must
      -- not be pointed at it, for comparison
  o.obstacle AS obstacle, -- text: why databases must not be pointed at it, as a sentence; 'none' when they may
  r.twin_unplaced AS twin_unplaced,
      -- bool: another array has its legacyExchangeDN, and the site of one of them could not be read, so that it is not
      -- known which of them databases use
  coalesce(q.seen_count, 0) AS seen_database_count, -- int: in-scope databases seen that point at it
  CASE WHEN c.databases_complete AND a.legacy_key IS NOT NULL AND k.unread = 0
            AND coalesce(q.undecided_count, 0) = 0
                AND NOT r.twin_unplaced THEN coalesce(q.seen_count, 0) END AS database_count,
                -- int: the same, when all databases are known
  CASE WHEN c.databases_complete AND a.legacy_key IS NOT NULL AND k.unread = 0
       THEN (SELECT count(*) FROM w_homes h WHERE h.endpoint_key = a.legacy_key) END AS reference_count,
           -- int: databases of any kind that refer to it; only at 0 may it be removed
  CASE WHEN coalesce(q.seen_count = q.counted, 1) THEN coalesce(q.mailbox_count, 0) END AS mailbox_count,
      -- int: mailboxes of those databases, when all are known
  coalesce(q.databases, '[]') AS databases, -- identities: those databases
  u.https_urls AS https_urls, -- list: HTTPS URLs that carry its name, each with its service and site
  u.https_url_count AS https_url_count, -- int: how many
  u.https_servers AS https_servers, -- identities: servers of those URLs
  u.is_https_name AS is_https_name, -- bool: some HTTPS URL carries its name; NULL while not all URLs are known
  u.servers_with_same_name AS servers_with_same_name,
      -- list: servers and availability groups with the same network name
  u.is_host_name AS is_host_name, -- bool: a server or availability group bears its name
  coalesce((SELECT list_of(DISTINCT x.address) FROM v_dns_addresses x
      WHERE x.view = 'internal' AND x.name = a.dns_name), '[]') AS addresses, -- list: internal addresses of its name
  u.is_served_elsewhere AS is_served_elsewhere,
      -- bool: an internal address of its name belongs to a Client Access server or an array of another site
  d.resolves_internally AS resolves_internally, -- bool: its name has an address inside; NULL when not known
  CASE WHEN NOT r.legacy_dn_unread THEN coalesce(norm(last_part(r.legacy_exchange_dn)) <> a.dns_name,
      0) END AS legacy_name_differs, -- bool: databases are joined by another name than the FQDN
  last_part(r.legacy_exchange_dn) AS legacy_name, -- text: that name, the last part of legacyExchangeDN
  (SELECT count(*) FROM w_databases b WHERE b.home_site_id = a.site_id AND b.in_scope) AS site_database_count,
      -- int: in-scope databases seen at home in its site
  (SELECT b.id FROM w_databases b WHERE b.home_site_id = a.site_id AND b.in_scope AND b.endpoint_kind IS NOT NULL
      AND (b.endpoint_id IS NULL OR b.endpoint_id <> a.first_id)
     ORDER BY b.endpoint_kind <> 'client_access_server', b.id LIMIT 1) AS stray_database_id,
         -- text: objectGUID of one of them that points elsewhere, at a server if any does
  (SELECT count(*) FROM v_database_copies b WHERE b.site_id = a.site_id) AS site_copy_count,
      -- int: database copies in its site
  julianday(y.collected_at) - julianday(r.created) AS age_days, -- real: days from its creation to the collection
  r.created AS created, -- text: whenCreated
  r.source_origin AS source_origin, -- text: where it was read
  r.source_at AS source_at, -- text: when it was read
  r.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  r.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_arrays a JOIN s_arrays r ON r.id = a.id
JOIN w_array_members m ON m.id = a.id
JOIN w_obstacles o ON o.id = a.id
JOIN w_array_name_uses u ON u.id = a.id
LEFT JOIN w_array_databases q ON q.id = a.first_id
LEFT JOIN w_name_answers d ON d.name = a.dns_name
CROSS JOIN v_coverage c
CROSS JOIN s_context y
CROSS JOIN (SELECT count(*) AS unread FROM s_databases d WHERE d.endpoint_unread) k;
