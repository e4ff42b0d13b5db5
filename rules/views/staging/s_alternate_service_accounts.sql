-- s_alternate_service_accounts: alternate service accounts, as they were read.
CREATE VIEW s_alternate_service_accounts AS SELECT
  server AS server, -- text: server, as exported or stated
  norm(server) AS server_name, -- text: its normalised name
  accounts AS accounts, -- text: accounts, as stored
  unread LIKE '%"accounts"%' AS accounts_unread -- bool: not all of them could be read
FROM alternate_service_accounts;
