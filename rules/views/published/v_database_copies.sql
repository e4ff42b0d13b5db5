-- v_database_copies: one row per copy of a database on a server.
-- index: database_key
-- index: site_id
-- index: server_id
CREATE VIEW v_database_copies AS SELECT
  c.id AS id, -- text: objectGUID
  c.database_key AS database_key, -- text: key of the DN of the database
  c.server AS server, -- text: host server, when known
  c.server_id AS server_id, -- text: objectGUID of the host server
  c.site AS site, -- text: site of the host server
  c.site_id AS site_id, -- text: objectGUID of that site
  c.server_major AS server_major, -- int: major version of the host server
  v.product AS server_product, -- text: Exchange generation of the host server
  c.activation_preference AS activation_preference, -- int: 1 is activated first
  c.activation_config AS activation_config -- int: 2 blocks activation
FROM w_database_copies c LEFT JOIN w_server_versions v ON v.id = c.server_id;
