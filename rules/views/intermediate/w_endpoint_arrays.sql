-- w_endpoint_arrays: the array object that each database points at; the one in its home site first.
-- index: id
CREATE VIEW w_endpoint_arrays AS SELECT
  h.id AS id, -- text: database
  min(CASE WHEN a.site_id = h.site_id THEN '0' ELSE '1' END || a.id) AS pick -- text: preferred match
FROM w_homes h JOIN w_arrays a ON a.legacy_key = h.endpoint_key GROUP BY h.id;
