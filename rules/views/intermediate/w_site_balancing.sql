-- w_site_balancing: one row per site: whether a load balancer stands before its arrays.
-- index: site_id
CREATE VIEW w_site_balancing AS SELECT
  t.id AS site_id, -- text: site
  CASE WHEN EXISTS (SELECT 1 FROM w_arrays a JOIN w_array_addresses x ON x.name = a.dns_name AND x.is_vip
      WHERE a.site_id = t.id) THEN 1
       WHEN NOT k.array_sites THEN NULL
       WHEN NOT EXISTS (SELECT 1 FROM w_arrays a WHERE a.site_id = t.id
            AND (coalesce((SELECT d.resolves_internally FROM w_name_answers d WHERE d.name = a.dns_name), 0) = 0
                 OR EXISTS (SELECT 1 FROM w_array_addresses x WHERE x.name = a.dns_name AND x.own_server IS NULL)))
                     THEN 0 END AS has_balancer -- bool: one does; NULL when not known
FROM s_sites t CROSS JOIN w_known k;
