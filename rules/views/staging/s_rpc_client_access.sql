-- s_rpc_client_access: settings of the RPC Client Access service, as the shell shows them.
CREATE VIEW s_rpc_client_access AS SELECT
  norm(server) AS server_name, -- text: normalised name of the server
  encryption_required AS encryption_required, -- bool: RPC encryption
  maximum_connections AS maximum_connections, -- int: connections that it accepts
  CASE WHEN unread NOT LIKE '%"blocked_client_versions"%'
      THEN lower(replace(coalesce(blocked_client_versions, ''), ' ', '')) END AS blocked_versions
      -- text: client versions that it refuses, for comparison; empty where it refuses none
FROM rpc_client_access;
