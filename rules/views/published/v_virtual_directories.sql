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
