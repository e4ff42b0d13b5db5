-- w_certificate_names: names of a certificate and names that its endpoints need.
-- index: certificate_id
CREATE VIEW w_certificate_names AS SELECT
  e.certificate_id AS certificate_id, -- text: thumbprint
  norm(j.value) AS name, -- text: normalised name
  0 AS is_required -- bool: a client uses it
FROM w_endpoint_certificates e, json_each(e.names) j
UNION SELECT e.certificate_id, r.name, 1 FROM w_endpoint_certificates e JOIN w_required r ON r.endpoint = e.endpoint;
