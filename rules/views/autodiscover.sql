-- Autodiscover: service connection points, scopes, mail domains.

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
