-- w_required: one row per endpoint and name that clients may ask of it.
-- index: endpoint
CREATE VIEW w_required AS SELECT DISTINCT
  s.endpoint AS endpoint, -- text: the server's endpoint
  u.name AS name, -- text: required name
  u.scope AS scope, -- text: internal or external
  u.service AS service, -- text: what uses it
  u.url AS url, -- text: the URL
  h.name IS NULL OR coalesce(h.reaches_servers, 0) AS is_certain -- bool: seen not to end at a balancer
FROM w_https_servers s JOIN w_https_uses u ON u.server_id = s.id LEFT JOIN w_shared_hosts h ON h.name = u.name
WHERE lower(u.url) NOT LIKE 'http:%' AND (h.name IS NULL OR coalesce(h.reaches_servers, 1))
UNION SELECT h.name || ':443', h.name, u.scope, u.service, u.url, 1
FROM w_shared_hosts h JOIN w_https_uses u ON u.name = h.name WHERE h.ends_tls = 1 AND lower(u.url) NOT LIKE 'http:%';
