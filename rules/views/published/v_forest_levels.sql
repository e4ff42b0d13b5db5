-- v_forest_levels: one row per migration target, from the reference data: the functional level of the forest that it
--   needs.
-- index: target
CREATE VIEW v_forest_levels AS SELECT
  lower(r.product) AS target, -- text: 2010, 2013, 2016, 2019 or se
  k.level AS required_level, -- int: lowest functional level
  r.forest AS required, -- text: the same, for people
  nullif(r.forest_from, '') AS needed_by -- text: first release of the target that needs it
FROM s_requirements r JOIN s_controller_systems k ON k.system = r.forest;
