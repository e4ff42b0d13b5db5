-- w_exported_builds: per server, what exports of its ExSetup.exe say.
-- index: id
CREATE VIEW w_exported_builds AS SELECT
  n.server_id AS id, -- text: server
  CASE WHEN count(DISTINCT build_key(b.build)) = 1 THEN max(b.build) END AS build -- text: build, when they agree
FROM s_server_builds b JOIN w_name_owners n ON n.name = b.server_name WHERE build_key(b.build) IS NOT NULL GROUP BY n.server_id;
