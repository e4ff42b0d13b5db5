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
