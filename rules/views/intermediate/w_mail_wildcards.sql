-- w_mail_wildcards: one row per certificate and POP or IMAP service that runs on a server presenting it as wildcard,
--   without a name of its own for TLS.
-- index: certificate_id
CREATE VIEW w_mail_wildcards AS SELECT DISTINCT
  e.certificate_id AS certificate_id, -- text: thumbprint
  e.server AS server, -- text: server
  m.protocol AS protocol -- text: pop or imap
FROM w_endpoint_certificates e JOIN w_servers w ON w.id = e.server_id
JOIN s_mail_protocols m ON m.server_key = w.dn_key AND m.certificate_name IS NULL
    AND m.unread NOT LIKE '%"certificate_name"%'
JOIN w_services v ON v.server_id = e.server_id
    AND v.service = CASE m.protocol WHEN 'pop' THEN 'msexchangepop3' ELSE 'msexchangeimap4' END AND v.is_running
WHERE EXISTS (SELECT 1 FROM json_each(e.names) j WHERE j.value LIKE '*.%');
