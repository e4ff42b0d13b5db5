-- w_site_enforcement: one row per member of an array, whether it keeps clients to the site of their mailbox, by its
--   registry.
-- index: array_id
CREATE VIEW w_site_enforcement AS SELECT
  m.array_id AS array_id, -- text: array
  m.name AS name, -- text: member
  p.setting AS setting -- text: EnablePreferredSiteEnforcement, for comparison; NULL when not known
FROM w_array_servers m
LEFT JOIN (SELECT n.server_id, max(x.site_enforcement) AS setting
           FROM s_rpc_ports x JOIN w_name_owners n ON n.name = x.server_name GROUP BY n.server_id HAVING count(*) = 1) p
               ON p.server_id = m.id
WHERE m.is_member;
