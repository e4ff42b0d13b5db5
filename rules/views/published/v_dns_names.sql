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
  (SELECT sum(x.database_count) FROM v_arrays x JOIN w_arrays f ON f.first_id = x.id AND f.id = x.id WHERE x.dns_name = n.name) AS database_count, -- int: databases seen that point at those arrays
  CASE WHEN (SELECT sum(x.database_count) FROM v_arrays x WHERE x.dns_name = n.name) > 0 THEN 0
       WHEN c.databases_complete AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.endpoint_dns_name = n.name AND d.in_scope IS NULL)
            AND NOT EXISTS (SELECT 1 FROM v_databases d WHERE d.endpoint_dns_name IS NULL AND d.endpoint_kind IS NULL AND coalesce(d.in_scope, 1) = 1) THEN 1 END AS is_unused, -- bool: no database points at those arrays; NULL when not all databases are known
  coalesce((SELECT list_of(DISTINCT u.url || ' (' || u.service || coalesce(', ' || u.site, '') || ')') FROM v_https_uses u WHERE u.name = n.name), '[]') AS https_urls, -- list: HTTPS URLs that carry it, each with its service and site
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
  (SELECT '*.' || y.zone FROM w_external_sets y JOIN w_external_sets p ON p.name = 'casaudit-wildcard-probe.' || y.zone AND p.answers = y.answers
     WHERE y.name = n.name) AS external_wildcard, -- text: wildcard record that gives its answers outside: a name that nobody has gets the same
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
