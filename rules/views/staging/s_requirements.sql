-- s_requirements: requirements, from the reference data.
CREATE VIEW s_requirements AS SELECT
  product AS product, -- text: product, as stored
  release AS release, -- text: release, as stored
  windows AS windows, -- text: windows, as stored
  core AS core, -- text: core, as stored
  forest AS forest, -- text: forest, as stored
  forest_from AS forest_from, -- text: forest from, as stored
  oldest_controller AS oldest_controller, -- text: oldest controller, as stored
  newest_controller AS newest_controller, -- text: newest controller, as stored
  outlook AS outlook, -- text: outlook, as stored
  unified_messaging AS unified_messaging -- text: unified messaging, as stored
FROM data_requirements;
