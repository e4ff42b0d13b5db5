-- v_forest_levels: one row per migration target, from the reference data: the functional level of the forest that it
--   needs.
-- index: target
CREATE VIEW v_forest_levels AS SELECT
  f.target AS target, -- text: 2013, 2016, 2019 or se
  f.level AS required_level, -- int: lowest functional level
  min(k.system) AS required, -- text: the same, for people
  nullif(f.needed_by, '') AS needed_by -- text: first release of the target that needs it
FROM s_forest_levels f JOIN s_controller_systems k ON k.level = f.level GROUP BY f.target;
