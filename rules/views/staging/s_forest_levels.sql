-- s_forest_levels: functional levels of the forest that targets need, from the reference data.
CREATE VIEW s_forest_levels AS SELECT
  target AS target, -- text: migration target
  CAST(level AS INTEGER) AS level, -- int: lowest functional level
  needed_by AS needed_by -- text: first release of the target that needs it
FROM data_forest_levels;
