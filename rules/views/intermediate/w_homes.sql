-- w_homes: where each database has its home: never where it happens to be mounted.
-- index: id
-- index: endpoint_key
CREATE VIEW w_homes AS SELECT
  d.id AS id, -- text: database
  rtrim(fold(d.endpoint_legacy_dn), '.') AS endpoint_key, -- text: endpoint for comparison
  CASE WHEN f.database_key IS NOT NULL AND (m.id IS NOT NULL OR c.database_copies_complete) THEN f.site_id
       WHEN f.database_key IS NULL AND m.id IS NOT NULL THEN m.site_id
       WHEN f.database_key IS NULL AND d.master_dn IS NULL THEN o.site_id END AS site_id, -- text: home site
  CASE WHEN f.database_key IS NOT NULL THEN f.major
       WHEN m.id IS NOT NULL THEN m.major
       WHEN d.master_dn IS NULL THEN o.major END AS major, -- int: major version of the host
  CASE WHEN f.database_key IS NOT NULL THEN f.product
       WHEN m.id IS NOT NULL THEN (SELECT v.product FROM w_server_versions v WHERE v.id = m.id)
       WHEN d.master_dn IS NULL THEN (SELECT v.product FROM w_server_versions v WHERE v.id = o.id) END AS product -- text: generation of the host
FROM databases d
CROSS JOIN v_coverage c
LEFT JOIN w_first_copies f ON f.database_key = dnkey(d.dn)
LEFT JOIN w_servers m ON m.dn_key = dnkey(d.master_dn)
LEFT JOIN w_servers o ON o.dn_key = dnkey(d.owning_server_dn);
