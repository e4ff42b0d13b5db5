-- w_endpoint_certificates: one row per endpoint, address and leaf certificate presented there, or bound there by an
--   export where nothing was presented.
-- index: endpoint
-- index: certificate_id
CREATE VIEW w_endpoint_certificates AS SELECT
  l.host || ':' || l.port AS endpoint, -- text: probed name and port
  l.host AS host, -- text: probed name
  l.port AS port, -- int: port
  l.address AS address, -- text: address connected to
  l.with_sni AS with_sni,
      -- bool: presented to clients that send the server name (SNI); otherwise only to those that do not
  c.sha1 AS certificate_id, -- text: thumbprint
  CASE WHEN c.common_name IS NOT NULL THEN c.common_name
      WHEN json_extract(c.dns_names, '$[0]') IS NOT NULL THEN json_extract(c.dns_names, '$[0]') ELSE 'unnamed' END
    || ' (' || substr(c.sha1, 1, 8) || ')' AS certificate, -- text: common name and start of the thumbprint
  c.names AS names, -- list: DNS names it stands for; the common name only without any DNS name beside it
  CASE WHEN c.names IS NOT NULL THEN
    (SELECT json_group_array(j.value) FROM (SELECT value FROM json_each(c.names) UNION ALL SELECT '[' || value || ']'
        FROM json_each(c.ip_addresses)
       UNION ALL SELECT '[]' WHERE c.unread LIKE '%"ip_addresses"%') j) END AS presented,
           -- list: the same with its addresses in brackets, as covers() takes them
  (SELECT min(s.id) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS server_id,
      -- text: objectGUID of the Client Access server with that FQDN
  (SELECT min(s.name) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS server, -- text: that server
  (SELECT min(s.site) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS site, -- text: its site
  (SELECT min(s.site_id) FROM w_https_servers s WHERE s.dns_name = l.host AND l.port = 443) AS site_id,
      -- text: objectGUID of its site
  l.issuer_class AS issuer_class, -- text: self_signed, public, private; NULL when the chain does not show it
  l.is_presented AS is_presented,
      -- bool: seen in a handshake; otherwise bound to IIS by an export of the server's store
  l.source_origin AS source_origin, -- text: where it was read
  l.source_at AS source_at -- text: when it was read
FROM w_leafs l JOIN (SELECT c.*,
        CASE WHEN c.unread LIKE '%"dns_names"%' THEN NULL
             WHEN c.dns_names <> '[]' THEN c.dns_names
             WHEN c.common_name IS NOT NULL THEN json_array(c.common_name)
             WHEN c.unread LIKE '%"common_name"%' OR c.unread LIKE '%"subject"%' THEN NULL ELSE '[]' END AS names
      FROM s_certificates c) c ON c.sha256 = l.sha256;
