-- v_database_copies: one row per copy of a database on a server.
-- index: database_key
-- index: site_id
-- index: server_id
CREATE VIEW v_database_copies AS SELECT
  c.id AS id, -- text: objectGUID
  dnkey(c.database_dn) AS database_key, -- text: key of the DN of the database
  s.name AS server, -- text: host server, when known
  s.id AS server_id, -- text: objectGUID of the host server
  s.site AS site, -- text: site of the host server
  s.site_id AS site_id, -- text: objectGUID of that site
  s.major AS server_major, -- int: major version of the host server
  v.product AS server_product, -- text: Exchange generation of the host server
  c.activation_preference AS activation_preference, -- int: 1 is activated first
  coalesce(c.activation_config, s.activation_config) AS activation_config -- int: 2 blocks activation
FROM database_copies c LEFT JOIN w_servers s ON s.dn_key = dnkey(c.host_server_dn) LEFT JOIN w_server_versions v ON v.id = s.id;
