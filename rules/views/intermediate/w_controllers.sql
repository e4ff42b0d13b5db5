-- w_controllers: one row per domain controller and version of Windows that it may run: that of its computer account,
--   else all of its level.
-- index: id
CREATE VIEW w_controllers AS SELECT
  c.id AS id, -- text: controller
  c.seen AS seen, -- text: its Windows as its computer account tells; NULL when not seen
  k.system AS system, -- text: a version that it may run; NULL for a level that the reference data lacks
  CASE WHEN k.system IS NOT NULL THEN k.is_supported
      WHEN c.level > (SELECT max(level) FROM s_controller_systems) THEN 0 END AS is_supported,
      -- bool: some build of Exchange 2010 is supported beside that; what is newer than the reference data is not
  k.minimum_key AS minimum_key, -- text: first build of Exchange 2010 that is, for comparison
  k.required AS required -- text: the same, for people
FROM (SELECT s.*, (SELECT max(o.system) FROM s_controller_systems o WHERE s.seen || ' ' LIKE o.system || ' %') AS told
      FROM (SELECT d.id, d.level, max(p.system) AS seen FROM s_domain_controllers d
            LEFT JOIN (SELECT norm(dns_host_name) AS dns_name, trim(replace(operating_system, '®', '')) AS system
                FROM s_principals) p ON p.dns_name = d.dns_name
            GROUP BY d.id, d.level) s) c
LEFT JOIN s_controller_systems k ON CASE WHEN c.told IS NOT NULL THEN k.system = c.told ELSE k.level = c.level END;
