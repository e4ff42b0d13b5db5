-- w_service_accounts: one row per member server and account that it uses for Kerberos.
-- index: server_id
CREATE VIEW w_service_accounts AS SELECT DISTINCT
  n.server_id AS server_id, -- text: server
  fold(rtrim(substr(j.value, instr(j.value, '\') + 1), '$')) AS account_key -- text: account for comparison
FROM s_alternate_service_accounts v JOIN w_name_owners n ON n.name = v.server_name, json_each(v.accounts) j;
