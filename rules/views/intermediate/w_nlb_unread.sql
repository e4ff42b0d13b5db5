-- w_nlb_unread: Windows NLB clusters that an export shows without their address, or that were lost with their record.
CREATE VIEW w_nlb_unread AS SELECT
  n.server_name AS server_name, -- text: the server that was asked
  s.site_id AS site_id -- text: its site, when known
FROM s_nlb_clusters n LEFT JOIN w_name_owners o ON o.name = n.server_name LEFT JOIN w_servers s ON s.id = o.server_id
WHERE n.address IS NULL
UNION ALL
-- The subject of a gap of exports begins with the name of the server, as in w_exported.
SELECT g.server_name, s.site_id
FROM (SELECT norm(substr(subject, 1, instr(subject || ' ', ' ') - 1)) AS server_name FROM s_gaps
    WHERE section = 'nlb_clusters' AND reason <> 'conflict') g
    LEFT JOIN w_name_owners o ON o.name = g.server_name LEFT JOIN w_servers s ON s.id = o.server_id;
