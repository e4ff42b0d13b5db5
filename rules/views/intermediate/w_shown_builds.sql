-- w_shown_builds: per server, what Outlook Web App says under its name.
-- index: id
CREATE VIEW w_shown_builds AS SELECT
  n.server_id AS id, -- text: server
  CASE WHEN count(DISTINCT build_key(h.owa_version)) = 1 THEN max(h.owa_version) END AS build
      -- text: build, when it is one
FROM s_http_banners h JOIN w_name_owners n ON n.name = norm(h.host)
WHERE h.port = 443 AND h.owa_version LIKE '%.%.%.%' AND build_key(h.owa_version) IS NOT NULL GROUP BY n.server_id;
