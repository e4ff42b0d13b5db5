-- w_lost_certificates: one row per endpoint at which a certificate was presented that is not among those that were
--   kept.
-- index: endpoint
CREATE VIEW w_lost_certificates AS SELECT DISTINCT
  l.host || ':' || l.port AS endpoint, -- text: probed name and port
  l.address AS address -- text: address connected to
FROM w_leafs l WHERE l.sha256 NOT IN (SELECT c.sha256 FROM s_certificates c);
