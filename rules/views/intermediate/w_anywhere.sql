-- w_anywhere: one row per Exchange 2010 Client Access server and Outlook Anywhere directory of it.
-- index: site_id
CREATE VIEW w_anywhere AS SELECT
  s.site_id AS site_id, -- text: site
  s.id AS server_id, -- text: server
  s.name AS server, -- text: its name
  CASE WHEN d.id IS NOT NULL THEN 1 WHEN s.id NOT IN (SELECT server_id FROM w_unread_directories)
      THEN 0 END AS is_enabled, -- bool: Outlook Anywhere is enabled there
  d.id AS directory_id, -- text: objectGUID of the directory
  d.name AS directory, -- text: its name
  CASE WHEN d.external_read THEN coalesce(d.external_host, 'none') END AS host, -- text: external host
  d.external_methods AS client_methods, -- text: authentication of clients
  d.internal_methods AS iis_methods -- text: authentication of IIS
FROM w_servers s LEFT JOIN w_virtual_directories d ON d.server_id = s.id AND d.service = 'outlook_anywhere'
WHERE s.is_client_access_2010;
