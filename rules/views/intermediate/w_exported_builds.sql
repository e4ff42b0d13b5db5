-- w_exported_builds: per server, what exports of its ExSetup.exe say.
-- index: id
CREATE VIEW w_exported_builds AS SELECT
  n.server_id AS id, -- text: server
  -- Of a server whose FQDN could not be read an export under its short name and any domain may disagree.
  CASE WHEN count(DISTINCT build_key(b.build)) = 1 THEN max(b.build) END AS build -- text: build, when they agree
FROM w_name_owners n JOIN s_servers s ON s.id = n.server_id
JOIN s_server_builds b ON b.server_name = n.name
    OR (s.fqdn_unread AND substr(b.server_name, 1, instr(b.server_name, '.') - 1) = n.name)
WHERE build_key(b.build) IS NOT NULL GROUP BY n.server_id HAVING max(b.server_name = n.name) = 1;
