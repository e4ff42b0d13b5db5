-- s_operating_systems: operating systems, from the reference data.
CREATE VIEW s_operating_systems AS SELECT
  product AS product, -- text: product, as stored
  system AS system, -- text: system, as stored
  iis AS iis -- text: iis, as stored
FROM data_operating_systems;
