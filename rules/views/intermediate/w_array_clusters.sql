-- w_array_clusters: one row per array whose name has the address of a Windows NLB cluster.
-- index: id
CREATE VIEW w_array_clusters AS SELECT
  a.id AS id, -- text: array
  min(x.address) AS address, -- text: that address
  min(k.name) AS cluster, -- text: name of the cluster
  min(coalesce(b.server_id, k.server_name)) AS asked -- text: the server that was asked about it
FROM w_arrays a JOIN s_dns_addresses x ON x.view = 'internal' AND x.name = a.dns_name
JOIN s_nlb_clusters k ON lower(trim(k.address)) = x.address LEFT JOIN w_name_owners b ON b.name = k.server_name
GROUP BY a.id;
