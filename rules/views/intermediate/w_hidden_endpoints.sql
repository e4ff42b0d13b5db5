-- w_hidden_endpoints: one row per certificate and endpoint that showed none, or was not looked at, and needs a name
--   that it bears: it may be presented there, with whatever was not seen.
-- index: certificate_id
CREATE VIEW w_hidden_endpoints AS SELECT DISTINCT
  c.certificate_id AS certificate_id, -- text: thumbprint
  h.endpoint AS endpoint -- text: probed name and port
FROM (SELECT DISTINCT certificate_id, presented FROM w_endpoint_certificates) c
JOIN (SELECT u.endpoint, host(u.endpoint) AS name FROM w_unseen_addresses u
      UNION SELECT u.endpoint, r.name FROM w_unseen_addresses u JOIN w_required r ON r.endpoint = u.endpoint
      UNION SELECT g.subject, host(g.subject) FROM s_gaps g WHERE g.section = 'tls' AND g.subject LIKE '%:%'
      UNION SELECT g.subject, r.name FROM s_gaps g JOIN w_required r ON r.endpoint = g.subject
          WHERE g.section = 'tls') h ON coalesce(covers(c.presented, h.name), 1) = 1;
