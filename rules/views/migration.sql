-- What stands between the organisation and a newer Exchange.

-- w_discovery_scopes: per server, the Autodiscover service connection points that it publishes, and for which sites.
-- index: server_id
CREATE VIEW w_discovery_scopes AS SELECT
  w.id AS server_id, -- text: server
  count(*) AS points, -- int: how many
  sum(EXISTS (SELECT 1 FROM json_each(p.keywords) j WHERE lower(j.value) LIKE 'site=%')
      AND NOT EXISTS (SELECT 1 FROM json_each(p.keywords) j WHERE lower(j.value) LIKE 'site=%' AND fold(substr(j.value, 6)) <> fold(w.site))) AS own_site_points -- int: how many of them are for the server's own site alone
FROM service_connection_points p JOIN w_servers w ON w.dn_key = dnkey(p.server_dn) GROUP BY w.id;

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
