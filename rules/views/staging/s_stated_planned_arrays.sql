-- s_stated_planned_arrays: arrays that sites are to get, as the operator states them.
CREATE VIEW s_stated_planned_arrays AS SELECT
  site AS site, -- text: site name
  norm(fqdn) AS fqdn -- text: DNS name of the array
FROM settings_planned_arrays;
