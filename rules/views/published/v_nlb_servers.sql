-- v_nlb_servers: one row per Exchange 2010 server, with Windows NLB and failover clustering on it.
-- index: id
CREATE VIEW v_nlb_servers AS SELECT
  s.id AS id, -- text: objectGUID
  s.name AS name, -- identity(id): short name, as cmdlets take it
  s.site AS site, -- text: Active Directory site
  s.availability_group AS availability_group, -- text: database availability group that it belongs to
  CASE WHEN w.dag_key IS NOT NULL THEN 1 WHEN NOT w.dag_unread THEN 0 END AS in_group, -- bool: it belongs to one
  n.is_installed AS is_nlb_installed, -- bool: Windows NLB is installed; NULL when no export says so
  n.is_bound AS is_nlb_bound,
      -- bool: it is a node of a Windows NLB cluster; NULL when neither an export nor the operator says
  n.source AS nlb_source, -- text: operator, Get-NlbClusterNode or Get-WindowsFeature
  n.cluster AS nlb_cluster, -- text: name of that cluster
  s.source_origin AS source_origin, -- text: where it was read
  s.source_at AS source_at, -- text: when it was read
  s.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  s.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_servers s JOIN w_servers w ON w.id = s.id JOIN w_nlb n ON n.id = s.id
WHERE coalesce(NOT s.is_edge, 1);
