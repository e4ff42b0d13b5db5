-- w_first_copies: the copies of each database that share its lowest activation preference.
-- index: database_key
CREATE VIEW w_first_copies AS SELECT
  c.database_key AS database_key, -- text: database
  count(*) AS copies, -- int: how many share it
  CASE WHEN count(*) = 1 THEN max(c.server_id) END AS server_id, -- text: host, when it is one
  CASE WHEN count(*) = count(c.site_id) AND count(DISTINCT c.site_id) = 1 THEN max(c.site_id) END AS site_id, -- text: their common site
  CASE WHEN count(*) = count(c.server_major) AND count(DISTINCT c.server_major) = 1 THEN max(c.server_major) END AS major, -- int: their common major version
  CASE WHEN count(*) = count(c.server_product) AND count(DISTINCT c.server_product) = 1 THEN max(c.server_product) END AS product -- text: their common generation
FROM v_database_copies c
JOIN (SELECT database_key, count(*) AS n, min(activation_preference) AS first, count(activation_preference) AS known
      FROM v_database_copies GROUP BY database_key) f ON f.database_key = c.database_key
WHERE f.n = 1 OR (f.known = f.n AND c.activation_preference = f.first)
GROUP BY c.database_key;
