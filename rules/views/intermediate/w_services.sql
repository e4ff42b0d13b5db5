-- w_services: one row per server and Windows service that exports show.
-- index: server_id, service
CREATE VIEW w_services AS SELECT
  n.server_id AS server_id, -- text: server
  lower(v.name) AS service, -- text: its name for comparison
  min(v.name) AS name, -- text: its name
  CASE WHEN count(DISTINCT lower(v.state)) = 1 THEN max(v.state) END AS state, -- text: such as Running
  CASE WHEN count(DISTINCT lower(v.start_mode)) = 1 THEN max(v.start_mode) END AS start_mode, -- text: such as Auto
  CASE WHEN max(lower(v.state) <> 'running') = 1 THEN 0 WHEN count(v.state) = count(*) THEN 1 END AS is_running,
      -- bool: it runs
  CASE WHEN max(lower(v.start_mode) NOT IN ('auto', 'automatic')) = 1 THEN 0
      WHEN count(v.start_mode) = count(*) THEN 1 END AS is_automatic -- bool: it starts with the system
FROM s_service_states v JOIN w_name_owners n ON n.name = v.server_name GROUP BY n.server_id, lower(v.name);
