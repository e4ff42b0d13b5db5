-- w_announcing: one row: whether Autodiscover service connection points with an address were seen.
CREATE VIEW w_announcing AS SELECT
  coalesce(max(p.has_uri), 0) AS some_seen, -- bool: some point has an address
  CASE WHEN max(p.has_uri AND p.is_newer) = 1 THEN 1
       WHEN c.service_connection_points_complete AND k.server_names
           AND coalesce(min(p.is_known), 1) = 1 THEN 0 END AS newer_announces
           -- bool: a server of Exchange 2013 or later has one; NULL when not known
FROM s_coverage c CROSS JOIN w_known k
LEFT JOIN (SELECT r.uris <> '[]' AS has_uri, coalesce(s.major >= 15, 0) AS is_newer,
             w.uris_read AND w.is_address IS NOT NULL AND (s.id IS NULL OR s.major IS NOT NULL) AS is_known
           FROM w_points w JOIN s_service_connection_points r ON r.id = w.id LEFT JOIN w_servers s ON s.id = w.server_id
           WHERE coalesce(w.is_address, 1) = 1) p;
