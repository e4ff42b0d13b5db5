-- v_tls_endpoints: one row per HTTPS endpoint of a Client Access server or of a balancer that ends TLS.
-- index: id
CREATE VIEW v_tls_endpoints AS SELECT
  p.endpoint AS id, -- text: name and port
  p.endpoint AS name, -- text: name and port
  s.site AS site, -- text: site of the server
  s.id AS server_id, -- text: objectGUID of the server
  s.name AS server, -- identity(server_id): the server, as cmdlets take it
  p.is_behind_balancer AS is_behind_balancer, -- bool: a balancer ends TLS in front of it, for some name at least
  coalesce((SELECT list_of(DISTINCT e.certificate) FROM v_endpoint_certificates e
      WHERE e.endpoint = p.endpoint), '[]') AS certificates, -- list: certificates presented
  (SELECT count(*) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS certificate_count,
      -- int: how many, over all addresses
  coalesce((SELECT x.addresses FROM w_unseen_addresses x WHERE x.endpoint = p.endpoint), '[]') AS unseen_addresses,
      -- list: addresses that showed no certificate
  coalesce((SELECT list_of(DISTINCT r.name) FROM w_required r WHERE r.endpoint = p.endpoint), '[]') AS required_names,
      -- list: names clients use for it
  CASE WHEN EXISTS (SELECT 1 FROM w_required r WHERE r.endpoint = p.endpoint) THEN 1
      WHEN k.known THEN 0 END AS has_required_names,
      -- bool: clients use some name for it; NULL when not all URLs were seen
  coalesce((SELECT list_of(DISTINCT m.name) FROM w_missing m
      WHERE m.endpoint = p.endpoint AND m.is_certain), '[]') AS missing_names,
      -- list: those that a certificate of it does not cover
  coalesce((SELECT list_of(DISTINCT m.certificate) FROM w_missing m
      WHERE m.endpoint = p.endpoint AND m.is_certain), '[]') AS lacking_certificates,
      -- list: certificates that lack them
  coalesce((SELECT list_of(DISTINCT m.url) FROM w_missing m
      WHERE m.endpoint = p.endpoint AND m.is_certain), '[]') AS missing_urls, -- list: URLs that use them
  coalesce((SELECT list_of(DISTINCT m.name) FROM w_missing m
      WHERE m.endpoint = p.endpoint AND NOT m.is_certain), '[]') AS undecided_names,
      -- list: uncovered names of which it is not known whether a balancer ends TLS for them
  CASE WHEN k.known THEN (SELECT max(m.is_external) FROM w_missing m WHERE m.endpoint = p.endpoint
      AND m.is_certain) END AS missing_outside, -- bool: a missing name is used from outside
  (SELECT max(m.with_sni) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain) AS missing_with_sni,
      -- bool: it is missing for clients that send the server name too
  CASE WHEN p.lacking_id IS NOT NULL THEN CASE WHEN p.is_client_access THEN 0 END
       WHEN NOT p.is_client_access OR k.known IS NULL THEN NULL
       WHEN NOT EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) THEN NULL
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint AND e.names IS NULL) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_unseen_addresses x WHERE x.endpoint = p.endpoint) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_missing m WHERE m.endpoint = p.endpoint) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_required r JOIN w_endpoint_certificates e ON e.endpoint = r.endpoint
           WHERE r.endpoint = p.endpoint AND covers(e.presented, r.name) IS NULL) THEN NULL
       ELSE 1 END AS names_covered, -- bool: every certificate of it covers every name that clients use for it
  v.request_server AS request_server,
      -- identity(request_server_id): the first server that presents the certificate that lacks a name
  v.request_server_id AS request_server_id, -- text: objectGUID of that server
  v.other_servers AS other_servers, -- identities: the other servers that present it
  v.request_subject AS request_subject, -- text: subject for a request that replaces it
  v.request_names AS request_names, -- list: DNS names for that request
  v.old_thumbprint AS old_thumbprint, -- text: its thumbprint, while it is valid
  (SELECT min(e.source_origin) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS source_origin,
      -- text: where it was read
  (SELECT min(e.source_at) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS source_at
      -- text: when it was read
FROM w_endpoints p CROSS JOIN w_https_known k
LEFT JOIN w_https_servers s ON s.id = p.server_id
LEFT JOIN v_certificates v ON v.id = p.lacking_id;
