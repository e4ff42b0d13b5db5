-- w_balancers: addresses known to be a load balancer's: those that the operator names, and those of Windows NLB
--   clusters.
-- index: address
CREATE VIEW w_balancers AS SELECT DISTINCT
  b.address AS address, -- text: address
  b.site_id AS site_id -- text: objectGUID of the site of the cluster's nodes; NULL where only the operator names it
FROM (SELECT address, NULL AS site_id FROM s_stated_balancers
      UNION SELECT lower(trim(n.address)), s.site_id FROM s_nlb_clusters n
          LEFT JOIN w_name_owners o ON o.name = n.server_name
            LEFT JOIN w_servers s ON s.id = o.server_id WHERE n.address IS NOT NULL) b;
