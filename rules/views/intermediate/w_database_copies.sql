-- w_database_copies: copies of databases with their host servers.
-- index: database_key
-- index: server_id
CREATE VIEW w_database_copies AS SELECT
  c.id AS id, -- text: objectGUID
  c.database_key AS database_key, -- text: key of the DN of the database
  s.name AS server, -- text: host server, when known
  s.id AS server_id, -- text: objectGUID of the host server
  s.site AS site, -- text: site of the host server
  s.site_id AS site_id, -- text: objectGUID of that site
  s.major AS server_major, -- int: major version of the host server
  s.minor AS server_minor, -- int: its service pack
  c.activation_preference AS activation_preference, -- int: 1 is activated first
  coalesce(c.activation_config, s.activation_config) AS activation_config, -- int: 2 blocks activation
  c.is_first AS is_first -- bool: its only copy, or of the lowest preference while all are known
FROM s_database_copies c LEFT JOIN w_servers s ON s.dn_key = c.host_key;
