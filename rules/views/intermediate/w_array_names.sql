-- w_array_names: one row per distinct array FQDN.
-- index: name
CREATE VIEW w_array_names AS SELECT
  dns_name AS name, -- text: normalised FQDN
  count(*) AS array_count, -- int: arrays that bear it
  count(DISTINCT site_key) AS site_count, -- int: sites of those arrays
  CASE WHEN count(DISTINCT coalesce(site_key, '')) = 1 THEN max(site_id) END AS site_id -- text: the only site
FROM w_arrays WHERE dns_name IS NOT NULL GROUP BY dns_name;
