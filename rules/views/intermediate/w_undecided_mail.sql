-- w_undecided_mail: certificates of servers of which an export or the directory shows POP or IMAP, but not whether the
--   service runs or has a certificate name of its own.
-- index: certificate_id
CREATE VIEW w_undecided_mail AS SELECT DISTINCT
  e.certificate_id AS certificate_id -- text: thumbprint
FROM w_endpoint_certificates e JOIN w_servers w ON w.id = e.server_id
JOIN s_mail_protocols m ON m.server_key = w.dn_key
JOIN w_services v ON v.server_id = e.server_id
    AND v.service = CASE m.protocol WHEN 'pop' THEN 'msexchangepop3' ELSE 'msexchangeimap4' END
WHERE m.certificate_name IS NULL AND (v.is_running IS NULL OR (v.is_running AND m.unread LIKE '%"certificate_name"%'));
