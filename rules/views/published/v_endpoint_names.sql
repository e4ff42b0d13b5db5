-- v_endpoint_names: one row per name that MAPI clients use: an array's, or one that an Exchange 2010 mailbox database
--   points at. A short name of no server that was seen is none.
-- index: id
CREATE VIEW v_endpoint_names AS SELECT
  n.name AS id, -- text: normalised name
  n.name AS name, -- text: normalised name
  CASE WHEN d.site_count = 1 THEN d.site WHEN d.name IS NULL THEN a.site END AS site,
      -- text: home site of those databases, or site of the array, when it is one
  n.name AS fqdn, -- text: normalised name
  a.name IS NOT NULL AS is_array_name, -- bool: FQDN of an array
  CASE WHEN a.name IS NOT NULL OR d.database_count > 0 THEN 1 END AS is_endpoint,
      -- bool: MAPI clients are sent there; NULL where that rests on databases of which it is not known whether clients
      -- open them
  coalesce(d.database_count, 0) AS database_count, -- int: Exchange 2010 mailbox databases that point at it
  coalesce(d.databases, '[]') AS databases, -- identities: those databases
  d.mailbox_count AS mailbox_count, -- int: their mailboxes, when all are known
  CASE WHEN d.database_count > 0 THEN 0
       WHEN c.databases_complete AND d.name IS NULL
           AND NOT EXISTS (SELECT 1 FROM v_databases x
           WHERE x.endpoint_dns_name IS NULL AND coalesce(x.endpoint_kind, '') <> 'none'
           AND coalesce(x.in_scope, 1) = 1) THEN 1 END AS is_unused,
           -- bool: no database points at it; NULL when not all are known
  coalesce((SELECT list_of(DISTINCT u.url || ' (' || u.service || coalesce(', ' || u.site, '') || ')')
      FROM v_https_uses u WHERE u.name = n.name), '[]') AS https_urls,
      -- list: HTTPS URLs that carry it, each with its service and site
  coalesce((SELECT identities(u.server, u.server_id) FROM v_https_uses u WHERE u.name = n.name), '[]') AS https_servers,
      -- identities: servers of those URLs
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = n.name) THEN 1 WHEN k.known THEN 0 END AS is_https_name
      -- bool: some HTTPS URL carries it; NULL while not all URLs were seen
FROM (SELECT dns_name AS name FROM w_arrays WHERE dns_name IS NOT NULL
      UNION SELECT endpoint_dns_name FROM v_databases
          WHERE (endpoint_id IS NOT NULL OR endpoint_dns_name LIKE '%.%') AND endpoint_dns_name IS NOT NULL
          AND coalesce(in_scope, 1) = 1) n
CROSS JOIN v_coverage c CROSS JOIN w_https_known k
LEFT JOIN (SELECT dns_name AS name, CASE WHEN count(DISTINCT site_id) = 1 THEN max(site) END AS site FROM w_arrays
    GROUP BY dns_name) a ON a.name = n.name
LEFT JOIN (SELECT endpoint_dns_name AS name, count(*) FILTER (WHERE in_scope) AS database_count,
    identities(CASE WHEN in_scope THEN name END, id) AS databases,
             CASE WHEN count(*) = count(in_scope)
                 AND count(*) = count(mailbox_count) THEN sum(mailbox_count) END AS mailbox_count,
             max(home_site) AS site, count(DISTINCT home_site_id) AS site_count
           FROM v_databases WHERE coalesce(in_scope, 1) = 1 GROUP BY endpoint_dns_name) d ON d.name = n.name;
