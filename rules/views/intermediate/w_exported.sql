-- w_exported: one row per server and kind of evidence that exports hold about it.
-- index: server_id, section
CREATE VIEW w_exported AS SELECT
  n.server_id AS server_id, -- text: server
  e.section AS section, -- text: kind of evidence
  -- Of what a dispute between two files lost is only what they dispute.
  max(e.whole) AND NOT EXISTS (SELECT 1 FROM s_gaps g JOIN w_name_owners o ON o.name = g.server_name
    WHERE g.section = e.section AND g.reason <> 'conflict' AND o.server_id = n.server_id) AS is_whole
      -- bool: some file holds all of it, and none of its records is lost
FROM s_exports e JOIN w_name_owners n ON n.name = e.server_name GROUP BY n.server_id, e.section;
