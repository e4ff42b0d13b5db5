-- w_rpc_encryption: one row per server, whether its RPC Client Access service requires encryption.
-- index: id
CREATE VIEW w_rpc_encryption AS SELECT
  s.id AS id, -- text: server
  coalesce(s.encryption_required, e.encryption_required) AS encryption_required
      -- bool: by the directory; by exports that agree where it is absent there or could not be read
FROM w_servers s
LEFT JOIN (SELECT n.server_id, CASE WHEN min(r.encryption_required) = max(r.encryption_required)
    AND count(*) = count(r.encryption_required) THEN max(r.encryption_required) END AS encryption_required
           FROM s_rpc_client_access r JOIN w_name_owners n ON n.name = r.server_name GROUP BY n.server_id) e
               ON e.server_id = s.id;
