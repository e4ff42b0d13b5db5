-- TLS endpoints: who answers, with what protocols and ciphers.

-- w_unseen_addresses: one row per endpoint, how many of its addresses showed no certificate.
-- index: endpoint
CREATE VIEW w_unseen_addresses AS SELECT
  e.host || ':' || e.port AS endpoint, -- text: probed name and port
  list_of(e.address || ' (' || e.outcome || ')') AS addresses, -- list: those addresses, and how the probe ended
  count(*) AS addresses_count -- int: how many
FROM tls_endpoints e WHERE e.chain = '[]' AND NOT (e.port = 443 AND e.host IN (SELECT host FROM w_bound)) GROUP BY e.host, e.port;

-- w_https_servers: servers that give clients HTTPS: Exchange 2010 Client Access servers, and every newer server.
-- index: id
-- index: dns_name
-- index: site_id
CREATE VIEW w_https_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- text: short name
  s.site AS site, -- text: site
  s.site_id AS site_id, -- text: objectGUID of the site
  s.dns_name AS dns_name, -- text: FQDN normalised
  coalesce(s.dns_name, fold(s.name)) || ':443' AS endpoint, -- text: its own endpoint
  CASE WHEN s.major >= 15 THEN NOT s.is_edge ELSE s.is_client_access_2010 END AS is_client_access -- bool: gives clients HTTPS; NULL when its role or version is not known
FROM v_servers s
WHERE coalesce(CASE WHEN s.major >= 15 THEN NOT s.is_edge AND NOT s.is_provisioned_only ELSE s.is_client_access_2010 END, 1) = 1;

-- w_endpoints: one row per HTTPS endpoint of a Client Access server or of a balancer that ends TLS.
-- index: endpoint
CREATE VIEW w_endpoints AS SELECT
  p.endpoint AS endpoint, -- text: name and port
  p.server_id AS server_id, -- text: objectGUID of the server
  p.is_client_access AS is_client_access, -- bool: gives clients HTTPS, as far as known
  EXISTS (SELECT 1 FROM v_https_uses u JOIN w_shared_hosts h ON h.name = u.name WHERE u.server_id = p.server_id AND h.reaches_servers = 0) AS is_behind_balancer, -- bool: a balancer ends TLS in front of it for some name
  (SELECT min(m.certificate_id) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain) AS lacking_id -- text: thumbprint of the first certificate that lacks a name
FROM (SELECT endpoint, min(server_id) AS server_id, count(is_client_access) = count(*) AS is_client_access
      FROM (SELECT s.endpoint, s.id AS server_id, s.is_client_access FROM w_https_servers s
            UNION ALL SELECT h.name || ':443', NULL, 1 FROM w_shared_hosts h WHERE h.ends_tls = 1) GROUP BY endpoint) p;

-- v_tls_endpoints: one row per HTTPS endpoint of a Client Access server or of a balancer that ends TLS.
-- index: id
CREATE VIEW v_tls_endpoints AS SELECT
  p.endpoint AS id, -- text: name and port
  p.endpoint AS name, -- text: name and port
  s.site AS site, -- text: site of the server
  s.id AS server_id, -- text: objectGUID of the server
  s.name AS server, -- identity(server_id): the server, as cmdlets take it
  p.is_behind_balancer AS is_behind_balancer, -- bool: a balancer ends TLS in front of it, for some name at least
  coalesce((SELECT list_of(DISTINCT e.certificate) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint), '[]') AS certificates, -- list: certificates presented
  (SELECT count(*) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS certificate_count, -- int: how many, over all addresses
  coalesce((SELECT x.addresses FROM w_unseen_addresses x WHERE x.endpoint = p.endpoint), '[]') AS unseen_addresses, -- list: addresses that showed no certificate
  coalesce((SELECT list_of(DISTINCT r.name) FROM w_required r WHERE r.endpoint = p.endpoint), '[]') AS required_names, -- list: names clients use for it
  CASE WHEN EXISTS (SELECT 1 FROM w_required r WHERE r.endpoint = p.endpoint) THEN 1 WHEN k.known THEN 0 END AS has_required_names, -- bool: clients use some name for it; NULL when not all URLs were seen
  coalesce((SELECT list_of(DISTINCT m.name) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain), '[]') AS missing_names, -- list: those that a certificate of it does not cover
  coalesce((SELECT list_of(DISTINCT m.certificate) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain), '[]') AS lacking_certificates, -- list: certificates that lack them
  coalesce((SELECT list_of(DISTINCT m.url) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain), '[]') AS missing_urls, -- list: URLs that use them
  coalesce((SELECT list_of(DISTINCT m.name) FROM w_missing m WHERE m.endpoint = p.endpoint AND NOT m.is_certain), '[]') AS undecided_names, -- list: uncovered names of which it is not known whether a balancer ends TLS for them
  CASE WHEN k.known THEN (SELECT max(m.is_external) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain) END AS missing_outside, -- bool: a missing name is used from outside
  (SELECT max(m.with_sni) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain) AS missing_with_sni, -- bool: it is missing for clients that send the server name too
  CASE WHEN p.lacking_id IS NOT NULL THEN CASE WHEN p.is_client_access THEN 0 END
       WHEN NOT p.is_client_access OR k.known IS NULL THEN NULL
       WHEN NOT EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) THEN NULL
       WHEN EXISTS (SELECT 1 FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint AND e.names IS NULL) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_unseen_addresses x WHERE x.endpoint = p.endpoint) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_missing m WHERE m.endpoint = p.endpoint) THEN NULL
       ELSE 1 END AS names_covered, -- bool: every certificate of it covers every name that clients use for it
  v.request_server AS request_server, -- identity(request_server_id): the first server that presents the certificate that lacks a name
  v.request_server_id AS request_server_id, -- text: objectGUID of that server
  v.other_servers AS other_servers, -- identities: the other servers that present it
  v.request_subject AS request_subject, -- text: subject for a request that replaces it
  v.request_names AS request_names, -- list: DNS names for that request
  v.old_thumbprint AS old_thumbprint, -- text: its thumbprint, while it is valid
  (SELECT min(e.source_origin) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS source_origin, -- text: where it was read
  (SELECT min(e.source_at) FROM v_endpoint_certificates e WHERE e.endpoint = p.endpoint) AS source_at -- text: when it was read
FROM w_endpoints p CROSS JOIN w_https_known k
LEFT JOIN w_https_servers s ON s.id = p.server_id
LEFT JOIN v_certificates v ON v.id = p.lacking_id;

-- w_trials: one row per HTTPS endpoint and protocol version that was tried there.
-- index: endpoint, version
CREATE VIEW w_trials AS SELECT
  e.host || ':' || e.port AS endpoint, -- text: name and port
  json_extract(j.value, '$.version') AS version, -- text: SSLv2, SSLv3, TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3
  max(json_extract(j.value, '$.accepted')) AS some_accept, -- bool: some address accepts it
  min(json_extract(j.value, '$.accepted')) AS all_accept, -- bool: not one refuses it
  count(*) = count(json_extract(j.value, '$.accepted'))
    AND count(*) = (SELECT count(*) FROM tls_endpoints o WHERE o.host = e.host AND o.port = e.port) AS is_known -- bool: it is known of every address
FROM tls_endpoints e, json_each(e.trials) j GROUP BY e.host, e.port, json_extract(j.value, '$.version');

-- w_schannel: one row per server, protocol version and side that the registry of the server names.
-- index: server_id
CREATE VIEW w_schannel AS SELECT
  n.server_id AS server_id, -- text: server
  upper(v.protocol) AS protocol, -- text: such as TLS 1.2
  v.side AS side, -- text: client or server
  CASE WHEN v.enabled = 0 THEN 'disabled'
       WHEN v.disabled_by_default <> 0 AND v.enabled IS NOT NULL THEN 'half disabled'
       WHEN v.enabled IS NULL AND v.unread NOT LIKE '%"enabled"%' AND v.disabled_by_default <> 0 THEN 'disabled by default'
       WHEN v.enabled <> 0 AND v.unread NOT LIKE '%"disabled_by_default"%' THEN 'enabled' END AS setting -- text: enabled, disabled, half disabled or disabled by default; NULL where the system decides or it could not be read
FROM schannel v JOIN w_name_owners n ON n.name = norm(v.server);

-- w_schannel_faults: one row per server and setting of its registry that lets obsolete protocols in or TLS 1.2 out.
-- index: server_id
CREATE VIEW w_schannel_faults AS SELECT
  v.server_id AS server_id, -- text: server
  v.protocol || ' as ' || v.side || ' ' || v.setting AS fault -- text: which
FROM w_schannel v
WHERE (v.protocol = 'TLS 1.2' AND v.setting <> 'enabled') OR (v.protocol IN ('SSL 2.0', 'SSL 3.0', 'TLS 1.0', 'TLS 1.1') AND v.setting = 'enabled');

-- w_protocols: one row per HTTPS endpoint of an Exchange 2010 Client Access server or of a balancer, which versions it accepts.
-- index: id
CREATE VIEW w_protocols AS SELECT
  e.id AS id, -- text: name and port
  CASE WHEN (SELECT t.some_accept FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'SSLv2') = 1 THEN 1
       WHEN (SELECT t.is_known FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'SSLv2') = 1
         OR EXISTS (SELECT 1 FROM w_schannel v WHERE v.server_id = e.server_id AND v.protocol = 'SSL 2.0' AND v.side = 'server' AND v.setting = 'disabled') THEN 0 END AS ssl2, -- bool: SSL 2
  (SELECT CASE WHEN t.some_accept THEN 1 WHEN t.is_known THEN 0 END FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'SSLv3') AS ssl3, -- bool: SSL 3
  (SELECT CASE WHEN t.some_accept THEN 1 WHEN t.is_known THEN 0 END FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'TLSv1') AS tls10, -- bool: TLS 1.0
  (SELECT CASE WHEN t.some_accept THEN 1 WHEN t.is_known THEN 0 END FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'TLSv1.1') AS tls11, -- bool: TLS 1.1
  (SELECT CASE WHEN t.all_accept = 0 THEN 0 WHEN t.is_known THEN 1 END FROM w_trials t WHERE t.endpoint = e.id AND t.version = 'TLSv1.2') AS tls12, -- bool: TLS 1.2, at every address
  coalesce((SELECT list_of(f.fault) FROM w_schannel_faults f WHERE f.server_id = e.server_id), '[]') AS schannel_faults -- list: settings of the registry that are not as they should be
FROM v_tls_endpoints e LEFT JOIN v_servers s ON s.id = e.server_id WHERE e.server_id IS NULL OR coalesce(s.is_2010, 1);

-- v_tls_protocols: one row per HTTPS endpoint of an Exchange 2010 Client Access server or of a balancer that ends TLS, with the protocol versions that it takes.
-- index: id
CREATE VIEW v_tls_protocols AS SELECT
  e.id AS id, -- text: name and port
  e.name AS name, -- text: name and port
  e.site AS site, -- text: site of the server
  e.server AS server, -- identity(server_id): the server, as cmdlets take it
  e.server_id AS server_id, -- text: objectGUID of the server
  CASE WHEN e.server_id IS NULL OR NOT e.is_behind_balancer THEN 0
       WHEN EXISTS (SELECT 1 FROM v_https_uses u LEFT JOIN w_shared_hosts h ON h.name = u.name WHERE u.server_id = e.server_id AND lower(u.url) NOT LIKE 'http:%' AND (h.name IS NULL OR h.reaches_servers)) THEN 0
       WHEN k.known AND NOT EXISTS (SELECT 1 FROM v_https_uses u JOIN w_shared_hosts h ON h.name = u.name WHERE u.server_id = e.server_id AND h.reaches_servers IS NULL) THEN 1 END AS is_hidden, -- bool: for every name that clients use for it a balancer ends TLS; NULL when not known
  p.ssl2 AS accepts_ssl2, -- bool: SSL 2 is accepted; NULL when it could not be tried and no export rules it out
  p.ssl3 AS accepts_ssl3, -- bool: SSL 3 is accepted
  p.tls10 AS accepts_tls10, -- bool: TLS 1.0 is accepted
  p.tls11 AS accepts_tls11, -- bool: TLS 1.1 is accepted
  p.tls12 AS accepts_tls12, -- bool: TLS 1.2 is accepted at every address
  coalesce((SELECT list_of(x.version) FROM (SELECT 'SSL 2' AS version WHERE p.ssl2 = 1 UNION SELECT 'SSL 3' WHERE p.ssl3 = 1 UNION SELECT 'TLS 1.0' WHERE p.tls10 = 1 UNION SELECT 'TLS 1.1' WHERE p.tls11 = 1) x), '[]') AS accepted_protocols, -- list: obsolete versions that it accepts
  coalesce((SELECT list_of(x.version) FROM (SELECT 'TLS 1.2' AS version WHERE p.tls12 = 0) x), '[]') AS refused_protocols, -- list: TLS 1.2, where it is refused
  coalesce((SELECT list_of(x.version) FROM (SELECT 'SSL 2' AS version WHERE p.ssl2 IS NULL UNION SELECT 'SSL 3' WHERE p.ssl3 IS NULL UNION SELECT 'TLS 1.0' WHERE p.tls10 IS NULL UNION SELECT 'TLS 1.1' WHERE p.tls11 IS NULL UNION SELECT 'TLS 1.2' WHERE p.tls12 IS NULL) x), '[]') AS untried_protocols, -- list: versions of which it is not known
  p.schannel_faults AS schannel_faults, -- list: settings of its registry that let obsolete versions in or TLS 1.2 out, as client or as server
  EXISTS (SELECT 1 FROM w_exported x WHERE x.server_id = e.server_id AND x.section = 'schannel') AS schannel_seen, -- bool: an export holds those settings
  CASE WHEN p.ssl2 = 1 OR p.ssl3 = 1 OR p.tls10 = 1 OR p.tls11 = 1 OR p.tls12 = 0 OR p.schannel_faults <> '[]' THEN 0
       WHEN p.ssl2 = 0 AND p.ssl3 = 0 AND p.tls10 = 0 AND p.tls11 = 0 AND p.tls12 = 1 THEN 1 END AS is_modern, -- bool: nothing obsolete is offered and TLS 1.2 is
  CASE WHEN e.server_id IS NULL THEN CASE WHEN EXISTS (SELECT 1 FROM v_https_uses u WHERE u.name = rtrim(rtrim(e.id, '0123456789'), ':') AND u.name || ':443' = e.id AND u.scope = 'external') THEN 1 END
       ELSE (SELECT t.internet_facing FROM v_servers s JOIN v_sites t ON t.id = s.site_id WHERE s.id = e.server_id) END AS internet_facing, -- bool: clients come in from the Internet here; NULL when not known
  (SELECT min(x.source_origin) FROM tls_endpoints x WHERE x.host = rtrim(rtrim(e.id, '0123456789'), ':') AND x.host || ':' || x.port = e.id) AS source_origin, -- text: where it was read
  (SELECT min(x.source_at) FROM tls_endpoints x WHERE x.host = rtrim(rtrim(e.id, '0123456789'), ':') AND x.host || ':' || x.port = e.id) AS source_at -- text: when it was read
FROM v_tls_endpoints e CROSS JOIN w_https_known k JOIN w_protocols p ON p.id = e.id;
