-- v_virtual_directories: one row per HTTP virtual directory of a server; the back ends of newer servers are left out.
-- index: id
-- index: site_id, service
-- index: server_id
CREATE VIEW v_virtual_directories AS SELECT
  d.id AS id, -- text: objectGUID
  w.name AS name, -- identity(id): server and directory, as cmdlets take it
  s.site AS site, -- text: site of the server
  s.site_id AS site_id, -- text: objectGUID of the site
  s.name AS server, -- identity(server_id): server
  s.id AS server_id, -- text: objectGUID of the server
  s.dns_name AS server_dns_name, -- text: its FQDN, normalised
  s.major AS server_major, -- int: its major version
  s.product AS server_product, -- text: its Exchange generation
  s.is_client_access_2010 AS is_client_access_2010, -- bool: it is an Exchange 2010 Client Access server
  d.service AS service, -- text: owa, ecp, ews, eas, oab, autodiscover, outlook_anywhere, powershell or mapi
  w.web_site AS web_site, -- text: the web site in IIS that holds it, in parentheses
  w.is_legacy AS is_legacy, -- bool: an Outlook Web Access directory for mailboxes of Exchange 2003
  d.internal_url AS internal_url, -- text: InternalUrl as stored
  d.external_url AS external_url, -- text: ExternalUrl as stored, of Outlook Anywhere the external host name
  d.bypass_url AS bypass_url, -- text: InternalNLBBypassUrl as stored
  d.internal_read AS internal_read, -- bool: its InternalUrl could be read
  d.external_read AS external_read, -- bool: its ExternalUrl could be read
  d.bypass_read AS bypass_read, -- bool: its InternalNLBBypassUrl could be read
  d.internal_host AS internal_host, -- text: normalised host of the InternalUrl
  d.external_host AS external_host, -- text: normalised host of the ExternalUrl
  d.bypass_host AS bypass_host, -- text: normalised host of the InternalNLBBypassUrl
  CASE WHEN i.name IS NOT NULL OR e.name IS NOT NULL THEN 1
       WHEN NOT d.internal_read OR NOT d.external_read OR NOT k.server_names THEN NULL
       ELSE 0 END AS carries_server_name,
           -- bool: one of the two URLs carries the name of an Exchange server; NULL while not all of both are known
  i.server AS internal_server, -- text: server whose name the InternalUrl carries
  e.server AS external_server, -- text: server whose name the ExternalUrl carries
  lower(d.internal_url) LIKE 'http:%' AS internal_is_plain, -- bool: the InternalUrl is not encrypted
  lower(d.external_url) LIKE 'http:%' AS external_is_plain, -- bool: the ExternalUrl is not encrypted
  url_problem(d.internal_url, d.service) AS internal_problem, -- text: what is wrong with the form of the InternalUrl
  url_problem(d.external_url, d.service) AS external_problem, -- text: what is wrong with the form of the ExternalUrl
  d.internal_methods AS internal_methods, -- text: authentication inside, of Outlook Anywhere that of IIS
  d.external_methods AS external_methods, -- text: authentication outside, of Outlook Anywhere that of clients
  d.source_origin AS source_origin, -- text: where it was read
  d.source_at AS source_at, -- text: when it was read
  d.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  d.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM w_virtual_directories w JOIN s_virtual_directories d ON d.id = w.id
CROSS JOIN w_known k
LEFT JOIN v_servers s ON s.id = w.server_id
LEFT JOIN w_server_names i ON i.name = d.internal_host
LEFT JOIN w_server_names e ON e.name = d.external_host;
