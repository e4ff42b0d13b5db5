-- w_unseen_servers: one row per server that may be an Exchange 2010 Client Access server and of which not all addresses
--   inside are known.
-- index: site_id
CREATE VIEW w_unseen_servers AS SELECT
  s.id AS server_id, -- text: server
  s.site_id AS site_id -- text: site, when known
FROM w_servers s LEFT JOIN w_name_answers r ON r.name = s.dns_name
WHERE coalesce(s.is_client_access_2010, 1) = 1 AND coalesce(r.internal_known, 0) = 0;
