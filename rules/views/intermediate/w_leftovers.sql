-- w_leftovers: one row per thing of Exchange 2010 that has to go before its last server.
CREATE VIEW w_leftovers AS SELECT
  'mailbox database ' || d.name AS name, -- text: what it is
  1 AS is_database, -- bool: a mailbox database
  CASE WHEN d.is_recovery THEN 0 WHEN d.mailbox_count > 0 OR a.count > 0 THEN 1
       WHEN d.mailbox_count = 0 AND coalesce(a.count, (SELECT 0 FROM s_sections n WHERE n.name = 'arbitration_mailboxes'
           AND n.status = 'complete')) = 0 THEN 0 END AS holds_mailboxes
           -- bool: mailboxes of people or of the system are in it; NULL when not known
FROM w_databases d LEFT JOIN s_arbitration_mailboxes a ON fold(a.database) = fold(d.name)
    WHERE d.on_exchange_2010 AND NOT d.is_public_folder
UNION ALL SELECT 'public folder database ' || d.name, 0, 0 FROM w_databases d
    WHERE d.on_exchange_2010 AND d.is_public_folder
UNION ALL SELECT 'offline address book ' || b.name || ' (generated on ' || s.name || ')', 0, 0
FROM s_offline_address_books b JOIN w_name_owners n ON n.name = b.server_name JOIN w_servers s ON s.id = n.server_id
    WHERE s.is_2010
UNION ALL SELECT 'Autodiscover address of ' || s.name, 0, 0
FROM s_service_connection_points p JOIN w_servers s ON s.dn_key = p.server_key
    WHERE s.is_2010 AND p.uris <> '[]'
UNION ALL SELECT 'array ' || a.name, 0, 0 FROM w_arrays a
UNION ALL SELECT DISTINCT 'DNS name ' || a.dns_name, 0, 0 FROM w_arrays a
    WHERE a.dns_name IN (SELECT d.name FROM s_dns d WHERE d.view = 'internal' AND d.resolves)
UNION ALL SELECT DISTINCT 'service principal name ' || j.value, 0, 0
FROM s_principals p, json_each(p.service_principal_names) j
    JOIN w_arrays a ON a.dns_name = norm(substr(j.value, instr(j.value, '/') + 1)) WHERE instr(j.value, '/') > 0;
