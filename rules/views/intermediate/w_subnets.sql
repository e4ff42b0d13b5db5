-- w_subnets: subnets as ranges that can be compared with addresses.
-- index: first DESC, last
CREATE VIEW w_subnets AS SELECT
  t.id AS site_id, -- text: site
  t.name AS site, -- text: its name
  address_key(j.value, 0) AS first, -- text: key of the first address
  address_key(j.value, 1) AS last -- text: key of the last address
FROM s_sites t, json_each(t.subnets) j;
