-- Certificates: quality, chains, trust, principals, what the servers' stores hold.

-- w_chain_members: one row per leaf certificate and other certificate that was sent with it.
-- index: certificate_id
CREATE VIEW w_chain_members AS SELECT DISTINCT
  l.sha1 AS certificate_id, -- text: thumbprint of the leaf
  c.sha256 AS sha256, -- text: the other certificate
  coalesce(c.common_name, 'unnamed') || ' (' || substr(c.sha1, 1, 8) || ')' AS name, -- text: its name
  c.signature_hash AS signature_hash, -- text: sha1, sha256 ...
  coalesce(c.self_signed, c.subject = c.issuer) AS is_root -- bool: signs itself, so its signature proves nothing
FROM (SELECT chain FROM tls_endpoints UNION SELECT chain_without_sni FROM tls_endpoints) e, json_each(e.chain) j
JOIN certificates c ON c.sha256 = j.value
JOIN certificates l ON l.sha256 = json_extract(e.chain, '$[0]') AND l.sha256 <> c.sha256;

-- w_internal_names: names on a certificate that no public authority may certify.
-- index: certificate_id
CREATE VIEW w_internal_names AS SELECT DISTINCT
  y.certificate_id AS certificate_id, -- text: thumbprint
  y.name AS name -- text: the name or address
FROM (SELECT c.sha1 AS certificate_id, norm(j.value) AS name FROM certificates c, json_each(c.dns_names) j
      UNION SELECT c.sha1, norm(c.common_name) FROM certificates c WHERE c.common_name NOT LIKE '% %'
      UNION SELECT c.sha1, j.value FROM certificates c, json_each(c.ip_addresses) j) y
WHERE is_private_address(y.name) = 1
   OR (is_private_address(y.name) IS NULL AND (instr(y.name, '.') = 0 OR EXISTS (SELECT 1 FROM (SELECT suffix FROM data_internal_suffixes UNION SELECT norm(ltrim(suffix, '.')) FROM settings_suffixes) d WHERE y.name LIKE '%.' || d.suffix)));

-- v_certificate_quality: one row per certificate of v_certificates, with what is weak about it.
-- index: id
CREATE VIEW v_certificate_quality AS SELECT
  v.id AS id, -- text: SHA-1 thumbprint
  v.name AS name, -- text: common name and start of the thumbprint
  v.site AS site, -- text: site of the servers that present it, when it is one
  v.issuer_class AS issuer_class, -- text: self_signed, public or private; NULL when no chain shows it
  v.endpoints AS endpoints, -- list: where it is presented
  v.servers AS servers, -- identities: Client Access servers that present it
  v.key_algorithm AS key_algorithm, -- text: rsa, ec, dsa ...
  v.key_size AS key_size, -- int: bits
  v.signature_hash AS signature_hash, -- text: hash of its signature
  v.signature_hash IN ('md2', 'md4', 'md5', 'sha1') AS is_weakly_signed, -- bool: that hash is broken
  coalesce((SELECT list_of(m.name) FROM w_chain_members m WHERE m.certificate_id = v.id AND NOT m.is_root AND m.signature_hash IN ('md2', 'md4', 'md5', 'sha1')), '[]') AS weak_intermediates, -- list: intermediates sent with it that are signed with a broken hash
  (SELECT count(*) FROM w_chain_members m WHERE m.certificate_id = v.id AND (m.is_root IS NULL OR (NOT m.is_root AND m.signature_hash IS NULL))) AS unread_intermediate_count, -- int: certificates sent with it of which that could not be read
  coalesce((SELECT list_of(y.name) FROM w_internal_names y WHERE y.certificate_id = v.id), '[]') AS internal_names, -- list: single-label names, internal suffixes and private addresses on it
  v.names IS NOT NULL AS names_read, -- bool: its names could be read
  v.request_server AS request_server, -- identity(request_server_id): the first server that presents it
  v.request_server_id AS request_server_id, -- text: objectGUID of that server
  v.other_servers AS other_servers, -- identities: the other servers that present it
  v.request_subject AS request_subject, -- text: subject for a request that replaces it
  v.request_names AS request_names, -- list: DNS names for that request
  v.old_thumbprint AS old_thumbprint, -- text: its thumbprint, while it is valid
  v.source_origin AS source_origin, -- text: where it was read
  v.source_at AS source_at -- text: when it was read
FROM v_certificates v;

-- w_store: one row per server and certificate in an export of its store.
-- index: server_id
-- index: thumbprint
CREATE VIEW w_store AS SELECT
  n.server_id AS server_id, -- text: server
  v.server AS server, -- text: its name as exported
  upper(v.thumbprint) AS thumbprint, -- text: SHA-1
  CASE WHEN v.unread LIKE '%"services"%' THEN NULL ELSE v.services LIKE '%"IIS"%' END AS is_for_iis, -- bool: IIS uses it
  lower(v.status) AS status, -- text: as the server sees it
  v.has_private_key AS has_private_key, -- bool: its key is there
  lower(v.root_ca_type) AS root_type, -- text: kind of its root, as the server sees it
  v.not_after AS not_after, -- text: end of its validity
  (SELECT list_of(norm(j.value)) FROM json_each(v.dns_names) j) AS names, -- list: normalised names, sorted
  v.source_origin AS source_origin, -- text: where it was read
  v.source_at AS source_at -- text: when it was read
FROM store_certificates v JOIN w_name_owners n ON n.name = norm(v.server);

-- w_broken_links: certificates that the next one of a chain did not sign although its name says so.
-- index: chain
CREATE VIEW w_broken_links AS SELECT
  e.chain AS chain, -- text: the chain as sent
  min(coalesce(c.common_name, 'unnamed')) AS name -- text: the first of them
FROM (SELECT chain FROM tls_endpoints UNION SELECT chain_without_sni FROM tls_endpoints) e, json_each(e.chain) j
JOIN certificates c ON c.sha256 = j.value
WHERE fold(c.issuer) <> fold(c.subject)
  AND EXISTS (SELECT 1 FROM json_each(e.chain) k JOIN certificates i ON i.sha256 = k.value WHERE fold(i.subject) = fold(c.issuer))
  AND NOT EXISTS (SELECT 1 FROM json_each(e.chain) k JOIN certificates i ON i.sha256 = k.value WHERE fold(i.subject) = fold(c.issuer) AND coalesce(signed_by(c.der, i.der), 1) = 1)
GROUP BY e.chain;

-- w_chains: one row per chain that was sent: how far it leads.
-- index: certificate_id
CREATE VIEW w_chains AS SELECT
  c.sha1 AS certificate_id, -- text: thumbprint of the leaf
  x.issuer_class AS issuer_class, -- text: self_signed, public or private; NULL when it ends before a root
  b.name AS broken, -- text: certificate whose issuer did not sign it
  EXISTS (SELECT 1 FROM json_each(e.chain) k JOIN certificates i ON i.sha256 = k.value WHERE i.sha256 <> c.sha256 AND fold(i.subject) = fold(c.issuer)) AS has_issuer, -- bool: the issuer of the leaf was sent
  c.issuer AS issuer -- text: issuer of the leaf
FROM (SELECT chain FROM tls_endpoints UNION SELECT chain_without_sni FROM tls_endpoints) e
JOIN certificates c ON c.sha256 = json_extract(e.chain, '$[0]')
LEFT JOIN w_chain_ends x ON x.chain = e.chain LEFT JOIN w_broken_links b ON b.chain = e.chain;

-- v_certificate_trust: one row per certificate of v_certificates, whether clients can follow its chain to a root that they trust.
-- index: id
CREATE VIEW v_certificate_trust AS SELECT
  v.id AS id, -- text: SHA-1 thumbprint
  v.name AS name, -- text: common name and start of the thumbprint
  v.site AS site, -- text: site of the servers that present it, when it is one
  v.issuer AS issuer, -- text: issuer
  v.self_signed AS self_signed, -- bool: signed with its own key
  v.issuer_class AS issuer_class, -- text: self_signed, public or private; NULL when no chain shows it
  v.endpoints AS endpoints, -- list: where it is presented
  v.servers AS servers, -- identities: Client Access servers that present it
  coalesce((SELECT list_of(DISTINCT y.server || ': ' || y.status) FROM w_store y WHERE y.thumbprint = v.id AND y.status IS NOT NULL), '[]') AS store_status, -- list: what servers say of it, from exports of their stores
  coalesce((SELECT list_of(x.problem) FROM (
     SELECT y.server || ' finds it ' || y.status AS problem FROM w_store y WHERE y.thumbprint = v.id AND y.status IN ('untrusted', 'invalid', 'revoked')
     UNION SELECT y.server || ' could not check whether it is revoked' FROM w_store y WHERE y.thumbprint = v.id AND y.status = 'revocationcheckfailure'
     UNION SELECT 'the signature on ' || y.broken || ' is not by the issuer that is sent with it' FROM w_chains y WHERE y.certificate_id = v.id AND y.broken IS NOT NULL
     UNION SELECT 'its issuer (' || y.issuer || ') is no root that is generally known, and is not sent with it' FROM w_chains y WHERE y.certificate_id = v.id AND y.issuer_class IS NULL AND NOT y.has_issuer
       AND NOT EXISTS (SELECT 1 FROM w_store z WHERE z.thumbprint = v.id AND z.status = 'valid')) x), '[]') AS chain_problems, -- list: what is wrong with its chain
  EXISTS (SELECT 1 FROM w_store y WHERE y.thumbprint = v.id AND y.status IN ('untrusted', 'invalid', 'revoked')) OR EXISTS (SELECT 1 FROM w_chains y WHERE y.certificate_id = v.id AND (y.broken IS NOT NULL OR (y.issuer_class IS NULL AND NOT y.has_issuer
       AND NOT EXISTS (SELECT 1 FROM w_store z WHERE z.thumbprint = v.id AND z.status = 'valid')))) AS is_broken, -- bool: some of that is more than a failed look-up
  EXISTS (SELECT 1 FROM w_store y WHERE y.thumbprint = v.id AND y.status = 'revocationcheckfailure') AS revocation_unchecked, -- bool: some server could not check whether it is revoked
  CASE WHEN EXISTS (SELECT 1 FROM w_store y WHERE y.thumbprint = v.id AND y.status = 'valid') THEN 1
       WHEN EXISTS (SELECT 1 FROM w_chains y WHERE y.certificate_id = v.id)
            AND NOT EXISTS (SELECT 1 FROM w_chains y WHERE y.certificate_id = v.id AND (y.issuer_class IS NULL OR y.issuer_class <> 'public')) THEN 1 END AS is_trusted, -- bool: some server finds it valid, or every chain sent leads to a root that is generally known; NULL when neither was seen
  v.source_origin AS source_origin, -- text: where it was read
  v.source_at AS source_at -- text: when it was read
FROM v_certificates v;

-- w_outlook_provider: settings that Autodiscover hands to Outlook, from an export.
-- index: name
CREATE VIEW w_outlook_provider AS SELECT
  lower(p.name) AS name, -- text: expr, exch or web
  min(p.cert_principal_name) AS shown, -- text: certificate principal
  CASE WHEN lower(min(p.cert_principal_name)) LIKE 'msstd:%' THEN norm(substr(min(p.cert_principal_name), 7)) ELSE norm(min(p.cert_principal_name)) END AS principal, -- text: the name in it
  max(p.unread LIKE '%"cert_principal_name"%') AS is_unread, -- bool: it could not be read
  coalesce(lower(min(p.cert_principal_name)) LIKE 'msstd:*.%', 0) AS is_wildcard -- bool: it is a wildcard
FROM outlook_providers p GROUP BY lower(p.name);

-- w_anywhere_hosts: one row per certificate and host of Outlook Anywhere for which it is presented.
-- index: certificate_id
CREATE VIEW w_anywhere_hosts AS SELECT
  e.certificate_id AS certificate_id, -- text: thumbprint
  r.name AS host, -- text: host of Outlook Anywhere
  max(r.is_certain) AS is_certain, -- bool: its clients are seen to meet this certificate
  max(EXISTS (SELECT 1 FROM json_each(e.names) j WHERE norm(j.value) = r.name)) AS is_exact, -- bool: the certificate bears that name itself
  max(covers(e.names, r.name)) AS is_covered, -- bool: it stands for that name
  max(EXISTS (SELECT 1 FROM json_each(e.names) j JOIN w_outlook_provider p ON norm(j.value) = p.principal)) AS has_principal -- bool: it bears the name that Outlook is told to expect
FROM v_endpoint_certificates e JOIN w_required r ON r.endpoint = e.endpoint AND r.service = 'outlook_anywhere' GROUP BY e.certificate_id, r.name;

-- w_mail_wildcards: one row per certificate and POP or IMAP service that runs on a server presenting it as wildcard, without a name of its own for TLS.
-- index: certificate_id
CREATE VIEW w_mail_wildcards AS SELECT DISTINCT
  e.certificate_id AS certificate_id, -- text: thumbprint
  e.server AS server, -- text: server
  m.protocol AS protocol -- text: pop or imap
FROM v_endpoint_certificates e JOIN w_servers w ON w.id = e.server_id
JOIN mail_protocols m ON dnkey(m.server_dn) = w.dn_key AND m.certificate_name IS NULL AND m.unread NOT LIKE '%"certificate_name"%'
JOIN w_services v ON v.server_id = e.server_id AND v.service = CASE m.protocol WHEN 'pop' THEN 'msexchangepop3' ELSE 'msexchangeimap4' END AND v.is_running
WHERE EXISTS (SELECT 1 FROM json_each(e.names) j WHERE j.value LIKE '*.%');

-- v_certificate_principals: one row per certificate of v_certificates, with what Outlook Anywhere, POP and IMAP expect of it.
-- index: id
CREATE VIEW v_certificate_principals AS SELECT
  v.id AS id, -- text: SHA-1 thumbprint
  v.name AS name, -- text: common name and start of the thumbprint
  v.site AS site, -- text: site of the servers that present it, when it is one
  v.names AS names, -- list: names that it stands for
  v.endpoints AS endpoints, -- list: where it is presented
  CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.service = 'outlook_anywhere') THEN 1 WHEN k.known THEN 0 END AS anywhere_exists, -- bool: Outlook Anywhere is in use somewhere; NULL when not all directories were seen
  CASE WHEN EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain) THEN 1
       WHEN k.known AND c.servers_complete AND NOT EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id) THEN 0 END AS serves_anywhere, -- bool: clients of Outlook Anywhere meet it; NULL when not known
  coalesce((SELECT list_of(h.host) FROM w_anywhere_hosts h WHERE h.certificate_id = v.id), '[]') AS hosts, -- list: hosts of Outlook Anywhere there
  (SELECT min(h.host) FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND ((h.is_covered AND NOT h.is_exact) OR p.is_wildcard)) AS host, -- text: the first of them that only a wildcard stands for, or that the principal does not fit
  p.name IS NOT NULL AND NOT p.is_unread AS principal_seen, -- bool: an export of Get-OutlookProvider shows the principal of EXPR
  p.shown AS principal, -- text: that principal, such as msstd:mail.corp.example; NULL when it is empty or was not seen
  CASE WHEN p.name IS NULL OR p.is_unread OR v.names IS NULL THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND h.is_covered AND NOT h.is_exact AND (p.principal IS NULL OR p.principal = h.host)) THEN 0
       WHEN p.is_wildcard AND EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND NOT h.has_principal) THEN 0
       WHEN k.known AND c.servers_complete AND NOT EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND NOT h.is_certain) THEN 1 END AS principal_fits, -- bool: what Outlook is told to expect fits the certificate; NULL when not known
  CASE WHEN EXISTS (SELECT 1 FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND h.is_covered AND NOT h.is_exact)
       THEN (SELECT 'msstd:*.' || substr(h.host, instr(h.host, '.') + 1) FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND h.is_covered AND NOT h.is_exact ORDER BY h.host LIMIT 1)
       ELSE (SELECT 'msstd:' || min(h.host) FROM w_anywhere_hosts h WHERE h.certificate_id = v.id AND h.is_certain AND h.is_exact) END AS wanted_principal, -- text: principal that would fit it
  coalesce((SELECT list_of(m.server || ' (' || m.protocol || ')') FROM w_mail_wildcards m WHERE m.certificate_id = v.id), '[]') AS mail_services, -- list: servers where POP or IMAP run with this wildcard and no certificate name of their own
  coalesce((SELECT identities(s.name, s.id) FROM w_mail_wildcards m JOIN v_servers s ON s.name = m.server WHERE m.certificate_id = v.id AND m.protocol = 'pop'), '[]') AS pop_servers, -- identities: those with POP
  coalesce((SELECT identities(s.name, s.id) FROM w_mail_wildcards m JOIN v_servers s ON s.name = m.server WHERE m.certificate_id = v.id AND m.protocol = 'imap'), '[]') AS imap_servers, -- identities: those with IMAP
  g.wildcard_clients = 'outlook_2010_sp1_or_newer' AS clients_are_newer, -- bool: no client older than Outlook 2010 SP1 is in use, by the operator's word
  v.source_origin AS source_origin, -- text: where it was read
  v.source_at AS source_at -- text: when it was read
FROM v_certificates v CROSS JOIN v_coverage c CROSS JOIN w_https_known k CROSS JOIN settings_general g LEFT JOIN w_outlook_provider p ON p.name = 'expr';

-- v_server_certificates: one row per Exchange 2010 Client Access server, whether a certificate is bound to its HTTPS.
-- index: id
CREATE VIEW v_server_certificates AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.is_client_access_2010 AS is_client_access_2010, -- bool: an Exchange 2010 Client Access server; NULL when its role or version is not known
  EXISTS (SELECT 1 FROM w_stated_servers o WHERE o.server_id = s.id AND o.https = 'balancer_only') AS is_plain_behind_balancer, -- bool: a balancer ends TLS and speaks plain HTTP to it, by the operator's word
  EXISTS (SELECT 1 FROM tls_endpoints e WHERE e.host = s.dns_name AND e.port = 443 AND e.outcome = 'handshake') AS handshake_finished, -- bool: a handshake with its port 443 was finished, which proves certificate and key
  coalesce((SELECT list_of(DISTINCT e.outcome) FROM tls_endpoints e WHERE e.host = s.dns_name AND e.port = 443), '[]') AS outcomes, -- list: how probes of its port 443 ended
  coalesce((SELECT list_of(e.certificate) FROM v_endpoint_certificates e WHERE e.endpoint = s.dns_name || ':443' AND e.is_presented), '[]') AS presented, -- list: certificates presented there
  coalesce(x.is_whole, 0) AS store_seen, -- bool: an export holds its whole certificate store
  coalesce((SELECT list_of(y.thumbprint) FROM w_store y WHERE y.server_id = s.id AND y.is_for_iis), '[]') AS iis_thumbprints, -- list: certificates that IIS uses, by that export
  (SELECT min(y.thumbprint) FROM w_store y WHERE y.server_id = s.id AND y.is_for_iis AND y.has_private_key = 0) AS keyless_thumbprint, -- text: one of them that has lost its private key
  CASE WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = s.dns_name || ':443' AND e.is_presented)
            AND EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id AND y.is_for_iis) AND x.is_whole
            AND NOT EXISTS (SELECT 1 FROM w_store y JOIN v_endpoint_certificates e ON e.certificate_id = y.thumbprint AND e.endpoint = s.dns_name || ':443' WHERE y.server_id = s.id AND coalesce(y.is_for_iis, 1) = 1)
            THEN 'another certificate is presented there than IIS uses by the export'
       WHEN EXISTS (SELECT 1 FROM tls_endpoints e WHERE e.host = s.dns_name AND e.port = 443 AND e.outcome = 'handshake') THEN NULL
       WHEN x.is_whole AND NOT EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id AND coalesce(y.is_for_iis, 1) = 1) THEN 'the export shows none that IIS uses'
       WHEN EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id AND y.is_for_iis) AND x.is_whole
            AND NOT EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id AND coalesce(y.is_for_iis, 1) = 1 AND coalesce(y.has_private_key, 1) = 1)
            THEN 'the one that IIS uses has no private key' END AS fault, -- text: why no usable certificate is bound; NULL when none is proven
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s LEFT JOIN w_exported x ON x.server_id = s.id AND x.section = 'store_certificates'
WHERE coalesce(s.is_client_access_2010, 1) = 1;
