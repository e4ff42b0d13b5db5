-- s_alternate_service_accounts: alternate service accounts, as they were read.
CREATE VIEW s_alternate_service_accounts AS SELECT
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  accounts AS accounts -- text: accounts, as stored
FROM alternate_service_accounts;
