-- w_site_arrays: per site, how many arrays and, where it is one, which.
-- index: site_id
CREATE VIEW w_site_arrays AS SELECT
  site_id AS site_id, -- text: site
  count(*) AS array_count, -- int: arrays of the site
  CASE WHEN count(*) = 1 THEN max(id) END AS array_id, -- text: the only array
  CASE WHEN count(*) = 1 THEN max(name) END AS array_name, -- text: its name
  CASE WHEN count(*) = 1 THEN max(fqdn) END AS array_fqdn -- text: its FQDN
FROM w_arrays GROUP BY site_id;
