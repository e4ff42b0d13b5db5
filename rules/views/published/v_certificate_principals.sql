-- v_certificate_principals: one row per certificate of v_certificates, with what Outlook Anywhere, POP and IMAP expect
--   of it.
-- index: id
CREATE VIEW v_certificate_principals AS SELECT
  v.id AS id, -- text: SHA-1 thumbprint
  v.name AS name, -- text: common name and start of the thumbprint
  v.site AS site, -- text: site of the servers that present it, when it is one
  v.names AS names, -- list: names that it stands for
  v.endpoints AS endpoints, -- list: where it is presented
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.service = 'outlook_anywhere') THEN 1
      WHEN k.known THEN 0 END AS anywhere_exists,
      -- bool: Outlook Anywhere is in use somewhere; NULL when not all directories were seen
  CASE WHEN EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain) THEN 1
       WHEN k.known AND c.servers_complete
           AND NOT EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id)
           THEN 0 END AS serves_anywhere, -- bool: clients of Outlook Anywhere meet it; NULL when not known
  coalesce((SELECT list_of(h.host) FROM w_anywhere_hosts h WHERE h.certificate_id = v.id), '[]') AS hosts,
      -- list: hosts of Outlook Anywhere there
  (SELECT min(h.host) FROM w_anywhere_hosts h
      WHERE h.certificate_id = v.id AND h.is_certain AND ((h.is_covered AND NOT h.is_exact) OR p.is_wildcard)) AS host,
      -- text: the first of them that only a wildcard stands for, or that the principal does not fit
  p.name IS NOT NULL AND NOT p.is_unread AS principal_seen,
      -- bool: an export of Get-OutlookProvider shows the principal of EXPR
  p.shown AS principal, -- text: that principal, such as msstd:mail.corp.example; NULL when it is empty or was not seen
  CASE WHEN p.name IS NULL OR p.is_unread OR v.names IS NULL THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_anywhere_hosts h
           WHERE h.certificate_id = v.id AND h.is_certain AND h.is_covered AND NOT h.is_exact
           AND (p.principal IS NULL OR p.principal = h.host)) THEN 0
       WHEN p.is_wildcard AND EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain
           AND NOT h.has_principal) THEN 0
       WHEN k.known AND c.servers_complete
           AND NOT EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND NOT h.is_certain)
           THEN 1 END AS principal_fits,
           -- bool: what Outlook is told to expect fits the certificate; NULL when not known
  CASE WHEN NOT q.others_lack_it THEN q.principal END AS wanted_principal,
      -- text: principal that would fit it, and no other certificate worse
  coalesce(q.others_lack_it, 0) AS others_lack_principal,
      -- bool: no principal fits this certificate and the others that clients of Outlook Anywhere meet
  NOT EXISTS (SELECT 1 FROM json_each(v.names) j WHERE j.value LIKE '*.%')
      OR (w.server_names AND c.mail_protocols_complete
      AND NOT EXISTS (SELECT 1 FROM w_undecided_mail u WHERE u.certificate_id = v.id)
    AND NOT EXISTS (SELECT 1 FROM w_hidden_endpoints h WHERE h.certificate_id = v.id)) AS mail_known,
        -- bool: whether POP or IMAP run with it as wildcard is known, as far as exports tell of services
  coalesce((SELECT list_of(m.server || ' (' || m.protocol || ')') FROM w_mail_wildcards m
      WHERE m.certificate_id = v.id), '[]') AS mail_services,
      -- list: servers where POP or IMAP run with this wildcard and no certificate name of their own
  coalesce((SELECT identities(s.name, s.id) FROM w_mail_wildcards m JOIN v_servers s ON s.name = m.server
      WHERE m.certificate_id = v.id AND m.protocol = 'pop'), '[]') AS pop_servers, -- identities: those with POP
  coalesce((SELECT identities(s.name, s.id) FROM w_mail_wildcards m JOIN v_servers s ON s.name = m.server
      WHERE m.certificate_id = v.id AND m.protocol = 'imap'), '[]') AS imap_servers, -- identities: those with IMAP
  g.wildcard_clients = 'outlook_2010_sp1_or_newer' AS clients_are_newer,
      -- bool: no client older than Outlook 2010 SP1 is in use, by the operator's word
  v.source_origin AS source_origin, -- text: where it was read
  v.source_at AS source_at -- text: when it was read
FROM v_certificates v CROSS JOIN s_coverage c CROSS JOIN w_https_known k CROSS JOIN w_known w CROSS
    JOIN s_stated_general g LEFT JOIN s_outlook_provider p ON p.name = 'expr'
LEFT JOIN w_wanted_principals q ON q.certificate_id = v.id;
