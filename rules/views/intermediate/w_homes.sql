-- w_homes: where each database has its home: never where it happens to be mounted.
-- index: id
-- index: endpoint_key
CREATE VIEW w_homes AS SELECT
  d.id AS id, -- text: database
  d.dn_key AS dn_key, -- text: key of its DN
  d.endpoint_key AS endpoint_key, -- text: endpoint for comparison
  CASE WHEN f.database_key IS NOT NULL AND (m.id IS NOT NULL OR c.database_copies_complete) THEN f.site_id
       WHEN f.database_key IS NULL AND m.id IS NOT NULL THEN m.site_id
       WHEN f.database_key IS NULL AND d.has_no_master THEN o.site_id END AS site_id, -- text: home site
  CASE WHEN f.database_key IS NOT NULL THEN f.major
       WHEN m.id IS NOT NULL THEN m.major
       WHEN d.has_no_master THEN o.major END AS major, -- int: major version of the host
  CASE WHEN f.database_key IS NOT NULL THEN NULL WHEN m.id IS NOT NULL THEN m.id
      WHEN d.has_no_master THEN o.id END AS host_id -- text: host, where no copy decides
FROM s_databases d
CROSS JOIN s_coverage c
LEFT JOIN w_first_copies f ON f.database_key = d.dn_key
LEFT JOIN w_servers m ON m.dn_key = d.master_key
LEFT JOIN w_servers o ON o.dn_key = d.owner_key;
