-- w_obstacles: one row per array, what forbids to point databases at it.
-- index: id
CREATE VIEW w_obstacles AS SELECT
  a.id AS id, -- text: array
  CASE WHEN NOT a.site_unread AND (a.site_key IS NULL OR (a.site_id IS NULL AND c.sites_complete)) THEN 'its array belongs to no site; repair CAS-ARRAY-003 first'
       WHEN m.seen_client_access_count = 0 AND m.client_access_known THEN 'no Exchange 2010 Client Access server answers for its array; repair CAS-ARRAY-003 first'
       WHEN EXISTS (SELECT 1 FROM w_host_names h WHERE h.name = a.dns_name) THEN 'the name of its array is the name of a server; repair CAS-ARRAY-007 first'
       WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = a.dns_name) THEN 'the name of its array is also an HTTPS name; repair CAS-ARRAY-009 first'
       WHEN d.resolves = 0 THEN 'the name of its array does not resolve inside; repair CAS-DNS-001 first'
       WHEN d.resolves IS NULL OR m.seen_client_access_count = 0 OR a.site_id IS NULL THEN 'it was not seen whether the name of its array resolves and who serves it; see CAS-DNS-001 and CAS-META-001'
       ELSE 'none' END AS obstacle, -- text: the first obstacle, as a sentence about the site
  CASE WHEN NOT a.site_unread AND (a.site_key IS NULL OR (a.site_id IS NULL AND c.sites_complete)) THEN 1
       WHEN m.seen_client_access_count = 0 AND m.client_access_known THEN 1
       WHEN d.resolves = 0 THEN 1
       WHEN d.resolves = 1 AND m.seen_client_access_count > 0 THEN 0 END AS is_dead -- bool: nobody answers under its name
FROM w_arrays a
CROSS JOIN v_coverage c
JOIN w_array_members m ON m.id = a.id
LEFT JOIN (SELECT name, max(resolves) AS resolves FROM w_dns WHERE view = 'internal' GROUP BY name) d ON d.name = a.dns_name;
