-- w_bound: one row per server whose port 443 showed no certificate, and certificate that IIS uses by a whole export of
--   its store.
-- index: host
CREATE VIEW w_bound AS SELECT DISTINCT
  s.dns_name AS host, -- text: FQDN of the server
  c.sha256 AS sha256, -- text: the certificate
  CASE WHEN c.self_signed = 1 THEN 'self_signed'
       WHEN y.root_type IN ('enterprise', 'grouppolicy') THEN 'private'
       ELSE (SELECT max(i.issuer_class) FROM s_certificate_chains i WHERE i.leaf = c.sha256) END AS issuer_class,
           -- text: as in w_leafs: where another server sends its chain, or by the kind of root that the server sees
  y.source_origin AS source_origin, -- text: where it was read
  y.source_at AS source_at -- text: when it was read
FROM w_https_servers s JOIN w_store y ON y.server_id = s.id AND y.is_for_iis
JOIN s_certificates c ON c.sha1 = y.thumbprint
JOIN w_exported x ON x.server_id = s.id AND x.section = 'store_certificates' AND x.is_whole
WHERE s.dns_name IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM s_tls_endpoints e WHERE e.host = s.dns_name AND e.port = 443 AND e.chain <> '[]')
  AND NOT EXISTS (SELECT 1 FROM w_store z
      WHERE z.server_id = s.id AND coalesce(z.is_for_iis, 1) AND z.thumbprint NOT IN (SELECT sha1 FROM s_certificates));
