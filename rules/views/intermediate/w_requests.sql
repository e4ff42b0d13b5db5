-- w_requests: one row per certificate, what a request that replaces it has to say.
-- index: certificate_id
CREATE VIEW w_requests AS SELECT
  c.sha1 AS certificate_id, -- text: thumbprint
  CASE WHEN c.self_signed = 1 AND max(n.is_required) = 1 THEN 'CN=' || min(CASE WHEN n.is_required THEN n.name END)
      ELSE nullif(c.subject, '') END AS subject, -- text: subject
  CASE WHEN c.self_signed = 1 AND max(n.is_required) = 1 THEN list_of(CASE WHEN n.is_required THEN n.name END)
       WHEN count(n.name) > 0 THEN list_of(n.name) END AS names
           -- list: DNS names; those clients use instead of its own where it is self-signed
FROM s_certificates c JOIN w_certificate_names n ON n.certificate_id = c.sha1 GROUP BY c.sha1;
