-- w_point_uris: one row per service connection point and address, and what is wrong with it.
-- index: id
CREATE VIEW w_point_uris AS SELECT
  u.id AS id, -- text: service connection point
  u.uri AS uri, -- text: address as stored
  u.host AS host, -- text: its normalised host
  lower(trim(u.uri)) NOT LIKE 'https:%' AS is_plain, -- bool: not https
  url_problem(u.uri, 'scp') AS problem, -- text: what is wrong with its form
  (SELECT n.server FROM w_server_names n WHERE n.name = u.host) AS names_server, -- text: server whose name it carries
  (SELECT min(a.name) FROM w_arrays a WHERE a.dns_name = u.host) AS names_array, -- text: array whose name it carries
  CASE WHEN EXISTS (SELECT 1 FROM w_endpoint_certificates e
      WHERE e.endpoint = u.host || ':443' AND e.with_sni AND covers(e.presented, u.host) = 0) THEN 0
       WHEN h.reaches_servers AND EXISTS (SELECT 1 FROM w_endpoint_certificates e WHERE e.endpoint = s.endpoint
           AND e.with_sni AND covers(e.presented, u.host) = 0) THEN 0
       WHEN h.name IS NOT NULL AND coalesce(h.reaches_servers, 1)
           AND EXISTS (SELECT 1 FROM w_endpoint_certificates e
           WHERE e.endpoint = s.endpoint AND e.with_sni AND coalesce(covers(e.presented, u.host), 0) = 0) THEN NULL
       WHEN u.host || ':443' IN (SELECT c.endpoint FROM w_lost_certificates c)
           OR s.endpoint IN (SELECT c.endpoint FROM w_lost_certificates c) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_endpoint_certificates e
           WHERE e.endpoint = u.host || ':443' AND e.with_sni AND covers(e.presented, u.host) = 1) THEN 1
       WHEN EXISTS (SELECT 1 FROM w_endpoint_certificates e
           WHERE e.endpoint = u.host || ':443' AND e.with_sni AND covers(e.presented, u.host) IS NULL) THEN NULL
       WHEN EXISTS (SELECT 1 FROM w_endpoint_certificates e WHERE e.endpoint = s.endpoint)
            AND NOT EXISTS (SELECT 1 FROM w_endpoint_certificates e
                WHERE e.endpoint = s.endpoint AND e.with_sni AND coalesce(covers(e.presented, u.host), 0) = 0)
                THEN 1 END AS is_covered -- bool: the certificate that clients meet there stands for its host
FROM (SELECT p.id, p.server_id, r.uri, r.host FROM w_points p JOIN s_point_addresses r ON r.id = p.id
    WHERE coalesce(p.is_address, 1) = 1) u
LEFT JOIN w_https_servers s ON s.id = u.server_id
LEFT JOIN w_shared_hosts h ON h.name = u.host;
