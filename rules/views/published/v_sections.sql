-- v_sections: one row per kind of evidence, of exports only those that were given, and one for the snapshot as a whole.
-- index: id
CREATE VIEW v_sections AS SELECT
  u.name AS id, -- text: section
  u.name AS name, -- text: section
  NULL AS site, -- text: none
  coalesce(s.status, 'not_collected') AS status,
      -- text: complete, partial, failed or not_collected; unmatched for settings that name what nothing bears
  replace(coalesce(s.status, 'not_collected'), '_', ' ') AS status_in_words, -- text: the same for people
  coalesce(s.asked, 0) AS asked, -- int: questions put
  coalesce(s.answered, 0) AS answered, -- int: questions answered
  coalesce((SELECT list_of(DISTINCT g.reason || ': ' || g.subject) FROM s_gaps g
      WHERE g.section = u.name), '[]') AS gaps, -- list: what was not seen, and why
  (SELECT count(*) FROM s_gaps g WHERE g.section = u.name) AS gap_count, -- int: how many
  u.rests_on_it AS rests_on_it, -- text: what cannot be judged without it
  u.collect AS collect, -- text: how to get it
  u.critical = 'yes' AS is_critical, -- bool: rules of severity critical rest on it
  coalesce((SELECT list_of(x.difference) FROM w_differences x WHERE x.section = u.name), '[]') AS differences,
      -- list: objects that this export has and the directory lacks, or the other way round
  NULL AS snapshot_age_days -- real: for the snapshot only
FROM s_section_notes u LEFT JOIN s_sections s ON s.name = u.name
WHERE u.optional = 'no' OR coalesce(s.status, 'not_collected') <> 'not_collected'
UNION ALL SELECT 'snapshot', 'snapshot', NULL, 'complete', 'complete', 0, 0, '[]', 0, NULL, NULL, 0, '[]',
    snapshot_age_days FROM v_context
UNION ALL SELECT 'settings', 'settings', NULL, 'unmatched', 'unmatched', 0, 0, list_of(shown), count(*), NULL, NULL,
    0, '[]', NULL FROM w_idle_settings HAVING count(*) > 0;
