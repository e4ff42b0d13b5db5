-- s_controller_systems: versions of Windows that a domain controller may run, from the reference data.
CREATE VIEW s_controller_systems AS SELECT
  system AS system, -- text: version of Windows
  CAST(level AS INTEGER) AS level, -- int: functional level that it offers
  supported = 'yes' AS is_supported, -- bool: some build of Exchange 2010 is supported beside it
  build_key(minimum) AS minimum_key, -- text: the first such build, for comparison
  minimum_name AS minimum_name, -- text: its name
  CASE WHEN minimum <> '' THEN minimum_name || ' (' || minimum || ')' END AS required -- text: that build, for people
FROM data_domain_controllers;
