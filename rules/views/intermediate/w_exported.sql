-- w_exported: one row per server and kind of evidence that exports hold about it.
-- index: server_id, section
CREATE VIEW w_exported AS SELECT
  n.server_id AS server_id, -- text: server
  e.section AS section, -- text: kind of evidence
  max(e.whole) AS is_whole -- bool: some file holds all of it
FROM s_exports e JOIN w_name_owners n ON n.name = e.server_name GROUP BY n.server_id, e.section;
