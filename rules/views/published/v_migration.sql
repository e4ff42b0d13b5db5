-- v_migration: one row, the migration that is asked about.
CREATE VIEW v_migration AS SELECT
  x.target AS target, -- text: 2013, 2016, 2019, se or exo; NULL when none is given
  CASE x.target WHEN 'exo' THEN 'Exchange Online' ELSE 'Exchange ' || upper(x.target) END AS target_name,
      -- text: its name
  (SELECT l.leg FROM w_legs l ORDER BY l.rank DESC, l.leg DESC LIMIT 1) AS leg
      -- text: version that stands beside Exchange 2010 on the way: the target, or the one over which the road leads; a
      -- hybrid organisation's endpoint
FROM v_context x;
