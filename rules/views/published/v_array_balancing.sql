-- v_array_balancing: one row per array, whether Windows NLB balances it.
-- index: id
CREATE VIEW v_array_balancing AS SELECT
  a.id AS id, -- text: objectGUID of the array
  a.name AS name, -- identity(id): array
  a.site AS site, -- text: site
  a.fqdn AS fqdn, -- text: FQDN as stored
  a.member_count AS member_count, -- int: members, when all servers are known
  a.seen_member_count AS seen_member_count, -- int: members seen
  a.members AS members, -- identities: member servers
  a.addresses AS addresses, -- list: internal addresses of its name
  k.address AS nlb_address, -- text: that of them which is the address of a Windows NLB cluster
  k.cluster AS nlb_cluster, -- text: name of that cluster
  CASE WHEN k.id IS NOT NULL THEN (SELECT nullif(count(DISTINCT n.node), 0) FROM w_nlb_nodes n
      WHERE n.seen_from = k.asked) END AS node_count, -- int: nodes of that cluster, when exported
  CASE WHEN EXISTS (SELECT 1 FROM w_nlb_nodes n WHERE n.seen_from = k.asked)
       THEN coalesce((SELECT list_of(m.name) FROM w_array_servers m
           WHERE m.array_id = a.id AND m.is_member
           AND m.id NOT IN (SELECT n.node FROM w_nlb_nodes n
           WHERE n.seen_from = k.asked)), '[]') END AS members_outside, -- list: members that are no node of it
  coalesce((SELECT list_of(m.name) FROM w_array_servers m LEFT JOIN w_nlb n ON n.id = m.id
      WHERE m.array_id = a.id AND m.is_member AND n.is_bound IS NULL), '[]') AS unseen_members,
      -- list: members of which it is not known whether they are nodes of a cluster
  (SELECT min(m.name) FROM w_array_servers m
      WHERE m.array_id = a.id AND m.is_member AND m.id IN (SELECT n.node FROM w_nlb_nodes n)) AS node,
      -- identity(node_id): the first member that is a node
  (SELECT min(m.id) FROM w_array_servers m
      WHERE m.array_id = a.id AND m.is_member AND m.id IN (SELECT n.node FROM w_nlb_nodes n)
     AND m.name = (SELECT min(y.name) FROM w_array_servers y
         WHERE y.array_id = a.id AND y.is_member AND y.id IN (SELECT n.node FROM w_nlb_nodes n))) AS node_id,
         -- text: objectGUID of that member
  (SELECT min(m.id) FROM w_array_servers m JOIN v_nlb_servers n ON n.id = m.id
      WHERE m.array_id = a.id AND m.is_member AND n.in_group AND n.is_nlb_bound) AS group_node_id,
      -- text: objectGUID of a member that is a node and belongs to an availability group
  CASE WHEN k.id IS NOT NULL THEN 1
       WHEN a.member_count IS NOT NULL AND NOT EXISTS (SELECT 1 FROM w_array_servers m LEFT JOIN w_nlb n ON n.id = m.id
           WHERE m.array_id = a.id AND m.is_member AND coalesce(n.is_bound, 1) = 1) THEN 0
       WHEN a.resolves_internally AND a.member_count IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM w_array_servers m LEFT JOIN w_nlb n ON n.id = m.id
                WHERE m.array_id = a.id AND m.is_member AND n.is_bound IS NULL)
            AND NOT EXISTS (SELECT 1 FROM v_dns_addresses x WHERE x.view = 'internal' AND x.name = a.dns_name
            AND x.address NOT IN (SELECT b.address FROM s_stated_balancers b)
                AND x.address NOT IN (SELECT o.address FROM w_server_addresses o WHERE NOT o.is_vip))
                THEN 0 END AS uses_nlb, -- bool: its name leads to a Windows NLB cluster; NULL when not known
  a.source_origin AS source_origin, -- text: where it was read
  a.source_at AS source_at, -- text: when it was read
  a.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  a.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_arrays a LEFT JOIN w_array_clusters k ON k.id = a.id;
