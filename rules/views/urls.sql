-- Virtual directories and the HTTPS names that clients get from them.

-- w_directory_gaps: what could not be seen of virtual directories, and of which server.
CREATE VIEW w_directory_gaps AS SELECT
  g.subject AS subject, -- text: what was asked
  (SELECT min(s.id) FROM servers s WHERE fold(g.subject) = fold(s.dn) OR substr(fold(g.subject), -length(fold(s.dn)) - 1) = ',' || fold(s.dn)) AS server_id -- text: objectGUID of the server; NULL when it may be any
FROM gaps g WHERE g.section = 'virtual_directories';

-- w_unread_directories: servers whose virtual directories may not have been seen in full.
-- index: server_id
CREATE VIEW w_unread_directories AS SELECT
  w.id AS server_id -- text: objectGUID
FROM w_servers w CROSS JOIN v_coverage c
CROSS JOIN (SELECT count(*) > 0 AND count(*) = count(server_id) AS placed FROM w_directory_gaps) p
WHERE NOT c.virtual_directories_complete
  AND (NOT p.placed OR w.id IN (SELECT server_id FROM w_directory_gaps)
       OR NOT EXISTS (SELECT 1 FROM sections s WHERE s.name = 'virtual_directories' AND s.status = 'partial'));

-- v_virtual_directories: one row per HTTP virtual directory of a server; the back ends of newer servers are left out.
-- index: id
-- index: site_id, service
-- index: server_id
CREATE VIEW v_virtual_directories AS SELECT
  d.id AS id, -- text: objectGUID
  coalesce(s.name, '?') || '\' || d.name AS name, -- identity(id): server and directory, as cmdlets take it
  s.site AS site, -- text: site of the server
  s.site_id AS site_id, -- text: objectGUID of the site
  s.name AS server, -- identity(server_id): server
  s.id AS server_id, -- text: objectGUID of the server
  s.dns_name AS server_dns_name, -- text: its FQDN, normalised
  s.major AS server_major, -- int: its major version
  s.product AS server_product, -- text: its Exchange generation
  s.is_client_access_2010 AS is_client_access_2010, -- bool: it is an Exchange 2010 Client Access server
  d.service AS service, -- text: owa, ecp, ews, eas, oab, autodiscover, outlook_anywhere, powershell or mapi
  substr(d.name, instr(d.name || ' (', ' (') + 1) AS web_site, -- text: the web site in IIS that holds it, in parentheses
  d.service = 'owa' AND (lower(d.name) LIKE 'exchange (%' OR lower(d.name) LIKE 'public (%' OR lower(d.name) LIKE 'exchweb (%' OR lower(d.name) LIKE 'exadmin (%') AS is_legacy, -- bool: an Outlook Web Access directory for mailboxes of Exchange 2003
  d.internal_url AS internal_url, -- text: InternalUrl as stored
  d.external_url AS external_url, -- text: ExternalUrl as stored, of Outlook Anywhere the external host name
  d.bypass_url AS bypass_url, -- text: InternalNLBBypassUrl as stored
  d.unread NOT LIKE '%"internal_url"%' AS internal_read, -- bool: its InternalUrl could be read
  d.unread NOT LIKE '%"external_url"%' AS external_read, -- bool: its ExternalUrl could be read
  d.unread NOT LIKE '%"bypass_url"%' AS bypass_read, -- bool: its InternalNLBBypassUrl could be read
  host(d.internal_url) AS internal_host, -- text: normalised host of the InternalUrl
  host(d.external_url) AS external_host, -- text: normalised host of the ExternalUrl
  host(d.bypass_url) AS bypass_host, -- text: normalised host of the InternalNLBBypassUrl
  CASE WHEN EXISTS (SELECT 1 FROM w_server_names n WHERE n.name IN (host(d.internal_url), host(d.external_url))) THEN 1
       WHEN d.unread LIKE '%ternal_url"%' OR NOT c.servers_complete OR EXISTS (SELECT 1 FROM w_servers u WHERE u.fqdn_unread) THEN NULL
       ELSE 0 END AS carries_server_name, -- bool: one of the two URLs carries the name of an Exchange server; NULL while not all of both are known
  (SELECT n.server FROM w_server_names n WHERE n.name = host(d.internal_url)) AS internal_server, -- text: server whose name the InternalUrl carries
  (SELECT n.server FROM w_server_names n WHERE n.name = host(d.external_url)) AS external_server, -- text: server whose name the ExternalUrl carries
  lower(d.internal_url) LIKE 'http:%' AS internal_is_plain, -- bool: the InternalUrl is not encrypted
  lower(d.external_url) LIKE 'http:%' AS external_is_plain, -- bool: the ExternalUrl is not encrypted
  url_problem(d.internal_url, d.service) AS internal_problem, -- text: what is wrong with the form of the InternalUrl
  url_problem(d.external_url, d.service) AS external_problem, -- text: what is wrong with the form of the ExternalUrl
  CASE WHEN d.unread NOT LIKE '%"internal_authentication"%' THEN authentication(coalesce(d.internal_authentication, 0)) END AS internal_methods, -- text: authentication inside, of Outlook Anywhere that of IIS
  CASE WHEN d.unread NOT LIKE '%"external_authentication"%' THEN authentication(coalesce(d.external_authentication, 0)) END AS external_methods, -- text: authentication outside, of Outlook Anywhere that of clients
  d.source_origin AS source_origin, -- text: where it was read
  d.source_at AS source_at, -- text: when it was read
  d.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  d.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM virtual_directories d CROSS JOIN v_coverage c
LEFT JOIN w_servers w ON w.dn_key = dnkey(d.server_dn)
LEFT JOIN v_servers s ON s.id = w.id
WHERE lower(d.name) NOT LIKE '%(exchange back end)';

-- w_site_directories: one row per site: whether its directories show external URLs.
-- index: site_id
CREATE VIEW w_site_directories AS SELECT
  t.id AS site_id, -- text: site
  EXISTS (SELECT 1 FROM v_virtual_directories d WHERE d.site_id = t.id AND d.service IN ('owa', 'ecp', 'ews', 'eas', 'oab', 'mapi', 'outlook_anywhere') AND d.external_url IS NOT NULL) AS has_external, -- bool: some directory has an ExternalUrl, or Outlook Anywhere a host
  c.servers_complete AND NOT EXISTS (SELECT 1 FROM w_servers w WHERE w.site_unread)
    AND NOT EXISTS (SELECT 1 FROM v_servers s JOIN w_unread_directories u ON u.server_id = s.id WHERE s.site_id = t.id)
    AND NOT EXISTS (SELECT 1 FROM v_virtual_directories d WHERE d.site_id = t.id AND NOT (d.internal_read AND d.external_read)) AS is_known -- bool: all servers of the site and all their URLs were seen
FROM w_sites t CROSS JOIN v_coverage c;

-- v_https_uses: one row per HTTPS URL that clients are given: virtual directories, Outlook Anywhere, service connection points.
-- index: name
-- index: server_id
-- index: site_id
CREATE VIEW v_https_uses AS SELECT
  u.name AS name, -- text: normalised host of the URL
  u.url AS url, -- text: URL as stored
  u.service AS service, -- text: owa, ecp, ews, eas, oab, mapi, outlook_anywhere or scp
  u.scope AS scope, -- text: internal or external
  u.object AS object, -- text: virtual directory or service connection point
  s.id AS server_id, -- text: objectGUID of the server
  s.name AS server, -- text: server
  s.site AS site, -- text: site of the server
  s.site_id AS site_id, -- text: objectGUID of the site
  s.is_client_access_2010 AS server_is_client_access_2010 -- bool: an Exchange 2010 Client Access server
FROM (SELECT host(internal_url) AS name, internal_url AS url, service, 'internal' AS scope, name AS object, server_dn FROM virtual_directories
      UNION ALL SELECT host(external_url), external_url, service, 'external', name, server_dn FROM virtual_directories
      UNION ALL SELECT host(j.value), j.value, 'scp', 'internal', p.name, p.server_dn FROM service_connection_points p, json_each(p.uris) j
                WHERE lower(j.value) NOT LIKE 'ldap:%') u
LEFT JOIN w_servers w ON w.dn_key = dnkey(u.server_dn)
LEFT JOIN v_servers s ON s.id = w.id
WHERE u.name IS NOT NULL AND u.service NOT IN ('powershell', 'autodiscover') AND lower(u.object) NOT LIKE '%(exchange back end)';

-- w_https_known: one row: whether every HTTPS name that clients are given was seen.
CREATE VIEW w_https_known AS SELECT
  CASE WHEN c.virtual_directories_complete AND c.service_connection_points_complete
            AND NOT EXISTS (SELECT 1 FROM virtual_directories d WHERE d.unread LIKE '%ternal_url"%')
            AND NOT EXISTS (SELECT 1 FROM service_connection_points p WHERE p.unread LIKE '%"uris"%') THEN 1 END AS known -- bool: NULL when not
FROM v_coverage c;

-- w_host_names: names that belong to one machine or group of machines and so to no array.
-- index: name
CREATE VIEW w_host_names AS SELECT
  s.dns_name AS name, -- text: normalised name
  s.name AS owner -- text: server, or availability group by its network name
FROM w_servers s
UNION SELECT norm(g.name || substr(s.fqdn, instr(s.fqdn, '.'))), g.name
FROM availability_groups g JOIN w_servers s ON s.dag_key = dnkey(g.dn) WHERE s.fqdn LIKE '%.%';

-- w_url_hosts: one row per site, generation of servers, kind of URL and host that they publish.
-- index: site_id
CREATE VIEW w_url_hosts AS SELECT
  u.site_id AS site_id, -- text: site
  u.generation AS generation, -- text: 2010 or newer
  u.kind AS kind, -- text: service, and InternalUrl or ExternalUrl
  u.host AS host, -- text: normalised host
  u.host || ' (' || min(u.server) || CASE count(DISTINCT u.server_id) WHEN 1 THEN '' ELSE ' and ' || (count(DISTINCT u.server_id) - 1) || ' more' END || ')' AS shown -- text: host with its servers
FROM (SELECT d.site_id, CASE WHEN d.is_client_access_2010 THEN '2010' WHEN d.server_major > 14 THEN 'newer' END AS generation, d.service,
        d.service || CASE j.value WHEN 0 THEN ' InternalUrl' ELSE ' ExternalUrl' END AS kind,
        CASE j.value WHEN 0 THEN d.internal_host ELSE d.external_host END AS host, d.server, d.server_id
      FROM v_virtual_directories d, json_each('[0, 1]') j) u
WHERE u.host IS NOT NULL
  AND (u.service IN ('owa', 'ecp', 'ews', 'eas', 'oab') OR (u.service = 'outlook_anywhere' AND u.generation = 'newer'))
GROUP BY u.site_id, u.generation, u.kind, u.host;

-- w_split_hosts: those kinds of URL of one site and generation that have more than one host.
-- index: site_id
CREATE VIEW w_split_hosts AS SELECT
  h.site_id AS site_id, -- text: site
  h.kind || ': ' || h.shown AS shown -- text: kind of URL, and one of its hosts with servers
FROM w_url_hosts h
JOIN (SELECT site_id, generation, kind FROM w_url_hosts GROUP BY site_id, generation, kind HAVING count(*) > 1) m
  ON m.site_id = h.site_id AND m.generation = h.generation AND m.kind = h.kind;

-- w_apart: web sites of servers where the hosts of Outlook Web App and of its control panel differ.
-- index: site_id
CREATE VIEW w_apart AS SELECT
  o.site_id AS site_id, -- text: site
  o.server || ': owa ' || CASE WHEN o.internal_host <> e.internal_host THEN o.internal_host ELSE o.external_host END
    || ', ecp ' || CASE WHEN o.internal_host <> e.internal_host THEN e.internal_host ELSE e.external_host END AS shown -- text: server with both hosts
FROM v_virtual_directories o JOIN v_virtual_directories e ON e.server_id = o.server_id AND e.service = 'ecp' AND e.web_site = o.web_site
WHERE o.service = 'owa' AND NOT o.is_legacy AND (o.internal_host <> e.internal_host OR o.external_host <> e.external_host);

-- w_anywhere: one row per Exchange 2010 Client Access server and Outlook Anywhere directory of it.
-- index: site_id
CREATE VIEW w_anywhere AS SELECT
  s.site_id AS site_id, -- text: site
  s.id AS server_id, -- text: server
  s.name AS server, -- text: its name
  CASE WHEN d.id IS NOT NULL THEN 1 WHEN s.id NOT IN (SELECT server_id FROM w_unread_directories) THEN 0 END AS is_enabled, -- bool: Outlook Anywhere is enabled there
  d.id AS directory_id, -- text: objectGUID of the directory
  d.name AS directory, -- text: its name
  CASE WHEN d.external_read THEN coalesce(d.external_host, 'none') END AS host, -- text: external host
  d.external_methods AS client_methods, -- text: authentication of clients
  d.internal_methods AS iis_methods -- text: authentication of IIS
FROM v_servers s LEFT JOIN v_virtual_directories d ON d.server_id = s.id AND d.service = 'outlook_anywhere'
WHERE s.is_client_access_2010;

-- v_site_urls: one row per site with Exchange servers: how their HTTPS settings agree.
-- index: id
CREATE VIEW v_site_urls AS SELECT
  t.id AS id, -- text: objectGUID
  t.name AS name, -- text: site name
  t.name AS site, -- text: the same, for reports
  (SELECT count(*) FROM w_https_servers s WHERE s.site_id = t.id AND s.is_client_access) AS seen_https_server_count, -- int: servers seen that give clients HTTPS
  CASE WHEN t.client_access_count IS NOT NULL AND NOT EXISTS (SELECT 1 FROM w_https_servers s WHERE s.site_id = t.id AND s.is_client_access IS NULL)
       THEN (SELECT count(*) FROM w_https_servers s WHERE s.site_id = t.id) END AS https_server_count, -- int: the same, when all servers are known
  coalesce((SELECT identities(s.name, s.id) FROM w_https_servers s WHERE s.site_id = t.id AND s.is_client_access), '[]') AS https_servers, -- identities: those servers
  coalesce((SELECT list_of(h.shown) FROM w_split_hosts h WHERE h.site_id = t.id), '[]') AS split_hosts, -- list: kinds of URL that servers of one generation publish under several hosts
  coalesce((SELECT list_of(a.shown) FROM w_apart a WHERE a.site_id = t.id), '[]') AS apart_hosts, -- list: servers where Outlook Web App and its control panel have different hosts
  x.is_known AS urls_known, -- bool: all servers of the site and all their URLs were seen
  t.client_access_count AS client_access_count, -- int: 2010 Client Access servers, when all servers are known
  t.seen_client_access_count AS seen_client_access_count, -- int: 2010 Client Access servers seen
  coalesce((SELECT list_of(a.server || CASE WHEN a.is_enabled THEN ': ' || coalesce(a.host, 'host not known') || ', clients ' || coalesce(a.client_methods, 'not known') || ', IIS ' || coalesce(a.iis_methods, 'not known')
      WHEN a.is_enabled = 0 THEN ': off' ELSE ': not known' END) FROM w_anywhere a WHERE a.site_id = t.id), '[]') AS anywhere_settings, -- list: Outlook Anywhere of each 2010 Client Access server
  (SELECT CASE WHEN max(a.is_enabled) > min(a.is_enabled) OR count(DISTINCT a.host) > 1 OR count(DISTINCT a.client_methods) > 1 OR count(DISTINCT a.iis_methods) > 1 THEN 0
               WHEN t.client_access_count IS NULL OR count(a.is_enabled) < count(*) THEN NULL
               WHEN max(a.is_enabled) = 0 THEN 1
               WHEN count(a.host) = count(*) AND count(a.client_methods) = count(*) AND count(a.iis_methods) = count(*) THEN 1 END
     FROM w_anywhere a WHERE a.site_id = t.id) AS anywhere_agrees, -- bool: Outlook Anywhere is set alike on all 2010 Client Access servers
  coalesce((SELECT identities(a.directory, a.directory_id) FROM w_anywhere a WHERE a.site_id = t.id AND a.is_enabled), '[]') AS anywhere_directories, -- identities: its directories
  coalesce((SELECT identities(a.server, a.server_id) FROM w_anywhere a WHERE a.site_id = t.id AND a.is_enabled = 0), '[]') AS servers_without_anywhere, -- identities: 2010 Client Access servers without it
  t.source_origin AS source_origin, -- text: where it was read
  t.source_at AS source_at -- text: when it was read
FROM v_sites t JOIN w_site_directories x ON x.site_id = t.id
WHERE EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = t.id);

-- v_proxied_servers: one row per Exchange 2010 Client Access server, with its Outlook Anywhere, through which newer servers reach it.
-- index: id
CREATE VIEW v_proxied_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.state AS state, -- text: maintenance or removal, by the operator's word
  s.is_client_access_2010 AS is_client_access_2010, -- bool: an Exchange 2010 Client Access server; NULL when its role or version is not known
  count(d.id) AS directory_count, -- int: Outlook Anywhere directories seen
  s.name || '\' || min(d.name) AS directory, -- identity(directory_id): the first of them
  min(d.id) AS directory_id, -- text: objectGUID of that directory
  list_of(authentication(d.internal_authentication)) AS iis_methods, -- list: authentication methods of IIS on them
  CASE WHEN NOT s.is_client_access_2010 OR s.is_client_access_2010 IS NULL THEN NULL
       WHEN max((d.internal_authentication & 2) = 0) = 1 THEN 0
       WHEN count(d.id) > count(d.internal_authentication) THEN NULL
       WHEN count(d.id) > 0 THEN 1
       WHEN NOT EXISTS (SELECT 1 FROM w_unread_directories u WHERE u.server_id = s.id) THEN 0 END AS takes_ntlm, -- bool: Outlook Anywhere is enabled and IIS accepts NTLM there
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s JOIN w_servers w ON w.id = s.id
LEFT JOIN virtual_directories d ON dnkey(d.server_dn) = w.dn_key AND d.service = 'outlook_anywhere' AND lower(d.name) NOT LIKE '%(exchange back end)'
WHERE coalesce(s.is_client_access_2010, 1) = 1 GROUP BY s.id;
