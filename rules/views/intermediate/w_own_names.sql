-- w_own_names: one row per certificate, its own names as one text for comparison.
-- index: certificate_id
CREATE VIEW w_own_names AS SELECT
  n.certificate_id AS certificate_id, -- text: thumbprint
  list_of(n.name) AS names -- text: normalised names, sorted
FROM w_certificate_names n WHERE NOT n.is_required GROUP BY n.certificate_id;
