-- w_server_problems: one row per server that cannot be the RPC endpoint of databases, and why.
-- index: id
CREATE VIEW w_server_problems AS SELECT
  x.id AS id, -- text: server
  x.problem AS problem -- text: why, as a sentence
FROM (SELECT s.id, CASE WHEN s.is_edge THEN 'it is an Edge Transport server'
        WHEN s.is_provisioned_only THEN 'it is provisioned only, nothing is installed on it'
        WHEN s.major < 14 THEN 'its version has no RPC Client Access service'
        WHEN s.major > 14 THEN 'its version takes no RPC connections of Outlook'
        WHEN s.is_client_access_2010 = 0 THEN 'it lacks the Client Access role'
        WHEN s.has_rpc_client_access = 0 THEN 'it has no RPC Client Access object' END AS problem FROM w_servers s) x
WHERE x.problem IS NOT NULL;
