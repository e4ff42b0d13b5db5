-- w_url_hosts: one row per site, generation of servers, kind of URL and host that they publish.
-- index: site_id
CREATE VIEW w_url_hosts AS SELECT
  u.site_id AS site_id, -- text: site
  u.generation AS generation, -- text: 2010 or newer
  u.kind AS kind, -- text: service, and InternalUrl or ExternalUrl
  u.host AS host, -- text: normalised host
  u.host || ' (' || min(u.server) || CASE count(DISTINCT u.server_id) WHEN 1 THEN '' ELSE ' and '
      || (count(DISTINCT u.server_id) - 1) || ' more' END || ')' AS shown, -- text: host with its servers
  coalesce(min(u.service IN ('owa', 'ecp') AND u.kind LIKE '% InternalUrl' AND u.host = u.own_name), 0) AS is_own_name
      -- bool: the InternalUrl of Outlook Web App or its control panel, with the own name of its server
FROM (SELECT d.site_id, CASE WHEN d.is_client_access_2010 THEN '2010' WHEN d.server_major > 14
    THEN 'newer' END AS generation, d.service,
        d.service || CASE j.value WHEN 0 THEN ' InternalUrl' ELSE ' ExternalUrl' END AS kind,
        CASE j.value WHEN 0 THEN d.internal_host ELSE d.external_host END AS host, d.server, d.server_id,
            s.dns_name AS own_name
      FROM w_virtual_directories d LEFT JOIN s_servers s ON s.id = d.server_id, json_each('[0, 1]') j) u
WHERE u.host IS NOT NULL
  AND (u.service IN ('owa', 'ecp', 'ews', 'eas', 'oab') OR (u.service = 'outlook_anywhere' AND u.generation = 'newer'))
GROUP BY u.site_id, u.generation, u.kind, u.host;
