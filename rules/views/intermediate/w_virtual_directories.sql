-- w_virtual_directories: virtual directories with their servers.
-- index: site_id, service
-- index: server_id
CREATE VIEW w_virtual_directories AS SELECT
  d.id AS id, -- text: objectGUID
  coalesce(s.name, '?') || '\' || d.name AS name, -- text: server and directory, as cmdlets take it
  s.site_id AS site_id, -- text: objectGUID of the site
  s.name AS server, -- text: server
  s.id AS server_id, -- text: objectGUID of the server
  s.major AS server_major, -- int: its major version
  s.is_client_access_2010 AS is_client_access_2010, -- bool: it is an Exchange 2010 Client Access server
  d.service AS service, -- text: owa, ecp, ews, eas, oab, autodiscover, outlook_anywhere, powershell or mapi
  -- In the name of the object IIS's web site stands behind the directory: owa (Default Web Site).
  substr(d.name, instr(d.name || ' (', ' (') + 1) AS web_site,
      -- text: the web site in IIS that holds it, in parentheses
  d.service = 'owa' AND (lower(d.name) LIKE 'exchange (%' OR lower(d.name) LIKE 'public (%'
    OR lower(d.name) LIKE 'exchweb (%' OR lower(d.name) LIKE 'exadmin (%') AS is_legacy,
        -- bool: an Outlook Web Access directory for mailboxes of Exchange 2003
  d.internal_host AS internal_host, -- text: normalised host of the InternalUrl
  d.external_host AS external_host, -- text: normalised host of the ExternalUrl
  d.external_url IS NOT NULL AS has_external_url, -- bool: it has an ExternalUrl
  d.internal_read AS internal_read, -- bool: its InternalUrl could be read
  d.external_read AS external_read, -- bool: its ExternalUrl could be read
  d.internal_methods AS internal_methods, -- text: authentication inside, of Outlook Anywhere that of IIS
  d.external_methods AS external_methods -- text: authentication outside, of Outlook Anywhere that of clients
FROM s_virtual_directories d LEFT JOIN w_servers s ON s.dn_key = d.server_key;
