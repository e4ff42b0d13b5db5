-- w_builds: per server the build that was seen, beside what the directory says. An Edge server shows there what it was
--   when it was subscribed.
-- index: id
CREATE VIEW w_builds AS SELECT
  s.id AS id, -- text: server
  s.major || '.' || s.minor || coalesce('.' || s.build, '') AS directory_build,
      -- text: version as the directory shows it
  build_key(s.major || '.' || s.minor || '.' || coalesce(s.build, 0)) AS directory_low,
      -- text: the lowest build that this can be
  CASE WHEN coalesce((s.roles & 64) <> 0, 1) THEN build_key(s.major || '.99999.99999.99999')
       WHEN s.major < 15 OR s.build IS NULL THEN build_key(s.major || '.' || s.minor || '.99999.99999')
       ELSE build_key(s.major || '.' || s.minor || '.' || s.build || '.99999') END AS directory_high,
           -- text: the highest
  build_key(s.major || '.' || s.minor || '.' || coalesce(s.build, 99999)) AS product_high,
      -- text: the same version at its highest, Edge or not
  CASE WHEN e.id IS NOT NULL THEN e.build ELSE o.build END AS seen, -- text: build that was seen elsewhere
  CASE WHEN e.id IS NOT NULL THEN 'file version of ExSetup.exe'
      WHEN o.id IS NOT NULL THEN 'Outlook Web App over HTTPS' END AS seen_in, -- text: where
  substr(build_key(CASE WHEN e.id IS NOT NULL THEN e.build ELSE o.build END), 1,
      CASE WHEN (s.roles & 64) <> 0 THEN 5 ELSE 11 END)
    = substr(build_key(s.major || '.' || s.minor), 1, CASE WHEN (s.roles & 64) <> 0 THEN 5 ELSE 11 END) AS fits
        -- bool: it is of the version that the directory shows
FROM s_servers s LEFT JOIN w_exported_builds e ON e.id = s.id LEFT JOIN w_shown_builds o ON o.id = s.id;
