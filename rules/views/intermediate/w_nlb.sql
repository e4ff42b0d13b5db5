-- w_nlb: one row per Exchange 2010 server, whether Windows NLB is bound to a network card of it.
-- index: id
CREATE VIEW w_nlb AS SELECT
  s.id AS id, -- text: server
  f.installed AS is_installed, -- bool: the feature is installed
  CASE WHEN EXISTS (SELECT 1 FROM w_nlb_nodes n WHERE n.node = s.id) OR o.nlb = 1 THEN 1
       WHEN f.installed = 0 THEN 0
       -- What an export lost may outweigh the operator's no.
       WHEN EXISTS (SELECT 1 FROM w_exported x WHERE x.server_id = s.id AND x.section = 'nlb_nodes' AND NOT x.is_whole)
           THEN NULL
       WHEN o.nlb = 0 THEN 0
       WHEN EXISTS (SELECT 1 FROM w_exported x WHERE x.server_id = s.id AND x.section = 'nlb_nodes' AND x.is_whole)
            AND NOT EXISTS (SELECT 1 FROM w_nlb_nodes n WHERE n.seen_from = s.id) THEN 0 END AS is_bound,
                -- bool: it is a node of a cluster; NULL when not known
  CASE WHEN EXISTS (SELECT 1 FROM w_nlb_nodes n WHERE n.node = s.id) THEN 'Get-NlbClusterNode'
      WHEN o.nlb IS NOT NULL THEN 'operator'
       WHEN f.installed = 0 THEN 'Get-WindowsFeature'
           WHEN EXISTS (SELECT 1 FROM w_exported x WHERE x.server_id = s.id AND x.section = 'nlb_nodes')
           THEN 'Get-NlbClusterNode' END AS source, -- text: who says so
  (SELECT min(n.cluster) FROM w_nlb_nodes n WHERE n.node = s.id) AS cluster -- text: name of its cluster
FROM w_servers s
LEFT JOIN (SELECT n.server_id, CASE WHEN count(DISTINCT v.installed) = 1 AND count(*) = count(v.installed)
    THEN max(v.installed) END AS installed
           FROM s_nlb_features v JOIN w_name_owners n ON n.name = v.server_name GROUP BY n.server_id) f
               ON f.server_id = s.id
LEFT JOIN w_stated_servers o ON o.server_id = s.id
WHERE s.is_2010;
