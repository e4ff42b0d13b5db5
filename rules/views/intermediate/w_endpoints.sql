-- w_endpoints: one row per HTTPS endpoint of a Client Access server or of a balancer that ends TLS.
-- index: endpoint
CREATE VIEW w_endpoints AS SELECT
  p.endpoint AS endpoint, -- text: name and port
  p.server_id AS server_id, -- text: objectGUID of the server
  p.is_client_access AS is_client_access, -- bool: gives clients HTTPS, as far as known
  EXISTS (SELECT 1 FROM w_https_uses u JOIN w_shared_hosts h ON h.name = u.name
      WHERE u.server_id = p.server_id AND h.reaches_servers = 0) AS is_behind_balancer,
      -- bool: a balancer ends TLS in front of it for some name
  (SELECT min(m.certificate_id) FROM w_missing m WHERE m.endpoint = p.endpoint AND m.is_certain) AS lacking_id
      -- text: thumbprint of the first certificate that lacks a name
FROM (SELECT endpoint, min(server_id) AS server_id, count(is_client_access) = count(*) AS is_client_access
      FROM (SELECT s.endpoint, s.id AS server_id, s.is_client_access FROM w_https_servers s
            UNION ALL SELECT h.name || ':443', NULL, 1 FROM w_shared_hosts h WHERE h.ends_tls = 1) GROUP BY endpoint) p;
