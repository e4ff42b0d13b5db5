-- w_nlb_unread: Windows NLB clusters that an export shows without their address.
CREATE VIEW w_nlb_unread AS SELECT
  n.server_name AS server_name, -- text: the server that was asked
  s.site_id AS site_id -- text: its site, when known
FROM s_nlb_clusters n LEFT JOIN w_name_owners o ON o.name = n.server_name LEFT JOIN w_servers s ON s.id = o.server_id
WHERE n.address IS NULL;
