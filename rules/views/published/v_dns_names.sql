-- v_dns_names: one row per name that clients or servers use, with what DNS says of it.
-- index: id
CREATE VIEW v_dns_names AS SELECT
  n.name AS id, -- text: normalised name
  n.name AS name, -- text: normalised name
  n.name || '.' AS absolute_name, -- text: the name with a trailing dot, for nslookup
  t.name AS site, -- text: site of the array that bears it, when it is one site
  t.id AS site_id, -- text: objectGUID of that site
  a.name IS NOT NULL AS is_array_name, -- bool: FQDN of an array
  EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = n.name) AS is_https_name,
      -- bool: host of an HTTPS URL that was seen
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = n.name) THEN 1
      WHEN k.known THEN 0 END AS used_for_https, -- bool: host of an HTTPS URL; NULL when not all URLs were seen
  EXISTS (SELECT 1 FROM w_servers s WHERE s.dns_name = n.name) AS is_server_name, -- bool: FQDN of a server
  coalesce(a.array_count, 0) AS array_count, -- int: arrays that bear it
  coalesce(a.site_count, 0) AS array_site_count, -- int: different sites of those arrays
  y.site_exists AS site_exists, -- bool: some of those arrays belongs to a site that exists
  coalesce(y.sites, '[]') AS array_sites, -- list: names of those sites
  coalesce(y.arrays, '[]') AS arrays, -- identities: those arrays
  y.first_id AS array_id, -- text: objectGUID of one of those arrays
  y.fqdn_problem AS fqdn_problem, -- text: why the name cannot be used
  y.database_count AS database_count, -- int: databases seen that point at those arrays
  CASE WHEN y.all_count > 0 THEN 0
       WHEN c.databases_complete AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.endpoint_dns_name = n.name
           AND d.in_scope IS NULL)
            AND NOT EXISTS (SELECT 1 FROM v_databases d
                WHERE d.endpoint_dns_name IS NULL AND coalesce(d.endpoint_kind, '') <> 'none'
                AND coalesce(d.in_scope, 1) = 1) THEN 1 END AS is_unused,
                -- bool: no database points at those arrays; NULL when not all databases are known
  coalesce((SELECT list_of(DISTINCT u.url || ' (' || u.service || coalesce(', ' || u.site, '') || ')')
      FROM v_https_uses u WHERE u.name = n.name), '[]') AS https_urls,
      -- list: HTTPS URLs that carry it, each with its service and site
  r.resolves_internally AS resolves_internally,
      -- bool: has an address on some internal resolver; NULL when none answered
  r.internal_known AS internal_known,
      -- bool: every internal resolver gave all the addresses that it has; NULL when none was asked
  coalesce(r.internal_resolvers, '[]') AS internal_resolvers, -- list: internal resolvers that answered
  coalesce(i.internal_addresses, '[]') AS internal_addresses, -- list: addresses inside
  coalesce(i.internal_count, 0) AS internal_address_count, -- int: how many
  CASE WHEN i.internal_count = 1 THEN i.last_internal END AS internal_address, -- text: the only address inside
  CASE WHEN i.last_internal LIKE '%:%' THEN 'AAAA' ELSE 'A' END AS internal_record_type,
      -- text: A or AAAA, for that address
  h.address_server AS address_server, -- text: 2010 Client Access server of the array's site whose own address that is
  h.points_at_server AS points_at_server,
      -- bool: its only address inside is that of one Client Access server of the array's site
  coalesce(h.other_servers, '[]') AS other_servers,
      -- list: Client Access servers of the site behind none of its addresses
  coalesce(h.seen_client_access_count, 0) AS seen_client_access_count,
      -- int: 2010 Client Access servers seen in the site
  v.client_access_count AS client_access_count, -- int: 2010 Client Access servers of the site
  v.mailbox_count AS mailbox_count, -- int: mailboxes of the site
  n.name IN (SELECT name FROM s_stated_manual_records) AS is_moved_by_hand,
      -- bool: its record is moved by hand when a server fails, by the operator's word
  coalesce(h.site_has_balancer, 0) AS site_has_balancer,
      -- bool: an address of a load balancer of the site is known: named as such, or shared by its servers
  CASE WHEN l.name IS NOT NULL THEN 1 WHEN r.answered_internally IS NOT NULL THEN 0 END AS is_alias,
      -- bool: some internal resolver answered with an alias (CNAME); NULL when none answered
  l.target AS alias_target, -- text: what it is an alias of, inside
  l.target || '.' AS absolute_alias_target, -- text: the same with a trailing dot
  l.ttl AS alias_ttl, -- int: TTL of the alias, seconds
  (SELECT min(s.name) FROM s_aliases x JOIN w_servers s ON s.dns_name = x.target
      WHERE x.view = 'internal' AND x.name = n.name) AS alias_server, -- text: server whose FQDN it is an alias of
  EXISTS (SELECT 1 FROM s_aliases x JOIN s_stated_balancer_names b ON b.name = x.target
      WHERE x.view = 'internal' AND x.name = n.name) AS alias_is_managed,
      -- bool: it is an alias of a name that the balancer manages, by the operator's word
  (SELECT max(x.ttl) FROM v_dns_answers x
      WHERE x.view = 'internal' AND x.name = n.name AND x.status = 'answer' AND x.record_type IN ('A', 'AAAA')) AS ttl,
      -- int: longest TTL of its addresses inside, seconds
  r.answered_externally AS answered_externally, -- bool: some external resolver has a record; NULL when none answered
  r.resolves_externally AS resolves_externally, -- bool: has an address outside; NULL when none answered
  coalesce(i.external_addresses, '[]') AS external_addresses, -- list: addresses outside
  coalesce(p.answers, '[]') AS external_answers, -- list: addresses and aliases outside
  (SELECT '*.' || p.zone FROM w_external_sets w
      WHERE w.name = 'casaudit-wildcard-probe.' || p.zone AND w.answers = p.answers) AS external_wildcard,
      -- text: wildcard record that gives its answers outside: a name that nobody has gets the same
  i.external_all_private AS external_all_private, -- bool: every outside address is private
  trim(rtrim(rtrim(r.external_resolver, '0123456789'), ':'), '[]') AS external_resolver,
      -- text: address of an external resolver that answered
  (SELECT min(x.source_origin) FROM s_dns_answers x WHERE x.name = n.name) AS source_origin, -- text: where it was read
  (SELECT min(x.source_at) FROM s_dns_answers x WHERE x.name = n.name) AS source_at -- text: when it was read
FROM w_names n
CROSS JOIN v_coverage c
CROSS JOIN w_https_known k
LEFT JOIN w_array_names a ON a.name = n.name
LEFT JOIN s_sites t ON t.id = a.site_id
LEFT JOIN v_sites v ON v.id = a.site_id
LEFT JOIN w_array_name_servers h ON h.name = n.name
LEFT JOIN w_name_answers r ON r.name = n.name
LEFT JOIN w_name_addresses i ON i.name = n.name
LEFT JOIN w_name_aliases l ON l.name = n.name
LEFT JOIN w_external_sets p ON p.name = n.name
LEFT JOIN (SELECT x.dns_name AS name, max(x.site_exists) AS site_exists, list_of(coalesce(x.site, 'no site')) AS sites,
    identities(x.name, x.id) AS arrays,
             min(x.id) AS first_id, min(x.fqdn_problem) AS fqdn_problem, sum(x.database_count) AS all_count,
             sum(CASE WHEN f.first_id = f.id THEN x.database_count END) AS database_count
           FROM v_arrays x JOIN w_arrays f ON f.id = x.id GROUP BY x.dns_name) y ON y.name = n.name;
