-- w_obstacles: one row per array, what forbids to point databases at it.
-- index: id
CREATE VIEW w_obstacles AS SELECT
  x.id AS id, -- text: array
  x.code AS code,
      -- text: no_site, no_client_access_server, host_name, https_name, unresolved, unseen or none; the first that holds
  CASE x.code WHEN 'no_site' THEN 'its array belongs to no site; repair CAS-ARRAY-003 first'
       WHEN 'no_client_access_server'
           THEN 'no Exchange 2010 Client Access server answers for its array; repair CAS-ARRAY-003 first'
       WHEN 'host_name' THEN 'the name of its array is the name of a server; repair CAS-ARRAY-007 first'
       WHEN 'https_name' THEN 'the name of its array is also an HTTPS name; give HTTPS a name of its own first'
       WHEN 'unresolved' THEN 'the name of its array does not resolve inside; repair CAS-DNS-001 first'
       WHEN 'unseen'
           THEN 'it was not seen whether the name of its array resolves and who serves it; see CAS-DNS-001 and CAS-META-001'
       ELSE x.code END AS obstacle, -- text: the same as a sentence about the site
  CASE WHEN x.code IN ('no_site', 'no_client_access_server') THEN 1
       WHEN x.resolves = 0 THEN 1
       WHEN x.resolves = 1 AND x.is_served THEN 0 END AS is_dead -- bool: nobody answers under its name
FROM (SELECT a.id, d.resolves_internally AS resolves, m.seen_client_access_count > 0 AS is_served,
        CASE WHEN NOT a.site_unread AND (a.site_key IS NULL OR (a.site_id IS NULL AND c.sites_complete)) THEN 'no_site'
             WHEN m.seen_client_access_count = 0 AND m.client_access_known THEN 'no_client_access_server'
             WHEN EXISTS (SELECT 1 FROM w_host_names h WHERE h.name = a.dns_name) THEN 'host_name'
             WHEN EXISTS (SELECT 1 FROM w_https_uses u WHERE u.name = a.dns_name) THEN 'https_name'
             WHEN d.resolves_internally = 0 THEN 'unresolved'
             WHEN d.resolves_internally IS NULL OR m.seen_client_access_count = 0 OR a.site_id IS NULL THEN 'unseen'
                 ELSE 'none' END AS code
      FROM w_arrays a
      CROSS JOIN s_coverage c
      JOIN w_array_members m ON m.id = a.id
      LEFT JOIN w_name_answers d ON d.name = a.dns_name) x;
