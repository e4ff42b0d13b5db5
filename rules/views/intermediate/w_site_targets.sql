-- w_site_targets: per site with arrays, the one its databases belong to: with several, the one that most of them use.
-- index: site_id
CREATE VIEW w_site_targets AS SELECT
  a.site_id AS site_id, -- text: site
  a.id AS id, -- text: array
  a.name AS name, -- text: its name
  a.fqdn AS fqdn, -- text: its FQDN
  o.code AS obstacle_code, -- text: what forbids to use it, for comparison
  o.obstacle AS obstacle, -- text: what forbids to use it
  a.first_id AS first_id, -- text: the array to which databases that use it are counted
  a.legacy_key AS legacy_key -- text: its legacyExchangeDN for comparison
FROM (SELECT y.*, row_number() OVER (PARTITION BY y.site_id ORDER BY coalesce(d.seen_count, 0) DESC,
    r.name LIKE '%CNF:%', r.created, y.id) AS place
      FROM w_arrays y JOIN s_arrays r ON r.id = y.id LEFT JOIN w_array_databases d ON d.id = y.first_id) a
JOIN w_obstacles o ON o.id = a.id WHERE a.place = 1;
