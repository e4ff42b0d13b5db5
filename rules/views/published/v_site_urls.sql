-- v_site_urls: one row per site with Exchange servers: how their HTTPS settings agree.
-- index: id
CREATE VIEW v_site_urls AS SELECT
  t.id AS id, -- text: objectGUID
  t.name AS name, -- text: site name
  t.name AS site, -- text: the same, for reports
  (SELECT count(*) FROM w_https_servers s WHERE s.site_id = t.id AND s.is_client_access) AS seen_https_server_count,
      -- int: servers seen that give clients HTTPS
  CASE WHEN t.client_access_count IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM w_https_servers s WHERE s.site_id = t.id AND s.is_client_access IS NULL)
       THEN (SELECT count(*) FROM w_https_servers s WHERE s.site_id = t.id) END AS https_server_count,
           -- int: the same, when all servers are known
  coalesce((SELECT identities(s.name, s.id) FROM w_https_servers s
      WHERE s.site_id = t.id AND s.is_client_access), '[]') AS https_servers, -- identities: those servers
  coalesce((SELECT list_of(h.shown) FROM w_split_hosts h WHERE h.site_id = t.id), '[]') AS split_hosts,
      -- list: kinds of URL that servers of one generation publish under several hosts
  NOT EXISTS (SELECT 1 FROM w_split_hosts h WHERE h.site_id = t.id AND NOT h.is_own_name) AS splits_by_own_names,
      -- bool: all that are split are the InternalUrl of Outlook Web App and its control panel, each with the own name
      -- of its server
  coalesce((SELECT list_of(a.shown) FROM w_apart a WHERE a.site_id = t.id), '[]') AS apart_hosts,
      -- list: servers where Outlook Web App and its control panel have different hosts
  x.is_known AS urls_known, -- bool: all servers of the site and all their URLs were seen
  t.client_access_count AS client_access_count, -- int: 2010 Client Access servers, when all servers are known
  t.seen_client_access_count AS seen_client_access_count, -- int: 2010 Client Access servers seen
  coalesce((SELECT list_of(a.server || CASE WHEN a.is_enabled THEN ': ' || coalesce(a.host, 'host not known')
      || ', clients ' || coalesce(a.client_methods, 'not known') || ', IIS ' || coalesce(a.iis_methods, 'not known')
      WHEN a.is_enabled = 0 THEN ': off' ELSE ': not known' END) FROM w_anywhere a
          WHERE a.site_id = t.id), '[]') AS anywhere_settings,
          -- list: Outlook Anywhere of each 2010 Client Access server
  (SELECT CASE WHEN max(a.is_enabled) > min(a.is_enabled) OR count(DISTINCT a.host) > 1
      OR count(DISTINCT a.client_methods) > 1 OR count(DISTINCT a.iis_methods) > 1 THEN 0
               WHEN t.client_access_count IS NULL OR count(a.is_enabled) < count(*) THEN NULL
               WHEN max(a.is_enabled) = 0 THEN 1
               WHEN count(a.host) = count(*) AND count(a.client_methods) = count(*)
                   AND count(a.iis_methods) = count(*) THEN 1 END
     FROM w_anywhere a WHERE a.site_id = t.id) AS anywhere_agrees,
         -- bool: Outlook Anywhere is set alike on all 2010 Client Access servers
  (SELECT count(a.is_enabled) = count(*) AND count(DISTINCT a.host) = 1 AND count(a.host) = sum(a.is_enabled)
      AND count(DISTINCT a.client_methods) = 1 AND count(a.client_methods) = sum(a.is_enabled)
     AND count(DISTINCT a.iis_methods) = 1 AND count(a.iis_methods) = sum(a.is_enabled) FROM w_anywhere a
         WHERE a.site_id = t.id) AS anywhere_agrees_where_on, -- bool: it is set alike wherever it is enabled
  coalesce((SELECT identities(a.directory, a.directory_id) FROM w_anywhere a
      WHERE a.site_id = t.id AND a.is_enabled), '[]') AS anywhere_directories, -- identities: its directories
  coalesce((SELECT identities(a.server, a.server_id) FROM w_anywhere a
      WHERE a.site_id = t.id AND a.is_enabled = 0), '[]') AS servers_without_anywhere,
      -- identities: 2010 Client Access servers without it
  t.source_origin AS source_origin, -- text: where it was read
  t.source_at AS source_at -- text: when it was read
FROM v_sites t JOIN w_site_directories x ON x.site_id = t.id
WHERE EXISTS (SELECT 1 FROM v_servers s WHERE s.site_id = t.id);
