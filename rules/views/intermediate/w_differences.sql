-- w_differences: objects that either the directory or an export of a list has, and the other one lacks although it was
--   seen in full.
-- index: section
CREATE VIEW w_differences AS SELECT
  l.section AS section, -- text: section of the export
  l.name || ' is in the export only' AS difference -- text: which
FROM (SELECT 'listed_arrays' AS section, 'arrays' AS other, name, fold(name) AS key FROM s_listed_arrays
      UNION ALL SELECT 'listed_servers', 'servers', name, fold(name) FROM s_listed_servers
      UNION ALL SELECT 'listed_databases', 'databases', name, fold(name) FROM s_listed_databases) l
LEFT JOIN (SELECT 'arrays' AS other, fold(name) AS key FROM s_arrays UNION SELECT 'servers', fold(name) FROM s_servers
    UNION SELECT 'databases', fold(name) FROM s_databases) d
  ON d.other = l.other AND d.key = l.key
WHERE d.key IS NULL AND EXISTS (SELECT 1 FROM s_sections s WHERE s.name = l.other AND s.status = 'complete')
UNION ALL SELECT d.section, d.name || ' is in the directory only'
FROM (SELECT 'listed_arrays' AS section, name, fold(name) AS key FROM s_arrays
      UNION ALL SELECT 'listed_servers', name, fold(name) FROM s_servers
      UNION ALL SELECT 'listed_databases', name, fold(name) FROM s_databases WHERE is_mailbox AND NOT has_no_master) d
LEFT JOIN (SELECT 'listed_arrays' AS section, fold(name) AS key FROM s_listed_arrays
    UNION SELECT 'listed_servers', fold(name) FROM s_listed_servers
           UNION SELECT 'listed_databases', fold(name) FROM s_listed_databases) l ON l.section = d.section
               AND l.key = d.key
WHERE l.key IS NULL AND EXISTS (SELECT 1 FROM s_sections s WHERE s.name = d.section AND s.status = 'complete');
