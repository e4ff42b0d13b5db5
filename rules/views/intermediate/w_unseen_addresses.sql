-- w_unseen_addresses: one row per endpoint, how many of its addresses showed no certificate.
-- index: endpoint
CREATE VIEW w_unseen_addresses AS SELECT
  e.host || ':' || e.port AS endpoint, -- text: probed name and port
  list_of(e.address || ' (' || e.outcome || ')') AS addresses, -- list: those addresses, and how the probe ended
  count(*) AS addresses_count -- int: how many
FROM s_tls_endpoints e WHERE (e.chain = '[]' OR EXISTS (SELECT 1 FROM w_lost_certificates c WHERE c.endpoint = e.host
    || ':' || e.port AND c.address = e.address)) AND NOT (e.port = 443 AND e.host IN (SELECT host FROM w_bound))
    GROUP BY e.host, e.port;
