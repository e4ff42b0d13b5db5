-- w_undecided_mail: certificates of servers of which an export or the directory shows POP or IMAP, but not whether the
--   service runs or has a certificate name of its own.
-- index: certificate_id
CREATE VIEW w_undecided_mail AS SELECT DISTINCT
  e.certificate_id AS certificate_id -- text: thumbprint
FROM w_endpoint_certificates e JOIN w_servers w ON w.id = e.server_id
JOIN s_mail_protocols m ON m.server_key = w.dn_key
LEFT JOIN w_services v ON v.server_id = e.server_id
    AND v.service = CASE m.protocol WHEN 'pop' THEN 'msexchangepop3' ELSE 'msexchangeimap4' END
-- An export of the services that lost some may have lost this one.
WHERE m.certificate_name IS NULL AND CASE
    WHEN v.server_id IS NULL THEN EXISTS (SELECT 1 FROM w_exported x
        WHERE x.server_id = e.server_id AND x.section = 'service_states' AND NOT x.is_whole)
      OR EXISTS (SELECT 1 FROM s_gaps g JOIN w_name_owners o ON o.name = g.server_name
        WHERE o.server_id = e.server_id AND g.section = 'service_states' AND g.reason <> 'conflict')
    ELSE v.is_running IS NULL OR (v.is_running AND m.unread LIKE '%"certificate_name"%') END;
