-- Certificates: names they must cover, and who presents them.

-- w_chain_ends: one row per certificate chain that was sent: where it leads, followed by issuer names.
-- index: chain
CREATE VIEW w_chain_ends AS WITH RECURSIVE sent(chain) AS (
  SELECT chain FROM tls_endpoints UNION SELECT chain_without_sni FROM tls_endpoints
), links(chain, sha256, subject, issuer, self_signed) AS (
  SELECT s.chain, c.sha256, fold(c.subject), fold(c.issuer), c.self_signed
  FROM sent s, json_each(s.chain) j JOIN certificates c ON c.sha256 = j.value
), walk(chain, sha256, subject, issuer, self_signed, depth) AS (
  SELECT l.chain, l.sha256, l.subject, l.issuer, l.self_signed, 0 FROM links l WHERE l.sha256 = json_extract(l.chain, '$[0]')
  UNION SELECT w.chain, l.sha256, l.subject, l.issuer, l.self_signed, w.depth + 1
  FROM walk w JOIN links l ON l.chain = w.chain AND l.subject = w.issuer AND l.sha256 <> w.sha256 WHERE w.depth < 8
)
SELECT
  w.chain AS chain, -- text: the chain as sent
  CASE WHEN max(w.depth = 0 AND w.self_signed = 1) = 1 THEN 'self_signed'
       WHEN max(EXISTS (SELECT 1 FROM data_public_roots p WHERE fold(p.subject) IN (w.issuer, w.subject))) = 1 THEN 'public'
       WHEN max(w.self_signed = 1) = 1 THEN 'private' END AS issuer_class -- text: self_signed, public, private; NULL when the chain does not show it
FROM walk w GROUP BY w.chain;

-- w_bound: one row per server whose port 443 showed no certificate, and certificate that IIS uses by a whole export of its store.
-- index: host
CREATE VIEW w_bound AS SELECT DISTINCT
  s.dns_name AS host, -- text: FQDN of the server
  c.sha256 AS sha256, -- text: the certificate
  CASE WHEN c.self_signed = 1 THEN 'self_signed'
       WHEN y.root_type IN ('enterprise', 'grouppolicy') THEN 'private'
       ELSE (SELECT max(i.issuer_class) FROM w_chain_ends i WHERE json_extract(i.chain, '$[0]') = c.sha256) END AS issuer_class, -- text: as in w_leafs: where another server sends its chain, or by the kind of root that the server sees
  y.source_origin AS source_origin, -- text: where it was read
  y.source_at AS source_at -- text: when it was read
FROM w_https_servers s JOIN w_store y ON y.server_id = s.id AND y.is_for_iis
JOIN certificates c ON c.sha1 = y.thumbprint
JOIN w_exported x ON x.server_id = s.id AND x.section = 'store_certificates' AND x.is_whole
WHERE s.dns_name IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM tls_endpoints e WHERE e.host = s.dns_name AND e.port = 443 AND e.chain <> '[]')
  AND NOT EXISTS (SELECT 1 FROM w_store z WHERE z.server_id = s.id AND coalesce(z.is_for_iis, 1) AND z.thumbprint NOT IN (SELECT sha1 FROM certificates));

-- w_leafs: one row per endpoint, address and certificate that stood first in what was sent, with or without a server name.
-- index: host
-- index: sha256
CREATE VIEW w_leafs AS SELECT
  e.host AS host, -- text: probed name
  e.port AS port, -- int: port
  e.address AS address, -- text: address connected to
  json_extract(e.chain, '$[0]') AS sha256, -- text: leaf certificate
  max(e.with_sni) AS with_sni, -- bool: presented to clients that send the server name (SNI)
  max(x.issuer_class) AS issuer_class, -- text: where the chain leads
  1 AS is_presented, -- bool: seen in a handshake; otherwise bound to IIS by an export of the server's store
  min(e.source_origin) AS source_origin, -- text: where it was read
  min(e.source_at) AS source_at -- text: when it was read
FROM (SELECT host, port, address, chain, 1 AS with_sni, source_origin, source_at FROM tls_endpoints WHERE chain <> '[]'
      UNION ALL SELECT host, port, address, chain_without_sni, 0, source_origin, source_at FROM tls_endpoints WHERE chain_without_sni <> '[]') e
LEFT JOIN w_chain_ends x ON x.chain = e.chain
GROUP BY e.host, e.port, e.address, json_extract(e.chain, '$[0]')
UNION ALL SELECT b.host, 443, NULL, b.sha256, 1, max(b.issuer_class), 0, min(b.source_origin), min(b.source_at) FROM w_bound b GROUP BY b.host, b.sha256;

-- v_endpoint_certificates: one row per endpoint, address and leaf certificate presented there, or bound there by an export where nothing was presented.
-- index: endpoint
-- index: certificate_id
CREATE VIEW v_endpoint_certificates AS SELECT
  l.host || ':' || l.port AS endpoint, -- text: probed name and port
  l.host AS host, -- text: probed name
  l.port AS port, -- int: port
  l.address AS address, -- text: address connected to
  l.with_sni AS with_sni, -- bool: presented to clients that send the server name (SNI); otherwise only to those that do not
  c.sha1 AS certificate_id, -- text: thumbprint
  CASE WHEN c.common_name IS NOT NULL THEN c.common_name WHEN json_extract(c.dns_names, '$[0]') IS NOT NULL THEN json_extract(c.dns_names, '$[0]') ELSE 'unnamed' END
    || ' (' || substr(c.sha1, 1, 8) || ')' AS certificate, -- text: common name and start of the thumbprint
  CASE WHEN c.unread LIKE '%"dns_names"%' THEN NULL
       WHEN c.dns_names <> '[]' THEN c.dns_names
       WHEN c.common_name IS NOT NULL THEN json_array(c.common_name)
       WHEN c.unread LIKE '%"common_name"%' OR c.unread LIKE '%"subject"%' THEN NULL ELSE '[]' END AS names, -- list: DNS names it stands for; the common name only without any DNS name beside it
  (SELECT min(s.id) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS server_id, -- text: objectGUID of the Client Access server with that FQDN
  (SELECT min(s.name) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS server, -- text: that server
  (SELECT min(s.site) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS site, -- text: its site
  (SELECT min(s.site_id) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS site_id, -- text: objectGUID of its site
  l.issuer_class AS issuer_class, -- text: self_signed, public, private; NULL when the chain does not show it
  l.is_presented AS is_presented, -- bool: seen in a handshake; otherwise bound to IIS by an export of the server's store
  l.source_origin AS source_origin, -- text: where it was read
  l.source_at AS source_at -- text: when it was read
FROM w_leafs l JOIN certificates c ON c.sha256 = l.sha256;

-- w_tls_names: HTTPS names that no server bears, with what TLS shows there compared with the servers behind.
-- index: name
CREATE VIEW w_tls_names AS SELECT
  u.name AS name, -- text: normalised name
  EXISTS (SELECT 1 FROM w_leafs l WHERE l.host = u.name) AS is_seen, -- bool: some certificate was presented there
  EXISTS (SELECT 1 FROM w_leafs l WHERE l.host = u.name AND l.sha256 IN
    (SELECT m.sha256 FROM v_https_uses v JOIN w_https_servers s ON s.id = v.server_id JOIN w_leafs m ON m.host = s.dns_name WHERE v.name = u.name)) AS shows_servers, -- bool: the certificate of a server behind it
  EXISTS (SELECT 1 FROM w_leafs l WHERE l.host = u.name AND l.sha256 NOT IN
    (SELECT m.sha256 FROM v_https_uses v JOIN w_https_servers s ON s.id = v.server_id JOIN w_leafs m ON m.host = s.dns_name WHERE v.name = u.name)) AS shows_other, -- bool: a certificate that no server seen behind it presents
  c.servers_complete = 0 OR k.known IS NULL OR EXISTS (SELECT 1 FROM v_https_uses v LEFT JOIN w_https_servers s ON s.id = v.server_id
    WHERE v.name = u.name AND (v.server_id IS NULL OR s.id IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM w_leafs m WHERE m.host = s.dns_name)) AS has_unseen_server -- bool: a server behind it may exist that showed no certificate
FROM (SELECT DISTINCT name FROM v_https_uses WHERE lower(url) NOT LIKE 'http:%'
        AND name NOT IN (SELECT dns_name FROM w_servers WHERE dns_name IS NOT NULL)) u CROSS JOIN v_coverage c CROSS JOIN w_https_known k;

-- w_shared_hosts: those names, and who ends TLS there.
-- index: name
CREATE VIEW w_shared_hosts AS SELECT
  name AS name, -- text: normalised name
  CASE WHEN NOT is_seen THEN NULL WHEN NOT shows_other THEN 0 WHEN NOT has_unseen_server THEN 1 END AS ends_tls, -- bool: a balancer or proxy shows a certificate of its own there
  CASE WHEN NOT is_seen THEN NULL WHEN shows_servers THEN 1 WHEN NOT has_unseen_server THEN 0 END AS reaches_servers -- bool: clients of that name meet the servers' own certificates
FROM w_tls_names;

-- w_required: one row per endpoint and name that clients may ask of it.
-- index: endpoint
CREATE VIEW w_required AS SELECT DISTINCT
  s.endpoint AS endpoint, -- text: the server's endpoint
  u.name AS name, -- text: required name
  u.scope AS scope, -- text: internal or external
  u.service AS service, -- text: what uses it
  u.url AS url, -- text: the URL
  h.name IS NULL OR coalesce(h.reaches_servers, 0) AS is_certain -- bool: seen not to end at a balancer
FROM w_https_servers s JOIN v_https_uses u ON u.server_id = s.id LEFT JOIN w_shared_hosts h ON h.name = u.name
WHERE lower(u.url) NOT LIKE 'http:%' AND (h.name IS NULL OR coalesce(h.reaches_servers, 1))
UNION SELECT h.name || ':443', h.name, u.scope, u.service, u.url, 1
FROM w_shared_hosts h JOIN v_https_uses u ON u.name = h.name WHERE h.ends_tls = 1 AND lower(u.url) NOT LIKE 'http:%';

-- w_certificate_sites: sites whose clients meet a certificate.
-- index: certificate_id
CREATE VIEW w_certificate_sites AS SELECT
  e.certificate_id AS certificate_id, -- text: thumbprint
  e.site_id AS site_id -- text: objectGUID of the site; NULL when not known
FROM v_endpoint_certificates e WHERE e.server_id IS NOT NULL
UNION SELECT e.certificate_id, u.site_id FROM v_endpoint_certificates e JOIN v_https_uses u ON u.name = e.host;

-- w_certificate_names: names of a certificate and names that its endpoints need.
-- index: certificate_id
CREATE VIEW w_certificate_names AS SELECT
  e.certificate_id AS certificate_id, -- text: thumbprint
  norm(j.value) AS name, -- text: normalised name
  0 AS is_required -- bool: a client uses it
FROM v_endpoint_certificates e, json_each(e.names) j
UNION SELECT e.certificate_id, r.name, 1 FROM v_endpoint_certificates e JOIN w_required r ON r.endpoint = e.endpoint;

-- w_requests: one row per certificate, what a request that replaces it has to say.
-- index: certificate_id
CREATE VIEW w_requests AS SELECT
  c.sha1 AS certificate_id, -- text: thumbprint
  CASE WHEN c.self_signed = 1 AND max(n.is_required) = 1 THEN 'CN=' || min(CASE WHEN n.is_required THEN n.name END) ELSE nullif(c.subject, '') END AS subject, -- text: subject
  CASE WHEN c.self_signed = 1 AND max(n.is_required) = 1 THEN list_of(CASE WHEN n.is_required THEN n.name END)
       WHEN count(n.name) > 0 THEN list_of(n.name) END AS names -- list: DNS names; those clients use instead of its own where it is self-signed
FROM certificates c JOIN w_certificate_names n ON n.certificate_id = c.sha1 GROUP BY c.sha1;

-- w_carriers: one row per certificate and server that presents it, the first one marked.
-- index: certificate_id
CREATE VIEW w_carriers AS SELECT
  y.certificate_id AS certificate_id, -- text: thumbprint
  y.server_id AS server_id, -- text: objectGUID
  y.server AS server, -- text: name
  row_number() OVER (PARTITION BY y.certificate_id ORDER BY y.server, y.server_id) AS place -- int: 1 is the first
FROM (SELECT DISTINCT e.certificate_id, e.server_id, e.server FROM v_endpoint_certificates e WHERE e.server_id IS NOT NULL) y;

-- v_certificates: one row per certificate presented by a Client Access server or at a name that clients use, or bound to the server's IIS by an export where its port showed none.
-- index: id
CREATE VIEW v_certificates AS SELECT
  c.sha1 AS id, -- text: SHA-1 thumbprint
  min(e.certificate) AS name, -- text: common name and start of the thumbprint
  CASE WHEN count(DISTINCT e.site_id) = 1 THEN max(e.site) END AS site, -- text: site of the servers that present it, when it is one
  c.subject AS subject, -- text: subject
  c.issuer AS issuer, -- text: issuer
  c.common_name AS common_name, -- text: common name
  max(e.names) AS names, -- list: DNS names it stands for
  c.not_before AS not_before, -- text: start of validity
  c.not_after AS not_after, -- text: end of validity
  round(julianday(c.not_after) - julianday(x.as_of), 5) AS days_left, -- real: days from the reference time to the end of validity
  round(julianday(c.not_before) - julianday(x.as_of), 5) AS days_to_start, -- real: days from the reference time to the start of validity
  round(julianday(c.not_after, '+1 second') - julianday(c.not_before), 5) AS lifetime_days, -- real: length of validity in days, its last second included
  round(julianday(c.not_after, '+1 second') - julianday(c.not_before), 5) < 398 AS is_short_lived, -- bool: shorter than 398 days
  CASE WHEN round(julianday(c.not_after) - julianday(x.as_of), 5) < 0 THEN 'expired'
       WHEN round(julianday(c.not_before) - julianday(x.as_of), 5) > 0 THEN 'not yet valid'
       WHEN c.not_after IS NOT NULL AND c.not_before IS NOT NULL THEN 'valid' END AS validity, -- text: expired, not yet valid, valid; at the reference time
  c.self_signed AS self_signed, -- bool: signed with its own key
  CASE WHEN max(e.issuer_class = 'public') = 1 THEN 'public' ELSE min(e.issuer_class) END AS issuer_class, -- text: self_signed, public or private; NULL when no chain shows it
  c.key_algorithm AS key_algorithm, -- text: rsa, ec, dsa ...
  c.key_size AS key_size, -- int: bits
  c.signature_hash AS signature_hash, -- text: sha1, sha256 ...
  list_of(DISTINCT e.endpoint || CASE WHEN NOT e.is_presented THEN ' (bound there by an export)' WHEN e.with_sni THEN '' ELSE ' (to clients without SNI)' END) AS endpoints, -- list: where it is presented, or bound
  coalesce((SELECT identities(y.server, y.server_id) FROM w_carriers y WHERE y.certificate_id = c.sha1), '[]') AS servers, -- identities: Client Access servers that present it
  CASE WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN w_tls_names u ON u.name = y.host WHERE y.certificate_id = c.sha1) THEN 1
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN w_required r ON r.endpoint = y.endpoint WHERE y.certificate_id = c.sha1 AND r.is_certain) THEN 1
       WHEN k.known AND NOT EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN w_required r ON r.endpoint = y.endpoint WHERE y.certificate_id = c.sha1) THEN 0 END AS client_facing, -- bool: presented where a URL leads clients; not, where only a balancer or another server connects
  CASE WHEN (SELECT max(t.internet_facing) FROM w_certificate_sites y JOIN v_sites t ON t.id = y.site_id WHERE y.certificate_id = c.sha1) = 1 THEN 1
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN v_https_uses u ON u.name = y.host AND u.scope = 'external' WHERE y.certificate_id = c.sha1) THEN 1
       WHEN k.known AND (SELECT count(*) = count(t.internet_facing) AND count(*) > 0 FROM w_certificate_sites y LEFT JOIN v_sites t ON t.id = y.site_id WHERE y.certificate_id = c.sha1) THEN 0 END AS internet_facing, -- bool: some site of its servers faces the Internet; NULL when not known
  (SELECT y.server FROM w_carriers y WHERE y.certificate_id = c.sha1 AND y.place = 1) AS request_server, -- identity(request_server_id): the first server that presents it
  (SELECT y.server_id FROM w_carriers y WHERE y.certificate_id = c.sha1 AND y.place = 1) AS request_server_id, -- text: objectGUID of that server
  coalesce((SELECT identities(y.server, y.server_id) FROM w_carriers y WHERE y.certificate_id = c.sha1 AND y.place > 1), '[]') AS other_servers, -- identities: the other servers that present it
  (SELECT r.subject FROM w_requests r WHERE r.certificate_id = c.sha1) AS request_subject, -- text: subject for a request that replaces it
  (SELECT r.names FROM w_requests r WHERE r.certificate_id = c.sha1) AS request_names, -- list: DNS names for that request: its own and those that clients use
  CASE WHEN round(julianday(c.not_after) - julianday(x.as_of), 5) >= 0 AND round(julianday(c.not_before) - julianday(x.as_of), 5) <= 0 THEN c.sha1 END AS old_thumbprint, -- text: its thumbprint, while it is valid
  coalesce((SELECT list_of(DISTINCT z.server || ' (' || substr(z.thumbprint, 1, 8) || ', until ' || substr(z.not_after, 1, 10) || ')')
     FROM w_own_names o JOIN w_carriers y ON y.certificate_id = o.certificate_id JOIN w_store z ON z.server_id = y.server_id
     WHERE o.certificate_id = c.sha1 AND z.names = o.names AND z.thumbprint <> c.sha1 AND z.not_after > c.not_after
       AND coalesce(z.has_private_key, 1) AND coalesce(z.status, 'valid') NOT IN ('pendingrequest', 'revoked', 'invalid')), '[]') AS replacements, -- list: servers in whose store, by an export, a certificate with the same names waits that lasts longer
  c.serial AS serial, -- text: serial number
  c.source_origin AS source_origin, -- text: where it was read
  c.source_at AS source_at -- text: when it was read
FROM certificates c JOIN v_endpoint_certificates e ON e.certificate_id = c.sha1 CROSS JOIN v_context x CROSS JOIN w_https_known k
WHERE e.server_id IS NOT NULL OR e.host NOT IN (SELECT dns_name FROM w_servers WHERE dns_name IS NOT NULL)
   OR e.host IN (SELECT u.name FROM v_https_uses u)
GROUP BY c.sha1;

-- w_missing: required names that some certificate of the endpoint does not cover.
-- index: endpoint
CREATE VIEW w_missing AS SELECT DISTINCT
  r.endpoint AS endpoint, -- text: endpoint
  r.name AS name, -- text: uncovered name
  r.service || ': ' || r.url AS url, -- text: what uses it
  r.is_certain AS is_certain, -- bool: seen not to end at a balancer
  e.certificate_id AS certificate_id, -- text: the certificate that lacks it
  e.certificate AS certificate, -- text: its name
  e.with_sni AS with_sni, -- bool: presented to clients that send the server name
  EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = r.name AND (u.scope = 'external' OR u.service = 'outlook_anywhere')) AS is_external -- bool: used from outside
FROM w_required r JOIN v_endpoint_certificates e ON e.endpoint = r.endpoint
WHERE covers(e.names, r.name) = 0;

-- w_member_certificates: one row per array, member and certificate of that member.
-- index: array_id
CREATE VIEW w_member_certificates AS SELECT
  a.id AS array_id, -- text: array
  s.name AS server, -- text: member
  e.certificate_id AS certificate_id, -- text: thumbprint; NULL when none was seen
  e.certificate AS certificate, -- text: its name
  e.issuer_class AS issuer_class, -- text: self_signed, public or private
  covers(e.names, a.dns_name) AS covered -- bool: whether it stands for the array's name
FROM v_arrays a JOIN v_servers s ON s.site_id = a.site_id AND s.is_client_access_2010 AND s.has_rpc_client_access
LEFT JOIN v_endpoint_certificates e ON e.host = s.dns_name AND e.port = 443;

-- w_lacking: per array the certificates of its members that should bear its name and do not.
-- index: array_id
CREATE VIEW w_lacking AS SELECT
  m.array_id AS array_id, -- text: array
  list_of(DISTINCT m.server) AS servers, -- list: members that present one
  list_of(DISTINCT m.certificate) AS certificates, -- list: those certificates
  min(m.certificate_id) AS certificate_id, -- text: thumbprint of the first
  CASE WHEN min(m.issuer_class = 'self_signed') = 1 THEN min(m.certificate_id) END AS self_signed_id -- text: the same, when all are self-signed
FROM w_member_certificates m WHERE m.issuer_class IN ('private', 'self_signed') AND m.covered = 0 GROUP BY m.array_id;

-- v_array_certificates: one row per array, with the certificates that its members present.
-- index: id
CREATE VIEW v_array_certificates AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.dns_name AS dns_name, -- text: FQDN normalised
  a.fqdn_problem AS fqdn_problem, -- text: why the FQDN cannot be used
  a.member_count AS member_count, -- int: members
  a.members AS members, -- identities: member servers
  a.https_url_count AS https_url_count, -- int: HTTPS URLs that carry the array's name
  count(m.certificate_id) AS certificate_count, -- int: certificates that members present
  sum(m.issuer_class = 'public') AS public_count, -- int: of those, from a public authority
  list_of(CASE WHEN m.server IS NOT NULL AND m.certificate_id IS NULL THEN m.server END) AS unseen_members, -- list: members whose certificate was not seen
  list_of(CASE WHEN m.certificate_id IS NOT NULL AND m.issuer_class IS NULL THEN m.certificate END) AS unknown_issuers, -- list: certificates of which it is not known whether a public authority issued them
  CASE WHEN max(l.certificate_id) IS NOT NULL THEN 0
       WHEN a.member_count IS NULL OR count(m.server) = 0 THEN NULL
       WHEN max(m.certificate_id IS NULL OR m.issuer_class IS NULL) = 1 THEN NULL
       WHEN max(m.issuer_class <> 'public' AND m.covered IS NULL) = 1 THEN NULL
       ELSE 1 END AS bears_name, -- bool: every private or self-signed certificate of its members stands for the array's name
  coalesce(max(l.servers), '[]') AS lacking_servers, -- list: members with a certificate that does not
  coalesce(max(l.certificates), '[]') AS lacking_certificates, -- list: those certificates
  max(l.self_signed_id) AS self_signed_id, -- text: thumbprint of the first of them, when all are self-signed
  max(v.request_server) AS request_server, -- identity(request_server_id): the first server that presents the first of them
  max(v.request_server_id) AS request_server_id, -- text: objectGUID of that server
  max(v.other_servers) AS other_servers, -- identities: the other servers that present it
  max(v.request_subject) AS request_subject, -- text: subject for a request that replaces it
  (SELECT list_of(y.name) FROM (SELECT j.value AS name FROM json_each(v.request_names) j UNION SELECT a.dns_name) y) AS request_names, -- list: DNS names for that request: its own, those that clients use, the array's
  max(v.old_thumbprint) AS old_thumbprint, -- text: its thumbprint, while it is valid
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at -- text: when it was read
FROM v_arrays a
LEFT JOIN w_member_certificates m ON m.array_id = a.id
LEFT JOIN w_lacking l ON l.array_id = a.id
LEFT JOIN v_certificates v ON v.id = l.certificate_id
GROUP BY a.id;

-- w_own_names: one row per certificate, its own names as one text for comparison.
-- index: certificate_id
CREATE VIEW w_own_names AS SELECT
  n.certificate_id AS certificate_id, -- text: thumbprint
  list_of(n.name) AS names -- text: normalised names, sorted
FROM w_certificate_names n WHERE NOT n.is_required GROUP BY n.certificate_id;

-- w_array_leafs: certificates of an array's members and those presented under the array's own name.
-- index: array_id
CREATE VIEW w_array_leafs AS SELECT
  y.array_id AS array_id, -- text: array
  y.certificate_id AS certificate_id, -- text: thumbprint
  y.certificate AS certificate, -- text: its name
  y.issuer_class AS issuer_class, -- text: self_signed, public or private
  EXISTS (SELECT 1 FROM w_certificate_names n JOIN w_arrays a ON a.id = y.array_id
          WHERE n.certificate_id = y.certificate_id AND NOT n.is_required AND n.name = a.dns_name)
  OR EXISTS (SELECT 1 FROM certificates c JOIN w_arrays a ON a.id = y.array_id WHERE c.sha1 = y.certificate_id AND norm(c.common_name) = a.dns_name) AS bears_name -- bool: the array's name stands on it
FROM (SELECT m.array_id, m.certificate_id, m.certificate, m.issuer_class FROM w_member_certificates m WHERE m.certificate_id IS NOT NULL
      UNION SELECT a.id, e.certificate_id, e.certificate, e.issuer_class FROM w_arrays a JOIN v_endpoint_certificates e ON e.host = a.dns_name AND e.port = 443) y;

-- v_array_members_tls: one row per array, how the certificates of its members compare.
-- index: id
CREATE VIEW v_array_members_tls AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.fqdn_problem AS fqdn_problem, -- text: why the FQDN cannot be used
  a.member_count AS member_count, -- int: members
  a.members AS members, -- identities: member servers
  a.is_https_name AS is_https_name, -- bool: some HTTPS URL carries its name; NULL while not all URLs are known
  coalesce((SELECT list_of(m.server || ': ' || m.certificate) FROM w_member_certificates m WHERE m.array_id = a.id), '[]') AS member_certificates, -- list: members with their certificates
  coalesce((SELECT list_of(m.server) FROM w_member_certificates m WHERE m.array_id = a.id AND m.certificate_id IS NULL), '[]') AS unseen_members, -- list: members whose certificate was not seen
  CASE WHEN (SELECT count(DISTINCT m.certificate_id) FROM w_member_certificates m WHERE m.array_id = a.id) > 1 THEN 0
       WHEN a.member_count IS NULL OR EXISTS (SELECT 1 FROM w_member_certificates m WHERE m.array_id = a.id AND m.certificate_id IS NULL) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_member_certificates m JOIN v_servers s ON s.name = m.server JOIN w_unseen_addresses u ON u.endpoint = s.dns_name || ':443' WHERE m.array_id = a.id) THEN NULL
       ELSE 1 END AS same_certificate, -- bool: all members present one certificate
  (SELECT count(DISTINCT o.names) > 1 FROM w_member_certificates m JOIN w_own_names o ON o.certificate_id = m.certificate_id WHERE m.array_id = a.id) AS names_differ, -- bool: their certificates stand for different names
  (SELECT max(y.newest) - min(y.newest) FROM (SELECT m.server, max(julianday(c.not_before)) AS newest FROM w_member_certificates m
     JOIN certificates c ON c.sha1 = m.certificate_id WHERE m.array_id = a.id GROUP BY m.server HAVING count(*) = count(c.not_before)) y) AS newest_apart_days, -- real: days between the issue dates of the members' newest certificates
  (SELECT min(t.is_behind_balancer AND t.has_required_names = 0) FROM w_member_certificates m JOIN v_servers s ON s.name = m.server AND s.site_id = a.site_id
     JOIN v_tls_endpoints t ON t.id = s.dns_name || ':443' WHERE m.array_id = a.id HAVING count(*) = count(t.has_required_names)) AS ends_at_balancer, -- bool: a balancer ends TLS in front of every member
  coalesce((SELECT list_of(l.certificate) FROM w_array_leafs l WHERE l.array_id = a.id AND l.issuer_class = 'public' AND l.bears_name), '[]') AS public_certificates, -- list: public certificates that bear the array's name
  coalesce((SELECT list_of(l.certificate) FROM w_array_leafs l WHERE l.array_id = a.id AND l.issuer_class IS NULL AND l.bears_name), '[]') AS unclassed_certificates, -- list: certificates that bear it and may be public
  (SELECT max(l.issuer_class = 'public') FROM w_array_leafs l WHERE l.array_id = a.id HAVING count(*) = count(l.issuer_class)) AS has_public, -- bool: one of the certificates is public; NULL when of one it is not known
  (SELECT min(l.certificate_id) FROM w_array_leafs l WHERE l.array_id = a.id AND l.issuer_class = 'public' AND l.bears_name) AS public_id, -- text: thumbprint of the first of them
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at -- text: when it was read
FROM v_arrays a;
