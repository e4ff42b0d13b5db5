-- w_https_uses: one row per HTTPS URL that clients are given: virtual directories, Outlook Anywhere, service connection
--   points.
-- index: name
-- index: server_id
-- index: site_id
CREATE VIEW w_https_uses AS SELECT
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
FROM (SELECT internal_host AS name, internal_url AS url, service, 'internal' AS scope, name AS object, server_key
    FROM s_virtual_directories
      UNION ALL SELECT external_host, external_url, service, 'external', name, server_key FROM s_virtual_directories
      -- An ldap: address is a pointer to another forest, which no client calls.
      UNION ALL SELECT host, uri, 'scp', 'internal', name, server_key FROM s_point_addresses
                WHERE lower(uri) NOT LIKE 'ldap:%' AND lower(name) NOT LIKE '%(exchange back end)') u
LEFT JOIN w_servers s ON s.dn_key = u.server_key
WHERE u.name IS NOT NULL AND u.service NOT IN ('powershell', 'autodiscover');
