-- v_https_uses: one row per HTTPS URL that clients are given: virtual directories, Outlook Anywhere, service connection
--   points.
-- index: name
-- index: server_id
-- index: site_id
CREATE VIEW v_https_uses AS SELECT
  x.name AS name, -- text: normalised host of the URL
  x.url AS url, -- text: URL as stored
  x.service AS service, -- text: owa, ecp, ews, eas, oab, mapi, outlook_anywhere or scp
  x.scope AS scope, -- text: internal or external
  x.object AS object, -- text: virtual directory or service connection point
  x.server_id AS server_id, -- text: objectGUID of the server
  x.server AS server, -- text: server
  x.site AS site, -- text: site of the server
  x.site_id AS site_id, -- text: objectGUID of the site
  x.server_is_client_access_2010 AS server_is_client_access_2010 -- bool: an Exchange 2010 Client Access server
FROM w_https_uses x;
