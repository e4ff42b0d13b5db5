-- w_carriers: one row per certificate and server that presents it, the first one marked.
-- index: certificate_id
CREATE VIEW w_carriers AS SELECT
  y.certificate_id AS certificate_id, -- text: thumbprint
  y.server_id AS server_id, -- text: objectGUID
  y.server AS server, -- text: name
  row_number() OVER (PARTITION BY y.certificate_id ORDER BY y.server, y.server_id) AS place -- int: 1 is the first
FROM (SELECT DISTINCT e.certificate_id, e.server_id, e.server FROM w_endpoint_certificates e
    WHERE e.server_id IS NOT NULL) y;
