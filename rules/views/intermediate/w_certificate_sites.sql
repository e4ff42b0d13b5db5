-- w_certificate_sites: sites whose clients meet a certificate.
-- index: certificate_id
CREATE VIEW w_certificate_sites AS SELECT
  e.certificate_id AS certificate_id, -- text: thumbprint
  e.site_id AS site_id -- text: objectGUID of the site; NULL when not known
FROM w_endpoint_certificates e WHERE e.server_id IS NOT NULL
UNION SELECT e.certificate_id, u.site_id FROM w_endpoint_certificates e JOIN w_https_uses u ON u.name = e.host;
