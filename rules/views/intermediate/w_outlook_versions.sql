-- w_outlook_versions: one row per version of Outlook that connected to a server, against the target of the migration.
CREATE VIEW w_outlook_versions AS SELECT
  n.server_id AS server_id, -- text: server
  v.version AS version, -- text: as the log shows it
  v.connections AS connections, -- int: connections
  v.last_day AS last_day, -- text: day of the last one
  -- A generation that is newer than all in the table is not too old; one between two asks for the next of them.
  CASE WHEN v.version_key IS NOT NULL THEN v.version_key < coalesce((SELECT min(m.minimum_key) FROM s_outlook_minimums m
      WHERE m.target = lower(c.target) AND m.major >= substr(v.version_key, 1, 5)), '') END AS is_too_old
      -- bool: the target does not support it; NULL when its version cannot be read
FROM s_client_versions v CROSS JOIN s_context c JOIN w_name_owners n ON n.name = v.server_name
WHERE v.software = 'outlook.exe';
