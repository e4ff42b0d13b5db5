-- w_scopes: one row per service connection point and site that it names.
-- index: id
-- index: site_id
CREATE VIEW w_scopes AS SELECT DISTINCT
  p.id AS id, -- text: service connection point
  trim(substr(j.value, 6)) AS site, -- text: site as it names it
  t.id AS site_id -- text: objectGUID of the site of that name; NULL when there is none
FROM w_points p JOIN s_service_connection_points r ON r.id = p.id, json_each(r.keywords) j
    LEFT JOIN s_sites t ON t.name_key = fold(substr(j.value, 6))
WHERE lower(j.value) LIKE 'site=%' AND coalesce(p.is_address, 1) = 1;
