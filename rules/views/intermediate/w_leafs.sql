-- w_leafs: one row per endpoint, address and certificate that stood first in what was sent, with or without a server
--   name.
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
FROM (SELECT host, port, address, chain, 1 AS with_sni, source_origin, source_at FROM s_tls_endpoints
    WHERE chain <> '[]'
      UNION ALL SELECT host, port, address, chain_without_sni, 0, source_origin, source_at FROM s_tls_endpoints
          WHERE chain_without_sni <> '[]') e
LEFT JOIN s_certificate_chains x ON x.chain = e.chain
GROUP BY e.host, e.port, e.address, json_extract(e.chain, '$[0]')
UNION ALL SELECT b.host, 443, NULL, b.sha256, 1, max(b.issuer_class), 0, min(b.source_origin), min(b.source_at)
    FROM w_bound b GROUP BY b.host, b.sha256;
