-- w_site_obstacles: one row per site, what forbids to point its databases at its array.
-- index: site_id
CREATE VIEW w_site_obstacles AS SELECT
  t.id AS site_id, -- text: site
  CASE WHEN NOT k.array_sites THEN 'arrays_unseen' WHEN n.site_id IS NULL THEN 'no_array'
       WHEN n.array_id IS NULL THEN 'several_arrays' ELSE o.code END AS code,
           -- text: arrays_unseen, no_array, several_arrays, or what forbids to use its only one
  CASE WHEN NOT k.array_sites THEN 'it was not seen which arrays the home site has; see CAS-META-001'
       WHEN n.site_id IS NULL THEN 'the home site has no array; repair CAS-ARRAY-001 first'
       WHEN n.array_id IS NULL THEN 'the home site has several arrays; repair CAS-ARRAY-002 first'
           ELSE o.obstacle END AS obstacle -- text: the same as a sentence
FROM s_sites t CROSS JOIN w_known k
LEFT JOIN w_site_arrays n ON n.site_id = t.id
LEFT JOIN w_obstacles o ON o.id = n.array_id;
