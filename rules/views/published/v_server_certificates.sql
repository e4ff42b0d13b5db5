-- v_server_certificates: one row per Exchange 2010 Client Access server, whether a certificate is bound to its HTTPS.
-- index: id
CREATE VIEW v_server_certificates AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.is_client_access_2010 AS is_client_access_2010,
      -- bool: an Exchange 2010 Client Access server; NULL when its role or version is not known
  EXISTS (SELECT 1 FROM w_stated_servers o
      WHERE o.server_id = s.id AND o.https = 'balancer_only') AS is_plain_behind_balancer,
      -- bool: a balancer ends TLS and speaks plain HTTP to it, by the operator's word
  EXISTS (SELECT 1 FROM s_tls_endpoints e
      WHERE e.host = s.dns_name AND e.port = 443 AND e.outcome = 'handshake') AS handshake_finished,
      -- bool: a handshake with its port 443 was finished, which proves certificate and key
  coalesce((SELECT list_of(DISTINCT e.outcome) FROM s_tls_endpoints e
      WHERE e.host = s.dns_name AND e.port = 443), '[]') AS outcomes, -- list: how probes of its port 443 ended
  coalesce((SELECT list_of(e.certificate) FROM v_endpoint_certificates e
      WHERE e.endpoint = s.dns_name || ':443' AND e.is_presented), '[]') AS presented,
      -- list: certificates presented there
  coalesce(x.is_whole, 0) AS store_seen, -- bool: an export holds its whole certificate store
  coalesce((SELECT list_of(y.thumbprint) FROM w_store y
      WHERE y.server_id = s.id AND y.is_for_iis), '[]') AS iis_thumbprints,
      -- list: certificates that IIS uses, by that export
  (SELECT min(y.thumbprint) FROM w_store y
      WHERE y.server_id = s.id AND y.is_for_iis AND y.has_private_key = 0) AS keyless_thumbprint,
      -- text: one of them that has lost its private key
  (EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = s.dns_name || ':443' AND e.is_presented)
      OR s.dns_name || ':443' IN (SELECT c.endpoint FROM w_lost_certificates c))
    AND (coalesce(NOT x.is_whole, 0) OR EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id
        AND coalesce(y.is_for_iis, 1) = 1
                AND y.thumbprint NOT IN (SELECT e.certificate_id FROM v_endpoint_certificates e
                    WHERE e.endpoint = s.dns_name || ':443')))
    AND NOT EXISTS (SELECT 1 FROM w_store y
        JOIN v_endpoint_certificates e ON e.certificate_id = y.thumbprint AND e.endpoint = s.dns_name || ':443'
                    WHERE y.server_id = s.id AND y.is_for_iis) AS may_present_another,
                        -- bool: by the export IIS uses, or may use, another certificate than is presented there
  CASE WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = s.dns_name || ':443' AND e.is_presented)
            AND EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id AND y.is_for_iis) AND x.is_whole
            AND NOT EXISTS (SELECT 1 FROM w_store y
                JOIN v_endpoint_certificates e ON e.certificate_id = y.thumbprint AND e.endpoint = s.dns_name || ':443'
                WHERE y.server_id = s.id AND coalesce(y.is_for_iis, 1) = 1)
            THEN 'another certificate is presented there than IIS uses by the export'
       WHEN EXISTS (SELECT 1 FROM s_tls_endpoints e
           WHERE e.host = s.dns_name AND e.port = 443 AND e.outcome = 'handshake') THEN NULL
       WHEN x.is_whole AND NOT EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id AND coalesce(y.is_for_iis,
           1) = 1) THEN 'the export shows none that IIS uses'
       WHEN EXISTS (SELECT 1 FROM w_store y WHERE y.server_id = s.id AND y.is_for_iis) AND x.is_whole
            AND NOT EXISTS (SELECT 1 FROM w_store y
                WHERE y.server_id = s.id AND coalesce(y.is_for_iis, 1) = 1 AND coalesce(y.has_private_key, 1) = 1)
            THEN 'the one that IIS uses has no private key' END AS fault,
                -- text: why no usable certificate is bound; NULL when none is proven
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s LEFT JOIN w_exported x ON x.server_id = s.id AND x.section = 'store_certificates'
WHERE coalesce(s.is_client_access_2010, 1) = 1;
