-- w_split_hosts: those kinds of URL of one site and generation that have more than one host.
-- index: site_id
CREATE VIEW w_split_hosts AS SELECT
  h.site_id AS site_id, -- text: site
  h.kind || ': ' || h.shown AS shown, -- text: kind of URL, and one of its hosts with servers
  h.is_own_name AS is_own_name -- bool: as in w_url_hosts
FROM w_url_hosts h
JOIN (SELECT site_id, generation, kind FROM w_url_hosts GROUP BY site_id, generation, kind HAVING count(*) > 1) m
  ON m.site_id = h.site_id AND m.generation = h.generation AND m.kind = h.kind;
