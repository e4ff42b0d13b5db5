-- v_outlook_versions: one row per Exchange organisation, whether Outlook is recent enough for the target.
-- index: id
CREATE VIEW v_outlook_versions AS SELECT
  o.id AS id, -- text: objectGUID
  o.name AS name, -- text: name of the organisation
  NULL AS site, -- text: none
  c.target AS target, -- text: migration target
  (SELECT m.name || ' (' || m.minimum || ')' FROM s_outlook_minimums m
      WHERE m.target = lower(c.target) ORDER BY m.minimum_key LIMIT 1) AS oldest_supported,
      -- text: the oldest Outlook that the target supports
  coalesce((SELECT list_of(x.shown) FROM (SELECT v.version
      || coalesce(': ' || sum(v.connections) || ', ' || max(v.last_day), '') AS shown
      FROM w_outlook_versions v WHERE v.is_too_old GROUP BY v.version) x), '[]') AS old_versions,
      -- list: versions that it does not support, each with its connections and the day of the last one
  coalesce((SELECT list_of(s.name) FROM w_unseen_logs s), '[]') AS unseen_servers,
      -- list: Client Access servers whose logs were not exported in full
  CASE WHEN EXISTS (SELECT 1 FROM w_outlook_versions v WHERE v.is_too_old) THEN 1
       WHEN k.servers_complete AND NOT EXISTS (SELECT 1 FROM w_outlook_versions v WHERE v.is_too_old IS NULL)
           AND NOT EXISTS (SELECT 1 FROM w_unseen_logs) THEN 0 END AS has_old_versions,
           -- bool: one of them connected; NULL when not known
  o.source_origin AS source_origin, -- text: where it was read
  o.source_at AS source_at, -- text: when it was read
  o.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  o.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM v_organization o CROSS JOIN s_context c CROSS JOIN v_coverage k;
