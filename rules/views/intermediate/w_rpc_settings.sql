-- w_rpc_settings: one row per member of an array, what its RPC Client Access service is set to: by the directory, or by
--   an export where that could not be read.
-- index: array_id
CREATE VIEW w_rpc_settings AS SELECT
  m.array_id AS array_id, -- text: array
  m.name AS name, -- text: member
  coalesce(s.max_connections, e.maximum_connections) AS connections,
      -- int: connections that it accepts; NULL when not known
  coalesce(s.blocked_versions, e.blocked_versions) AS blocked
      -- text: client versions that it refuses, for comparison; NULL when not known
FROM w_array_servers m JOIN s_servers s ON s.id = m.id
LEFT JOIN (SELECT n.server_id, max(x.maximum_connections) AS maximum_connections,
    max(x.blocked_versions) AS blocked_versions
           FROM s_rpc_client_access x JOIN w_name_owners n ON n.name = x.server_name
               GROUP BY n.server_id HAVING count(*) = 1) e ON e.server_id = m.id
WHERE m.is_member;
