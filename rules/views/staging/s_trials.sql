-- s_trials: one row per HTTPS endpoint and protocol version that was tried there.
-- index: endpoint, version
CREATE VIEW s_trials AS SELECT
  e.host || ':' || e.port AS endpoint, -- text: name and port
  json_extract(j.value, '$.version') AS version, -- text: SSLv2, SSLv3, TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3
  max(json_extract(j.value, '$.accepted')) AS some_accept, -- bool: some address accepts it
  min(json_extract(j.value, '$.accepted')) AS all_accept, -- bool: not one refuses it
  count(*) = count(json_extract(j.value, '$.accepted'))
    AND count(*) = (SELECT count(*) FROM tls_endpoints o WHERE o.host = e.host AND o.port = e.port) AS is_known
        -- bool: it is known of every address
FROM tls_endpoints e, json_each(e.trials) j GROUP BY e.host, e.port, json_extract(j.value, '$.version');
