-- v_coexistence: one row per migration target and generation, from the reference data: what setup accepts beside the
--   target.
-- index: target, product
CREATE VIEW v_coexistence AS SELECT
  c.target AS target, -- text: 2013, 2016, 2019 or se
  c.product AS product, -- text: generation that is there already
  c.allowed = 'yes' AS is_allowed, -- bool: may stand beside the target
  build_key(c.minimum) AS minimum_key, -- text: the build that it needs for that, for comparison; NULL when any will do
  CASE WHEN c.allowed = 'no' THEN 'no Exchange ' || c.product || ' server in the organisation'
       WHEN c.minimum <> '' THEN c.minimum_name || ' (' || c.minimum || ') or later' ELSE 'any build' END AS required,
           -- text: what is required, for people
  nullif(c.refused_from, '') AS refused_from, -- text: release of the target whose setup refuses it
  nullif(c.refused_planned, '') AS refused_planned
      -- text: month by which the vendor plans that release; NULL where it is out, or none is known
FROM s_coexistence c;
