-- DNS names: who uses them, what they resolve to inside and outside.

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

-- w_external_sets: one row per name that has some record outside, with its answers.
-- index: name
CREATE VIEW w_external_sets AS SELECT
  y.name AS name, -- text: normalised name
  substr(y.name, instr(y.name, '.') + 1) AS zone, -- text: the name without its first label
  list_of(DISTINCT y.answer) AS answers -- list: addresses and aliases
FROM (SELECT x.name, x.address AS answer FROM v_dns_addresses x WHERE x.view = 'external'
      UNION SELECT x.name, x.target FROM w_aliases x WHERE x.view = 'external') y GROUP BY y.name;

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
              EXISTS (SELECT 1 FROM v_endpoint_certificates m WHERE m.certificate_id = e.certificate_id AND m.site_id = x.site_id)
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

-- w_array_twins: one row per array name and name of an array of another site with which it shares an address.
-- index: name
CREATE VIEW w_array_twins AS SELECT DISTINCT
  x.name AS name, -- text: normalised array FQDN
  y.name AS twin, -- text: that name; the same where arrays of several sites bear it
  x.address AS address -- text: the shared address
FROM w_array_addresses x JOIN w_array_addresses y ON y.address = x.address
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
  coalesce((SELECT list_of(DISTINCT u.url || ' (' || u.service || coalesce(', ' || u.site, '') || ')') FROM v_https_uses u WHERE u.name = n.name), '[]') AS https_urls, -- list: HTTPS URLs that carry it, each with its service and site
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
