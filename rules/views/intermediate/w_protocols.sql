-- w_protocols: one row per HTTPS endpoint of an Exchange 2010 Client Access server or of a balancer, which versions it
--   accepts.
-- index: id
CREATE VIEW w_protocols AS SELECT
  e.id AS id, -- text: name and port
  CASE WHEN (SELECT t.some_accept FROM s_trials t WHERE t.endpoint = e.id AND t.version = 'SSLv2') = 1 THEN 1
       WHEN (SELECT t.is_known FROM s_trials t WHERE t.endpoint = e.id AND t.version = 'SSLv2') = 1
         OR EXISTS (SELECT 1 FROM w_schannel v
             WHERE v.server_id = e.server_id AND v.protocol = 'SSL 2.0' AND v.side = 'server'
             AND v.setting = 'disabled') THEN 0 END AS ssl2, -- bool: SSL 2
  (SELECT CASE WHEN t.some_accept THEN 1 WHEN t.is_known THEN 0 END FROM s_trials t
      WHERE t.endpoint = e.id AND t.version = 'SSLv3') AS ssl3, -- bool: SSL 3
  (SELECT CASE WHEN t.some_accept THEN 1 WHEN t.is_known THEN 0 END FROM s_trials t
      WHERE t.endpoint = e.id AND t.version = 'TLSv1') AS tls10, -- bool: TLS 1.0
  (SELECT CASE WHEN t.some_accept THEN 1 WHEN t.is_known THEN 0 END FROM s_trials t
      WHERE t.endpoint = e.id AND t.version = 'TLSv1.1') AS tls11, -- bool: TLS 1.1
  (SELECT CASE WHEN t.all_accept = 0 THEN 0 WHEN t.is_known THEN 1 END FROM s_trials t
      WHERE t.endpoint = e.id AND t.version = 'TLSv1.2') AS tls12, -- bool: TLS 1.2, at every address
  coalesce((SELECT list_of(f.fault) FROM w_schannel_faults f WHERE f.server_id = e.server_id), '[]') AS schannel_faults
      -- list: settings of the registry that are not as they should be
FROM (SELECT p.endpoint AS id, p.server_id FROM w_endpoints p) e LEFT JOIN w_servers s ON s.id = e.server_id
    WHERE e.server_id IS NULL OR coalesce(s.is_2010, 1);
