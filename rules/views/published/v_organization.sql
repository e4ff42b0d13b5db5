-- v_organization: the Exchange organisation.
-- index: id
CREATE VIEW v_organization AS SELECT
  o.id AS id, -- text: objectGUID
  o.name AS name, -- text: name of the organisation
  NULL AS site, -- text: none
  o.schema_version AS schema_version, -- int: rangeUpper of the schema
  o.object_version AS object_version, -- int: objectVersion of the organisation
  o.forest_level AS forest_level, -- int: functional level of the forest; 4 is Windows Server 2008 R2, 6 is 2012 R2
  (SELECT min(k.system) FROM s_controller_systems k WHERE k.level = o.forest_level) AS forest_level_name,
      -- text: the same, for people
  (SELECT d.product FROM s_schema_versions d JOIN v_products p ON p.product = d.product
      WHERE CAST(d.organization AS INTEGER) <= o.object_version
     ORDER BY CAST(d.organization AS INTEGER) DESC, p.from_key LIMIT 1) AS prepared_for,
         -- text: the newest generation for which setup has prepared the directory; the older of two with one number
  (SELECT count(*) FROM v_servers s WHERE s.is_2010) AS seen_server_count_2010, -- int: Exchange 2010 servers seen
  CASE WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.is_2010 IS NULL)
       THEN (SELECT count(*) FROM v_servers s WHERE s.is_2010) END AS server_count_2010,
           -- int: the same, when all servers and their versions are known
  (SELECT count(*) FROM v_servers s WHERE s.major > 14) AS seen_newer_server_count,
      -- int: servers of Exchange 2013 and later seen
  CASE WHEN c.servers_complete AND NOT EXISTS (SELECT 1 FROM v_servers s WHERE s.major IS NULL)
       THEN (SELECT count(*) FROM v_servers s WHERE s.major > 14) END AS newer_server_count,
           -- int: the same, when all servers and their versions are known
  (SELECT count(*) FROM v_servers s JOIN v_sites t ON t.id = s.site_id
      WHERE s.is_2010 AND t.internet_facing) AS internet_facing_count_2010,
      -- int: Exchange 2010 servers seen in sites that face the Internet
  (SELECT count(DISTINCT y.server_id) FROM w_server_systems y) AS known_system_count,
      -- int: Exchange 2010 servers whose Windows was seen
  coalesce((SELECT list_of(v.name || ': ' || y.system) FROM w_server_systems y JOIN v_servers v ON v.id = y.server_id
      WHERE NOT y.is_supported), '[]') AS unsupported_systems,
      -- list: those with a Windows on which Exchange 2010 is not supported
  o.source_origin AS source_origin, -- text: where it was read
  o.source_at AS source_at, -- text: when it was read
  o.source_when_changed AS source_when_changed, -- text: whenChanged in the directory
  o.source_usn_changed AS source_usn_changed -- int: uSNChanged on that controller
FROM s_organization o CROSS JOIN v_coverage c;
