-- v_proxied_servers: one row per Exchange 2010 Client Access server, with its Outlook Anywhere, through which newer
--   servers reach it.
-- index: id
CREATE VIEW v_proxied_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.state AS state, -- text: maintenance or removal, by the operator's word
  s.is_client_access_2010 AS is_client_access_2010,
      -- bool: an Exchange 2010 Client Access server; NULL when its role or version is not known
  count(d.id) AS directory_count, -- int: Outlook Anywhere directories seen
  s.name || '\' || min(d.name) AS directory, -- identity(directory_id): the first of them
  min(d.id) AS directory_id, -- text: objectGUID of that directory
  list_of(authentication(d.internal_authentication)) AS iis_methods, -- list: authentication methods of IIS on them
  CASE WHEN NOT s.is_client_access_2010 OR s.is_client_access_2010 IS NULL THEN NULL
       WHEN max((d.internal_authentication & 2) = 0) = 1 THEN 0
       WHEN count(d.id) > count(d.internal_authentication) THEN NULL
       WHEN count(d.id) > 0 THEN 1
       WHEN NOT EXISTS (SELECT 1 FROM w_unread_directories u WHERE u.server_id = s.id) THEN 0 END AS takes_ntlm,
           -- bool: Outlook Anywhere is enabled and IIS accepts NTLM there
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s JOIN w_servers w ON w.id = s.id
LEFT JOIN s_virtual_directories d ON d.server_key = w.dn_key AND d.service = 'outlook_anywhere'
WHERE coalesce(s.is_client_access_2010, 1) = 1 GROUP BY s.id;
