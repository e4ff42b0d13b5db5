-- v_requirements: one row per generation of Exchange, from the reference data: what its last release asks for.
-- index: product
CREATE VIEW v_requirements AS SELECT
  r.product AS product, -- text: 2010 ... SE
  nullif(r.release, '') AS release, -- text: its last release, where that is final
  r.windows AS windows, -- text: versions of Windows for its servers
  r.core = 'yes' AS is_core_supported, -- bool: also without Desktop Experience
  r.forest AS forest, -- text: lowest functional level of the forest
  r.oldest_controller AS oldest_controller, -- text: oldest Windows of a domain controller
  coalesce(k.newest, nullif(r.newest_controller, '')) AS newest_controller,
      -- text: newest Windows of a domain controller, where one is too new
  k.newest_from AS newest_from, -- text: update from which that holds
  k.newest_before AS newest_before, -- text: newest Windows of a domain controller before that update
  r.outlook AS outlook, -- text: oldest Outlook, with its latest updates
  r.unified_messaging = 'yes' AS has_unified_messaging -- bool: it has unified messaging
FROM s_requirements r
LEFT JOIN (SELECT max(CASE WHEN c.minimum_key = m.minimum_key THEN c.system END) AS newest,
      max(CASE WHEN c.minimum_key = m.minimum_key THEN c.minimum_name END) AS newest_from,
      max(CASE WHEN c.minimum_key < m.minimum_key THEN c.system END) AS newest_before
    FROM s_controller_systems c CROSS JOIN (SELECT max(minimum_key) AS minimum_key FROM s_controller_systems) m
    WHERE c.is_supported) k ON r.product = '2010';
