-- w_missing: required names that some certificate of the endpoint does not cover.
-- index: endpoint
CREATE VIEW w_missing AS SELECT DISTINCT
  r.endpoint AS endpoint, -- text: endpoint
  r.name AS name, -- text: uncovered name
  r.service || ': ' || r.url AS url, -- text: what uses it
  r.is_certain AS is_certain, -- bool: seen not to end at a balancer
  e.certificate_id AS certificate_id, -- text: the certificate that lacks it
  e.certificate AS certificate, -- text: its name
  e.with_sni AS with_sni, -- bool: presented to clients that send the server name
  EXISTS (SELECT 1 FROM w_https_uses u WHERE u.name = r.name AND (u.scope = 'external'
      OR u.service = 'outlook_anywhere')) AS is_external -- bool: used from outside
FROM w_required r JOIN w_endpoint_certificates e ON e.endpoint = r.endpoint
WHERE covers(e.presented, r.name) = 0;
