-- v_tls_protocols: one row per HTTPS endpoint of an Exchange 2010 Client Access server or of a balancer that ends TLS,
--   with the protocol versions that it takes.
-- index: id
CREATE VIEW v_tls_protocols AS SELECT
  e.id AS id, -- text: name and port
  e.name AS name, -- text: name and port
  e.site AS site, -- text: site of the server
  e.server AS server, -- identity(server_id): the server, as cmdlets take it
  e.server_id AS server_id, -- text: objectGUID of the server
  CASE WHEN e.server_id IS NULL THEN 0
       WHEN EXISTS (SELECT 1 FROM v_https_uses u LEFT JOIN w_shared_hosts h ON h.name = u.name
           WHERE u.server_id = e.server_id AND lower(u.url) NOT LIKE 'http:%' AND (h.name IS NULL OR h.reaches_servers))
           THEN 0
       WHEN k.known AND NOT EXISTS (SELECT 1 FROM v_https_uses u JOIN w_shared_hosts h ON h.name = u.name
           WHERE u.server_id = e.server_id AND h.reaches_servers IS NULL) THEN e.is_behind_balancer END AS is_hidden,
           -- bool: for every name that clients use for it a balancer ends TLS; NULL when not known
  p.ssl2 AS accepts_ssl2, -- bool: SSL 2 is accepted; NULL when it could not be tried and no export rules it out
  p.ssl3 AS accepts_ssl3, -- bool: SSL 3 is accepted
  p.tls10 AS accepts_tls10, -- bool: TLS 1.0 is accepted
  p.tls11 AS accepts_tls11, -- bool: TLS 1.1 is accepted
  p.tls12 AS accepts_tls12, -- bool: TLS 1.2 is accepted at every address
  coalesce((SELECT list_of(x.version) FROM (SELECT 'SSL 2' AS version WHERE p.ssl2 = 1 UNION SELECT 'SSL 3'
      WHERE p.ssl3 = 1 UNION SELECT 'TLS 1.0' WHERE p.tls10 = 1 UNION SELECT 'TLS 1.1'
      WHERE p.tls11 = 1) x), '[]') AS accepted_protocols, -- list: obsolete versions that it accepts
  coalesce((SELECT list_of(x.version) FROM (SELECT 'TLS 1.2' AS version
      WHERE p.tls12 = 0) x), '[]') AS refused_protocols, -- list: TLS 1.2, where it is refused
  coalesce((SELECT list_of(x.version) FROM (SELECT 'SSL 2' AS version WHERE p.ssl2 IS NULL UNION SELECT 'SSL 3'
      WHERE p.ssl3 IS NULL UNION SELECT 'TLS 1.0' WHERE p.tls10 IS NULL UNION SELECT 'TLS 1.1' WHERE p.tls11 IS NULL
      UNION SELECT 'TLS 1.2' WHERE p.tls12 IS NULL) x), '[]') AS untried_protocols,
      -- list: versions of which it is not known
  p.schannel_faults AS schannel_faults,
      -- list: settings of its registry that let obsolete versions in or TLS 1.2 out, as client or as server
  EXISTS (SELECT 1 FROM w_exported x WHERE x.server_id = e.server_id AND x.section = 'schannel') AS schannel_seen,
      -- bool: an export holds those settings
  CASE WHEN p.ssl2 = 1 OR p.ssl3 = 1 OR p.tls10 = 1 OR p.tls11 = 1 OR p.tls12 = 0 OR p.schannel_faults <> '[]' THEN 0
       WHEN p.ssl2 = 0 AND p.ssl3 = 0 AND p.tls10 = 0 AND p.tls11 = 0 AND p.tls12 = 1 THEN 1 END AS is_modern,
           -- bool: nothing obsolete is offered and TLS 1.2 is
  CASE WHEN e.server_id IS NULL THEN CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u
      WHERE u.name = rtrim(rtrim(e.id, '0123456789'), ':') AND u.name || ':443' = e.id AND u.scope = 'external')
      THEN 1 END
       ELSE (SELECT t.internet_facing FROM v_servers s JOIN v_sites t ON t.id = s.site_id
           WHERE s.id = e.server_id) END AS internet_facing,
           -- bool: clients come in from the Internet here; NULL when not known
  (SELECT min(x.source_origin) FROM s_tls_endpoints x
      WHERE x.host = rtrim(rtrim(e.id, '0123456789'), ':') AND x.host || ':' || x.port = e.id) AS source_origin,
      -- text: where it was read
  (SELECT min(x.source_at) FROM s_tls_endpoints x
      WHERE x.host = rtrim(rtrim(e.id, '0123456789'), ':') AND x.host || ':' || x.port = e.id) AS source_at
      -- text: when it was read
FROM v_tls_endpoints e CROSS JOIN w_https_known k JOIN w_protocols p ON p.id = e.id;
