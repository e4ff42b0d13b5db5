-- v_certificates: one row per certificate presented by a Client Access server or at a name that clients use, or bound
--   to the server's IIS by an export where its port showed none.
-- index: id
CREATE VIEW v_certificates AS SELECT
  c.sha1 AS id, -- text: SHA-1 thumbprint
  min(e.certificate) AS name, -- text: common name and start of the thumbprint
  CASE WHEN count(DISTINCT e.site_id) = 1 THEN max(e.site) END AS site,
      -- text: site of the servers that present it, when it is one
  c.subject AS subject, -- text: subject
  c.issuer AS issuer, -- text: issuer
  c.common_name AS common_name, -- text: common name
  max(e.names) AS names, -- list: DNS names it stands for
  c.not_before AS not_before, -- text: start of validity
  c.not_after AS not_after, -- text: end of validity
  round(julianday(c.not_after) - julianday(x.as_of), 5) AS days_left,
      -- real: days from the reference time to the end of validity
  round(julianday(c.not_before) - julianday(x.as_of), 5) AS days_to_start,
      -- real: days from the reference time to the start of validity
  round(julianday(c.not_after, '+1 second') - julianday(c.not_before), 5) AS lifetime_days,
      -- real: length of validity in days, its last second included
  round(julianday(c.not_after, '+1 second') - julianday(c.not_before), 5) < 398 AS is_short_lived,
      -- bool: shorter than 398 days
  CASE WHEN round(julianday(c.not_after) - julianday(x.as_of), 5) < 0 THEN 'expired'
       WHEN round(julianday(c.not_before) - julianday(x.as_of), 5) > 0 THEN 'not yet valid'
       WHEN c.not_after IS NOT NULL AND c.not_before IS NOT NULL THEN 'valid' END AS validity,
           -- text: expired, not yet valid, valid; at the reference time
  c.self_signed AS self_signed, -- bool: signed with its own key
  CASE WHEN max(e.issuer_class = 'public') = 1 THEN 'public' ELSE min(e.issuer_class) END AS issuer_class,
      -- text: self_signed, public or private; NULL when no chain shows it
  c.key_algorithm AS key_algorithm, -- text: rsa, ec, dsa ...
  c.key_size AS key_size, -- int: bits
  c.signature_hash AS signature_hash, -- text: sha1, sha256 ...
  list_of(DISTINCT e.endpoint || CASE WHEN NOT e.is_presented THEN ' (bound there by an export)' WHEN e.with_sni THEN ''
      ELSE ' (to clients without SNI)' END) AS endpoints, -- list: where it is presented, or bound
  coalesce((SELECT identities(y.server, y.server_id) FROM w_carriers y
      WHERE y.certificate_id = c.sha1), '[]') AS servers, -- identities: Client Access servers that present it
  CASE WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN w_tls_names u ON u.name = y.host
      WHERE y.certificate_id = c.sha1) THEN 1
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN w_required r ON r.endpoint = y.endpoint
           WHERE y.certificate_id = c.sha1 AND r.is_certain) THEN 1
       WHEN k.known AND NOT EXISTS (SELECT 1 FROM v_endpoint_certificates y JOIN w_required r ON r.endpoint = y.endpoint
           WHERE y.certificate_id = c.sha1) THEN 0 END AS client_facing,
           -- bool: presented where a URL leads clients; not, where only a balancer or another server connects
  CASE WHEN (SELECT max(t.internet_facing) FROM w_certificate_sites y JOIN v_sites t ON t.id = y.site_id
      WHERE y.certificate_id = c.sha1) = 1 THEN 1
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates y
           JOIN v_https_uses u ON u.name = y.host AND u.scope = 'external' WHERE y.certificate_id = c.sha1) THEN 1
       WHEN k.known AND (SELECT count(*) = count(t.internet_facing) AND count(*) > 0 FROM w_certificate_sites y
           LEFT JOIN v_sites t ON t.id = y.site_id WHERE y.certificate_id = c.sha1) THEN 0 END AS internet_facing,
           -- bool: some site of its servers faces the Internet; NULL when not known
  (SELECT y.server FROM w_carriers y WHERE y.certificate_id = c.sha1 AND y.place = 1) AS request_server,
      -- identity(request_server_id): the first server that presents it
  (SELECT y.server_id FROM w_carriers y WHERE y.certificate_id = c.sha1 AND y.place = 1) AS request_server_id,
      -- text: objectGUID of that server
  coalesce((SELECT identities(y.server, y.server_id) FROM w_carriers y
      WHERE y.certificate_id = c.sha1 AND y.place > 1), '[]') AS other_servers,
      -- identities: the other servers that present it
  (SELECT r.subject FROM w_requests r WHERE r.certificate_id = c.sha1) AS request_subject,
      -- text: subject for a request that replaces it
  (SELECT r.names FROM w_requests r WHERE r.certificate_id = c.sha1) AS request_names,
      -- list: DNS names for that request: its own and those that clients use
  CASE WHEN round(julianday(c.not_after) - julianday(x.as_of), 5) >= 0
      AND round(julianday(c.not_before) - julianday(x.as_of), 5) <= 0 THEN c.sha1 END AS old_thumbprint,
      -- text: its thumbprint, while it is valid
  coalesce((SELECT list_of(DISTINCT z.server || ' (' || substr(z.thumbprint, 1, 8) || ', until '
      || substr(z.not_after, 1, 10) || ')')
     FROM w_own_names o JOIN w_carriers y ON y.certificate_id = o.certificate_id
         JOIN w_store z ON z.server_id = y.server_id
     WHERE o.certificate_id = c.sha1 AND z.names = o.names AND z.thumbprint <> c.sha1 AND z.not_after > c.not_after
       AND coalesce(z.has_private_key, 1)
           AND coalesce(z.status, 'valid') NOT IN ('pendingrequest', 'revoked', 'invalid')), '[]') AS replacements,
           -- list: servers in whose store, by an export, a certificate with the same names waits that lasts longer
  c.serial AS serial, -- text: serial number
  c.source_origin AS source_origin, -- text: where it was read
  c.source_at AS source_at -- text: when it was read
FROM s_certificates c JOIN v_endpoint_certificates e ON e.certificate_id = c.sha1 CROSS JOIN v_context x CROSS
    JOIN w_https_known k
WHERE e.server_id IS NOT NULL OR e.host NOT IN (SELECT dns_name FROM w_servers WHERE dns_name IS NOT NULL)
   OR e.host IN (SELECT u.name FROM v_https_uses u)
GROUP BY c.sha1;
