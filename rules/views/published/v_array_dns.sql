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
  n.resolves_internally AS resolves_internally,
      -- bool: has an address on some internal resolver; NULL when none answered
  n.internal_known AS internal_known,
      -- bool: every internal resolver gave all the addresses that it has; NULL when none was asked
  n.internal_addresses AS internal_addresses, -- list: addresses inside
  n.internal_address_count AS internal_address_count, -- int: how many
  coalesce((SELECT list_of(x.any_server) FROM w_array_addresses x WHERE x.name = n.name), '[]') AS address_servers,
      -- list: 2010 Client Access servers that have one of them alone
  coalesce((SELECT min(x.is_vip) FROM w_array_addresses x WHERE x.name = n.name), 0) AS all_shared,
      -- bool: each of them is shared by servers, so a balancer's
  CASE WHEN n.resolves_internally IS NULL THEN NULL
       WHEN (SELECT count(x.any_server) FROM w_array_addresses x WHERE x.name = n.name) > 1 THEN 1
       WHEN NOT n.internal_known THEN NULL
       WHEN n.internal_address_count < 2 THEN 0
       WHEN (SELECT min(x.is_vip) FROM w_array_addresses x WHERE x.name = n.name) = 1 THEN 1
       WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM w_unseen_servers s)
            AND NOT EXISTS (SELECT 1 FROM w_array_addresses x JOIN w_server_addresses o ON o.address = x.address
                JOIN w_servers s ON s.id = o.server_id WHERE x.name = n.name AND s.is_client_access_2010 IS NULL)
                THEN 0 END AS is_round_robin,
                -- bool: several addresses, of which two belong to servers or all to balancers
  coalesce((SELECT list_of(x.address) FROM w_array_places x
      WHERE x.name = n.name AND x.place = 'foreign'), '[]') AS foreign_addresses,
      -- list: addresses that do not belong to the site
  coalesce((SELECT list_of(x.address || ', which belongs to ' || x.owner) FROM w_array_places x
      WHERE x.name = n.name AND x.place = 'foreign'), '[]') AS foreign_owners, -- list: the same, with their owners
  coalesce((SELECT list_of(x.address) FROM w_array_places x
      WHERE x.name = n.name AND x.place IS NULL), '[]') AS unknown_addresses,
      -- list: addresses of which nothing is known
  CASE WHEN NOT k.array_names THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_array_places x WHERE x.name = n.name AND x.place = 'foreign') THEN 0
       WHEN n.resolves_internally IS NULL OR NOT n.internal_known OR n.site_id IS NULL THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_array_places x WHERE x.name = n.name AND x.place IS NULL) THEN NULL
       ELSE 1 END AS belongs_to_site, -- bool: every address inside belongs to the array's site
  (SELECT max(y.ttl) FROM (SELECT a.ttl FROM v_dns_answers a WHERE a.view = 'internal' AND a.name = n.name
      AND a.record_type IN ('A', 'AAAA') AND a.status = 'answer' AND a.authoritative
     UNION ALL SELECT x.ttl FROM s_aliases x
         JOIN v_dns_answers a ON a.view = x.view AND a.resolver = x.resolver AND a.name = x.name
         AND a.record_type = x.record_type
       WHERE x.view = 'internal' AND x.name = n.name AND a.authoritative) y) AS authoritative_ttl,
           -- int: longest TTL that an authoritative resolver gave, seconds
  EXISTS (SELECT 1 FROM v_servers s JOIN v_servers o ON o.availability_group = s.availability_group
      AND o.site_id <> s.site_id
     JOIN v_database_copies d ON d.server_id = o.id WHERE s.site_id = n.site_id) AS has_copies_elsewhere,
         -- bool: an availability group of the site keeps copies in another site
  CASE WHEN (SELECT count(DISTINCT s.site_id) FROM w_servers s WHERE s.is_2010) > 1 THEN 0
       WHEN k.server_sites AND NOT EXISTS (SELECT 1 FROM w_servers s WHERE coalesce(s.is_2010, 1) AND (s.site_id IS NULL
           OR s.is_2010 IS NULL)) THEN 1 END AS is_only_site, -- bool: all Exchange 2010 servers are in one site
  n.is_moved_by_hand AS is_moved_by_hand,
      -- bool: its record is moved by hand when a server fails, by the operator's word
  coalesce((SELECT list_of(t.twin) FROM w_array_twins t WHERE t.name = n.name), '[]') AS twins,
      -- list: array names of other sites with the same address
  coalesce((SELECT list_of(t.address) FROM w_array_twins t WHERE t.name = n.name), '[]') AS twin_addresses,
      -- list: those addresses
  CASE WHEN EXISTS (SELECT 1 FROM w_array_twins t WHERE t.name = n.name) THEN 1
       WHEN n.resolves_internally IS NULL OR NOT n.internal_known OR NOT k.array_names OR NOT k.array_sites THEN NULL
       WHEN EXISTS (SELECT 1 FROM v_dns_names o
           WHERE o.is_array_name AND o.fqdn_problem IS NULL AND coalesce(o.internal_known, 0) = 0) THEN NULL
       ELSE 0 END AS has_twin, -- bool: it shares an address with an array of another site
  CASE WHEN n.is_unused THEN 1
       WHEN NOT EXISTS (SELECT 1 FROM w_array_twins t JOIN v_dns_names o ON o.name = t.twin
           WHERE t.name = n.name AND coalesce(o.is_unused, 0) = 0) THEN 1
       WHEN n.is_unused IS NOT NULL THEN 0 END AS twins_unused, -- bool: no database uses it, or none uses the others
  n.source_origin AS source_origin, -- text: where it was read
  n.source_at AS source_at -- text: when it was read
FROM v_dns_names n CROSS JOIN v_coverage c CROSS JOIN w_known k WHERE n.is_array_name;
