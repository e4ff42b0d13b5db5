-- w_unseen_logs: one row per server that may have clients and whose RPC Client Access logs no export holds in full.
CREATE VIEW w_unseen_logs AS SELECT
  s.id AS server_id, -- text: server
  s.name AS name -- text: its name
FROM w_servers s LEFT JOIN w_exported e ON e.server_id = s.id AND e.section = 'client_versions'
WHERE coalesce(s.is_client_access_2010, 1) AND NOT coalesce(e.is_whole, 0);
