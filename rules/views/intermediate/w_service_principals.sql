-- w_service_principals: one row per array, Kerberos service class of MAPI and account that holds it.
-- index: array_id
CREATE VIEW w_service_principals AS SELECT DISTINCT
  a.id AS array_id, -- text: array
  lower(substr(j.value, 1, instr(j.value, '/') - 1)) AS class, -- text: exchangemdb, exchangerfr or exchangeab
  j.value AS spn, -- text: service principal name as stored
  p.id AS account_id, -- text: objectGUID of the account
  coalesce(p.account_name, p.name) AS account, -- text: its name
  fold(rtrim(coalesce(p.account_name, p.name), '$')) AS account_key, -- text: its name for comparison
  p.account_name IS NOT NULL AS is_exact, -- bool: that is the name by which servers call it
  s.id AS server_id -- text: objectGUID of the Exchange server whose computer account it is
FROM s_principals p, json_each(p.service_principal_names) j
JOIN w_arrays a ON instr(j.value, '/') > 0 AND a.dns_name = norm(substr(j.value, instr(j.value, '/') + 1))
LEFT JOIN w_name_owners n ON n.name = coalesce(norm(p.dns_host_name), norm(rtrim(coalesce(p.account_name,
    p.name), '$')))
LEFT JOIN w_servers s ON s.id = n.server_id
WHERE lower(substr(j.value, 1, instr(j.value, '/') - 1)) IN ('exchangemdb', 'exchangerfr', 'exchangeab');
