-- w_nlb_unread: Windows NLB clusters that an export shows without their address, or that were lost with their record.
CREATE VIEW w_nlb_unread AS SELECT
  s.site_id AS site_id -- text: site of the server that was asked, when known
FROM s_nlb_clusters n LEFT JOIN w_name_owners o ON o.name = n.server_name LEFT JOIN w_servers s ON s.id = o.server_id
WHERE n.address IS NULL
UNION ALL
SELECT s.site_id
FROM s_gaps g LEFT JOIN w_name_owners o ON o.name = g.server_name LEFT JOIN w_servers s ON s.id = o.server_id
WHERE g.section = 'nlb_clusters' AND g.reason <> 'conflict';
