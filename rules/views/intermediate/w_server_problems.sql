-- w_server_problems: one row per server, and why it cannot be the RPC endpoint of databases.
-- index: id
CREATE VIEW w_server_problems AS SELECT
  s.id AS id, -- text: server
  CASE WHEN s.is_edge THEN 'it is an Edge Transport server'
       WHEN s.is_provisioned_only THEN 'it is provisioned only, nothing is installed on it'
       WHEN s.major < 14 THEN 'its version has no RPC Client Access service'
       WHEN s.major > 14 THEN 'its version takes no RPC connections of Outlook'
       WHEN s.is_client_access_2010 = 0 THEN 'it lacks the Client Access role'
       WHEN s.has_rpc_client_access = 0 THEN 'it has no RPC Client Access object' END AS problem
         -- text: why, as a sentence; NULL when it can
FROM w_servers s;
