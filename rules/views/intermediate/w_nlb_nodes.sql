-- w_nlb_nodes: nodes of Windows NLB clusters that exports show; servers by objectGUID, hosts that are none by name.
-- index: node
-- index: seen_from
CREATE VIEW w_nlb_nodes AS SELECT DISTINCT
  coalesce(a.server_id, n.server_name) AS node, -- text: the node
  n.server AS name, -- text: its name as exported
  coalesce(b.server_id, norm(n.seen_from)) AS seen_from, -- text: the server that was asked
  n.cluster AS cluster -- text: name of the cluster
FROM s_nlb_nodes n LEFT JOIN w_name_owners a ON a.name = n.server_name
    LEFT JOIN w_name_owners b ON b.name = norm(n.seen_from);
