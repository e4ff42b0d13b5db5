-- w_first_copies: per database, what its copies of the lowest activation preference have in common.
-- index: database_key
CREATE VIEW w_first_copies AS SELECT
  c.database_key AS database_key, -- text: database
  CASE WHEN count(*) = 1 THEN max(c.server_id) END AS server_id, -- text: host, when it is one
  CASE WHEN count(*) = count(c.site_id) AND min(c.site_id) = max(c.site_id) THEN max(c.site_id) END AS site_id,
      -- text: their common site
  CASE WHEN count(*) = count(c.server_major)
      AND min(c.server_major) = max(c.server_major) THEN max(c.server_major) END AS major
      -- int: their common major version
FROM w_database_copies c WHERE c.is_first AND c.database_key IS NOT NULL GROUP BY c.database_key;
