-- w_server_systems: one row per Exchange 2010 server and Windows that was seen of it.
-- index: server_id
CREATE VIEW w_server_systems AS SELECT
  y.server_id AS server_id, -- text: server
  y.system AS system, -- text: Windows, or the web server that comes with it
  EXISTS (SELECT 1 FROM s_operating_systems d
      WHERE d.product = '2010' AND (y.system LIKE d.system || '%' OR y.system = 'Microsoft-IIS/'
      || d.iis)) AS is_supported -- bool: Exchange 2010 is supported on it
FROM (SELECT s.id AS server_id, trim(replace(p.operating_system, '®', '')) AS system
      FROM s_principals p JOIN w_servers s ON s.dns_name = norm(p.dns_host_name)
          WHERE s.is_2010 AND p.operating_system IS NOT NULL
      UNION SELECT s.id, b.server FROM s_http_banners b JOIN w_servers s ON s.dns_name = b.host
          WHERE s.is_2010 AND b.server LIKE 'Microsoft-IIS/%') y;
