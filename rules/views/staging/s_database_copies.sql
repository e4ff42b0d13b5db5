-- s_database_copies: copies of databases, and which of them share the lowest activation preference of their database.
CREATE VIEW s_database_copies AS SELECT
  c.id AS id, -- text: objectGUID
  dnkey(c.database_dn) AS database_key, -- text: key of the DN of the database
  dnkey(c.host_server_dn) AS host_key, -- text: key of the DN of the host server
  c.activation_preference AS activation_preference, -- int: 1 is activated first
  c.activation_config AS activation_config, -- int: 2 blocks activation
  count(*) OVER w = 1 OR (count(c.activation_preference) OVER w = count(*) OVER w
    AND c.activation_preference = min(c.activation_preference) OVER w) AS is_first
        -- bool: its only copy, or of the lowest preference while all are known
FROM database_copies c WINDOW w AS (PARTITION BY dnkey(c.database_dn));
