-- s_rpc_client_access: settings of the RPC Client Access service, as the shell shows them.
CREATE VIEW s_rpc_client_access AS SELECT
  norm(server) AS server_name, -- text: server, normalised
  encryption_required AS encryption_required -- bool: RPC encryption
FROM rpc_client_access;
