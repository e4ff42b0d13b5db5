-- w_tls_names: HTTPS names that no server bears, with what TLS shows there compared with the servers behind.
-- index: name
CREATE VIEW w_tls_names AS SELECT
  u.name AS name, -- text: normalised name
  EXISTS (SELECT 1 FROM w_leafs l WHERE l.host = u.name) AS is_seen, -- bool: some certificate was presented there
  EXISTS (SELECT 1 FROM w_leafs l WHERE l.host = u.name AND l.sha256 IN
    (SELECT m.sha256 FROM w_https_uses v JOIN w_https_servers s ON s.id = v.server_id
        JOIN w_leafs m ON m.host = s.dns_name WHERE v.name = u.name)) AS shows_servers,
        -- bool: the certificate of a server behind it
  EXISTS (SELECT 1 FROM w_leafs l WHERE l.host = u.name AND l.sha256 NOT IN
    (SELECT m.sha256 FROM w_https_uses v JOIN w_https_servers s ON s.id = v.server_id
        JOIN w_leafs m ON m.host = s.dns_name WHERE v.name = u.name)) AS shows_other,
        -- bool: a certificate that no server seen behind it presents
  c.servers_complete = 0 OR k.known IS NULL
      OR EXISTS (SELECT 1 FROM w_https_uses v LEFT JOIN w_https_servers s ON s.id = v.server_id
    WHERE v.name = u.name AND (v.server_id IS NULL OR s.id IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM w_leafs m WHERE m.host = s.dns_name)) AS has_unseen_server
        -- bool: a server behind it may exist that showed no certificate
FROM (SELECT DISTINCT name FROM w_https_uses WHERE lower(url) NOT LIKE 'http:%'
        AND name NOT IN (SELECT dns_name FROM w_servers WHERE dns_name IS NOT NULL)) u CROSS JOIN s_coverage c CROSS
            JOIN w_https_known k;
