-- s_stated_pools: pools, as the operator states them.
CREATE VIEW s_stated_pools AS SELECT
  array_name AS array_name, -- text: array name, as stored
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name -- text: its normalised name
FROM settings_pools;
